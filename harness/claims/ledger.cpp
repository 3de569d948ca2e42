#include "harness/claims/ledger.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "harness/report/text_layout.h"

namespace bakeoff::claims {
namespace {

constexpr std::array kRulings{Ruling::confirmed,    Ruling::refuted, Ruling::depends,     Ruling::part,
                              Ruling::inconclusive, Ruling::not_run, Ruling::not_testable};

report::Cell text_cell(const std::string& text) {
  report::Cell cell;
  cell.text = text;
  return cell;
}

std::string claimed_in_words(const Claim& claim) {
  return claim.figure.empty() ? "in words" : claim.figure;
}

std::string cell_in_words(const CellRuling& one) {
  const ClaimCell& cell = *one.cell;
  if (!one.missing.empty()) {
    return fmt::format("{}/{}, {} of {}: {}", cell.result, cell.table, cell.figure, cell.subject, one.missing);
  }
  const std::string other_table = cell.against_table.empty() ? "" : " in " + cell.against_table;
  const std::string who = cell.against.empty() ? cell.subject : cell.subject + " over " + cell.against + other_table;
  const char* answer = one.holds == report::Answer::yes ? "true" : one.holds == report::Answer::no ? "false" : "open";
  return fmt::format("{}{}/{}: {} of {} is {}; claimed {}: {}", cell.scope.empty() ? "" : cell.scope + ": ",
                     cell.result, cell.table, cell.figure, who, measured_in_words(one), cell.is.text, answer);
}

void add_theme(report::Report& report, const std::string& theme) {
  report::Table table;
  table.name = theme;
  table.caption = theme;
  for (const auto& [key, title] : {std::pair{"id", "claim"},
                                   {"verdict", "verdict"},
                                   {"sentence", "what is said"},
                                   {"claimed", "claimed"},
                                   {"measured", "measured here"}}) {
    table.columns.push_back({key, title, "", report::Align::left});
  }
  report.tables.push_back(std::move(table));
}

}  // namespace

std::string measured_in_words(const ClaimRuling& ruling) {
  if (ruling.cells.empty()) return ruling.why;
  std::vector<std::string> parts;
  if (!ruling.claim->same_as.empty()) {
    return fmt::format("as {}", fmt::join(ruling.claim->same_as, " and "));
  }
  for (const CellRuling& one : ruling.cells) {
    const std::string& of_what = one.cell->scope.empty() ? one.cell->half : one.cell->scope;
    parts.push_back(measured_in_words(one) + (of_what.empty() ? "" : fmt::format(" ({})", of_what)));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string counts_in_words(const std::vector<ClaimRuling>& rulings) {
  std::vector<std::string> kinds;
  for (const bool statements : {false, true}) {
    std::vector<std::string> parts;
    std::size_t all = 0;
    for (const Ruling ruling : kRulings) {
      const auto count = static_cast<std::size_t>(std::ranges::count_if(
          rulings, [&](const ClaimRuling& one) { return one.ruling == ruling && one.claim->statement == statements; }));
      all += count;
      if (count != 0) parts.push_back(fmt::format("{} {}", count, to_text(ruling)));
    }
    if (all == 0) continue;
    kinds.push_back(
        fmt::format("{}: {}", report::counted(all, statements ? "statement" : "claim"), fmt::join(parts, ", ")));
  }
  return fmt::format("{}", fmt::join(kinds, "; "));
}

report::Report ledger_report(const std::vector<ClaimRuling>& rulings) {
  report::Report report;
  report.experiment = "claims";
  report.question = "What of what is taught about concurrency is true on this machine?";
  for (const ClaimRuling& one : rulings) {
    if (report.tables.empty() || report.tables.back().name != one.claim->theme) add_theme(report, one.claim->theme);
    report::TableRow row{.subject = one.claim->id, .cells = {}, .remark = {}};
    for (const std::string& text : {one.claim->id, std::string(to_text(one.ruling)), one.claim->sentence,
                                    claimed_in_words(*one.claim), measured_in_words(one)}) {
      row.cells.push_back(text_cell(text));
    }
    report.tables.back().rows.push_back(std::move(row));
  }
  report.foot.push_back(counts_in_words(rulings));
  return report;
}

std::string entry_text(const ClaimRuling& one, std::size_t width) {
  constexpr std::size_t kSentenceAt = 24;
  return report::wrapped_text(fmt::format("  {:8} {:12} {}", one.claim->id, to_text(one.ruling), one.claim->sentence),
                              width, kSentenceAt) +
         report::wrapped_text(fmt::format("{:24}claimed: {}; {}: {}", "", claimed_in_words(*one.claim),
                                          one.cells.empty() ? "not measured" : "here", measured_in_words(one)),
                              width, kSentenceAt + 2);
}

std::string ledger_text(const std::vector<ClaimRuling>& rulings, std::size_t width) {
  std::string text, theme;
  for (const ClaimRuling& one : rulings) {
    if (one.claim->theme != theme) {
      theme = one.claim->theme;
      text += (text.empty() ? "" : "\n") + theme + "\n";
    }
    text += entry_text(one, width);
  }
  return text + "\n" + report::wrapped_text(counts_in_words(rulings) + ".", width, 2);
}

std::string claim_text(const ClaimRuling& ruling, std::size_t width) {
  const Claim& claim = *ruling.claim;
  std::string text;
  const auto line = [&](const std::string& words) { text += report::wrapped_text(words, width, 2); };
  line(fmt::format("{}: {}", claim.id, claim.sentence));
  line(fmt::format("Said by: {} ({})", claim.source, claim.evidence));
  line(fmt::format("Claimed: {}", claimed_in_words(claim)));
  line(fmt::format("Verdict: {}{}", to_text(ruling.ruling), ruling.why.empty() ? "" : ". " + ruling.why));
  for (const CellRuling& one : ruling.cells) text += report::wrapped_text("  " + cell_in_words(one), width, 4);
  line("Why: " + claim.mechanism);
  if (!claim.same_as.empty()) line(fmt::format("The same as: {}", fmt::join(claim.same_as, ", ")));
  if (!claim.command.empty()) line("To see it alone: " + claim.command);
  if (!claim.related.empty()) line(fmt::format("Related: {}", fmt::join(claim.related, ", ")));
  return text;
}

}  // namespace bakeoff::claims
