#include "harness/experiment/spec.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <sstream>
#include <system_error>
#include <utility>

#include "harness/experiment/back_end_section.h"
#include "harness/experiment/files_section.h"
#include "harness/experiment/load_section.h"
#include "harness/experiment/memory_section.h"
#include "harness/experiment/queue_section.h"
#include "harness/experiment/startup_trial.h"
#include "harness/experiment/subject_list.h"
#include "harness/experiment/sweep_section.h"
#include "harness/experiment/table_subjects.h"
#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"
#include "harness/input/toml_section.h"
#include "harness/load/plan.h"
#include "harness/measure/plain_text.h"
#include "harness/measure/text_file.h"
#include "harness/subjects/inventory_names.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {
namespace {

using input::contains;

/// What the names in a file can stand for, and who is told of those that were taken for others.
struct Known {
  const subjects::Inventory& inventory;
  const input::Tell& tell;
  GivenNumbers& given;
  std::vector<std::string>& of_groups;  ///< Those of the experiment's subjects that only a group names.
  std::vector<std::string> models = subjects::model_names(inventory);
  std::vector<std::string> workloads = subjects::entry_names(inventory.workloads);
  std::vector<std::string> jobs = subjects::entry_names(inventory.jobs);
  std::vector<std::string> measures = subjects::measured_names(inventory);
};

// The keys and ranges that harness/experiment/README.md documents.
const std::vector<std::string> kSpecKeys{"name",      "question",    "subjects", "baseline", "blocks",
                                         "precision", "most_blocks", "seed",     "budget_s", "tables"};
const std::vector<std::string> kTableKeys{"name",         "workload",
                                          "job",          "probe",
                                          "subjects",     "connections",
                                          "pipeline",     "message_bytes",
                                          "request",      "units",
                                          "size",         "load",
                                          "rate_rps",     "ramp_to_rps",
                                          "arrivals",     "churn",
                                          "idle",         "slow_senders",
                                          "slow_readers", "timeout_s",
                                          "window_s",     "warmup_s",
                                          "placement",    "idle_asks",
                                          "share",        "files",
                                          "file_bytes",   "page_cache",
                                          "memory_mib",   "heap_mib",
                                          "rest_s",       "p99_limit_ms",
                                          "think_us",     "session_requests",
                                          "back_end",     "back_end_delay_us",
                                          "pool",         "call_timeout_ms",
                                          "queue",        "jobs",
                                          "acknowledge",  "kill",
                                          "warm_up",      "startup",
                                          "transport"};
/// The others are of workloads alone.
constexpr std::array<std::string_view, 8> kKeysOfAllWork{"name",     "workload", "job",  "probe",
                                                         "subjects", "units",    "size", "placement"};
constexpr std::array<std::string_view, 3> kNotOfProbes{"units", "size", "placement"};
const std::vector<std::string> kPlacements{"apart", "one-cpu"};
const std::vector<std::string> kWarmUps{"steady", "fixed"};
const std::vector<std::string> kTransports{"tcp", "unix"};

constexpr double kCoarsestPrecision = 1;
constexpr std::uint64_t kMostSeed = INT64_MAX;
constexpr std::uint64_t kMostUnits = 1'000'000;
constexpr std::uint64_t kMostSize = 1'000'000'000'000;
constexpr double kLeastTimeoutS = 0.01;
constexpr double kMostTimeoutS = 600;
constexpr double kLeastWindowS = 0.05;
constexpr double kMostWindowS = 3600;
constexpr double kMostWarmupS = 600;
constexpr double kMostBudgetS = 7 * 24 * 3600;

std::optional<std::uint64_t> read_units(const input::TomlSection& section) {
  const std::string expected = "a whole number from 1 to " + std::to_string(kMostUnits) + ", or \"cpus\"";
  if (section.shown("units") == "\"cpus\"") return subjects::kOneUnitPerCpu;
  if (section.shown("units").starts_with('"')) section.fail("units", section.shown("units"), expected);
  return section.whole("units", 1, kMostUnits);
}

// The one thing that the table is about.
void read_work(const input::TomlSection& section, TableSpec& table, const Known& known) {
  const auto workload = section.name("workload", known.workloads);
  const auto job = section.name("job", known.jobs);
  const auto probe = section.name("probe", known.measures);
  const auto queue = section.text("queue", "what a job of the queue does");
  const auto startup = section.name("startup", known.workloads);
  const int given = int{workload.has_value()} + int{job.has_value()} + int{probe.has_value()} + int{queue.has_value()} +
                    int{startup.has_value()};
  if (given != 1) {
    const std::string_view key = given == 0 || !job ? "workload" : "job";
    section.fail(key,
                 given == 0                      ? "neither workload nor job"
                 : given == 2 && workload && job ? "both"
                                                 : "several",
                 "either a workload (" + input::join_names(known.workloads) + ") or a job (" +
                     input::join_names(known.jobs) + ")" +
                     (known.measures.empty() ? "" : " or a probe (" + input::join_names(known.measures) + ")") +
                     " or a queue (wait:exponential:2000, work:100000) or a startup (of a workload's server)");
  }
  table.kind = job       ? journal::TrialKind::job
               : probe   ? journal::TrialKind::probe
               : queue   ? journal::TrialKind::queue
               : startup ? journal::TrialKind::startup
                         : journal::TrialKind::served;
  table.work = job ? *job : probe ? *probe : queue ? *queue : startup ? *startup : *workload;
}

// The table's own subjects, of the experiment's; where that names none, any. Returns those that only a group names,
// which are looked at when all of the table is known.
std::vector<std::string> read_table_subjects(const input::TomlSection& section, TableSpec& table, const Spec& spec,
                                             const Known& known) {
  const auto meaning = [&](const std::string& word) {
    return spec.subjects.empty() ? resolve_subject(word, {&table, 1}, known.inventory, known.tell)
                                 : input::resolve_name(word, spec.subjects, known.tell);
  };
  const std::vector<std::string>& valid = spec.subjects.empty() ? known.models : spec.subjects;
  const auto own = read_subject_list(section, {known.inventory, known.tell, valid, meaning, spec.subjects});
  if (own) table.subjects = own->names;
  // Models have no place there, so that the table's subjects are known.
  if (table.kind == journal::TrialKind::probe && table.subjects.empty() && spec.subjects.empty()) {
    table.subjects = subjects::probes_that_measure(known.inventory, table.work);
  }
  if (table.is_queue() && table.subjects.empty() && spec.subjects.empty()) {
    table.subjects = subjects::names_of_workers(known.inventory);
  }
  const std::vector<std::string>& all = table.subjects.empty() ? valid : table.subjects;
  const std::vector<std::string> of_groups = own ? own->of_groups : known.of_groups;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto misplaced = why_not_in_table(table, all[i], known.inventory);
    if (!misplaced || contains(of_groups, all[i])) continue;
    if (!own) section.fail("subjects", misplaced->found, misplaced->expected);
    section.fail_element("subjects", own->words[i], misplaced->found, misplaced->expected);
  }
  return of_groups;
}

