// The models of bakeoff-subject, learnt by asking it (`bakeoff-subject describe`), never by linking one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/journal/trial.h"
#include "harness/subjects/process.h"
#include "harness/subjects/subject.h"

namespace bakeoff {

/// Starts a build's bakeoff-subject once, this build's or the one named. Throws std::runtime_error in one line when it
/// is missing, fails or says what cannot be read. Blocks at most 10 s.
Offer ask_builtin();
Offer ask_builtin(const std::filesystem::path& program);

/// How to start a model for a trial: `connections` sizes the models whose units hold a connection.
Command command_to_serve(const Subject& subject, const std::string& workload, const Params& params, std::uint16_t port);

/// How to run a job on a model's executor.
Command command_to_run(const Subject& subject, const std::string& job, const Params& params);

/// The units that command_to_serve asks for.
std::uint64_t units_for(const Subject& subject, const Params& params);

}  // namespace bakeoff
