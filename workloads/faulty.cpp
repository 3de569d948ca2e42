// The stall, the wrong answers and the extra work.
#include "workloads/faulty.h"

#include <atomic>
#include <cmath>
#include <new>
#include <utility>

#include "workloads/framing.h"
#include "workloads/shared_memory.h"
#include "workloads/tallies.h"

namespace bakeoff::workloads {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

bool always(std::string_view /*bytes*/) {
  return true;
}

/// Another byte, near enough to stay a digit where it was one, and a letter.
void change(char& byte) {
  byte = static_cast<char>(byte ^ 1);
}

bool spoil_echo(std::string& reply) {
  change(reply.back());
  return true;
}

bool is_final(std::string_view bytes) {
  return !bytes.starts_with("HTTP/1.1 1");
}

/// Not an error: that is one to a client already, and it would not look at the body.
bool spoil_http(std::string& reply) {
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  const std::size_t head = reply.find(kHeadEnd);
  if (!reply.starts_with("HTTP/1.1 2") || head + kHeadEnd.size() == reply.size()) return false;
  change(reply.back());
  return true;
}

/// A client that counts up knows of a number only that it is above the one before, so a digit more or less might pass.
/// False when the number is such a low one already.
bool lower(std::string& reply) {
  const std::size_t digits = reply.size() - 1 - kLineEnd.size();
  const std::string low = digits == 1 ? "0" : "-" + std::string(digits - 1, '1');
  if (reply.compare(1, digits, low) == 0) return false;
  reply.replace(1, digits, low);
  return true;
}

/// Not an error, for the reason above; neither an array nor a null, which have no content of their own.
bool spoil_counter(std::string& reply) {
  switch (reply[0]) {
    case ':':
      return lower(reply);
    case '$':
      if (reply[1] == '-' || reply[1] == '0') return false;
      [[fallthrough]];
    case '+':
      change(reply[reply.size() - kLineEnd.size() - 1]);
      return true;
    default:
      return false;
  }
}

/// What the sessions of a service share, in every process.
class ReplyCounter {
 public:
  ReplyCounter() : memory_(sizeof(Count)), replies_(new (memory_.data()) Count) {}

  /// The number of a reply, from 1.
  std::uint64_t next() { return replies_->fetch_add(1, std::memory_order_relaxed) + 1; }

 private:
  using Count = std::atomic<std::uint64_t>;
  static_assert(Count::is_always_lock_free, "the count is shared between processes");

  SharedMemory memory_;
  Count* replies_;
};

class FaultySession final : public FramedSession {
 public:
  FaultySession(Tallies& tallies, ReplyCounter& counter, std::unique_ptr<ServerSession> inner,
                const FaultyProtocol& protocol, const Faults& faults)
      : FramedSession(tallies, kMessageCap),
        reply_counter_(counter),
        inner_(std::move(inner)),
        protocol_(protocol),
        faults_(faults) {}

 private:
  Taken take(std::string_view bytes, std::string& replies) override {
    std::string reply;
    for (std::size_t used = 0; used < bytes.size();) {
      const Step step = written(inner_->feed(bytes.substr(used++, 1), reply), reply);
      if (reply.empty() && step.want == Step::Want::input) continue;
      pass_on(std::move(reply), step, replies);
      return {used, 0};
    }
    return {bytes.size(), 1};
  }

  void resumed(std::string_view result, std::string& replies) override {
    switch (std::exchange(doing_, Doing::inner)) {
      case Doing::stall:
        replies.append(std::exchange(held_, {}));
        return pass_on(after_);
      case Doing::extra_work:
        if (!is_as_before(after_.work, result)) ++owed_;
        return want(after_);
      case Doing::inner:
        break;
    }
    std::string reply;
    const Step step = written(inner_->resume(result, reply), reply);
    pass_on(std::move(reply), step, replies);
  }

  /// What the inner session wants after a flush: its reply is taken off it at once.
  Step written(Step step, std::string& reply) {
    while (step.want == Step::Want::flush) step = inner_->resume("", reply);
    return step;
  }

