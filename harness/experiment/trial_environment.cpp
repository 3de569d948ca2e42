#include "harness/experiment/trial_environment.h"

#include <utility>

#include "harness/measure/process_tree.h"

namespace bakeoff::experiment {
namespace {

constexpr const char* kAgentsSuffix = "-agents";  ///< Turns the name of the subject's cgroup into that of the agents'.

measure::MemoryCgroup create_memory_cgroup(const std::string& name, const measure::Cgroup& cgroup,
                                           const subjects::Subject& subject, const journal::Params& params) {
  using Use = measure::MemoryCgroup::Use;
  const bool counts_kernel = params.load.idle > 0 || params.rest_s;
  if (!counts_kernel && !subject.foreign && !params.memory_mib) return {};
  return measure::MemoryCgroup::create(name, cgroup, counts_kernel ? Use::kernel_memory : Use::limit_only);
}

}  // namespace

TrialEnvironment::TrialEnvironment(const subjects::Subject& subject, const journal::Params& params,
                                   subjects::ServedWith with)
    : name_(folder_.path().filename().string()),
      cgroup_(measure::Cgroup::create(name_)),
      memory_(create_memory_cgroup(name_, cgroup_, subject, params)),
      limit_(subject, params.memory_mib, memory_),
      join_(cgroup_.join_files()),
      with_(std::move(with)) {
  for (const auto& file : memory_.join_files()) join_.push_back(file);
  folder_.remember_cgroups(join_);
  if (params.transport == journal::Transport::unix_socket) with_.unix_socket = folder() / "socket";
}

std::vector<pid_t> TrialEnvironment::processes(pid_t leader) const {
  return cgroup_.present() ? cgroup_.processes() : measure::descendants(leader);
}

measure::Cgroup TrialEnvironment::create_agents_cgroup() const {
  measure::Cgroup agents = measure::Cgroup::create(name_ + kAgentsSuffix);
  folder_.remember_cgroups(agents.join_files());
  return agents;
}

ServeSite TrialEnvironment::site(std::uint16_t port) {
  return {.folder = folder(),
          .join = join_,
          .port = port,
          .started = [this](pid_t leader) { limit_.watch([this, leader] { return processes(leader); }); },
          .with = with_};
}

}  // namespace bakeoff::experiment
