// One small function per group of facts. Each notes what it could not read; none of them guesses.
#include "harness/measure/machine.h"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <system_error>

#include "harness/measure/cgroup.h"
#include "harness/measure/cpu_quota.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/text_file.h"

namespace bakeoff::measure {
namespace {

namespace fs = std::filesystem;

/// The files below the root, and the list of those that were wanted and not there.
class Source {
 public:
  Source(fs::path root, MachineFacts& facts) : root_(std::move(root)), facts_(facts) {}

  fs::path at(const fs::path& file) const { return root_ / file.relative_path(); }

  /// Trimmed; nullopt without a note, for facts with more than one source.
  std::optional<std::string> look(const fs::path& file) const {
    const auto text = read_text(at(file));
    return text ? std::optional<std::string>{trimmed(*text)} : std::nullopt;
  }

  std::string text(const char* fact, const fs::path& file) {
    auto found = look(file);
    if (!found) missing(fact);
    return found.value_or("");
  }

  std::optional<std::uint64_t> number(const char* fact, const fs::path& file) {
    const auto found = look(file);
    const auto value = found ? parse_number<std::uint64_t>(*found) : std::nullopt;
    if (!value) missing(fact);
    return value;
  }

  void missing(const char* fact) { facts_.could_not_read.emplace_back(fact); }

 private:
  fs::path root_;
  MachineFacts& facts_;
};

// The text after "key<white space>: " on the first line that has it, as /proc/cpuinfo writes.
std::string field(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const auto line = take_line(text);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && trimmed(line.substr(0, colon)) == key) {
      return std::string{trimmed(line.substr(colon + 1))};
    }
  }
  return {};
}

// The alternative in brackets: "always [madvise] never", "none voluntary (full)".
std::string chosen(std::string_view text, char open, char close) {
  const auto first = text.find(open);
  const auto last = text.find(close, first == std::string_view::npos ? 0 : first);
  if (first == std::string_view::npos || last == std::string_view::npos) return {};
  return std::string{text.substr(first + 1, last - first - 1)};
}

void read_system(Source& source, MachineFacts& facts) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) facts.host = host.data();
  if (facts.host.empty()) source.missing("host");

  utsname system{};
  if (::uname(&system) == 0) {
    facts.kernel = std::string{system.release} + " " + system.version;
  } else {
    source.missing("kernel");
  }
  const auto release = source.look("/etc/os-release").value_or("");
  for (std::string_view rest = release; !rest.empty();) {
    auto line = take_line(rest);
    if (!line.starts_with("PRETTY_NAME=")) continue;
    line.remove_prefix(std::strlen("PRETTY_NAME="));
    if (line.size() >= 2 && line.front() == '"' && line.back() == '"') line = line.substr(1, line.size() - 2);
    facts.os = line;
  }
  if (facts.os.empty()) source.missing("os");

  // A kernel with PREEMPT_DYNAMIC says its choice in debugfs only, which root may read.
  facts.preemption = chosen(source.look("/sys/kernel/debug/sched/preempt").value_or(""), '(', ')');
  if (facts.preemption.empty()) {
    if (has_word(system.version, "PREEMPT_RT")) facts.preemption = "rt";
    if (has_word(system.version, "PREEMPT")) facts.preemption = "full";
  }
  if (facts.preemption.empty()) source.missing("preemption");

  const auto load = source.look("/proc/loadavg");
  std::string_view averages = load ? std::string_view{*load} : std::string_view{};
  facts.load_average = parse_number<double>(take_word(averages));
  if (!facts.load_average) source.missing("load_average");
}

