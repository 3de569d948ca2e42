#include "harness/measure/listeners.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

#include "harness/measure/plain_text.h"
#include "harness/measure/text_file.h"

namespace bakeoff::measure {
namespace {

constexpr std::string_view kListenState = "0A";
constexpr std::array kSocketTables{"/proc/net/tcp", "/proc/net/tcp6"};

/// Calls `visit` for each entry of the folder whose name is a number.
template <typename Visit>
void for_each_number(const std::string& folder, Visit visit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(folder.c_str()), ::closedir);
  if (stream == nullptr) return;
  while (const dirent* const entry = ::readdir(stream.get())) {
    if (const auto number = parse_number<pid_t>(entry->d_name)) visit(*number, entry->d_name);
  }
}

/// Calls `visit` with the inode of each socket that a descriptor of the process leads to.
template <typename Visit>
void for_each_socket(pid_t pid, Visit visit) {
  constexpr std::string_view kSocket = "socket:[";
  const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
  for_each_number(folder, [&](pid_t, const char* name) {
    std::array<char, 64> target;
    const auto size = ::readlink((folder + "/" + name).c_str(), target.data(), target.size());
    std::string_view text(target.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (!text.starts_with(kSocket) || !text.ends_with(']')) return;
    text.remove_prefix(kSocket.size());
    text.remove_suffix(1);
    if (const auto inode = parse_number<std::uint64_t>(text)) visit(*inode);
  });
}

/// Whether both paths lead to one file.
bool are_same_file(const std::string& one, const std::string& other) {
  struct stat first {};
  struct stat second {};
  return ::stat(one.c_str(), &first) == 0 && ::stat(other.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

bool holds_socket(pid_t pid, const std::set<std::uint64_t>& inodes) {
  bool holds = false;
  for_each_socket(pid, [&](std::uint64_t inode) { holds = holds || inodes.contains(inode); });
  return holds;
}

/// A socket in state LISTEN, as a line of /proc/net/tcp or tcp6 has it.
struct ListenLine {
  std::string_view address;  ///< 8 or 32 hexadecimal digits: words of the machine's byte order.
  std::uint16_t port = 0;
  std::uint64_t inode = 0;
};

template <typename Visit>
void for_each_listen_line(std::string_view text, Visit visit) {
  // Columns of proc(5): sl, local_address, rem_address, st, queues, timer, retrnsmt, uid, timeout, inode.
  constexpr std::size_t kAddress = 1, kState = 3, kInode = 9;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    std::array<std::string_view, kInode + 1> columns;
    for (std::string_view& column : columns) column = take_word(line);
    const std::size_t colon = columns[kAddress].rfind(':');
    if (columns[kState] != kListenState || colon == std::string_view::npos) continue;
    const std::string_view digits = columns[kAddress].substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port, 16);
    const auto inode = parse_number<std::uint64_t>(columns[kInode]);
    if (error != std::errc{} || end != digits.data() + digits.size() || !inode) continue;
    visit(ListenLine{columns[kAddress].substr(0, colon), port, *inode});
  }
}

/// "" for loopback, and for what is not an address.
std::string open_address(const ListenLine& line) {
  constexpr std::size_t kDigits = 8;
  in6_addr address{};
  const std::size_t words = line.address.size() / kDigits;
  if ((words != 1 && words != 4) || line.address.size() % kDigits != 0) return "";
  for (std::size_t word = 0; word < words; ++word) {
    const std::string_view digits = line.address.substr(word * kDigits, kDigits);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc{} || end != digits.data() + digits.size()) return "";
    std::memcpy(address.s6_addr + 4 * word, &value, sizeof value);
  }
  constexpr std::uint8_t kLoopbackNet = 127;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (words == 1) {
    if (address.s6_addr[0] == kLoopbackNet) return "";
    ::inet_ntop(AF_INET, &address, text.data(), text.size());
    return std::string(text.data()) + ":" + std::to_string(line.port);
  }
  if (IN6_IS_ADDR_LOOPBACK(&address)) return "";
  if (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == kLoopbackNet) return "";
  ::inet_ntop(AF_INET6, &address, text.data(), text.size());
  return "[" + std::string(text.data()) + "]:" + std::to_string(line.port);
}

}  // namespace

std::set<std::uint64_t> listening_inodes(std::string_view text, std::uint16_t port) {
  std::set<std::uint64_t> inodes;
  for_each_listen_line(text, [&](const ListenLine& line) {
    if (line.port == port) inodes.insert(line.inode);
  });
  return inodes;
}

std::map<std::uint64_t, std::string> open_addresses(std::string_view text) {
  std::map<std::uint64_t, std::string> open;
  for_each_listen_line(text, [&](const ListenLine& line) {
    if (std::string address = open_address(line); !address.empty()) open[line.inode] = std::move(address);
  });
  return open;
}

std::vector<std::string> open_addresses(const std::vector<pid_t>& pids) {
  std::map<std::uint64_t, std::string> open;
  for (const char* const file : kSocketTables) open.merge(open_addresses(read_text(file).value_or("")));
  if (open.empty()) return {};
  std::set<std::string> found;
  for (const pid_t pid : pids) {
    for_each_socket(pid, [&](std::uint64_t inode) {
      if (const auto socket = open.find(inode); socket != open.end()) found.insert(socket->second);
    });
  }
  return {found.begin(), found.end()};
}

namespace {

std::vector<ListeningProcess> holders_of(const std::set<std::uint64_t>& inodes) {
  std::vector<ListeningProcess> found;
  if (inodes.empty()) return found;
  for_each_number("/proc", [&](pid_t pid, const char* name) {
    if (!holds_socket(pid, inodes)) return;
    const std::string comm = read_text(std::string("/proc/") + name + "/comm").value_or("");
    found.push_back({pid, plain_line(trimmed(comm))});
  });
  std::sort(found.begin(), found.end(),
            [](const ListeningProcess& a, const ListeningProcess& b) { return a.pid < b.pid; });
  return found;
}

}  // namespace

std::vector<ListeningProcess> listeners_on(std::uint16_t port) {
  std::set<std::uint64_t> inodes;
  for (const char* const file : kSocketTables) {
    inodes.merge(listening_inodes(read_text(file).value_or(""), port));
  }
  return holders_of(inodes);
}

std::map<std::uint64_t, std::string> listening_unix_sockets(std::string_view text) {
  constexpr std::string_view kListens = "00010000";  // __SO_ACCEPTCON
  // Columns of proc(5): Num, RefCount, Protocol, Flags, Type, St, Inode; the path is the rest of the line.
  constexpr std::size_t kFlags = 3, kInode = 6;
  std::map<std::uint64_t, std::string> sockets;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    std::array<std::string_view, kInode + 1> columns;
    for (std::string_view& column : columns) column = take_word(line);
    const auto inode = parse_number<std::uint64_t>(columns[kInode]);
    if (columns[kFlags] != kListens || !inode || !line.starts_with(' ')) continue;
    sockets[*inode] = line.substr(1);
  }
  return sockets;
}

std::vector<ListeningProcess> listeners_on(const std::string& path) {
  std::set<std::uint64_t> inodes;
  for (const auto& [inode, bound] : listening_unix_sockets(read_text("/proc/net/unix").value_or(""))) {
    if (bound == path || (bound.starts_with('/') && are_same_file(bound, path))) inodes.insert(inode);
  }
  return holders_of(inodes);
}

}  // namespace bakeoff::measure
