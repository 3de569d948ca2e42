#include "harness/load/slo.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

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
constexpr std::array<double, 4> kListedPercents{50, 90, 99, 99.9};  ///< As kPercentiles, and the first of kFigures.
constexpr double kLongestUs = 3600e6;

[[noreturn]] void refuse_slo(std::string_view text, std::string_view why) {
  throw input::InputError(fmt::format("found {}, {}; expected a limit like p99=5ms", measure::in_quotes(text), why));
}

/// "p99.95": any percentile; nullopt for another word.
std::optional<Slo> parse_percentile(std::string_view text, std::string_view figure) {
  if (!figure.starts_with('p')) return std::nullopt;
  const auto percent = input::read_quantity(figure.substr(1));
  if (!percent || !percent->unit.empty()) return std::nullopt;
  if (!(percent->number > 0 && percent->number < 100)) {
    refuse_slo(text, "whose percentile is not above 0 and below 100 (the longest latency is max)");
  }
  const auto next = std::ranges::lower_bound(kListedPercents, percent->number);
  const bool listed = next != kListedPercents.end() && *next == percent->number;
  const auto place = static_cast<std::size_t>(std::min(next, kListedPercents.end() - 1) - kListedPercents.begin());
  return Slo{.figure = fmt::format("p{}", percent->number),
             .value = listed ? kFigures.at(place).value : nullptr,
             .metric = std::string(kFigures.at(place).metric),
             .quantile = listed ? 0 : percent->number / 100};
}

/// max or mean.
std::optional<Slo> parse_word(std::string_view figure) {
  const auto known = std::ranges::find(kFigures, figure, &SloFigure::name);
  if (known == kFigures.end()) return std::nullopt;
  return Slo{.figure = std::string(figure), .value = known->value, .metric = std::string(known->metric)};
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

/// The figure of that class of latencies, which has some; 0 where the row or `latency` lacks the class.
double figure_of(const journal::ClientRow& client, const std::map<std::string, stats::Histogram>& latency,
                 const char* name, const Slo& slo) {
  if (slo.value != nullptr) {
    const stats::LatencySummary* const summary = summary_of(client, name);
    return summary != nullptr ? summary->*slo.value : 0;
  }
  const auto found = latency.find(name);
  return found == latency.end() ? 0 : static_cast<double>(found->second.value_at_ns(slo.quantile)) / 1e3;
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
  std::optional<Slo> slo = parse_percentile(text, figure);
  if (!slo) slo = parse_word(figure);
  if (!slo) refuse_slo(text, "whose figure is neither a percentile like p99 or p99.95 nor max or mean");
  const auto limit_us = input::read_time_us(text.substr(equals + 1), input::kShortTimeUnits);
  if (!limit_us) refuse_slo(text, "whose limit is no number with us, ms or s");
  if (!(*limit_us > 0) || *limit_us > kLongestUs) refuse_slo(text, "whose limit is not above 0 and at most an hour");
  slo->limit_us = *limit_us;
  return *slo;
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

SloVerdict judge_slo(const journal::Trial& row, const Slo& slo,
                     const std::map<std::string, stats::Histogram>& latency) {
  const std::string disturbed = disturbance(row, slo);
  if (!row.client || summary_of(*row.client, "total") == nullptr) {
    if (!disturbed.empty()) return {.void_reason = disturbed, .words = "no reply at all"};
    return {.broke = "errors", .words = "no reply at all"};
  }
  const journal::ClientRow& client = *row.client;
  const double figure = figure_of(client, latency, "total", slo);
  const double slip = figure_of(client, latency, "slip", slo);

  // Written so that a figure that is not a number is above every limit.
  const bool late = !(figure <= slo.limit_us);
  const bool missed = is_rate_missed(client, slo);
  const bool slipped = (late || missed) && slip > validity::kSlipShare * figure;
  const Failures failures = failures_of(client);
  SloVerdict verdict{.figure_us = figure};
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
