#include "harness/load/load_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace bakeoff::load {

std::string errno_name(int code) {
  const char* name = ::strerrorname_np(code);
  return name != nullptr ? name : std::to_string(code);
}

int LoadConnection::begin_connect(const SocketAddress& peer, const SocketAddress* source) {
  if (fd >= 0) shut();
  ++generation;
  replied = false;
  sent = 0;
  fd = ::socket(peer.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  const int on = 1;
  if (!peer.is_unix()) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
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
  if (session) session->connection_ended();
}

}  // namespace bakeoff::load
