#include "harness/load/closed_loop.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "harness/load/monotonic.h"
#include "harness/load/verify.h"
#include "workloads/catalogue.h"

namespace bakeoff {
namespace {

constexpr std::size_t kScratchBytes = 64 * 1024;
constexpr std::size_t kConnectsAtOnce = 64;
constexpr std::uint64_t kRevivalPauseNs = 50'000'000;

double thread_cpu_us() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

std::string name_of(int code) {
  if (code == 0) return "";
  const char* name = ::strerrorname_np(code);
  return name != nullptr ? name : std::to_string(code);
}

}  // namespace

ClosedLoop::ClosedLoop(const AgentPlan& plan, const std::atomic<bool>& stop)
    : plan_(plan),
      stop_(stop),
      peer_(resolve(plan.host, plan.port)),
      links_(plan.connections),
      scratch_(kScratchBytes) {
  if (find_workload(plan_.workload) == nullptr) throw std::invalid_argument("unknown workload: " + plan_.workload);
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) throw std::runtime_error(std::string("epoll_create1: ") + std::strerror(errno));
  for (std::size_t i = 0; i < links_.size(); ++i) {
    links_[i].number = static_cast<std::uint32_t>(i);
    links_[i].session = make_session(i);
  }
}

ClosedLoop::~ClosedLoop() {
  if (epoll_ >= 0) ::close(epoll_);
}

std::unique_ptr<ClientSession> ClosedLoop::make_session(std::uint64_t number) const {
  return find_workload(plan_.workload)
      ->make_client({.seed = plan_.seed,
                     .connection = number,
                     .message_bytes = plan_.message_bytes,
                     .request = plan_.request,
                     .host = plan_.host_field});
}

std::string ClosedLoop::verify() {
  return verify_server(plan_, peer_, stop_, result_.receipt);
}

void ClosedLoop::connect_all() {
  const std::uint64_t deadline = now_ns() + static_cast<std::uint64_t>(plan_.connect_timeout_s * 1e9);
  std::vector<pollfd> pending;
  std::vector<Link*> owners;
  std::size_t next = 0;
  const auto failed = [&](int code) {
    count_error("connect", code);
    if (connect_complaint_.empty()) connect_complaint_ = std::string("connect: ") + std::strerror(code);
  };
  const auto opened = [&](Link& link) {
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &link}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, link.fd, &event);
  };
  while ((next < links_.size() || !pending.empty()) && now_ns() < deadline && !stop_) {
    while (next < links_.size() && pending.size() < kConnectsAtOnce) {
      Link& link = links_[next++];
      if (const int code = link.begin_connect(peer_); code != 0) {
        failed(code);
        // Without descriptors the rest would fail the same way.
        if (code == EMFILE || code == ENFILE) next = links_.size();
      } else if (link.state == Link::State::open) {
        opened(link);
      } else {
        pending.push_back({link.fd, POLLOUT, 0});
        owners.push_back(&link);
      }
    }
    if (pending.empty()) continue;
    ::poll(pending.data(), pending.size(), 50);
    for (std::size_t i = pending.size(); i-- > 0;) {
      if (pending[i].revents == 0) continue;
      if (const int code = owners[i]->finish_connect(); code != 0) {
        failed(code);
      } else {
        opened(*owners[i]);
      }
      pending[i] = pending.back();
      owners[i] = owners.back();
      pending.pop_back();
      owners.pop_back();
    }
  }
  for (Link* link : owners) {
    link->shut();
    failed(ETIMEDOUT);
  }
}

std::uint64_t ClosedLoop::connected() const {
  return static_cast<std::uint64_t>(
      std::count_if(links_.begin(), links_.end(), [](const Link& link) { return link.state == Link::State::open; }));
}

