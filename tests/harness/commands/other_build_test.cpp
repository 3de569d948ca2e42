// Which subject of another build is the same as one of this build.
#include "harness/commands/other_build.h"

#include <gmock/gmock.h>

#include <map>

#include "harness/commands/commands.h"
#include "tests/harness/fixtures/small_inventory.h"

namespace bakeoff::commands {
namespace {

using testing::HasSubstr;

subjects::Inventory build_with(bool reactors) {
  subjects::Inventory inventory;
  for (const char* name : {"event-loop", "event-loops", "request-pool"}) {
    inventory.subjects.push_back(test::named_subject(name));
    if (!reactors || std::string(name) == "request-pool") continue;
    inventory.subjects.back().settings = {
        {.name = "reactor", .meaning = "", .default_value = "asio", .choices = {"asio", "epoll"}}};
  }
  return inventory;
}

std::string same(const std::string& name, bool reactors) {
  return name_in_other_build(build_with(reactors), "old/bakeoff-subject", name);
}

TEST(OtherBuild, ABuildWithTheSameSettingsHasTheSameNames) {
  for (const char* name :
       {"event-loop", "event-loops", "event-loops:reactor=epoll:units=2", "request-pool", "threads"}) {
    EXPECT_EQ(same(name, true), name);
  }
}

TEST(OtherBuild, ABuildFromBeforeASettingDidWhatItNames) {
  EXPECT_EQ(same("event-loop", false), "event-loop");
  EXPECT_EQ(same("event-loop:reactor=asio:store=locked", false), "event-loop:store=locked");
  EXPECT_EQ(same("event-loops:reactor=epoll", false), "event-loops");
  EXPECT_EQ(same("event-loops:units=2:reactor=epoll", false), "event-loops:units=2");
  EXPECT_EQ(same("request-pool:dispatch=epoll", false), "request-pool");
}

TEST(OtherBuild, AsioIsNeverPairedWithALoopOverPlainEpoll) {
  for (const auto& [name, missing] :
       std::map<std::string, std::string>{{"event-loops", "event-loops:reactor=asio"},
                                          {"event-loops:units=2:reactor=asio", "event-loops:reactor=asio"},
                                          {"event-loop:reactor=epoll", "event-loop:reactor=epoll"},
                                          {"request-pool:dispatch=queue", "request-pool:dispatch=queue"}}) {
    try {
      ADD_FAILURE() << name << " is taken for " << same(name, false);
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(),
                  HasSubstr("old/bakeoff-subject has no model \"" + missing + "\"; narrow the experiment"));
    }
  }
}

}  // namespace
}  // namespace bakeoff::commands
