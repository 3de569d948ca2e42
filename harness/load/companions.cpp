#include "harness/load/companions.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <stdexcept>

#include "harness/load/counter_check.h"
#include "harness/load/events.h"
#include "harness/load/monotonic.h"
#include "workloads/catalogue.h"

namespace bakeoff {
namespace {

/// A small window: what a reader that does not read leaves in the server's hands.
constexpr int kSlowReaderBuffer = 4096;
constexpr std::uint64_t kLookNs = 20'000'000;  ///< How long an end may go unnoticed.

}  // namespace

Companions::Companions(const AgentPlan& plan, const Peer& peer, const std::atomic<bool>& stop)
    : plan_(plan),
      peer_(peer),
      stop_(stop),
      sources_(plan.sources),
      links_(plan.idle + plan.slow_senders + plan.slow_readers),
      scratch_(16 * 1024) {
  if (!wanted()) return;
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) throw std::runtime_error(std::string("epoll_create1: ") + std::strerror(errno));
  for (std::uint32_t i = 0; i < links_.size(); ++i) {
    links_[i].index = i;
    if (kind_of(links_[i]) == Kind::idle && !plan_.idle_asks) continue;
    // Numbered from the far end, so that their content is never that of a connection of the load.
    links_[i].session = find_workload(plan_.workload)
                            ->make_client({.seed = plan_.seed,
                                           .connection = ~std::uint64_t{0} - plan_.first_connection - i,
                                           .message_bytes = plan_.message_bytes,
                                           .request = plan_.request,
                                           .host = plan_.host_field,
                                           .check = plan_.check_replies});
  }
}

Companions::~Companions() {
  if (epoll_ >= 0) ::close(epoll_);
}

Companions::Kind Companions::kind_of(const Link& link) const {
  if (link.index < plan_.idle) return Kind::idle;
  return link.index < plan_.idle + plan_.slow_senders ? Kind::slow_sender : Kind::slow_reader;
}

void Companions::connect_all() {
  connect_paced(
      links_, peer_, sources_, plan_.connect_timeout_s, stop_,
      [&](Link& link) {
        const bool reads = kind_of(link) != Kind::slow_reader;
        if (!reads) ::setsockopt(link.fd, SOL_SOCKET, SO_RCVBUF, &kSlowReaderBuffer, sizeof kSlowReaderBuffer);
        epoll_event event{.events = (reads ? EPOLLIN : EPOLLOUT) | EPOLLRDHUP, .data = {.ptr = &link}};
        if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, link.fd, &event) != 0) not_connected(link, errno);
      },
      [&](Link& link, int code) { not_connected(link, code); });
  if (plan_.idle_asks) be_served_once();
}

void Companions::not_connected(Link& link, int code) {
  link.shut();
  ++not_connected_[code];
  if (connect_complaint_.empty()) connect_complaint_ = std::string("connect: ") + std::strerror(code);
}

/// Every idle connection asks once and gets its answer; then it has nothing more to say. One that is not answered in
/// time is left waiting: a server that cannot hold so many is what the trial is to show.
void Companions::be_served_once() {
  const std::uint64_t deadline_ns = now_ns() + static_cast<std::uint64_t>(plan_.connect_timeout_s * 1e9);
  const auto idle = std::span(links_).first(plan_.idle);
  for (Link& link : idle) {
    if (link.state != Link::State::open) continue;
    next_request(link);
    const auto sent = ::send(link.fd, link.unsent.data(), link.unsent.size(), MSG_NOSIGNAL);
    // A request is far smaller than a socket's empty buffer.
    if (sent != static_cast<ssize_t>(link.unsent.size())) {
      drop(link);
      continue;
    }
    result_.receipt.bytes_sent += static_cast<std::uint64_t>(sent);
    ++result_.receipt.requests;
    link.unsent.clear();
  }
  const auto waiting = [](const Link& link) { return link.state == Link::State::open && link.in_flight != 0; };
  std::array<epoll_event, 64> room;
  while (!stop_ && now_ns() < deadline_ns && std::any_of(idle.begin(), idle.end(), waiting)) {
    for (const epoll_event& event : await_events(epoll_, room, kLookNs)) {
      Link& link = *static_cast<Link*>(event.data.ptr);
      if (kind_of(link) == Kind::idle) on_event(link, event.events);
    }
  }
}

