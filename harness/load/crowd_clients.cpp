#include "harness/load/crowd_clients.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <stdexcept>

#include "harness/load/counter_check.h"
#include "harness/load/epoll_events.h"
#include "harness/measure/monotonic.h"
#include "workloads/catalogue.h"

namespace bakeoff::load {
namespace {

/// A small window, so that the server keeps what a reader does not read.
constexpr int kSlowReaderBuffer = 4096;
constexpr std::uint64_t kLookNs = 20'000'000;  ///< How long an end may go unnoticed.

}  // namespace

CrowdClients::CrowdClients(const AgentPlan& plan, const SocketAddress& peer, const std::atomic<bool>& stop)
    : plan_(plan),
      peer_(peer),
      stop_(stop),
      sources_(plan.sources),
      connections_(plan.load.connections_beside()),
      scratch_(16 * 1024) {
  if (!wanted()) return;
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) throw std::runtime_error(std::string("epoll_create1: ") + std::strerror(errno));
  workloads::ClientSettings settings = client_settings(plan_, 0);
  settings.share = &share_;
  for (std::uint32_t i = 0; i < connections_.size(); ++i) {
    connections_[i].index = i;
    if (kind_of(connections_[i]) == Kind::idle && !plan_.load.idle_asks) continue;
    // Numbered from the far end, so that their content is never that of a connection of the load.
    settings.connection = ~std::uint64_t{0} - plan_.first_connection - i;
    connections_[i].session = workloads::find_workload(plan_.workload)->make_client(settings);
  }
}

CrowdClients::~CrowdClients() {
  if (epoll_ >= 0) ::close(epoll_);
}

CrowdClients::Kind CrowdClients::kind_of(const LoadConnection& connection) const {
  if (connection.index < plan_.load.idle) return Kind::idle;
  return connection.index < plan_.load.idle + plan_.load.slow_senders ? Kind::slow_sender : Kind::slow_reader;
}

void CrowdClients::connect_all() {
  connect_paced(
      connections_, peer_, sources_, plan_.connect_timeout_s, stop_,
      [&](LoadConnection& connection) {
        const bool reads = kind_of(connection) != Kind::slow_reader;
        if (!reads) ::setsockopt(connection.fd, SOL_SOCKET, SO_RCVBUF, &kSlowReaderBuffer, sizeof kSlowReaderBuffer);
        epoll_event event{.events = (reads ? EPOLLIN : EPOLLOUT) | EPOLLRDHUP, .data = {.ptr = &connection}};
        if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event) != 0) connect_failed(connection, errno);
      },
      [&](LoadConnection& connection, int code) { connect_failed(connection, code); });
  if (plan_.load.idle_asks) ask_once_on_idle();
}

void CrowdClients::connect_failed(LoadConnection& connection, int code) {
  connection.shut();
  ++connect_failures_[code];
  if (connect_error_.empty()) connect_error_ = connect_failure(peer_, code);
}

