// Where the measurements of a decision lie: FOLDER/profile.toml, and a result folder for each phase. The next call with
// the same profile goes on with what is there.
#pragma once

#include <cstdint>
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

/// Which folder is taken where --out names none.
enum class FolderChoice : std::uint8_t {
  newest,      ///< The newest one of the profile in ./bakeoff-results that this build has measured, or a new one.
  unfinished,  ///< The same where its first phase was broken off, or a new one.
  fresh,       ///< A new one.
};

/// With `out` that folder, which has to be new, empty, or of this profile (and with FolderChoice::fresh new or empty).
/// `kind` begins the name of one in ./bakeoff-results. Measures the rounds of the work where the folder does not know
/// them, and writes its profile. Throws UsageError.
DecideFolder open_decide_folder(const decide::Profile& profile, const std::filesystem::path& out, FolderChoice choice,
                                const std::string& kind);

/// A phase as far as it has been measured.
struct MeasuredPhase {
  int status = 0;    ///< Of the run: kDone, kInterrupted, kNoValid.
  bool ran = false;  ///< Something was measured now.
  std::vector<journal::Trial> rows;
};

/// Runs the phase up to so many blocks, with no report of its own; what the folder has is not measured again. A phase
/// that is complete there is taken as it is, and one that was broken off has to have the same plan. Blocks until it has
/// ended. `cpus` is how many the service may have at the most; 0: any. Throws UsageError, and what a run throws.
MeasuredPhase measure_phase(const DecideFolder& folder, const decide::Phase& phase, std::uint64_t blocks,
                            std::uint64_t cpus, const std::vector<std::string>& arguments);

/// Whether something of the phase has been measured.
bool has_rows(const DecideFolder& folder, const decide::Phase& phase);

/// Whether the phase that is there has ended.
bool is_complete(const std::filesystem::path& results);

/// What the manifest of a phase says of its measurement; absent where there is none.
struct PhaseFacts {
  std::string machine;     ///< In words.
  std::string build;       ///< "bakeoff 0.1.0 (1a2b3c4)"
  std::string date;        ///< "2026-12-02"
  std::uint64_t cpus = 0;  ///< That the service had.
};
std::optional<PhaseFacts> facts_of_phase(const DecideFolder& folder, const std::string& phase);

}  // namespace bakeoff::commands
