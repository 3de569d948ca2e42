#include "models/net.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "models/failed_wait.h"

namespace bakeoff::models {
namespace {

constexpr std::size_t kMostDiscarded =
    4 * 1024 * 1024;  // shutdown_and_drain() stops here: a peer that floods gets its reset.

[[noreturn]] void fail(const std::string& trying) {
  throw std::system_error(errno, std::generic_category(), trying);
}

/// The socket address of a literal; the length is returned.
socklen_t parse_address(const std::string& address, std::uint16_t port, sockaddr_storage& parsed) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&parsed);
  if (::inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    return sizeof(sockaddr_in);
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&parsed);
  if (::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    return sizeof(sockaddr_in6);
  }
  throw std::invalid_argument("address '" + address + "' is no IPv4 or IPv6 literal such as 127.0.0.1 or ::1");
}

bool wait_readable(int fd, const StopToken& stop) {
  for (;;) {
    pollfd watched[] = {{stop.fd(), POLLIN, 0}, {fd, POLLIN, 0}};
    const int ready = ::poll(watched, 2, -1);
    if (ready > 0) return watched[0].revents == 0;
    if (ready < 0 && errno != EINTR) exit_on_failed_wait("poll");
  }
}

}  // namespace

timespec to_timespec(std::chrono::nanoseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  return {seconds.count(), static_cast<long>((time - seconds).count())};
}

void Descriptor::reset(int fd) noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

namespace {

Listener open_listener(const std::string& address, std::uint16_t port, bool beside_others) {
  sockaddr_storage where{};
  socklen_t length = parse_address(address, port, where);
  const std::string trying = "listen on " + address + " port " + std::to_string(port);
  Listener listener;
  listener.address = address;
  listener.socket.reset(::socket(where.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int fd = listener.socket.get();
  const int on = 1;
  if (fd < 0 || ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      (beside_others && ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) ||
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
      ::bind(fd, reinterpret_cast<const sockaddr*>(&where), length) != 0 || ::listen(fd, kBacklog) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&where), &length) != 0)
    fail(trying);
  expect_accept_call();
  listener.port = ntohs(where.ss_family == AF_INET ? reinterpret_cast<const sockaddr_in*>(&where)->sin_port
                                                   : reinterpret_cast<const sockaddr_in6*>(&where)->sin6_port);
  return listener;
}

}  // namespace

void expect_accept_call() {
  if (::accept4(-1, nullptr, nullptr, 0) < 0 && errno != EBADF) fail("accept connections (accept4)");
}

Listener listen_on(const std::string& address, std::uint16_t port) {
  return open_listener(address, port, false);
}

Listener listen_reuseport(const Listener& first) {
  // The first was opened without the option. Linux allows it to be set later.
  const int on = 1;
  if (::setsockopt(first.socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) fail("share a listener's port");
  return open_listener(first.address, first.port, true);
}

void set_blocking(int fd, bool blocking) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) != 0)
    fail("change a descriptor's blocking mode");
}

bool StopToken::stopped() const {
  return !sleep(std::chrono::nanoseconds{0});
}

bool StopToken::sleep(std::chrono::nanoseconds time) const {
  const auto until = std::chrono::steady_clock::now() + time;
  for (;;) {
    pollfd watched{fd_, POLLIN, 0};
    const timespec left = to_timespec(time);
    const int ready = ::ppoll(&watched, 1, &left, nullptr);
    if (ready >= 0) return ready == 0;
    if (errno != EINTR) exit_on_failed_wait("ppoll");
    time = std::max(std::chrono::nanoseconds{0}, std::chrono::nanoseconds{until - std::chrono::steady_clock::now()});
  }
}

StopSource::StopSource() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_) fail("make the stop token (eventfd)");
}