Crowd Companions::open_now() const {
  Crowd crowd;
  for (const Link& link : links_) {
    if (link.state != Link::State::open) continue;
    const Kind kind = kind_of(link);
    ++(kind == Kind::idle ? crowd.idle : kind == Kind::slow_sender ? crowd.slow_senders : crowd.slow_readers);
  }
  return crowd;
}

std::uint64_t Companions::connected() const {
  const Crowd crowd = open_now();
  return crowd.idle + crowd.slow_senders + crowd.slow_readers;
}

void Companions::tend(const std::atomic<bool>& over) {
  crowd_ = open_now();
  const auto pause_ns = static_cast<std::uint64_t>(plan_.slow_pause_s * 1e9);
  std::array<epoll_event, 64> room;
  std::uint64_t next_byte_ns = now_ns();
  while (!over && !stop_) {
    const std::uint64_t now = now_ns();
    if (plan_.slow_senders != 0 && now >= next_byte_ns) {
      send_bytes();
      next_byte_ns = now + pause_ns;
    }
    const std::uint64_t left =
        plan_.slow_senders != 0 ? std::min(next_byte_ns - std::min(now, next_byte_ns), kLookNs) : kLookNs;
    for (const epoll_event& event : await_events(epoll_, room, left)) {
      on_event(*static_cast<Link*>(event.data.ptr), event.events);
    }
  }
}

/// One byte on every slow sender that is not waiting for its reply.
void Companions::send_bytes() {
  for (std::size_t i = plan_.idle; i < plan_.idle + plan_.slow_senders; ++i) {
    Link& link = links_[i];
    if (link.state != Link::State::open) continue;
    if (link.unsent.empty()) {
      if (link.in_flight != 0) continue;
      next_request(link);
    }
    const auto sent = ::send(link.fd, link.unsent.data(), 1, MSG_NOSIGNAL);
    if (sent != 1) {
      if (errno != EAGAIN && errno != EINTR) drop(link);
      continue;
    }
    ++result_.receipt.bytes_sent;
    link.unsent.erase(0, 1);
    if (link.unsent.empty()) ++result_.receipt.requests;
  }
}

void Companions::next_request(Link& link) {
  link.session->next_request(link.unsent);
  ++link.in_flight;
}

void Companions::on_event(Link& link, std::uint32_t events) {
  if (link.state != Link::State::open) return;
  if (kind_of(link) != Kind::slow_reader) {
    read_reply(link);
  } else if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
    drop(link);
  } else {
    ask_on(link);
  }
}

void Companions::read_reply(Link& link) {
  const auto got = ::recv(link.fd, scratch_.data(), scratch_.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0 || !link.session) {  // To a connection that asked nothing nothing may come.
    drop(link);
    return;
  }
  result_.receipt.bytes_received += static_cast<std::uint64_t>(got);
  const Consumed consumed = link.session->consume({scratch_.data(), static_cast<std::size_t>(got)});
  result_.receipt.acknowledged += consumed.completed;
  result_.row.wrong_answers += consumed.wrong;
  error_replies_ += consumed.error_replies;
  if (result_.complaint.empty()) result_.complaint = link.session->complaint();
  link.in_flight -= std::min(consumed.completed, link.in_flight);
  if (consumed.broken || consumed.closing) drop(link);
}

/// Writes requests as long as the socket takes them, which it stops to do when the server stops to read: its replies
/// have nowhere to go.
void Companions::ask_on(Link& link) {
  if (link.unsent.empty()) next_request(link);
  const auto sent = ::send(link.fd, link.unsent.data(), link.unsent.size(), MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EINTR) drop(link);
    return;
  }
  result_.receipt.bytes_sent += static_cast<std::uint64_t>(sent);
  link.unsent.erase(0, static_cast<std::size_t>(sent));
  if (link.unsent.empty()) ++result_.receipt.requests;
}

void Companions::drop(Link& link) {
  link.shut();
  ++crowd_.lost;
}

AgentResult Companions::result() const {
  if (!wanted()) return {};
  AgentResult result = result_;
  if (incremented_key(plan_.workload, plan_.request)) {
    result.increments_sent = result.receipt.requests;
    result.receipt.increments_acknowledged = static_cast<std::int64_t>(result.receipt.acknowledged - error_replies_);
  }
  for (const auto& [code, count] : not_connected_) result.row.errors.push_back({"connect", errno_name(code), count});
  result.row.crowd = crowd_;
  result.row.crowd->replies = result_.receipt.acknowledged;
  return result;
}

}  // namespace bakeoff
