#include "harness/report/notes.h"

#include <algorithm>
#include <map>

#include "harness/stats/compare.h"
#include "harness/validity/validity.h"

namespace bakeoff::report {
namespace {

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
  return static_cast<std::size_t>(
      std::count_if(row.trials.begin(), row.trials.end(), [](const journal::Trial* trial) { return trial != nullptr; }));
}

// A subject's last words may be several lines.
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string with_detail(const std::string& text, const std::string& detail) {
  return detail.empty() ? text : text + ": " + one_line(detail);
}

std::string describe(const OutcomeTally& one, std::size_t trials) {
  const std::string name(validity::outcome_name(one.outcome));
  if (one.outcome == journal::Outcome::not_run && one.count == trials) return with_detail(name, one.detail);
  return with_detail(name + " in " + std::to_string(one.count) + " of " + std::to_string(trials) +
                         (trials == 1 ? " trial" : " trials"),
                     one.detail);
}

std::string join(const std::vector<std::string>& parts, const std::string& between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
  return text;
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
  return join(parts, "; ");
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
  for (const VoidedCell& gap : voided_cells) {
    auto found =
        std::find_if(reasons.begin(), reasons.end(), [&](const auto& reason) { return reason.first == gap.reason; });
    if (found == reasons.end()) found = reasons.insert(reasons.end(), {gap.reason, {}});
    std::vector<Part>& parts = found->second;
    if (parts.empty() || parts.back().subject != gap.subject || parts.back().valid != gap.valid) {
      parts.push_back({gap.subject, {}, gap.valid});
    }
    parts.back().titles.push_back(gap.title);
  }
  std::vector<std::string> notes;
  for (const auto& [reason, parts] : reasons) {
    // Subjects that lack the same are named together.
    std::vector<std::pair<std::string, std::vector<std::string>>> said;
    for (const Part& part : parts) {
      const std::string what = part.valid == 0 && !reason.empty()
                                   ? join(part.titles, ", ") + " struck out"
                                   : join(part.titles, ", ") + " from " + std::to_string(part.valid) + " of " +
                                         std::to_string(blocks) + " blocks";
      auto found = std::find_if(said.begin(), said.end(), [&](const auto& other) { return other.first == what; });
      if (found == said.end()) found = said.insert(said.end(), {what, {}});
      found->second.push_back(part.subject);
    }
    std::vector<std::string> sentences;
    sentences.reserve(said.size());
    for (const auto& [what, subjects] : said) sentences.push_back(join(subjects, ", ") + ": " + what);
    const std::string told = join(sentences, "; ");
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

}  // namespace bakeoff::report
