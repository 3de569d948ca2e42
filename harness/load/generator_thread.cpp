// A generator thread's life: connecting, the phases of a load, the loop, and which request goes where. What happens on
// one connection is in generator_thread_connections.cpp, and sessions in generator_thread_sessions.cpp.
#include "harness/load/generator_thread.h"

#include <sched.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "harness/load/counter_check.h"
#include "harness/load/epoll_events.h"
#include "harness/load/partition.h"
#include "harness/measure/monotonic.h"
#include "workloads/mix.h"

namespace bakeoff::load {
namespace {

constexpr std::size_t kScratchBytes = 64 * 1024;
constexpr std::uint64_t kTimersNs = 50'000'000;  ///< Also how long a stop may go unnoticed.
constexpr std::uint64_t kLeastDrainNs = 500'000'000;
constexpr std::uint64_t kStoppedDrainNs = 1'000'000'000;
constexpr std::uint64_t kReconnectNs = 100'000'000;
constexpr int kMostAtOnce = 1024;  ///< Requests that go out before events are looked at again.

double thread_cpu_us() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
}

std::uint64_t to_ns(double s) {
  return static_cast<std::uint64_t>(s * 1e9);
}

/// GeneratorThread `number`'s part of `count` connections, and where it begins.
std::uint64_t begin_of(std::uint64_t count, std::uint64_t number, std::uint64_t threads) {
  return count * number / threads;
}

}  // namespace

GeneratorThread::GeneratorThread(const AgentPlan& plan, std::uint64_t number, std::uint64_t threads,
                                 const SocketAddress& peer, const std::atomic<bool>& stop,
                                 Recorder::OnInterval on_interval)
    : plan_(plan),
      number_(plan.first_thread + number),
      first_connection_(plan.first_connection + begin_of(plan.load.connections, number, threads)),
      depth_(static_cast<std::uint32_t>(std::bit_ceil(plan.load.churn ? 1 : plan.load.pipeline))),
      open_(plan.load.is_open()),
      increments_(incremented_key(plan.workload, plan.load.request).has_value()),
      timeout_ns_(to_ns(plan.timeout_s)),
      stop_(stop),
      peer_(peer),
      sources_(plan.sources),
      connections_(begin_of(plan.load.connections, number + 1, threads) -
                   begin_of(plan.load.connections, number, threads)),
      request_times_(connections_.size() * depth_),
      scratch_(kScratchBytes),
      session_length_(plan.load.has_sessions() ? std::optional(SessionLength(plan.load.session_requests))
                                               : std::nullopt),
      thinking_(plan.load.think_us, plan.seed, first_connection_, connections_.size(),
                session_length_ ? Thinking::At::arrival : Thinking::At::first),
      client_settings_(client_settings(plan, 0)),
      recorder_(plan, connections_.size(), std::move(on_interval)) {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) throw std::runtime_error(std::string("epoll_create1: ") + std::strerror(errno));
  for (std::uint32_t i = 0; i < connections_.size(); ++i) {
    connections_[i].index = i;
    connections_[i].session = make_session(first_connection_ + i);
    if (i != 0) continue;
    const auto classes = connections_[i].session->classes();
    has_classes_ = !classes.empty();
    recorder_.set_classes(classes);
  }
}

GeneratorThread::~GeneratorThread() {
  if (epoll_ >= 0) ::close(epoll_);
}

void GeneratorThread::connect_all() {
  // Where connections come and go, one shows that the server is there.
  const bool come_and_go = plan_.load.connections_come_and_go();
  const std::size_t wanted = come_and_go ? std::min<std::size_t>(connections_.size(), 1) : connections_.size();
  connect_paced(
      std::span(connections_).first(wanted), peer_, sources_, plan_.connect_timeout_s, stop_,
      [&](LoadConnection& connection) {
        if (const int code = add_to_epoll(connection); code != 0) fail(connection, "connect", code);
      },
      [&](LoadConnection& connection, int code) {
        recorder_.error("connect", code);
        // A server that does not let it in is told of by the error. What we have run out of is ours, to the end.
        connection.pause = pause_after("connect", code, true);
        connection.paused_ns = measure::now_ns();
        if (connect_error_.empty()) connect_error_ = connect_failure(peer_, code);
      });
  if (come_and_go && wanted != 0) connections_.front().shut();
}

std::uint64_t GeneratorThread::count_connections(bool LoadConnection::*flag) const {
  return static_cast<std::uint64_t>(std::count_if(connections_.begin(), connections_.end(),
                                                  [&](const LoadConnection& connection) { return connection.*flag; }));
}

