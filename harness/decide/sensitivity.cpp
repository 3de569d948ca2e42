#include "harness/decide/sensitivity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "harness/input/resolve_name.h"
#include "harness/load/slo.h"
#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"

namespace bakeoff::decide {
namespace {

using Names = std::vector<std::string>;

/// Why a candidate of the choice is none there.
std::string what_happened(const Assessment& one, const std::string& cheapest) {
  if (const Names missed = missed_limits(one); !missed.empty()) {
    return fmt::format("it misses: {}{}", report::listed(missed), busy_in_words(one));
  }
  if (one.dominated) {
    return in_words(*one.dominated);
  }
  if (!one.to_cheapest) return "not decided";
  return fmt::format("it has {} times the {} of {}", in_words(*one.to_cheapest), kCpuPerRequest, cheapest);
}

bool is_undecided(const Verdict& there, const std::string& name) {
  const Assessment* one = there.find(name);
  return one == nullptr || one->standing == Standing::unknown;
}

VariedPoint point_of(const Variation& variation, const Verdict& there, const Names& decided) {
  VariedPoint point{.value = variation.value, .factor = variation.factor, .choice = there.with(Standing::choice)};
  Names left, lost, undecided;
  for (const std::string& name : decided) {
    const bool open = is_undecided(there, name);
    (input::contains(point.choice, name) ? left : open ? undecided : lost).push_back(name);
  }
  if (left.empty() && !undecided.empty()) {
    point.words = fmt::format("it was not decided whether the limits are kept by {}", report::listed(undecided));
    return point;
  }
  point.effect = left.empty() ? Effect::turned : lost.empty() ? Effect::same : Effect::narrower;
  point.words =
      point.choice.empty() ? "no candidate keeps the limits" : "the choice is " + report::listed(point.choice);
  for (const std::string& name : lost) {
    if (point.choice.empty()) break;  // What each of them misses is told by the table of that value.
    point.dropped.push_back({name, what_happened(*there.find(name), there.cheapest)});
    point.words += fmt::format("; {}: {}", name, point.dropped.back().why);
  }
  if (!undecided.empty()) point.words += fmt::format("; {}: not decided", report::listed(undecided));
  return point;
}

std::string value_here(const Profile& profile, const std::string& subject) {
  if (subject == "the wait") return load::time_text(class_of(profile.mix, RequestKind::wait)->time_us);
  if (subject == "the share of work") {
    return fmt::format("{:.3g} %", class_of(profile.mix, RequestKind::work)->share * 100);
  }
  if (subject == "the connections") return fmt::format("{}", profile.connections);
  if (subject == "the back end's delay") return load::time_text(profile.back_end_delay_us);
  return load::rate_text(profile.rate_rps);
}

Sensitivity sensitivity_of(std::span<const journal::Trial> rows, const std::vector<Variation>& variations,
                           const std::string& subject, const Names& decided, const Profile& profile) {
  Sensitivity result{.subject = subject, .here = value_here(profile, subject), .points = {}};
  for (const Variation& one : variations) {
    if (one.subject != subject) continue;
    const Verdict there = assess(rows, one.table, one.profile);
    if (there.assessments.empty()) continue;  // Measured with fewer points.
    result.together = result.together && (there.comparisons < 2 || there.level != 0);
    result.points.push_back(point_of(one, there, decided));
  }
  return result;
}

/// From the lowest to the highest point around the profile's own at which nothing turned: "from 1.25 ms to 20 ms"; ""
/// where the profile's own is the only one.
std::string range_of(const Sensitivity& of) {
  std::vector<std::pair<double, std::string>> values{{1, of.here}};
  for (const VariedPoint& point : of.points) {
    const bool holds = point.effect == Effect::same || point.effect == Effect::narrower;
    if (holds) values.emplace_back(point.factor, point.value);
  }
  if (values.size() == 1) return "";
  std::ranges::sort(values);
  return fmt::format("from {} to {}", values.front().second, values.back().second);
}

/// A figure of the profile itself that a limit could be put on.
struct LimitedFigure {
  std::string subject;
  Estimate Assessment::*figure;
  const char* unit;
  const char *has, *would_have;  ///< What one does with so much: "needs", "would do with".
};

std::optional<Sensitivity> below_limit(const Verdict& decided, const LimitedFigure& of) {
  const auto lower = [&](const Assessment& one, const Assessment* other) {
    return other == nullptr || *(one.*of.figure).median < *(other->*of.figure).median;
  };
  const Assessment* least = nullptr;
  for (const std::string& name : decided.with(Standing::choice)) {
    const Assessment& one = *decided.find(name);
    if ((one.*of.figure).interval && lower(one, least)) least = &one;
  }
  if (least == nullptr) return std::nullopt;
  const Assessment* other = nullptr;
  for (const Assessment& one : decided.assessments) {
    const bool fits = one.keeps == Answer::yes && (one.*of.figure).interval &&
                      (one.*of.figure).interval->high < (least->*of.figure).interval->low;
    if (fits && lower(one, other)) other = &one;
  }
  const std::string amount = in_words(least->*of.figure, of.unit);
  VariedPoint point{.value = "a limit below " + amount, .factor = 0, .effect = Effect::turned};
  point.words = fmt::format("{} {} that, the least of the choice", least->subject, of.has);
  point.words +=
      other == nullptr
          ? fmt::format(", and nobody was shown to {} less", of.unit == std::string_view("MiB") ? "need" : "have")
          : fmt::format("; {} {} {}", other->subject, of.would_have, in_words(other->*of.figure, of.unit));
  return Sensitivity{.subject = of.subject, .here = "", .points = {std::move(point)}};
}

}  // namespace

std::vector<Sensitivity> sensitivities(std::span<const journal::Trial> rows, const Phase& phase, const Verdict& decided,
                                       const Profile& profile) {
  std::vector<Sensitivity> all;
  for (const Variation& one : phase.variations) {
    if (std::ranges::find(all, one.subject, &Sensitivity::subject) != all.end()) continue;
    all.push_back(sensitivity_of(rows, phase.variations, one.subject, decided.with(Standing::choice), profile));
  }
  std::erase_if(all, [](const Sensitivity& one) { return one.points.empty(); });
  return all;
}

std::optional<Sensitivity> sensitivity_to_rate(std::span<const journal::Trial> rows, const Phase& traffic,
                                               const Verdict& decided, const Profile& profile) {
  Sensitivity rate = sensitivity_of(rows, traffic.variations, kRateVaried, decided.with(Standing::choice), profile);
  return rate.points.empty() ? std::nullopt : std::optional(std::move(rate));
}

std::optional<Sensitivity> sensitivity_to_memory(const Verdict& decided) {
  return below_limit(decided, {"the memory limit", &Assessment::memory_mib, "MiB", "needs", "would do with"});
}

std::optional<Sensitivity> sensitivity_to_latency(const Verdict& decided, const load::Slo& slo) {
  return below_limit(decided, {"the limit on " + slo.figure, &Assessment::latency_us, "us", "has", "has"});
}

bool is_chosen_everywhere(const std::vector<Sensitivity>& around, const std::string& subject) {
  return std::ranges::all_of(around, [&](const Sensitivity& one) {
    return one.here.empty() || std::ranges::all_of(one.points, [&](const VariedPoint& point) {
             return point.choice.empty() || input::contains(point.choice, subject);
           });
  });
}

std::string in_words(const Sensitivity& of) {
  std::vector<std::string> parts;
  if (const std::string range = range_of(of); !range.empty())
    parts.push_back("not turned (some of the choice stay chosen) " + range);
  for (const VariedPoint& point : of.points) {
    if (point.effect == Effect::turned && point.choice.empty() && !of.here.empty()) {
      parts.push_back(fmt::format("at {} {}", point.value, point.words));
    } else if (point.effect == Effect::turned) {
      parts.push_back(fmt::format("turned at {}: {}", point.value, point.words));
    }
    if (point.effect == Effect::narrower) parts.push_back(fmt::format("at {} {}", point.value, point.words));
    if (point.effect == Effect::unknown) parts.push_back(fmt::format("at {} {}", point.value, point.words));
  }
  const std::string here = of.here.empty() ? "" : fmt::format(" ({} in the profile)", of.here);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    parts[i].front() = static_cast<char>(std::toupper(static_cast<unsigned char>(parts[i].front())));
  }
  return fmt::format("{}{}: {}", of.subject, here, fmt::join(parts, ". "));
}

}  // namespace bakeoff::decide
