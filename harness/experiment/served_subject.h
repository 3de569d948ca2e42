// The server of a trial, ours or foreign: started on the row's CPUs, ready when it has answered, stopped and looked
// after. A model of ours says itself when it is ready and what it served (its receipt). A foreign server is asked, and
// what it leaves behind is found and ended.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/experiment/serve_site.h"
#include "harness/journal/trial.h"
#include "harness/subjects/server.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

class ServedSubject {
 public:
  /// Ends what stop() has not ended.
  virtual ~ServedSubject() = default;
  ServedSubject(const ServedSubject&) = delete;
  ServedSubject& operator=(const ServedSubject&) = delete;

  subjects::Server& server() { return *server_; }

  /// What its user ought to know: that it listens where other machines may reach it. "" otherwise, and once it has been
  /// taken; stop() enters what is left.
  virtual std::string take_warning() { return ""; }

  /// What it says of itself, if it is a runtime's program that does.
  virtual std::optional<journal::RuntimeFacts> runtime() const { return std::nullopt; }

  /// Milliseconds from exec until it said that it was ready; nullopt for one that does not say so.
  virtual std::optional<double> ready_ms() const { return std::nullopt; }
  /// From exec until its first right answer. Asks it where it has not been asked yet, and so is called right after the
  /// start. Throws SubjectError where it does not answer, or wrongly.
  virtual double first_answer_ms() { return server_->startup_ms(); }

  /// Stops it and enters into the row: the receipt, how long it took, and what was wrong with its end.
  virtual void stop(journal::Trial& row) = 0;

 protected:
  ServedSubject() = default;
  /// Stops the server and enters the receipt and the time.
  subjects::Server::StopResult stop_server(journal::Trial& row, std::chrono::milliseconds grace, int signal);

  std::optional<subjects::Server> server_{};
};

/// Blocks until the subject is ready; throws SubjectError, or std::system_error where nothing could be started. Both
/// the row and the subject outlive the result.
std::unique_ptr<ServedSubject> start_subject(const journal::Trial& row, const subjects::Subject& subject,
                                             const ServeSite& site);

}  // namespace bakeoff::experiment
