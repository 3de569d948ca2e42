// A back end that services of a run call: our own server with a known delay, or one of a manifest (Redis, PostgreSQL).
// It is filled, and has answered for the first and the last item, before anybody calls it.
//
// Who waits: the constructor. Who owns: see companion.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/experiment/companion.h"
#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"
#include "workloads/back_end.h"

namespace bakeoff::experiment {

/// The name of our own in an experiment.
inline constexpr const char* kOwnBackEnd = "http";

/// Those that there are: our own, and every subject that can be one.
std::vector<std::string> back_end_names(const subjects::Inventory& inventory);

class BackEndServer {
 public:
  /// Starts it on these CPUs. `facts.name` is one of back_end_names(). Throws as Companion does.
  BackEndServer(const subjects::Inventory& inventory, const journal::BackEndFacts& facts, const std::vector<int>& cpus);
  BackEndServer(const BackEndServer&) = delete;
  BackEndServer& operator=(const BackEndServer&) = delete;
  /// Stops it as its manifest says; at once where the user has interrupted.
  ~BackEndServer();

  /// "redis://127.0.0.1:4711"
  std::string url() const;

  std::optional<double> cpu_us() const { return server_.cpu_us(); }
  /// What became of it in one line; "" while it is there.
  std::string why_gone();

 private:
  subjects::Subject subject_;
  workloads::BackEndProtocol protocol_;
  Companion server_;
};

}  // namespace bakeoff::experiment
