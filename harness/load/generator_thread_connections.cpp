// What happens on a generator thread's connections: bytes in, replies judged, requests out, failures counted.
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "harness/load/generator_thread.h"
#include "harness/measure/monotonic.h"
#include "workloads/catalogue.h"

namespace bakeoff::load {
namespace {

constexpr std::uint64_t kReconnectPauseNs = 50'000'000;
constexpr int kMostReads = 16;  ///< Of one connection, before the others are looked at: 1 MiB.

}  // namespace

/// Number `number` of the load: of its connections, or of its sessions.
std::unique_ptr<workloads::ClientSession> GeneratorThread::make_session(std::uint64_t number) {
  client_settings_.connection = number;
  client_settings_.share = &share_;
  client_settings_.ledger = increments_ ? &ledger_ : nullptr;
  return workloads::find_workload(plan_.workload)->make_client(client_settings_);
}

void GeneratorThread::connect(LoadConnection& connection, std::uint64_t now_ns) {
  end_pause(connection, now_ns);
  if (const int code = connection.begin_connect(peer_, sources_.next()); code != 0) {
    fail(connection, "connect", code);
    return;
  }
  connection.begun_ns = now_ns;
  if (const int code = add_to_epoll(connection); code != 0) {
    fail(connection, "connect", code);
    return;
  }
  // A Unix socket is connected at once.
  if (connection.state == LoadConnection::State::open) on_connected(connection, measure::now_ns());
}

void GeneratorThread::on_connected(LoadConnection& connection, std::uint64_t now_ns) {
  recorder_.connected(connection.begun_ns, now_ns);
  if (!connection.unsent.empty()) {
    send_rest(connection);
    return;
  }
  send_next(connection, static_cast<std::uint32_t>(plan_.load.pipeline), now_ns);
}

void GeneratorThread::on_event(LoadConnection& connection, std::uint32_t events) {
  if (connection.state == LoadConnection::State::closed) return;
  const std::uint32_t generation = connection.generation;
  if (connection.state == LoadConnection::State::connecting) {
    if (const int code = connection.finish_connect(); code != 0) {
      fail(connection, "connect", code);
    } else {
      on_connected(connection, measure::now_ns());
    }
    // An edge comes once: the bytes, or the end, that came with the connection have to be read now.
    if (connection.state != LoadConnection::State::open || connection.generation != generation) return;
  }
  if ((events & EPOLLOUT) != 0 && !connection.unsent.empty()) send_rest(connection);
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) == 0) return;
  // A read that does not fill the buffer has emptied the socket (epoll(7)); only an end may be behind it.
  const bool at_end = (events & ~static_cast<std::uint32_t>(EPOLLOUT | EPOLLIN)) != 0;
  if (!connection.unread) read_on(connection, at_end);
}

/// Reads until nothing is left. A connection on which bytes come as fast as they are read goes on behind the others.
void GeneratorThread::read_on(LoadConnection& connection, bool at_end) {
  const std::uint32_t generation = connection.generation;
  for (int reads = 0; reads != kMostReads; ++reads) {
    if (!receive(connection, at_end)) return;
    if (connection.state != LoadConnection::State::open || connection.generation != generation) return;
  }
  connection.unread = true;
  unread_.push_back(&connection);
}

/// Those that are not through after this come in the next round.
void GeneratorThread::read_on_unread() {
  reading_.swap(unread_);
  for (LoadConnection* connection : reading_) {
    // Whether an end stood behind what was read is not known any more.
    if (std::exchange(connection->unread, false)) read_on(*connection, true);
  }
  reading_.clear();
}

/// Reads once. True when there may be more.
bool GeneratorThread::receive(LoadConnection& connection, bool at_end) {
  const auto got = ::recv(connection.fd, scratch_.data(), scratch_.size(), 0);
  if (got < 0) {
    if (errno == EAGAIN) return false;
    if (errno == EINTR) return true;
    fail(connection, "read", errno);
    return false;
  }
  if (got == 0) return on_end(connection);
  const std::uint64_t now = measure::now_ns();
  recorder_.receipt.bytes_received += static_cast<std::uint64_t>(got);
  connection.fresh = false;
  const bool more = at_end || static_cast<std::size_t>(got) == scratch_.size();
  const std::string_view bytes(scratch_.data(), static_cast<std::size_t>(got));
  return on_replies(connection, connection.session->consume(bytes), now) && more;
}

