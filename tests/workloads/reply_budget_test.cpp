// Replies that nobody reads, over all connections of a service.
#include "workloads/reply_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/workloads/conversation.h"
#include "tests/workloads/store_fixture.h"
#include "workloads/resp.h"
#include "workloads/session.h"

namespace bakeoff::workloads {
namespace {

/// The environment of a service that the test chooses.
class Scripted final : public ServiceEnvironment {
 public:
  std::string_view http_date() const override { return kDate; }
  std::int64_t process() const override { return me; }
  bool is_alive(std::int64_t process) const override {
    EXPECT_GT(process, 0) << "kill() would ask a whole group";
    if (while_asked) std::exchange(while_asked, {})();
    return !dead.contains(process);
  }
  std::int64_t me = 1;
  std::set<std::int64_t> dead;
  mutable std::function<void()> while_asked;  // What others do meanwhile, once.
};

TEST(ReplyBudget, GivesOutWhatThereIsOverAllProcesses) {
  Scripted around;
  ReplyBudget budget(100, around);
  EXPECT_TRUE(budget.take(60));
  around.me = 2;
  EXPECT_FALSE(budget.take(41));
  EXPECT_TRUE(budget.take(40));
  EXPECT_FALSE(budget.take(1));
  budget.give_back(40);
  EXPECT_TRUE(budget.take(30));
}

TEST(ReplyBudget, TakesBackWhatTheDeadHeld) {
  Scripted around;
  ReplyBudget budget(100, around);
  EXPECT_TRUE(budget.take(60));
  around.me = 2;
  EXPECT_TRUE(budget.take(40));
  around.me = 3;
  EXPECT_FALSE(budget.take(50)) << "both live";
  around.dead.insert(1);
  EXPECT_TRUE(budget.take(60));
  EXPECT_FALSE(budget.take(1));
}

TEST(ReplyBudget, HasSharesForEverMoreProcessesAsLongAsTheOldOnesEnd) {
  Scripted around;
  ReplyBudget budget(100, around);
  for (around.me = 1; around.me <= 5000; ++around.me) {
    ASSERT_TRUE(budget.take(100)) << around.me;
    around.dead.insert(around.me);
  }
}

TEST(ReplyBudget, KeepsNoShareForWhoLivesAndHoldsNothing) {
  Scripted around;
  ReplyBudget budget(100, around);
  for (around.me = 1; around.me <= 5000; ++around.me) {
    ASSERT_TRUE(budget.take(60)) << around.me;
    ASSERT_TRUE(budget.take(40)) << around.me;
    budget.give_back(70);
    budget.give_back(30);
  }
}

TEST(ReplyBudget, HasSharesForAsManyLivingProcessesAsCanHoldALargeReply) {
  constexpr std::int64_t kProcesses = 5000;
  Scripted around;
  ReplyBudget budget(kProcesses * (kReplyCap + 1), around);
  for (around.me = 1; around.me <= kProcesses; ++around.me) ASSERT_TRUE(budget.take(kReplyCap + 1)) << around.me;
  EXPECT_FALSE(budget.take(1));
  for (around.me = 1; around.me <= kProcesses; ++around.me) budget.give_back(kReplyCap + 1);
  EXPECT_TRUE(budget.take(kProcesses * (kReplyCap + 1)));
}

TEST(ReplyBudget, TakesNothingBackTwiceWhenSeveralFindTheSameProcessDead) {
  Scripted around;
  ReplyBudget budget(100, around);
  EXPECT_TRUE(budget.take(100));
  around.dead.insert(1);
  // Between the look at the dead one and the taking back somebody else has taken it back, and holds its own.
  around.while_asked = [&] {
    around.me = 3;
    EXPECT_TRUE(budget.take(80));
    around.me = 2;
  };
  around.me = 2;
  EXPECT_FALSE(budget.take(60)) << "80 of 100 are somebody else's";
  EXPECT_TRUE(budget.take(20));
  EXPECT_FALSE(budget.take(1));
}

TEST(ReplyBudget, IsWholeAgainAfterThreadsHaveTakenAndGivenBackAtOnce) {
  Scripted around;
  ReplyBudget budget(1000, around);
  std::atomic<std::int64_t> held{0}, most{0};
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 4; ++i) {
      threads.emplace_back([&, bytes = 100 + 50 * i] {
        for (int round = 0; round < 5000; ++round) {
          if (!budget.take(bytes)) continue;
          const std::int64_t now = held += static_cast<std::int64_t>(bytes);
          for (std::int64_t before = most; now > before && !most.compare_exchange_weak(before, now);) continue;
          held -= static_cast<std::int64_t>(bytes);
          budget.give_back(bytes);
        }
      });
    }
  }
  EXPECT_LE(most, 1000);
  EXPECT_TRUE(budget.take(1000));
  EXPECT_FALSE(budget.take(1));
}

