#include "harness/experiment/leftovers.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include "harness/experiment/scratch_folder.h"
#include "harness/measure/cgroup.h"
#include "harness/measure/memory_cgroup.h"

namespace bakeoff {
namespace {

/// The owner's process number in "bakeoff-123-abcdef".
std::optional<pid_t> owner_of(std::string_view name) {
  if (!name.starts_with(ScratchFolder::kPrefix)) return std::nullopt;
  name.remove_prefix(ScratchFolder::kPrefix.size());
  pid_t owner = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), owner);
  if (error != std::errc{} || owner <= 0 || end == name.data() + name.size() || *end != '-') return std::nullopt;
  return owner;
}

template <typename Remove>
void sweep(const std::filesystem::path& parent, Remove remove) {
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator(parent, unreadable)) {
    const auto owner = owner_of(entry.path().filename().string());
    if (owner && ::kill(*owner, 0) != 0 && errno == ESRCH) remove(entry.path());
  }
}

}  // namespace

void remove_leftovers() {
  std::error_code ignored;
  sweep(std::filesystem::temp_directory_path(),
        [&](const std::filesystem::path& folder) { std::filesystem::remove_all(folder, ignored); });
  // A cgroup is removed as a directory whose files are not its content; one with a process in it stays.
  const auto remove_cgroup = [](const std::filesystem::path& cgroup) { ::rmdir(cgroup.c_str()); };
  if (const auto parent = own_memory_cgroup()) sweep(*parent, remove_cgroup);
  // Where the others are made is known once one is there.
  const Cgroup probe = Cgroup::create(std::string(ScratchFolder::kPrefix) + std::to_string(::getpid()) + "-probe");
  if (probe.present()) sweep(probe.directory().parent_path(), remove_cgroup);
}

}  // namespace bakeoff
