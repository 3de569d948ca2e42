#include "harness/report/scaling_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "harness/stats/compare.h"
#include "harness/stats/usl.h"
#include "workloads/catalogue.h"

namespace bakeoff::report {
namespace {

constexpr std::string_view kUnits = ":units=";
/// Below, a curve has more coefficients than it could show.
constexpr std::size_t kMinCurvePoints = 3;
constexpr double kPercent = 100;

struct SizedRow {
  std::size_t units = 0;
  const GridRow* row = nullptr;
};

/// Subjects that are the same but for their units, in the order of those.
struct Family {
  std::string name;  ///< Without the units.
  std::vector<SizedRow> sized_rows;
};

std::vector<Family> families_of(const Grid& grid) {
  std::vector<Family> families;
  for (const GridRow& row : grid.rows) {
    const auto at = row.subject.find(kUnits);
    if (at == std::string::npos) continue;
    const char* const digits = row.subject.data() + at + kUnits.size();
    std::size_t units = 0;
    const auto end = std::from_chars(digits, row.subject.data() + row.subject.size(), units).ptr;
    const std::string name = row.subject.substr(0, at) + std::string(end);
    auto family = std::ranges::find(families, name, &Family::name);
    if (family == families.end()) family = families.insert(families.end(), {name, {}});
    family->sized_rows.push_back({units, &row});
  }
  for (Family& family : families) std::ranges::sort(family.sized_rows, {}, &SizedRow::units);
  return families;
}

/// A speed-up against one unit, with what is known of it.
struct Measured {
  stats::ScalingPoint point;
  std::optional<stats::Interval> interval;
};

std::string speedup_text(double speedup, const std::optional<stats::Interval>& interval) {
  return interval ? fmt::format("{:.2f} [{:.2f}, {:.2f}]", speedup, interval->low, interval->high)
                  : fmt::format("{:.2f}", speedup);
}

/// The serial share that one point stands for: where its speed-up is known to lie somewhere, so is the share.
std::string share_of_one(const Measured& measured) {
  const auto share = [&](double speedup) {
    const auto amdahl = stats::fit_amdahl(std::vector{stats::ScalingPoint{measured.point.processors, speedup}});
    return std::min(amdahl->sigma, 1.) * kPercent;  // Slower than one unit is no smaller a share than all of it.
  };
  std::string text = fmt::format("{:.1f} %", share(measured.point.speedup));
  if (const auto& interval = measured.interval) {
    text += fmt::format(" [{:.1f}, {:.1f}]", share(interval->high), share(interval->low));
  }
  return text;
}

/// What the laws say of the points, of which the last has the most processors. "" where they say nothing.
std::string laws(const std::vector<Measured>& measured, std::size_t cpus) {
  std::vector<stats::ScalingPoint> points;
  for (const Measured& one : measured) points.push_back(one.point);
  if (points.empty()) return "";  // More units than CPUs, all of them.
  const double most = points.back().processors;
  const bool curve = points.size() >= kMinCurvePoints;
  const auto amdahl = stats::fit_amdahl(curve ? points : std::vector{points.back()});
  if (!amdahl) return "";
  const std::string where = curve ? fmt::format("; up to {} units on {} CPUs", most, cpus)
                                  : fmt::format("; with {} units on {} CPUs", most, cpus);
  if (amdahl->sigma >= 1) return where + " no faster than one";
  std::string told = where + " Amdahl's law gives a serial share of " +
                     (curve ? fmt::format("{:.1f} %", amdahl->sigma * kPercent) : share_of_one(measured.back()));
  if (const auto usl = curve ? stats::fit_scalability(points) : std::nullopt) {
    told += fmt::format(", the Universal Scalability Law sigma {:.3g}, kappa {:.3g}", usl->sigma, usl->kappa);
  }
  return told;
}

std::string note_of(const Family& family, const Figure& elapsed, std::size_t cpus, bool repeats_work) {
  std::vector<Measured> points;
  std::vector<std::string> speedups, units;
  const stats::Series one = figure_series(*family.sized_rows.front().row, elapsed).valid;
  for (const SizedRow& sized_row : family.sized_rows) {
    const auto ratio = stats::compare(one, figure_series(*sized_row.row, elapsed).valid);
    if (!ratio) continue;
    const double work = repeats_work ? static_cast<double>(sized_row.units) : 1;
    const double speedup = sized_row.units == 1 ? 1 : work * ratio->median;
    auto interval = ratio->interval;
    if (interval) *interval = {work * interval->low, work * interval->high};
    speedups.push_back(sized_row.units == 1 ? "1" : speedup_text(speedup, interval));
    units.push_back(std::to_string(sized_row.units));
    if (sized_row.units <= cpus && !repeats_work) {
      points.push_back({{static_cast<double>(sized_row.units), speedup}, interval});
    }
  }
  if (speedups.size() < 2 || units.front() != "1") return "";
  return fmt::format("{}: speed-up {}{} at {} units against one{}", family.name, repeats_work ? "in work " : "",
                     fmt::join(speedups, ", "), fmt::join(units, ", "), laws(points, cpus));
}

}  // namespace

std::vector<std::string> scaling_notes(const Grid& grid) {
  const journal::Trial* example = example_trial(grid);
  const workloads::JobEntry* job = example != nullptr && grid.is_job ? workloads::find_job(example->workload) : nullptr;
  const auto elapsed = std::ranges::find(grid.figures, "elapsed_ms", &Figure::key);
  if (job == nullptr || !(job->divides_work || job->repeats_work) || elapsed == grid.figures.end()) return {};
  std::vector<std::string> notes;
  for (const Family& family : families_of(grid)) {
    if (family.sized_rows.front().units != 1) continue;
    const std::string note = note_of(family, *elapsed, example->subject_cpus.size(), job->repeats_work);
    if (!note.empty()) notes.push_back(note);
  }
  return notes;
}

}  // namespace bakeoff::report
