// What converse() leaves in the reply string that it borrows, however a connection ends.
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>

#include "models/connection.h"

namespace bakeoff::models {
namespace {

constexpr std::size_t kLarge = 2 * kReplyCapacityKept;

/// Answers the first bytes with a large reply, and then wants `step`; what comes after, it cannot take.
class LargeReply final : public workloads::ServerSession {
 public:
  explicit LargeReply(const workloads::Step& step) : step_(step) {}
  workloads::Step feed(std::string_view, std::string& replies) override {
    replies.append(kLarge, 'r');
    return step_;
  }
  workloads::Step resume(std::string_view, std::string& replies) override {
    replies.append(kLarge, 'r');
    throw std::runtime_error("no memory");
  }

 private:
  workloads::Step step_;
};

/// A peer that sends once and does with the replies what the test says.
class OneRequest {
 public:
  explicit OneRequest(std::function<bool(std::string&)> write) : write_(std::move(write)) {}
  std::string_view read() { return std::exchange(asked_, true) ? "" : "request"; }
  bool write(std::string& replies) { return write_(replies); }
  bool send_file(workloads::FileTransfer, OpenFile&, std::string& replies) { return write_(replies); }
  bool pause(std::chrono::nanoseconds) { return false; }
  std::string call(const workloads::Calls&) { return ""; }
  void finish() {}

 private:
  std::function<bool(std::string&)> write_;
  bool asked_ = false;
};

const auto kTakesAll = [](std::string& replies) {
  replies.clear();
  return true;
};
const auto kHasReset = [](std::string&) { return false; };

std::size_t kept_after(const workloads::Step& step, const std::function<bool(std::string&)>& write) {
  LargeReply session(step);
  OneRequest stream(write);
  std::string replies;
  try {
    converse(session, stream, replies);
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(replies, "");
  return replies.capacity();
}

TEST(GrowthOfReplies, IsLetGoAtTheEndOfInput) {
  EXPECT_LE(kept_after(workloads::Step::input(), kTakesAll), kReplyCapacityKept);
}

TEST(GrowthOfReplies, IsLetGoWhenThePeerHasReset) {
  EXPECT_LE(kept_after(workloads::Step::input(), kHasReset), kReplyCapacityKept);
}

TEST(GrowthOfReplies, IsLetGoWhenTheSessionCloses) {
  EXPECT_LE(kept_after(workloads::Step::close(), kTakesAll), kReplyCapacityKept);
  EXPECT_LE(kept_after(workloads::Step::close(), kHasReset), kReplyCapacityKept);
}

TEST(GrowthOfReplies, IsLetGoWhenAPauseIsCutShort) {
  EXPECT_LE(kept_after(workloads::Step::wait(std::chrono::nanoseconds{1}), kTakesAll), kReplyCapacityKept);
}

TEST(GrowthOfReplies, IsLetGoWhenTheSessionThrows) {
  EXPECT_LE(kept_after(workloads::Step::flush(), kTakesAll), kReplyCapacityKept);
}

}  // namespace
}  // namespace bakeoff::models
