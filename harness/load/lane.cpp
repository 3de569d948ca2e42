// A lane's life: connecting, the phases of a load, the loop, and which request goes where. What happens on one
// connection is in lane_links.cpp.
#include "harness/load/lane.h"

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
#include "harness/load/events.h"
#include "harness/load/monotonic.h"

namespace bakeoff {
namespace {

constexpr std::size_t kScratchBytes = 64 * 1024;
constexpr std::uint64_t kChoresNs = 50'000'000;  ///< Also how long a stop may go unnoticed.
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

/// Lane `number`'s part of `count` connections, and where it begins.
std::uint64_t begin_of(std::uint64_t count, std::uint64_t number, std::uint64_t lanes) {
  return count * number / lanes;
}

}  // namespace

Lane::Lane(const AgentPlan& plan, std::uint64_t number, std::uint64_t lanes, const Peer& peer,
           const std::atomic<bool>& stop, Recorder::OnInterval on_interval)
    : plan_(plan),
      number_(plan.first_lane + number),
      first_connection_(plan.first_connection + begin_of(plan.connections, number, lanes)),
      depth_(static_cast<std::uint32_t>(std::bit_ceil(plan.churn ? 1 : plan.pipeline))),
      open_(plan.open_loop()),
      increments_(incremented_key(plan.workload, plan.request).has_value()),
      timeout_ns_(to_ns(plan.timeout_s)),
      stop_(stop),
      peer_(peer),
      sources_(plan.sources),
      links_(begin_of(plan.connections, number + 1, lanes) - begin_of(plan.connections, number, lanes)),
      stamps_(links_.size() * depth_),
      scratch_(kScratchBytes),
      recorder_(plan, links_.size(), std::move(on_interval)) {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) throw std::runtime_error(std::string("epoll_create1: ") + std::strerror(errno));
  for (std::uint32_t i = 0; i < links_.size(); ++i) {
    links_[i].index = i;
    links_[i].session = make_session(i);
    mixes_ = links_[i].session->mixes();
  }
}

Lane::~Lane() {
  if (epoll_ >= 0) ::close(epoll_);
}

void Lane::connect_all() {
  // Churn makes its connections as it goes: one shows that there is somebody to talk to.
  const std::size_t wanted = plan_.churn ? std::min<std::size_t>(links_.size(), 1) : links_.size();
  connect_paced(
      std::span(links_).first(wanted), peer_, sources_, plan_.connect_timeout_s, stop_,
      [&](Link& link) {
        if (const int code = watch(link); code != 0) lose(link, "connect", code);
      },
      [&](Link& link, int code) {
        recorder_.error("connect", code);
        // A server that does not let it in is told of by the error. What we have run out of is ours, to the end.
        link.pause = pause_after("connect", code, true);
        link.paused_ns = now_ns();
        if (connect_complaint_.empty()) connect_complaint_ = std::string("connect: ") + std::strerror(code);
      });
  if (plan_.churn && wanted != 0) links_.front().shut();
}

std::uint64_t Lane::count_links(bool Link::*flag) const {
  return static_cast<std::uint64_t>(
      std::count_if(links_.begin(), links_.end(), [&](const Link& link) { return link.*flag; }));
}

/// A lane without connections offers nothing: it is there for a crowd's sake.
Schedule Lane::schedule_of(const Arrivals& arrivals, std::uint64_t begin_ns) const {
  if (!open_ || links_.empty()) return {};
  return {arrivals, begin_ns, number_, std::max<std::uint64_t>(plan_.lanes, 1)};
}

std::uint64_t Lane::connected() const {
  if (plan_.churn) return connect_complaint_.empty() ? links_.size() : 0;
  return static_cast<std::uint64_t>(
      std::count_if(links_.begin(), links_.end(), [](const Link& link) { return link.state == Link::State::open; }));
}

bool Lane::ran_out() const {
  return std::any_of(links_.begin(), links_.end(), [](const Link& link) { return link.pause > Pause::unserved; });
}

