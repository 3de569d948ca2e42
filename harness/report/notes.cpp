#include "harness/report/notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "harness/report/cell_format.h"
#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"
#include "harness/stats/compare.h"
#include "harness/stats/precision.h"
#include "harness/stats/variation.h"
#include "harness/subjects/server.h"
#include "harness/validity/validity.h"

namespace bakeoff::report {
namespace {

/// The jobs' own names (workloads/jobs/deadlock.cpp). Updates that were lost have a column (run_counts.h).
constexpr std::array<std::string_view, 1> kRareEvents{"deadlocks"};

// Counts and the first detail of each outcome, in the order in which they came.
struct OutcomeTally {
  journal::Outcome outcome;
  std::size_t count = 0;
  std::string detail;
};

std::vector<OutcomeTally> tally(const GridRow& row) {
  std::vector<OutcomeTally> tallies;
  for (const journal::Trial* trial : row.trials) {
    // A foreign server that was measured well may still have ended badly.
    if (trial == nullptr || (trial->outcome == journal::Outcome::ok && trial->outcome_detail.empty())) continue;
    auto found = std::find_if(tallies.begin(), tallies.end(),
                              [&](const OutcomeTally& other) { return other.outcome == trial->outcome; });
    if (found == tallies.end()) found = tallies.insert(tallies.end(), {trial->outcome, 0, ""});
    ++found->count;
    if (found->detail.empty()) found->detail = trial->outcome_detail;
  }
  return tallies;
}

std::size_t trial_count(const GridRow& row) {
  return static_cast<std::size_t>(std::count_if(row.trials.begin(), row.trials.end(),
                                                [](const journal::Trial* trial) { return trial != nullptr; }));
}

/// Of a limit the row also keeps how its subject ended, and its last words; a table has room for what the limit was.
std::string shown_detail(const OutcomeTally& one) {
  if (one.outcome != journal::Outcome::limit) return one.detail;
  return one.detail.substr(0, one.detail.find(fmt::format("; {}", subjects::kOfTheSubject)));
}

std::string with_detail(const std::string& text, const std::string& detail) {
  return detail.empty() ? text : text + ": " + one_line(detail);
}

std::string describe(const OutcomeTally& one, std::size_t trials) {
  const std::string name(validity::outcome_name(one.outcome));
  if (one.outcome == journal::Outcome::not_run && one.count == trials) return with_detail(name, one.detail);
  return with_detail(name + " in " + std::to_string(one.count) + " of " + std::to_string(trials) +
                         (trials == 1 ? " trial" : " trials"),
                     shown_detail(one));
}

bool has_numbers(const GridRow& row) {
  return std::any_of(row.trials.begin(), row.trials.end(),
                     [](const journal::Trial* trial) { return trial != nullptr && gives_numbers(*trial); });
}

}  // namespace

std::string remark_of(const GridRow& row) {
  if (has_numbers(row)) return "";
  std::vector<std::string> parts;
  for (const OutcomeTally& one : tally(row)) parts.push_back(describe(one, trial_count(row)));
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<std::string> outcome_notes(const Grid& grid) {
  std::vector<std::string> notes;
  for (const GridRow& row : grid.rows) {
    if (!has_numbers(row)) continue;
    for (const OutcomeTally& one : tally(row)) notes.push_back(row.subject + ": " + describe(one, trial_count(row)));
  }
  return notes;
}

std::vector<std::string> void_notes(const std::vector<VoidedCell>& voided_cells, std::size_t blocks) {
  // reason -> what is said of it, in the order of the table; columns with the same count go together.
  struct Part {
    std::string subject;
    std::vector<std::string> titles;
    std::size_t valid;
  };
  std::vector<std::pair<std::string, std::vector<Part>>> reasons;
  for (const VoidedCell& cell : voided_cells) {
    auto found =
        std::find_if(reasons.begin(), reasons.end(), [&](const auto& reason) { return reason.first == cell.reason; });
    if (found == reasons.end()) found = reasons.insert(reasons.end(), {cell.reason, {}});
    std::vector<Part>& parts = found->second;
    if (parts.empty() || parts.back().subject != cell.subject || parts.back().valid != cell.valid) {
      parts.push_back({cell.subject, {}, cell.valid});
    }
    parts.back().titles.push_back(cell.title);
  }
  std::vector<std::string> notes;
  for (const auto& [reason, parts] : reasons) {
    // Subjects that lack the same are named together.
    std::vector<std::pair<std::string, std::vector<std::string>>> said;
    for (const Part& part : parts) {
      const std::string what = part.valid == 0 && !reason.empty()
                                   ? fmt::format("{}", fmt::join(part.titles, ", ")) + " struck out"
                                   : fmt::format("{}", fmt::join(part.titles, ", ")) + " from " +
                                         std::to_string(part.valid) + " of " + std::to_string(blocks) + " blocks";
      auto found = std::find_if(said.begin(), said.end(), [&](const auto& other) { return other.first == what; });
      if (found == said.end()) found = said.insert(said.end(), {what, {}});
      found->second.push_back(part.subject);
    }
    std::vector<std::string> sentences;
    sentences.reserve(said.size());
    for (const auto& [what, subjects] : said)
      sentences.push_back(fmt::format("{}", fmt::join(subjects, ", ")) + ": " + what);
    const std::string told = fmt::format("{}", fmt::join(sentences, "; "));
    const std::string_view hint = validity::advice(reason);
    std::string note = reason + ": " + told;
    if (!hint.empty()) note += ". " + std::string(hint);
    notes.push_back(note);
  }
  return notes;
}

std::vector<std::string> evidence_notes(const Grid& grid) {
  std::vector<std::string> notes;
  for (const GridRow& row : grid.rows) {
    const journal::Trial* last = row.trials.empty() ? nullptr : row.trials.back();
    if (last == nullptr || !last->job) continue;
    const std::string reason = validity::void_reason(*last, validity::metric::kEverything);
    const std::string mark = reason.empty() ? "" : "void (" + reason + "): ";
    for (const std::string& sentence : last->job->evidence) notes.push_back(row.subject + ": " + mark + sentence);
  }
  return notes;
}

std::vector<std::string> rare_event_notes(const Grid& grid) {
  std::vector<std::string> notes;
  for (const Figure& figure : grid.figures) {
    if (std::ranges::find(kRareEvents, figure.key) == kRareEvents.end()) continue;
    for (const GridRow& row : grid.rows) {
      std::size_t blocks = 0, with_some = 0;
      double worst = 0;
      for (const auto& value : figure_series(row, figure).valid) {
        if (!value) continue;
        ++blocks;
        with_some += *value > 0 ? 1U : 0U;
        worst = std::max(worst, *value);
      }
      if (with_some == 0 || with_some == blocks) continue;
      notes.push_back(fmt::format("{}: {} is above 0 in {} of {} blocks, {} in the worst", row.subject, figure.title,
                                  with_some, blocks, value_text(figure, worst)));
    }
  }
  return notes;
}

std::vector<std::string> steady_notes(const Grid& grid) {
  std::vector<std::string> notes;
  for (const GridRow& row : grid.rows) {
    std::size_t blocks = 0;
    double most = 0;
    for (const journal::Trial* trial : row.trials) {
      if (trial == nullptr || !trial->warm_up || !trial->warm_up->over_earlier) continue;
      ++blocks;
      most = std::max(most, *trial->warm_up->over_earlier);
    }
    if (blocks == 0) continue;
    notes.push_back(fmt::format("{}: steady at up to {:.3g} times the cost of an earlier stretch, in {} of {} blocks",
                                row.subject, most, blocks, row.trials.size()));
  }
  return notes;
}

std::vector<std::string> pause_notes(const Grid& grid) {
  std::vector<std::string> notes;
  for (const GridRow& row : grid.rows) {
    std::uint64_t pauses = 0;
    std::size_t blocks = 0;
    double longest_us = 0, total_us = 0;
    for (const journal::Trial* trial : row.trials) {
      if (trial == nullptr || !trial->client || !trial->client->subject_pauses) continue;
      if (!validity::void_reason(*trial, validity::metric::kLatency).empty()) continue;
      const journal::SubjectPauses& paused = *trial->client->subject_pauses;
      blocks += paused.count != 0 ? 1U : 0U;
      pauses += paused.count;
      total_us += paused.total_us;
      longest_us = std::max(longest_us, paused.longest_us);
    }
    if (pauses == 0) continue;
    notes.push_back(fmt::format(
        "{}: {} {} in {} of {} blocks, in which it answered nothing although requests were outstanding: {} ms at the "
        "longest, {} ms together",
        row.subject, pauses, pauses == 1 ? "pause" : "pauses", blocks, row.trials.size(),
        format_number(longest_us / 1000), format_number(total_us / 1000)));
  }
  return notes;
}

std::vector<std::string> interval_notes(const Grid& grid) {
  if (stats::median_interval_ranks(grid.blocks.size(), stats::kConfidenceLevel)) return {};
  return {"no intervals: they need " + std::to_string(stats::pairs_needed(stats::kConfidenceLevel)) + " blocks"};
}

std::vector<std::string> repeat_notes(const Grid& grid) {
  if (grid.repeated == 0) return {};
  std::string note = grid.repeated == 1
                         ? "1 noisy trial was run once more in its block"
                         : std::to_string(grid.repeated) + " noisy trials were run once more in their blocks";
  if (grid.still_noisy > 0) note += ", " + std::to_string(grid.still_noisy) + " still noisy then";
  return {note};
}

std::vector<std::string> precision_notes(const std::vector<LeadingRatio>& ratios, std::optional<double> wanted) {
  const LeadingRatio* least = nullptr;
  for (const LeadingRatio& one : ratios) {
    if (!one.ratio || !one.ratio->interval) continue;
    if (least == nullptr || *half_width(*one.ratio) > *half_width(*least->ratio)) least = &one;
  }
  if (least == nullptr) return {};
  const double width = *stats::half_width(*least->ratio);
  std::string note = fmt::format("the ratios are known to ±{}", format_share(width));
  if (ratios.size() > 1) note += fmt::format(" ({} the least)", least->subject);
  if (wanted && width > *wanted) {
    const std::size_t blocks = stats::blocks_needed(*least->ratio, *wanted).value_or(stats::kMaxBlocksNeeded);
    note += fmt::format("; ±{} would take about {} blocks, {} more", format_share(*wanted), blocks,
                        blocks - least->ratio->pairs);
    if (blocks == stats::kMaxBlocksNeeded) note += " or beyond";
  }
  std::vector<std::string> notes{note};
  if (const auto varies = stats::ratio_variation(least->own.valid, least->reference.valid)) {
    notes.push_back(fmt::format("{} varies by {} from slice to slice within a block, and by {} from block to block",
                                ratios.size() > 1 ? "the ratio of " + least->subject : "the ratio",
                                format_share(varies->within), format_share(varies->between)));
  }
  return notes;
}

std::optional<double> detectable_difference(const std::vector<LeadingRatio>& ratios, std::size_t blocks) {
  std::vector<std::vector<double>> log_ratios;
  log_ratios.reserve(ratios.size());
  for (const LeadingRatio& one : ratios) {
    log_ratios.push_back(stats::paired_log_ratios(one.own.valid, one.reference.valid));
  }
  return stats::minimum_detectable_difference(log_ratios, blocks);
}

std::string detectable_line(std::span<const Table> tables) {
  std::string shares;
  for (const Table& table : tables) {
    if (!table.detectable) continue;
    shares += (shares.empty() ? "" : ", ") + format_share(*table.detectable) + " in " + table.name;
  }
  if (shares.empty()) return "";
  return "smallest difference that this machine shows in these blocks, nine times of ten: " + shares;
}

}  // namespace bakeoff::report
