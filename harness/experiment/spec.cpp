#include "harness/experiment/spec.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <utility>

#include "harness/experiment/nearest.h"
#include "harness/experiment/toml_section.h"
#include "harness/measure/plain_text.h"
#include "workloads/catalogue.h"

namespace bakeoff {
namespace {

// The keys and ranges that harness/experiment/README.md documents.
const std::vector<std::string> kSpecKeys{"name",      "question",    "subjects", "baseline", "blocks",
                                         "precision", "most_blocks", "seed",     "budget_s", "tables"};
const std::vector<std::string> kTableKeys{
    "name",    "workload",     "job",          "probe",     "subjects", "connections", "pipeline",  "message_bytes",
    "request", "units",        "size",         "load",      "rate_rps", "ramp_to_rps", "arrivals",  "churn",
    "idle",    "slow_senders", "slow_readers", "timeout_s", "window_s", "warmup_s",    "placement", "idle_asks"};
constexpr std::array<std::string_view, 16> kWorkloadOnly{
    "connections", "pipeline", "message_bytes", "request",      "load",      "rate_rps", "ramp_to_rps", "arrivals",
    "churn",       "idle",     "slow_senders",  "slow_readers", "timeout_s", "window_s", "warmup_s",    "idle_asks"};
constexpr std::array<std::string_view, 3> kNotOfProbes{"units", "size", "placement"};
constexpr std::array<std::string_view, 3> kOpenOnly{"rate_rps", "ramp_to_rps", "arrivals"};
const std::vector<std::string> kLoads{"closed", "open"};
const std::vector<std::string> kArrivals{"constant", "poisson"};
const std::vector<std::string> kPlacements{"apart", "one-cpu"};

constexpr double kFinestPrecision = 0.001;
constexpr double kCoarsestPrecision = 1;
constexpr std::uint64_t kMostSeed = INT64_MAX;
constexpr std::uint64_t kMostConnections = 1'000'000;
constexpr std::uint64_t kMostPipeline = 10'000;
constexpr std::uint64_t kMostMessageBytes = 1024 * 1024;
constexpr std::uint64_t kMostUnits = 1'000'000;
constexpr std::uint64_t kMostSize = 1'000'000'000'000;
constexpr std::uint64_t kMostBeside = 1'000'000;
constexpr double kLeastRate = 0.1;
constexpr double kMostRate = 10'000'000;
constexpr double kLeastTimeoutS = 0.01;
constexpr double kMostTimeoutS = 600;
constexpr double kLeastWindowS = 0.05;
constexpr double kMostWindowS = 3600;
constexpr double kMostWarmupS = 600;
constexpr double kMostBudgetS = 7 * 24 * 3600;

bool contains(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<std::uint64_t> read_units(const TomlSection& section) {
  const std::string expected = "a whole number from 1 to " + std::to_string(kMostUnits) + ", or \"cpus\"";
  if (section.shown("units") == "\"cpus\"") return kOneUnitPerCpu;
  if (section.shown("units").starts_with('"')) section.fail("units", section.shown("units"), expected);
  return section.whole("units", 1, kMostUnits);
}

// How requests arrive, and who else is there.
void read_load(const TomlSection& section, TableSpec& table) {
  const bool open = section.name("load", kLoads).value_or("closed") == "open";
  if (open && !section.has("rate_rps")) section.fail("rate_rps", "nothing", "the rate of the open load");
  for (const std::string_view key : kOpenOnly) {
    if (!open && section.has(key)) section.fail(key, section.shown(key), "it only beside load = \"open\"");
  }
  const std::string unit = "a number of requests a second";
  table.rate_rps = section.number("rate_rps", kLeastRate, kMostRate, unit).value_or(0);
  table.ramp_to_rps = section.number("ramp_to_rps", kLeastRate, kMostRate, unit).value_or(0);
  table.poisson = section.name("arrivals", kArrivals).value_or("constant") == "poisson";
  table.churn = section.flag("churn").value_or(false);
  if (table.churn && table.pipeline > 1) {
    section.fail("pipeline", section.shown("pipeline"), "1 beside churn: a connection has one request");
  }
  table.idle = section.whole("idle", 0, kMostBeside).value_or(0);
  table.idle_asks = section.flag("idle_asks").value_or(false);
  if (table.idle_asks && table.idle == 0) section.fail("idle_asks", "true", "it only beside idle");
  table.slow_senders = section.whole("slow_senders", 0, kMostBeside).value_or(0);
  table.slow_readers = section.whole("slow_readers", 0, kMostBeside).value_or(0);
  table.timeout_s = section.seconds("timeout_s", kLeastTimeoutS, kMostTimeoutS).value_or(table.timeout_s);
}

std::optional<Unfit> unfit_name(const std::string& name, const std::vector<std::string>& valid) {
  if (contains(valid, name)) return std::nullopt;
  return Unfit{in_quotes(name), "one of " + join_names(valid) + did_you_mean(name, valid)};
}

std::optional<Unfit> unfit_subject(const std::string& subject, const Names& names) {
  if (contains(names.models, subject) || !names.unfit) return unfit_name(subject, names.models);
  return names.unfit(subject);
}

// A list of subjects, each once; nullopt where there is none. `unfit` says what is wrong with one.
template <typename Unfitness>
std::optional<std::vector<std::string>> read_subjects(const TomlSection& section, const std::vector<std::string>& valid,
                                                      Unfitness unfit_of) {
  const auto subjects = section.texts("subjects", "an array of names of " + join_names(valid));
  if (!subjects) return std::nullopt;
  for (std::size_t i = 0; i < subjects->size(); ++i) {
    const std::string& subject = (*subjects)[i];
    if (const auto unfit = unfit_of(subject)) section.fail_element("subjects", i, unfit->found, unfit->expected);
    if (contains(std::span(*subjects).first(i), subject)) {
      section.fail_element("subjects", i, in_quotes(subject) + " twice", "each subject once");
    }
  }
  return subjects;
}

// The first subject of the table that cannot have its units, and how many it can; nullopt when all can.
struct UnitsFault {
  std::string subject, expected;
};
std::optional<UnitsFault> units_fault(const Spec& spec, const TableSpec& table, const Names& names) {
  if (!table.units || *table.units == kOneUnitPerCpu) return std::nullopt;
  for (const std::string& subject : subjects_of(spec, table)) {
    const auto range = names.units ? names.units(subject) : std::nullopt;
    if (!range) continue;
    const std::uint64_t most = table.is_job() ? range->most_in_job : range->most;
    if (*table.units <= most) continue;
    return UnitsFault{subject, (most == 1 ? "1" : "a whole number from 1 to " + std::to_string(most)) + ": of " +
                                   subject + " they are " +
                                   (table.is_job() ? "those of the executor " + range->executor : range->meaning)};
  }
  return std::nullopt;
}

/// The client side knows what it can ask for.
void check_request(const TomlSection& section, const TableSpec& table) {
  const WorkloadEntry* workload = find_workload(table.workload);
  if (workload == nullptr) return;
  try {
    workload->make_client({.request = table.request});
  } catch (const std::invalid_argument& error) {
    section.fail("request", in_quotes(table.request),
                 "a request that the workload knows (" + std::string(error.what()) + ")");
  }
}

// The one thing that the table is about.
void read_work(const TomlSection& section, TableSpec& table, const Names& names) {
  const auto workload = section.name("workload", names.workloads);
  const auto job = section.name("job", names.jobs);
  const auto probe = section.name("probe", names.measures);
  const int given = int{workload.has_value()} + int{job.has_value()} + int{probe.has_value()};
  if (given != 1) {
    const std::string_view key = given == 0 || !job ? "workload" : "job";
    section.fail(key,
                 given == 0             ? "neither workload nor job"
                 : given == 2 && !probe ? "both"
                                        : "several",
                 "either a workload (" + join_names(names.workloads) + ") or a job (" + join_names(names.jobs) + ")" +
                     (names.measures.empty() ? "" : " or a probe (" + join_names(names.measures) + ")"));
  }
  table.workload = workload.value_or("");
  table.job = job ? *job : probe.value_or("");
  table.is_probe = probe.has_value();
}

std::optional<Unfit> misplaced_in(const TableSpec& table, const std::string& subject, const Names& names) {
  if (!names.misplaced) return std::nullopt;
  return names.misplaced(subject, kind_of(table), table.is_job() ? table.job : table.workload);
}

// Subjects that the command line named, which the tables did not know of.
void require_places(const Spec& spec, const Names& names) {
  for (const TableSpec& table : spec.tables) {
    for (const std::string& subject : subjects_of(spec, table)) {
      if (const auto misplaced = misplaced_in(table, subject, names)) {
        throw SpecError("--subjects: found " + misplaced->found + " for table " + in_quotes(table.name) +
                        ", expected " + misplaced->expected);
      }
    }
  }
}

// The table's own subjects, of the experiment's; where that names none, any.
void read_table_subjects(const TomlSection& section, TableSpec& table, const Spec& spec, const Names& names) {
  const auto unfit = [&](const std::string& subject) {
    return spec.subjects.empty() ? unfit_subject(subject, names) : unfit_name(subject, spec.subjects);
  };
  const std::vector<std::string>& valid = spec.subjects.empty() ? names.models : spec.subjects;
  table.subjects = read_subjects(section, valid, unfit).value_or(table.subjects);
  // Models have no place there, so that the table's subjects are known.
  if (table.is_probe && table.subjects.empty() && spec.subjects.empty() && names.probes) {
    table.subjects = names.probes(table.job);
  }
  const std::vector<std::string>& all = table.subjects.empty() ? valid : table.subjects;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto misplaced = misplaced_in(table, all[i], names);
    if (!misplaced) continue;
    if (table.subjects.empty()) section.fail("subjects", misplaced->found, misplaced->expected);
    section.fail_element("subjects", i, misplaced->found, misplaced->expected);
  }
}

TableSpec read_table(const TomlSection& section, const Spec& spec, const Names& names) {
  section.require_known(kTableKeys);
  TableSpec table;
  read_work(section, table, names);
  table.name = read_name(section).value_or(table.is_job() ? table.job : table.workload);
  if (table.is_job()) {
    for (const std::string_view key : kWorkloadOnly) {
      if (section.has(key))
        section.fail(key, section.shown(key), "it only beside a workload; a job has units and size");
    }
    for (const std::string_view key : kNotOfProbes) {
      if (table.is_probe && section.has(key)) {
        section.fail(key, section.shown(key), "it only beside a workload or a job; a probe has settings");
      }
    }
    if (!table.is_probe) table.units = kOneUnitPerCpu;
  } else {
    if (section.has("size")) section.fail("size", section.shown("size"), "it only beside a job");
    if (section.has("message_bytes") && table.workload != "echo") {
      section.fail("message_bytes", section.shown("message_bytes"), "it only beside workload \"echo\"");
    }
  }
  read_table_subjects(section, table, spec, names);
  if (section.has("units")) table.units = read_units(section);
  if (const auto fault = units_fault(spec, table, names)) {
    section.fail("units", section.shown("units"), fault->expected);
  }
  table.size = section.whole("size", 1, kMostSize).value_or(table.size);
  table.connections = section.whole("connections", 1, kMostConnections).value_or(table.connections);
  table.pipeline = section.whole("pipeline", 1, kMostPipeline).value_or(table.pipeline);
  table.message_bytes = section.whole("message_bytes", 1, kMostMessageBytes).value_or(table.message_bytes);
  table.request = section.text("request", "a text").value_or("");
  if (section.has("request") && !table.is_job()) check_request(section, table);
  if (!table.is_job()) read_load(section, table);
  table.one_cpu = section.name("placement", kPlacements).value_or("apart") == "one-cpu";
  table.window_s = section.seconds("window_s", kLeastWindowS, kMostWindowS).value_or(table.window_s);
  table.warmup_s = section.seconds("warmup_s", 0, kMostWarmupS).value_or(table.warmup_s);
  return table;
}

// Where the experiment names no subjects: those of its tables; of a table that names none either, all models.
void take_subjects_of_tables(Spec& spec, const Names& names) {
  if (!spec.subjects.empty()) return;
  for (const TableSpec& table : spec.tables) {
    for (const std::string& subject : table.subjects.empty() ? names.models : table.subjects) {
      if (!contains(spec.subjects, subject)) spec.subjects.push_back(subject);
    }
  }
  for (TableSpec& table : spec.tables) {
    if (table.subjects.empty() && spec.subjects != names.models) table.subjects = names.models;
  }
}

Spec read_section(const TomlSection& section, const Names& names) {
  section.require_known(kSpecKeys);
  Spec spec;
  const auto name = read_name(section);
  if (!name) section.fail("name", "nothing", "the name of the experiment");
  spec.name = *name;
  spec.question = plain_text(section.text("question", "a text").value_or(""));
  spec.subjects = read_subjects(section, names.models, [&](const std::string& subject) {
                    return unfit_subject(subject, names);
                  }).value_or(spec.subjects);
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
  for (const TomlSection& one : *sections) {
    const TableSpec table = read_table(one, spec, names);
    const bool taken = std::any_of(spec.tables.begin(), spec.tables.end(),
                                   [&](const TableSpec& other) { return other.name == table.name; });
    if (taken) one.fail("name", in_quotes(table.name) + " twice", "a name of its own for each table");
    spec.tables.push_back(table);
  }
  take_subjects_of_tables(spec, names);
  spec.baseline = read_baseline();
  return spec;
}

}  // namespace

void drop_missing_subjects(Spec& spec) {
  std::erase_if(spec.tables, [&](TableSpec& table) {
    if (table.subjects.empty()) return false;
    std::erase_if(table.subjects, [&](const std::string& subject) { return !contains(spec.subjects, subject); });
    return table.subjects.empty();
  });
}

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

Spec parse_spec(std::string_view text, std::string_view file, const Names& names) {
  const toml::table table = parse_toml(text, file);
  return read_section(TomlSection(table, file, ""), names);
}

Spec read_spec(const std::filesystem::path& file, const Names& names) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  // A folder can be opened, but not read.
  if (!stream || !(text << stream.rdbuf())) {
    const int cause = errno;
    throw SpecError(file.string() + ": cannot be read: " +
                    (cause != 0 ? std::generic_category().message(cause) : std::string("it is empty")));
  }
  return parse_spec(text.str(), file.string(), names);
}

