#include "models/back_end/loop_pool.h"

#include <exception>
#include <utility>

#include "workloads/tallies.h"

namespace bakeoff::models::back_end {

using Outcome = workloads::CallOutcome;

std::string LoopCalls::result() const {
  if (outcome_ != Outcome::answered) return std::string(word_of(outcome_));
  std::string result(1, workloads::kAnsweredMark);
  for (std::size_t i = 0; i < calls_.count; ++i) result.append(i == 0 ? "" : " ").append(answers_[i]);
  return result;
}

bool LoopPool::call(LoopCalls& calls, const workloads::Calls& wanted) {
  calls.calls_ = wanted;
  calls.begun_ = calls.ended_ = 0;
  calls.outcome_ = Outcome::answered;
  if (calls.answers_.size() < wanted.count) calls.answers_.resize(wanted.count);
  calls.begin_ = Clock::now();
  calls.until_ = calls.begin_ + use_.server.timeout;
  if (ended_) {
    calls.outcome_ = Outcome::broken;
    return true;
  }
  line_.push_back(calls);
  under_way_.push_back(calls);
  calls.inside_ = true;
  try {
    serve_line();
  } catch (const std::exception&) {  // Out of memory. Its caller may go, so nothing here may know of these calls.
    if (calls.CallsUnderWay::is_linked()) fail_late(calls, Outcome::broken);
  }
  calls.inside_ = false;
  if (!under_way_.empty()) watch_time();
  return !calls.CallsUnderWay::is_linked();
}

/// Begins as many of the calls in line as there are connections for. A call that fails at once frees its connection in
/// the middle of this; then the loop below goes on with the line, and not a deeper one for each call in it.
void LoopPool::serve_line() {
  if (serving_line_ || ended_) return;
  struct Serving {
    explicit Serving(bool& is_serving) : serving(is_serving) { serving = true; }
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;
    ~Serving() { serving = false; }
    bool& serving;
  };
  const Serving now(serving_line_);
  while (!line_.empty() && !ended_) {
    LoopLink* const link = take_link();
    if (link == nullptr) return;
    LoopCalls& first = line_.front();
    if (first.begun_ == 0 && !first.inside_) use_.tallies.add_call_wait(Clock::now() - first.begin_);
    const std::size_t index = first.begun_++;
    if (first.begun_ == first.calls_.count) line_.pop_front();
    link->begin(first, index);
  }
}

LoopLink* LoopPool::take_link() {
  if (!free_.empty()) {
    LoopLink* const link = free_.back();
    free_.pop_back();
    return link;
  }
  if (links_.size() == use_.server.pool) return nullptr;
  return links_.emplace_back(make_link()).get();
}

/// An open one is the next to be used, a closed one the last.
void LoopPool::give_back(LoopLink& link) {
  link.state_ == LoopLink::State::open ? free_.push_back(&link) : free_.push_front(&link);
}

/// One of the calls is over, and its link is free. What is in line goes first: what the request does next may be
/// another call, which has to go behind.
void LoopPool::note_end(LoopCalls& calls, Outcome outcome) {
  ++calls.ended_;
  if (outcome != Outcome::answered && calls.outcome_ == Outcome::answered) calls.outcome_ = outcome;
  if (outcome != Outcome::answered && calls.CallsInLine::is_linked()) line_.erase(line_.iterator_to(calls));
  const bool over = calls.ended_ == calls.begun_ && !calls.CallsInLine::is_linked();
  if (over) under_way_.erase(under_way_.iterator_to(calls));
  serve_line();
  if (over) finish(calls);
}

void LoopPool::finish(LoopCalls& calls) {
  if (!calls.inside_) calls.over_();
}

void LoopPool::watch_time() {
  if (timed_) return;
  timed_ = true;
  wake_at(under_way_.front().until_);
}

void LoopPool::on_time() {
  timed_ = false;
  const Clock::time_point now = Clock::now();
  while (!under_way_.empty() && under_way_.front().until_ <= now) fail_late(under_way_.front(), Outcome::late);
  if (!under_way_.empty()) watch_time();
}

/// The links that make its calls are closed: an answer that came later would be taken for that of another call.
void LoopPool::fail_late(LoopCalls& calls, Outcome outcome) {
  calls.outcome_ = outcome;
  if (calls.CallsInLine::is_linked()) {
    if (calls.begun_ == 0) use_.tallies.add_call_wait(Clock::now() - calls.begin_);
    line_.erase(line_.iterator_to(calls));
  }
  under_way_.erase(under_way_.iterator_to(calls));
  for (const auto& link : links_) {
    if (link->calls_ != &calls) continue;
    link->close_link();
    link->calls_ = nullptr;
    give_back(*link);
  }
  serve_line();
  finish(calls);
}

void LoopPool::end() {
  ended_ = true;
  while (!under_way_.empty()) fail_late(under_way_.front(), Outcome::broken);
  for (const auto& link : links_) link->close_link();
}

void LoopLink::begin(LoopCalls& calls, std::size_t index) {
  calls_ = &calls;
  index_ = index;
  if (state_ == State::open) return ask();
  state_ = State::connecting;
  connect(use_.server);
}

void LoopLink::ask() {
  requests_.clear();
  session_->ask(calls_->calls_.item(index_), requests_);
  send(requests_);
}

void LoopLink::on_connected() {
  use_.tallies.add_back_end_connection();
  session_ = workloads::make_back_end_session(use_.server.protocol);
  state_ = session_->is_ready() ? State::open : State::greeting;
  requests_.clear();
  session_->greet(requests_);
  if (!requests_.empty()) return send(requests_);
  ask();
}

void LoopLink::on_received(std::string_view bytes) {
  using Heard = workloads::BackEndSession::Heard;
  switch (session_->consume(bytes)) {
    case Heard::more:
      return;
    case Heard::ready:
      if (state_ != State::greeting) return fail(Outcome::broken);
      state_ = State::open;
      return ask();
    case Heard::answer: {
      if (calls_ == nullptr) return fail(Outcome::broken);
      LoopCalls& calls = *std::exchange(calls_, nullptr);
      calls.answers_[index_].assign(session_->answer());
      if (session_->closes()) close_link();
      pool_.give_back(*this);
      return pool_.note_end(calls, Outcome::answered);
    }
    case Heard::no_value:
      return fail(Outcome::no_value);
    case Heard::broken:
      return on_end();
  }
}

void LoopLink::on_end() {
  fail(state_ == State::open ? Outcome::broken : Outcome::refused);
}

void LoopLink::fail(Outcome outcome) {
  close_link();
  if (calls_ == nullptr) return;  // It was free, and is still in its place.
  LoopCalls& calls = *std::exchange(calls_, nullptr);
  pool_.give_back(*this);
  pool_.note_end(calls, outcome);
}

void LoopLink::close_link() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  session_.reset();
  close();
}

}  // namespace bakeoff::models::back_end