void read_cpu(Source& source, MachineFacts& facts) {
  const auto cpuinfo = source.look("/proc/cpuinfo").value_or("");
  facts.cpu_model = field(cpuinfo, "model name");
  if (facts.cpu_model.empty()) source.missing("cpu_model");
  // Hypervisors often hide the name ("AMD EPYC"); the numbers tell generations apart all the same.
  const auto family = field(cpuinfo, "cpu family"), model = field(cpuinfo, "model"), step = field(cpuinfo, "stepping");
  if (!facts.cpu_model.empty() && !family.empty() && !model.empty() && !step.empty()) {
    facts.cpu_model += " (family " + family + ", model " + model + ", stepping " + step + ")";
  }

  try {
    facts.cpus = allowed_cpus();
  } catch (const std::system_error&) {
    source.missing("cpus");
  }
  try {
    if (const auto online = source.look("/sys/devices/system/cpu/online")) {
      facts.cpus_online = parse_cpu_list(*online).size();
    }
  } catch (const std::exception&) {  // A list of a form that this program does not know.
  }
  if (!facts.cpus_online) source.missing("cpus_online");

  const auto smt = source.look("/sys/devices/system/cpu/smt/active");
  if (smt && (*smt == "0" || *smt == "1")) {
    facts.smt = *smt == "1";
  } else {
    source.missing("smt");
  }

  const fs::path policy = "/sys/devices/system/cpu/cpu0/cpufreq";
  facts.governor = source.text("governor", policy / "scaling_governor");
  const auto mhz = [](const std::optional<std::string>& khz) -> std::optional<double> {
    const auto value = khz ? parse_number<double>(*khz) : std::nullopt;
    return value ? std::optional{*value / 1000} : std::nullopt;
  };
  facts.frequency_mhz = mhz(source.look(policy / "scaling_cur_freq"));
  if (!facts.frequency_mhz) facts.frequency_mhz = parse_number<double>(field(cpuinfo, "cpu MHz"));
  if (!facts.frequency_mhz) source.missing("frequency_mhz");
  facts.frequency_max_mhz = mhz(source.look(policy / "cpuinfo_max_freq"));
  if (!facts.frequency_max_mhz) source.missing("frequency_max_mhz");

  if (const auto off = source.look("/sys/devices/system/cpu/intel_pstate/no_turbo")) {
    facts.turbo = *off == "0";
  } else if (const auto boost = source.look("/sys/devices/system/cpu/cpufreq/boost")) {
    facts.turbo = *boost == "1";
  } else {
    source.missing("turbo");
  }

  std::error_code failed;
  for (const auto& entry : fs::directory_iterator{source.at("/sys/devices/system/cpu/vulnerabilities"), failed}) {
    if (const auto state = read_text(entry.path())) facts.mitigations[entry.path().filename()] = trimmed(*state);
  }
  if (facts.mitigations.empty()) source.missing("mitigations");
}

// What the processor says of the hypervisor under it; "" where it says nothing.
std::string hypervisor() {
#if defined(__x86_64__) || defined(__i386__)
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  __cpuid(0x40000000, eax, ebx, ecx, edx);
  std::array<char, 13> name{};
  std::memcpy(name.data(), &ebx, 4);
  std::memcpy(name.data() + 4, &ecx, 4);
  std::memcpy(name.data() + 8, &edx, 4);
  const std::string_view said = name.data();
  if (said == "KVMKVMKVM") return "kvm";
  if (said == "Microsoft Hv") return "hyper-v";
  if (said == "VMwareVMware") return "vmware";
  if (said == "XenVMMXenVMM") return "xen";
  if (said == "TCGTCGTCGTCG") return "qemu";
#endif
  return {};
}

// The container that this process runs in: its runtime leaves a file, or tells systemd.
std::string container(const Source& source) {
  if (auto named = source.look("/run/systemd/container"); named && !named->empty()) return *named;
  std::error_code failed;
  if (fs::exists(source.at("/.dockerenv"), failed)) return "docker";
  if (fs::exists(source.at("/run/.containerenv"), failed)) return "podman";
  return {};
}

void read_virtualisation(Source& source, MachineFacts& facts) {
  const auto flags = field(source.look("/proc/cpuinfo").value_or(""), "flags");
  if (!flags.empty()) {
    facts.virtualised = has_word(flags, "hypervisor");
  } else {
    source.missing("virtualised");  // Other processors than x86 do not say.
  }
  if (facts.virtualised.value_or(false)) facts.virtualisation = hypervisor();
  const auto inside = container(source);
  if (!inside.empty()) facts.virtualisation += (facts.virtualisation.empty() ? "" : ", ") + inside;
}

std::optional<std::uint64_t> limit_of(std::string_view text) {
  if (trimmed(text) == "max") return UINT64_MAX;
  const auto value = parse_number<std::uint64_t>(text);
  // v1 writes "no limit" as the largest multiple of a page.
  if (value && *value >= static_cast<std::uint64_t>(INT64_MAX) - 65535) return UINT64_MAX;
  return value;
}