// The work of the tables that have the experiment's subjects, which decides what those can be. What is wrong with a
// table is told in its turn.
std::vector<TableSpec> read_works(const input::TomlSection& section, const Known& known) try {
  std::vector<TableSpec> tables;
  for (const input::TomlSection& one : section.sections("tables").value_or(std::vector<input::TomlSection>())) {
    if (one.has("subjects")) continue;
    read_work(one, tables.emplace_back(), known);
  }
  return tables;
} catch (const input::InputError&) {
  return {};
}

TableSpec read_table(const input::TomlSection& section, const Spec& spec, const Known& known) {
  section.require_known(kTableKeys);
  TableSpec table;
  read_work(section, table, known);
  table.name = input::read_name(section).value_or(table.is_queue()     ? "queue"
                                                  : table.is_startup() ? "startup"
                                                                       : table.work);
  if (table.is_queue()) {
    read_queue_section(section, table);
    table.units = subjects::kOneUnitPerCpu;
  } else {
    refuse_queue_keys(section);
  }
  if (table.is_startup()) {
    read_startup_section(section, table);
  } else if (!table.has_load()) {
    for (const std::string& key : kTableKeys) {
      if (section.has(key) && !std::ranges::count(kKeysOfAllWork, key))
        section.fail(key, section.shown(key), "it only beside a workload; a job has units and size");
    }
    for (const std::string_view key : kNotOfProbes) {
      if (table.kind == journal::TrialKind::probe && section.has(key)) {
        section.fail(key, section.shown(key), "it only beside a workload or a job; a probe has settings");
      }
    }
    if (table.kind != journal::TrialKind::probe) table.units = subjects::kOneUnitPerCpu;
  } else if (table.is_served()) {
    if (section.has("size")) section.fail("size", section.shown("size"), "it only beside a job");
    if (section.has("message_bytes") && table.work != "echo") {
      section.fail("message_bytes", section.shown("message_bytes"), "it only beside workload \"echo\"");
    }
  }
  const std::vector<std::string> of_groups = read_table_subjects(section, table, spec, known);
  if (section.has("units")) table.units = read_units(section);
  for (const std::string& subject : subjects_of(spec, table)) {
    if (contains(of_groups, subject)) continue;
    if (const auto expected = expected_units(table, subject, known.inventory)) {
      section.fail("units", section.shown("units"), *expected);
    }
  }
  table.size = section.whole("size", 1, kMostSize).value_or(table.size);
  if (table.is_served()) {
    table.load = read_load(section, table.work);
    table.timeout_s = section.seconds("timeout_s", kLeastTimeoutS, kMostTimeoutS).value_or(table.timeout_s);
    if (section.name("transport", kTransports).value_or("tcp") == "unix") {
      table.transport = journal::Transport::unix_socket;
    }
  }
  if (table.has_servers()) read_memory_section(section, table);
  keep_those_with_a_place(section, spec, table, of_groups, known.inventory);
  expect_heaps(section, table, subjects_of(spec, table), known.inventory);
  table.one_cpu = section.name("placement", kPlacements).value_or("apart") == "one-cpu";
  if (table.is_queue() || table.is_startup()) return table;
  table.window_s = section.seconds("window_s", kLeastWindowS, kMostWindowS).value_or(table.window_s);
  table.warmup_s = section.seconds("warmup_s", 0, kMostWarmupS).value_or(table.warmup_s);
  const bool varies = table.is_served() && load::has_several_kinds(table.work, table.load.request);
  table.fixed_warm_up = section.name("warm_up", kWarmUps).value_or(varies ? "fixed" : "steady") == "fixed";
  if (table.is_served()) {
    read_files_section(section, table);
    read_back_end_section(section, table, known.inventory);
  }
  return table;
}

