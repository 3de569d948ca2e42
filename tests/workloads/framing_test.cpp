// The splitter and the shared half of server sessions, with protocols made for the test.
#include "workloads/framing.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "tests/workloads/conversation.h"

namespace bakeoff::workloads {
namespace {

/// Messages that end in a full stop, answered by themselves. It asks again as soon as there is one more byte, and
/// remembers how far it has looked. '#' asks for a wait, '%' for work, '!' to close.
class SentenceSession final : public FramedSession {
 public:
  SentenceSession(Tallies& tallies, std::size_t cap, std::string reply = "")
      : FramedSession(tallies, cap), reply_(std::move(reply)) {}
  std::uint64_t looked_at = 0;

 private:
  Taken take(std::string_view bytes, std::string& replies) override {
    EXPECT_FALSE(bytes.empty());
    const std::size_t end = bytes.find('.', scanned_);
    looked_at += std::min(end, bytes.size()) - scanned_;
    if (end == std::string_view::npos) {
      scanned_ = bytes.size();
      return {0, bytes.size() + 1};
    }
    scanned_ = 0;
    count_request();
    const std::string_view sentence = bytes.substr(0, end + 1);
    if (sentence[0] == '#') {
      want(Step::wait(std::chrono::microseconds(5)));
    } else if (sentence[0] == '%') {
      want(Step::compute({3, 4}));
    } else {
      replies.append(reply_.empty() ? sentence : reply_);
      if (sentence[0] == '!') want(Step::close());
    }
    return {end + 1, 0};
  }
  void resumed(std::string_view result, std::string& replies) override {
    replies.append("(").append(result).append(")");
  }

  std::size_t scanned_ = 0;
  std::string reply_;
};

struct Sentences {
  explicit Sentences(std::size_t cap = kMessageCap, std::string reply = "") : session(tallies, cap, std::move(reply)) {}
  Step feed(std::string_view bytes) { return session.feed(bytes, replies); }
  Step resume(std::string_view result = "") { return session.resume(result, replies); }
  std::string taken() { return std::exchange(replies, ""); }

