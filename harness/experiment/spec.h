// An experiment file (TOML) as plain data. Every key with its unit, default and range: harness/experiment/README.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/input/nearest_name.h"
#include "harness/journal/trial.h"

namespace bakeoff::experiment {

/// Of a table.
inline constexpr std::uint64_t kMostBlocks = 10'000;

/// Wanted, as a share of the ratio.
inline constexpr double kFinestPrecision = 0.001;

/// `units` of a table that stands for one a CPU of the subject.
inline constexpr std::uint64_t kOneUnitPerCpu = 0;

/// A workload under a load, a job, or probes that measure one thing.
struct TableSpec {
  std::string name;
  journal::TrialKind kind = journal::TrialKind::served;
  std::string work;                            ///< The workload, the job, or what the probes measure: "switch".
  std::vector<std::string> subjects{};         ///< Some of the experiment's; empty: all of them. See subjects_of().
  journal::LoadShape load{.connections = 64};  ///< Of a workload.
  double timeout_s = 5;                        ///< A request that waits longer for its reply is given up.
  std::optional<std::uint64_t>
      units;               ///< Absent: the subject's own default. kOneUnitPerCpu: one a CPU (a job's default).
  std::uint64_t size = 0;  ///< Of a job; 0 takes the job's default.
  double window_s = 1.0;
  double warmup_s = 0.25;
  bool one_cpu = false;  ///< Subject and load on the same CPU, the subject's first.
  bool is_served() const { return kind == journal::TrialKind::served; }
};

struct Spec {
  std::string name;
  std::string question;
  std::string baseline;
  std::vector<std::string> subjects;
  std::uint64_t blocks = 8;         ///< In each table; the least of them where a precision is wanted.
  std::uint64_t most_blocks = 100;  ///< Of a table that has not reached the precision.
  std::optional<double> precision;  ///< Wanted: how far the interval of each ratio may reach from it, as a share.
  std::uint64_t seed = 1;
  /// Each subject is there twice, as this build has it and as another has it (kOtherBuildSuffix), next to each other.
  bool against = false;
  std::optional<double> budget_s;  ///< No new block begins after it.
  std::vector<TableSpec> tables;
};

/// The subjects of a table, in the order of its rows.
const std::vector<std::string>& subjects_of(const Spec& spec, const TableSpec& table);

/// What a table's ratios are to: the experiment's baseline, or where that is not among its subjects the first of them.
const std::string& baseline_of(const Spec& spec, const TableSpec& table);

/// Blocks that a table has at the most: `blocks`, or more where a precision is wanted.
std::uint64_t most_blocks(const Spec& spec);

/// What is wrong with a name: what was found and what was expected.
struct NameFault {
  std::string found, expected;
};

/// How many units a subject may be asked for.
struct UnitsRange {
  std::uint64_t most = 0;  ///< Serving a workload;
  std::string meaning;     ///< what a unit is then: "worker processes, which is the most connections served at a time".
  std::uint64_t most_in_job = 0;  ///< Running a job;
  std::string executor;           ///< on these.
};

/// "1: of event-loop they are loops, always 1".
std::string in_words(const UnitsRange& range, const std::string& subject, bool in_job);

/// What exists, so that a name can be checked.
struct Names {
  std::vector<std::string> models;  ///< Subjects.
  std::vector<std::string> workloads;
  std::vector<std::string> jobs;
  std::vector<std::string> measures{};  ///< What there are probes for.
  /// The probes that measure it; absent: none are known by name.
  std::function<std::vector<std::string>(const std::string& measure)> probes{};
  /// Of a subject that is none of `models`; it may be one of them with settings of its own (subjects/variant.h), and
  /// then nothing is wrong. Absent: nothing but `models` is there.
  std::function<std::optional<NameFault>(const std::string& subject)> fault{};
  /// Of a subject that cannot stand in a table of that workload or job, or of what is measured; absent: all can.
  std::function<std::optional<NameFault>(const std::string& subject, journal::TrialKind kind, const std::string& work)>
      misplaced{};
  /// Of a server that is not ours why it does not answer what a table asks; "" when it does. Absent: all do.
  std::function<std::string(const std::string& subject, const TableSpec& table)> refusal{};
  /// The subjects that are the same word as a name (nearest_name.h), with the same settings; absent: those of `models`.
  std::function<input::CloseNames(const std::string& subject)> alike{};
  /// Hears, a line at a time, what was done with names that cannot be taken as they stand; absent: they are errors.
  std::function<void(const std::string& line)> tell{};
  /// How many units a subject may have; absent, or nullopt: any number, or its name says it already.
  std::function<std::optional<UnitsRange>(const std::string& subject)> units{};
};

/// what() is one line: "FILE:LINE: key: found X, expected Y; did you mean Z?"
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// `file` is named in messages only. Throws InputError for the first fault.
Spec parse_spec(std::string_view toml, std::string_view file, const Names& names);

/// Throws InputError also when the file cannot be read.
Spec read_spec(const std::filesystem::path& file, const Names& names);

}  // namespace bakeoff::experiment
