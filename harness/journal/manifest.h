// manifest.json: what was run, by what, on what. One per result folder, written before the first trial.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/measure/machine_facts.h"

namespace bakeoff::journal {

inline constexpr int kManifestSchema = 2;  ///< As kTrialSchema.
inline constexpr const char* kManifestFile = "manifest.json";

/// How one table ended.
struct TableEndFacts {
  std::string table;
  std::string why;  ///< "all blocks ran", "the precision is reached", "the budget is spent", "interrupted".
  std::uint64_t blocks = 0;
};

/// A number of a table that had several values: a table of its own was measured for each of them.
struct SweepPointFacts {
  std::string table;
  double value = 0;
};
struct SweepFacts {
  std::string name;  ///< Of the table that has the list.
  std::string key;   ///< "connections"
  std::vector<SweepPointFacts> points;
};

/// What became of the trials that others disturbed (experiment/repeat_policy.h).
struct RepeatFacts {
  std::uint64_t repeated = 0;  ///< Ran once more.
  std::uint64_t helped = 0;    ///< How many of those were quiet then.
  std::uint64_t left = 0;      ///< Were not repeated, because repeating had not helped.
};

/// How the run ended; not there while it runs, and when it was killed.
struct EndFacts {
  std::string at;        ///< UTC, RFC 3339.
  double elapsed_s = 0;  ///< Since it began, or was resumed for the last time.
  std::string failure;   ///< What broke it off: a full disk.
  std::vector<TableEndFacts> tables;
  std::optional<RepeatFacts> repeats{};  ///< Over all rows of the folder; absent where no trial was noisy.
};

/// Unknown is absent, "" for a text.
struct Manifest {
  int schema = kManifestSchema;
  // what ran
  std::string bakeoff_version;
  std::string commit;  ///< The commit of the source tree that was built.
  std::optional<bool> dirty;
  std::string harness_hash, subject_hash;  ///< Hashes of the executables: "algorithm:hexadecimal".
  std::string compiler;                    ///< "GCC 12.2.0".
  std::string flags;
  std::string build_type;
  std::string boost_version;
  // what was asked
  std::string experiment;  ///< Its name.
  std::string question;
  std::string baseline;
  std::map<std::string, std::string> baselines;            ///< For the tables that have another one.
  std::vector<std::string> subjects;                       ///< In the order of the tables' rows.
  std::vector<std::string> tables;                         ///< In the order of the report.
  std::vector<SweepFacts> sweeps;                          ///< Which of the tables are points of a sweep.
  std::vector<std::string> set;                            ///< Numbers given instead of the file's: "connections=128".
  std::map<std::string, std::string> families;             ///< Subject -> its language, or what it is: "models".
  std::map<std::string, std::string> like;                 ///< Subject -> the real systems that made its choice.
  std::map<std::string, std::string> twins;                ///< Foreign subject -> the model that it is the real one of;
  std::map<std::string, std::string> differs;              ///< what it does that that does not, serving;
  std::map<std::string, std::string> jobs_differ;          ///< and in a job;
  std::map<std::string, std::string> versions;             ///< its version in its own words;
  std::map<std::string, std::vector<std::string>> tuning;  ///< what was set, and why.
  std::string experiment_file;                             ///< As given.
  std::string experiment_text;                             ///< The file's bytes.
  std::string experiment_hash;                             ///< The hash of those bytes, likewise.
  std::uint64_t seed = 0;
  std::uint64_t blocks = 0;         ///< In each table; the least where a precision was wanted.
  std::optional<double> precision;  ///< Wanted, as a share of the ratio.
  std::optional<double> budget_s;
  bool one_by_one = false;  ///< No block in slices, because that was asked for.
  std::string against;      ///< The other build's program, where two were compared; its hash; its build.
  std::string against_hash, against_build;
  std::vector<std::string> arguments;  ///< The arguments of the command.
  // where and when
  std::string started_at;               ///< UTC, RFC 3339.
  std::vector<std::string> resumed_at;  ///< The same, each time.
  std::optional<EndFacts> ended;
  std::vector<int> subject_cpus, load_cpus;
  measure::MachineFacts machine;
  std::vector<std::string> could_not_set;  ///< What was tried and refused: limits, pinning, cgroups.
};

std::string manifest_to_json(const Manifest& manifest);  ///< Indented, ends in a newline.

/// Throws std::invalid_argument in one line. Unknown keys are ignored; an unknown schema is refused.
Manifest manifest_from_json(std::string_view json);

/// FOLDER/manifest.json; what is read has the subjects' names of today (earlier_settings.h). Both throw
/// std::runtime_error naming the file. Writing replaces the file as a whole.
void write_manifest(const std::filesystem::path& folder, const Manifest& manifest);
Manifest read_manifest(const std::filesystem::path& folder);

}  // namespace bakeoff::journal
