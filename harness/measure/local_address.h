// Whether an address is one of this machine's.
#pragma once

#include <sys/socket.h>

namespace bakeoff::measure {

/// A loopback address, one of an interface here (of this network namespace), or a Unix socket. Makes and closes a
/// socket.
bool is_local_address(const sockaddr* address, socklen_t length);

}  // namespace bakeoff::measure
