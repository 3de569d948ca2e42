#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "tests/workloads/conversation.h"

namespace bakeoff::workloads {
namespace {

TEST(Catalogue, FindsWhatItListsAndNothingElse) {
  for (const WorkloadEntry& entry : workload_entries()) EXPECT_EQ(find_workload(entry.name), &entry);
  for (const JobEntry& entry : job_entries()) EXPECT_EQ(find_job(entry.name), &entry);
  EXPECT_EQ(find_workload("none"), nullptr);
  EXPECT_EQ(find_job(""), nullptr);
}

TEST(Catalogue, SaysOfEveryChoiceWhatItDoesOrOfNone) {
  std::size_t with_meanings = 0;
  for (const JobEntry& job : job_entries()) {
    for (const SettingEntry& setting : job.settings) {
      if (setting.choice_meanings.empty()) continue;
      ++with_meanings;
      EXPECT_EQ(setting.choice_meanings.size(), setting.choices.size()) << job.name << " " << setting.name;
    }
  }
  EXPECT_EQ(with_meanings, 2U);
}

TEST(Catalogue, ComparesChoicesOfASettingThatTheJobHasAndExplains) {
  for (const JobEntry& job : job_entries()) {
    if (job.compared.name.empty()) continue;
    const auto setting = std::ranges::find(job.settings, job.compared.name, &SettingEntry::name);
    ASSERT_TRUE(setting != job.settings.end()) << job.name;
    EXPECT_FALSE(setting->choice_meanings.empty()) << job.name;
    EXPECT_FALSE(job.compared.figures.empty()) << job.name;
  }
}

TEST(Catalogue, NamesTheConditionOfADeadlockThatEachWayOutBreaks) {
  const JobEntry& deadlock = *find_job("deadlock");
  const SettingEntry& way = *std::ranges::find(deadlock.settings, deadlock.compared.name, &SettingEntry::name);
  const auto does = [&](std::string_view choice) {
    const auto place = std::ranges::find(way.choices, choice) - way.choices.begin();
    return std::string(way.choice_meanings[static_cast<std::size_t>(place)]);
  };
  for (const char* condition : {"mutual exclusion", "hold and wait", "no preemption", "circular wait"}) {
    EXPECT_NE(does("none").find(condition), std::string::npos) << condition;
  }
  for (const auto& [choice, breaks] :
       {std::pair("order", "breaks circular wait"), std::pair("try", "breaks no preemption"),
        std::pair("together", "breaks hold and wait"), std::pair("one-lock", "breaks hold and wait")}) {
    EXPECT_EQ(does(choice).find(breaks), 0U) << choice;
  }
}

TEST(Catalogue, EveryWorkloadSatisfiesItsOwnClientAndVerifierWithEveryStore) {
  for (const WorkloadEntry& entry : workload_entries()) {
    for (const StoreKind kind : {StoreKind::unshared, StoreKind::locked, StoreKind::process_shared}) {
      const auto service = make_service(entry.name, kind);
      std::uint64_t requests = 0;
      {
        Conversation first(*service);
        Conversation second(*service);
        const auto verifier = entry.make_verifier({.seed = 9, .connection = 1});
        const Heard verified = talk(*verifier, first, 1000);
        EXPECT_GT(verified.completed, 0U);
        EXPECT_EQ(verified.wrong, 0U) << verifier->complaint();
        EXPECT_FALSE(verified.broken) << verifier->complaint();

        const auto load = entry.make_client({.seed = 9, .connection = 2});
        const Heard loaded = talk(*load, second, 1000, 16);
        EXPECT_EQ(loaded.completed, 1000U);
        EXPECT_EQ(loaded.wrong + loaded.error_replies, 0U) << load->complaint();
        EXPECT_EQ(load->complaint(), "");
        requests = verified.completed + loaded.completed;
      }
      EXPECT_EQ(service->receipt().requests, requests);
    }
  }
}

TEST(Catalogue, TheDefaultRequestIsWhatAnEmptyOneMeans) {
  for (const WorkloadEntry& entry : workload_entries()) {
    std::string by_default;
    std::string by_name;
    entry.make_client({})->next_request(by_default);
    entry.make_client({.request = std::string(entry.default_request)})->next_request(by_name);
    EXPECT_EQ(by_default, by_name);
  }
}

}  // namespace
}  // namespace bakeoff::workloads