// The tightest limit between our cgroup and the root that we can see. The root itself has none, and no file.
std::optional<std::uint64_t> cgroup_limit(const Source& source, const char* controller, const char* v1,
                                          const char* v2) {
  const auto mountinfo = source.look("/proc/self/mountinfo").value_or("");
  const auto self = source.look("/proc/self/cgroup").value_or("");
  for (const auto& [kind, file] : {std::pair{controller, v1}, std::pair{"", v2}}) {
    const auto own = own_cgroup_directory(mountinfo, self, kind);
    if (!own) continue;
    const bool unified = *kind == '\0';
    if (unified && !has_word(source.look(*own / "cgroup.controllers").value_or(""), controller)) continue;
    std::optional<std::uint64_t> tightest;
    if (own == root_cgroup_directory(mountinfo, kind)) tightest = UINT64_MAX;
    for (fs::path at = *own; at.has_relative_path(); at = at.parent_path()) {
      const auto text = source.look(at / file);
      if (!text && !source.look(at / "cgroup.procs")) break;  // Above the mount.
      if (const auto limit = text ? limit_of(*text) : std::nullopt) {
        tightest = std::min(tightest.value_or(UINT64_MAX), *limit);
      }
    }
    if (tightest) return tightest;
  }
  return std::nullopt;
}

void read_limits(Source& source, MachineFacts& facts) {
  auto& limits = facts.limits;
  const auto both = [&](auto resource, const char* fact, auto& soft, auto& hard) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0) return source.missing(fact);
    soft = limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
    hard = limit.rlim_max == RLIM_INFINITY ? UINT64_MAX : limit.rlim_max;
  };
  both(RLIMIT_NOFILE, "limits.nofile", limits.nofile_soft, limits.nofile_hard);
  both(RLIMIT_NPROC, "limits.nproc", limits.nproc_soft, limits.nproc_hard);
  limits.somaxconn = source.number("limits.somaxconn", "/proc/sys/net/core/somaxconn");
  const auto ports = source.text("limits.ports", "/proc/sys/net/ipv4/ip_local_port_range");
  std::string_view rest = ports;
  limits.port_first = parse_number<std::uint64_t>(take_word(rest));
  limits.port_last = parse_number<std::uint64_t>(take_word(rest));
  limits.pid_max = source.number("limits.pid_max", "/proc/sys/kernel/pid_max");
  limits.threads_max = source.number("limits.threads_max", "/proc/sys/kernel/threads-max");
  limits.max_map_count = source.number("limits.max_map_count", "/proc/sys/vm/max_map_count");
  limits.cgroup_pids_max = cgroup_limit(source, "pids", "pids.max", "pids.max");
  if (!limits.cgroup_pids_max) source.missing("limits.cgroup_pids_max");
  limits.cgroup_memory_max = cgroup_limit(source, "memory", "memory.limit_in_bytes", "memory.max");
  if (!limits.cgroup_memory_max) source.missing("limits.cgroup_memory_max");
  const QuotaChain quotas = quota_chain(source.at("/"), source.look("/proc/self/mountinfo").value_or(""),
                                        source.look("/proc/self/cgroup").value_or(""));
  limits.cgroup_cpus_max = tightest_quota(quotas);
  if (!quotas.visible) source.missing("limits.cgroup_cpus_max");
}

void read_kernel_settings(Source& source, MachineFacts& facts) {
  const auto memory = field(source.look("/proc/meminfo").value_or(""), "MemTotal");
  std::string_view amount = memory;
  facts.memory_kib = parse_number<std::uint64_t>(take_word(amount));
  if (!facts.memory_kib) source.missing("memory_kib");
  facts.congestion_control = source.text("congestion_control", "/proc/sys/net/ipv4/tcp_congestion_control");
  facts.clocksource = source.text("clocksource", "/sys/devices/system/clocksource/clocksource0/current_clocksource");
  facts.transparent_hugepages =
      chosen(source.look("/sys/kernel/mm/transparent_hugepage/enabled").value_or(""), '[', ']');
  if (facts.transparent_hugepages.empty()) source.missing("transparent_hugepages");
}

}  // namespace

MachineFacts read_machine_facts_below(const fs::path& root) {
  MachineFacts facts;
  Source source{root, facts};
  read_system(source, facts);
  read_cpu(source, facts);
  read_virtualisation(source, facts);
  read_limits(source, facts);
  read_kernel_settings(source, facts);
  return facts;
}

MachineFacts read_machine_facts() {
  return read_machine_facts_below("/");
}

}  // namespace bakeoff::measure
