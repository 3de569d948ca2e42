// Affinity: which CPUs may run a thread is an attribute of that thread, though the system call takes a "pid". A thread
// that binds itself leaves the others where they were. A child, and a new thread, begins with what its creator has.
#include <sched.h>
#include <sys/wait.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <thread>

#include "models/limits.h"
#include "models/probes/lifecycle.h"
#include "models/probes/parties.h"
#include "models/probes/probes.h"

namespace bakeoff::models::probes {
namespace {

/// Of the calling thread.
cpu_set_t allowed_cpus() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0)
    throw std::system_error(errno, std::generic_category(), "sched_getaffinity");
  return allowed;
}

bool only(const cpu_set_t& cpus, int cpu) {
  return CPU_COUNT(&cpus) == 1 && CPU_ISSET(cpu, &cpus);
}

std::string count_of(const cpu_set_t& cpus) {
  const int count = CPU_COUNT(&cpus);
  return std::to_string(count) + (count == 1 ? " CPU" : " CPUs");
}

}  // namespace

std::string_view affinity_refusal() {
  return count_allowed_cpus() < 2 ? "two CPUs to choose from, and this process may run on one only" : "";
}

ProbeResult probe_affinity(const workloads::Settings& /*settings*/) {
  const int cpu = choose_cpus("other").there;
  const cpu_set_t before = allowed_cpus();
  cpu_set_t of_thread{}, of_new_thread{};
  bool child_is_bound = false;
  std::thread([&] {
    pin_to(cpu);
    of_thread = allowed_cpus();
    child_is_bound = wait_for(fork_child([&] { return only(allowed_cpus(), cpu) ? 0 : 1; })) == 0;
    std::thread([&] { of_new_thread = allowed_cpus(); }).join();
  }).join();
  const cpu_set_t after = allowed_cpus();

  const std::string bound = "a thread bound itself to CPU " + std::to_string(cpu);
  constexpr std::uint64_t kUnits = 3;
  ProbeResult result{.units_created = kUnits, .peak_live_units = 2};
  add_demonstrations(
      result, {{.name = "thread_has_own_affinity",
                .observed = only(of_thread, cpu) && CPU_EQUAL(&before, &after),
                .expected = true,
                .sentence = bound + ": it may run on " + count_of(of_thread) + ", its creator on " + count_of(after) +
                            ", as before"},
               {.name = "child_inherits_affinity",
                .observed = child_is_bound,
                .expected = true,
                .sentence = bound + " and forked: the child may run on " +
                            (child_is_bound ? "that CPU only" : "others as well")},
               {.name = "new_thread_inherits_affinity",
                .observed = only(of_new_thread, cpu),
                .expected = true,
                .sentence = bound + " and made another thread, which may run on " + count_of(of_new_thread)}});
  return result;
}

}  // namespace bakeoff::models::probes
