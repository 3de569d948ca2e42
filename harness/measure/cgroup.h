// A private cgroup for one trial's subject, below the harness's own: the exact CPU time of everything that ever ran in
// it, children that are long gone included, and a kill that reaches even a process that made itself a session.
//
// A bare cgroup2 directory has cpu.stat and cgroup.kill without any controller, so one path serves a pure v2 host and
// a hybrid one; a v1 cpuacct directory is the fallback. Where neither may be created (an ordinary user's session, a
// container with a read-only /sys) there is no cgroup: present() is false, every reading is absent, nothing throws.
// Left out: memory. It is measured as PSS (process_tree.h), which takes no permission. What the kernel holds besides,
// and a limit on both, are in memory_cgroup.h.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::measure {

/// CPU time since the cgroup was made.
struct CpuReading {
  double total_us = 0;            ///< Exact to 1 us; of a thread that runs just now, up to its last tick (4 ms).
  std::optional<double> user_us;  ///< The split is the kernel's sampling of the sum, not a measurement.
  std::optional<double> system_us;
  std::string source;  ///< "cgroup2" or "cpuacct"; "schedstat" from process_tree.h.
};

/// Not thread-safe. Every call is a few file operations, about 0.1 ms, except where it says otherwise.
class Cgroup {
 public:
  /// Makes the cgroup `name` (a file name), or where there is one `name.2` and so on, below our own. Without the
  /// permission or the file system: not present().
  static Cgroup create(const std::string& name);

  Cgroup() = default;  ///< None.
  Cgroup(Cgroup&& other) noexcept;
  Cgroup& operator=(Cgroup&& other) noexcept;
  /// Kills what is left in it and removes it; waits up to 1 s for the kernel to let go of the last process.
  ~Cgroup();

  bool present() const { return kind_ != Kind::none; }
  const std::filesystem::path& directory() const { return directory_; }

  /// The files that a child writes "0" into before exec, while it still has the harness's rights. See Command::join.
  std::vector<std::filesystem::path> join_files() const;

  /// nullopt where there is no cgroup or it cannot be read.
  std::optional<CpuReading> read_cpu() const;

  /// The processes in it now, in no particular order.
  std::vector<pid_t> processes() const;

  /// Kills every process in it and waits, at most 1 s, until none is left but zombies that their parent has to reap.
  /// True when none is left.
  bool kill_all();

 private:
  enum class Kind { none, v2, v1 };
  bool empty_of_living() const;
  void remove() noexcept;

  Kind kind_ = Kind::none;
  std::filesystem::path directory_;
};

/// Writes a control file; false when it is not there or the kernel refuses.
bool write_cgroup_file(const std::filesystem::path& file, std::string_view text);

/// Removes the directory of a cgroup; waits up to 1 s for the last process to have left it.
void remove_cgroup_directory(const std::filesystem::path& directory) noexcept;

/// Where the hierarchy of `controller` ("" is cgroup2, "cpuacct" a v1 one) shows the cgroup that `self_cgroup` (the
/// text of /proc/self/cgroup) names, by `mountinfo` (the text of /proc/self/mountinfo). nullopt when it is not mounted
/// or the mount does not reach that cgroup (a container that mounts another part of the tree).
std::optional<std::filesystem::path> own_cgroup_directory(std::string_view mountinfo, std::string_view self_cgroup,
                                                          std::string_view controller);

/// The directories of that cgroup and of every one above it, as far as the mount shows them. `root` is where the file
/// system begins: "/" but in tests.
std::vector<std::filesystem::path> cgroups_above(const std::filesystem::path& root, std::string_view mountinfo,
                                                 std::string_view self_cgroup, std::string_view controller);

/// Where `mountinfo` shows the root of the hierarchy of `controller`; nullopt when only a part of it is mounted.
std::optional<std::filesystem::path> root_cgroup_directory(std::string_view mountinfo, std::string_view controller);

}  // namespace bakeoff::measure
