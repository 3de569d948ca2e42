#include "harness/load/blocking_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "harness/measure/monotonic.h"

namespace bakeoff::load {

ExchangeError::ExchangeError(const char* step, int code)
    : std::runtime_error(std::string(step) + ": " + std::strerror(code)) {}

BlockingConnection::BlockingConnection(const SocketAddress& peer, std::uint64_t deadline_ns,
                                       const std::atomic<bool>& stop)
    : peer_(peer), deadline_ns_(deadline_ns), stop_(stop) {
  connect();
}

void BlockingConnection::connect() {
  const auto expect_success = [&](int code) {
    if (code != 0) throw ConnectError(peer_, connect_reason(peer_, code));
  };
  int code = connection_.begin_connect(peer_);
  while (is_accept_queue_full(peer_, code) && measure::now_ns() < deadline_ns_ && !stop_) {
    measure::sleep_until_ns(measure::now_ns() + kFullQueuePauseNs, stop_);
    code = connection_.begin_connect(peer_);
  }
  expect_success(code);
  if (connection_.state == LoadConnection::State::open) return;
  if (!wait_for(POLLOUT)) throw ConnectError(peer_, "no connection within the time limit");
  expect_success(connection_.finish_connect());
}

void BlockingConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait_for(POLLOUT)) throw ExchangeError("the server does not read");
    const auto sent = ::send(connection_.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) throw ExchangeError("send", errno);
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string_view BlockingConnection::receive() {
  const std::string_view bytes = receive_or_end();
  if (!bytes.empty()) return bytes;
  if (end_code_ != 0) throw ExchangeError("receive", end_code_);
  throw ExchangeError("the server closed the connection in mid-reply");
}

std::string_view BlockingConnection::receive_or_end() {
  for (;;) {
    if (!wait_for(POLLIN)) throw ExchangeError("no reply within the time limit");
    const auto got = ::recv(connection_.fd, buffer_.data(), buffer_.size(), 0);
    if (got > 0) return {buffer_.data(), static_cast<std::size_t>(got)};
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    end_code_ = got == 0 ? 0 : errno;
    return {};
  }
}

void BlockingConnection::end_input() {
  ::shutdown(connection_.fd, SHUT_WR);
}

void BlockingConnection::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(connection_.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  connection_.shut();
}

/// False when the deadline has passed.
bool BlockingConnection::wait_for(short events) {
  for (;;) {
    if (stop_) throw ExchangeError("interrupted");
    const std::uint64_t now = measure::now_ns();
    if (now >= deadline_ns_) return false;
    pollfd wanted{connection_.fd, events, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>((deadline_ns_ - now) / 1'000'000) + 1);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) throw ExchangeError("poll", errno);
  }
}

}  // namespace bakeoff::load
