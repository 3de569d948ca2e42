// The server session of the counter workload and a real redis-server on the same bytes: random commands, inline
// commands and protocol errors with bytes changed, lost and repeated. tests/conformance/redis_test.cpp has the whole
// ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <string>
#include <vector>

#include "tests/conformance/connection.h"
#include "tests/conformance/oracle.h"
#include "tests/conformance/redis_table.h"
#include "tests/conformance/servers.h"
#include "tests/fuzz/differential/rounds.h"
#include "tests/workloads/conversation.h"
#include "tests/workloads/rubbish.h"

namespace bakeoff::fuzz::differential {
namespace {

constexpr std::uint64_t kRedisRounds = 500;

std::string answer_of_redis(std::uint16_t port, const std::string& requests) {
  conformance::Connection connection(port);
  connection.send(requests);
  connection.shutdown_write();
  return connection.receive_until_end();
}

std::string our_answer(const std::string& requests) {
  const auto service = workloads::make_service("counter");
  return workloads::Conversation(*service).say(requests);
}

/// What conformance::known_differences() has, as it shows in bytes that were changed: commands of which we know less,
/// a NUL, and values of 1 MiB or more. And what looks like HTTP: Redis closes the connection without the replies to
/// what came before.
bool shows_known_difference(std::string_view bytes) {
  std::string small(bytes);
  std::ranges::transform(small, small.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const std::string_view word : {"select", "hello", "command", "config", "client", "post", "host:"}) {
    if (small.find(word) != small.npos) return true;
  }
  constexpr std::size_t kDigitsOfMebibyte = 7;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t at = small.find('$'); at != small.npos; at = small.find('$', at + 1)) {
    const auto end = std::find_if_not(small.begin() + static_cast<std::ptrdiff_t>(at) + 1, small.end(), digit);
    if (static_cast<std::size_t>(end - small.begin()) - at > kDigitsOfMebibyte) return true;
  }
  return bytes.find('\0') != bytes.npos;
}

int unknown_commands_in(std::string_view replies) {
  constexpr std::string_view kUnknown = "-ERR unknown command";
  int count = 0;
  for (std::size_t at = replies.find(kUnknown); at != replies.npos; at = replies.find(kUnknown, at + 1)) ++count;
  return count;
}

TEST(RedisDifferential, CommandsThatAreNearlyGoodAreAnsweredAlike) {
  const std::string program = conformance::redis_program();
  if (program.empty()) GTEST_SKIP() << "no redis-server on PATH (Debian: redis-server)";
  const conformance::Redis redis(program);
  std::vector<std::string> good = conformance::protocol_table();
  constexpr std::uint64_t kConversations = 200;
  for (std::uint64_t seed = 0; seed < kConversations; ++seed) good.push_back(conformance::random_commands(seed, 3));
  // Longer than what the server reads at a time, after which it may close before it has answered.
  std::erase_if(good, [](const std::string& one) { return one.size() > 4000 || shows_known_difference(one); });
  workloads::Rubbish rubbish(good, 4711);
  std::uint64_t compared = 0;
  const std::uint64_t rounds = rounds_asked_for(kRedisRounds);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const std::string requests = conformance::resp({"FLUSHALL"}) + rubbish.changed() + rubbish.changed();
    if (shows_known_difference(requests)) continue;
    ++compared;
    const std::string ours = our_answer(requests), theirs = answer_of_redis(redis.port(), requests);
    // A changed name may be that of one of the many commands that Redis has and we have not.
    if (unknown_commands_in(ours) > unknown_commands_in(theirs)) continue;
    ASSERT_EQ(ours, theirs) << "asked " << testing::PrintToString(requests);
  }
  EXPECT_GT(compared, rounds / 2);
}

}  // namespace
}  // namespace bakeoff::fuzz::differential
