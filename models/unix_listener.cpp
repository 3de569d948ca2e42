#include "models/unix_listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace bakeoff::models {
namespace {

constexpr std::size_t kLongestPath = sizeof(sockaddr_un::sun_path) - 1;  // The kernel wants a zero behind it.

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

Descriptor open_socket() {
  return Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

/// Only a server that is gone refuses: one whose queue is full says EAGAIN.
bool is_stale(const std::string& path) {
  const sockaddr_un address = address_of(path);
  const Descriptor peer = open_socket();
  return ::connect(peer.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
         errno == ECONNREFUSED;
}

}  // namespace

void check_socket_path(const std::string& path) {
  if (path.empty() || path.size() > kLongestPath) {
    throw std::invalid_argument("--unix-socket: found a path of " + std::to_string(path.size()) +
                                " bytes, expected 1 to " + std::to_string(kLongestPath));
  }
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0) return;
  const bool socket = S_ISSOCK(there.st_mode);
  if (socket && is_stale(path)) return;
  throw std::invalid_argument("--unix-socket: found '" + path + "', " +
                              (socket ? "on which a server listens" : "which exists and is no socket") +
                              ", expected a path that is free");
}

Listener listen_on_path(const std::string& path) {
  check_socket_path(path);
  expect_accept_call();
  ::unlink(path.c_str());  // A stale one, if any.
  const sockaddr_un address = address_of(path);
  const auto fail = [&] {
    throw std::system_error(errno, std::generic_category(), "listen on the Unix socket " + path);
  };
  Listener listener{.socket = open_socket(), .address = path};
  if (::bind(listener.socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail();
  if (::listen(listener.socket.get(), kBacklog) != 0) {
    const int code = errno;
    ::unlink(path.c_str());
    errno = code;
    fail();
  }
  return listener;
}

SocketFile::SocketFile(const Listener& listener)
    : path_(listener.port == 0 ? listener.address : ""), maker_(::getpid()) {
  struct stat made {};
  if (path_.empty() || ::lstat(path_.c_str(), &made) != 0) return;
  device_ = made.st_dev;
  inode_ = made.st_ino;
}

SocketFile::~SocketFile() {
  struct stat there {};
  if (path_.empty() || ::getpid() != maker_ || ::lstat(path_.c_str(), &there) != 0) return;
  if (there.st_dev == device_ && there.st_ino == inode_) ::unlink(path_.c_str());
}

}  // namespace bakeoff::models
