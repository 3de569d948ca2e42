// What happens on a lane's connections: bytes in, replies judged, requests out, failures settled.
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/load/lane.h"
#include "harness/load/monotonic.h"
#include "workloads/catalogue.h"

namespace bakeoff {
namespace {

constexpr std::uint64_t kRevivalPauseNs = 50'000'000;

}  // namespace

std::unique_ptr<ClientSession> Lane::make_session(std::uint32_t index) {
  return find_workload(plan_.workload)
      ->make_client({.seed = plan_.seed,
                     .connection = first_connection_ + index,
                     .message_bytes = plan_.message_bytes,
                     .request = plan_.request,
                     .host = plan_.host_field,
                     .learnt = &learnt_,
                     .check = plan_.check_replies,
                     .ledger = increments_ ? &ledger_ : nullptr});
}

void Lane::connect(Link& link, std::uint64_t now_ns) {
  end_pause(link, now_ns);
  if (const int code = link.begin_connect(peer_, sources_.next()); code != 0) {
    lose(link, "connect", code);
    return;
  }
  link.begun_ns = now_ns;
  if (const int code = watch(link); code != 0) {
    lose(link, "connect", code);
    return;
  }
  if (link.state == Link::State::open) on_connected(link, now_ns);
}

void Lane::on_connected(Link& link, std::uint64_t now_ns) {
  recorder_.connected(link.begun_ns, now_ns);
  if (!link.unsent.empty()) {
    send_rest(link);
    return;
  }
  go_on(link, static_cast<std::uint32_t>(plan_.pipeline), now_ns);
}

void Lane::on_event(Link& link, std::uint32_t events) {
  if (link.state == Link::State::closed) return;
  const std::uint32_t generation = link.generation;
  if (link.state == Link::State::connecting) {
    if (const int code = link.finish_connect(); code != 0) {
      lose(link, "connect", code);
    } else {
      on_connected(link, now_ns());
    }
    // An edge comes once: the bytes, or the end, that came with the connection have to be read now.
    if (link.state != Link::State::open || link.generation != generation) return;
  }
  if ((events & EPOLLOUT) != 0 && !link.unsent.empty()) send_rest(link);
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) == 0) return;
  // A read that does not fill the buffer has emptied the socket (epoll(7)); only an end may be behind it.
  const bool at_end = (events & ~static_cast<std::uint32_t>(EPOLLOUT | EPOLLIN)) != 0;
  while (link.state == Link::State::open && link.generation == generation && receive(link, at_end)) {
  }
}

/// Reads once. True when there may be more.
bool Lane::receive(Link& link, bool at_end) {
  const auto got = ::recv(link.fd, scratch_.data(), scratch_.size(), 0);
  if (got <= 0) {
    if (got < 0 && errno == EAGAIN) return false;
    if (got < 0 && errno == EINTR) return true;
    if (got == 0 && link.in_flight == 0) {
      ++closed_idle_;  // A keep-alive that has timed out is the server's right.
      renew_session(link);
      retire(link, pause_after("closed", 0, link.replied), now_ns());
      return false;
    }
    lose(link, got == 0 ? "closed" : "read", got == 0 ? 0 : errno);
    return false;
  }
  const std::uint64_t now = now_ns();
  recorder_.receipt.bytes_received += static_cast<std::uint64_t>(got);
  link.fresh = false;
  const Consumed consumed = link.session->consume({scratch_.data(), static_cast<std::size_t>(got)});
  const std::uint32_t completed = std::min(consumed.completed, link.in_flight);
  answered(link, consumed, completed, now);
  if (consumed.broken || consumed.completed > completed) {
    lose(link, "parse", 0);
    return false;
  }
  const bool more = at_end || static_cast<std::size_t>(got) == scratch_.size();
  if (completed == 0) return more;
  if (plan_.churn) {
    link.shut();
  } else if (consumed.closing) {
    // The server ended the conversation in the protocol's own way: no error, a new connection at once; but what was
    // asked behind its last reply will not be answered.
    if (link.in_flight != 0) {
      lose(link, "closed", 0);
      return false;
    }
    renew_session(link);
    retire(link, Pause::none, now);
    return false;
  }
  served_.push_back({&link, completed});
  // Between two events, so that a long run of them does not make the schedule late.
  if (schedule_.next_ns() <= now) take_due(now);
  return more;
}

/// Settles the replies of one recv, which all came at `now_ns`.
void Lane::answered(Link& link, const Consumed& consumed, std::uint32_t completed, std::uint64_t now_ns) {
  if (consumed.wrong != 0 || consumed.broken || consumed.error_replies != 0) [[unlikely]] {
    recorder_.wrong(consumed.wrong);
    if (consumed.error_replies != 0) recorder_.error("reply", consumed.status, consumed.error_replies);
    error_replies_ += consumed.error_replies;
    if (recorder_.complaint.empty()) recorder_.complaint = link.session->complaint();
  }
  // A batch that went out in one piece is recorded in one.
  for (std::uint32_t done = 0; done != completed;) {
    const Stamp first = stamp(link, done);
    std::uint32_t same = 1;
    while (done + same != completed && stamp(link, done + same) == first) ++same;
    recorder_.answered(link.index, first.due_ns, first.sent_ns, now_ns, same);
    if (mixes_) recorder_.answered_of_class(first.heavy, now_ns - first.due_ns, same);
    slowest_ns_ = std::max(slowest_ns_, now_ns - first.sent_ns);
    done += same;
  }
  link.first += completed;
  link.in_flight -= completed;
  in_flight_ -= completed;
  if (completed != 0) link.replied = link.served = true;
  recorder_.right(completed - std::min(completed, consumed.error_replies + consumed.wrong), now_ns);
}