/// Every idle connection asks once and gets its answer; then it has nothing more to say. One that is not answered in
/// time is left waiting: a server that cannot hold so many is what the trial is to show.
void CrowdClients::ask_once_on_idle() {
  const std::uint64_t deadline_ns = measure::now_ns() + static_cast<std::uint64_t>(plan_.connect_timeout_s * 1e9);
  const auto idle = std::span(connections_).first(plan_.load.idle);
  for (LoadConnection& connection : idle) {
    if (connection.state != LoadConnection::State::open) continue;
    next_request(connection);
    const auto sent = ::send(connection.fd, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
    // A request is far smaller than a socket's empty buffer.
    if (sent != static_cast<ssize_t>(connection.unsent.size())) {
      drop(connection);
      continue;
    }
    result_.receipt.bytes_sent += static_cast<std::uint64_t>(sent);
    ++result_.receipt.requests;
    connection.unsent.clear();
  }
  const auto waiting = [](const LoadConnection& connection) {
    return connection.state == LoadConnection::State::open && connection.in_flight != 0;
  };
  std::array<epoll_event, 64> buffer;
  while (!stop_ && measure::now_ns() < deadline_ns && std::any_of(idle.begin(), idle.end(), waiting)) {
    for (const epoll_event& event : wait_for_events(epoll_, buffer, kLookNs)) {
      LoadConnection& connection = *static_cast<LoadConnection*>(event.data.ptr);
      if (kind_of(connection) == Kind::idle) on_event(connection, event.events);
    }
  }
}

journal::CrowdFacts CrowdClients::open_now() const {
  journal::CrowdFacts crowd;
  for (const LoadConnection& connection : connections_) {
    if (connection.state != LoadConnection::State::open) continue;
    const Kind kind = kind_of(connection);
    ++(kind == Kind::idle ? crowd.idle : kind == Kind::slow_sender ? crowd.slow_senders : crowd.slow_readers);
  }
  return crowd;
}

std::uint64_t CrowdClients::connected() const {
  const journal::CrowdFacts crowd = open_now();
  return crowd.idle + crowd.slow_senders + crowd.slow_readers;
}

void CrowdClients::run_until(const std::atomic<bool>& over) {
  crowd_ = open_now();
  const auto pause_ns = static_cast<std::uint64_t>(plan_.slow_pause_s * 1e9);
  std::array<epoll_event, 64> buffer;
  std::uint64_t next_byte_ns = measure::now_ns();
  while (!over && !stop_) {
    const std::uint64_t now = measure::now_ns();
    if (plan_.load.slow_senders != 0 && now >= next_byte_ns) {
      send_bytes();
      next_byte_ns = now + pause_ns;
    }
    const std::uint64_t left =
        plan_.load.slow_senders != 0 ? std::min(next_byte_ns - std::min(now, next_byte_ns), kLookNs) : kLookNs;
    for (const epoll_event& event : wait_for_events(epoll_, buffer, left)) {
      on_event(*static_cast<LoadConnection*>(event.data.ptr), event.events);
    }
  }
}

/// One byte on every slow sender that is not waiting for its reply.
void CrowdClients::send_bytes() {
  for (std::size_t i = plan_.load.idle; i < plan_.load.idle + plan_.load.slow_senders; ++i) {
    LoadConnection& connection = connections_[i];
    if (connection.state != LoadConnection::State::open) continue;
    if (connection.unsent.empty()) {
      if (connection.in_flight != 0) continue;
      next_request(connection);
    }
    const auto sent = ::send(connection.fd, connection.unsent.data(), 1, MSG_NOSIGNAL);
    if (sent != 1) {
      if (errno != EAGAIN && errno != EINTR) drop(connection);
      continue;
    }
    ++result_.receipt.bytes_sent;
    connection.unsent.erase(0, 1);
    if (connection.unsent.empty()) ++result_.receipt.requests;
  }
}

void CrowdClients::next_request(LoadConnection& connection) {
  connection.session->next_request(connection.unsent);
  ++connection.in_flight;
}

void CrowdClients::on_event(LoadConnection& connection, std::uint32_t events) {
  if (connection.state != LoadConnection::State::open) return;
  if (kind_of(connection) != Kind::slow_reader) {
    read_reply(connection);
  } else if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
    drop(connection);
  } else {
    send_requests(connection);
  }
}

void CrowdClients::read_reply(LoadConnection& connection) {
  const auto got = ::recv(connection.fd, scratch_.data(), scratch_.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0 || !connection.session) {  // A connection that has asked for nothing must receive nothing.
    drop(connection);
    return;
  }
  result_.receipt.bytes_received += static_cast<std::uint64_t>(got);
  const workloads::Consumed consumed = connection.session->consume({scratch_.data(), static_cast<std::size_t>(got)});
  result_.receipt.acknowledged += consumed.completed;
  result_.receipt.files += consumed.files;
  result_.receipt.calls += consumed.calls;
  result_.row.wrong_answers += consumed.wrong;
  error_replies_ += std::min(consumed.error_replies, consumed.completed);
  if (result_.complaint.empty()) result_.complaint = connection.session->complaint();
  connection.in_flight -= std::min(consumed.completed, connection.in_flight);
  if (!consumed.refusal.empty() || consumed.closing) drop(connection);
}

/// Writes requests as long as the socket takes them, which it stops to do when the server stops to read: its replies
/// have nowhere to go.
void CrowdClients::send_requests(LoadConnection& connection) {
  if (connection.unsent.empty()) next_request(connection);
  const auto sent = ::send(connection.fd, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EINTR) drop(connection);
    return;
  }
  result_.receipt.bytes_sent += static_cast<std::uint64_t>(sent);
  connection.unsent.erase(0, static_cast<std::size_t>(sent));
  if (connection.unsent.empty()) ++result_.receipt.requests;
}

void CrowdClients::drop(LoadConnection& connection) {
  connection.shut();
  ++crowd_.lost;
}

AgentResult CrowdClients::result() const {
  if (!wanted()) return {};
  AgentResult result = result_;
  if (incremented_key(plan_.workload, plan_.load.request)) {
    result.increments_sent = result.receipt.requests;
    result.receipt.increments_acknowledged = static_cast<std::int64_t>(result.receipt.acknowledged - error_replies_);
  }
  for (const auto& [code, count] : connect_failures_) result.row.errors.push_back({"connect", errno_name(code), count});
  result.row.crowd = crowd_;
  result.row.crowd->replies = result_.receipt.acknowledged;
  return result;
}

}  // namespace bakeoff::load
