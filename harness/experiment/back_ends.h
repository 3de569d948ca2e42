// The back ends of a run. Each is started when a trial first needs it, serves all further trials, and is started again
// where it has gone. It holds the same items all the time, and no two subjects are measured at once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/experiment/back_end_server.h"
#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

class BackEnds {
 public:
  explicit BackEnds(subjects::Inventory inventory) : inventory_(std::move(inventory)) {}

  /// The one that these facts name, on these CPUs. Blocks where it has to be started. Throws CompanionError; one that
  /// could not be started is not tried again.
  std::shared_ptr<BackEndServer> get(const journal::BackEndFacts& facts, const std::vector<int>& cpus);

 private:
  const subjects::Inventory inventory_;
  // By name, delay and CPUs.
  std::map<std::string, std::shared_ptr<BackEndServer>> servers_;
  std::map<std::string, CompanionError> failures_;
};

}  // namespace bakeoff::experiment
