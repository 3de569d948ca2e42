// The recorded rows of results/quick in every format: what a reader of the repository gets from `bakeoff report`.
#include <gtest/gtest.h>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/report/csv.h"
#include "harness/report/json.h"
#include "harness/report/latex.h"
#include "harness/report/markdown.h"
#include "harness/report/report_info.h"
#include "harness/report/terminal.h"
#include "tests/harness/fixtures/golden.h"

namespace bakeoff::report {
namespace {

Report quick_report() {
  const std::filesystem::path folder = BAKEOFF_SOURCE_DIR "/results/quick";
  return build_report(journal::read_journal(folder).trials, report_info(journal::read_manifest(folder)));
}

TEST(Golden, QuickForATerminal) {
  test::expect_golden("quick.txt", terminal_report(quick_report()));
}
TEST(Golden, QuickAsMarkdown) {
  test::expect_golden("quick.md", markdown_report(quick_report()));
}
TEST(Golden, QuickAsCsv) {
  test::expect_golden("quick.csv", csv_report(quick_report()));
}
TEST(Golden, QuickAsJson) {
  test::expect_golden("quick.json", json_report(quick_report()));
}
TEST(Golden, QuickAsLatex) {
  test::expect_golden("quick.tex", latex_report(quick_report()));
}

}  // namespace
}  // namespace bakeoff::report
