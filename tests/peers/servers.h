// The servers that are compared: models of ours, redis-server, nginx and what has a manifest, each on the first allowed
// CPU, in a cgroup and a private folder of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/experiment/served_subject.h"
#include "harness/experiment/trial_environment.h"
#include "harness/journal/trial.h"
#include "harness/measure/cgroup.h"
#include "harness/measure/cpu_sets.h"
#include "harness/subjects/server.h"
#include "harness/subjects/subject.h"

namespace bakeoff::peers {

inline const std::vector<int> kAllowed = measure::allowed_cpus();
inline const std::vector<int> kServerCpus{kAllowed.front()};
inline const std::vector<int> kLoadCpus{kAllowed.back()};

/// Ready on a port; stopped when destroyed.
struct RunningServer {
  journal::Trial row;  ///< What `by_manifest` was started for.
  experiment::TrialEnvironment environment;
  std::optional<subjects::Server> ours;
  std::optional<subjects::Process> theirs;
  std::unique_ptr<experiment::ServedSubject> by_manifest;
  std::uint16_t port = 0;

  /// Without a subject for our models, redis-server and nginx, whose memory nothing limits.
  explicit RunningServer(const subjects::Subject& subject = {}, const journal::Trial& started_for = {})
      : row(started_for), environment(subject, row.params) {}
  const measure::Cgroup& cgroup() const { return environment.cgroup(); }

  ~RunningServer() {
    if (ours) ours->stop();
    if (theirs) theirs->stop(SIGTERM, std::chrono::seconds{3});
  }
};

/// Each throws std::runtime_error in one line when the server does not get ready.
using Start = std::function<std::unique_ptr<RunningServer>()>;
std::unique_ptr<RunningServer> start_redis();
std::unique_ptr<RunningServer> start_nginx();
/// One of our floors (floor_epoll.cpp and others), by the name of its program, with arguments behind its port.
Start start_floor(const std::string& program, const std::vector<std::string>& more = {});
Start start_model(const subjects::Inventory& inventory, const std::string& model, const std::string& workload,
                  std::uint64_t connections);
/// A subject that has a manifest and is prepared, as a trial starts it. It outlives the result.
Start start_by_manifest(const subjects::Subject& subject, const std::string& workload, std::uint64_t connections);

}  // namespace bakeoff::peers