void StopSource::request() const noexcept {
  const std::uint64_t one = 1;
  const int saved = errno;
  [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
  errno = saved;
}

Accepted accept_from(int listener, int flags) {
  for (;;) {
    const int fd = ::accept4(listener, nullptr, nullptr, flags | SOCK_CLOEXEC);
    if (fd >= 0) return {AcceptStatus::accepted, Descriptor(fd), 0};
    switch (errno) {
      case EAGAIN:
      case EINTR:
        return {AcceptStatus::nothing, {}, 0};
      case ECONNABORTED:  // This peer has gone, or its network has (Linux reports that here). There may be others.
      case EPROTO:
      case EPERM:
      case ENOPROTOOPT:
      case ENETDOWN:
      case ENETUNREACH:
      case ENONET:
      case EHOSTDOWN:
      case EHOSTUNREACH:
        continue;
      case EBADF:
      case EINVAL:
      case ENOTSOCK:
      case EOPNOTSUPP:
      case EFAULT:
      case ENOSYS:
        fail("accept a connection (accept4)");
      default:
        return {AcceptStatus::limit, {}, errno};
    }
  }
}

bool wait_acceptable(int listener, const StopToken& stop) {
  return wait_readable(listener, stop);
}

std::size_t listen_queue_length(int listener) {
  tcp_info info{};
  socklen_t size = sizeof info;
  // For a socket that listens, this field holds the length of its queue.
  if (::getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &size) == 0) return info.tcpi_unacked;
  pollfd watched{listener, POLLIN, 0};
  return ::poll(&watched, 1, 0) > 0 && (watched.revents & POLLIN) != 0 ? 1 : 0;
}

WakeupEvent::WakeupEvent() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_) fail("make a wake-up event (eventfd)");
}

void WakeupEvent::signal() const noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
}

void WakeupEvent::clear() const noexcept {
  std::uint64_t signals = 0;
  [[maybe_unused]] const auto got = ::read(event_.get(), &signals, sizeof signals);
}

bool WakeupEvent::wait(const StopToken& stop) const {
  if (!wait_readable(event_.get(), stop)) return false;
  clear();
  return true;
}

SocketInbox::SocketInbox() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("make an inbox for sockets (pipe2)");
  receiver_.reset(ends[0]);
  sender_.reset(ends[1]);
  set_blocking(receiver_.get(), false);
}

SocketInbox::~SocketInbox() {
  std::vector<Descriptor> unclaimed;
  end();
  while (receive(unclaimed) == Arrival::sockets) continue;
}

void SocketInbox::send(Descriptor socket) {
  const int fd = socket.get();
  // A write as short as this is atomic on a pipe.
  if (::write(sender_.get(), &fd, sizeof fd) == sizeof fd) static_cast<void>(socket.release());
}

SocketInbox::Arrival SocketInbox::receive(std::vector<Descriptor>& sockets) {
  std::array<int, 64> numbers;
  const ssize_t bytes = ::read(receiver_.get(), numbers.data(), sizeof numbers);
  if (bytes == 0) return Arrival::end;
  if (bytes < 0) return Arrival::nothing;
  for (std::size_t i = 0; i < static_cast<std::size_t>(bytes) / sizeof numbers[0]; ++i)
    sockets.emplace_back(numbers[i]);
  return Arrival::sockets;
}

ssize_t send_some(int socket, std::string_view bytes, int flags) noexcept {
  for (;;) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | flags);
    if (sent >= 0 || errno != EINTR) return sent;
  }
}

ssize_t receive_some(int socket, char* into, std::size_t size) noexcept {
  for (;;) {
    const ssize_t received = ::recv(socket, into, size, 0);
    if (received >= 0 || errno != EINTR) return received;
  }
}

void shutdown_and_drain(int socket) noexcept {
  ::shutdown(socket, SHUT_WR);
  std::array<char, 4096> unwanted;
  for (std::size_t discarded = 0; discarded < kMostDiscarded;) {
    const ssize_t dropped = ::recv(socket, unwanted.data(), unwanted.size(), MSG_DONTWAIT);
    if (dropped <= 0) return;
    discarded += static_cast<std::size_t>(dropped);
  }
}

std::size_t raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < limit.rlim_max) {
    const rlim_t before = std::exchange(limit.rlim_cur, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
  }
  return limit.rlim_cur;
}

}  // namespace bakeoff::models
