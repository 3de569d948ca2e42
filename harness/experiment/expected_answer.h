// The right answer of a job that a program of others has run: what our own job answers, computed here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace bakeoff::experiment {

/// The size of the job that is meant by none.
std::uint64_t default_job_size(const std::string& job);

/// Blocks while the work is done, once for each combination. nullopt for a job whose units wait for each other, of
/// which the answer says nothing. Throws std::invalid_argument for a size or units that the job cannot have.
std::optional<std::uint64_t> expected_answer(const std::string& job, std::uint64_t units, std::uint64_t size);

}  // namespace bakeoff::experiment