void Lane::warm_up(std::uint64_t begin_ns) {
  if (!(plan_.warmup_s > 0)) return;
  turn(begin_ns, Until::time);
  const std::uint64_t end_ns = begin_ns + to_ns(plan_.warmup_s);
  // Other draws than the window's.
  begin_issuing(
      end_ns,
      schedule_of(
          {.rate_rps = plan_.rate_rps, .length_s = plan_.warmup_s, .poisson = plan_.poisson, .seed = ~plan_.seed},
          begin_ns));
  turn(end_ns, Until::time);
  issue_until_ns_ = 0;
  schedule_ = {};
  backlog_.clear();
  // A server that has said nothing yet may be a slow one.
  const std::uint64_t patience =
      slowest_ns_ == 0 ? timeout_ns_ : std::min(std::max(2 * slowest_ns_, kLeastDrainNs), timeout_ns_);
  turn(now_ns() + patience, Until::drained);
  std::uint64_t cut = 0;
  for (Link& link : links_) {
    if (link.in_flight == 0) continue;
    recorder_.abandoned(link.in_flight);
    in_flight_ -= link.in_flight;
    link.in_flight = 0;
    renew_session(link);
    link.shut();
    if (!plan_.churn) connect(link, now_ns());
    ++cut;
  }
  if (cut == 0 || stop_) return;
  recorder_.note(std::to_string(cut) + " connections still owed replies after the warm-up and were made anew");
  turn(now_ns() + kReconnectNs, Until::time);
}

AgentResult Lane::measure(std::uint64_t begin_ns) {
  turn(begin_ns, Until::time);
  const std::uint64_t open = connected();
  const std::uint64_t end_ns = begin_ns + to_ns(plan_.window_s);
  recorder_.open_window(begin_ns, end_ns, thread_cpu_us());
  for (Link& link : links_) link.asked = link.served = false;
  begin_issuing(end_ns, schedule_of({.rate_rps = plan_.rate_rps,
                                     .ramp_to_rps = plan_.ramp_to_rps,
                                     .length_s = plan_.window_s,
                                     .poisson = plan_.poisson,
                                     .seed = plan_.seed},
                                    begin_ns));
  turn(end_ns, Until::time);
  // What came due while the last events were served.
  for (const std::uint64_t now = now_ns(); schedule_.next_ns() <= now;) take_due(now);
  issue_until_ns_ = 0;
  schedule_ = {};
  recorder_.close_window(now_ns(), thread_cpu_us());
  turn(now_ns() + timeout_ns_, Until::drained);

  const std::uint64_t now = now_ns();
  for (Link& link : links_) {
    settle_unanswered(link, now);
    end_pause(link, now);
    if (recorder_.complaint.empty()) recorder_.complaint = link.session->complaint();
  }
  while (!backlog_.empty()) give_up_oldest("late", now);
  if (closed_idle_ != 0) {
    recorder_.note(std::to_string(closed_idle_) + " times the server closed a connection that owed nothing");
  }
  AgentResult result = recorder_.result(
      plan_.cpus.empty() ? ::sched_getcpu() : plan_.cpus[(number_ - plan_.first_lane) % plan_.cpus.size()]);
  result.row.connections_open = open;
  result.row.connections_asked = count_links(&Link::asked);
  result.row.connections_served = count_links(&Link::served);
  if (increments_) {
    result.increments_sent = recorder_.receipt.requests;
    result.receipt.increments_acknowledged = static_cast<std::int64_t>(recorder_.receipt.acknowledged - error_replies_);
  }
  return result;
}

/// Serves events until the deadline, or until nothing is outstanding any more.
void Lane::turn(std::uint64_t deadline_ns, Until until) {
  std::array<epoll_event, 256> room;
  // A stop ends what is being waited for by the clock; a drain goes on, so that the last replies are not lost.
  while (until == Until::drained ? outstanding() != 0 : !stop_) {
    const std::uint64_t now = now_ns();
    if (until == Until::drained && stop_) deadline_ns = std::min(deadline_ns, stopped_drain_end(now));
    if (now >= deadline_ns) break;
    if (now >= next_chores_ns_) do_chores(now);
    if (schedule_.next_ns() <= now) take_due(now);
    const std::uint64_t wake_ns = std::min({deadline_ns, next_chores_ns_, schedule_.next_ns()});
    const std::uint64_t left = wake_ns > now && !plan_.spin ? wake_ns - now : 0;
    for (const epoll_event& event : await_events(epoll_, room, left)) {
      on_event(*static_cast<Link*>(event.data.ptr), event.events);
    }
    for (const Served& served : served_) go_on(*served.link, served.slots, now_ns());
    served_.clear();
    if (!again_.empty()) revive(again_);
  }
}

/// Whoever stops a load waits no longer than that for its last replies.
std::uint64_t Lane::stopped_drain_end(std::uint64_t now_ns) {
  if (stop_seen_ns_ == 0) stop_seen_ns_ = now_ns;
  return stop_seen_ns_ + kStoppedDrainNs;
}

