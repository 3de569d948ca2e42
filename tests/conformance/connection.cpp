#include "tests/conformance/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "harness/measure/unix_socket.h"

namespace bakeoff::conformance {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

[[noreturn]] void late(const std::string& what) {
  throw std::runtime_error("the server did not answer within " + std::to_string(kPatience.count()) + " ms: " + what);
}

/// What poll() says within `timeout`; 0 when the time is over.
short wait_for(int socket, short events, milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  for (;;) {
    pollfd wanted{socket, events, 0};
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    const int ready = ::poll(&wanted, 1, static_cast<int>(left > 0 ? left : 0));
    if (ready >= 0) return ready == 0 ? short{0} : wanted.revents;
    if (errno != EINTR) fail("poll");
  }
}

}  // namespace

Connection::Connection(std::uint16_t port, int receive_buffer) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) fail("socket");
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connect_to(&address, sizeof address);
}

Connection::Connection(const std::filesystem::path& socket) {
  socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) fail("socket");
  const sockaddr_un address = measure::unix_address(socket);
  connect_to(&address, sizeof address);
}

void Connection::connect_to(const void* address, std::size_t size_of_address) {
  int error = 0;
  if (::connect(socket_, static_cast<const sockaddr*>(address), static_cast<socklen_t>(size_of_address)) != 0) {
    error = errno;
    if (error == EINPROGRESS) {
      if (wait_for(socket_, POLLOUT, kPatience) == 0) {
        close();
        late("connect");
      }
      socklen_t size = sizeof error;
      ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    }
  }
  if (error != 0) {
    close();
    throw std::system_error(error, std::generic_category(), "connect");
  }
}

Connection::Connection(Connection&& other) noexcept {
  *this = std::move(other);
}

Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(inbox_, other.inbox_);
  std::swap(ended_, other.ended_);
  std::swap(was_reset_, other.was_reset_);
  return *this;
}

void Connection::take_what_is_there() {
  std::array<char, 65536> chunk;
  while (!ended_) {
    const auto got = ::recv(socket_, chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (got > 0) {
      inbox_.append(chunk.data(), static_cast<std::size_t>(got));
    } else if (got == 0) {
      ended_ = true;
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      ended_ = was_reset_ = true;
    }
  }
}

bool Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (sent < 0 && errno == EAGAIN) {
      const short events = wait_for(socket_, POLLIN | POLLOUT, kPatience);
      if (events == 0) late(std::to_string(bytes.size()) + " bytes of a request are still to be sent");
      if ((events & ~POLLOUT) != 0) take_what_is_there();
      if (ended_) return false;
    } else if (errno != EINTR) {
      take_what_is_there();
      return false;
    }
  }
  return true;
}

std::size_t Connection::send_blindly(std::string_view bytes, milliseconds pause) {
  std::size_t total = 0;
  while (total < bytes.size()) {
    const auto sent = ::send(socket_, bytes.data() + total, bytes.size() - total, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      total += static_cast<std::size_t>(sent);
    } else if (sent < 0 && errno == EAGAIN) {
      if (wait_for(socket_, POLLOUT, pause) == 0) break;
    } else if (errno != EINTR) {
      break;
    }
  }
  return total;
}

std::string Connection::receive(std::size_t bytes) {
  take_what_is_there();
  while (inbox_.size() < bytes && !ended_) {
    if (wait_for(socket_, POLLIN, kPatience) == 0) {
      late(std::to_string(inbox_.size()) + " of " + std::to_string(bytes) + " bytes came: \"" + inbox_.substr(0, 200) +
           '"');
    }
    take_what_is_there();
  }
  std::string received = inbox_.substr(0, bytes);
  inbox_.erase(0, received.size());
  return received;
}

std::string Connection::receive_some() {
  if (inbox_.empty()) {
    if (!ended_ && wait_for(socket_, POLLIN, kPatience) == 0) late("nothing came");
    take_what_is_there();
  }
  return std::exchange(inbox_, {});
}

std::string Connection::receive_until_end() {
  take_what_is_there();
  while (!ended_) {
    if (wait_for(socket_, POLLIN, kPatience) == 0) {
      late("it should have closed the connection; it had sent " + std::to_string(inbox_.size()) + " bytes: \"" +
           inbox_.substr(0, 200) + '"');
    }
    take_what_is_there();
  }
  return std::exchange(inbox_, {});
}

bool Connection::readable(milliseconds timeout) {
  return !inbox_.empty() || ended_ || wait_for(socket_, POLLIN, timeout) != 0;
}

void Connection::shutdown_write() {
  ::shutdown(socket_, SHUT_WR);
}

void Connection::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void Connection::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  ended_ = true;
}

}  // namespace bakeoff::conformance
