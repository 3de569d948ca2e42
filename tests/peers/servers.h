// The servers that are compared: models of ours, redis-server and nginx, each on the first allowed CPU, in a cgroup and
// a private folder of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/measure/cgroup.h"
#include "harness/measure/cpu_sets.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/subjects/server.h"
#include "harness/subjects/subject.h"

namespace bakeoff::peers {

inline const std::vector<int> kAllowed = measure::allowed_cpus();
inline const std::vector<int> kServerCpus{kAllowed.front()};
inline const std::vector<int> kLoadCpus{kAllowed.back()};

/// Ready on a port; stopped when destroyed.
struct RunningServer {
  subjects::ScratchFolder folder;
  measure::Cgroup cgroup;
  std::optional<subjects::Server> ours;
  std::optional<subjects::Process> theirs;
  std::uint16_t port = 0;

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

}  // namespace bakeoff::peers
