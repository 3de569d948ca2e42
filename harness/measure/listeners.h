// Which processes of this machine listen for TCP or on a Unix socket, and where. /proc/net/tcp, tcp6 and unix name the
// sockets that listen; the processes are those whose /proc/PID/fd leads to one of them. It takes no more rights than
// being the same user: nothing is known of another user's processes.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::measure {

struct ListeningProcess {
  pid_t pid = 0;
  std::string name;  ///< comm: at most 15 bytes.
};

/// The processes with a TCP socket that listens on the port, on any address, in the order of their numbers. Reads all
/// of /proc/*/fd that may be read: some milliseconds, more where a process has thousands of descriptors.
std::vector<ListeningProcess> listeners_on(std::uint16_t port);

/// The same of the Unix socket at the path, by whatever path the processes have made it, as long as that was absolute.
std::vector<ListeningProcess> listeners_on(const std::string& path);

/// The path of each Unix socket that listens, by its inode, from the text of /proc/net/unix.
std::map<std::uint64_t, std::string> listening_unix_sockets(std::string_view text);

/// The inodes of the sockets that listen on the port, from the text of /proc/net/tcp or tcp6.
std::set<std::uint64_t> listening_inodes(std::string_view text, std::uint16_t port);

/// The addresses beside loopback at which the processes listen for TCP, which other machines may reach: "0.0.0.0:8080",
/// "[::]:8080"; each once, in order. Listeners that may not be read are left out. Reads the descriptors of the
/// processes only if this machine has such a listener at all.
std::vector<std::string> open_addresses(const std::vector<pid_t>& pids);

/// The same from the text of /proc/net/tcp or tcp6: the address of each socket by its inode.
std::map<std::uint64_t, std::string> open_addresses(std::string_view text);

}  // namespace bakeoff::measure
