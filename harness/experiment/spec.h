// An experiment file (TOML) as plain data. Every key with its unit, default and range: harness/experiment/README.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/input/resolve_name.h"
#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// The most blocks that a table may ask for.
inline constexpr std::uint64_t kMostBlocks = 10'000;

/// Wanted, as a share of the ratio.
inline constexpr double kFinestPrecision = 0.001;

/// Which point of a sweep a table is: a key's list had several values, and this table is measured at one of them.
struct PlaceInSweep {
  std::string sweep;  ///< The name of the table that has the list.
  std::string key;    ///< "connections"
  double value = 0;
};

/// A workload under a load, a job, probes that measure one thing, the jobs of a queue, or the start of servers.
struct TableSpec {
  std::string name;
  journal::TrialKind kind = journal::TrialKind::served;
  /// The workload (of a start: what the server would serve), the job, what the probes measure ("switch"), or what a job
  /// of the queue does ("work:1000").
  std::string work;
  std::vector<std::string> subjects{};         ///< Some of the experiment's; empty: all of them. See subjects_of().
  journal::LoadShape load{.connections = 64};  ///< For workloads only.
  double timeout_s = 5;                        ///< A request that waits longer for its reply is given up.
  std::optional<std::uint64_t>
      units;               ///< Absent: the subject's own default. kOneUnitPerCpu: one per CPU (a job's default).
  std::uint64_t size = 0;  ///< The size of a job; 0 takes the job's default.
  std::optional<journal::FilesFacts> files{};       ///< Where the load asks for files.
  std::optional<journal::BackEndFacts> back_end{};  ///< Where the load has the subject call one.
  std::optional<std::uint64_t> memory_mib{};        ///< The most that a subject may have; for workloads only.
  std::optional<std::uint64_t> heap_mib{};          ///< The same of its heap: Params::heap_mib.
  std::optional<double> rest_s{};                   ///< Params::rest_s
  std::optional<double> p99_limit_ms{};             ///< Params::p99_limit_ms
  std::optional<journal::QueueParams> queue{};      ///< Of that kind only.
  journal::Transport transport = journal::Transport::tcp;
  double window_s = 1.0;
  double warmup_s = 0.25;
  bool fixed_warm_up = false;  ///< Also of subjects whose warm-up would last until their cost is steady.
  bool one_cpu = false;        ///< Subject and load on the same CPU, the subject's first.
  std::optional<PlaceInSweep> point{};
  bool is_served() const { return kind == journal::TrialKind::served; }
  bool is_queue() const { return kind == journal::TrialKind::queue; }
  bool is_startup() const { return kind == journal::TrialKind::startup; }
  /// Whether its subjects are servers: models, real servers and programs of runtimes that serve a workload.
  bool has_servers() const { return is_served() || is_startup(); }
  /// Whether something runs beside the subject, on CPUs of its own.
  bool has_load() const { return has_servers() || is_queue(); }
};

/// The warm-up that a manifest gives its subject, beside that of tables.
struct OwnWarmUp {
  double fixed_s = 0;    ///< The least, where its length is fixed.
  bool by_rule = false;  ///< It lasts until what a request costs is steady, unless a table fixes it.
};

struct Spec {
  std::string name;
  std::string question;
  std::string baseline;
  std::vector<std::string> subjects;
  std::uint64_t blocks = 8;         ///< In each table; the least of them where a precision is wanted.
  std::uint64_t most_blocks = 100;  ///< The most in a table that does not reach the precision.
  std::optional<double> precision;  ///< Wanted: how far the interval of each ratio may reach from it, as a share.
  std::uint64_t seed = 1;
  /// Each subject is there twice, as this build has it and as another has it (kOtherBuildSuffix), next to each other.
  bool against = false;
  bool one_by_one = false;         ///< No table in slices (slices.h).
  std::optional<double> budget_s;  ///< No new block begins after it.
  /// Of every subject of the inventory that has one, whether it takes part or not; for estimates only.
  std::map<std::string, OwnWarmUp> own_warm_ups{};
  std::vector<TableSpec> tables;
};

/// The subjects of a table, in the order of its rows.
const std::vector<std::string>& subjects_of(const Spec& spec, const TableSpec& table);

/// What a table's ratios are to: the experiment's baseline, or where that is not among its subjects the first of them.
const std::string& baseline_of(const Spec& spec, const TableSpec& table);

/// Blocks that a table has at the most: `blocks`, or more where a precision is wanted.
std::uint64_t most_blocks(const Spec& spec);

/// Names are checked against the inventory; `tell` is told which were taken for others, and without it they have to be
/// exact. `file` is named in messages only. `set` are numbers that tables have instead of the file's, "KEY=VALUE"
/// (sweep_section.h). Throws input::InputError for the first fault.
Spec parse_spec(std::string_view toml, std::string_view file, const subjects::Inventory& inventory,
                const input::Tell& tell = {}, std::span<const std::string> set = {});

/// Throws InputError also when the file cannot be read.
Spec read_spec(const std::filesystem::path& file, const subjects::Inventory& inventory, const input::Tell& tell = {},
               std::span<const std::string> set = {});

}  // namespace bakeoff::experiment