Spec narrow(Spec spec, std::span<const std::string> subjects, std::span<const std::string> workloads,
            const Names& names) {
  const auto require = [](std::string_view option, const std::string& word, std::span<const std::string> valid) {
    if (contains(valid, word)) return;
    throw SpecError(std::string(option) + ": found " + in_quotes(word) + ", expected one of " + join_names(valid) +
                    did_you_mean(word, valid));
  };
  if (!subjects.empty()) {
    const std::vector<std::string> had = std::exchange(spec.subjects, {});
    for (const std::string& subject : subjects) {
      if (const auto unfit = unfit_subject(subject, names)) {
        throw SpecError("--subjects: found " + unfit->found + ", expected " + unfit->expected);
      }
      if (!contains(spec.subjects, subject)) spec.subjects.push_back(subject);
    }
    if (!contains(spec.subjects, spec.baseline)) spec.baseline = spec.subjects.front();
    drop_missing_subjects(spec);
    // What the experiment knows nothing of belongs to all of its tables.
    for (TableSpec& table : spec.tables) {
      if (table.subjects.empty()) continue;
      std::copy_if(spec.subjects.begin(), spec.subjects.end(), std::back_inserter(table.subjects),
                   [&](const std::string& subject) { return !contains(had, subject); });
    }
    if (spec.tables.empty()) {
      throw SpecError("--subjects: found " + join_names(subjects) +
                      ", expected one that a table of the experiment has");
    }
    for (const TableSpec& table : spec.tables) {
      if (const auto fault = units_fault(spec, table, names)) {
        throw SpecError("--subjects: found " + in_quotes(fault->subject) + ", which cannot have the " +
                        std::to_string(*table.units) + " units of table " + in_quotes(table.name) + ", expected " +
                        fault->expected);
      }
    }
  }
  if (!workloads.empty()) {
    const auto kind = [](const TableSpec& table) { return table.is_job() ? table.job : table.workload; };
    std::vector<std::string> present;
    for (const TableSpec& table : spec.tables) {
      if (!contains(present, kind(table))) present.push_back(kind(table));
    }
    for (const std::string& workload : workloads) require("--workloads", workload, present);
    std::erase_if(spec.tables, [&](const TableSpec& table) { return !contains(workloads, kind(table)); });
  }
  if (!subjects.empty()) require_places(spec, names);
  return spec;
}

}  // namespace bakeoff
