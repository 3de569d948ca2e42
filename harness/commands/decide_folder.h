// Where the measurements of a decision lie: FOLDER/profile.toml, and a result folder for each phase. The next call with
// the same profile goes on with what is there.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/decide/phases.h"
#include "harness/decide/profile.h"
#include "harness/journal/trial.h"

namespace bakeoff::commands {

inline constexpr const char* kProfileFile = "profile.toml";
inline constexpr const char* kRecordFile = "record.md";

struct DecideFolder {
  std::filesystem::path path;
  bool goes_on = false;     ///< It was there: what was measured is used.
  decide::Profile profile;  ///< With the rounds of its work.
};

/// With `out` that folder, which has to be new, empty, or of this profile; otherwise the newest one of the profile in
/// ./bakeoff-results that this build has measured, or a new one; with `again` always a new one. Measures the rounds of
/// the work where the folder does not know them, and writes its profile. Throws UsageError.
DecideFolder open_decide_folder(const decide::Profile& profile, const std::filesystem::path& out, bool again,
                                const std::string& kind = "decide");

/// A phase as far as it has been measured.
struct MeasuredPhase {
  int status = 0;  ///< Of the run: kDone, kInterrupted, kNoValid.
  std::vector<journal::Trial> rows;
};

/// Runs the phase up to so many blocks, with no report of its own; what the folder has is not measured again. Blocks
/// until it has ended. `cpus` is how many the service may have at the most; 0: any. Throws what a run throws.
MeasuredPhase measure_phase(const DecideFolder& folder, const decide::Phase& phase, std::uint64_t blocks,
                            std::uint64_t cpus, const std::vector<std::string>& arguments);

/// Whether something of the phase has been measured.
bool has_rows(const DecideFolder& folder, const decide::Phase& phase);

/// The machine on which a phase was measured, in words; "" where it has no manifest.
std::string machine_of(const DecideFolder& folder, const decide::Phase& phase);

}  // namespace bakeoff::commands
