#include "harness/report/named_figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "harness/validity/validity.h"

namespace bakeoff::report {
namespace {

constexpr std::string_view kYesOrNoEnding = "_yes_or_no";

struct UnitWord {
  std::string_view ending;  ///< The last part of the name.
  std::string_view shown;
  bool takes_time = true;  ///< What others take of the CPUs changes it; memory is what it is.
  bool more_is_better = false;
};
constexpr std::array kUnitWords{
    UnitWord{"_ns", "ns"},
    UnitWord{"_us", "us"},
    UnitWord{"_ms", "ms"},
    UnitWord{"_kib", "KiB", false},
    UnitWord{"_mib", "MiB", false},
    UnitWord{"_percent", "%"},
    UnitWord{"_us_per_s", "us/s"},
    UnitWord{"_per_s", "/s", true, true},
    UnitWord{"_s", "s"},
    UnitWord{kYesOrNoEnding, "", false},
};

/// "idle pss": "idle PSS", as other tables have it.
void write_as_elsewhere(std::string& title) {
  for (const auto& [word, written] : {std::pair<std::string, std::string>{"pss", "PSS"}, {"cpu", "CPU"}}) {
    const auto at = title.find(word);
    const auto ends_at = at == std::string::npos ? at : at + word.size();
    if (at == std::string::npos || (at > 0 && title[at - 1] != ' ')) continue;
    if (ends_at == title.size() || title[ends_at] == ' ') title.replace(at, word.size(), written);
  }
}

/// "create_and_join_ns": "create and join ns".
Figure figure_named(const std::string& name, bool probe) {
  Figure figure;
  figure.key = figure.title = name;
  const auto unit = std::ranges::find_if(kUnitWords, [&](const UnitWord& word) { return name.ends_with(word.ending); });
  if (unit != kUnitWords.end()) {
    figure.unit = unit->shown;
    figure.more_is_better = unit->more_is_better;
    // A job's figures are times of the whole; a probe's are medians of many, which a short disturbance does not move.
    if (unit->takes_time) figure.metric = probe ? validity::metric::kCpu : validity::metric::kElapsed;
    figure.title = name.substr(0, name.size() - unit->ending.size());
  }
  std::ranges::replace(figure.title, '_', ' ');
  write_as_elsewhere(figure.title);
  if (!figure.unit.empty()) figure.title += " " + figure.unit;
  figure.yes_or_no = name.ends_with(kYesOrNoEnding);
  if (name.ends_with("speedup")) figure.more_is_better = true;
  // A quotient of two times.
  if (name == "speedup") figure.metric = probe ? validity::metric::kCpu : validity::metric::kElapsed;
  // What was lost was lost, whoever else ran.
  if (name == "lost_percent") figure.metric.clear();
  // A race that is missed and a race that is not there are both no report.
  figure.neither_is_better = name == "races_reported";
  // A share of CPU time, which other programs on the CPUs do not change.
  if (name == "overhead_percent") figure.metric = validity::metric::kCpu;
  // As it stands in tables of jobs that do not say themselves what their units took.
  if (name == "cpu_ms") {
    figure.title = "CPU ms";
    figure.metric = validity::metric::kCpu;
  }
  figure.extract = [name](const journal::Trial& trial) -> std::optional<double> {
    if (!trial.job) return std::nullopt;
    const auto found = std::ranges::find(trial.job->figures, name, &journal::JobFigure::name);
    return found == trial.job->figures.end() ? std::nullopt : std::optional(found->value);
  };
  return figure;
}

/// A name without a unit is that of a count or of a ratio, and so the values have to tell.
bool is_count(const Figure& figure, std::span<const journal::Trial* const> trials) {
  if (!figure.unit.empty() || figure.key.find("_per_") != std::string::npos || figure.key.ends_with("speedup")) {
    return false;
  }
  return std::ranges::all_of(trials, [&](const journal::Trial* trial) {
    const std::optional<double> value = figure.extract(*trial);
    return !value || *value == std::round(*value);
  });
}

}  // namespace

std::vector<Figure> named_figures(std::span<const journal::Trial* const> trials) {
  std::vector<Figure> figures;
  for (const journal::Trial* trial : trials) {
    if (!trial->job) continue;
    for (const journal::JobFigure& one : trial->job->figures) {
      if (std::ranges::find(figures, one.name, &Figure::key) != figures.end()) continue;
      figures.push_back(figure_named(one.name, trial->params.kind == journal::TrialKind::probe));
    }
  }
  for (Figure& figure : figures) figure.whole = is_count(figure, trials);
  return figures;
}

}  // namespace bakeoff::report