/// A generator thread without connections sends nothing: it is there for the idle and slow clients. Each window has
/// other draws, and each warm-up too.
Schedule GeneratorThread::schedule_of(Arrivals arrivals, std::uint64_t begin_ns) const {
  if (!open_ || connections_.empty()) return {};
  if (session_length_) {
    arrivals.rate_rps /= session_length_->mean();
    arrivals.ramp_to_rps /= session_length_->mean();
  }
  if (phases_ > 2) arrivals.seed = workloads::stream_of(arrivals.seed, phases_);
  return {arrivals, begin_ns, number_, std::max<std::uint64_t>(plan_.threads, 1)};
}

std::uint64_t GeneratorThread::connected() const {
  if (plan_.load.connections_come_and_go()) return connect_error_.empty() ? connections_.size() : 0;
  return static_cast<std::uint64_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [](const LoadConnection& connection) { return connection.state == LoadConnection::State::open; }));
}

bool GeneratorThread::lacks_resources() const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [](const LoadConnection& connection) { return connection.pause > Pause::unserved; });
}

void GeneratorThread::warm_up(std::uint64_t begin_ns, double length_s) {
  if (!(length_s > 0)) return;
  ++phases_;
  cut_off_unanswered();  // Of the window before, where these requests have been counted.
  serve_events(begin_ns, Until::time);
  const std::uint64_t end_ns = begin_ns + to_ns(length_s);
  // Other draws than the window's.
  begin_issuing(
      end_ns,
      schedule_of(
          {.rate_rps = plan_.load.rate_rps, .length_s = length_s, .poisson = plan_.load.poisson, .seed = ~plan_.seed},
          begin_ns));
  serve_events(end_ns, Until::time);
  end_issuing();
  backlog_.clear();
  // A server that has said nothing yet may be a slow one.
  const std::uint64_t patience =
      slowest_ns_ == 0 ? timeout_ns_ : std::min(std::max(2 * slowest_ns_, kLeastDrainNs), timeout_ns_);
  serve_events(measure::now_ns() + patience, Until::drained);
  recorder_.abandoned(in_flight_);
  const std::uint64_t cut = cut_off_unanswered();
  if (cut == 0 || stop_) return;
  cut_off_ += cut;
  serve_events(measure::now_ns() + kReconnectNs, Until::time);
}

LoadWindow GeneratorThread::window(std::uint64_t begin_ns, double length_s) {
  serve_events(begin_ns, Until::time);
  ++phases_;
  if (windows_++ == 0) {
    open_at_first_ = connected();
    for (LoadConnection& connection : connections_) connection.asked = connection.served = false;
  }
  const std::uint64_t end_ns = begin_ns + to_ns(length_s);
  if (plan_.requests) {
    const std::uint64_t begin = first_connection_ - plan_.first_connection;
    requests_left_ = share(*plan_.requests, begin, begin + connections_.size(), plan_.load.connections);
  }
  run_delay_.emplace();
  recorder_.open_window(begin_ns, end_ns, thread_cpu_us());
  begin_issuing(end_ns, schedule_of({.rate_rps = plan_.load.rate_rps,
                                     .ramp_to_rps = plan_.load.ramp_to_rps,
                                     .length_s = length_s,
                                     .poisson = plan_.load.poisson,
                                     .seed = plan_.seed},
                                    begin_ns));
  serve_events(end_ns, Until::time);
  // What came due while the last events were served.
  for (const std::uint64_t now = measure::now_ns(); schedule_.next_ns() <= now;) issue_due(now);
  end_issuing();
  for (LoadConnection& connection : connections_) {
    if (in_session(connection)) send_next(connection, 0, measure::now_ns());
  }
  recorder_.close_window(measure::now_ns(), thread_cpu_us());
  serve_events(measure::now_ns() + timeout_ns_, Until::drained);
  requests_left_ = kUnlimited;

  const std::uint64_t now = measure::now_ns();
  for (LoadConnection& connection : connections_) {
    record_unanswered(connection, now);
    if (connection.pause != Pause::none) recorder_.paused(connection.pause, connection.paused_ns, now);
    if (recorder_.complaint.empty()) recorder_.complaint = connection.session->complaint();
  }
  while (!backlog_.empty()) give_up_oldest("late", now);
  run_delay_.reset();
  return recorder_.end_window();
}

