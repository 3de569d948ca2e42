#include <gtest/gtest.h>

#include "tests/workloads/conversation.h"

namespace bakeoff::workloads {
namespace {

TEST(Catalogue, FindsWhatItListsAndNothingElse) {
  for (const WorkloadEntry& entry : workload_entries()) EXPECT_EQ(find_workload(entry.name), &entry);
  for (const JobEntry& entry : job_entries()) EXPECT_EQ(find_job(entry.name), &entry);
  EXPECT_EQ(find_workload("none"), nullptr);
  EXPECT_EQ(find_job(""), nullptr);
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
