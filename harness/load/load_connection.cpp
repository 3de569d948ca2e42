#include "harness/load/load_connection.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace bakeoff::load {

SocketAddress resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  // A literal address is taken as it is, whatever addresses the machine has configured.
  hints.ai_flags = AI_NUMERICHOST;
  int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (code == EAI_NONAME) {
    hints.ai_flags = AI_ADDRCONFIG;
    code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  }
  if (code != 0) throw std::runtime_error("host " + host + ": " + ::gai_strerror(code));
  SocketAddress peer;
  std::memcpy(&peer.address, found->ai_addr, found->ai_addrlen);
  peer.length = found->ai_addrlen;
  ::freeaddrinfo(found);
  return peer;
}

std::string errno_name(int code) {
  const char* name = ::strerrorname_np(code);
  return name != nullptr ? name : std::to_string(code);
}

bool SocketAddress::is_ipv4_loopback() const {
  if (family() != AF_INET) return false;
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
}

int LoadConnection::begin_connect(const SocketAddress& peer, const SocketAddress* source) {
  if (fd >= 0) shut();
  ++generation;
  replied = false;
  sent = 0;
  fd = ::socket(peer.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (source != nullptr) {
    // Without it bind() would reserve a port for this address alone, however many peers it could be used with.
    ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&source->address), source->length) != 0) {
      const int code = errno;
      shut();
      return code;
    }
  }
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&peer.address), peer.length) == 0) {
    state = State::open;
    return 0;
  }
  if (errno == EINPROGRESS) {
    state = State::connecting;
    return 0;
  }
  const int code = errno;
  shut();
  return code;
}

int LoadConnection::finish_connect() {
  int code = 0;
  socklen_t size = sizeof code;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0) code = errno;
  if (code == 0) {
    state = State::open;
  } else {
    shut();
  }
  return code;
}

void LoadConnection::shut() {
  if (fd >= 0) ::close(std::exchange(fd, -1));
  state = State::closed;
  unread = false;
  unsent.clear();
}

}  // namespace bakeoff::load
