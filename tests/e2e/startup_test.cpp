// Starts of servers, ours and one of a manifest, and memory that is read once more after a load, on the real program.
#include <gmock/gmock.h>

#include "tests/e2e/foreign_server_fixture.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// An experiment of one start of each subject.
std::string starts(const ForeignServerFixture& fixture) {
  std::string file = fixture.path() / "starts.toml";
  test::write_text(file,
                   "name = \"starts\"\nsubjects = [\"threads\"]\nblocks = 1\n\n[[tables]]\n"
                   "startup = \"http\"\nrest_s = 0.1\n");
  return file;
}

double figure_of(const journal::Trial& row, const std::string& name) {
  for (const journal::JobFigure& figure : row.job.value_or(journal::JobRow{}).figures) {
    if (figure.name == name) return figure.value;
  }
  return -1;
}

TEST(Startup, IsTimedToTheFirstAnswerAndTheIdleInstanceIsMeasured) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy", R"("threads", "http", "--port", "@port@")");
  const auto measured = fixture.finish(fixture.run_arguments(starts(fixture), "toy,threads"));
  for (const char* subject : {"toy", "threads"}) {
    SCOPED_TRACE(subject);
    const journal::Trial& row = measured.row(subject);
    ASSERT_TRUE(row.job && row.subject_cost) << measured.call.errors << row.outcome_detail;
    EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.outcome_detail;
    EXPECT_GT(figure_of(row, "first_answer_ms"), 0);
    EXPECT_EQ(figure_of(row, "processes"), 1);
    EXPECT_GT(figure_of(row, "threads"), 0);
    EXPECT_GT(figure_of(row, "idle_pss_mib"), 0);
    EXPECT_GE(figure_of(row, "stop_ms"), 0);
    EXPECT_FALSE(row.client);
  }
  const journal::Trial& own = measured.row("threads");
  EXPECT_GT(figure_of(own, "ready_ms"), 0);
  EXPECT_LE(figure_of(own, "ready_ms"), figure_of(own, "first_answer_ms"));
  EXPECT_THAT(measured.call.output, AllOf(HasSubstr("first answer"), HasSubstr("idle PSS MiB"),
                                          HasSubstr("started, asked once, idle for 0.1 s")));
  EXPECT_TRUE(nothing_is_left());
}

TEST(Startup, OfAServerThatDiesIsARow) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy", R"("no-such-model", "http", "--port", "@port@")", "ready_s = 5");
  const auto measured = fixture.finish(fixture.run_arguments(starts(fixture), "toy"));
  EXPECT_EQ(measured.row("toy").outcome, journal::Outcome::died) << measured.row("toy").outcome_detail;
  EXPECT_FALSE(measured.row("toy").job);
  EXPECT_TRUE(nothing_is_left());
}

TEST(Startup, OfAServerThatMeetsItsMemoryLimitIsALimitWhetherItDiesOrServesOn) {
  const std::string greedy = "head -c 1000000000 /dev/zero | tail >/dev/null\n";
  for (const char* end : {"exit 9", "exec $server"}) {
    SCOPED_TRACE(end);
    const ForeignServerFixture fixture;
    fixture.add_script("toy", greedy + end, "memory_mib = 64\nready_s = 5");
    const auto measured = fixture.finish(fixture.run_arguments(starts(fixture), "toy"));
    EXPECT_EQ(measured.row("toy").outcome, journal::Outcome::limit) << measured.call.errors;
    EXPECT_THAT(measured.row("toy").outcome_detail, HasSubstr("its memory limit is 64 MiB"));
    EXPECT_TRUE(nothing_is_left());
  }
}

TEST(MemoryAfterTheLoad, IsReadWhenTheConnectionsHaveGone) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy", R"("threads", "http", "--port", "@port@")");
  for (const char* how : {"--one-by-one", ""}) {
    SCOPED_TRACE(how);
    auto arguments = fixture.run_arguments(fixture.experiment("workload = \"http\"\nrest_s = 0.1"), "toy,threads");
    if (*how != 0) arguments.emplace_back(how);
    const auto measured = fixture.finish(arguments);
    for (const char* subject : {"toy", "threads"}) {
      const journal::Trial& row = measured.row(subject);
      ASSERT_TRUE(row.subject_cost) << measured.call.errors << row.outcome_detail;
      EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.outcome_detail;
      EXPECT_GT(row.subject_cost->pss_after_kib.value_or(0), 0U) << subject;
    }
    EXPECT_THAT(measured.call.output, HasSubstr("after"));
  }
  EXPECT_TRUE(nothing_is_left());
}

}  // namespace
}  // namespace bakeoff::e2e
