// Warm-ups whose end is not fixed, on servers of a manifest that are models of ours: steady from the first.
#include <gmock/gmock.h>

#include "tests/e2e/foreign_server_fixture.h"

namespace bakeoff::e2e {
namespace {

using testing::HasSubstr;

TEST(WarmUp, LastsUntilWhatARequestCostsIsSteadyAndIsNoPartOfTheFigures) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy", R"("threads", "http", "--port", "@port@")", "warmup_limit_s = 3");
  for (const char* how : {"--one-by-one", ""}) {
    SCOPED_TRACE(how);
    auto arguments = fixture.run_arguments(fixture.experiment("workload = \"http\""), "toy,threads");
    if (*how != 0) arguments.emplace_back(how);
    const auto measured = fixture.finish(arguments);
    const journal::Trial& row = measured.row("toy");
    ASSERT_TRUE(row.warm_up && row.client && row.client_receipt) << measured.call.errors << row.outcome_detail;
    EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.outcome_detail;
    EXPECT_GE(row.warm_up->cpu_us_per_request.size(), 10U);
    for (const double cost : row.warm_up->cpu_us_per_request) EXPECT_GT(cost, 0);
    ASSERT_TRUE(row.warm_up->first_us);
    EXPECT_GT(row.warm_up->first_us->count, 0U);
    EXPECT_GT(row.client_receipt->requests, 3 * row.client->requests) << "the warm-up was ten times as long";
    EXPECT_EQ(row.client_receipt->requests,
              row.server_receipt.value_or(journal::ServerReceipt{}).requests.value_or(row.client_receipt->requests));
    EXPECT_LT(row.client->window_s, 0.2);
    EXPECT_FALSE(measured.row("threads").warm_up) << "that of a model is fixed";
  }
}

TEST(WarmUp, ThatIsEndedByItsLimitVoidsTheFiguresOfTheSteadyState) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy", R"("threads", "http", "--port", "@port@")", "warmup_limit_s = 1");
  // Four requests in 0.1 s: a slice is a second long, and there is one.
  const auto measured = fixture.measure("toy", "workload = \"http\"\nrequest = \"/wait/100000\"");
  const journal::Trial& row = measured.row("toy");
  ASSERT_TRUE(row.warm_up) << measured.call.errors << row.outcome_detail;
  EXPECT_FALSE(row.warm_up->steady_from);
  for (const char* metric : {"cpu_per_request", "latency", "throughput"}) {
    EXPECT_EQ(row.validity.contains(metric) ? row.validity.at(metric) : "", "unsteady") << metric;
  }
  EXPECT_THAT(measured.call.output, HasSubstr("did not become steady"));
}

TEST(WarmUp, IsOfTheLengthThatTheManifestSaysWhereTheTableWantsAFixedOne) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy", R"("threads", "http", "--port", "@port@")", "warmup_s = 0.2\nwarmup_limit_s = 20");
  const auto measured = fixture.measure("toy", "workload = \"http\"\nwarm_up = \"fixed\"");
  const journal::Trial& row = measured.row("toy");
  ASSERT_TRUE(row.client) << measured.call.errors << row.outcome_detail;
  EXPECT_FALSE(row.warm_up);
  EXPECT_EQ(row.client->warmup_s, 0.2);
}

}  // namespace
}  // namespace bakeoff::e2e
