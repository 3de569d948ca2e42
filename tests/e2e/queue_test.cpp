// Workers that take jobs from a queue, in the real programs with a real Redis: what is measured, what one kill loses,
// and what is said where something is missing.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <map>
#include <string>

#include "harness/journal/reader.h"
#include "harness/measure/process_tree.h"
#include "harness/subjects/find_program.h"
#include "harness/subjects/scratch_folder.h"
#include "tests/e2e/program.h"
#include "tests/eventually.h"
#include "tests/text_file.h"

namespace bakeoff::e2e {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Queue : public testing::Test {
 protected:
  /// Skips the test where there is no Redis.
  void SetUp() override {
    if (subjects::find_program("redis-server").empty()) GTEST_SKIP() << "needs redis-server (apt install redis-server)";
  }

  /// Writes an experiment of one block and one table, and returns the arguments that run it.
  std::vector<std::string> experiment(const std::string& subjects, const std::string& table) {
    const auto file = folder_.path() / "queue.toml";
    test::write_text(file, "name = \"queue\"\nblocks = 1\nsubjects = [" + subjects + "]\n[[tables]]\n" + table);
    return {"run", file, "--out", out()};
  }
  std::string out() const { return folder_.path() / "out"; }

  /// The rows by their subjects.
  std::map<std::string, journal::Trial> run(const std::string& subjects, const std::string& table) {
    const auto call = bakeoff_call(experiment(subjects, table));
    EXPECT_THAT(call.status, testing::AnyOf(0, 4)) << call.errors;  // 4: on a busy machine every number is void.
    std::map<std::string, journal::Trial> rows;
    for (journal::Trial& row : journal::read_journal(out()).trials) rows[row.subject] = std::move(row);
    return rows;
  }

  subjects::ScratchFolder folder_;
};

const std::string kOurs = R"("process", "thread", "fiber", "coroutine")";

TEST_F(Queue, OfABacklogEveryJobIsDoneOnceByEveryKindOfWorker) {
  const auto rows = run(kOurs, "queue = \"wait:exponential:1000\"\nunits = 4\njobs = 100\n");
  ASSERT_EQ(rows.size(), 4u);
  for (const auto& [subject, row] : rows) {
    ASSERT_TRUE(row.queue) << subject << ": " << row.outcome_detail;
    EXPECT_EQ(row.outcome, journal::Outcome::ok) << subject << ": " << row.outcome_detail;
    EXPECT_EQ(row.queue->done, 100u) << subject;
    EXPECT_EQ(row.queue->lost + row.queue->done_twice + row.queue->put_back + row.queue->wrong, 0u) << subject;
    EXPECT_EQ(row.queue->latency_us.at("queue").count, 100u);
    EXPECT_GT(row.queue->jobs_per_s, 0);
    EXPECT_FALSE(row.queue->offered_per_s);
    ASSERT_TRUE(row.server_receipt) << subject;
    EXPECT_EQ(row.server_receipt->peak_live_units, 4u) << subject;
  }
}

TEST_F(Queue, OfWorkThatComesAtARateTheAnswersAreRight) {
  const auto rows = run(R"("fiber:threads=2", "process")",
                        "queue = \"work:20000\"\nunits = 3\njobs = 60\nrate_rps = 300\narrivals = \"poisson\"\n");
  for (const auto& [subject, row] : rows) {
    ASSERT_TRUE(row.queue) << subject << ": " << row.outcome_detail;
    EXPECT_EQ(row.queue->done, 60u) << subject;
    EXPECT_EQ(row.queue->wrong, 0u) << subject;
    EXPECT_GT(row.queue->offered_per_s.value_or(0), 0);
  }
}

TEST_F(Queue, AcknowledgedBeforeTheWorkTheJobsOfAKilledProcessAreLost) {
  // Not all at once: with waits of one length there is a moment in which no worker has a job.
  const auto rows =
      run(R"("thread", "fiber", "process")",
          "queue = \"wait:exponential:50000\"\nunits = 8\njobs = 48\nacknowledge = \"before\"\nkill = \"worker\"\n");
  for (const char* subject : {"thread", "fiber"}) {
    ASSERT_TRUE(rows.at(subject).queue) << rows.at(subject).outcome_detail;
    const journal::QueueRow& queue = *rows.at(subject).queue;
    EXPECT_GT(queue.lost, 0u) << subject;
    EXPECT_LE(queue.lost, 8u) << subject;
    EXPECT_EQ(queue.done + queue.lost, 48u) << subject;
    EXPECT_EQ(queue.put_back, 0u) << "nothing says what it had taken";
    EXPECT_EQ(queue.restarts, 1u) << subject;
    EXPECT_EQ(rows.at(subject).outcome, journal::Outcome::ok) << "that is what the table is about";
  }
  const journal::QueueRow& process = *rows.at("process").queue;
  EXPECT_LE(process.lost, 1u) << "one of eight processes had one job";
  EXPECT_EQ(process.kills, 1u);
  EXPECT_EQ(process.restarts, 0u) << "its parent has replaced it";
}

TEST_F(Queue, AcknowledgedAfterTheWorkNoneIsLostAndWhatWasTakenIsPutBack) {
  const auto rows = run(R"("thread", "coroutine", "process")",
                        "queue = \"wait:fixed:50000\"\nunits = 8\njobs = 48\nkill = \"worker\"\n");
  for (const auto& [subject, row] : rows) {
    ASSERT_TRUE(row.queue) << subject << ": " << row.outcome_detail;
    EXPECT_EQ(row.queue->lost, 0u) << subject;
    EXPECT_EQ(row.queue->done, 48u) << subject;
    EXPECT_EQ(row.queue->kills, 1u) << subject;
    if (subject == "process") {
      EXPECT_LE(row.queue->put_back, 1u);
    } else {
      EXPECT_GT(row.queue->put_back, 0u) << subject;
      EXPECT_LE(row.queue->put_back, 8u) << subject;
    }
  }
}

TEST_F(Queue, RuntimesHaveWorkersByTheirManifest) {
  const auto rows = run(R"("python-threads", "python-asyncio", "python-processes")",
                        "queue = \"wait:fixed:20000\"\nunits = 4\njobs = 40\nkill = \"worker\"\n");
  for (const auto& [subject, row] : rows) {
    if (row.outcome == journal::Outcome::not_run) continue;  // Without Python.
    ASSERT_TRUE(row.queue) << subject << ": " << row.outcome_detail;
    EXPECT_EQ(row.queue->done, 40u) << subject;
    EXPECT_EQ(row.queue->wrong, 0u) << subject;
    EXPECT_EQ(row.outcome_detail, "") << subject << " left nothing behind";
    ASSERT_TRUE(row.runtime) << subject;
    EXPECT_EQ(row.runtime->name, "cpython");
  }
}

TEST_F(Queue, ThatDiesIsNoOutcomeOfItsWorkers) {
  Call call(bakeoff_program(), experiment("\"thread\"", "queue = \"wait:fixed:100000\"\nunits = 1\njobs = 1000\n"));
  pid_t redis = -1;
  ASSERT_TRUE(test::eventually([&] {
    for (const pid_t pid : measure::descendants(call.process().pid())) {
      const std::string command = test::contents_of("/proc/" + std::to_string(pid) + "/comm");
      if (command.starts_with("redis-server")) redis = pid;
    }
    // Its workers have begun when it has jobs to give.
    return redis > 0 && measure::descendants(call.process().pid()).size() > 3;
  }));
  ::kill(redis, SIGKILL);
  EXPECT_EQ(call.finish().status, 4);
  const auto rows = journal::read_journal(out()).trials;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].outcome, journal::Outcome::not_run);
  EXPECT_THAT(rows[0].outcome_detail, StartsWith("beside the subject: redis killed by SIGKILL"));
}