void GeneratorThread::begin_anew() {
  recorder_.forget_windows();
  windows_ = phases_ = 0;
}

AgentResult GeneratorThread::result() {
  if (cut_off_ != 0) {
    recorder_.note(std::to_string(cut_off_) + " connections still owed replies after the warm-up and were made anew");
  }
  if (closed_idle_ != 0) {
    recorder_.note(std::to_string(closed_idle_) + " times the server closed a connection that owed nothing");
  }
  AgentResult result = recorder_.result(
      plan_.cpus.empty() ? ::sched_getcpu() : plan_.cpus[(number_ - plan_.first_thread) % plan_.cpus.size()]);
  result.row.connections_open = open_at_first_;
  result.row.connections_asked = count_connections(&LoadConnection::asked);
  result.row.connections_served = count_connections(&LoadConnection::served);
  if (increments_) {
    result.increments_sent = recorder_.receipt.requests;
    result.receipt.increments_acknowledged = static_cast<std::int64_t>(recorder_.receipt.acknowledged - error_replies_);
  }
  return result;
}

/// Serves events until the deadline, or until nothing is outstanding any more.
void GeneratorThread::serve_events(std::uint64_t deadline_ns, Until until) {
  std::array<epoll_event, 256> buffer;
  // A stop ends what is being waited for by the clock; a drain goes on, so that the last replies are not lost.
  while (until == Until::drained ? outstanding() != 0 : !stop_ && !all_done()) {
    const std::uint64_t now = measure::now_ns();
    if (until == Until::drained && stop_) deadline_ns = std::min(deadline_ns, stopped_drain_end(now));
    if (now >= deadline_ns) break;
    if (now >= next_timers_ns_) run_timers(now);
    if (schedule_.next_ns() <= now) issue_due(now);
    if (thinking_.next_ns() <= now) ask_after_thoughts(now);
    const std::uint64_t wake_ns = std::min({deadline_ns, next_timers_ns_, schedule_.next_ns(), thinking_.next_ns()});
    const std::uint64_t left = wake_ns > now && !plan_.load.spin && unread_.empty() ? wake_ns - now : 0;
    for (const epoll_event& event : wait_for_events(epoll_, buffer, left)) {
      on_event(*static_cast<LoadConnection*>(event.data.ptr), event.events);
    }
    if (!unread_.empty()) read_on_unread();
    for (const FreedSlots& served : freed_) send_next(*served.connection, served.slots, measure::now_ns());
    freed_.clear();
    if (!reconnect_next_.empty()) reconnect(reconnect_next_);
  }
}

/// The user who stops a load waits no longer than that for its last replies.
std::uint64_t GeneratorThread::stopped_drain_end(std::uint64_t now_ns) {
  if (stop_seen_ns_ == 0) stop_seen_ns_ = now_ns;
  return stop_seen_ns_ + kStoppedDrainNs;
}

/// From here on requests go out, until `until_ns`.
void GeneratorThread::begin_issuing(std::uint64_t until_ns, const Schedule& schedule) {
  issue_until_ns_ = until_ns;
  schedule_ = schedule;
  free_.clear();
  if (open_) {
    // Round by round, so that the first requests spread over all connections.
    const std::uint64_t slots = plan_.load.connections_come_and_go() ? 1 : plan_.load.pipeline;
    for (std::uint64_t round = 0; round < slots; ++round) {
      for (LoadConnection& connection : connections_) {
        if (can_send(connection)) add_free_slots(connection, 1);
      }
    }
    if (!session_length_) return;
  }
  thinking_.resume(measure::now_ns());
  for (LoadConnection& connection : connections_) send_next(connection, 0, measure::now_ns());
}

void GeneratorThread::end_issuing() {
  issue_until_ns_ = 0;
  schedule_ = {};
  thinking_.suspend(measure::now_ns());
}

void GeneratorThread::run_timers(std::uint64_t now_ns) {
  if (run_delay_) run_delay_->since_last_ns();  // Replies that were there before it waited have been read.
  if (!reconnect_paused_.empty() && now_ns >= next_reconnect_ns_) reconnect(reconnect_paused_);
  if (now_ns >= next_expiry_ns_) {
    expire(now_ns);
    next_expiry_ns_ = now_ns + std::max(kTimersNs, timeout_ns_ / 20);
  }
  if (now_ns >= recorder_.next_tick_ns()) recorder_.tick(now_ns, thread_cpu_us());
  next_timers_ns_ = std::min(now_ns + kTimersNs, recorder_.next_tick_ns());
  if (!reconnect_paused_.empty()) next_timers_ns_ = std::min(next_timers_ns_, next_reconnect_ns_);
}

