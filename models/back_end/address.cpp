#include "models/back_end/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace bakeoff::models::back_end {

Descriptor begin_connecting(const workloads::BackEnd& server, Connecting& state) noexcept {
  state = Connecting::failed;
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(server.port);
  if (::inet_pton(AF_INET, server.address.c_str(), &peer.sin_addr) != 1) return {};
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return {};
  const int yes = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&peer), sizeof peer) == 0) {
    state = Connecting::connected;
  } else if (errno == EINPROGRESS) {
    state = Connecting::under_way;
  } else {
    return {};
  }
  return socket;
}

Connecting check_connecting(int socket) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) return Connecting::failed;
  sockaddr_in peer{};  // One that is still under way has no error either, and no peer yet.
  size = sizeof peer;
  const bool connected = ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0;
  return connected ? Connecting::connected : Connecting::under_way;
}

}  // namespace bakeoff::models::back_end
