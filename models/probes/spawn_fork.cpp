// spawn-fork and spawn-vfork: a child that exits at once, waited for. fork() copies the page tables of all that its
// parent has touched, so that it costs the more the larger that is; vfork() lends the child the parent's memory, and
// the parent sleeps until the child has gone: the call returns when the unit has ended.
#include <unistd.h>

#include <cerrno>

#include "models/limits.h"
#include "models/probes/children.h"
#include "models/probes/probes.h"
#include "models/probes/spawning_process.h"

namespace bakeoff::models::probes {
namespace {

class Forks {
 public:
  explicit Forks(std::size_t most) : children_(most) {}

  void create(std::size_t index, StartReport* report) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      report_start(report);
      ::_exit(0);
    }
    if (pid < 0) throw executors::LimitReached(name_limit(Resource::process, errno));
    children_[index] = pid;
  }
  void join(std::size_t index) { children_.reap(index); }

 private:
  Children children_;
};

class Vforks {
 public:
  explicit Vforks(std::size_t most) : children_(most) {}

  void create(std::size_t index, StartReport* report) {
    // POSIX lets a child of vfork() do little; on Linux it may read the clock and write where no other process does.
    const pid_t pid = ::vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
    if (pid == 0) {
      report_start(report);  // NOLINT(clang-analyzer-unix.Vfork)
      ::_exit(0);
    }
    if (pid < 0) throw executors::LimitReached(name_limit(Resource::process, errno));
    children_[index] = pid;
  }
  void join(std::size_t index) { children_.reap(index); }

 private:
  Children children_;
};

}  // namespace

ProbeResult probe_spawn_fork(const workloads::Settings& settings) {
  return measure_processes<Forks>(settings, settings.text("place"));
}

ProbeResult probe_spawn_vfork(const workloads::Settings& settings) {
  return measure_processes<Vforks>(settings, "same");
}

}  // namespace bakeoff::models::probes
