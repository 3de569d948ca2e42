#include "harness/selftest/more_work_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace bakeoff::selftest {
namespace {

const char* const kModel = "event-loop";
const char* const kControl = "control";
const char* const kTreated = "more-work";
const char* const kTable = "work";

/// The fewest replies of any row that ran by itself: the cut request is one of these. Slices cut none; 0 where there
/// are no others.
std::uint64_t fewest_replies(const std::vector<journal::Trial>& rows) {
  std::uint64_t fewest = UINT64_MAX;
  for (const journal::Trial& row : rows) {
    if (row.client && row.slices.empty()) fewest = std::min(fewest, row.client->replies_ok);
  }
  return fewest == UINT64_MAX ? 0 : fewest;
}

}  // namespace

Experiment more_work_experiment(const subjects::Inventory& inventory) {
  const subjects::Subject* model = inventory.find(kModel);
  if (model == nullptr) throw std::runtime_error(std::string("selftest: no model ") + kModel);
  experiment::TableSpec table;
  table.name = kTable;
  table.work = "http";
  table.load.request = fmt::format("/work/{}", kWorkRounds);
  table.load.connections = 4;
  table.window_s = 0.3;
  table.warmup_s = 0.05;
  Experiment experiment;
  experiment.spec.name = "more-work";
  experiment.spec.blocks = kMoreWorkBlocks;
  experiment.spec.most_blocks = kMostMoreWorkBlocks;
  experiment.spec.precision = kMoreWorkPrecision;
  experiment.spec.baseline = kControl;
  experiment.spec.subjects = {kControl, kTreated};
  experiment.spec.tables = {table};
  const std::string option = "--fault-extra-work";
  experiment.subjects = {renamed_subject(*model, kControl, {option, "0"}),
                         renamed_subject(*model, kTreated, {option, std::to_string(kMoreWorkPercent)})};
  return experiment;
}

Judgement judge_more_work(const std::vector<journal::Trial>& rows) {
  const double highest = 1 + static_cast<double>(kMoreWorkPercent) / 100;
  const double lowest = 1 + (highest - 1) * (1 - kMostOtherShare);
  const stats::Series control = cpu_us_per_request(rows, kTable, kControl);
  const stats::Series treated = cpu_us_per_request(rows, kTable, kTreated);
  const auto ratio = stats::compare(treated, control);
  const auto wide = stats::compare(treated, control, kSizeLevel);

  Judgement judgement;
  CheckFinding found{.name = fmt::format("{} % more work", kMoreWorkPercent),
                     .expected = "found: above 1 at 95 %",
                     .measured = ratio ? ratio_text(*ratio) : "",
                     .why = unexpected_failure(rows)};
  CheckFinding size{.name = fmt::format("{} %, its size", kMoreWorkPercent),
                    .expected = fmt::format("{:.2f}, within 99.9 %", highest),
                    .why = found.why};
  if (found.why.empty() && !(wide && wide->interval)) {
    judgement.void_reason =
        fmt::format("{} valid pairs, {} are needed", ratio ? ratio->pairs : 0, stats::pairs_needed(kSizeLevel));
    const std::string most = commonest_void_reason(rows);
    if (!most.empty()) judgement.void_reason += ": " + most;
  }
  if (ratio && ratio->interval) {
    found.figures = {{"ratio", ratio->median},
                     {"low", ratio->interval->low},
                     {"high", ratio->interval->high},
                     {"pairs", static_cast<double>(ratio->pairs)}};
  }
  if (wide && wide->interval) {
    const std::uint64_t replies = fewest_replies(rows);
    const double cut = replies == 0 ? 0 : 1 / static_cast<double>(replies);
    const stats::Interval widened{wide->interval->low / (1 + cut), wide->interval->high * (1 + cut)};
    size.measured = fmt::format("{} of {} pairs, ± {:.1f} %", interval_text(*wide->interval), wide->pairs, cut * 100);
    size.figures = {{"expected_lowest", lowest},
                    {"expected_highest", highest},
                    {"low", wide->interval->low},
                    {"high", wide->interval->high},
                    {"widened_low", widened.low},
                    {"widened_high", widened.high},
                    {"pairs", static_cast<double>(wide->pairs)}};
    if (size.why.empty() && (widened.high < lowest || widened.low > highest)) {
      size.why = fmt::format("{} is {}", interval_text(widened), widened.low > highest ? "above" : "below");
    }
  }
  if (found.why.empty() && ratio && ratio->interval && !(ratio->interval->low > 1)) {
    // Not to be seen is a fault only where the interval is too narrow to hide it.
    if (!size.why.empty()) {
      found.why = "not found";
    } else if (judgement.void_reason.empty()) {
      judgement.void_reason = fmt::format("too noisy to tell: {} does not exclude 1", interval_text(*ratio->interval));
    }
  }
  for (CheckFinding* finding : {&found, &size}) {
    if (!finding->why.empty()) finding->verdict = CheckVerdict::failed;
    judgement.findings.push_back(std::move(*finding));
  }
  return judgement;
}

}  // namespace bakeoff::selftest
