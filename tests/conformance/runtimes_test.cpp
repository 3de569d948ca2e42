// Every program of a language runtime that this machine can start, under the checks of `bakeoff conform`, and stopped
// with nothing left behind. What a program is known not to do stands here with its reason.
#include <gmock/gmock.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/conform/conform_subject.h"
#include "harness/experiment/job_trial.h"
#include "harness/measure/cpu_sets.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/foreign_build.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/manifest.h"
#include "harness/subjects/server.h"
#include "harness/subjects/variant.h"
#include "tests/conformance/job_vectors.h"
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

/// The names under which a subject runs a job: one for each value of a setting that is for the job alone. Where there
/// are two such settings, those of the second are tried with the default of the first and with its first choice.
std::vector<std::string> names_with_each_choice(const subjects::Subject& subject, const std::string& job) {
  std::vector<std::string> names, with_first{subject.name};
  for (const auto& [name, only] : subject.foreign->settings_with) {
    if (only != std::vector{job}) continue;
    const subjects::SettingFacts& setting = *std::ranges::find(subject.settings, name, &subjects::SettingFacts::name);
    const bool first = names.empty();
    for (const std::string& choice : setting.choices) {
      if (!first && choice == setting.default_value) continue;
      for (const std::string& base : with_first) names.push_back(base + ":" + name + "=" + choice);
    }
    // Units that send to an owner begin together: it has to know how many they are.
    if (first && setting.default_value == "channel") with_first.clear();
    if (first && setting.default_value != setting.choices.front()) {
      with_first.push_back(subject.name + ":" + name + "=" + setting.choices.front());
    }
  }
  return names.empty() ? std::vector{subject.name} : names;
}

struct Running {
  std::string subject, job;
};
std::ostream& operator<<(std::ostream& out, const Running& running) {
  return out << running.subject << " " << running.job;
}

std::vector<Running> runnings_of(const std::vector<subjects::Subject>& subjects) {
  std::vector<Running> all;
  for (const subjects::Subject& subject : subjects) {
    if (!subject.foreign || !subject.set.empty()) continue;
    for (const std::string& job : subject.foreign->jobs) {
      for (const std::string& name : names_with_each_choice(subject, job)) all.push_back({name, job});
    }
  }
  return all;
}