// The table, or one for each value of its list.
std::vector<TableSpec> read_tables(const input::TomlSection& section, const Spec& spec, const Known& known) {
  std::vector<TableSpec> tables;
  for (const SectionAtPoint& at : points_of(known.given.apply(section))) {
    TableSpec& table = tables.emplace_back(read_table(at.section, spec, known));
    table.point = at.point;
    if (table.point) table.point->sweep = table.name;
    table.name += at.suffix;
  }
  return tables;
}

// A sweep has a table of all its points too.
std::vector<std::string> names_in_report(const std::vector<TableSpec>& tables) {
  std::vector<std::string> names;
  if (tables.front().point) names.push_back(tables.front().point->sweep);
  for (const TableSpec& table : tables) names.push_back(table.name);
  return names;
}

// Where the experiment names no subjects: those of its tables; of a table that names none either, all models.
void take_subjects_of_tables(Spec& spec, const Known& known) {
  if (!spec.subjects.empty()) return;
  for (const TableSpec& table : spec.tables) {
    for (const std::string& subject : table.subjects.empty() ? known.models : table.subjects) {
      if (!contains(spec.subjects, subject)) spec.subjects.push_back(subject);
    }
  }
  for (TableSpec& table : spec.tables) {
    if (table.subjects.empty() && spec.subjects != known.models) table.subjects = known.models;
  }
}

