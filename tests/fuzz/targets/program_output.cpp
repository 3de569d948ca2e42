// Lines and files that programs write: histograms, manifests of runs, the talk of load agents, ready lines of servers.
#include <stdexcept>

#include "harness/journal/histogram_json.h"
#include "harness/journal/manifest.h"
#include "harness/load/plan.h"
#include "harness/measure/plain_text.h"
#include "harness/report/report_info.h"
#include "harness/stats/hdr_text.h"
#include "harness/subjects/runtime_facts.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/session_input.h"
#include "tests/fuzz/targets/targets.h"
#include "workloads/ledger.h"

namespace bakeoff::fuzz::targets {
namespace {

/// A line of the conversation with an agent: what reads is written, and reads again as the same.
template <typename Read>
void check_line(std::string_view line, Read read) {
  const auto value = read_or_refuse<std::runtime_error>([&] { return read(line); });
  if (!value) return;
  require_round_trip(load::to_json(*value), read, [](const auto& again) { return load::to_json(again); });
}

}  // namespace

void histograms(std::string_view input) {
  const PeakMemory memory;
  const auto line = read_or_refuse<std::invalid_argument>([&] { return journal::histogram_from_json(input); });
  if (line) {
    const auto write = [](const journal::HistogramLine& one) {
      return journal::histogram_to_json(one.trial_id, one.attempt, one.latency_class, one.histogram);
    };
    require_round_trip(
        write(*line), [](const std::string& text) { return journal::histogram_from_json(text); }, write);
    const stats::LatencySummary summary = line->histogram.summary_us();
    require(summary.p50 <= summary.p99 && summary.p99 <= summary.max, "percentiles rise");
    stats::hdr_percentile_text(line->histogram);
  }
  memory.require_at_most(4UL << 20, 256, input.size());
}

void run_manifest(std::string_view input) {
  const PeakMemory memory;
  const auto manifest = read_or_refuse<std::invalid_argument>([&] { return journal::manifest_from_json(input); });
  if (manifest) {
    require_round_trip(
        journal::manifest_to_json(*manifest), [](const std::string& text) { return journal::manifest_from_json(text); },
        [](const journal::Manifest& again) { return journal::manifest_to_json(again); });
    report::report_info(*manifest);
  }
  memory.require_at_most(4UL << 20, 256, input.size());
}

void agent_talk(std::string_view input) {
  const SessionInput session(input);
  const std::string_view line = session.bytes();
  constexpr std::size_t kVariants = 7;
  const PeakMemory memory;
  switch (session.variant(kVariants)) {
    case 0:
      check_line(line, load::agent_plan_from_json);
      break;
    case 1:
      check_line(line, load::agent_ready_from_json);
      break;
    case 2:
      check_line(line, load::agent_start_from_json);
      break;
    case 3:
      check_line(line, load::interval_from_json);
      break;
    case 4:
      check_line(line, load::window_from_json);
      break;
    case 5:
      check_line(line, load::agent_result_from_json);
      break;
    default: {
      const auto ledger = read_or_refuse<std::invalid_argument>([&] { return workloads::Ledger::from_text(line); });
      if (!ledger) break;
      require_equal(workloads::Ledger::from_text(ledger->to_text()).to_text(), ledger->to_text(),
                    "a ledger reads again as the same");
    }
  }
  // Every class of latency has all buckets, however short its name is.
  memory.require_at_most(4UL << 20, 64UL * 1024, line.size());
}

void program_lines(std::string_view input) {
  const PeakMemory memory;
  constexpr std::uint16_t kPort = 7000;
  if (const std::string wrong = subjects::what_is_wrong_with_ready(input, kPort); !wrong.empty())
    require_one_line(wrong);
  if (const auto facts = subjects::runtime_in(input)) {
    require_equal(measure::plain_text(facts->name), facts->name, "a program's name can be printed");
  }
  memory.require_at_most(1UL << 20, 256, input.size());
}

void plain_text(std::string_view input) {
  const std::string plain = measure::plain_text(input);
  require_equal(measure::plain_text(plain), plain, "plain text stays as it is");
  const std::string line = measure::plain_line(input);
  if (!line.empty()) require_one_line(line);
  require_one_line(measure::in_quotes(input));
  for (std::size_t at = 0; at < plain.size();) {
    require(measure::take_character(plain, at) != 0, "plain text has no NUL");
  }
}

}  // namespace bakeoff::fuzz::targets
