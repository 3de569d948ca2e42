// CPU shares: who gets how much of a CPU that more threads want than one. The scheduler knows no processes: a process
// with nine threads that compute gets nine times what a process with one gets, where all are in one group of the
// scheduler. In a group each, which a session or a cgroup may be, both processes get half.
#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "models/probes/lifecycle.h"
#include "models/probes/parties.h"
#include "models/probes/probes.h"
#include "models/probes/scheduler_groups.h"
#include "models/shared_array.h"

namespace bakeoff::models::probes {
namespace {

using namespace std::chrono_literals;

constexpr auto kTime = 700ms;

/// Of all threads of a process, up to now.
double cpu_ms_of(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0)
    throw std::runtime_error("the CPU time of a child could not be read");
  constexpr double kMsPerSecond = 1e3, kNsPerMs = 1e6;
  return static_cast<double>(used.tv_sec) * kMsPerSecond + static_cast<double>(used.tv_nsec) / kNsPerMs;
}

/// In shared memory.
struct ComputingControl {
  std::atomic<std::uint64_t> ready{0}, failed{0};
  std::atomic<bool> begin{false};
};

/// A child's: until it is killed.
int compute_with_threads(std::uint64_t units, ComputingControl& control) {
  const auto compute = [&control] {
    ++control.ready;
    while (!control.begin) std::this_thread::sleep_for(1ms);  // Till all are there.
    for (volatile std::uint64_t sum = 0;;) sum = sum + 1;
  };
  std::vector<std::jthread> threads;
  try {
    for (std::uint64_t i = 1; i < units; ++i) threads.emplace_back(compute);
  } catch (const std::system_error&) {
    ++control.failed;
  }
  compute();
  return 1;
}

struct Shares {
  double many_ms = 0, one_ms = 0;
};

Shares share_a_cpu(std::uint64_t units, const SchedulerGroups* groups) {
  const int cpu = choose_cpus("same").here;
  const SharedArray<ComputingControl> memory(1);
  ComputingControl& control = memory[0];
  const auto computing = [&](std::size_t group, std::uint64_t threads) {
    return [&control, groups, cpu, group, threads] {
      try {
        if (groups != nullptr) groups->join(group);
        pin_to(cpu);
      } catch (...) {
        ++control.failed;
        throw;
      }
      return compute_with_threads(threads, control);
    };
  };
  const KilledChild many(computing(0, units)), one(computing(1, 1));
  while (control.ready < units + 1) {
    if (control.failed > 0) {
      throw std::runtime_error("the system did not let a child have " + std::to_string(units) +
                               " threads, or a group of its own");
    }
    std::this_thread::sleep_for(1ms);
  }
  control.begin = true;
  std::this_thread::sleep_for(10ms);  // Till all have seen it.
  const Shares before{.many_ms = cpu_ms_of(many.pid()), .one_ms = cpu_ms_of(one.pid())};
  std::this_thread::sleep_for(kTime);
  return {.many_ms = cpu_ms_of(many.pid()) - before.many_ms, .one_ms = cpu_ms_of(one.pid()) - before.one_ms};
}

std::string rounded(double ms) {
  return std::to_string(std::lround(ms)) + " ms";
}

}  // namespace

ProbeResult probe_cpu_shares(const workloads::Settings& settings) {
  const std::uint64_t units = settings.number("units");
  std::optional<SchedulerGroups> groups;
  if (settings.text("group") == "two") groups.emplace();
  if (groups && groups->kind() == SchedulerGroups::Kind::none) {
    throw std::invalid_argument(
        "cpu-shares:group=two needs sessions that the scheduler groups (kernel.sched_autogroup_enabled, outside of "
        "containers), or the right to make cgroups with the controller cpu");
  }
  const Shares shares = share_a_cpu(units, groups ? &*groups : nullptr);
  if (shares.one_ms <= 0) throw std::runtime_error("the process with one thread got no CPU time at all");
  const double ratio = shares.many_ms / shares.one_ms;

  ProbeResult result{.figures = {{"many_over_one", ratio}, {"many_ms", shares.many_ms}, {"one_ms", shares.one_ms}},
                     .units_created = units + 1,
                     .peak_live_units = units + 1};
  std::string group = "in one group of the scheduler";
  if (groups) {
    const bool sessions = groups->kind() == SchedulerGroups::Kind::sessions;
    result.settings["grouped-by"] = sessions ? "session" : "cgroup";
    group =
        sessions ? "each in a session of its own, which the kernel groups (autogroup)" : "each in a cgroup of its own";
  }
  result.evidence = {"on one CPU a process with " + std::to_string(units) + " threads that compute had " +
                     rounded(shares.many_ms) + " of CPU time, and one with a single thread " + rounded(shares.one_ms) +
                     ", " + group};
  // Wide: a busy machine leaves each thread a few slices only.
  const double expected = groups ? 1 : static_cast<double>(units);
  if (ratio < expected / 2 || ratio > expected * 2) {
    result.complaint = "the process with many threads had " + std::to_string(ratio) +
                       " times the CPU time of the other, expected about " + std::to_string(std::lround(expected));
  }
  return result;
}

}  // namespace bakeoff::models::probes
