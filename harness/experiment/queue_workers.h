// The program whose workers take jobs from the queue, ours or a runtime's: started and ready, killed as the table asks,
// started again as a supervisor would, stopped.
//
// Who waits: every call says how long. Who owns: this owns the program, and what it leaves behind is found and ended on
// every path.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/experiment/serve_site.h"
#include "harness/journal/trial.h"
#include "harness/subjects/process.h"
#include "harness/subjects/server.h"
#include "harness/subjects/subject.h"
#include "harness/subjects/watchdog.h"

namespace bakeoff::experiment {

class QueueWorkers {
 public:
  /// Blocks until the program says that its workers are connected. `queue` is where they find it. Throws SubjectError,
  /// or std::system_error where nothing could be started.
  QueueWorkers(const journal::Trial& row, const subjects::Subject& subject, const ServeSite& site,
               const std::string& queue);
  ~QueueWorkers();
  QueueWorkers(const QueueWorkers&) = delete;
  QueueWorkers& operator=(const QueueWorkers&) = delete;

  pid_t pid() const { return process_->pid(); }
  double startup_ms() const { return startup_ms_; }
  /// What a runtime said of itself.
  const std::optional<journal::RuntimeFacts>& runtime() const { return runtime_; }

  /// Throws SubjectError when the program has ended by itself.
  void expect_alive();

  struct Kill {
    pid_t process = -1;    ///< The one that was killed. It is gone.
    bool program = false;  ///< It was the program itself, and not one of its processes.
  };
  /// Kills one worker process: one of the program's own processes, where it has any; `draw` chooses which. Otherwise
  /// the program. Waits until it is gone.
  Kill kill_one(std::uint64_t draw);

  /// Starts a program that was killed once more, and blocks as the constructor does.
  void restart();

  /// Stops the program, and enters into the row the receipt, how long it took and what was wrong with that.
  void stop(journal::Trial& row);

 private:
  void start();

  const subjects::Subject& subject_;
  const std::size_t units_;
  subjects::Command command_;
  std::unique_ptr<subjects::Watchdog> watchdog_;  ///< For a program that is not ours.
  std::vector<pid_t> before_;                     ///< The children of this process before the program was started.
  std::optional<subjects::Process> process_;
  std::size_t starts_ = 0;
  double startup_ms_ = 0;
  std::optional<journal::RuntimeFacts> runtime_;
};

}  // namespace bakeoff::experiment