AgentResult ClosedLoop::run(const AgentStart& start) {
  const auto drain_ns = static_cast<std::uint64_t>(plan_.drain_timeout_s * 1e9);
  const std::uint64_t gap = static_cast<std::uint64_t>(kDrainGap_s * 1e9);
  ClientRow& row = result_.row;
  window_begin_ns_ = window_end_ns_ = ~std::uint64_t{0};

  turn(start.start_ns, false, Until::time);
  if (start.window_ns > start.start_ns + gap) {
    turn(start.window_ns - gap, true, Until::time);
    turn(start.window_ns, false, Until::drained);
  }
  turn(start.window_ns, false, Until::time);

  row.connections_open = connected();
  window_begin_ns_ = area_from_ns_ = start.window_ns;
  window_end_ns_ = start.window_ns + static_cast<std::uint64_t>(plan_.window_s * 1e9);
  const double cpu_before = thread_cpu_us();
  turn(window_end_ns_, true, Until::time);
  const double cpu = thread_cpu_us() - cpu_before;
  window_end_ns_ = std::min(window_end_ns_, now_ns());  // earlier when told to stop
  account(window_end_ns_);
  area_from_ns_ = ~std::uint64_t{0};

  turn(now_ns() + drain_ns, false, Until::drained);
  result_.drained = in_flight_ == 0;
  const std::uint64_t now = now_ns();
  for (Link& link : links_) {
    if (link.in_flight != 0 && link.sent_ns >= window_begin_ns_) {
      row.unfinished += link.in_flight;
      for (std::uint32_t i = 0; i < link.in_flight; ++i) result_.total.record(now - link.sent_ns);
    }
    if (link.replies != 0) ++row.connections_served;
    if (result_.complaint.empty()) result_.complaint = link.session->complaint();
  }
  row.window_s = static_cast<double>(window_end_ns_ - window_begin_ns_) / 1e9;
  row.warmup_s = plan_.warmup_s;
  row.throughput_rps = row.window_s > 0 ? static_cast<double>(row.replies_ok) / row.window_s : 0;
  row.mean_outstanding = row.window_s > 0 ? outstanding_area_ / (row.window_s * 1e9) : 0;
  row.latency_us["total"] = result_.total.summary_us();
  row.clamped = result_.total.clamped();
  for (const auto& [key, count] : errors_) row.errors.push_back({key.first, name_of(key.second), count});
  GeneratorFacts facts;
  facts.cpu = ::sched_getcpu();
  facts.cpu_us = cpu;
  if (row.window_s > 0) facts.cpu_share = cpu / (row.window_s * 1e6);
  row.generators = {facts};
  return std::move(result_);
}

/// Serves events until the deadline, or until nothing is in flight any more. With `issue`, replies are followed by the
/// next batch, and idle connections begin.
void ClosedLoop::turn(std::uint64_t deadline_ns, bool issue, Until until) {
  issuing_ = issue;
  if (issue) issue_everywhere();
  std::array<epoll_event, 256> events;
  // A stop ends what is being waited for by the clock; a drain goes on, so that the last replies are not lost.
  while (until == Until::drained ? in_flight_ != 0 : !stop_) {
    const std::uint64_t now = now_ns();
    if (now >= deadline_ns) break;
    if (!lost_.empty() && now >= next_revival_ns_) revive(now);
    const std::uint64_t wake_ns = lost_.empty() ? deadline_ns : std::min(deadline_ns, next_revival_ns_);
    const std::uint64_t left = wake_ns > now ? wake_ns - now : 0;
    const timespec timeout{static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
    const int ready = ::epoll_pwait2(epoll_, events.data(), events.size(), &timeout, nullptr);
    for (int i = 0; i < ready; ++i) on_event(*static_cast<Link*>(events[i].data.ptr), events[i].events);
  }
  issuing_ = false;
}

void ClosedLoop::issue_everywhere() {
  for (Link& link : links_) {
    if (link.state == Link::State::open && link.in_flight == 0) send_batch(link, now_ns());
  }
}

void ClosedLoop::on_event(Link& link, std::uint32_t events) {
  if (link.state == Link::State::closed) return;
  if (link.state == Link::State::connecting) {
    if (const int code = link.finish_connect(); code != 0) {
      lose(link, "connect", code);
    } else {
      on_connected(link);
    }
    return;
  }
  if ((events & EPOLLOUT) != 0) send_rest(link);
  if (link.state == Link::State::open && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(link);
}

void ClosedLoop::on_connected(Link& link) {
  watch_output(link, false);
  if (issuing_) send_batch(link, now_ns());
}

void ClosedLoop::receive(Link& link) {
  const auto got = ::recv(link.fd, scratch_.data(), scratch_.size(), 0);
  if (got <= 0) {
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    lose(link, got == 0 ? "closed" : "read", got == 0 ? 0 : errno);
    return;
  }
  const std::uint64_t now = now_ns();
  result_.receipt.bytes_received += static_cast<std::uint64_t>(got);
  const Consumed consumed = link.session->consume({scratch_.data(), static_cast<std::size_t>(got)});
  complete(link, consumed, now);
  if (consumed.broken || link.in_flight < consumed.completed) {
    lose(link, "parse", 0);
    return;
  }
  link.in_flight -= consumed.completed;
  in_flight_ -= consumed.completed;
  if (consumed.closing && link.in_flight == 0) {
    reconnect(link);
    return;
  }
  if (link.in_flight == 0 && issuing_ && now < window_end_ns_) send_batch(link, now);
}

/// Records the replies of one recv, which all came at `now_ns`.
void ClosedLoop::complete(Link& link, const Consumed& consumed, std::uint64_t now_ns) {
  const std::uint32_t completed = std::min(consumed.completed, link.in_flight);
  if (consumed.wrong != 0 || consumed.broken || consumed.error_replies != 0) [[unlikely]] {
    result_.row.wrong_answers += consumed.wrong;
    if (consumed.error_replies != 0) errors_[{"reply", 0}] += consumed.error_replies;
    if (result_.complaint.empty()) result_.complaint = link.session->complaint();
  }
  account(now_ns);
  link.replies += completed;
  result_.receipt.acknowledged += completed;
  if (link.sent_ns < window_begin_ns_) return;
  for (std::uint32_t i = 0; i < completed; ++i) result_.total.record(now_ns - link.sent_ns);
  if (now_ns <= window_end_ns_) {
    result_.row.replies_ok += completed - std::min(completed, consumed.error_replies + consumed.wrong);
  }
}

void ClosedLoop::send_batch(Link& link, std::uint64_t now_ns) {
  batch_.clear();
  for (std::uint64_t i = 0; i < plan_.pipeline; ++i) link.session->next_request(batch_);
  account(now_ns);
  link.sent_ns = now_ns;
  link.in_flight = static_cast<std::uint32_t>(plan_.pipeline);
  in_flight_ += plan_.pipeline;
  result_.receipt.requests += plan_.pipeline;
  if (now_ns >= window_begin_ns_) result_.row.requests += plan_.pipeline;
  const auto sent = ::send(link.fd, batch_.data(), batch_.size(), MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(batch_.size())) [[likely]] {
    result_.receipt.bytes_sent += batch_.size();
    return;
  }
  if (sent < 0 && errno != EAGAIN && errno != EINTR) {
    lose(link, "write", errno);
    return;
  }
  const std::size_t taken = sent > 0 ? static_cast<std::size_t>(sent) : 0;
  result_.receipt.bytes_sent += taken;
  link.unsent.assign(batch_, taken);
  watch_output(link, true);
}

void ClosedLoop::send_rest(Link& link) {
  const auto sent = ::send(link.fd, link.unsent.data(), link.unsent.size(), MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EINTR) lose(link, "write", errno);
    return;
  }
  result_.receipt.bytes_sent += static_cast<std::uint64_t>(sent);
  link.unsent.erase(0, static_cast<std::size_t>(sent));
  if (link.unsent.empty()) watch_output(link, false);
}

void ClosedLoop::watch_output(Link& link, bool on) {
  if (link.watches_output == on) return;
  link.watches_output = on;
  epoll_event event{.events = EPOLLIN | (on ? EPOLLOUT : 0U), .data = {.ptr = &link}};
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, link.fd, &event);
}

