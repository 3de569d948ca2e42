// The recorded rows of results/quick in every format: what a reader of the repository gets from `bakeoff report`.
#include <gtest/gtest.h>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/report/csv.h"
#include "harness/report/info.h"
#include "harness/report/json.h"
#include "harness/report/latex.h"
#include "harness/report/markdown.h"
#include "harness/report/terminal.h"
#include "tests/harness/golden.h"

namespace bakeoff {
namespace {

using test::expect_golden;

Report quick_report() {
  const std::filesystem::path folder = BAKEOFF_SOURCE_DIR "/results/quick";
  return build_report(read_journal(folder).trials, report_info(read_manifest(folder)));
}

TEST(Golden, QuickForATerminal) {
  expect_golden("quick.txt", terminal_report(quick_report()));
}
TEST(Golden, QuickAsMarkdown) {
  expect_golden("quick.md", markdown_report(quick_report()));
}
TEST(Golden, QuickAsCsv) {
  expect_golden("quick.csv", csv_report(quick_report()));
}
TEST(Golden, QuickAsJson) {
  expect_golden("quick.json", json_report(quick_report()));
}
TEST(Golden, QuickAsLatex) {
  expect_golden("quick.tex", latex_report(quick_report()));
}

}  // namespace
}  // namespace bakeoff