  /// `bytes` are one reply, less than one or none at all; `step` is what the inner session wants next, no flush.
  void pass_on(std::string bytes, const Step& step, std::string& replies) {
    if (!bytes.empty() && protocol_.is_reply(bytes)) {
      const std::uint64_t number = reply_counter_.next();
      if (faults_.wrong_every != 0 && number % faults_.wrong_every == 0) ++owed_;
      if (owed_ != 0 && !first_ && protocol_.spoil(bytes)) --owed_;
      first_ = false;
      if (number == faults_.stall_at_request) {
        doing_ = Doing::stall;
        held_ = std::move(bytes);
        after_ = step;
        return want(Step::wait(faults_.stall));
      }
    }
    replies.append(bytes);
    pass_on(step);
  }

  /// What the inner session wants; before its work, the extra work.
  void pass_on(const Step& step) {
    if (step.want != Step::Want::compute || !faults_.extra_work) return want(step);
    doing_ = Doing::extra_work;
    after_ = step;
    const double rounds = *faults_.extra_work * static_cast<double>(step.work.rounds);
    want(Step::compute({static_cast<std::uint64_t>(std::llround(rounds)), step.work.seed}));
  }

  /// Whether the extra work beside `work` gave the answer that it gave the last time.
  bool is_as_before(const Work& work, std::string_view answer) {
    if (!beside_ || beside_->rounds != work.rounds || beside_->seed != work.seed) {
      beside_ = work;
      extra_answer_ = answer;
    }
    return answer == extra_answer_;
  }

  /// Who waits for the step that is pending: the inner session, or its decoration.
  enum class Doing : std::uint8_t { inner, stall, extra_work };

  ReplyCounter& reply_counter_;
  std::unique_ptr<ServerSession> inner_;
  const FaultyProtocol& protocol_;
  const Faults faults_;
  bool first_ = true;
  std::uint64_t owed_ = 0;  ///< Replies of this connection that are still to be spoilt.
  Doing doing_ = Doing::inner;
  std::string held_;            ///< The reply that the stall holds back.
  Step after_;                  ///< What is wanted after the stall, or after the extra work.
  std::optional<Work> beside_;  ///< What the last extra work was in addition to, and
  std::string extra_answer_;    ///< its answer.
};

class FaultyService final : public Service {
 public:
  FaultyService(std::unique_ptr<Service> inner, const FaultyProtocol& protocol, const Faults& faults)
      : inner_(std::move(inner)), protocol_(protocol), faults_(faults) {}

  std::unique_ptr<ServerSession> connect() override {
    return std::make_unique<FaultySession>(tallies_, reply_counter_, inner_->connect(), protocol_, faults_);
  }

  ServiceReceipt receipt() const override {
    ServiceReceipt receipt = inner_->receipt();
    const ServiceReceipt moved = tallies_.receipt();
    receipt.bytes_received = moved.bytes_received;
    receipt.bytes_sent = moved.bytes_sent;
    return receipt;
  }
  const BackEndUse* back_end() override { return inner_->back_end(); }

 private:
  std::unique_ptr<Service> inner_;
  const FaultyProtocol& protocol_;
  Faults faults_;
  ReplyCounter reply_counter_;
  Tallies tallies_;
};

}  // namespace

const FaultyProtocol kFaultyEcho{always, spoil_echo, nullptr};
const FaultyProtocol kFaultyHttp{is_final, spoil_http, "/"};
const FaultyProtocol kFaultyCounter{always, spoil_counter, "ping"};

std::unique_ptr<Service> with_faults(std::unique_ptr<Service> service, const FaultyProtocol& protocol,
                                     const Faults& faults) {
  if (faults.stall_at_request == 0 && faults.wrong_every == 0 && !faults.extra_work) return service;
  return std::make_unique<FaultyService>(std::move(service), protocol, faults);
}

}  // namespace bakeoff::workloads
