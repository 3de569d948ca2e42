#include "harness/experiment/sweep_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"
#include "harness/measure/plain_text.h"

namespace bakeoff::experiment {
namespace {

/// A key that may be a list, and the tables that have it.
struct SweepKey {
  std::string_view name;
  bool of_workloads = true, of_jobs = false, of_queues = false;
};
constexpr std::array kSweepKeys{SweepKey{"connections"},
                                SweepKey{"pipeline"},
                                SweepKey{"message_bytes"},
                                SweepKey{.name = "rate_rps", .of_queues = true},
                                SweepKey{"idle"},
                                SweepKey{"slow_senders"},
                                SweepKey{"slow_readers"},
                                SweepKey{"share"},
                                SweepKey{"memory_mib"},
                                SweepKey{"heap_mib"},
                                SweepKey{"pool"},
                                SweepKey{"back_end_delay_us"},
                                SweepKey{.name = "units", .of_jobs = true, .of_queues = true},
                                SweepKey{.name = "jobs", .of_workloads = false, .of_queues = true},
                                SweepKey{.name = "size", .of_workloads = false, .of_jobs = true}};
/// Those that `--set` may give besides.
constexpr std::array kOtherNumbers{SweepKey{"window_s"}, SweepKey{"warmup_s"}, SweepKey{"timeout_s"}};

std::vector<std::string> numbers() {
  std::vector<std::string> names;
  for (const SweepKey& key : kSweepKeys) names.emplace_back(key.name);
  for (const SweepKey& key : kOtherNumbers) names.emplace_back(key.name);
  return names;
}

const SweepKey* find_number(std::string_view name) {
  for (const SweepKey& key : kSweepKeys) {
    if (key.name == name) return &key;
  }
  for (const SweepKey& key : kOtherNumbers) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

/// 16, 0.02: as part of a table's name.
std::string in_name(double value) {
  return fmt::format("{:.10g}", value);
}

bool takes(const input::TomlSection& table, const SweepKey& key) {
  if (table.has("workload")) return key.of_workloads;
  if (table.has("queue")) return key.of_queues;
  return table.has("job") && key.of_jobs;
}

[[noreturn]] void refuse_setting(const std::string& found, const std::string& expected) {
  throw input::InputError("--set: found " + found + ", expected " + expected);
}

}  // namespace

std::vector<SectionAtPoint> points_of(const input::TomlSection& section) {
  std::string key;
  for (const SweepKey& one : kSweepKeys) {
    const std::string name(one.name);
    if (!section.array_size(name)) continue;
    if (!key.empty()) section.fail(name, "a second list", "one list in a table, and " + key + " is one");
    key = name;
  }
  if (key.empty()) return {{.section = section}};
  const std::size_t values = *section.array_size(key);
  if (values == 0) section.fail(key, "an empty list", "the values of the sweep");
  std::vector<SectionAtPoint> points;
  for (std::size_t i = 0; i < values; ++i) {
    input::TomlSection at = section.with_element(key, i);
    const std::optional<double> value = at.number_if_any(key);
    if (!value) section.fail_element(key, i, at.shown(key), "a number");
    const std::string suffix = "-" + in_name(*value);
    if (std::ranges::find(points, suffix, &SectionAtPoint::suffix) != points.end()) {
      section.fail_element(key, i, at.shown(key) + " twice", "each value once");
    }
    points.push_back(
        {.section = std::move(at), .point = PlaceInSweep{.sweep = "", .key = key, .value = *value}, .suffix = suffix});
  }
  return points;
}

GivenNumbers::GivenNumbers(std::span<const std::string> words) {
  for (const std::string& word : words) {
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string key(word.substr(0, equals));
    if (find_number(key) == nullptr) {
      const std::vector<std::string> known = numbers();
      refuse_setting(measure::in_quotes(key), "one of " + input::join_names(known) + input::did_you_mean(key, known));
    }
    if (std::ranges::find(given_, key, &Given::key) != given_.end()) refuse_setting(key + " twice", "each key once");
    const std::string value = equals == word.size() ? "" : word.substr(equals + 1);
    try {
      given_.push_back({.key = key, .document = toml::parse("value = " + value)});
    } catch (const toml::parse_error&) {
      refuse_setting(measure::in_quotes(word), "KEY=VALUE, with a number or a list of numbers: [1,4,16]");
    }
    const toml::table& document = given_.back().document;
    if (document.size() != 1) refuse_setting(measure::in_quotes(word), "KEY=VALUE, with one value");
  }
}

input::TomlSection GivenNumbers::apply(const input::TomlSection& table) {
  input::TomlSection changed = table;
  for (Given& one : given_) {
    if (!takes(table, *find_number(one.key))) continue;
    one.taken = true;
    changed = changed.with(one.key, *one.document.get("value"), "--set: " + one.key + ": ");
  }
  return changed;
}

void GivenNumbers::expect_all_taken() const {
  for (const Given& one : given_) {
    if (!one.taken) refuse_setting(one.key, "a key that a table of the experiment has");
  }
}

}  // namespace bakeoff::experiment
