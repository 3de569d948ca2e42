// The kernel knows its addresses: it binds a socket to one that is its own, and refuses any other.
#include "harness/measure/local_address.h"

#include <netinet/in.h>
#include <unistd.h>

#include <cstring>

namespace bakeoff::measure {

bool is_local_address(const sockaddr* address, socklen_t length) {
  if (address->sa_family == AF_UNIX) return true;
  sockaddr_storage own{};
  if (length > sizeof own) return false;
  std::memcpy(&own, address, length);
  // With any port: the server's is taken.
  if (own.ss_family == AF_INET) reinterpret_cast<sockaddr_in*>(&own)->sin_port = 0;
  if (own.ss_family == AF_INET6) reinterpret_cast<sockaddr_in6*>(&own)->sin6_port = 0;
  const int descriptor = ::socket(own.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const bool bound = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&own), length) == 0;
  ::close(descriptor);
  return bound;
}

}  // namespace bakeoff::measure
