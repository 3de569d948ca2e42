// Unix sockets, by the path of their file.
#pragma once

#include <sys/un.h>

#include <cstddef>
#include <string>

namespace bakeoff::measure {

/// The most bytes that such a path can have: the kernel wants a zero behind them.
inline constexpr std::size_t kLongestSocketPath = sizeof(sockaddr_un::sun_path) - 1;

/// Throws std::invalid_argument for a path that is "" or longer.
sockaddr_un unix_address(const std::string& path);

/// Whether there is a socket at the path, or a link to one.
bool is_socket(const std::string& path);

/// Removes the socket at the path where nobody listens on it; whatever else is there stays.
void remove_stale_socket(const std::string& path);

}  // namespace bakeoff::measure
