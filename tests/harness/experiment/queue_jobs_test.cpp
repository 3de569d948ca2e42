// The jobs of a queue, and the replies that the harness reads.
#include "harness/experiment/queue_jobs.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "harness/experiment/queue_client.h"

namespace bakeoff::experiment {
namespace {

using testing::ElementsAre;
using workloads::queue::QueuedJob;

journal::QueueParams jobs_at(double rate_rps, bool poisson = false) {
  return {.jobs = 200, .rate_rps = rate_rps, .poisson = poisson, .acknowledge = "after", .kill = "none"};
}

TEST(PlannedJobs, AreTheSameForTheSameSeed) {
  const auto one = plan_jobs("wait:exponential:2000", jobs_at(1000, true), 7);
  const auto same = plan_jobs("wait:exponential:2000", jobs_at(1000, true), 7);
  const auto other = plan_jobs("wait:exponential:2000", jobs_at(1000, true), 8);
  ASSERT_EQ(one.size(), 200u);
  bool differs = false;
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].job.id, i);
    EXPECT_EQ(one[i].job.amount, same[i].job.amount);
    EXPECT_EQ(one[i].due_ns, same[i].due_ns);
    differs = differs || one[i].job.amount != other[i].job.amount;
  }
  EXPECT_TRUE(differs);
}

TEST(PlannedJobs, AreAllDueAtOnceInABacklog) {
  for (const PlannedJob& job : plan_jobs("work:1000", jobs_at(0), 1)) {
    EXPECT_EQ(job.due_ns, 0u);
    EXPECT_EQ(job.job.kind, QueuedJob::Kind::work);
    EXPECT_EQ(job.job.amount, 1000u);
  }
}

TEST(PlannedJobs, ComeDueAtTheirRateFromTheFirstOn) {
  const auto jobs = plan_jobs("wait:fixed:5", jobs_at(100), 1);
  EXPECT_EQ(jobs[0].due_ns, 0u);
  EXPECT_NEAR(static_cast<double>(jobs[10].due_ns), 1e8, 1000);
  EXPECT_EQ(jobs[10].job.amount, 5u);
}

TEST(PlannedJobs, RefuseWhatNoJobDoes) {
  for (const char* work :
       {"", "wait", "wait:", "wait:soon", "work:", "work:0", "work:-1", "work:500000001", "count:5"}) {
    EXPECT_THROW(check_queued_work(work), std::invalid_argument) << work;
  }
  EXPECT_NO_THROW(check_queued_work("wait:lognormal:2000,1"));
}

TEST(PlannedJobs, TakeAboutAsLongAsIsGuessed) {
  EXPECT_DOUBLE_EQ(estimate_jobs_s("wait:fixed:10000", jobs_at(0), 4), 0.5);
  EXPECT_DOUBLE_EQ(estimate_jobs_s("wait:fixed:10000", jobs_at(50), 4), 4);
  EXPECT_GT(estimate_jobs_s("work:1000000", jobs_at(0), 4), 0.1);
}

TEST(QueueReplies, AreReadAsTexts) {
  EXPECT_THAT(texts_of_reply(":17\r\n"), ElementsAre("17"));
  EXPECT_THAT(texts_of_reply("$3\r\na\r\n\r\n"), ElementsAre("a\r\n"));
  EXPECT_THAT(texts_of_reply("$-1\r\n"), ElementsAre());
  EXPECT_THAT(texts_of_reply("*0\r\n"), ElementsAre());
  EXPECT_THAT(texts_of_reply("*2\r\n$1\r\na\r\n$2\r\nbc\r\n"), ElementsAre("a", "bc"));
  EXPECT_THROW(texts_of_reply("-OOM no memory\r\n"), load::ExchangeError);
}

TEST(QueueReplies, HaveNumbersOfInfo) {
  const std::string info = "# Clients\r\nconnected_clients:17\r\nblocked_clients:16\r\n";
  EXPECT_EQ(number_in_info(info, "connected_clients"), 17u);
  EXPECT_EQ(number_in_info(info, "blocked_clients"), 16u);
  EXPECT_EQ(number_in_info(info, "clients"), 0u);
}

TEST(QueueState, IsSettledWhenEveryWorkerWaitsForAJobThatIsNotThere) {
  EXPECT_TRUE((QueueClient::State{.waiting = 0, .recorded = 9, .connected = 4, .blocked = 4}).settled());
  EXPECT_FALSE((QueueClient::State{.waiting = 1, .recorded = 9, .connected = 4, .blocked = 4}).settled());
  EXPECT_FALSE((QueueClient::State{.waiting = 0, .recorded = 9, .connected = 4, .blocked = 3}).settled());
  EXPECT_FALSE((QueueClient::State{.waiting = 0, .recorded = 9, .connected = 0, .blocked = 0}).settled());
}

}  // namespace
}  // namespace bakeoff::experiment
