// Where the checks of faulty servers run: it starts a subject with the faults asked for, loads it, watches the CPUs and
// stops it. This and experiment_runner.h are the only files of this folder that start anything.
#pragma once

#include <chrono>
#include <vector>

#include "harness/load/plan.h"
#include "harness/selftest/observation.h"
#include "workloads/faulty.h"

namespace bakeoff::selftest {

class FaultRunner {
 public:
  /// One of the allowed CPUs for the subject and one for the load. More are not needed, and other programs could
  /// disturb each of them. With a single CPU both sides share it. `patience` is how long await_quiet() may wait in all,
  /// over the life of the fault runner.
  explicit FaultRunner(std::chrono::nanoseconds patience);
  /// On CPUs of the caller's choice, without patience.
  FaultRunner(std::vector<int> subject_cpus, std::vector<int> load_cpus)
      : subject_cpus_(std::move(subject_cpus)), load_cpus_(std::move(load_cpus)), patience_(0) {}

  const std::vector<int>& subject_cpus() const { return subject_cpus_; }
  const std::vector<int>& load_cpus() const { return load_cpus_; }

  /// Serves plan.workload by an event loop with these faults, and loads it as planned. The port is chosen here, and of
  /// a plan with a Unix socket the path: the server has a socket of its own. Blocks for warm-up and window and about
  /// 0.1 s more. Throws SubjectError, LoadError or Interrupted; leaves nothing behind.
  Observation observe(load::AgentPlan plan, const workloads::Faults& faults) const;

  /// Waits until no other program has used these CPUs for `how_long`, or until the patience is over: after a disturbed
  /// window the next one would probably be disturbed too. Throws Interrupted.
  void await_quiet(std::chrono::nanoseconds how_long);

 private:
  std::vector<int> subject_cpus_, load_cpus_;
  std::chrono::nanoseconds patience_;
};

}  // namespace bakeoff::selftest
