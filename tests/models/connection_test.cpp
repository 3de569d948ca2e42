// converse() with a scripted session and a scripted stream: the order of things, without sockets.
#include "models/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace bakeoff::models {
namespace {

using testing::ElementsAre;

/// What happened, in order, on both sides.
using ConverseLog = std::vector<std::string>;

/// Gives out the scripted steps, one for each call, and notes what it was called with.
class ScriptedSession final : public workloads::ServerSession {
 public:
  struct Turn {
    std::string reply;
    workloads::Step step;
  };
  ScriptedSession(ConverseLog& log, std::deque<Turn> turns) : log_(log), turns_(std::move(turns)) {}

  workloads::Step feed(std::string_view received, std::string& replies) override {
    log_.push_back("feed " + std::string(received));
    return next(replies);
  }
  workloads::Step resume(std::string_view result, std::string& replies) override {
    log_.push_back("resume " + std::string(result));
    return next(replies);
  }

 private:
  workloads::Step next(std::string& replies) {
    if (turns_.empty()) throw std::logic_error("the session is asked for more than the script has");
    const Turn turn = turns_.front();
    turns_.pop_front();
    replies += turn.reply;
    return turn.step;
  }

  ConverseLog& log_;
  std::deque<Turn> turns_;
};

/// Hands in the scripted input, "" being the end of it, and notes what is asked of it.
class ScriptedStream {
 public:
  ScriptedStream(ConverseLog& log, std::deque<std::string> input) : log_(log), input_(std::move(input)) {}

  std::string_view read() {
    if (input_.empty()) return "";
    bytes_ = input_.front();
    input_.pop_front();
    return bytes_;
  }
  bool write(std::string& replies) {
    log_.push_back("write " + replies);
    replies.clear();
    return --writes_left != 0;
  }
  bool send_file(workloads::FileTransfer, OpenFile& file, std::string& replies) {
    log_.push_back("send file of " + std::to_string(file.left()) + " behind " + replies);
    replies.clear();
    return --writes_left != 0;
  }
  bool pause(std::chrono::nanoseconds time) {
    log_.push_back("pause " + std::to_string(time.count()));
    return !stopping;
  }
  std::string call(const workloads::Calls& calls) {
    log_.push_back("call " + std::to_string(calls.first) + " " + std::to_string(calls.count));
    return "=called";
  }
  void finish() { log_.push_back("finish"); }

  int writes_left = -1;
  bool stopping = false;

 private:
  ConverseLog& log_;
  std::deque<std::string> input_;
  std::string bytes_;
};

class Converse : public testing::Test {
 protected:
  void run(std::deque<std::string> input, std::deque<ScriptedSession::Turn> turns, int writes = -1,
           bool stopping = false) {
    ScriptedSession session(log_, std::move(turns));
    ScriptedStream stream(log_, std::move(input));
    stream.writes_left = writes;
    stream.stopping = stopping;
    converse(session, stream, replies_);
  }

  ConverseLog log_;
  std::string replies_;
};

TEST_F(Converse, ReadsFeedsWritesAndReadsAgain) {
  run({"a", "b", ""}, {{"A", workloads::Step::input()}, {"B", workloads::Step::input()}});
  EXPECT_THAT(log_, ElementsAre("feed a", "write A", "feed b", "write B"));
}

TEST_F(Converse, WritesNothingWhereThereIsNoReply) {
  run({"half", " more", ""}, {{"", workloads::Step::input()}, {"whole", workloads::Step::input()}});
  EXPECT_THAT(log_, ElementsAre("feed half", "feed  more", "write whole"));
}

TEST_F(Converse, FlushesRepliesBeforeItWaits) {
  run({"ab", ""}, {{"A", workloads::Step::wait(std::chrono::nanoseconds{7})}, {"B", workloads::Step::input()}});
  EXPECT_THAT(log_, ElementsAre("feed ab", "write A", "pause 7", "resume ", "write B"));
}

TEST_F(Converse, FlushesRepliesBeforeItComputesAndHandsTheAnswerBackInDecimal) {
  const workloads::Work work{.rounds = 3, .seed = 4};
  run({"ab", ""}, {{"A", workloads::Step::compute(work)}, {"B", workloads::Step::input()}});
  EXPECT_THAT(log_,
              ElementsAre("feed ab", "write A", "resume " + std::to_string(bakeoff::workloads::run(work)), "write B"));
}

TEST_F(Converse, FlushesInBetweenWhenTheSessionAsksForIt) {
  run({"ab", ""}, {{"A", workloads::Step::flush()}, {"B", workloads::Step::flush()}, {"", workloads::Step::input()}});
  EXPECT_THAT(log_, ElementsAre("feed ab", "write A", "resume ", "write B", "resume "));
}

TEST_F(Converse, FlushesRepliesBeforeItCallsTheBackEndAndHandsItsAnswersBack) {
  run({"a", ""}, {{"A", workloads::Step::call({.first = 7, .count = 2})}, {"B", workloads::Step::input()}});
  EXPECT_THAT(log_, ElementsAre("feed a", "write A", "call 7 2", "resume =called", "write B"));
}

TEST_F(Converse, WritesTheLastReplyBeforeItClosesAtItsOwnWish) {
  run({"quit", "never read"}, {{"BYE", workloads::Step::close()}});
  EXPECT_THAT(log_, ElementsAre("feed quit", "write BYE", "finish"));
}

TEST_F(Converse, FinishesTheStepOfAPeerThatHasHalfClosed) {
  // The end of input stands behind the request already, and is looked at only when the step is over.
  run({"a", ""}, {{"", workloads::Step::wait(std::chrono::nanoseconds{1})},
                  {"A", workloads::Step::flush()},
                  {"B", workloads::Step::input()}});
  EXPECT_THAT(log_, ElementsAre("feed a", "pause 1", "resume ", "write A", "resume ", "write B"));
}

TEST_F(Converse, EndsWhenThePeerTakesNoMoreBytes) {
  run({"a", "b"}, {{"A", workloads::Step::wait(std::chrono::nanoseconds{1})}}, 1);
  EXPECT_THAT(log_, ElementsAre("feed a", "write A"));
  EXPECT_EQ(replies_, "");
}

TEST_F(Converse, EndsAPauseThatTheStopInterrupts) {
  run({"a", "b"}, {{"", workloads::Step::wait(std::chrono::nanoseconds{1})}}, -1, true);
  EXPECT_THAT(log_, ElementsAre("feed a", "pause 1"));
}

TEST_F(Converse, LetsGoOfAReplyStringThatHasGrownLarge) {
  replies_.reserve(2 * kReplyCapacityKept);
  run({"a", ""}, {{"A", workloads::Step::input()}});
  EXPECT_LE(replies_.capacity(), kReplyCapacityKept);
}

}  // namespace
}  // namespace bakeoff::models