/// The server has closed the connection. False: nothing more comes on it.
bool GeneratorThread::on_end(LoadConnection& connection) {
  if (connection.in_flight == 0) {
    on_idle_end(connection);
    return false;
  }
  const workloads::Consumed last = connection.session->end();
  if (last.completed == 0) {
    fail(connection, "closed", 0);
    return false;
  }
  return on_replies(connection, last, measure::now_ns());
}

/// The server ends a connection that owes nothing.
void GeneratorThread::on_idle_end(LoadConnection& connection) {
  ++closed_idle_;  // A keep-alive that has timed out is the server's right.
  if (session_length_) {
    connection.shut();  // Its next request will have another one.
    return;
  }
  renew_session(connection);
  schedule_reconnect(connection, pause_after("closed", 0, connection.replied), measure::now_ns());
}

/// What came of the bytes that were read at `now_ns`. True when the connection goes on as it is.
bool GeneratorThread::on_replies(LoadConnection& connection, const workloads::Consumed& consumed,
                                 std::uint64_t now_ns) {
  const std::uint32_t completed = std::min(consumed.completed, connection.in_flight);
  recorder_.receipt.files += consumed.files;
  recorder_.receipt.calls += consumed.calls;
  answered(connection, consumed, completed, now_ns);
  if (!consumed.refusal.empty()) {
    recorder_.error("parse", consumed.refusal);
    lose(connection, pause_after("parse", 0, connection.replied));
    return false;
  }
  if (completed == 0) {
    if (!consumed.closing) return true;
    on_idle_end(connection);
    return false;
  }
  if (plan_.load.churn || (session_length_ && connection.session_left == 0)) {
    if (session_length_) end_session(connection, now_ns);
    connection.shut();
  } else if (session_length_) {
    if (consumed.closing) connection.shut();
  } else if (consumed.closing) {
    // The server ended the conversation in the protocol's own way: no error, a new connection at once; but what was
    // asked behind its last reply will not be answered.
    if (connection.in_flight != 0) {
      fail(connection, "closed", 0);
      return false;
    }
    renew_session(connection);
    schedule_reconnect(connection, Pause::none, now_ns);
    return false;
  } else if (connection.in_flight == 0 && room_for(connection) == 0) {
    schedule_reconnect(connection, Pause::none, now_ns);
    return false;
  }
  freed_.push_back({&connection, completed});
  // Between two events, so that a long run of them does not make the schedule late.
  if (schedule_.next_ns() <= now_ns) issue_due(now_ns);
  return true;
}

/// Counts the replies of one recv, which all came at `now_ns`.
void GeneratorThread::answered(LoadConnection& connection, const workloads::Consumed& consumed, std::uint32_t completed,
                               std::uint64_t now_ns) {
  if (consumed.wrong != 0 || !consumed.refusal.empty() || consumed.error_replies != 0) [[unlikely]] {
    recorder_.wrong(consumed.wrong);
    if (consumed.error_replies != 0) recorder_.error("reply", consumed.code.view(), consumed.error_replies);
    error_replies_ += std::min(consumed.error_replies, completed);  // One to a login answers no request.
    if (recorder_.complaint.empty()) recorder_.complaint = connection.session->complaint();
  }
  if (completed != 0 && recorder_.ends_silence(now_ns)) [[unlikely]] {
    recorder_.silence_ends(now_ns, run_delay_->since_last_ns());
  }
  // A batch that went out in one piece is recorded in one.
  for (std::uint32_t done = 0; done != completed;) {
    const RequestTimes first = times_of(connection, done);
    std::uint32_t same = 1;
    while (done + same != completed && times_of(connection, done + same) == first) ++same;
    recorder_.answered(connection.index, first.due_ns, first.sent_ns, now_ns, same);
    if (has_classes_) recorder_.answered_of_class(first.request_class, now_ns - first.due_ns, same);
    slowest_ns_ = std::max(slowest_ns_, now_ns - first.sent_ns);
    done += same;
  }
  connection.first += completed;
  connection.in_flight -= completed;
  in_flight_ -= completed;
  if (completed != 0 && connection.in_flight == 0 && (!session_length_ || connection.session_left != 0)) {
    thinking_.begin(connection.index, now_ns);
  }
  if (completed != 0) connection.replied = connection.served = true;
  recorder_.right(completed - std::min(completed, consumed.error_replies + consumed.wrong), now_ns);
}

