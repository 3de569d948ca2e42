// Orphan: a process whose parent dies first is given another: the nearest ancestor that has declared itself a
// subreaper, or else process 1. This probe declares itself one, so that it can reap the orphan and nothing is left
// behind.
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "models/probes/lifecycle.h"
#include "models/probes/pipe.h"
#include "models/probes/probes.h"
#include "models/shared_array.h"

namespace bakeoff::models::probes {
namespace {

/// The orphan writes parent_after, its parent the rest.
struct OrphanRecord {
  pid_t pid = 0, parent_before = 0, parent_after = 0;
};

/// The orphan's: until the probe says a byte, or dies.
int wait_and_look(int pipe_end, OrphanRecord& record) {
  char byte = 0;
  if (::read(pipe_end, &byte, 1) != 1) return 1;
  record.parent_after = ::getppid();
  return 0;
}

}  // namespace

ProbeResult probe_orphan(const workloads::Settings& /*settings*/) {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
    throw std::system_error(errno, std::generic_category(), "become a subreaper (prctl)");
  Pipe pipe = make_pipe();
  const SharedArray<OrphanRecord> shared(1);
  OrphanRecord& record = shared[0];

  const pid_t parent = fork_child([&] {
    pipe.write_end.reset();
    record.parent_before = ::getpid();
    // Not by fork_child(): this one has to outlive its parent. It ends by the pipe when the probe does.
    const pid_t orphan = ::fork();
    if (orphan == 0) ::_exit(wait_and_look(pipe.read_end.get(), record));
    record.pid = orphan;
    return orphan < 0 ? 1 : 0;
  });
  if (wait_for(parent) != 0) throw std::runtime_error("the parent of the orphan failed");
  const bool told = ::write(pipe.write_end.get(), "!", 1) == 1;
  pipe.write_end.reset();
  const bool ended_well = wait_for(record.pid) == 0;
  if (!told || !ended_well) throw std::runtime_error("the orphan failed");

  ProbeResult result{.units_created = 2, .peak_live_units = 2};
  add_demonstrations(
      result, {{.name = "parent_changed",
                .observed = record.parent_after != record.parent_before,
                .expected = true,
                .sentence = "its parent was process " + std::to_string(record.parent_before) +
                            ", which died; now it is " + std::to_string(record.parent_after)},
               {.name = "adopted_by_subreaper",
                .observed = record.parent_after == ::getpid(),
                .expected = true,
                .sentence = "process " + std::to_string(::getpid()) +
                            " is the nearest subreaper, this probe; where there is none it would be process 1"}});
  return result;
}

}  // namespace bakeoff::models::probes