/// What is due at `until_ns` goes out or joins the backlog; not all of it at once where that is very much.
void GeneratorThread::issue_due(std::uint64_t until_ns) {
  for (int taken = 0; taken != kMostAtOnce && schedule_.next_ns() <= until_ns; ++taken) {
    if (requests_left_ == 0) {
      schedule_ = {};
      return;
    }
    if (requests_left_ != kUnlimited) --requests_left_;
    const std::uint64_t now = measure::now_ns();
    // Each phase has other sessions.
    const BacklogEntry request{schedule_.next_ns(), now, phases_ << 40 | schedule_.next_number()};
    schedule_.pop();
    recorder_.came_due(request.due_ns, now);
    LoadConnection* connection = backlog_.empty() ? next_free_connection() : nullptr;
    if (connection != nullptr) {
      batch_.clear();
      append_request(*connection, request, now);
      transmit(*connection, now);
      continue;
    }
    backlog_.push(request);
    if (backlog_.size() > plan_.backlog_cap) give_up_oldest("shed", now);
  }
}

/// A user whose connection is lost meanwhile asks as soon as there is a new one.
void GeneratorThread::ask_after_thoughts(std::uint64_t until_ns) {
  for (int asked = 0; asked != kMostAtOnce && thinking_.next_ns() <= until_ns; ++asked) {
    const std::uint64_t due = thinking_.next_ns();
    LoadConnection& connection = connections_[thinking_.pop()];
    if (session_length_) {
      go_on(connection, due, measure::now_ns());
    } else {
      send_next(connection, 0, measure::now_ns());
    }
  }
}

void GeneratorThread::give_up_oldest(const char* phase, std::uint64_t now_ns) {
  recorder_.error(phase, 0);
  const BacklogEntry request = backlog_.pop();
  recorder_.unsent(request.due_ns, request.noticed_ns, now_ns);
}

bool GeneratorThread::can_send(const LoadConnection& connection) const {
  if (!plan_.load.connections_come_and_go()) {
    return connection.state == LoadConnection::State::open && room_for(connection) != 0;
  }
  return connection.state == LoadConnection::State::closed && !in_session(connection);
}

/// How many requests may still go out on the connection before it is closed and made anew.
std::uint64_t GeneratorThread::room_for(const LoadConnection& connection) const {
  const std::uint64_t most = plan_.load.requests_per_connection;
  return most == 0 ? kUnlimited : most - std::min(most, connection.sent);
}

void GeneratorThread::add_free_slots(LoadConnection& connection, std::uint32_t slots) {
  // Connections that come and go leave stale slots behind, which only requests would clear away.
  if (free_.size() > 4 * request_times_.size() + 64) drop_stale_slots();
  for (std::uint32_t i = 0; i < slots; ++i) free_.push({connection.index, connection.generation});
}

void GeneratorThread::drop_stale_slots() {
  for (std::size_t left = free_.size(); left != 0; --left) {
    const Slot slot = free_.pop();
    if (connections_[slot.connection].generation == slot.generation && can_send(connections_[slot.connection]))
      free_.push(slot);
  }
}

LoadConnection* GeneratorThread::next_free_connection() {
  while (!free_.empty()) {
    const Slot slot = free_.pop();
    LoadConnection& connection = connections_[slot.connection];
    if (connection.generation == slot.generation && can_send(connection)) return &connection;
  }
  return nullptr;
}

/// `slots` requests of the connection have been answered or given up: what goes out on it next?
void GeneratorThread::send_next(LoadConnection& connection, std::uint32_t slots, std::uint64_t now_ns) {
  if (in_session(connection)) return go_on(connection, now_ns, now_ns);
  if (!can_send(connection)) return;  // Lost since.
  if (!open_) {
    if (connection.in_flight == 0 && now_ns < issue_until_ns_ && requests_left_ != 0 &&
        !thinking_.thinks(connection.index)) {
      send_batch(connection, now_ns);
    }
    return;
  }
  batch_.clear();
  for (; slots != 0 && !backlog_.empty() && room_for(connection) != 0; --slots) {
    append_request(connection, backlog_.pop(), now_ns);
  }
  if (!batch_.empty()) transmit(connection, now_ns);
  // The connection may have been lost in transmitting.
  if (slots != 0 && can_send(connection)) add_free_slots(connection, slots);
}

}  // namespace bakeoff::load