/// Open loop: one more request into batch_.
void GeneratorThread::append_request(LoadConnection& connection, const BacklogEntry& request, std::uint64_t now_ns) {
  if (session_length_) begin_session(connection, request, now_ns);
  append_next(connection, request, now_ns);
}

/// The same where a session goes on.
void GeneratorThread::append_next(LoadConnection& connection, const BacklogEntry& request, std::uint64_t now_ns) {
  if (session_length_) --connection.session_left;
  connection.session->next_request(batch_);
  times_of(connection, connection.in_flight) = {request.due_ns, now_ns, class_of_last(connection)};
  ++connection.in_flight;
  ++connection.sent;
  ++in_flight_;
  recorder_.sent_one(request.noticed_ns, now_ns);
}

/// Closed loop: the next batch.
void GeneratorThread::send_batch(LoadConnection& connection, std::uint64_t now_ns) {
  const auto count = static_cast<std::uint32_t>(
      std::min({plan_.load.churn ? 1 : plan_.load.pipeline, room_for(connection), requests_left_}));
  if (requests_left_ != kUnlimited) requests_left_ -= count;
  batch_.clear();
  for (std::uint32_t i = 0; i < count; ++i) {
    connection.session->next_request(batch_);
    times_of(connection, i) = {now_ns, now_ns, class_of_last(connection)};
  }
  connection.in_flight = count;
  connection.sent += count;
  in_flight_ += count;
  recorder_.sent(count, now_ns);
  transmit(connection, now_ns);
}

/// Sends batch_, or keeps what the socket does not take; connects first where there is no connection (churn).
void GeneratorThread::transmit(LoadConnection& connection, std::uint64_t now_ns) {
  connection.fresh = false;
  connection.asked = true;
  if (connection.state != LoadConnection::State::open || !connection.unsent.empty()) [[unlikely]] {
    connection.unsent.append(batch_);
    if (connection.state == LoadConnection::State::closed) connect(connection, now_ns);
    return;
  }
  const auto sent = ::send(connection.fd, batch_.data(), batch_.size(), MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(batch_.size())) [[likely]] {
    recorder_.receipt.bytes_sent += batch_.size();
    return;
  }
  if (sent < 0 && errno != EAGAIN && errno != EINTR) {
    fail(connection, "write", errno);
    return;
  }
  const std::size_t taken = sent > 0 ? static_cast<std::size_t>(sent) : 0;
  recorder_.receipt.bytes_sent += taken;
  connection.unsent.assign(batch_, taken);
}

void GeneratorThread::send_rest(LoadConnection& connection) {
  const auto sent = ::send(connection.fd, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EINTR) fail(connection, "write", errno);
    return;
  }
  recorder_.receipt.bytes_sent += static_cast<std::uint64_t>(sent);
  connection.unsent.erase(0, static_cast<std::size_t>(sent));
}

/// Edge-triggered, both ways at once: nothing has to be armed again, and the kernel does not look at a socket a second
/// time to see that it has been emptied.
int GeneratorThread::add_to_epoll(LoadConnection& connection) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &connection}};
  return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event) == 0 ? 0 : errno;
}

/// A connection failed: counts it, and loses it.
void GeneratorThread::fail(LoadConnection& connection, const char* phase, int code) {
  recorder_.error(phase, code);
  lose(connection, pause_after(phase, code, connection.replied));
}

