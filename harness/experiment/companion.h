// A server that runs beside the subject of a trial because the work needs it: the queue that workers take jobs from,
// the back end that a service calls. It is a subject of a manifest or a model of ours, started and ended as any other,
// on the CPUs that it is given, which are the load's. What it costs is measured apart from the subject's: it has a
// cgroup of its own.
//
// Who waits: the constructor, until the server answers, and stop(). Who owns: this object owns the process, its folder
// and its cgroup, and leaves none of them behind on any path, Ctrl-C included. Left out: several servers, which are
// several objects.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/experiment/served_subject.h"
#include "harness/experiment/trial_environment.h"
#include "harness/journal/trial.h"
#include "harness/measure/cgroup.h"
#include "harness/subjects/server.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// The server beside the subject could not be started, or has ended. Where nothing was measured, the outcome of the row
/// is not_run, or limit where the machine had no more of something.
class CompanionError : public subjects::SubjectError {
 public:
  using subjects::SubjectError::SubjectError;
};

class Companion {
 public:
  /// Starts the server and blocks until it answers requests of `workload`. `params` sizes it: its load's connections
  /// are the most that will come. `ask` tells whether a foreign server is ready (ServeSite::ask); with it `workload`
  /// may be "", for a server that serves none. Throws CompanionError, "needs redis-server (apt install redis-server)"
  /// where a program is missing, Interrupted, or std::system_error for what the harness cannot do itself.
  Companion(const subjects::Subject& subject, const std::string& workload, const journal::Params& params,
            const std::vector<int>& cpus, std::function<std::string(std::uint16_t port)> ask = {});
  /// Ends it where stop() has not.
  ~Companion();
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;

  /// Of 127.0.0.1.
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return pid_; }

  /// Not present() where the machine has none for us.
  const measure::Cgroup& cgroup() const { return environment_.cgroup(); }

  /// CPU time of all its processes so far, in microseconds: only differences of two readings mean something. Absent
  /// where neither a cgroup nor /proc can tell.
  std::optional<double> cpu_us() const;

  /// Throws CompanionError once it has ended by itself.
  void expect_alive();

  /// Stops it and waits for its end. Returns what was wrong with that in one line, "" when nothing was. The second call
  /// does nothing.
  std::string stop();

 private:
  std::string name_;
  journal::Trial row_;  ///< What a server is started by and stopped into: of its own, not of the subject's trial.
  TrialEnvironment environment_;
  std::unique_ptr<ServedSubject> served_;  ///< After what it runs in.
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace bakeoff::experiment
