// Rows of a result folder, a line each: what reads is written by every writer, and reads again as the same.
#include <stdexcept>
#include <vector>

#include "harness/journal/json.h"
#include "harness/journal/trial_json.h"
#include "harness/report/csv.h"
#include "harness/report/json.h"
#include "harness/report/latex.h"
#include "harness/report/markdown.h"
#include "harness/report/report_info.h"
#include "harness/report/table.h"
#include "harness/report/terminal.h"
#include "harness/validity/validity.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/targets/targets.h"

namespace bakeoff::fuzz::targets {
namespace {

bool is_text_of_ascii(std::string_view text) {
  for (const char c : text) {
    if (c != '\n' && (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f)) return false;
  }
  return true;
}

/// Lines outside of quotes have as many fields as the head.
void require_rectangular(const std::string& csv) {
  std::vector<std::size_t> records;
  std::size_t fields = 1;
  bool quoted = false;
  for (const char c : csv) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == ',') ++fields;
    if (c == '\n') records.push_back(std::exchange(fields, 1));
  }
  require(!quoted, "a quote of a CSV record has an end");
  for (const std::size_t record : records) require(record == records.front(), "CSV records have the same fields");
}

void write_everywhere(const report::Report& report) {
  constexpr std::size_t kNarrow = 40;
  report::terminal_report(report);
  report::terminal_report(report, {.width = kNarrow, .colour = true});
  report::markdown_report(report);
  require(journal::fields::is_json(report::json_report(report)), "a report as JSON is JSON");
  require(is_text_of_ascii(report::latex_report(report)), "a report as LaTeX is ASCII");
  require_rectangular(report::csv_report(report));
}

}  // namespace

void rows(std::string_view input) {
  const PeakMemory memory;
  std::vector<journal::Trial> trials;
  for (std::string_view rest = input; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto trial = read_or_refuse<std::invalid_argument>([&] { return journal::trial_from_json(line); });
    if (!trial) continue;
    require_round_trip(
        journal::trial_to_json(*trial), [](const std::string& text) { return journal::trial_from_json(text); },
        [](const journal::Trial& again) { return journal::trial_to_json(again); });
    trials.push_back(*trial);
  }
  if (trials.empty()) return;
  const report::ReportInfo info = report::report_info(trials);
  write_everywhere(report::build_report(trials, info));
  journal::flat_columns(trials);
  memory.require_at_most(16UL << 20, 4096, input.size());
}

}  // namespace bakeoff::fuzz::targets