TEST(ReplyClaim, IsReleasedWithItsConnection) {
  Scripted around;
  ReplyBudget budget(100, around);
  {
    ReplyClaim claim(&budget);
    EXPECT_TRUE(claim.cover(80));
    EXPECT_TRUE(claim.cover(70)) << "what covers more covers less";
    EXPECT_FALSE(claim.cover(101));
  }
  ReplyClaim next(&budget);
  EXPECT_TRUE(next.cover(100));
  next.release();
  EXPECT_TRUE(next.empty());
}

/// A connection whose client does not read: what it asks for is made, and the flush stays pending.
class NonReader {
 public:
  NonReader(Service& service, std::string_view request) : session_(service.connect()) {
    want_ = session_->feed(request, replies_).want;
  }
  std::size_t unread() const { return replies_.size(); }
  bool is_refused() const { return replies_.starts_with("-OOM "); }
  Step::Want want() const { return want_; }
  void read() {
    replies_.clear();
    want_ = session_->resume("", replies_).want;
  }

 private:
  std::unique_ptr<ServerSession> session_;
  std::string replies_;
  Step::Want want_;
};

class UnreadReplies : public testing::Test {
 protected:
  UnreadReplies() {
    std::string set;
    append_command(set, {"SET", "k", std::string(kMebibyte - 1, 'v')});
    Conversation(*service_).say(set);
    greedy_ = "*17\r\n$4\r\nMGET\r\n";
    for (int i = 0; i < 16; ++i) greedy_ += "$1\r\nk\r\n";
  }

  Scripted around_;
  const std::unique_ptr<Service> service_ = find_workload("counter")->make_service(
      {.store = StoreKind::unshared, .unread_bytes = 64 * kMebibyte, .environment = &around_});
  std::string greedy_;
};

TEST_F(UnreadReplies, AreBoundedOverAllConnections) {
  std::vector<std::unique_ptr<NonReader>> non_readers;
  std::size_t unread = 0, refused = 0;
  for (int i = 0; i < 20; ++i) {
    non_readers.push_back(std::make_unique<NonReader>(*service_, greedy_));
    unread += non_readers.back()->unread();
    refused += non_readers.back()->is_refused() ? 1 : 0;
  }
  EXPECT_LE(unread, 65 * kMebibyte);
  EXPECT_EQ(refused, 17U) << "three of 16 MiB and a little, rounded up to 17, fit into 64";
  EXPECT_EQ(Conversation(*service_).say("PING\r\n"), "+PONG\r\n") << "ordinary replies ask nobody";
  EXPECT_EQ(Conversation(*service_).say("*2\r\n$3\r\nGET\r\n$4\r\nnone\r\n"), "$-1\r\n");

  // Read, or its connection gone: either makes room.
  non_readers[0]->read();
  EXPECT_EQ(non_readers[0]->want(), Step::Want::input);
  EXPECT_FALSE(NonReader(*service_, greedy_).is_refused());
  const NonReader one(*service_, greedy_);
  EXPECT_FALSE(one.is_refused());
  EXPECT_TRUE(NonReader(*service_, greedy_).is_refused());
  non_readers[1].reset();
  EXPECT_FALSE(NonReader(*service_, greedy_).is_refused());
}

TEST_F(UnreadReplies, ARefusedRequestIsAnErrorAndTheConnectionGoesOn) {
  std::vector<std::unique_ptr<NonReader>> non_readers;
  for (int i = 0; i < 3; ++i) non_readers.push_back(std::make_unique<NonReader>(*service_, greedy_));
  Conversation server(*service_);
  EXPECT_EQ(server.say(greedy_ + "PING\r\n"),
            "-OOM replies that have not been read yet hold all the memory that there is for them.\r\n+PONG\r\n");
  non_readers.clear();
  EXPECT_GT(server.say(greedy_ + "PING\r\n").size(), 16 * kMebibyte);
}

TEST_F(UnreadReplies, OfManySmallValuesAreBoundedToo) {
  constexpr int kValues = 500'000;
  Conversation(*service_).say("SET n 1234567890123456789\r\n");
  std::string many = "*" + std::to_string(kValues + 1) + "\r\n$4\r\nMGET\r\n";
  for (int i = 0; i < kValues; ++i) many += "$1\r\nn\r\n";
  std::vector<std::unique_ptr<NonReader>> non_readers;
  std::size_t unread = 0;
  for (int i = 0; i < 10; ++i) {
    non_readers.push_back(std::make_unique<NonReader>(*service_, many));
    unread += non_readers.back()->unread();
  }
  EXPECT_LE(unread, 65 * kMebibyte);
}

}  // namespace
}  // namespace bakeoff::workloads
