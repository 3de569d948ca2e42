#include "harness/measure/unix_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "harness/measure/owned_descriptor.h"

namespace bakeoff::measure {

sockaddr_un unix_address(const std::string& path) {
  if (path.empty()) throw std::invalid_argument("found nothing, expected the path of a Unix socket");
  if (path.size() > kLongestSocketPath) {
    throw std::invalid_argument("found a path of " + std::to_string(path.size()) + " bytes, expected one of at most " +
                                std::to_string(kLongestSocketPath) + ", the most that a Unix socket can have");
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

bool is_socket(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

void remove_stale_socket(const std::string& path) {
  if (!is_socket(path)) return;
  const sockaddr_un address = unix_address(path);
  // It does not wait where the queue of one who listens is full.
  const OwnedDescriptor peer(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const bool refused =
      ::connect(peer.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno == ECONNREFUSED;
  if (refused) ::unlink(path.c_str());
}

}  // namespace bakeoff::measure
