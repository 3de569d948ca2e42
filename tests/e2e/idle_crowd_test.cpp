// Experiments with connections beside the load: what they cost, who can hold them, and which limit ends it.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "harness/journal/reader.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::HasSubstr;

/// One table of one block on these subjects, beside `idle` silent connections.
struct CrowdFixture : subjects::ScratchFolder {
  CrowdFixture(const std::string& subjects, const std::string& idle, const std::string& timeout_s = "5") {
    test::write_text(file(), "name = \"crowd\"\nsubjects = [" + subjects +
                                 "]\nblocks = 1\n\n[[tables]]\nworkload = \"echo\"\nconnections = 4\nidle = " + idle +
                                 "\ntimeout_s = " + timeout_s + "\nwindow_s = 0.1\nwarmup_s = 0.05\n");
  }
  std::string file() const { return path() / "crowd.toml"; }
  std::string out() const { return path() / "out"; }
  std::vector<journal::Trial> rows() const {
    std::vector<journal::Trial> rows = journal::read_journal(out()).trials;
    std::erase_if(rows, [](const journal::Trial& row) { return row.attempt > 1; });
    return rows;
  }
};

TEST(Crowd, EveryModelHoldsItAndTheRowSaysWhatAConnectionCosts) {
  const CrowdFixture fixture("\"threads\", \"prefork\", \"fibers\", \"event-loop\"", "150");
  const auto result = bakeoff_call({"run", fixture.file(), "--out", fixture.out()});
  const std::vector<journal::Trial> rows = fixture.rows();
  ASSERT_EQ(rows.size(), 4U) << result.errors;
  for (const journal::Trial& row : rows) {
    EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.subject << ": " << row.outcome_detail;
    ASSERT_TRUE(row.client && row.client->crowd && row.subject_cost) << row.subject;
    EXPECT_EQ(row.client->crowd->idle, 150U) << row.subject;
    EXPECT_EQ(row.client->crowd->lost, 0U) << row.subject;
    const journal::SubjectRow& cost = *row.subject_cost;
    ASSERT_TRUE(cost.pss_begin_kib && cost.pss_end_kib && cost.pss_per_connection_kib) << row.subject;
    // The end may lie below the beginning: a page of a library counts by how many processes map it, and agents come.
    EXPECT_GT(*cost.pss_end_kib, 100) << row.subject;
    if (row.subject == "prefork") {
      EXPECT_EQ(row.server_receipt->units_created, 154U) << "a worker for each connection";
      EXPECT_GT(*cost.pss_per_connection_kib, 10) << "workers are part of the price, made beforehand or not";
    }
    // A socket's structures alone are more than a kibibyte.
    if (cost.kernel_per_connection_kib) {
      EXPECT_GT(*cost.kernel_per_connection_kib, 1) << row.subject;
    }
  }
  EXPECT_THAT(result.output, HasSubstr("KiB/conn"));
}

TEST(Crowd, ASubjectThatMeetsItsDescriptorLimitIsARowThatNamesIt) {
  const CrowdFixture fixture("\"event-loop\"", "200", "0.5");
  Call call(bakeoff_program(), {"run", fixture.file(), "--out", fixture.out()}, {"prlimit", "--nofile=100"});
  call.finish();
  const std::vector<journal::Trial> rows = fixture.rows();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].outcome, journal::Outcome::limit);
  EXPECT_THAT(rows[0].outcome_detail, HasSubstr("the subject met RLIMIT_NOFILE = 100 and stopped accepting"));
  EXPECT_EQ(rows[0].descriptor_limit, 100U);
}

}  // namespace
}  // namespace bakeoff::e2e
