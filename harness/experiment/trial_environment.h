// Where a server runs while it is measured or served: a private folder, cgroups of its own where the machine has them,
// and the memory limit of a foreign one. All of it is gone with this object, and a harness that was killed finds it
// again by what the folder remembers.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/experiment/memory_limit.h"
#include "harness/experiment/serve_site.h"
#include "harness/journal/trial.h"
#include "harness/measure/cgroup.h"
#include "harness/measure/memory_cgroup.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

class TrialEnvironment {
 public:
  /// Throws std::system_error where the folder cannot be made. A cgroup that cannot be made is absent.
  TrialEnvironment(const subjects::Subject& subject, const journal::Params& params, subjects::ServedWith with = {});

  const std::filesystem::path& folder() const { return folder_.path(); }
  const measure::Cgroup& cgroup() const { return cgroup_; }
  /// Present only with idle connections, whose memory in the kernel is asked for, and for a limit.
  const measure::MemoryCgroup& memory() const { return memory_; }
  /// What the subject's processes join (Command::join).
  const std::vector<std::filesystem::path>& join() const { return join_; }

  /// The subject's processes: those of its cgroup, or where there is none the descendants of its first one.
  std::vector<pid_t> processes(pid_t leader) const;

  /// A cgroup for the load's agents. It also accounts for their idle and slow connections.
  measure::Cgroup create_agents_cgroup() const;

  MemoryLimit& limit() { return limit_; }
  /// For start_subject(): the folder, the cgroups, and the limit, to which the subject is held from the moment it has a
  /// process. This must outlive the subject. Port 0 is any free one.
  ServeSite site(std::uint16_t port = 0);

  /// The socket in the folder that the subject listens on where that is the transport; "" for TCP.
  const std::string& unix_socket() const { return with_.unix_socket; }

 private:
  subjects::ScratchFolder folder_;
  std::string name_;
  measure::Cgroup cgroup_;
  measure::MemoryCgroup memory_;
  MemoryLimit limit_;
  std::vector<std::filesystem::path> join_;
  subjects::ServedWith with_;
};

}  // namespace bakeoff::experiment
