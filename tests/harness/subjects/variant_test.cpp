// Models with settings of their own, named by what makes them different.
#include "harness/subjects/variant.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "harness/journal/trial.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/foreign_start.h"

namespace bakeoff::subjects {
namespace {

Inventory loops_inventory() {
  Subject loops;
  loops.name = loops.model = "event-loops";
  loops.max_units = 8;
  loops.store = "locked";
  loops.default_units = kOneUnitPerCpu;
  loops.settings = {{.name = "listen", .meaning = "", .default_value = "shared", .choices = {"shared", "reuseport"}},
                    {.name = "queue", .meaning = "", .default_value = "100", .least = 1, .most = 1000}};
  Inventory made;
  made.subjects = {loops};
  return made;
}

std::string refusal(const std::string& name) {
  try {
    make_variant(loops_inventory(), name);
  } catch (const VariantError& error) {
    return error.what();
  }
  return "";
}

TEST(Variant, IsItsModelWithTheSettingsOfItsName) {
  const Subject variant = make_variant(loops_inventory(), "event-loops:listen=reuseport:units=4:queue=7");
  EXPECT_EQ(variant.name, "event-loops:listen=reuseport:units=4:queue=7");
  EXPECT_EQ(variant.model, "event-loops");
  EXPECT_EQ(variant.arguments, (std::vector<std::string>{"--set", "listen=reuseport", "--set", "queue=7"}));
  journal::Params params;
  params.units = 2;
  EXPECT_EQ(units_for(variant, params), 4U) << "its own units go before the table's";
  EXPECT_EQ(make_variant(loops_inventory(), "event-loops").arguments, std::vector<std::string>{});
  EXPECT_EQ(model_name_of("event-loops:units=4"), "event-loops");
}

TEST(Variant, MayHaveAStrongerStoreThanItsModelNeeds) {
  const Subject shared = make_variant(loops_inventory(), "event-loops:store=process_shared");
  EXPECT_EQ(shared.store, "process_shared");
  EXPECT_EQ(shared.arguments, (std::vector<std::string>{"--store", "process_shared"}));
  EXPECT_EQ(refusal("event-loops:store=unshared"),
            "found the value of store \"unshared\" in \"event-loops:store=unshared\", expected one of locked, "
            "process_shared");
}

TEST(Variant, OfAnExecutorOrAProbeHasTheSettingsOfItsKindOnly) {
  Inventory made = loops_inventory();
  Subject thread;
  thread.name = thread.model = "thread";
  thread.role = Role::executor;
  thread.program = "subject";
  thread.max_units = 100;
  thread.settings = {{.name = "discipline", .meaning = "", .default_value = "mutex", .choices = {"mutex", "atomic"}}};
  Subject pipe;
  pipe.name = pipe.model = "pipe";
  pipe.role = Role::probe;
  pipe.program = "subject";
  made.executors_and_probes = {thread, pipe};
  const Subject variant = make_variant(made, "thread:units=4:discipline=atomic");
  EXPECT_EQ(variant.units, 4U);
  EXPECT_EQ(variant.set, (std::map<std::string, std::string>{{"units", "4"}, {"discipline", "atomic"}}));
  journal::Params params;
  params.units = 4;
  params.job_size = 7;
  EXPECT_EQ(command_to_run(variant, "count", params).argv,
            (std::vector<std::string>{"subject", "job", "thread", "count", "--units", "4", "--size", "7", "--set",
                                      "discipline=atomic"}));
  EXPECT_EQ(command_to_run(make_variant(made, "pipe"), "switch", params).argv,
            (std::vector<std::string>{"subject", "probe", "pipe"}));
  EXPECT_THROW(make_variant(made, "thread:store=locked"), VariantError);
  EXPECT_THROW(make_variant(made, "pipe:units=2"), VariantError);
}

Inventory offer_with_a_foreign_server() {
  Inventory made = loops_inventory();
  Subject real;
  real.name = real.model = "real";
  real.max_units = 64;
  ForeignServer foreign;
  foreign.like = "event-loops";
  real.foreign = std::make_shared<const ForeignServer>(foreign);
  made.subjects.push_back(real);
  return made;
}

TEST(Variant, OfAForeignServerHasUnitsOfItsOwnAndTheSameTwin) {
  const Subject two = make_variant(offer_with_a_foreign_server(), "real:units=2");
  EXPECT_EQ(two.name, "real:units=2");
  EXPECT_EQ(two.model, "real");
  EXPECT_EQ(two.units, 2U);
  EXPECT_EQ(two.arguments, std::vector<std::string>{}) << "its manifest says how it is told";
  EXPECT_EQ(two.twin(), "event-loops");
  EXPECT_EQ(make_variant(loops_inventory(), "event-loops:units=2").twin(), "") << "a model has none";
}

TEST(Variant, OfAForeignServerHasNoStoreAndNoSettings) {
  const auto refusal_of_real = [](const std::string& name) -> std::string {
    try {
      make_variant(offer_with_a_foreign_server(), name);
    } catch (const VariantError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal_of_real("real:store=locked"),
            "found the setting \"store\" in \"real:store=locked\", expected one of units");
  EXPECT_EQ(refusal_of_real("real:queue=7"), "found the setting \"queue\" in \"real:queue=7\", expected one of units");
  EXPECT_EQ(refusal_of_real("real:units=65"),
            "found the value of units \"65\" in \"real:units=65\", expected a whole number from 1 to 64");
}

TEST(Variant, IsAddedOnce) {
  Inventory some = loops_inventory();
  add_variants(some, {"event-loops", "event-loops:units=2", "event-loops:units=2"});
  ASSERT_EQ(some.subjects.size(), 2U);
  EXPECT_NE(some.find("event-loops:units=2"), nullptr);
}

TEST(Variant, OfWhatIsNotThereIsRefusedWithWhatIs) {
  EXPECT_EQ(refusal("event-loop:units=2"),
            "found \"event-loop\", expected one of event-loops; did you mean \"event-loops\"?");
  EXPECT_EQ(refusal("event-loops:units=9"),
            "found the value of units \"9\" in \"event-loops:units=9\", expected a whole number from 1 to 8");
  EXPECT_EQ(refusal("event-loops:lisden=shared"),
            "found the setting \"lisden\" in \"event-loops:lisden=shared\", expected one of units, store, listen, "
            "queue; did you "
            "mean \"listen\"?");
  EXPECT_EQ(refusal("event-loops:listen=tcp"),
            "found the value of listen \"tcp\" in \"event-loops:listen=tcp\", expected one of shared, reuseport");
  EXPECT_EQ(refusal("event-loops:"), "found the setting \"\" in \"event-loops:\", expected NAME=VALUE");
  EXPECT_EQ(refusal("event-loops:queue=5:queue=6"),
            "found the setting \"queue\" in \"event-loops:queue=5:queue=6\", expected each setting once");
}

TEST(Variant, WithoutUnitsOfItsOwnLeavesOneACpuToTheSubject) {
  const auto command = command_to_serve(make_variant(loops_inventory(), "event-loops"), "http", journal::Params{}, 0);
  EXPECT_EQ(std::count(command.argv.begin(), command.argv.end(), "--units"), 0);
  const auto four =
      command_to_serve(make_variant(loops_inventory(), "event-loops:units=4"), "http", journal::Params{}, 0);
  EXPECT_EQ(std::count(four.argv.begin(), four.argv.end(), "--units"), 1);
}

TEST(Variant, ListensOnAUnixSocketInsteadOfAPortUnlessEachOfItsLoopsListensForItself) {
  const auto loops = make_variant(loops_inventory(), "event-loops");
  const auto command = command_to_serve(loops, "http", journal::Params{}, 0, {.unix_socket = "/run/s"});
  const std::vector<std::string> words{"serve", "event-loops", "http", "--unix-socket", "/run/s"};
  EXPECT_TRUE(std::equal(words.begin(), words.end(), command.argv.begin() + 1)) << command.argv.size();
  journal::Params params{.transport = journal::Transport::unix_socket};
  EXPECT_EQ(why_not_served(loops, "http", params), "");
  const auto reuseport = make_variant(loops_inventory(), "event-loops:listen=reuseport");
  EXPECT_THAT(why_not_served(reuseport, "http", params), testing::HasSubstr("listen=reuseport"));
  EXPECT_EQ(why_not_served(reuseport, "http", journal::Params{}), "");
}

}  // namespace
}  // namespace bakeoff::subjects
