// Jobs: every executor gets the same known answer, and a model's jobs run on the executor that it names.
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>
#include <thread>

#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

struct ExecutorJob {
  std::string executor;
  const workloads::JobEntry* job = nullptr;
};
void PrintTo(const ExecutorJob& executor_job, std::ostream* out) {
  *out << executor_job.executor << " doing " << executor_job.job->name;
}

std::vector<ExecutorJob> executor_jobs() {
  std::vector<ExecutorJob> all;
  for (const auto& name : described_executors()) {
    for (const auto& job : workloads::job_entries()) all.push_back({name, &job});
  }
  return all;
}

/// What an executor's units cannot do, said here once more: those of a pool wait for each other only while all of them
/// run, calls not at all; a pool has no children. Some jobs are for a certain number of units.
bool expects_refusal(const std::string& executor, const workloads::JobEntry& entry, const workloads::jobs::Job* job,
                     std::size_t units) {
  if (job == nullptr) return true;
  if (executor == "sequential") return job->needs() == workloads::jobs::Needs::synchronisation && units > 1;
  if (executor != "pool") return false;
  if (entry.name == "skynet" || entry.name == "spawn") return true;
  return job->needs() == workloads::jobs::Needs::synchronisation && units > std::thread::hardware_concurrency();
}

std::unique_ptr<workloads::jobs::Job> make_job(const workloads::JobEntry& entry, std::size_t units,
                                               std::uint64_t size) try {
  return entry.make({.units = units, .size = size, .settings = workloads::Settings(entry.settings)});
} catch (const std::invalid_argument&) {
  return nullptr;
}

/// The refusal is one line, and nothing is done in part.
void expect_refused(const Finished& finished) {
  EXPECT_EQ(finished.ended.status, 2);
  EXPECT_TRUE(finished.output.empty()) << testing::PrintToString(finished.output);
  ASSERT_EQ(finished.errors.size(), 1U);
  EXPECT_NE(finished.errors.front().find(" cannot run "), std::string::npos) << finished.errors.front();
}

class Jobs : public testing::TestWithParam<ExecutorJob> {};

TEST_P(Jobs, GetTheKnownAnswerFromAnyNumberOfUnits) {
  const auto& [executor, entry] = GetParam();
  // More than there are units; a power of ten where that is asked for.
  const std::uint64_t size = 100;
  for (const std::size_t units : {1, 4, 37}) {
    SCOPED_TRACE(std::to_string(units) + " units");
    const auto job = make_job(*entry, units, size);
    EXPECT_EQ(job == nullptr, entry->units == 2) << "it is for two units";
    const Finished finished = run_subject(
        {"job", executor, std::string(entry->name), "--units", std::to_string(units), "--size", std::to_string(size)});
    ASSERT_TRUE(finished.ended.exited) << testing::PrintToString(finished.errors);
    if (expects_refusal(executor, *entry, job.get(), units)) {
      expect_refused(finished);
      continue;
    }
    ASSERT_EQ(finished.ended.status, 0) << testing::PrintToString(finished.errors);
    EXPECT_TRUE(finished.errors.empty()) << testing::PrintToString(finished.errors);
    ASSERT_EQ(finished.output.size(), 1U) << testing::PrintToString(finished.output);
    const auto line = nlohmann::json::parse(finished.output.front());
    EXPECT_TRUE(line.at("right").get<bool>());
    EXPECT_EQ(line.at("complaint"), "");
    EXPECT_GT(line.at("elapsed_ns").get<std::uint64_t>(), 0U);
    const auto created = line.at("units_created").get<std::uint64_t>();
    const auto peak = line.at("peak_live_units").get<std::uint64_t>();
    EXPECT_GE(created, units);
    if (job->needs() != workloads::jobs::Needs::children) {
      EXPECT_EQ(created, units);
    }
    EXPECT_GE(peak, 1U);
    EXPECT_LE(peak, created);
  }
}

TEST_P(Jobs, TakeTheirDefaultsWhenNothingIsSaid) {
  const auto& [executor, entry] = GetParam();
  const Finished finished = run_subject({"job", executor, std::string(entry->name), "--size", "1"});
  ASSERT_TRUE(finished.ended.exited) << testing::PrintToString(finished.errors);
  const auto job = make_job(*entry, 1, 1);
  if (expects_refusal(executor, *entry, job.get(), 1)) return expect_refused(finished);
  EXPECT_EQ(finished.ended.status, 0) << testing::PrintToString(finished.errors);
}

std::string executor_job_name(const testing::TestParamInfo<ExecutorJob>& info) {
  return parameter_name(info.param.executor + "_" + std::string(info.param.job->name));
}
INSTANTIATE_TEST_SUITE_P(Every, Jobs, testing::ValuesIn(executor_jobs()), executor_job_name);

class JobsOfModel : public testing::TestWithParam<ModelFacts> {};

TEST_P(JobsOfModel, RunOnTheExecutorThatItNames) {
  const Finished finished = run_subject({"job", GetParam().name, "count", "--units", "4", "--size", "100"});
  ASSERT_EQ(finished.ended.status, 0) << testing::PrintToString(finished.errors);
  ASSERT_EQ(finished.output.size(), 1U) << testing::PrintToString(finished.output);
  const auto line = nlohmann::json::parse(finished.output.front());
  EXPECT_TRUE(line.at("right").get<bool>());
  EXPECT_EQ(line.at("executor"), GetParam().executor);
  EXPECT_EQ(line.at("units_created"), 4);
}

INSTANTIATE_TEST_SUITE_P(Every, JobsOfModel, testing::ValuesIn(described_models()),
                         [](const auto& model) { return parameter_name(model.param.name); });

}  // namespace
}  // namespace bakeoff::conformance
