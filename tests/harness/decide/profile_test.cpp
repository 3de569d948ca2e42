#include "harness/decide/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/decide/arithmetic.h"
#include "harness/decide/candidates.h"
#include "harness/decide/phases.h"
#include "harness/experiment/spec.h"
#include "harness/input/input_error.h"
#include "tests/harness/fixtures/small_inventory.h"
#include "tests/text_file.h"

namespace bakeoff::decide {
namespace {

using testing::HasSubstr;

Profile profile_of(const std::string& toml) {
  return read_profile(words_of_toml(toml, "shop.toml"));
}

constexpr const char* kShop = R"(name = "shop"
question = "A shop that says \"hello\"."
mix = "wait:5ms@70,work:3ms@5,light@25"
connections = 2000
rate = "2k"
slo = "p99=20ms"
memory = "4G"
cpus = 2
candidates = ["threads", "@models"]
)";

TEST(Profile, OfAFileIsTheSameWhenItIsWrittenAndReadAgain) {
  Profile shop = profile_of(kShop);
  EXPECT_EQ(shop.name, "shop");
  EXPECT_EQ(shop.connections, 2000U);
  EXPECT_EQ(shop.rate_rps, 2000);
  EXPECT_EQ(shop.memory_mib, 4096);
  EXPECT_EQ(shop.cpus, 2U);
  EXPECT_EQ(shop.candidates, (std::vector<std::string>{"threads", "@models"}));
  shop.rounds_per_ms = 812345;
  shop.isolation = true;
  EXPECT_EQ(to_toml(profile_of(to_toml(shop))), to_toml(shop));
  EXPECT_EQ(limits_in_words(shop), "p99 <= 20 ms, memory <= 4.00 GiB, 2 CPUs, isolation");
}

TEST(Profile, IsShownAsTheOptionsThatSayTheSame) {
  EXPECT_EQ(to_options(profile_of(kShop)),
            "--name shop --mix wait:5ms@70,work:3ms@5,light@25 --connections 2000 --rate 2000 --slo p99=20ms --memory "
            "4G --cpus 2 --candidates threads,@models");
}

TEST(Profile, SaysWhereAFaultStandsAndWhatIsExpected) {
  const std::vector<std::pair<std::string, const char*>> wrong{
      {"rate = 5\n", "mix: found none"},
      {"mix = \"light@100\"\nconections = 5\n", "shop.toml:2: conections: found an unknown key"},
      {"mix = \"light@100\"\nconnections = 0\n", "shop.toml:2: connections: found \"0\""},
      {"mix = \"light@100\"\nrate = \"1k:2k\"\n", "shop.toml:2: rate: found \"1k:2k\", expected one rate"},
      {"mix = \"light@100\"\nmemory = \"4\"\n", "expected an amount of memory"},
      {"mix = \"light@100\"\nslo = \"p98=1ms\"\n", "shop.toml:2: slo: found \"p98=1ms\""},
      {"mix = \"light@100\"\nisolation = 3\n", "expected true or false"},
      {"mix = \"light@100\"\nback_end = \"redis\"\n", "expected a class call"},
      {"mix = \"call@100\"\nback_end = \"redis\"\nback_end_delay = \"1ms\"\n", "beside http"},
      {"mix = \"light@100\"\nname = \"My Shop\"\n", "small letters"},
      {"mix = [\"light@100\"]\n", "expected one value"}};
  for (const auto& [toml, expected] : wrong) {
    try {
      profile_of(toml);
      ADD_FAILURE() << toml;
    } catch (const input::InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr(expected)) << toml;
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  }
}

TEST(Profile, ThatAsksForMoreThanTheCpusHaveIsRefusedWithTheArithmetic) {
  Profile shop = profile_of(kShop);
  EXPECT_EQ(contradiction(shop, 1), "");
  shop.rate_rps = 20'000;
  EXPECT_EQ(contradiction(shop, 2),
            "20000 requests per second x 5 % x 3.00 ms of work keep 3 CPUs busy, before anything else is done, and the "
            "service has 2");
}

TEST(Profile, WhoseRequestsTakeLongerThanTheLimitIsRefused) {
  Profile shop = profile_of(kShop);
  shop.slo = load::parse_slo("p99=4ms");
  EXPECT_THAT(contradiction(shop, 2), HasSubstr("the p99 is at least 5.00 ms"));
  shop.slo = load::parse_slo("p50=4ms");
  EXPECT_THAT(contradiction(shop, 2), HasSubstr("the p50 is at least 5.00 ms"));
  shop.mix = parse_mix("mix", "wait:exponential:5ms@100");
  shop.slo = load::parse_slo("p99=20ms");
  EXPECT_THAT(contradiction(shop, 2), HasSubstr("the p99 is at least 23.0 ms"));  // ln(100) x 5 ms
  shop.slo = load::parse_slo("p99=24ms");
  EXPECT_EQ(contradiction(shop, 2), "");
}

TEST(Profile, WhoseBackEndTakesLongerThanTheLimitIsRefused) {
  Profile shop = profile_of("mix = \"call:3@100\"\nback_end_delay = \"2ms\"\nrate = 100\nslo = \"p99=5ms\"\n");
  EXPECT_THAT(contradiction(shop, 2), HasSubstr("the p99 is at least 6.00 ms"));
  shop.slo = load::parse_slo("mean=5ms");
  EXPECT_THAT(contradiction(shop, 2), HasSubstr("the mean is at least 6.00 ms"));
  shop.slo = load::parse_slo("max=5ms");
  EXPECT_THAT(contradiction(shop, 2), HasSubstr("the max is at least 6.00 ms"));
}

TEST(Profile, WhoseRequestsInFlightNeedMoreConnectionsThanItHasIsRefused) {
  const Profile shop = profile_of("mix = \"wait:50ms@100\"\nconnections = 100\nrate = \"10k\"\n");
  EXPECT_EQ(
      contradiction(shop, 2),
      "10000 requests per second that take 50.0 ms in the mean keep 500 connections busy, and the profile has 100");
}

TEST(Profile, ThatWantsIsolationAndSharedStateIsRefused) {
  Profile shop = profile_of(kShop);
  shop.isolation = shop.shared_state = true;
  EXPECT_THAT(contradiction(shop, 2), HasSubstr("no candidate has both"));
}

/// The models of small_inventory() with what they share and hold.
subjects::Inventory sharing_inventory() {
  subjects::Inventory inventory = test::small_inventory();
  for (subjects::Subject& subject : inventory.subjects) {
    subject.sharing = subject.name == "prefork" ? "processes" : "threads";
    subject.unit = subject.name == "prefork" ? "process" : subject.name;
    subject.holds_connection = subject.name == "prefork" || subject.name == "threads";
  }
  inventory.subjects.push_back(inventory.subjects.back());
  inventory.subjects.back().name = inventory.subjects.back().model = "event-loops";
  inventory.subjects.back().unit = "loop";
  inventory.subjects.back().sharing = "processes";
  return inventory;
}

TEST(Candidates, AreExcludedByIsolationUnlessEachConnectionHasAProcess) {
  Profile shop = profile_of(kShop);
  shop.isolation = true;
  const CandidateList list = choose_candidates(shop, {"threads", "prefork", "event-loops"}, sharing_inventory());
  EXPECT_EQ(list.measured, (std::vector<std::string>{"prefork"}));
  ASSERT_EQ(list.excluded.size(), 2U);
  EXPECT_THAT(list.excluded.back().why, HasSubstr("takes all of its connections along"));
}

TEST(Candidates, AreExcludedBySharedStateWhereTheyHaveSeveralProcesses) {
  Profile shop = profile_of(kShop);
  shop.shared_state = true;
  const CandidateList list = choose_candidates(shop, {"threads", "prefork", "event-loops"}, sharing_inventory());
  EXPECT_EQ(list.measured, (std::vector<std::string>{"threads"}));
}

TEST(Phases, AreExperimentsThatCanBeRead) {
  Profile shop = profile_of(kShop);
  shop.rounds_per_ms = 1'000'000;
  const std::vector<std::string> names{"threads", "fibers", "event-loop"};
  const Reach reach{.connections = 5000};
  const Phase asked = asked_phase(shop, names, reach);
  const auto traffic = traffic_phase(shop, names, {"threads", 170}, 1, {});
  const auto sensitivity = sensitivity_phase(shop, names, {"threads", 170}, 1, reach);
  ASSERT_TRUE(traffic && sensitivity);
  for (const Phase* phase : {&asked, &*traffic, &*sensitivity}) {
    const experiment::Spec spec = experiment::parse_spec(phase->experiment, "phase.toml", test::small_inventory());
    EXPECT_EQ(spec.subjects, names);
    EXPECT_EQ(spec.blocks, phase->blocks);
    const std::size_t controls = phase == &asked ? 0 : 1;
    ASSERT_EQ(spec.tables.size(), phase->variations.size() + controls);
    if (controls != 0) {
      EXPECT_EQ(spec.tables[0].name, kUnchangedTable);
      EXPECT_EQ(experiment::subjects_of(spec, spec.tables[0]), std::vector<std::string>{"threads"});
      EXPECT_DOUBLE_EQ(spec.tables[0].load.rate_rps, shop.rate_rps);
    }
    for (std::size_t i = 0; i < phase->variations.size(); ++i) {
      const experiment::TableSpec& table = spec.tables[i + controls];
      EXPECT_EQ(table.name, phase->variations[i].table);
      EXPECT_EQ(table.load.connections, phase->variations[i].profile.connections);
      EXPECT_DOUBLE_EQ(table.load.rate_rps, phase->variations[i].profile.rate_rps);
      EXPECT_EQ(experiment::subjects_of(spec, table), names);
    }
  }
  EXPECT_EQ(asked.variations.size(), 1U);
}

TEST(Phases, TryTwiceTheTrafficAndNoRateFarBeyondTheCpus) {
  const Profile shop = profile_of(kShop);
  std::vector<double> factors;
  const std::optional<Phase> phase = traffic_phase(shop, {"threads"}, {"threads", 170}, 1, {});
  for (const Variation& one : phase->variations) factors.push_back(one.factor);
  EXPECT_EQ(factors, (std::vector<double>{1.5, 2, 3}));  // 5882/s are all that a CPU does.
  EXPECT_EQ(traffic_phase(shop, {"threads"}, {"threads", 400}, 1, {})->variations.size(), 2U);
  EXPECT_EQ(traffic_phase(shop, {"threads"}, {"threads", 10}, 1, {})->variations.size(), 2U)
      << "twice and eight times, far below it";
}

TEST(Phases, LeaveOutConnectionsThatCannotBeOpenedAndSharesThatTheCpusCannotServe) {
  Profile shop = profile_of(kShop);
  shop.rounds_per_ms = 1000;
  const auto names_of = [&](std::uint64_t reach) {
    std::vector<std::string> names;
    const std::optional<Phase> phase = sensitivity_phase(shop, {"a", "b"}, {"threads", 170}, 1, {reach});
    for (const Variation& one : phase->variations) {
      names.push_back(one.table);
    }
    return names;
  };
  EXPECT_EQ(names_of(10'000), (std::vector<std::string>{"wait-1-25ms", "wait-20ms", "work-2-5p", "work-10p",
                                                        "connections-500", "connections-8000"}));
  EXPECT_EQ(names_of(5000).back(), "connections-500");
}

