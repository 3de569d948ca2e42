// The three kinds of store at their cap, and with keys that were chosen to meet in one place.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/workloads/conversation.h"
#include "tests/workloads/store_fixture.h"
#include "workloads/store/keyed_hash.h"
#include "workloads/store/store.h"

namespace bakeoff::workloads {
namespace {

constexpr std::string_view kOutOfMemory = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

class StoreLimits : public testing::TestWithParam<StoreKind> {};
INSTANTIATE_TEST_SUITE_P(EveryKind, StoreLimits, every_store_kind(), store_kind_name);

TEST_P(StoreLimits, AtTheCapWhatNeedsMoreIsOutOfMemoryAndAllElseIsAnswered) {
  const auto service = make_service("counter", GetParam(), 64, 4 * kMebibyte);
  Conversation server(*service);
  const std::string value(100'000, 'v');
  int stored = 0;
  std::string reply;
  for (; stored < 100; ++stored) {
    reply = server.say(resp_command({"SET", "k" + std::to_string(stored), value}));
    if (reply != "+OK\r\n") break;
  }
  ASSERT_EQ(reply, kOutOfMemory);
  EXPECT_GE(stored, 20);
  // Small keys still fit until the last byte is taken.
  int small = 0;
  for (; small < 100'000; ++small) {
    reply = server.say(resp_command({"INCR", "small" + std::to_string(small)}));
    if (reply != ":1\r\n") break;
  }
  ASSERT_EQ(reply, kOutOfMemory);
  EXPECT_EQ(server.say("PING\r\n"), "+PONG\r\n");
  EXPECT_EQ(server.say("GET k0\r\n"), "$100000\r\n" + value + "\r\n");
  EXPECT_EQ(server.say("INCR small0\r\n"), ":2\r\n") << "it needs no more memory";
  EXPECT_EQ(server.say(resp_command({"SET", "k0", std::string(99'000, 'w')})),
            GetParam() == StoreKind::process_shared ? std::string(kOutOfMemory) : "+OK\r\n");
  EXPECT_EQ(server.say("DBSIZE\r\n"), ":" + std::to_string(stored + small) + "\r\n");
  EXPECT_EQ(server.say("DEL k1 k2 k3\r\n"), ":3\r\n");
  EXPECT_EQ(server.say(resp_command({"SET", "k1", value})), "+OK\r\n") << "what DEL freed serves again";
  EXPECT_EQ(server.say("FLUSHALL\r\n"), "+OK\r\n");
  EXPECT_EQ(server.say("DBSIZE\r\n"), ":0\r\n");
  EXPECT_EQ(server.say(resp_command({"SET", "k", std::string(kLongestBulk, 'v')})), "+OK\r\n");
}

TEST_P(StoreLimits, AtTheCapSeveralKeysAreSetAllOrNone) {
  const auto store = store::make_store(GetParam(), kMebibyte);
  const std::string value(300'000, 'v');
  store->set("a", "before");
  const std::vector<store::KeyValue> pairs{{"a", value}, {"b", value}, {"c", value}, {"d", value}};
  EXPECT_EQ(store->set_many(pairs), store::StoreStatus::full);
  EXPECT_EQ(store->size(), 1U);
  EXPECT_EQ(store->set("b", value), store::StoreStatus::ok) << "what was taken for the refused ones is free again";
}

TEST_P(StoreLimits, NothingIsLostHoweverOftenValuesChangeTheirSize) {
  const auto store = store::make_store(GetParam(), kMebibyte);
  const std::vector<std::string> values{
      "1", "short", std::string(50, 'm'), std::string(200'000, 'l'), std::string(150'000, 'l'), "a text of 20 letters"};
  for (std::size_t i = 0; i < 5'000; ++i) {
    const std::string& value = values[(i * 7 + i / 3) % values.size()];
    ASSERT_EQ(store->set("k" + std::to_string(i % 2), value), store::StoreStatus::ok) << i;
    const std::vector<store::KeyValue> pairs{{"same", value}, {"same", values[i % 3]}};
    ASSERT_EQ(store->set_many(pairs), store::StoreStatus::ok) << i;
    if (i % 5 == 0) store->erase(std::vector<std::string_view>{"k0", "same", "none"});
  }
}

/// Keys of which std::hash makes one and the same number: it reads 16 letters as two words, and for any first word
/// there is a second one that leads to the wanted number. (GCC's is MurmurHash64A; its seed and its end are the same
/// for all.)
std::vector<std::string> colliding_keys(std::size_t count) {
  constexpr std::uint64_t kMultiplier = 0xc6a4a7935bd1e995;
  constexpr auto shift_mix = [](std::uint64_t word) { return word ^ (word >> 47); };
  const auto mixed = [&](std::uint64_t word) { return shift_mix(word * kMultiplier) * kMultiplier; };
  std::uint64_t inverse = kMultiplier;  // Each round doubles the bits that are right.
  for (int round = 0; round < 5; ++round) inverse *= 2 - kMultiplier * inverse;
  const auto unmixed = [&](std::uint64_t word) { return shift_mix(word * inverse) * inverse; };
  constexpr std::uint64_t kSeed = 0xc70f6907;
  const std::uint64_t start = kSeed ^ (16 * kMultiplier);
  std::vector<std::string> keys;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t between = (start ^ mixed(i)) * kMultiplier;
    const std::uint64_t words[] = {i, unmixed(between ^ 0x5eed)};
    keys.emplace_back(reinterpret_cast<const char*>(words), sizeof words);
  }
  return keys;
}

TEST_P(StoreLimits, KeysThatWereChosenToCollideCostNoMoreThanOthers) {
  constexpr std::size_t kKeys = 20'000;
  const auto chosen = colliding_keys(kKeys);
  ASSERT_EQ(std::hash<std::string>{}(chosen.front()), std::hash<std::string>{}(chosen.back()))
      << "these were made for another standard library";
  const auto attacked = store::make_store(GetParam(), 64 * kMebibyte);
  const auto ordinary = store::make_store(GetParam(), 64 * kMebibyte);
  for (std::size_t i = 0; i < kKeys; ++i) {
    attacked->add(chosen[i], 1);
    ordinary->add("key:" + std::to_string(i), 1);
  }
  EXPECT_EQ(attacked->size(), kKeys);
  EXPECT_EQ(ordinary->size(), kKeys);
  // By chance some 8 of 20,000 lie in one place; 20 do once in 10^10 times.
  EXPECT_LE(ordinary->longest_chain(), 20U);
  EXPECT_LE(attacked->longest_chain(), 20U);
}

TEST(KeyedHash, IsSipHash13) {
  // OpenSSL: openssl mac -macopt c-rounds:1 -macopt d-rounds:3 -macopt size:8 -macopt hexkey:0001..0f SIPHASH, read as
  // a number with the low byte first; of the bytes 0, 1, 2, ... n - 1.
  const store::KeyedHash hash(0x0706050403020100, 0x0f0e0d0c0b0a0908);
  std::string text;
  std::vector<std::uint64_t> found;
  for (char next = 0; next < 20; ++next) {
    found.push_back(hash(text));
    text += next;
  }
  const std::vector<std::uint64_t> expected{
      0xabac0158050fc4dc, 0xc9f49bf37d57ca93, 0x82cb9b024dc7d44d, 0x8bf80ab8e7ddf7fb, 0xcf75576088d38328,
      0xdef9d52f49533b67, 0xc50d2b50c59f22a7, 0xd3927d989bb11140, 0x369095118d299a8e, 0x25a48eb36c063de4,
      0x79de85ee92ff097f, 0x70c118c1f94dc352, 0x78a384b157b4d9a2, 0x306f760c1229ffa7, 0x605aa111c0f95d34,
      0xd320d86d2a519956, 0xcc4fdd1a7d908b66, 0x9cf2689063dbd80c, 0x8ffc389cb473e63e, 0xf21f9de58d297d1c};
  EXPECT_EQ(found, expected);
}

TEST(KeyedHash, OfTwoStoresDiffers) {
  EXPECT_NE(store::KeyedHash()("key"), store::KeyedHash()("key"));
}

}  // namespace
}  // namespace bakeoff::workloads
