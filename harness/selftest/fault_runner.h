// Where the checks run: starts a subject with what is to go wrong, loads it, watches the CPUs, stops it. Beside
// experiment_runner.h the only file of this folder that starts anything.
#pragma once

#include <chrono>
#include <vector>

#include "harness/load/plan.h"
#include "harness/selftest/observation.h"
#include "workloads/faulty.h"

namespace bakeoff::selftest {

class FaultRunner {
 public:
  /// One of the allowed CPUs for the subject and one for the load: more are not needed, and each is one more that
  /// somebody else could disturb. With a single CPU both share it. `patience` is for await_quiet(), over the life of
  /// the fault runner.
  explicit FaultRunner(std::chrono::nanoseconds patience);
  /// On CPUs of the caller's choice, without patience.
  FaultRunner(std::vector<int> subject_cpus, std::vector<int> load_cpus)
      : subject_cpus_(std::move(subject_cpus)), load_cpus_(std::move(load_cpus)), patience_(0) {}

  const std::vector<int>& subject_cpus() const { return subject_cpus_; }
  const std::vector<int>& load_cpus() const { return load_cpus_; }

  /// Serves plan.workload by an event loop with these faults, and loads it as planned (plan.port is set here). Blocks
  /// for warm-up and window and about 0.1 s more. Throws SubjectError, LoadError or Interrupted; leaves nothing behind.
  Observation observe(load::AgentPlan plan, const workloads::Faults& faults) const;

  /// Waits until nobody else has been on these CPUs for so long, or until the patience is over: after a disturbed
  /// window the next would probably be disturbed too. Throws Interrupted.
  void await_quiet(std::chrono::nanoseconds how_long);

 private:
  std::vector<int> subject_cpus_, load_cpus_;
  std::chrono::nanoseconds patience_;
};

}  // namespace bakeoff::selftest