/// Counts the requests that a connection had in flight, and has it reopened.
void GeneratorThread::lose(LoadConnection& connection, Pause pause) {
  const std::uint64_t now = measure::now_ns();
  record_unanswered(connection, now);
  if (in_session(connection)) {
    end_session(connection, now);
  } else if (connection.in_flight != 0) {
    thinking_.begin(connection.index, now);
  }
  in_flight_ -= connection.in_flight;
  connection.in_flight = 0;
  if (recorder_.complaint.empty()) recorder_.complaint = connection.session->complaint();
  renew_session(connection);
  schedule_reconnect(connection, pause, now);
}

void GeneratorThread::record_unanswered(const LoadConnection& connection, std::uint64_t now_ns) {
  for (std::uint32_t i = 0; i < connection.in_flight; ++i) {
    const RequestTimes& request = times_of(connection, i);
    recorder_.unanswered(request.due_ns, request.sent_ns, now_ns);
    if (has_classes_) recorder_.answered_of_class(request.request_class, now_ns - request.due_ns, 1);
  }
}

void GeneratorThread::expire(std::uint64_t now_ns) {
  const std::uint64_t connect_timeout_ns = static_cast<std::uint64_t>(plan_.connect_timeout_s * 1e9);
  for (LoadConnection& connection : connections_) {
    if (connection.state == LoadConnection::State::connecting) {
      if (now_ns - connection.begun_ns >= connect_timeout_ns) fail(connection, "connect", ETIMEDOUT);
    } else if (connection.in_flight != 0 && now_ns >= times_of(connection, 0).sent_ns + timeout_ns_) {
      fail(connection, "timeout", 0);
    }
  }
  while (!backlog_.empty() && now_ns >= backlog_.front().due_ns + timeout_ns_) give_up_oldest("late", now_ns);
}

/// Nothing may cross into what comes next: connections that still owe replies are closed and reopened.
std::uint64_t GeneratorThread::cut_off_unanswered() {
  std::uint64_t cut = 0;
  for (LoadConnection& connection : connections_) {
    if (connection.in_flight == 0) continue;
    in_flight_ -= connection.in_flight;
    if (in_session(connection)) end_session(connection, measure::now_ns());
    connection.in_flight = 0;
    renew_session(connection);
    connection.shut();
    if (!plan_.load.connections_come_and_go()) connect(connection, measure::now_ns());
    ++cut;
  }
  return cut;
}

/// Closes the connection and has it reopened. Never from here: a connection may be lost while it is opened.
void GeneratorThread::schedule_reconnect(LoadConnection& connection, Pause pause, std::uint64_t now_ns) {
  connection.shut();
  if (pause == Pause::none) {
    reconnect_next_.push_back(&connection);
    return;
  }
  connection.pause = pause;
  connection.paused_ns = now_ns;
  if (reconnect_paused_.empty()) {
    next_reconnect_ns_ = now_ns + kReconnectPauseNs;
    next_timers_ns_ = std::min(next_timers_ns_, next_reconnect_ns_);
  }
  reconnect_paused_.push_back(&connection);
}

/// Each of `connections` once: one that is lost again on the way comes in the next round. The schedule goes on between
/// them.
void GeneratorThread::reconnect(std::vector<LoadConnection*>& connections) {
  reconnecting_.swap(connections);
  for (LoadConnection* connection : reconnecting_) {
    const std::uint64_t now = measure::now_ns();
    end_pause(*connection, now);
    if (plan_.load.connections_come_and_go()) {
      send_next(*connection, 1, now);
    } else if (connection->state == LoadConnection::State::closed) {
      connect(*connection, now);
    }
    if (schedule_.next_ns() <= now) issue_due(now);
  }
  reconnecting_.clear();
}

void GeneratorThread::end_pause(LoadConnection& connection, std::uint64_t now_ns) {
  if (connection.pause == Pause::none) return;
  recorder_.paused(connection.pause, connection.paused_ns, now_ns);
  connection.pause = Pause::none;
}

/// What was half said on the old connection must not meet what is said on the new one.
void GeneratorThread::renew_session(LoadConnection& connection) {
  if (connection.fresh) return;
  connection.session = make_session(first_connection_ + connection.index);
  connection.fresh = true;
}

}  // namespace bakeoff::load
