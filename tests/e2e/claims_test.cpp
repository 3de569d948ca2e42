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
        {{"claims", "run", "F-SW-99"}, "claims run: found no claim \"F-SW-99\""},
        {{"claims", "--budget", "5m"}, "claims: found --budget without run"},
        {{"claims", "run", "--from", "."}, "claims: found --from beside run"},
        {{"claims", "run", "--budget", "soon"}, "--budget: found"},
        {{"claims", "show", "F-SW-3", "--format", "csv"}, "claims: found --format beside show"},
        {{"claims", "--theme", "Switchin"}, "--theme: found \"Switchin\""},
        {{"claims", "--from", "/no/such"}, "--from: found no folder"}}) {
    const auto refused = bakeoff_call(words);
    EXPECT_EQ(refused.status, 2) << refused.output;
    EXPECT_THAT(refused.errors, HasSubstr(expected));
  }
}

/// A claim of a reader's own, with the experiment that decides it and a program that the experiment may run.
struct OwnClaims {
  explicit OwnClaims(const std::string& subject, const std::string& figure = "parent", const std::string& is = "= 0") {
    test::write_text(folder.path() / "own.toml", R"(title = "My own"
[[claims]]
id = "MY-1"
sentence = "A child's writes are its own."
source = "a text"
evidence = "read"
mechanism = "The child has a copy of the memory from the moment of its first write."
cells = [{ result = "own-costs", table = "alone", subject = ")" +
                                                     subject + R"(", figure = ")" + figure + R"(", is = ")" + is +
                                                     R"(" }]
)");
    test::write_text(folder.path() / "own-costs.toml", R"(name = "own-costs"
blocks = 6
[[tables]]
name = "alone"
probe = "lifecycle"
subjects = ["isolation", "zombie", "twos"]
)");
    test::write_text(folder.path() / "twos" / "subject.toml", R"(name = "twos"
[probe]
measures = "lifecycle"
start = ["/bin/sh", "-c", "echo '{\"figures\": {\"sum\": 4}}'"]
)");
  }
  Call::Result run(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"claims", "run", "MY-1", "--with", folder.path(), "--out", folder.path() / "out"};
    words.insert(words.end(), more.begin(), more.end());
    return bakeoff_call(words);
  }
  subjects::ScratchFolder folder;
};

TEST(Claims, OfAReaderAreMeasuredByTheExperimentBesideThemAndOnlyOnce) {
  const OwnClaims own("isolation");
  const auto planned = own.run({"--dry-run"});
  EXPECT_THAT(planned.output, HasSubstr("own-costs, table alone: 1 subject; decides MY-1")) << planned.errors;
  const auto first = own.run();
  EXPECT_EQ(first.status, 0) << first.errors;
  EXPECT_THAT(first.output, AllOf(HasSubstr("MY-1     confirmed"), HasSubstr("1 claim: 1 confirmed")));
  const auto again = own.run();
  EXPECT_THAT(again.errors, Not(HasSubstr("step "))) << "what is there is not measured again";
  EXPECT_THAT(again.output, HasSubstr("1 claim: 1 confirmed"));
  const auto ledger =
      bakeoff_call({"claims", "show", "MY-1", "--with", own.folder.path(), "--from", own.folder.path() / "out"});
  EXPECT_THAT(ledger.output, HasSubstr("Verdict: confirmed")) << ledger.errors;
}

TEST(Claims, OfAReaderAreDecidedByAProgramBesideThem) {
  const OwnClaims own("twos", "sum", "= 5");
  const auto first = own.run();
  EXPECT_EQ(first.status, 0) << first.errors;
  EXPECT_THAT(first.output, HasSubstr("MY-1     refuted"));
}

TEST(Claims, OfAReaderThatNameWhatIsNotThereAreOneLineBeforeAnythingRuns) {
  const OwnClaims own("isolatoin");
  const auto refused = own.run();
  EXPECT_EQ(refused.status, 2) << refused.output;
  EXPECT_THAT(refused.errors, HasSubstr("isolatoin"));
  EXPECT_FALSE(std::filesystem::exists(own.folder.path() / "out"));
}

}  // namespace
}  // namespace bakeoff::e2e
