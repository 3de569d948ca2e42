// The servers that are compared: models of ours, redis-server and nginx, each on the first allowed CPU, in a cgroup and
// a private folder of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/experiment/scratch_folder.h"
#include "harness/measure/cgroup.h"
#include "harness/measure/cpu_sets.h"
#include "harness/subjects/server.h"
#include "harness/subjects/subject.h"

namespace bakeoff {

inline const std::vector<int> kAllowed = allowed_cpus();
inline const std::vector<int> kServerCpus{kAllowed.front()};
inline const std::vector<int> kLoadCpus{kAllowed.back()};

/// Ready on a port; stopped when destroyed.
struct Running {
  ScratchFolder folder;
  Cgroup cgroup;
  std::optional<Server> ours;
  std::optional<Process> theirs;
  std::uint16_t port = 0;

  ~Running() {
    if (ours) ours->stop();
    if (theirs) theirs->stop(SIGTERM, std::chrono::seconds{3});
  }
};

/// Each throws std::runtime_error in one line when the server does not get ready.
using Start = std::function<std::unique_ptr<Running>()>;
std::unique_ptr<Running> start_redis();
std::unique_ptr<Running> start_nginx();
/// One of our floors (floor_epoll.cpp, floor_threads.cpp), by the name of its program, with arguments behind its port.
Start start_floor(const std::string& program, const std::vector<std::string>& more = {});
Start start_model(const Offer& offer, const std::string& model, const std::string& workload, std::uint64_t connections);

}  // namespace bakeoff
