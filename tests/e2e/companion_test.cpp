// The server beside a subject: it answers, what it costs is told, and nothing of it is left.
#include "harness/experiment/companion.h"

#include <gmock/gmock.h>

#include <csignal>
#include <optional>

#include "harness/measure/process_tree.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/manifest.h"
#include "tests/eventually.h"

namespace bakeoff::e2e {
namespace {

using experiment::Companion;
using experiment::CompanionError;
using testing::HasSubstr;

subjects::Inventory inventory_with_servers() {
  subjects::Inventory inventory = subjects::describe_subject_program(BAKEOFF_BIN_DIR "/bakeoff-subject");
  subjects::add_subjects_in(BAKEOFF_SOURCE_DIR "/reference/servers", inventory);
  return inventory;
}

journal::Params for_connections(std::uint64_t connections) {
  journal::Params params;
  params.load.connections = connections;
  return params;
}

bool is_running(pid_t pid) {
  return measure::measure_size({pid}).processes != 0;
}

TEST(Companion, IsAModelOfOursThatAnswersAndIsGoneAfterItsStop) {
  const subjects::Inventory inventory = inventory_with_servers();
  Companion companion(*inventory.find("event-loop"), "http", for_connections(4), {});
  const pid_t pid = companion.pid();
  EXPECT_NE(companion.port(), 0);
  EXPECT_TRUE(is_running(pid));
  EXPECT_GT(companion.cpu_us().value_or(1), 0);
  companion.expect_alive();
  EXPECT_EQ(companion.stop(), "");
  EXPECT_FALSE(is_running(pid));
  EXPECT_EQ(companion.stop(), "") << "the second call does nothing";
}

TEST(Companion, IsGoneWithItsObject) {
  const subjects::Inventory inventory = inventory_with_servers();
  std::optional<Companion> companion;
  companion.emplace(*inventory.find("event-loop"), "http", for_connections(4), std::vector<int>{});
  const pid_t pid = companion->pid();
  companion.reset();
  EXPECT_FALSE(is_running(pid));
}

TEST(Companion, IsAServerOfAManifest) {
  const subjects::Inventory inventory = inventory_with_servers();
  const subjects::Subject& redis = *inventory.find("redis");
  if (!redis.missing.empty()) GTEST_SKIP() << "needs " << redis.missing;
  Companion companion(redis, "counter", for_connections(4), {});
  EXPECT_NE(companion.port(), 0);
  EXPECT_EQ(companion.stop(), "");
}

TEST(Companion, ThatEndsByItselfIsNamedAndIsNoOutcomeOfTheSubject) {
  const subjects::Inventory inventory = inventory_with_servers();
  Companion companion(*inventory.find("event-loop"), "http", for_connections(4), {});
  ::kill(companion.pid(), SIGKILL);
  std::string said;
  EXPECT_TRUE(test::eventually([&] {
    try {
      companion.expect_alive();
    } catch (const CompanionError& error) {
      EXPECT_EQ(error.outcome, journal::Outcome::not_run);
      said = error.what();
    }
    return !said.empty();
  }));
  EXPECT_EQ(said, "beside the subject: event-loop killed by SIGKILL");
}

TEST(Companion, WhoseProgramIsMissingSaysHowToGetIt) {
  const subjects::Inventory inventory = inventory_with_servers();
  subjects::Subject redis = *inventory.find("redis");
  redis.missing = "redis-server (apt install redis-server)";
  try {
    const Companion companion(redis, "counter", for_connections(4), {});
    ADD_FAILURE() << "it was started";
  } catch (const CompanionError& error) {
    EXPECT_STREQ(error.what(), "beside the subject: redis needs redis-server (apt install redis-server)");
    EXPECT_EQ(error.outcome, journal::Outcome::not_run);
  }
}

TEST(Companion, ThatDoesNotServeTheWorkloadIsRefused) {
  const subjects::Inventory inventory = inventory_with_servers();
  subjects::Subject redis = *inventory.find("redis");
  redis.missing = "";
  try {
    const Companion companion(redis, "http", for_connections(4), {});
    ADD_FAILURE() << "it was started";
  } catch (const CompanionError& error) {
    EXPECT_THAT(error.what(), HasSubstr("it serves counter only"));
  }
}

}  // namespace
}  // namespace bakeoff::e2e