/// From here on requests go out, until `until_ns`.
void Lane::begin_issuing(std::uint64_t until_ns, const Schedule& schedule) {
  issue_until_ns_ = until_ns;
  schedule_ = schedule;
  free_.clear();
  if (open_) {
    // Round by round, so that the first requests spread over all connections.
    const std::uint64_t slots = plan_.churn ? 1 : plan_.pipeline;
    for (std::uint64_t round = 0; round < slots; ++round) {
      for (Link& link : links_) {
        if (can_take(link)) offer(link, 1);
      }
    }
    return;
  }
  for (Link& link : links_) {
    if (can_take(link) && link.in_flight == 0) send_batch(link, now_ns());
  }
}

void Lane::do_chores(std::uint64_t now_ns) {
  if (!lost_.empty() && now_ns >= next_revival_ns_) revive(lost_);
  if (now_ns >= next_expiry_ns_) {
    expire(now_ns);
    next_expiry_ns_ = now_ns + std::max(kChoresNs, timeout_ns_ / 20);
  }
  if (now_ns >= recorder_.next_tick_ns()) recorder_.tick(now_ns, thread_cpu_us());
  next_chores_ns_ = std::min(now_ns + kChoresNs, recorder_.next_tick_ns());
  if (!lost_.empty()) next_chores_ns_ = std::min(next_chores_ns_, next_revival_ns_);
}

void Lane::expire(std::uint64_t now_ns) {
  const std::uint64_t connect_timeout_ns = to_ns(plan_.connect_timeout_s);
  for (Link& link : links_) {
    if (link.state == Link::State::connecting) {
      if (now_ns - link.begun_ns >= connect_timeout_ns) lose(link, "connect", ETIMEDOUT);
    } else if (link.in_flight != 0 && now_ns >= stamp(link, 0).sent_ns + timeout_ns_) {
      lose(link, "timeout", 0);
    }
  }
  while (!backlog_.empty() && now_ns >= backlog_.front().due_ns + timeout_ns_) give_up_oldest("late", now_ns);
}

/// What is due at `until_ns` goes out or joins the backlog; not all of it at once where that is very much.
void Lane::take_due(std::uint64_t until_ns) {
  for (int taken = 0; taken != kMostAtOnce && schedule_.next_ns() <= until_ns; ++taken) {
    const std::uint64_t due = schedule_.next_ns();
    schedule_.pop();
    const std::uint64_t now = now_ns();
    recorder_.came_due(due, now);
    Link* link = backlog_.empty() ? free_link() : nullptr;
    if (link != nullptr) {
      batch_.clear();
      put(*link, {due, now}, now);
      transmit(*link, now);
      continue;
    }
    backlog_.push({due, now});
    if (backlog_.size() > plan_.backlog_cap) give_up_oldest("shed", now);
  }
}

void Lane::give_up_oldest(const char* phase, std::uint64_t now_ns) {
  recorder_.error(phase, 0);
  const Waiting request = backlog_.pop();
  recorder_.unsent(request.due_ns, request.noticed_ns, now_ns);
}

bool Lane::can_take(const Link& link) const {
  return link.state == (plan_.churn ? Link::State::closed : Link::State::open);
}

void Lane::offer(Link& link, std::uint32_t slots) {
  // Connections that come and go leave stale slots behind, which only requests would clear away.
  if (free_.size() > 4 * stamps_.size() + 64) drop_stale_slots();
  for (std::uint32_t i = 0; i < slots; ++i) free_.push({link.index, link.generation});
}

void Lane::drop_stale_slots() {
  for (std::size_t left = free_.size(); left != 0; --left) {
    const Slot slot = free_.pop();
    if (links_[slot.link].generation == slot.generation && can_take(links_[slot.link])) free_.push(slot);
  }
}

Link* Lane::free_link() {
  while (!free_.empty()) {
    const Slot slot = free_.pop();
    Link& link = links_[slot.link];
    if (link.generation == slot.generation && can_take(link)) return &link;
  }
  return nullptr;
}

/// `slots` requests of the link have been settled: what goes out on it next?
void Lane::go_on(Link& link, std::uint32_t slots, std::uint64_t now_ns) {
  if (!can_take(link)) return;  // Lost since.
  if (!open_) {
    if (link.in_flight == 0 && now_ns < issue_until_ns_) send_batch(link, now_ns);
    return;
  }
  batch_.clear();
  for (; slots != 0 && !backlog_.empty(); --slots) put(link, backlog_.pop(), now_ns);
  if (!batch_.empty()) transmit(link, now_ns);
  // The connection may have been lost in transmitting.
  if (slots != 0 && can_take(link)) offer(link, slots);
}

}  // namespace bakeoff
