#include "harness/load/slo.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "harness/input/input_error.h"
#include "harness/input/quantity.h"
#include "harness/load/pauses.h"
#include "harness/measure/plain_text.h"
#include "harness/validity/validity.h"

namespace bakeoff::load {
namespace {

struct SloFigure {
  std::string_view name, metric;
  double stats::LatencySummary::*value;
};
constexpr std::array<SloFigure, 6> kFigures{{{"p50", "latency.p50", &stats::LatencySummary::p50},
                                             {"p90", "latency.p90", &stats::LatencySummary::p90},
                                             {"p99", "latency.p99", &stats::LatencySummary::p99},
                                             {"p99.9", "latency.p999", &stats::LatencySummary::p999},
                                             {"max", validity::metric::kLatency, &stats::LatencySummary::max},
                                             {"mean", validity::metric::kLatency, &stats::LatencySummary::mean}}};
constexpr double kLongestUs = 3600e6;

[[noreturn]] void refuse_slo(std::string_view text, std::string_view why) {
  throw input::InputError(fmt::format("found {}, {}; expected a limit like p99=5ms", measure::in_quotes(text), why));
}

struct Failures {
  std::uint64_t all = 0;
  /// Requests that were merely too late are what latency far above its limit looks like; the rest is not.
  bool of_the_server = false;
};

Failures failures_of(const journal::ClientRow& client) {
  Failures failures{client.wrong_answers, client.wrong_answers > 0};
  for (const journal::ErrorCount& error : client.errors) {
    failures.all += error.count;
    const bool late = error.phase == "timeout" || error.phase == "late" || error.phase == "shed";
    // Connections that the generator could not open for want of its own ports are errors too.
    if (!late && !is_own_shortage(error.code) && error.count > 0) failures.of_the_server = true;
  }
  // Most of these have timed out and are among the errors already.
  failures.all = std::max(failures.all, client.unfinished);
  return failures;
}

bool is_rate_missed(const journal::ClientRow& client, const Slo& slo) {
  if (!client.offered_rps || client.window_s <= 0) return false;
  const double in_time = *client.offered_rps * slo.limit_us / 1e6;
  const double on_the_way = std::min(client.mean_outstanding.value_or(0), in_time) / client.window_s;
  return client.throughput_rps + on_the_way < validity::kDeliveredShare * *client.offered_rps;
}

const stats::LatencySummary* summary_of(const journal::ClientRow& client, const char* name) {
  const auto found = client.latency_us.find(name);
  return found == client.latency_us.end() || found->second.count == 0 ? nullptr : &found->second;
}

/// Why the figure does not count, whatever it is; "" when it does.
std::string disturbance(const journal::Trial& row, const Slo& slo) {
  const std::string reason = validity::void_reason(row, slo.metric);
  const bool judged_here = reason == validity::reason::kUnderdelivered || reason == validity::reason::kSlipped ||
                           reason == validity::reason::kWrongAnswers;
  return judged_here ? "" : reason;
}

bool comes_with_the_rate(std::string_view reason) {
  return reason == validity::reason::kGeneratorBound || reason == validity::reason::kPaused ||
         reason == validity::reason::kThrottled;
}

/// The generator lagged behind at every other request: it was full, where a disturbance delays a few.
bool mostly_late(const journal::ClientRow& client) {
  const stats::LatencySummary* const slips = summary_of(client, "slip");
  return slips != nullptr && slips->p50 > validity::kSlipShare * summary_of(client, "total")->p50;
}

}  // namespace

Slo parse_slo(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) refuse_slo(text, "without a \"=\"");
  const std::string_view figure = text.substr(0, equals);
  const auto known =
      std::find_if(kFigures.begin(), kFigures.end(), [&](const auto& one) { return one.name == figure; });
  if (known == kFigures.end()) refuse_slo(text, "whose figure is none of p50, p90, p99, p99.9, max, mean");
  const auto limit = input::read_quantity(text.substr(equals + 1));
  if (!limit) refuse_slo(text, "whose limit is no number");
  // A latency of minutes is not an objective.
  const auto factor = input::factor_of(limit->unit, std::span(input::kTimeUnits).first(3));
  if (!factor) refuse_slo(text, "whose unit is none of us, ms, s");
  const double limit_us = limit->number * *factor;
  if (!(limit_us > 0) || limit_us > kLongestUs) refuse_slo(text, "whose limit is not above 0 and at most an hour");
  return {std::string(figure), known->value, limit_us, std::string(known->metric)};
}

std::string time_text(double us) {
  if (us >= 999'500) return fmt::format("{:.3g} s", us / 1e6);
  if (us >= 999.5) return fmt::format("{:.3g} ms", us / 1e3);
  return fmt::format("{:.3g} us", us);
}

std::string rate_text(double rps) {
  return rps >= 100 ? fmt::format("{:.0f}/s", rps) : fmt::format("{:.3g}/s", rps);
}

std::string to_text(const Slo& slo) {
  return slo.figure + " <= " + time_text(slo.limit_us);
}

SloVerdict judge_slo(const journal::Trial& row, const Slo& slo) {
  const std::string disturbed = disturbance(row, slo);
  if (!row.client || summary_of(*row.client, "total") == nullptr) {
    if (!disturbed.empty()) return {.void_reason = disturbed, .words = "no reply at all"};
    return {.broke = "errors", .words = "no reply at all"};
  }
  const journal::ClientRow& client = *row.client;
  const double figure = summary_of(client, "total")->*slo.value;
  const stats::LatencySummary* const slips = summary_of(client, "slip");
  const double slip = slips != nullptr ? slips->*slo.value : 0;

  // Written so that a figure that is not a number is above every limit.
  const bool late = !(figure <= slo.limit_us);
  const bool missed = is_rate_missed(client, slo);
  const bool slipped = (late || missed) && slip > validity::kSlipShare * figure;
  const Failures failures = failures_of(client);
  SloVerdict verdict;
  const bool struck = slipped || !validity::void_reason(row, slo.metric).empty();
  verdict.words = slo.figure + " " + (struck ? "~" + time_text(figure) + "~" : time_text(figure));
  if (slipped) verdict.words += ", of it " + time_text(slip) + " our own slip";
  if (failures.all > 0) verdict.words += fmt::format(", {} errors", failures.all);
  if (missed) {
    const std::string rate = rate_text(client.throughput_rps);
    const bool void_rate = !validity::void_reason(row, validity::metric::kThroughput).empty();
    verdict.words += fmt::format(", {} of {}", void_rate ? "~" + rate + "~" : rate, rate_text(*client.offered_rps));
  }
  if (failures.of_the_server) {
    verdict.broke = "errors";
  } else if (!disturbed.empty()) {
    verdict.void_reason = disturbed;
    verdict.own_limit = comes_with_the_rate(disturbed);
  } else if (slipped) {
    verdict.void_reason = validity::reason::kSlipped;
    verdict.own_limit = mostly_late(client);
  } else if (late) {
    verdict.broke = slo.figure;
  } else if (failures.all > 0) {
    verdict.broke = "errors";
  } else if (missed) {
    verdict.broke = "rate";
  }
  return verdict;
}

}  // namespace bakeoff::load
