// Every vector of the jobs in PROTOCOLS.md, on our own units. Programs of others: runtimes_test.cpp.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "tests/conformance/job_vectors.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {

void PrintTo(const JobVector& vector, std::ostream* out) {
  *out << vector.job << " of " << vector.size << " on " << vector.units;
}

namespace {

std::vector<JobVector> all_vectors() {
  return read_job_vectors(BAKEOFF_SOURCE_DIR "/workloads/PROTOCOLS.md");
}

class JobVectors : public testing::TestWithParam<JobVector> {};

TEST_P(JobVectors, HoldOnThreads) {
  const JobVector& vector = GetParam();
  std::vector<std::string> words{
      "job", "thread", vector.job, "--units", std::to_string(vector.units), "--size", std::to_string(vector.size)};
  for (const auto& [name, value] : vector.settings) words.insert(words.end(), {"--set", name + "=" + value});
  const Finished finished = run_subject(words);
  ASSERT_EQ(finished.ended.status, 0) << testing::PrintToString(finished.errors);
  ASSERT_EQ(finished.output.size(), 1U);
  const auto line = nlohmann::json::parse(finished.output.front());
  EXPECT_EQ(line.at("answer").get<std::uint64_t>(), vector.answer);
  EXPECT_TRUE(line.at("right").get<bool>()) << line;
}

INSTANTIATE_TEST_SUITE_P(Every, JobVectors, testing::ValuesIn(all_vectors()), [](const auto& vector) {
  return parameter_name(vector.param.job + std::to_string(vector.index));
});

TEST(JobVectorsOfThePage, NameEveryJobThatProgramsOfOthersRun) {
  std::set<std::string> named;
  for (const JobVector& vector : all_vectors()) named.insert(vector.job);
  EXPECT_EQ(named, (std::set<std::string>{"count", "image", "ping-pong", "sha256", "shared-count", "skynet", "sleepers",
                                          "spawn"}));
}

}  // namespace
}  // namespace bakeoff::conformance
