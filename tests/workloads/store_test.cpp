// One suite over the three kinds of store: the same answers, with a map as the judge.
#include "workloads/store/store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/workloads/store_fixture.h"
#include "workloads/integer.h"

namespace bakeoff::workloads {
namespace {

constexpr std::size_t kArenaBytes = 8 * 1024 * 1024;

/// Values as text: "-" for a missing one, a number with '#' before it.
class Texts final : public store::ValueSink {
 public:
  void number(std::int64_t value) override { texts.push_back("#" + std::to_string(value)); }
  void text(std::string_view value) override { texts.emplace_back(value); }
  void missing() override { texts.emplace_back("-"); }
  std::vector<std::string> texts;
};

using Keys = std::vector<std::string_view>;

class StoreSuite : public testing::TestWithParam<StoreKind> {
 protected:
  std::unique_ptr<store::Store> store_ = store::make_store(GetParam(), kArenaBytes);

  std::string get(std::string_view key) {
    Texts sink;
    store_->get(key, sink);
    return sink.texts.at(0);
  }
};

TEST_P(StoreSuite, KeepsTextAndNumbersApart) {
  EXPECT_EQ(get("k"), "-");
  EXPECT_EQ(store_->set("k", "text"), store::StoreStatus::ok);
  EXPECT_EQ(get("k"), "text");
  store_->set("k", "-12");
  EXPECT_EQ(get("k"), "#-12");
  store_->set("k", "012");
  EXPECT_EQ(get("k"), "012");
  store_->set("k", "");
  EXPECT_EQ(get("k"), "");
}

TEST_P(StoreSuite, KeysAndValuesAreAnyBytesOfAnyLength) {
  const std::string zeros("a\0b\r\n", 5);
  store_->set(zeros, zeros);
  EXPECT_EQ(get(zeros), zeros);
  EXPECT_EQ(get("a"), "-");
  store_->set("", "empty");
  EXPECT_EQ(get(""), "empty");
  const std::string large(1024 * 1024, 'x');
  EXPECT_EQ(store_->set(large, large), store::StoreStatus::ok);
  EXPECT_EQ(get(large), large);
}

TEST_P(StoreSuite, AddsAndRefusesToOverflow) {
  EXPECT_EQ(store_->add("n", 5).value, 5);
  EXPECT_EQ(store_->add("n", -7).value, -2);
  store_->set("n", "9223372036854775807");
  EXPECT_EQ(store_->add("n", 1).status, store::StoreStatus::overflow);
  EXPECT_EQ(get("n"), "#9223372036854775807");
  store_->set("n", "text");
  EXPECT_EQ(store_->add("n", 1).status, store::StoreStatus::not_integer);
  EXPECT_EQ(get("n"), "text");
}

TEST_P(StoreSuite, AnswersForSeveralKeysInTheirOrder) {
  const std::vector<store::KeyValue> pairs{{"a", "1"}, {"b", "two"}, {"a", "three"}, {"c", "4"}, {"c", "5"}};
  EXPECT_EQ(store_->set_many(pairs), store::StoreStatus::ok);
  Texts sink;
  store_->get_many(Keys{"b", "none", "a", "b", "c"}, sink);
  EXPECT_EQ(sink.texts, (std::vector<std::string>{"two", "-", "three", "two", "#5"}));
  EXPECT_EQ(store_->count(Keys{"a", "a", "none", "c"}), 3U);
  EXPECT_EQ(store_->erase(Keys{"a", "a", "none"}), 1U);
  EXPECT_EQ(store_->size(), 2U);
  store_->clear();
  EXPECT_EQ(store_->size(), 0U);
  EXPECT_EQ(get("b"), "-");
  EXPECT_EQ(store_->add("b", 1).value, 1);
}

TEST_P(StoreSuite, AgreesWithAMapOverManyRandomOperations) {
  std::mt19937 random(99);
  std::map<std::string, std::string> judge;
  const auto key = [&] { return "key" + std::to_string(random() % 300); };
  const auto value = [&]() -> std::string {
    if (random() % 2 == 0) return std::to_string(static_cast<std::int64_t>(random()) - 1'000'000'000);
    return std::string(random() % 3 == 0 ? random() % 3000 : random() % 40, 'v');
  };
  for (int i = 0; i < 50'000; ++i) {
    const std::string one = key();
    const std::string two = key();
    switch (random() % 8) {
      case 0:
      case 1:
        ASSERT_EQ(store_->set(one, judge[one] = value()), store::StoreStatus::ok);
        break;
      case 2: {
        const std::string first = value();
        const std::string second = value();
        ASSERT_EQ(store_->set_many(std::vector<store::KeyValue>{{one, first}, {two, second}}), store::StoreStatus::ok);
        judge[one] = first;
        judge[two] = second;
        break;
      }
      case 3:
        ASSERT_EQ(store_->erase(Keys{one, two}), judge.erase(one) + judge.erase(two));
        break;
      case 4: {
        const store::Sum sum = store_->add(one, 3);
        const auto known = judge.find(one);
        const auto number = known == judge.end() ? std::optional<std::int64_t>(0) : parse_integer(known->second);
        ASSERT_EQ(sum.status, number ? store::StoreStatus::ok : store::StoreStatus::not_integer);
        if (number) judge[one] = std::to_string(*number + 3);
        break;
      }
      case 5:
        ASSERT_EQ(store_->count(Keys{one, two}), judge.count(one) + judge.count(two));
        break;
      default: {
        const auto known = judge.find(one);
        const std::string text = known == judge.end() ? "-" : known->second;
        ASSERT_EQ(get(one), parse_integer(text) ? "#" + text : text);
      }
    }
    if (i % 10'000 == 9'999) {
      ASSERT_EQ(store_->size(), judge.size());
      if (i % 20'000 == 19'999) {
        store_->clear();
        judge.clear();
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryKind, StoreSuite, every_store_kind(), store_kind_name);

TEST(StoresOfThreads, AddUpIncrementsAndKeepPairsTogether) {
  constexpr int kThreads = 4;
  constexpr int kTimes = 5000;
  for (const StoreKind kind : {StoreKind::locked, StoreKind::process_shared}) {
    const auto store = store::make_store(kind, kArenaBytes);
    store->set_many(std::vector<store::KeyValue>{{"left", "0"}, {"right", "0"}});
    std::vector<std::jthread> threads;
    std::atomic<int> torn = 0;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kTimes; ++i) {
          store->add("counter", 1);
          const std::string value = std::string(static_cast<std::size_t>(i % 30), 'v') + std::to_string(thread);
          store->set_many(std::vector<store::KeyValue>{{"left", value}, {"right", value}});
          Texts sink;
          store->get_many(Keys{"left", "right"}, sink);
          if (sink.texts[0] != sink.texts[1]) ++torn;
        }
      });
    }
    threads.clear();
    EXPECT_EQ(store->add("counter", 0).value, kThreads * kTimes);
    EXPECT_EQ(torn, 0);
    EXPECT_EQ(store->size(), 3U);
  }
}

TEST(ProcessSharedStore, SetsAllOrNothingWhenItIsFull) {
  const auto store = store::make_process_shared_store(1024 * 1024);
  const std::string value(300'000, 'v');
  store->set("a", "before");
  const std::vector<store::KeyValue> pairs{{"a", value}, {"b", value}, {"c", value}, {"d", value}};
  EXPECT_EQ(store->set_many(pairs), store::StoreStatus::full);
  Texts sink;
  store->get_many(Keys{"a", "b", "c", "d"}, sink);
  EXPECT_EQ(sink.texts, (std::vector<std::string>{"before", "-", "-", "-"}));
  EXPECT_EQ(store->set("b", value), store::StoreStatus::ok) << "what was taken for the refused ones is free again";
}

TEST(ProcessSharedStore, UsesMemoryAgainThatWasFreed) {
  const auto store = store::make_process_shared_store(1024 * 1024);
  const std::string value(200'000, 'v');
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(store->set("k", value), store::StoreStatus::ok);
    ASSERT_EQ(store->set("other" + std::to_string(i), "text"), store::StoreStatus::ok);
    ASSERT_EQ(store->erase(Keys{"other" + std::to_string(i)}), 1U);
  }
}

TEST(ProcessSharedStore, SplitsLargeBlocksForSmallValues) {
  const auto store = store::make_process_shared_store(1024 * 1024);
  const std::string large(500'000, 'v');
  ASSERT_EQ(store->set("large", large), store::StoreStatus::ok);
  ASSERT_EQ(store->erase(Keys{"large"}), 1U);
  int small = 0;
  while (store->set("key" + std::to_string(small), "some small text") == store::StoreStatus::ok) ++small;
  EXPECT_GT(small, 6000);
  EXPECT_EQ(store->size(), static_cast<std::size_t>(small));
  store->clear();
  EXPECT_EQ(store->set("large", large), store::StoreStatus::ok);
}

TEST(ProcessSharedStore, RefusesAnArenaThatIsTooSmall) {
  EXPECT_THROW(store::make_process_shared_store(1024 * 1024 - 1), std::invalid_argument);
}

}  // namespace
}  // namespace bakeoff::workloads
