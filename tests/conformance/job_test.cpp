// Jobs: every executor, and every model through the executor that it names, gets the same known answer.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "tests/conformance/subject.h"

namespace bakeoff {
namespace {

struct Employment {
  std::string executor;
  const JobEntry* job = nullptr;
};
void PrintTo(const Employment& employment, std::ostream* out) {
  *out << employment.executor << " doing " << employment.job->name;
}

std::vector<Employment> employments() {
  std::vector<std::string> names = executors();
  for (const auto& model : models()) {
    if (std::find(names.begin(), names.end(), model.name) == names.end()) names.push_back(model.name);
  }
  std::vector<Employment> all;
  for (const auto& name : names) {
    for (const auto& job : jobs()) all.push_back({name, &job});
  }
  return all;
}

class Jobs : public testing::TestWithParam<Employment> {};

TEST_P(Jobs, GetTheKnownAnswerFromAnyNumberOfUnits) {
  constexpr std::uint64_t kSize = 10'000;
  const auto& [executor, entry] = GetParam();
  for (const std::size_t units : {1, 4, 37}) {
    SCOPED_TRACE(std::to_string(units) + " units");
    const auto job = entry->make({units, kSize});
    std::vector<std::uint64_t> answers;
    for (std::size_t i = 0; i < units; ++i) answers.push_back(job->run_unit(i));
    ASSERT_EQ(job->check(answers), "");

    const Finished finished = run_subject(
        {"job", executor, std::string(entry->name), "--units", std::to_string(units), "--size", std::to_string(kSize)});
    ASSERT_TRUE(finished.ended.exited && finished.ended.status == 0) << testing::PrintToString(finished.errors);
    EXPECT_TRUE(finished.errors.empty()) << testing::PrintToString(finished.errors);
    ASSERT_EQ(finished.output.size(), 1U) << testing::PrintToString(finished.output);
    const auto line = nlohmann::json::parse(finished.output.front());
    EXPECT_EQ(line.at("answer").get<std::uint64_t>(), job->answer(answers));
    EXPECT_GT(line.at("elapsed_ns").get<std::uint64_t>(), 0U);
    const auto created = line.at("units_created").get<std::uint64_t>();
    const auto peak = line.at("peak_live_units").get<std::uint64_t>();
    EXPECT_GE(created, 1U);
    EXPECT_LE(created, units);
    EXPECT_GE(peak, 1U);
    EXPECT_LE(peak, created);
  }
}

TEST_P(Jobs, TakeTheirDefaultsWhenNothingIsSaid) {
  const Finished finished = run_subject({"job", GetParam().executor, std::string(GetParam().job->name), "--size", "1"});
  EXPECT_TRUE(finished.ended.exited && finished.ended.status == 0) << testing::PrintToString(finished.errors);
}

std::string employment_name(const testing::TestParamInfo<Employment>& info) {
  return parameter_name(info.param.executor + "_" + std::string(info.param.job->name));
}
INSTANTIATE_TEST_SUITE_P(Every, Jobs, testing::ValuesIn(employments()), employment_name);

}  // namespace
}  // namespace bakeoff
