// The memory of one trial's subject as the kernel books it, and its limit. Kernel memory is the stacks and page tables
// of the subject's processes, their sockets, files and epoll entries, and what waits in the sockets' buffers. PSS
// (process_tree.h) has none of it, and a connection costs more of it than of the process's own memory.
//
// On v2 the trial's own cgroup counts it, where the memory controller reaches that far; with v1 it takes a directory of
// its own in the memory hierarchy, which the subject joins beside the other. Where neither is there, or it may not be
// made, every reading is absent and nothing throws.
// The kernel charges the process that asks for memory: a server pays for its end of a connection, and not for the end
// of a client in another cgroup, even if both are on this machine. The kernel books in pages, and a freed one may wait
// to be reused.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/measure/cgroup.h"

namespace bakeoff::measure {

/// Not thread-safe. Every call is a few file operations.
class MemoryCgroup {
 public:
  /// What it is for. With v1 the kernel charges sockets only if it is told to, which costs a little on each of them. So
  /// it is told to in trials that ask what a connection costs, and not in those that ask how fast it is.
  enum class Use { kernel_memory, limit_only };

  /// For the subject of `trial`, which must outlive it. `name` is a file name.
  static MemoryCgroup create(const std::string& name, const Cgroup& trial, Use use = Use::kernel_memory);

  MemoryCgroup() = default;  ///< None.
  MemoryCgroup(MemoryCgroup&& other) noexcept;
  MemoryCgroup& operator=(MemoryCgroup&& other) noexcept;
  /// Removes it; waits up to 1 s for the last process to leave it. It kills nothing: the trial's cgroup does.
  ~MemoryCgroup();

  bool present() const { return kind_ != Kind::none; }

  /// As Cgroup::join_files(), beside those of the trial's cgroup; none where that counts already.
  std::vector<std::filesystem::path> join_files() const;

  /// Absent in one that is there for its limit only.
  std::optional<std::uint64_t> kernel_kib() const;

  /// Allows no more memory than this to all processes in it together, the kernel's included, and no swap beside it.
  /// False where it cannot be set.
  bool limit_to(std::uint64_t kib);
  /// Processes that the kernel has killed at the limit; nullopt where it does not say.
  std::optional<std::uint64_t> killed_at_limit() const;

 private:
  enum class Kind { none, v2, v1 };
  void remove() noexcept;

  Kind kind_ = Kind::none;
  Use use_ = Use::kernel_memory;
  std::filesystem::path directory_;
};

/// Where v1's memory hierarchy has our own cgroup, below which those of trials are made; nullopt without one.
std::optional<std::filesystem::path> own_memory_cgroup();

/// Bytes of kernel memory by the text of a v2 memory.stat: `kernel`, or before Linux 5.18 its parts, and the buffers of
/// sockets. nullopt when it has neither.
std::optional<std::uint64_t> kernel_bytes(std::string_view memory_stat);

}  // namespace bakeoff::measure