Spec read_section(const input::TomlSection& section, const Known& known) {
  section.require_known(kSpecKeys);
  Spec spec;
  const auto name = input::read_name(section);
  if (!name) section.fail("name", "nothing", "the name of the experiment");
  spec.name = *name;
  spec.question = measure::plain_text(section.text("question", "a text").value_or(""));
  const std::vector<TableSpec> works = read_works(section, known);
  const auto meaning = [&](const std::string& word) {
    return resolve_subject(word, works, known.inventory, known.tell);
  };
  const std::vector<std::string> any;
  if (auto list = read_subject_list(section, {known.inventory, known.tell, known.models, meaning, any})) {
    spec.subjects = std::move(list->names);
    known.of_groups = std::move(list->of_groups);
  }
  const auto read_baseline = [&] {
    return section.name("baseline", spec.subjects).value_or(spec.subjects.empty() ? "" : spec.subjects.front());
  };
  if (!spec.subjects.empty()) spec.baseline = read_baseline();
  spec.blocks = section.whole("blocks", 1, kMostBlocks).value_or(spec.blocks);
  spec.precision = section.number("precision", kFinestPrecision, kCoarsestPrecision, "a share of the ratio");
  if (section.has("most_blocks") && !spec.precision) {
    section.fail("most_blocks", section.shown("most_blocks"), "it only beside precision");
  }
  spec.most_blocks =
      section.whole("most_blocks", spec.blocks, kMostBlocks).value_or(std::max(spec.blocks, spec.most_blocks));
  spec.seed = section.whole("seed", 0, kMostSeed).value_or(spec.seed);
  spec.budget_s = section.seconds("budget_s", 1, kMostBudgetS);
  const auto sections = section.sections("tables");
  if (!sections) section.fail("tables", "nothing", "one [[tables]] or more");
  std::vector<std::string> taken;
  for (const input::TomlSection& one : *sections) {
    std::vector<TableSpec> tables = read_tables(one, spec, known);
    for (const std::string& table_name : names_in_report(tables)) {
      if (contains(taken, table_name)) {
        one.fail("name", measure::in_quotes(table_name) + " twice", "a name of its own for each table");
      }
      taken.push_back(table_name);
    }
    std::ranges::move(tables, std::back_inserter(spec.tables));
  }
  known.given.expect_all_taken();
  keep_those_in_tables(spec, known.of_groups);
  take_subjects_of_tables(spec, known);
  spec.baseline = read_baseline();
  return spec;
}

}  // namespace

const std::vector<std::string>& subjects_of(const Spec& spec, const TableSpec& table) {
  return table.subjects.empty() ? spec.subjects : table.subjects;
}

const std::string& baseline_of(const Spec& spec, const TableSpec& table) {
  const std::vector<std::string>& subjects = subjects_of(spec, table);
  return subjects.empty() || contains(subjects, spec.baseline) ? spec.baseline : subjects.front();
}

std::uint64_t most_blocks(const Spec& spec) {
  return spec.precision ? std::max(spec.blocks, spec.most_blocks) : spec.blocks;
}

Spec parse_spec(std::string_view text, std::string_view file, const subjects::Inventory& inventory,
                const input::Tell& tell, std::span<const std::string> set) {
  const toml::table table = input::parse_toml(text, file);
  GivenNumbers given(set);
  std::vector<std::string> of_groups;
  Spec spec = read_section(input::TomlSection(table, file, "", tell), {inventory, tell, given, of_groups});
  for (const subjects::Subject& subject : inventory.subjects) {
    if (!subject.foreign || (subject.foreign->warmup_s <= 0 && subject.foreign->warmup_limit_s <= 0)) continue;
    spec.own_warm_ups[subject.name] = {subject.foreign->warmup_s, subject.foreign->warmup_limit_s > 0};
  }
  return spec;
}

Spec read_spec(const std::filesystem::path& file, const subjects::Inventory& inventory, const input::Tell& tell,
               std::span<const std::string> set) {
  const std::optional<std::string> text = measure::read_text(file);
  if (!text || text->empty()) {
    throw input::InputError(file.string() + ": cannot be read: " +
                            (text ? std::string("it is empty") : std::generic_category().message(errno)));
  }
  return parse_spec(*text, file.string(), inventory, tell, set);
}

}  // namespace bakeoff::experiment
