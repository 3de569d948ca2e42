// A worker's conversation with the queue, byte by byte, without a queue.
#include "workloads/queue/worker_session.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "workloads/queue/worker_service.h"

namespace bakeoff::workloads::queue {
namespace {

using Want = Step::Want;

std::string command(std::initializer_list<std::string_view> words) {
  std::string bytes;
  append_command(bytes, words);
  return bytes;
}

std::string bulk(std::string_view text) {
  std::string bytes;
  append_bulk(bytes, text);
  return bytes;
}

std::string popped(std::string_view job) {
  return "*2\r\n" + bulk("jobs") + bulk(job);
}

/// A worker named "7:0", a clock that goes on by 1,000 with each look, and what it has sent.
struct Worker {
  explicit Worker(Acknowledge acknowledge) : session("7:0", acknowledge, clock) {}

  /// What it wants after these bytes; what it sent is in `sent`.
  Step receive(std::string_view bytes) {
    sent.clear();
    return session.feed(bytes, sent);
  }
  Step done(std::string_view result = "") {
    sent.clear();
    return session.resume(result, sent);
  }

  std::uint64_t now = 0;
  WorkerSession::Clock clock = [this] { return now += 1000; };
  WorkerSession session;
  std::string sent{};
};

const std::string kMove = command({"BLMOVE", "jobs", "taken:7:0", "LEFT", "RIGHT", "0"});
const std::string kPop = command({"BLPOP", "jobs", "0"});

TEST(WorkerSession, AcknowledgesAJobAfterItIsRecorded) {
  Worker worker(Acknowledge::after);
  EXPECT_EQ(worker.receive("+PONG\r\n").want, Want::input);
  EXPECT_EQ(worker.sent, kMove);
  const Step step = worker.receive(bulk("17 wait 2040"));
  EXPECT_EQ(step.want, Want::wait);
  EXPECT_EQ(step.pause, std::chrono::microseconds(2040));
  EXPECT_EQ(worker.sent, "");
  EXPECT_EQ(worker.done().want, Want::input);
  EXPECT_EQ(worker.sent, command({"RPUSH", "records", "17 1000 2000 2040"}));
  EXPECT_EQ(worker.receive(":1\r\n").want, Want::input);
  EXPECT_EQ(worker.sent, command({"LREM", "taken:7:0", "1", "17 wait 2040"}) + kMove);
  EXPECT_EQ(worker.receive(":1\r\n").want, Want::input);
  EXPECT_EQ(worker.sent, "");
  EXPECT_EQ(worker.receive(bulk("18 wait 1")).want, Want::wait);
}

TEST(WorkerSession, HasAcknowledgedAJobByTakingItWhereThatComesBefore) {
  Worker worker(Acknowledge::before);
  worker.receive("+PONG\r\n");
  EXPECT_EQ(worker.sent, kPop);
  const Step step = worker.receive(popped("17 work 1000"));
  ASSERT_EQ(step.want, Want::compute);
  EXPECT_EQ(step.work.rounds, 1000u);
  worker.done(std::to_string(run(step.work)));
  EXPECT_EQ(worker.sent, command({"RPUSH", "records", "17 1000 2000 9690993424168521302"}));
  worker.receive(":1\r\n");
  EXPECT_EQ(worker.sent, kPop);
}

TEST(WorkerSession, ReadsRepliesInAnySplit) {
  const std::string replies = "+PONG\r\n" + bulk("1 wait 5");
  for (std::size_t split = 0; split <= replies.size(); ++split) {
    Worker worker(Acknowledge::after);
    worker.receive(std::string_view(replies).substr(0, split));
    EXPECT_EQ(worker.receive(std::string_view(replies).substr(split)).want, Want::wait) << split;
  }
  Worker worker(Acknowledge::before);
  Step step;
  for (const char byte : "+PONG\r\n" + popped("1 wait 5")) step = worker.receive({&byte, 1});
  EXPECT_EQ(step.want, Want::wait);
}

TEST(WorkerSession, OnlyBuffersWhileAJobIsBeingDone) {
  Worker worker(Acknowledge::before);
  worker.receive("+PONG\r\n");
  worker.receive(popped("1 wait 5"));
  EXPECT_EQ(worker.receive(":1\r\n").want, Want::wait) << "the same step again";
  EXPECT_EQ(worker.sent, "");
  EXPECT_EQ(worker.done().want, Want::input);
  EXPECT_EQ(worker.sent, command({"RPUSH", "records", "1 1000 2000 5"}) + kPop);
}

TEST(WorkerSession, ClosesOnWhatIsNoConversation) {
  const auto complaint = [](std::string_view replies) {
    Worker worker(Acknowledge::after);
    EXPECT_EQ(worker.receive(replies).want, Want::close) << replies;
    EXPECT_EQ(worker.done().want, Want::close);
    return worker.session.error();
  };
  EXPECT_EQ(complaint("-NOAUTH Authentication required.\r\n"),
            "the queue sent \"-NOAUTH Authentication required.\", expected +PONG");
  EXPECT_EQ(complaint("HTTP/1.1 400 Bad Request\r\n"), "the queue sent \"HTTP/1.1 400 Bad Request\", expected +PONG");
  EXPECT_EQ(complaint("+PONG\r\n" + bulk("17 sleep 5")), "the queue sent \"17 sleep 5\", expected a job");
  EXPECT_EQ(complaint("+PONG\r\n$-1\r\n"), "the queue sent \"\", expected a job");
}

TEST(WorkerService, GivesEachWorkerANameOfItsOwnAndKeepsTheFirstError) {
  int ended = 0;
  WorkerService service("9", Acknowledge::after, {.clock = [] { return 1; }, .session_ended = [&] { ++ended; }});
  std::string first, second;
  {
    const auto one = service.connect(), other = service.connect();
    one->feed("+PONG\r\n", first);
    other->feed("+PONG\r\n", second);
    one->feed("-ERR no\r\n", first);
  }
  EXPECT_EQ(second, command({"BLMOVE", "jobs", "taken:9:1", "LEFT", "RIGHT", "0"}));
  EXPECT_EQ(ended, 2);
  EXPECT_EQ(service.error(), "the queue sent \"-ERR no\", expected a job");
}

}  // namespace
}  // namespace bakeoff::workloads::queue