/// The shipped subjects that are programs of runtimes, variants included. Nothing is built yet.
const subjects::Inventory& inventory() {
  static const subjects::Inventory all = [] {
    subjects::Inventory found = subjects::describe_subject_program(BAKEOFF_BIN_DIR "/bakeoff-subject");
    subjects::add_subjects_in(BAKEOFF_SOURCE_DIR "/reference/runtimes", found);
    subjects::add_variants(found, kRuntimeVariants);
    std::vector<std::string> choices;
    for (const Running& running : runnings_of(found.subjects)) choices.push_back(running.subject);
    subjects::add_variants(found, choices);
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

class Runtime : public testing::TestWithParam<Serving> {};

TEST_P(Runtime, DoesWhatTheProtocolWantsAndLeavesNothingBehind) {
  const subjects::Subject& subject = prepared(GetParam().subject);
  if (!subject.missing.empty()) GTEST_SKIP() << "needs " << subject.missing;
  ASSERT_EQ(subject.failed_build, "");
  const auto tell = [](const std::string& line) { std::cerr << line << "\n"; };
  const conform::ConformedSubject tried =
      conform::conform_subject(subject, GetParam().workload, std::nullopt, subjects::interrupted, tell);
  EXPECT_EQ(tried.not_started, "");
  EXPECT_GT(tried.result.checks, 5U);
  std::set<std::string> met;
  for (const conform::Complaint& one : tried.result.complaints) {
    const auto known = kExceptions.find(subject.name);
    if (known != kExceptions.end() && known->second.contains(one.check)) {
      met.insert(one.check);
      continue;
    }
    ADD_FAILURE() << one.check << "\n  sent      " << one.sent << "\n  expected  " << one.expected << "\n  came      "
                  << one.came;
  }
  if (const auto known = kExceptions.find(subject.name); known != kExceptions.end() && GetParam().workload == "http") {
    for (const auto& [check, why] : known->second)
      EXPECT_TRUE(met.contains(check)) << "no longer an exception: " << check;
  }
  ASSERT_TRUE(tried.runtime) << "it does not say what it is";
  EXPECT_NE(tried.runtime->name, "");
  EXPECT_NE(tried.runtime->version, "");
  const std::size_t cpus = measure::allowed_cpus().size();
  EXPECT_EQ(tried.runtime->cpus.value_or(cpus), cpus) << "PyPy does not know";
}

std::vector<Running> runnings() {
  return runnings_of(inventory().subjects);
}

/// As much as each has to do to go wrong, and no more.
std::uint64_t small_size(const std::string& job, const std::string& discipline) {
  // A thread that yields goes to the back of the queue, behind whatever else runs on this machine.
  if (discipline.ends_with("await")) return 100;
  static const std::map<std::string, std::uint64_t> sizes{
      {"count", 100'000}, {"ping-pong", 500}, {"shared-count", 3000}, {"skynet", 100}, {"sleepers", 20}, {"spawn", 5}};
  const auto found = sizes.find(job);
  return found == sizes.end() ? 1 : found->second;
}

/// Runs it, or says in the row's detail why it cannot be.
journal::Trial run_job(const subjects::Subject& subject, const std::string& job, std::uint64_t units,
                       std::uint64_t size) {
  journal::Trial row;
  row.subject = subject.name;
  row.workload = job;
  row.params.kind = journal::TrialKind::job;
  row.params.units = units;
  row.params.job_size = size;
  row.subject_cpus = measure::allowed_cpus();
  try {
    experiment::run_job_trial(row, subject);
  } catch (const subjects::SubjectError& error) {
    row.outcome = error.outcome;
    row.outcome_detail = error.what();
  }
  return row;
}

class RuntimeJob : public testing::TestWithParam<Running> {
 protected:
  static std::string discipline(const subjects::Subject& subject) {
    const auto set = subject.set.find("discipline");
    return set == subject.set.end() ? "" : set->second;
  }
};

TEST_P(RuntimeJob, AnswersAsOursAtOneTwoAndSevenUnitsAndThePagesVectors) {
  const subjects::Subject& subject = prepared(GetParam().subject);
  if (!subject.missing.empty()) GTEST_SKIP() << "needs " << subject.missing;
  ASSERT_EQ(subject.failed_build, "");
  std::size_t answered = 0;
  const auto expect_right = [&](std::uint64_t units, std::uint64_t size) {
    SCOPED_TRACE(std::to_string(units) + " units, size " + std::to_string(size));
    const journal::Trial row = run_job(subject, GetParam().job, units, size);
    const bool too_few = GetParam().job == "ping-pong" ? units != 2 : discipline(subject) == "channel" && units < 2;
    const bool lacks_a_part = row.outcome_detail == "sha256 needs the package erlang-crypto";
    if (too_few || lacks_a_part) {
      EXPECT_EQ(row.outcome, journal::Outcome::not_run) << row.outcome_detail;
      EXPECT_THAT(row.outcome_detail, testing::AnyOf(testing::HasSubstr("expected 2"), testing::HasSubstr("needs")));
      return;
    }
    ASSERT_TRUE(row.job) << row.outcome_detail;
    EXPECT_TRUE(row.job->answer_right) << row.outcome_detail;
    EXPECT_EQ(row.outcome_detail, "");
    ++answered;
    ASSERT_TRUE(row.server_receipt->units_created);
    if (row.workload == "spawn") {
      EXPECT_EQ(*row.server_receipt->units_created, units + units * size);
    } else if (row.workload != "skynet") {
      EXPECT_EQ(*row.server_receipt->units_created, units);
    }
    if (row.workload == "sleepers") {
      EXPECT_EQ(row.server_receipt->peak_live_units, units) << "all of them are there before any begins";
    }
    ASSERT_TRUE(row.runtime);
    EXPECT_NE(row.runtime->version, "");
  };
  for (const std::uint64_t units : {1, 2, 7}) expect_right(units, small_size(GetParam().job, discipline(subject)));
  for (const JobVector& vector : read_job_vectors(BAKEOFF_SOURCE_DIR "/workloads/PROTOCOLS.md")) {
    if (vector.job != GetParam().job) continue;
    if (vector.settings.contains("discipline") && vector.settings.at("discipline") != discipline(subject)) continue;
    expect_right(vector.units, vector.size);
  }
  if (answered == 0) GTEST_SKIP() << "needs a package that this machine does not have";
}

class RaceDetector : public testing::TestWithParam<std::string> {
 protected:
  /// How many data races it reports; nullopt where it cannot run here.
  static std::optional<double> reported(const std::string& discipline) {
    const subjects::Subject& subject = prepared(GetParam() + ":discipline=" + discipline);
    if (!subject.missing.empty()) return std::nullopt;
    const journal::Trial row = run_job(subject, "shared-count", 2, 1000);
    EXPECT_EQ(row.outcome_detail, "") << discipline;
    if (!row.job) return std::nullopt;
    const auto found = std::ranges::find(row.job->figures, "races_reported", &journal::JobFigure::name);
    if (found != row.job->figures.end()) return found->value;
    ADD_FAILURE() << "it does not say whether it saw a race";
    return std::nullopt;
  }
};

TEST_P(RaceDetector, ReportsADataRaceAndNoneWhereAllAccessesAreOrderedOrAtomic) {
  const auto plain = reported("plain");
  if (!plain) GTEST_SKIP() << "needs " << inventory().find(GetParam())->missing;
  EXPECT_GE(*plain, 1);
  for (const char* discipline : {"mutex", "atomic", "across-await", "locked-await"}) {
    EXPECT_EQ(reported(discipline), 0) << discipline;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, RaceDetector, testing::Values("go-race", "cpp-threads-tsan"),
                         [](const auto& each) { return parameter_name(each.param); });

INSTANTIATE_TEST_SUITE_P(Every, RuntimeJob, testing::ValuesIn(runnings()), [](const auto& running) {
  return parameter_name(running.param.subject + "_" + running.param.job);
});

INSTANTIATE_TEST_SUITE_P(Every, Runtime, testing::ValuesIn(servings()), [](const auto& serving) {
  return parameter_name(serving.param.subject + "_" + serving.param.workload);
});

}  // namespace
}  // namespace bakeoff::conformance
