// What a result must say about the machine it was measured on. Plain data; the manifest of a result folder holds one.
// machine.h reads them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bakeoff::measure {

/// Limits that can end a trial. RLIM_INFINITY is given as UINT64_MAX.
struct MachineLimits {
  std::optional<std::uint64_t> nofile_soft, nofile_hard;
  std::optional<std::uint64_t> nproc_soft, nproc_hard;
  std::optional<std::uint64_t> somaxconn;
  std::optional<std::uint64_t> port_first, port_last;  ///< ip_local_port_range.
  std::optional<std::uint64_t> pid_max, threads_max, max_map_count;
  std::optional<std::uint64_t> cgroup_pids_max, cgroup_memory_max;  ///< Limits of the harness's own cgroup.
  /// The tightest CPU quota from the harness's own cgroup up to the root, in CPUs; absent where there is none.
  std::optional<double> cgroup_cpus_max;
};

/// Unknown is absent ("" for a text); what could not be read is named in could_not_read.
struct MachineFacts {
  std::string host;
  std::string cpu_model;
  std::optional<std::uint64_t> cpus_online;
  std::vector<int> cpus;                           ///< The CPUs that the harness may use.
  std::string kernel;                              ///< Release and version, as uname says.
  std::string os;                                  ///< PRETTY_NAME of /etc/os-release.
  std::map<std::string, std::string> mitigations;  ///< /sys/devices/system/cpu/vulnerabilities: name -> state.
  std::optional<bool> virtualised;
  std::string virtualisation;  ///< kvm, docker, ... where it can be told.
  std::string governor;
  std::optional<double> frequency_mhz, frequency_max_mhz;
  std::optional<bool> turbo;
  std::optional<std::uint64_t> memory_kib;
  MachineLimits limits;
  std::string congestion_control;
  std::string clocksource;
  std::string transparent_hugepages;
  std::optional<bool> smt;
  std::string preemption;              ///< none, voluntary, full, lazy.
  std::optional<double> load_average;  ///< The mean of the last minute before the run.
  std::vector<std::string> could_not_read;
};

}  // namespace bakeoff::measure
