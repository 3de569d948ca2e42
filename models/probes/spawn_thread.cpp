// spawn-thread: pthread_create and pthread_join. glibc keeps the stacks of threads that have ended and uses them again,
// up to 40 MiB of them: all but the first are made with a warm stack, as in a program that makes many.
//
// place=other pins the creator to one CPU and a new thread, by its attributes, to another: a system call more inside
// pthread_create(), and the thread waits for it.
#include <optional>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "models/limits.h"
#include "models/os_thread.h"
#include "models/probes/probes.h"
#include "models/probes/spawning.h"
#include "models/probes/touched_memory.h"

namespace bakeoff::models::probes {
namespace {

class Threads {
 public:
  Threads(std::size_t most, std::size_t stack_bytes, int cpu) : threads_(most), stack_bytes_(stack_bytes), cpu_(cpu) {}

  void create(std::size_t index, StartReport* report) {
    try {
      threads_[index].emplace(
          stack_bytes_, [report] { report_start(report); }, cpu_);
    } catch (const std::system_error& error) {
      if (error.code() == std::errc::invalid_argument) throw std::invalid_argument(error.what());
      throw executors::LimitReached(name_limit(Resource::thread, error.code().value()));
    }
  }
  void join(std::size_t index) { threads_[index].reset(); }

 private:
  std::vector<std::optional<OsThread>> threads_;
  std::size_t stack_bytes_;
  int cpu_;
};

}  // namespace

ProbeResult probe_spawn_thread(const workloads::Settings& settings) {
  const CpuPair cpus = choose_cpus(settings.text("place"));
  pin_to(cpus.here);
  const int cpu = cpus.there == cpus.here ? -1 : cpus.there;
  const SpawnPlan plan{.outstanding = settings.number("outstanding")};
  Threads threads(plan.outstanding, settings.number("stack-kib") * kBytesPerKib, cpu);
  return measure_spawning(threads, plan);
}

}  // namespace bakeoff::models::probes