  Tallies tallies;
  SentenceSession session;
  std::string replies;
};

TEST(Framing, KeepsWhatIsIncompleteUntilTheRestComes) {
  Sentences s;
  EXPECT_EQ(s.feed("one.tw").want, Step::Want::input);
  EXPECT_EQ(s.taken(), "one.");
  s.feed("o");
  EXPECT_EQ(s.taken(), "");
  s.feed(".three.f");
  EXPECT_EQ(s.taken(), "two.three.");
  s.feed("our.");
  EXPECT_EQ(s.taken(), "four.");
}

TEST(Framing, AppendsToWhatTheCallerAlreadyHas) {
  Sentences s;
  s.replies = "before ";
  s.feed("one.");
  EXPECT_EQ(s.replies, "before one.");
}

TEST(Framing, AnEmptyFeedChangesNothing) {
  Sentences s;
  s.feed("on");
  EXPECT_EQ(s.feed("").want, Step::Want::input);
  s.feed("e.");
  EXPECT_EQ(s.taken(), "one.");
}

TEST(Framing, WhileAStepIsPendingFeedOnlyBuffersAndReturnsTheSameStep) {
  Sentences s;
  const Step step = s.feed("one.#.two.th");
  EXPECT_EQ(step.want, Step::Want::wait);
  EXPECT_EQ(step.pause, std::chrono::microseconds(5));
  EXPECT_EQ(s.taken(), "one.");
  const Step again = s.feed("ree.");
  EXPECT_EQ(again.want, Step::Want::wait);
  EXPECT_EQ(again.pause, step.pause);
  EXPECT_EQ(s.taken(), "");
  EXPECT_EQ(s.resume().want, Step::Want::input);
  EXPECT_EQ(s.taken(), "()two.three.");
}

TEST(Framing, StepsMayFollowOneAnother) {
  Sentences s;
  EXPECT_EQ(s.feed("#.%.#.end.").want, Step::Want::wait);
  const Step work = s.resume();
  EXPECT_EQ(work.want, Step::Want::compute);
  EXPECT_EQ(work.work.rounds, 3U);
  EXPECT_EQ(work.work.seed, 4U);
  EXPECT_EQ(s.resume("42").want, Step::Want::wait);
  EXPECT_EQ(s.resume().want, Step::Want::input);
  EXPECT_EQ(s.taken(), "()(42)()end.");
}

TEST(Framing, ResumeWithNothingPendingDoesNothing) {
  Sentences s;
  EXPECT_EQ(s.resume().want, Step::Want::input);
  EXPECT_EQ(s.taken(), "");
}

TEST(Framing, ClosingIsFinal) {
  Sentences s;
  EXPECT_EQ(s.feed("!bye.more.").want, Step::Want::close);
  EXPECT_EQ(s.taken(), "!bye.");
  EXPECT_EQ(s.feed("again.").want, Step::Want::close);
  EXPECT_EQ(s.resume().want, Step::Want::close);
  EXPECT_EQ(s.taken(), "");
}

TEST(Framing, AMessageOverTheCapCloses) {
  Sentences s(10);
  EXPECT_EQ(s.feed("0123456789").want, Step::Want::input);
  EXPECT_EQ(s.feed("x").want, Step::Want::close);
  EXPECT_EQ(s.taken(), "");
}

TEST(Framing, RepliesAreHandedOverWhenTheyPassTheCap) {
  Sentences s(kMessageCap, std::string(1000, 'r'));
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "m.";
  Step step = s.feed(many);
  std::size_t total = 0;
  int flushes = 0;
  while (step.want == Step::Want::flush) {
    ++flushes;
    EXPECT_GE(s.replies.size(), kReplyCap);
    EXPECT_LT(s.replies.size(), kReplyCap + 1000);
    total += s.taken().size();
    step = s.resume();
  }
  EXPECT_EQ(step.want, Step::Want::input);
  EXPECT_EQ(total + s.replies.size(), 1'000'000U);
  EXPECT_EQ(flushes, 15);
}

TEST(Framing, NoFlushIsWantedWhenNothingMoreCanBeMade) {
  Sentences s(kMessageCap, std::string(kReplyCap, 'r'));
  EXPECT_EQ(s.feed("one.").want, Step::Want::input);
}

TEST(Framing, ACallerThatDoesNotEmptyTheRepliesStillGetsOn) {
  Sentences s(kMessageCap, std::string(kReplyCap, 'r'));
  Step step = s.feed("1.2.3.");
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(step.want, Step::Want::flush);
    step = s.resume();
  }
  EXPECT_EQ(step.want, Step::Want::input);
  EXPECT_EQ(s.replies.size(), 3 * kReplyCap);
}

TEST(Framing, APeerThatSendsTooMuchAheadIsAnsweredAndThenClosed) {
  Sentences s;
  s.feed("#.");
  const std::string block(1024 * 1024, '.');
  for (int i = 0; i < 40; ++i) EXPECT_EQ(s.feed(block).want, Step::Want::wait);
  Step step = s.resume();
  while (step.want == Step::Want::flush) {
    s.replies.clear();
    step = s.resume();
  }
  EXPECT_EQ(step.want, Step::Want::close);
}

TEST(Framing, LooksAtEveryByteOnce) {
  const std::string message = std::string(1024 * 1024, 'm') + ".";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, std::size_t{16 * 1024}}) {
    Sentences s;
    for (std::size_t at = 0; at < message.size(); at += piece) s.feed(std::string_view(message).substr(at, piece));
    EXPECT_EQ(s.taken(), message);
    EXPECT_LE(s.session.looked_at, message.size());
  }
}

TEST(Framing, RandomPiecesGiveTheSameAsTheWhole) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (int i = 0; i < 30; ++i) text += std::string(random() % 900, 'x') + ".";
    Sentences s;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t piece = 1 + random() % 1500;
      const std::string copy = text.substr(at, piece);
      s.feed(copy);
      at += piece;
    }
    EXPECT_EQ(s.taken(), text);
  }
}

TEST(Framing, TheReceiptCountsWhatEndedSessionsDid) {
  Tallies tallies;
  std::string replies;
  {
    SentenceSession session(tallies, 100);
    session.feed("one.two.rest", replies);
    EXPECT_EQ(tallies.receipt().requests, 0U);
  }
  EXPECT_EQ(tallies.receipt().requests, 2U);
  EXPECT_EQ(tallies.receipt().bytes_received, 12U);
  EXPECT_EQ(tallies.receipt().bytes_sent, 8U);
}

}  // namespace
}  // namespace bakeoff::workloads
