// The models of bakeoff-subject, learnt by asking it (`bakeoff-subject describe`), never by linking one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "harness/journal/trial.h"
#include "harness/subjects/process.h"
#include "harness/subjects/served_with.h"
#include "harness/subjects/subject.h"

namespace bakeoff::subjects {

/// Starts bakeoff-subject once: that of this build, or the one named. Throws std::runtime_error in one line when it is
/// missing, fails or prints something that cannot be read. Blocks at most 10 s.
Inventory describe_subject_program();
Inventory describe_subject_program(const std::filesystem::path& program);

/// Throws std::invalid_argument in one line for a subject whose settings do not go together. The model decides: its
/// program is asked, and does nothing else. The settings of an executor are checked with the job. Blocks at most 10 s.
void check_settings(const Subject& subject);

/// The same for a model with all that it is to be started with.
void check_serve(const Subject& subject, const std::string& workload, const journal::Params& params,
                 const ServedWith& with = {});

/// The same for a job with all that belongs to it: its settings, the executor's, size and units.
void check_job(const Subject& subject, const std::string& job, const journal::Params& params);

/// How to start a model for a trial; units_for() sizes it.
Command command_to_serve(const Subject& subject, const std::string& workload, const journal::Params& params,
                         std::uint16_t port, const ServedWith& with = {});

/// How to run a job on an executor, on that of a model, or a probe. `params.units` is the number of units to use.
Command command_to_run(const Subject& subject, const std::string& job, const journal::Params& params);

/// How to start an executor's workers. `queue` is where the queue listens, "127.0.0.1:6379".
Command command_to_work(const Subject& subject, const journal::Params& params, const std::string& queue);

/// The most connections that the subject can serve at a time. There is such a limit if a unit holds its connection for
/// life and neither the table nor the subject says how many units to use: it is the most units that the subject may
/// have. nullopt: any number.
std::optional<std::uint64_t> connection_limit(const Subject& subject, const journal::Params& params);

/// The units that command_to_serve asks for: one per connection if a unit holds its connection, up to the model's
/// maximum. kOneUnitPerCpu leaves the number to the subject.
std::uint64_t units_for(const Subject& subject, const journal::Params& params);

}  // namespace bakeoff::subjects