/// Open loop: one more request into batch_.
void Lane::put(Link& link, const Waiting& request, std::uint64_t now_ns) {
  link.session->next_request(batch_);
  stamp(link, link.in_flight) = {request.due_ns, now_ns, mixes_ && link.session->last_is_heavy()};
  ++link.in_flight;
  ++in_flight_;
  recorder_.sent_one(request.noticed_ns, now_ns);
}

/// Closed loop: the next batch.
void Lane::send_batch(Link& link, std::uint64_t now_ns) {
  const auto count = static_cast<std::uint32_t>(plan_.churn ? 1 : plan_.pipeline);
  batch_.clear();
  for (std::uint32_t i = 0; i < count; ++i) {
    link.session->next_request(batch_);
    stamp(link, i) = {now_ns, now_ns, mixes_ && link.session->last_is_heavy()};
  }
  link.in_flight = count;
  in_flight_ += count;
  recorder_.sent(count, now_ns);
  transmit(link, now_ns);
}

/// Sends batch_, or keeps what the socket does not take; connects first where there is no connection (churn).
void Lane::transmit(Link& link, std::uint64_t now_ns) {
  link.fresh = false;
  link.asked = true;
  if (link.state != Link::State::open || !link.unsent.empty()) [[unlikely]] {
    link.unsent.append(batch_);
    if (link.state == Link::State::closed) connect(link, now_ns);
    return;
  }
  const auto sent = ::send(link.fd, batch_.data(), batch_.size(), MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(batch_.size())) [[likely]] {
    recorder_.receipt.bytes_sent += batch_.size();
    return;
  }
  if (sent < 0 && errno != EAGAIN && errno != EINTR) {
    lose(link, "write", errno);
    return;
  }
  const std::size_t taken = sent > 0 ? static_cast<std::size_t>(sent) : 0;
  recorder_.receipt.bytes_sent += taken;
  link.unsent.assign(batch_, taken);
}

void Lane::send_rest(Link& link) {
  const auto sent = ::send(link.fd, link.unsent.data(), link.unsent.size(), MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EINTR) lose(link, "write", errno);
    return;
  }
  recorder_.receipt.bytes_sent += static_cast<std::uint64_t>(sent);
  link.unsent.erase(0, static_cast<std::size_t>(sent));
}

/// Edge-triggered, both ways at once: nothing has to be armed again, and the kernel does not look at a socket a second
/// time to see that it has been emptied.
int Lane::watch(Link& link) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &link}};
  return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, link.fd, &event) == 0 ? 0 : errno;
}

/// A connection failed: counts it, settles what it had in flight and has it made anew.
void Lane::lose(Link& link, const char* phase, int code) {
  recorder_.error(phase, code);
  const std::uint64_t now = now_ns();
  settle_unanswered(link, now);
  in_flight_ -= link.in_flight;
  link.in_flight = 0;
  if (recorder_.complaint.empty()) recorder_.complaint = link.session->complaint();
  renew_session(link);
  retire(link, pause_after(phase, code, link.replied), now);
}

void Lane::settle_unanswered(const Link& link, std::uint64_t now_ns) {
  for (std::uint32_t i = 0; i < link.in_flight; ++i) {
    const Stamp& request = stamp(link, i);
    recorder_.unanswered(request.due_ns, request.sent_ns, now_ns);
    if (mixes_) recorder_.answered_of_class(request.heavy, now_ns - request.due_ns, 1);
  }
}

/// Closes the connection and has it made anew. Never from here: a connection may be lost in being made.
void Lane::retire(Link& link, Pause pause, std::uint64_t now_ns) {
  link.shut();
  if (pause == Pause::none) {
    again_.push_back(&link);
    return;
  }
  link.pause = pause;
  link.paused_ns = now_ns;
  if (lost_.empty()) {
    next_revival_ns_ = now_ns + kRevivalPauseNs;
    next_chores_ns_ = std::min(next_chores_ns_, next_revival_ns_);
  }
  lost_.push_back(&link);
}

/// Each of `links` once: one that is lost again on the way comes in the next round. The schedule goes on between them.
void Lane::revive(std::vector<Link*>& links) {
  reviving_.swap(links);
  for (Link* link : reviving_) {
    const std::uint64_t now = now_ns();
    end_pause(*link, now);
    if (plan_.churn) {
      go_on(*link, 1, now);
    } else if (link->state == Link::State::closed) {
      connect(*link, now);
    }
    if (schedule_.next_ns() <= now) take_due(now);
  }
  reviving_.clear();
}

void Lane::end_pause(Link& link, std::uint64_t now_ns) {
  if (link.pause == Pause::none) return;
  recorder_.paused(link.pause, link.paused_ns, now_ns);
  link.pause = Pause::none;
}

/// What was half said on the old connection must not meet what is said on the new one.
void Lane::renew_session(Link& link) {
  if (link.fresh) return;
  link.session = make_session(link.index);
  link.fresh = true;
}

}  // namespace bakeoff
