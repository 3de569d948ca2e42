#include "harness/report/scaling_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/report/scaling.h"
#include "harness/stats/compare.h"
#include "harness/stats/usl.h"

namespace bakeoff::report {
namespace {

constexpr double kPercent = 100;

std::string speedup_text(double speedup, const std::optional<stats::Interval>& interval) {
  return interval ? fmt::format("{:.2f} [{:.2f}, {:.2f}]", speedup, interval->low, interval->high)
                  : fmt::format("{:.2f}", speedup);
}

/// The serial share that one point stands for: where its speed-up is known to lie somewhere, so is the share.
std::string share_of_one(const Speedup& measured) {
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
std::string laws(const std::vector<Speedup>& measured, std::size_t cpus) {
  std::vector<stats::ScalingPoint> points;
  for (const Speedup& one : measured) points.push_back(one.point);
  if (points.empty()) return "";  // More units than CPUs, all of them.
  const double most = points.back().processors;
  const bool curve = points.size() >= kLeastForCurve;
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

std::string note_of(const ScalingFamily& family) {
  std::vector<std::string> speedups, units;
  for (const Speedup& one : family.valid()) {
    const bool is_one = one.point.processors == 1;
    speedups.push_back(is_one ? "1" : speedup_text(one.point.speedup, one.interval));
    units.push_back(fmt::format("{}", one.point.processors));
  }
  return fmt::format("{}: speed-up {}{} at {} units against one{}", family.name, family.repeats_work ? "in work " : "",
                     fmt::join(speedups, ", "), fmt::join(units, ", "), laws(family.lawful(), family.cpus));
}

}  // namespace

std::vector<std::string> scaling_notes(const Grid& grid) {
  std::vector<std::string> notes;
  for (const ScalingFamily& family : scaling_of(grid)) notes.push_back(note_of(family));
  return notes;
}

}  // namespace bakeoff::report
