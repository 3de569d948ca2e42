#include "harness/commands/dry_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/commands/progress.h"
#include "harness/report/caption.h"
#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"
#include "harness/subjects/subject.h"

namespace bakeoff::commands {
namespace {

using Json = nlohmann::ordered_json;

std::string blocks_in_words(const experiment::Spec& spec) {
  if (spec.precision) return fmt::format("{} to {} blocks", spec.blocks, experiment::most_blocks(spec));
  return fmt::format("{} block{}", spec.blocks, spec.blocks == 1 ? "" : "s");
}

std::string subjects_in_words(const experiment::Spec& spec, const std::vector<std::string>& subjects,
                              const std::string& baseline) {
  std::string text;
  for (const std::string& subject : subjects) {
    text += (text.empty() ? "" : ", ") + subject + (subject == baseline && !spec.against ? " (baseline)" : "");
  }
  return text + (spec.against ? ", each of this build and of the other" : "");
}

/// The first trial of a table.
const experiment::PlannedTrial* first_of(const experiment::Plan& plan, std::size_t table) {
  const auto found = std::find_if(plan.trials.begin(), plan.trials.end(),
                                  [&](const experiment::PlannedTrial& trial) { return trial.table == table; });
  return found == plan.trials.end() ? nullptr : &*found;
}

std::string setting(const experiment::Plan& plan, std::size_t table) {
  const experiment::PlannedTrial* first = first_of(plan, table);
  if (first == nullptr) return plan.spec.tables[table].name;
  const experiment::TableSpec& spec = plan.spec.tables[table];
  std::string text = report::setting_in_words(experiment::planned_row(plan, *first));
  if (spec.units == subjects::kOneUnitPerCpu) text += " · one unit per CPU";
  if (spec.is_served()) {
    text += fmt::format(" · {} measured after {} of warm-up", report::format_seconds(spec.window_s),
                        report::format_seconds(spec.warmup_s));
  }
  return text;
}

std::string as_text(const experiment::Plan& plan) {
  const experiment::Spec& spec = plan.spec;
  std::string text = spec.name + (spec.question.empty() ? "" : ": " + spec.question) + "\n";
  text += "subjects: " + subjects_in_words(spec, spec.subjects, spec.baseline) + "\n";
  text += fmt::format("seed {}; {}\n\n", spec.seed, length_in_words(spec));
  for (std::size_t table = 0; table < spec.tables.size(); ++table) {
    const experiment::TableSpec& one = spec.tables[table];
    const double each =
        experiment::estimate_s(spec, one) * static_cast<double>(experiment::trials_per_block(spec, one));
    text += fmt::format("{}\n  {}, about {} each\n", setting(plan, table), blocks_in_words(spec),
                        report::format_seconds(each));
    if (!one.subjects.empty()) {
      text += "  subjects: " + subjects_in_words(spec, one.subjects, experiment::baseline_of(spec, one)) + "\n";
    }
    for (const experiment::PlannedTrial& trial : plan.trials) {
      if (trial.table != table) continue;
      const bool first = trial.order == 0;
      text += first ? fmt::format("  block {:<3} {}", trial.block + 1, trial.subject) : ", " + trial.subject;
      if (static_cast<std::size_t>(trial.order) + 1 == experiment::trials_per_block(spec, one)) text += "\n";
    }
    text += "\n";
  }
  return text;
}

std::string as_json(const experiment::Plan& plan) {
  const experiment::Spec& spec = plan.spec;
  Json json = {{"experiment", spec.name}, {"seed", spec.seed}, {"blocks", spec.blocks}};
  if (spec.precision) {
    json["precision"] = *spec.precision;
    json["most_blocks"] = experiment::most_blocks(spec);
  }
  if (spec.budget_s) json["budget_s"] = *spec.budget_s;
  json["estimate_s"] = experiment::estimate_s(spec, spec.blocks);
  json["trials"] = Json::array();
  for (const experiment::PlannedTrial& trial : plan.trials) {
    json["trials"].push_back({{"trial_id", trial.trial_id},
                              {"table", spec.tables[trial.table].name},
                              {"block", trial.block},
                              {"order", trial.order},
                              {"subject", trial.subject},
                              {"seed", trial.seed},
                              {"estimate_s", experiment::estimate_s(spec, spec.tables[trial.table])}});
  }
  return json.dump(2) + "\n";
}

}  // namespace

std::string length_in_words(const experiment::Spec& spec) {
  std::size_t a_block = 0;
  for (const experiment::TableSpec& table : spec.tables) a_block += experiment::trials_per_block(spec, table);
  const std::size_t least = spec.blocks * a_block;
  const std::size_t most = experiment::most_blocks(spec) * a_block;
  const bool some_have_fewer = std::any_of(spec.tables.begin(), spec.tables.end(),
                                           [](const experiment::TableSpec& table) { return !table.subjects.empty(); });
  const auto counted = [](std::size_t count, const char* noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
  };
  std::string text = fmt::format("{} x {} x {}{}{}", counted(spec.tables.size(), "table"), blocks_in_words(spec),
                                 some_have_fewer ? "at most " : "", counted(spec.subjects.size(), "subject"),
                                 spec.against ? " x 2 builds" : "");
  if (spec.precision) text += fmt::format(", until every ratio is known to ±{}", report::format_share(*spec.precision));
  text += ": ";
  const std::string shortest = format_clock(experiment::estimate_s(spec, spec.blocks));
  if (most > least) {
    text += fmt::format("{} to {} trials, about {} to {}", least, most, shortest,
                        format_clock(experiment::estimate_s(spec, experiment::most_blocks(spec))));
  } else {
    text += fmt::format("{} trials, about {}", least, shortest);
  }
  if (spec.budget_s) text += fmt::format(", no new block after {} (budget)", format_clock(*spec.budget_s));
  return text;
}

std::string rough_time(double seconds) {
  constexpr double kLongestInSeconds = 90, kSecondsPerMinute = 60;
  constexpr long kMinutesPerHour = 60;
  if (seconds < kLongestInSeconds) return fmt::format("{:.0f} s", seconds);
  const long minutes = std::lround(seconds / kSecondsPerMinute);
  if (minutes < kMinutesPerHour) return fmt::format("{} min", minutes);
  const std::string hours = fmt::format("{} h", minutes / kMinutesPerHour);
  return minutes % kMinutesPerHour == 0 ? hours : fmt::format("{} {} min", hours, minutes % kMinutesPerHour);
}

std::string plan_in_words(const experiment::Plan& plan, const std::string& format, std::size_t width) {
  constexpr std::size_t kIndent = 4;
  if (format == "json") return as_json(plan);
  std::string text;
  std::istringstream lines(as_text(plan));
  for (std::string line; std::getline(lines, line);) text += report::wrapped_text(line, width, kIndent);
  return text;
}

}  // namespace bakeoff::commands
