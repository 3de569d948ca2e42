#include "harness/doctor/read_facts.h"

#include <linux/capability.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "harness/measure/cgroup.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/machine.h"
#include "harness/measure/memory_cgroup.h"
#include "harness/measure/text_file.h"
#include "harness/subjects/scratch_folder.h"

namespace bakeoff::doctor {
namespace {

namespace fs = std::filesystem;

class FilesBelow {
 public:
  explicit FilesBelow(fs::path root) : root_(std::move(root)) {}

  fs::path at(const fs::path& file) const { return root_ / file.relative_path(); }

  bool has(const fs::path& file) const {
    std::error_code failed;
    return fs::exists(at(file), failed);
  }

  std::optional<std::string> text(const fs::path& file) const {
    const auto found = measure::read_text(at(file));
    return found ? std::optional<std::string>{measure::trimmed(*found)} : std::nullopt;
  }

  template <typename Number>
  std::optional<Number> number(const fs::path& file) const {
    const auto found = text(file);
    return found ? measure::parse_number<Number>(*found) : std::nullopt;
  }

  /// The CPUs that `file` lists; it holds "" or "(null)" for none.
  std::optional<std::vector<int>> cpus(const fs::path& file) const {
    const auto found = text(file);
    if (!found) return std::nullopt;
    if (found->empty() || *found == "(null)") return std::vector<int>{};
    try {
      return measure::parse_cpu_list(*found);
    } catch (const std::invalid_argument&) {  // In a form that this program does not know.
      return std::nullopt;
    }
  }

 private:
  fs::path root_;
};

bool may_raise_limits(const FilesBelow& below) {
  const auto status = below.text("/proc/self/status").value_or("");
  const auto word = measure::value_of(status, "CapEff:");
  std::uint64_t capabilities = 0;
  if (!word) return false;
  const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), capabilities, 16);
  return error == std::errc{} && (capabilities >> CAP_SYS_RESOURCE & 1) != 0;
}

/// The policy by number, without SCHED_RESET_ON_FORK; "" where it is not known.
std::string scheduling_policy() {
  constexpr std::array kNames{"other", "fifo", "rr", "batch", "", "idle", "deadline"};
  const int policy = ::sched_getscheduler(0);
  if (policy < 0) return "";
  const auto at = static_cast<std::size_t>(policy & ~SCHED_RESET_ON_FORK);
  return at < kNames.size() ? kNames[at] : "";
}

void read_inherited(DoctorFacts& facts) {
  rlimit cpu{};
  if (::getrlimit(RLIMIT_CPU, &cpu) == 0) {
    // The soft limit already ends a process, because nobody handles SIGXCPU.
    facts.cpu_time_s = cpu.rlim_cur == RLIM_INFINITY ? UINT64_MAX : cpu.rlim_cur;
  }
  errno = 0;
  const int nice = ::getpriority(PRIO_PROCESS, 0);
  if (errno == 0) facts.nice = nice;
  facts.scheduling = scheduling_policy();
}

std::string cgroup_layout(const FilesBelow& below) {
  const auto mountinfo = below.text("/proc/self/mountinfo").value_or("");
  const auto self = below.text("/proc/self/cgroup").value_or("");
  const bool unified = measure::own_cgroup_directory(mountinfo, self, "").has_value();
  bool by_controller = false;
  for (const char* controller : {"cpu", "cpuacct", "memory", "pids"}) {
    by_controller = by_controller || measure::own_cgroup_directory(mountinfo, self, controller).has_value();
  }
  if (unified && by_controller) return "v1 and v2";
  return unified ? "v2" : by_controller ? "v1" : "";
}

// A processor's counters are a device "cpu" (x86), "cpu_core" (hybrid ones), "armv8_...".
std::optional<bool> hardware_counters(const FilesBelow& below) {
  std::error_code failed;
  fs::directory_iterator devices{below.at("/sys/bus/event_source/devices"), failed};
  if (failed) return std::nullopt;
  for (const auto& device : devices) {
    const std::string name = device.path().filename();
    if (name.starts_with("cpu") || name.starts_with("armv")) return true;
  }
  return false;
}

std::vector<OffSwitch> damon_switches(const FilesBelow& below) {
  std::vector<OffSwitch> on;
  for (const char* module : {"damon_reclaim", "damon_lru_sort", "damon_stat"}) {
    const std::string file = std::string("/sys/module/") + module + "/parameters/enabled";
    if (below.text(file) == "Y") on.push_back({file, "N"});
  }
  const fs::path kdamonds = "/sys/kernel/mm/damon/admin/kdamonds";
  const int count = below.number<int>(kdamonds / "nr_kdamonds").value_or(0);
  for (int i = 0; i < count; ++i) {
    const fs::path state = kdamonds / std::to_string(i) / "state";
    if (below.text(state) == "on") on.push_back({state.string(), "off"});
  }
  return on;
}

// Only the v2 kind shows in the trial's own cgroup; with v1 a directory of its own is made elsewhere.
CgroupFacts try_cgroup(const std::string& layout) {
  CgroupFacts facts;
  facts.layout = layout;
  const measure::Cgroup trial =
      measure::Cgroup::create(std::string(subjects::ScratchFolder::kPrefix) + std::to_string(::getpid()) + "-doctor");
  facts.of_a_trial = trial.present();
  if (const auto reading = trial.read_cpu()) facts.counts_by = reading->source;
  const auto memory = measure::own_memory_cgroup();
  facts.counts_memory = (trial.present() && measure::read_text(trial.directory() / "memory.stat")) ||
                        (memory && ::access(memory->c_str(), W_OK) == 0);
  return facts;
}

}  // namespace

DoctorFacts read_doctor_facts_below(const fs::path& root) {
  const FilesBelow below{root};
  DoctorFacts facts;
  facts.machine = measure::read_machine_facts_below(root);
  facts.root = ::geteuid() == 0;
  facts.may_raise_limits = may_raise_limits(below);
  read_inherited(facts);
  facts.apt = below.has("/usr/bin/apt-get");
  facts.systemd = below.has("/run/systemd/system");
  facts.isolated = below.cpus("/sys/devices/system/cpu/isolated");
  facts.nohz_full = below.cpus("/sys/devices/system/cpu/nohz_full");
  facts.intel_pstate = below.has("/sys/devices/system/cpu/intel_pstate/no_turbo");
  facts.cgroup.layout = cgroup_layout(below);
  facts.timer_slack_ns = below.number<std::uint64_t>("/proc/self/timerslack_ns");
  if (const auto autogroup = below.number<int>("/proc/sys/kernel/sched_autogroup_enabled")) {
    facts.autogroup = *autogroup != 0;
  }
  facts.perf_event_paranoid = below.number<int>("/proc/sys/kernel/perf_event_paranoid");
  facts.hardware_counters = hardware_counters(below);
  facts.io_uring_disabled = below.number<int>("/proc/sys/kernel/io_uring_disabled");
  facts.damon = damon_switches(below);
  return facts;
}

DoctorFacts read_doctor_facts() {
  DoctorFacts facts = read_doctor_facts_below("/");
  facts.cgroup = try_cgroup(facts.cgroup.layout);
  return facts;
}

}  // namespace bakeoff::doctor
