#include "harness/decide/sensitivity.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/load/slo.h"
#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"

namespace bakeoff::decide {
namespace {

using Names = std::vector<std::string>;

bool is_among(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// Why a candidate of the choice is none there.
std::string what_happened(const Assessment& one, const std::string& cheapest) {
  for (const LimitAnswer& limit : one.limits) {
    if (limit.kept == Answer::no) return limit.words;
  }
  if (one.dominated) {
    return fmt::format("{} times the {} of {}", in_words(one.dominated->ratio), one.dominated->figure,
                       one.dominated->by);
  }
  if (one.standing == Standing::pareto)
    return fmt::format("{} times the CPU time of {}, and less of another cost",
                       one.to_cheapest ? in_words(*one.to_cheapest) : "?", cheapest);
  if (one.to_cheapest) return fmt::format("{} times the CPU time of {}", in_words(*one.to_cheapest), cheapest);
  return "not decided";
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
    (is_among(point.choice, name) ? left : open ? undecided : lost).push_back(name);
  }
  if (left.empty() && !undecided.empty()) {
    point.words = fmt::format("it was not decided whether the limits are kept by {}", report::listed(undecided));
    return point;
  }
  point.effect = left.empty() ? Effect::turned : lost.empty() ? Effect::same : Effect::narrower;
  point.words = point.choice.empty() ? "nobody keeps the limits" : "the choice is " + report::listed(point.choice);
  for (const std::string& name : lost) {
    point.words += fmt::format("; {}: {}", name, what_happened(*there.find(name), there.cheapest));
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
    result.points.push_back(point_of(one, assess(rows, one.table, one.profile), decided));
  }
  return result;
}

/// "1.25 ms to 20 ms"
std::string range_of(const Sensitivity& of) {
  std::vector<std::pair<double, std::string>> values{{1, of.here}};
  for (const VariedPoint& point : of.points) {
    if (point.effect != Effect::unknown) values.emplace_back(point.factor, point.value);
  }
  std::ranges::sort(values);
  return fmt::format("from {} to {}", values.front().second, values.back().second);
}

}  // namespace

std::vector<Sensitivity> sensitivities(std::span<const journal::Trial> rows, const Phase& phase, const Verdict& decided,
                                       const Profile& profile) {
  std::vector<Sensitivity> all;
  for (const Variation& one : phase.variations) {
    if (std::ranges::find(all, one.subject, &Sensitivity::subject) != all.end()) continue;
    all.push_back(sensitivity_of(rows, phase.variations, one.subject, decided.with(Standing::choice), profile));
  }
  return all;
}

std::optional<Sensitivity> sensitivity_to_rate(std::span<const journal::Trial> rows, const Phase& traffic,
                                               const Verdict& decided, const Profile& profile) {
  if (traffic.variations.empty()) return std::nullopt;
  return sensitivity_of(rows, traffic.variations, "the rate", decided.with(Standing::choice), profile);
}

std::optional<Sensitivity> sensitivity_to_memory(const Verdict& decided) {
  const Assessment* least = nullptr;
  for (const std::string& name : decided.with(Standing::choice)) {
    const Assessment* one = decided.find(name);
    if (!one->memory_mib.median) return std::nullopt;
    if (least == nullptr || *one->memory_mib.median < *least->memory_mib.median) least = one;
  }
  if (least == nullptr) return std::nullopt;
  const std::string needs = in_words(least->memory_mib, "MiB");
  VariedPoint point{.value = "a limit below " + needs, .factor = 0, .effect = Effect::turned};
  point.words = fmt::format("{} needs that, the least of the choice", least->subject);
  const Assessment* smaller = nullptr;
  for (const Assessment& one : decided.assessments) {
    const bool fits =
        one.keeps() == Answer::yes && one.memory_mib.median && *one.memory_mib.median < *least->memory_mib.median;
    if (fits && (smaller == nullptr || *one.memory_mib.median < *smaller->memory_mib.median)) smaller = &one;
  }
  point.words += smaller == nullptr
                     ? ", and nobody who keeps the limits needs less"
                     : fmt::format("; {} would do with {}", smaller->subject, in_words(smaller->memory_mib, "MiB"));
  return Sensitivity{.subject = "the memory", .here = "", .points = {std::move(point)}};
}

std::string in_words(const Sensitivity& of) {
  std::vector<std::string> parts;
  for (const VariedPoint& point : of.points) {
    if (point.effect == Effect::turned) parts.push_back(fmt::format("turned at {}: {}", point.value, point.words));
    if (point.effect == Effect::narrower) parts.push_back(fmt::format("narrower at {}: {}", point.value, point.words));
    if (point.effect == Effect::unknown) parts.push_back(fmt::format("at {}: {}", point.value, point.words));
  }
  const bool turned = std::ranges::any_of(of.points, [](const VariedPoint& p) { return p.effect == Effect::turned; });
  const bool decided = std::ranges::any_of(of.points, [](const VariedPoint& p) { return p.effect != Effect::unknown; });
  std::string text = of.subject + (of.here.empty() ? "" : fmt::format(" ({} in the profile)", of.here)) + ": ";
  if (!turned && decided) text += "not turned " + range_of(of) + (parts.empty() ? "" : "; ");
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : ". ") + parts[i];
  return text;
}

}  // namespace bakeoff::decide