TEST(Phases, MeasureFewerConnectionsWhereTheProfileHasMoreThanCanBeOpened) {
  Profile crowd = profile_of("mix = \"light@100\"\nconnections = 100000\nrate = 100\n");
  const Phase asked = asked_phase(crowd, {"threads", "fibers"}, {.connections = 16'000});
  ASSERT_EQ(asked.variations.size(), 3U);
  EXPECT_EQ(asked.variations[0].profile.connections, 16'000U);
  EXPECT_EQ(asked.variations[1].profile.connections, 8000U);
  EXPECT_EQ(asked.variations[2].profile.connections, 4000U);
}

TEST(Phases, OfHigherRatesHaveAsManyConnectionsAsCanBeOpenedAndNoLimitOnMemoryThen) {
  const Profile crowd = profile_of("mix = \"wait:1ms@100\"\nconnections = 100000\nrate = 100\nmemory = \"1G\"\n");
  const Reach reach{.connections = 16'000};
  const auto traffic = traffic_phase(crowd, {"a", "b"}, {"threads", 50}, 1, reach);
  const auto sensitivity = sensitivity_phase(crowd, {"a", "b"}, {"threads", 50}, 1, reach);
  for (const Phase& phase : {*traffic, *sensitivity}) {
    for (const Variation& one : phase.variations) {
      EXPECT_LE(one.profile.connections, 16'000U);
      EXPECT_FALSE(one.profile.memory_mib);
    }
  }
}

TEST(Phases, HaveAsManyBlocksAsAllComparisonsTogetherNeed) {
  EXPECT_EQ(blocks_for(1, 2), 9U);
  EXPECT_EQ(blocks_for(2, 2), 9U);
  EXPECT_EQ(blocks_for(4, 2), 10U);
  EXPECT_EQ(blocks_for(8, 2), 13U);
}

TEST(ShippedProfiles, CanBeReadAndAreNoContradiction) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(BAKEOFF_SOURCE_DIR "/harness/decide/profiles")) {
    const Profile profile = read_profile(words_of_toml(test::contents_of(entry.path()), entry.path().string()));
    EXPECT_EQ(profile.name, entry.path().stem());
    EXPECT_EQ(contradiction(profile, 1), "") << entry.path();
    EXPECT_FALSE(profile.question.empty()) << entry.path();
    ++count;
  }
  EXPECT_EQ(count, 6U);
}

}  // namespace
}  // namespace bakeoff::decide
