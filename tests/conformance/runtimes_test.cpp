// Every program of a language runtime that this machine can start, under the checks of `bakeoff conform`, and stopped
// with nothing left behind. What a program is known not to do stands here with its reason.
#include <gmock/gmock.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/conform/checks.h"
#include "harness/experiment/job_trial.h"
#include "harness/experiment/served_subject.h"
#include "harness/experiment/trial_environment.h"
#include "harness/load/coordinator.h"
#include "harness/measure/cpu_sets.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/foreign_build.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/manifest.h"
#include "harness/subjects/variant.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

/// With their settings: each that serves in another way.
const std::vector<std::string> kRuntimeVariants{"go:server=library",
                                                "python-threads:server=library",
                                                "python-prefork:server=library",
                                                "java-platform:server=library",
                                                "java-virtual:server=library",
                                                "java-platform:heap=64",
                                                "node:server=library",
                                                "node-cluster:server=library",
                                                "rust-tokio:runtime=current-thread",
                                                "rust-tokio:server=library"};

struct Serving {
  std::string subject, workload;
};
std::ostream& operator<<(std::ostream& out, const Serving& serving) {
  return out << serving.subject << " " << serving.workload;
}

/// The shipped subjects that are programs of runtimes, variants included. Nothing is built yet.
const subjects::Inventory& inventory() {
  static const subjects::Inventory all = [] {
    subjects::Inventory found = subjects::describe_subject_program(BAKEOFF_BIN_DIR "/bakeoff-subject");
    subjects::add_subjects_in(BAKEOFF_SOURCE_DIR "/reference/runtimes", found);
    subjects::add_variants(found, kRuntimeVariants);
    return found;
  }();
  return all;
}

std::vector<Serving> servings() {
  std::vector<Serving> all;
  for (const subjects::Subject& subject : inventory().subjects) {
    if (!subject.foreign) continue;
    for (const auto& [workload, requests] : subject.foreign->serves) {
      if (subjects::why_not_served(subject, workload, {}).empty()) all.push_back({subject.name, workload});
    }
  }
  return all;
}

/// The subject, built; each is prepared once in this process.
const subjects::Subject& prepared(const std::string& name) {
  static std::map<std::string, subjects::Subject> ready;
  const auto [found, fresh] = ready.try_emplace(name, *inventory().find(name));
  if (fresh) subjects::prepare_subject(found->second, [](const std::string& line) { std::cerr << line << "\n"; });
  return found->second;
}

/// What a subject is known not to do, by the check's name: the reason.
const std::map<std::string, std::map<std::string, std::string>> kExceptions{
    {"python-threads:server=library", {{"no Host", "http.server does not ask for the field"}}},
    {"python-prefork:server=library", {{"no Host", "http.server does not ask for the field"}}},
    {"java-platform:server=library", {{"no Host", "com.sun.net.httpserver does not ask for the field"}}},
    {"java-virtual:server=library", {{"no Host", "com.sun.net.httpserver does not ask for the field"}}},
};

class Runtime : public testing::TestWithParam<Serving> {
 protected:
  static conform::Conversations what(const subjects::Subject& subject) {
    // Interpreters that are processes take some MiB each.
    constexpr std::size_t kCrowd = 1000, kCrowdOfProcesses = 50;
    return {.topic = {.workload = GetParam().workload},
            .connections = subject.holds_connection ? kCrowdOfProcesses : kCrowd};
  }
};

TEST_P(Runtime, DoesWhatTheProtocolWantsAndLeavesNothingBehind) {
  const subjects::Subject& subject = prepared(GetParam().subject);
  if (!subject.missing.empty()) GTEST_SKIP() << "needs " << subject.missing;
  ASSERT_EQ(subject.failed_build, "");
  constexpr std::size_t kSpare = 8;
  journal::Trial row;
  row.subject = subject.name;
  row.workload = GetParam().workload;
  row.seed = 1;
  row.subject_cpus = row.load_cpus = measure::allowed_cpus();
  row.params.load.connections = what(subject).connections + kSpare;
  if (row.workload == "echo") row.params.load.message_bytes = what(subject).topic.message_bytes;
  experiment::TrialEnvironment environment(subject, row.params);
  const auto served =
      experiment::start_subject(row, subject, environment.folder(), environment.join(), 0, environment.watch());
  const auto runtime = served->runtime();
  ASSERT_TRUE(runtime) << "it does not say what it is";
  EXPECT_NE(runtime->name, "");
  EXPECT_NE(runtime->version, "");
  EXPECT_EQ(runtime->cpus.value_or(row.subject_cpus.size()), row.subject_cpus.size()) << "PyPy does not know";

  const auto result = conform::check_conversations(load::resolve("127.0.0.1", served->server().port()), what(subject),
                                                   subjects::interrupted);
  EXPECT_GT(result.checks, 5U);
  std::set<std::string> met;
  for (const conform::Complaint& one : result.complaints) {
    const auto known = kExceptions.find(subject.name);
    if (known != kExceptions.end() && known->second.contains(one.check)) {
      met.insert(one.check);
      continue;
    }
    ADD_FAILURE() << one.check << "\n  sent      " << one.sent << "\n  expected  " << one.expected << "\n  came      "
                  << one.came;
  }
  if (const auto known = kExceptions.find(subject.name); known != kExceptions.end() && row.workload == "http") {
    for (const auto& [check, why] : known->second)
      EXPECT_TRUE(met.contains(check)) << "no longer an exception: " << check;
  }
  served->server().expect_alive();
  served->stop(row);
  EXPECT_EQ(row.outcome_detail, "");
}

struct Running {
  std::string subject, job;
};
std::ostream& operator<<(std::ostream& out, const Running& running) {
  return out << running.subject << " " << running.job;
}

std::vector<Running> runnings() {
  std::vector<Running> all;
  for (const subjects::Subject& subject : inventory().subjects) {
    if (!subject.foreign || !subject.set.empty()) continue;
    for (const std::string& job : subject.foreign->jobs) all.push_back({subject.name, job});
  }
  return all;
}

class RuntimeJob : public testing::TestWithParam<Running> {};

TEST_P(RuntimeJob, AnswersAsOursAtOneTwoAndSevenUnits) {
  const subjects::Subject& subject = prepared(GetParam().subject);
  if (!subject.missing.empty()) GTEST_SKIP() << "needs " << subject.missing;
  ASSERT_EQ(subject.failed_build, "");
  for (const std::uint64_t units : {1, 2, 7}) {
    journal::Trial row;
    row.subject = subject.name;
    row.workload = GetParam().job;
    row.params.kind = journal::TrialKind::job;
    row.params.units = units;
    row.params.job_size = row.workload == "count" ? 100'000 : 1;
    row.subject_cpus = measure::allowed_cpus();
    experiment::run_job_trial(row, subject);
    ASSERT_TRUE(row.job);
    EXPECT_TRUE(row.job->answer_right) << row.outcome_detail;
    EXPECT_EQ(row.server_receipt->units_created, units);
    ASSERT_TRUE(row.runtime);
    EXPECT_NE(row.runtime->version, "");
  }
}

INSTANTIATE_TEST_SUITE_P(Every, RuntimeJob, testing::ValuesIn(runnings()), [](const auto& running) {
  return parameter_name(running.param.subject + "_" + running.param.job);
});

INSTANTIATE_TEST_SUITE_P(Every, Runtime, testing::ValuesIn(servings()), [](const auto& serving) {
  return parameter_name(serving.param.subject + "_" + serving.param.workload);
});

}  // namespace
}  // namespace bakeoff::conformance
