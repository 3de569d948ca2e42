// Counted work and jobs.
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "workloads/catalogue.h"

namespace bakeoff::workloads {
namespace {

/// The text of PROTOCOLS.md, written down once more.
std::uint64_t work_by_the_page(std::uint64_t rounds, std::uint64_t seed) {
  std::uint64_t state = seed;
  std::uint64_t answer = seed;
  while (rounds-- > 0) {
    state += 0x9e3779b97f4a7c15;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z = z ^ (z >> 31);
    answer = (answer ^ z) * 0x9e3779b97f4a7c15;
  }
  return answer;
}

TEST(Work, HasTheAnswersOfThePage) {
  EXPECT_EQ(run({1000, 1000}), 9690993424168521302U);
  for (const std::uint64_t rounds : {0, 1, 2, 77, 10000}) {
    for (const std::uint64_t seed : {0, 1, 123456789}) EXPECT_EQ(run({rounds, seed}), work_by_the_page(rounds, seed));
  }
}

TEST(CountJob, EveryUnitCountsToTheSize) {
  const auto job = find_job("count")->make({.units = 3, .size = 1000});
  std::vector<std::uint64_t> answers;
  for (std::size_t unit = 0; unit < 3; ++unit) answers.push_back(job->run_unit(unit));
  EXPECT_EQ(answers, std::vector<std::uint64_t>(3, 1000));
  EXPECT_EQ(job->check(answers), "");
  EXPECT_EQ(job->answer(answers), 3000U);
}

TEST(CountJob, AFalseAnswerIsNamed) {
  const auto job = find_job("count")->make({.units = 2, .size = 10});
  EXPECT_EQ(job->check(std::vector<std::uint64_t>{10, 9}), "count: unit 1 expected 10, got 9");
  EXPECT_EQ(job->check(std::vector<std::uint64_t>{10}), "count: expected 2 answers, got 1");
}

TEST(CountJob, RefusesWhatCannotBeCounted) {
  EXPECT_THROW(find_job("count")->make({.units = 0, .size = 10}), std::invalid_argument);
  EXPECT_THROW(find_job("count")->make({.units = 3, .size = UINT64_MAX / 2}), std::invalid_argument);
}

TEST(CountJob, SizeZeroIsTheDefault) {
  const JobEntry& entry = *find_job("count");
  EXPECT_EQ(entry.make({.units = 1, .size = 0})->check(std::vector<std::uint64_t>{entry.default_size}), "");
}

}  // namespace
}  // namespace bakeoff::workloads