TEST_F(Queue, AnInterruptLeavesNoProcessBehind) {
  Call call(bakeoff_program(), experiment("\"process\"", "queue = \"wait:fixed:100000\"\nunits = 4\njobs = 1000\n"));
  std::vector<pid_t> started;
  ASSERT_TRUE(test::eventually([&] {
    started = measure::descendants(call.process().pid());
    return started.size() >= 8;  // bakeoff, Redis and its watchdog, the workers and their parent.
  }));
  ::kill(call.process().pid(), SIGINT);
  EXPECT_EQ(call.finish().status, 130);
  for (const pid_t pid : started) EXPECT_EQ(measure::measure_size({pid}).processes, 0u) << pid;
}

TEST(QueueWithoutRedis, IsARowThatSaysWhatIsMissing) {
  const subjects::ScratchFolder folder;
  test::write_text(folder.path() / "queue.toml",
                   "name = \"queue\"\nblocks = 1\nsubjects = [\"thread\"]\n[[tables]]\nqueue = \"work:1000\"\n");
  const std::string out = folder.path() / "out";
  Call call(bakeoff_program(), {"run", folder.path() / "queue.toml", "--out", out}, {"/usr/bin/env", "PATH=/nowhere"});
  call.finish();
  const auto rows = journal::read_journal(out).trials;
  ASSERT_EQ(rows.size(), 1u);
  if (rows[0].outcome != journal::Outcome::not_run) GTEST_SKIP() << "Redis is found without PATH";
  EXPECT_EQ(rows[0].outcome_detail, "beside the subject: redis needs redis-server (apt install redis-server)");
}

TEST(Worker, SaysInOneLineWhatIsWrongWithItsArguments) {
  const auto refused = [](std::vector<std::string> more) {
    more.insert(more.begin(), "work");
    const auto call = Call(std::filesystem::path(BAKEOFF_BIN_DIR) / "bakeoff-subject", more).finish();
    EXPECT_EQ(call.output, "");
    EXPECT_EQ(std::count(call.errors.begin(), call.errors.end(), '\n'), 1) << call.errors;
    return std::to_string(call.status) + " " + call.errors;
  };
  EXPECT_THAT(refused({"pool", "--queue", "127.0.0.1:1"}),
              StartsWith("2 bakeoff-subject: unknown executor with workers 'pool': expected "));
  EXPECT_THAT(refused({"thread"}), StartsWith("2 bakeoff-subject: --queue: found ''"));
  EXPECT_THAT(refused({"thread", "--queue", "127.0.0.1:70000"}), StartsWith("2 bakeoff-subject: --queue: found "));
  EXPECT_THAT(refused({"thread", "--queue", "127.0.0.1:1", "--units", "0"}), HasSubstr("--units"));
  EXPECT_THAT(refused({"thread", "--queue", "127.0.0.1:1", "--acknowledge", "never"}), HasSubstr("after or before"));
  EXPECT_THAT(refused({"thread", "--queue", "127.0.0.1:1", "--set", "threads=2"}), StartsWith("2 "));
  EXPECT_THAT(refused({"process", "--queue", "127.0.0.1:1"}),
              StartsWith("1 bakeoff-subject: connect to the queue at 127.0.0.1:1: Connection refused"));
}

}  // namespace
}  // namespace bakeoff::e2e
