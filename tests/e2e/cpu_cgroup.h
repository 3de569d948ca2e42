// A cgroup with a CPU quota, for programs that a test starts in it.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/measure/cgroup.h"
#include "harness/measure/text_file.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {

class CpuCgroup {
 public:
  /// Below our own: of the v1 hierarchy of the cpu controller, or of v2 where that controller reaches so far.
  explicit CpuCgroup(int quota_us) {
    const std::string mountinfo = measure::read_text("/proc/self/mountinfo").value_or("");
    const std::string self = measure::read_text("/proc/self/cgroup").value_or("");
    for (const char* const controller : {"cpu", ""}) {
      const auto own = measure::own_cgroup_directory(mountinfo, self, controller);
      if (!own) continue;
      directory_ = *own / ("bakeoff-test-" + std::to_string(::getpid()));
      if (::mkdir(directory_.c_str(), 0755) != 0) continue;
      const std::filesystem::path file = directory_ / (*controller == '\0' ? "cpu.max" : "cpu.cfs_quota_us");
      if (std::filesystem::exists(file)) test::write_text(file, std::to_string(quota_us));
      // A v2 file holds the period behind it.
      made_ = measure::read_text(file).value_or("").starts_with(std::to_string(quota_us));
      if (made_) return;
      ::rmdir(directory_.c_str());
    }
  }
  CpuCgroup(const CpuCgroup&) = delete;
  ~CpuCgroup() {
    if (made_) measure::remove_cgroup_directory(directory_);
  }

  bool made() const { return made_; }
  /// Before a program and its arguments, so that it starts in here.
  std::vector<std::string> prefix() const {
    return {"sh", "-c", "echo $$ >" + (directory_ / "cgroup.procs").string() + " && exec \"$@\"", "sh"};
  }

 private:
  std::filesystem::path directory_;
  bool made_ = false;
};

}  // namespace bakeoff::e2e