/// A connection failed: counts it, settles what it had in flight and queues it for another try.
void ClosedLoop::lose(Link& link, const char* phase, int code) {
  count_error(phase, code);
  const std::uint64_t now = now_ns();
  account(now);
  if (link.in_flight != 0 && link.sent_ns >= window_begin_ns_) {
    for (std::uint32_t i = 0; i < link.in_flight; ++i) result_.total.record(now - link.sent_ns);
    result_.row.unfinished += link.in_flight;
  }
  if (result_.complaint.empty()) result_.complaint = link.session->complaint();
  in_flight_ -= link.in_flight;
  link.in_flight = 0;
  link.shut();
  if (lost_.empty()) next_revival_ns_ = now + kRevivalPauseNs;
  lost_.push_back(&link);
}

/// The server ended the conversation in the protocol's own way: no error, a new connection at once.
void ClosedLoop::reconnect(Link& link) {
  link.session = make_session(link.number);
  if (const int code = link.begin_connect(peer_); code != 0) {
    lose(link, "connect", code);
    return;
  }
  link.watches_output = link.state == Link::State::connecting;
  epoll_event event{.events = EPOLLIN | (link.watches_output ? EPOLLOUT : 0U), .data = {.ptr = &link}};
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, link.fd, &event);
  if (link.state == Link::State::open) on_connected(link);
}

void ClosedLoop::revive(std::uint64_t now_ns) {
  std::vector<Link*> again;
  again.swap(lost_);
  next_revival_ns_ = now_ns + kRevivalPauseNs;
  for (Link* link : again) reconnect(*link);
}

void ClosedLoop::count_error(const char* phase, int code) {
  ++errors_[{phase, code}];
}

/// Brings the integral of requests in flight up to date; call it before the number changes.
void ClosedLoop::account(std::uint64_t now_ns) {
  if (now_ns <= area_from_ns_) return;
  const std::uint64_t to = std::min(now_ns, window_end_ns_);
  if (to > area_from_ns_)
    outstanding_area_ += static_cast<double>(in_flight_) * static_cast<double>(to - area_from_ns_);
  area_from_ns_ = std::max(area_from_ns_, to);
}

}  // namespace bakeoff
