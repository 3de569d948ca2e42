// bakeoff claims, as a reader uses it: the ledger, one claim, and what is wrong in the call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Claims, AreALedgerOverRecordedResultsInEachFormat) {
  const auto ledger = bakeoff_call({"claims"});
  EXPECT_EQ(ledger.status, 0) << ledger.errors;
  EXPECT_THAT(ledger.output,
              AllOf(HasSubstr("F-SW-3"), HasSubstr("refuted"), HasSubstr("claims: "), Not(HasSubstr(" in its table "))))
      << "a claim names a cell that is not there";
  for (const char* format : {"md", "csv", "json", "tex"}) {
    const auto written = bakeoff_call({"claims", "--format", format});
    EXPECT_EQ(written.status, 0) << format << ": " << written.errors;
    EXPECT_THAT(written.output, HasSubstr("F-SW-3")) << format;
  }
  const auto shown = bakeoff_call({"claims", "show", "F-SW-3"});
  EXPECT_EQ(shown.status, 0) << shown.errors;
  EXPECT_THAT(shown.output, AllOf(HasSubstr("Verdict: "), HasSubstr("switch-yield:between=processes")));
}

TEST(Claims, SayInOneLineWhatIsNotThere) {
  for (const auto& [words, expected] :
       {std::pair<std::vector<std::string>, const char*>{{"claims", "show", "F-SW-99"}, "found no claim \"F-SW-99\""},
        {{"claims", "tell"}, "claims: found \"tell\""},
        {{"claims", "show", "F-SW-3", "--format", "csv"}, "--format: found csv"},
        {{"claims", "--theme", "Switchin"}, "--theme: found \"Switchin\""},
        {{"claims", "--from", "/no/such"}, "--from: found no folder"}}) {
    const auto refused = bakeoff_call(words);
    EXPECT_EQ(refused.status, 2) << refused.output;
    EXPECT_THAT(refused.errors, HasSubstr(expected));
  }
}

}  // namespace
}  // namespace bakeoff::e2e
