// The server of a trial, whoever wrote it: started on the row's CPUs, ready when it has answered, stopped and looked
// after. A model of ours says itself when it is ready and what it served (its receipt); a foreign server is asked, and
// what it leaves behind is found and ended.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/subjects/server.h"
#include "harness/subjects/subject.h"
#include "harness/subjects/watchdog.h"

namespace bakeoff::experiment {

class ServedSubject {
 public:
  /// Blocks until it is ready; throws SubjectError, or std::system_error where nothing could be started. `folder` is
  /// the trial's private one, `join` its cgroups (Command::join), `port` 0 takes a free one. `started` hears of a
  /// foreign server's process as soon as there is one. Both the row and the subject outlive this.
  ServedSubject(const journal::Trial& row, const subjects::Subject& subject, const std::filesystem::path& folder,
                const std::vector<std::filesystem::path>& join, std::uint16_t port = 0,
                const std::function<void(pid_t)>& started = {});
  /// Ends what stop() has not ended.
  ~ServedSubject();

  subjects::Server& server() { return *server_; }

  /// What was seen of it that ought to be known to whoever uses it: that it listens where others than this machine may
  /// reach it. "" otherwise, and once it has been taken; stop() enters what is left.
  std::string take_warning() { return std::exchange(warning_, ""); }

  /// Stops it and enters into the row: the receipt, how long it took, and what was wrong with its end.
  void stop(journal::Trial& row);

 private:
  void start_model(const journal::Trial& row, const std::filesystem::path& folder,
                   const std::vector<std::filesystem::path>& join, std::uint16_t port);
  void start_foreign(const journal::Trial& row, const std::filesystem::path& folder,
                     const std::vector<std::filesystem::path>& join, std::uint16_t port,
                     const std::function<void(pid_t)>& started);

  const subjects::Subject& subject_;
  std::unique_ptr<subjects::Watchdog> watchdog_;  ///< Of a foreign server.
  std::vector<pid_t> before_;                     ///< The children of this process before it was started.
  std::optional<subjects::Server> server_;
  std::string warning_;
};

}  // namespace bakeoff::experiment
