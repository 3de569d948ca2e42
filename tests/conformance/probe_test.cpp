// Probes: each runs to its end at its defaults, finds something, leaves nothing behind, and gives the figure that leads
// its table.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

std::set<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  if (!std::filesystem::exists(folder)) return names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

/// Those of other tests, and of a PostgreSQL that one has started, come and go meanwhile.
std::set<std::string> names_of_shared_memory() {
  std::set<std::string> names = names_in("/dev/shm");
  std::erase_if(names, [](const std::string& name) {
    return name.starts_with("PostgreSQL.") || name.starts_with("test-of-shared-memory-");
  });
  return names;
}

/// What is temporary goes there while this lives.
class TemporaryFilesIn {
 public:
  explicit TemporaryFilesIn(const std::filesystem::path& folder) {
    if (const char* before = std::getenv("TMPDIR")) before_ = before;
    ::setenv("TMPDIR", folder.c_str(), 1);
  }
  TemporaryFilesIn(const TemporaryFilesIn&) = delete;
  TemporaryFilesIn& operator=(const TemporaryFilesIn&) = delete;
  ~TemporaryFilesIn() {
    if (before_) {
      ::setenv("TMPDIR", before_->c_str(), 1);
    } else {
      ::unsetenv("TMPDIR");
    }
  }

 private:
  std::optional<std::string> before_;
};

/// This process adopts what a subject leaves (harness/subjects/process.h), also out of the subject's process group.
bool has_children() {
  return ::waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD;
}

/// The system lacks what it measures: said in one line, and nothing was measured.
bool refused(const Finished& finished) {
  return finished.ended.status == 2 && finished.output.empty() && finished.errors.size() == 1 &&
         finished.errors.front().find(" needs ") != std::string::npos;
}

class Probes : public testing::TestWithParam<std::string> {
 protected:
  /// Runs it and looks around afterwards.
  static Finished run(const ProbeFacts& probe) {
    const TemporaryFolder folder;
    const TemporaryFilesIn there(folder.path());
    const auto shared_before = names_of_shared_memory();
    Finished finished = run_subject({"probe", probe.name});
    EXPECT_EQ(finished.ended.orphans, 0) << "processes outlived it";
    EXPECT_FALSE(has_children());
    EXPECT_EQ(names_of_shared_memory(), shared_before);
    EXPECT_EQ(names_in(folder.path()), std::set<std::string>{});
    return finished;
  }
};

TEST_P(Probes, OfATableRunCleanlyAndGiveItsLeadingFigure) {
  std::string leading;
  for (const ProbeFacts& probe : described_probes()) {
    if (probe.measures != GetParam()) continue;
    SCOPED_TRACE(probe.name);
    const Finished finished = run(probe);
    ASSERT_TRUE(finished.ended.exited) << testing::PrintToString(finished.errors);
    if (refused(finished)) continue;
    EXPECT_EQ(finished.ended.status, 0) << testing::PrintToString(finished.errors);
    EXPECT_TRUE(finished.errors.empty()) << testing::PrintToString(finished.errors);
    ASSERT_EQ(finished.output.size(), 1U) << testing::PrintToString(finished.output);
    const auto line = nlohmann::ordered_json::parse(finished.output.front());
    EXPECT_TRUE(line.at("right").get<bool>()) << line.at("complaint");
    EXPECT_EQ(line.at("complaint"), "");
    const auto figures = line.value("figures", nlohmann::ordered_json::object());
    // A figure that is not a finite number would be null.
    for (const auto& [name, value] : figures.items()) EXPECT_TRUE(value.is_number()) << name << " is " << value;
    EXPECT_TRUE(!figures.empty() || line.contains("evidence")) << line;
    if (GetParam() == "lifecycle") continue;
    ASSERT_FALSE(figures.empty());
    if (leading.empty()) leading = figures.begin().key();
    EXPECT_EQ(figures.begin().key(), leading);
  }
}

/// Figures of a demonstration, by the value that each has to have: the cells of claims name them.
struct Demonstrated {
  std::string probe;
  std::map<std::string, double> figures;
};

class Demonstrations : public testing::TestWithParam<Demonstrated> {};

TEST_P(Demonstrations, ShowEachOfTheirFiguresAsTheKernelDocumentsIt) {
  const Finished finished = run_subject({"probe", GetParam().probe});
  if (refused(finished)) GTEST_SKIP() << finished.errors.front();
  ASSERT_EQ(finished.output.size(), 1U) << testing::PrintToString(finished.errors);
  const auto figures = nlohmann::json::parse(finished.output.front()).at("figures");
  for (const auto& [name, value] : GetParam().figures) {
    ASSERT_TRUE(figures.contains(name + "_yes_or_no")) << name;
    EXPECT_EQ(figures.at(name + "_yes_or_no"), value) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, Demonstrations,
                         testing::Values(Demonstrated{"affinity",
                                                      {{"thread_has_own_affinity", 1}, {"child_inherits_affinity", 1}}},
                                         Demonstrated{"clone-flags",
                                                      {{"fork_shares_memory", 0},
                                                       {"vm_shares_memory", 1},
                                                       {"vm_has_own_pid", 1},
                                                       {"files_shares_descriptors", 1},
                                                       {"files_shares_memory", 0},
                                                       {"fs_shares_working_directory", 1},
                                                       {"thread_has_own_pid", 0},
                                                       {"all_are_tasks", 1}}},
                                         Demonstrated{"stacks",
                                                      {{"pointer_to_a_stack_reaches_it", 1},
                                                       {"threads_have_own_stacks", 1},
                                                       {"overflow_is_caught", 1},
                                                       {"ended_stack_is_reused", 1}}},
                                         Demonstrated{"states",
                                                      {{"computing_is_running", 1},
                                                       {"waiting_its_turn_is_running_too", 1},
                                                       {"waiting_for_a_pipe_is_sleeping", 1},
                                                       {"stopped_is_stopped", 1},
                                                       {"ended_is_zombie", 1},
                                                       {"threads_have_one_pid", 1},
                                                       {"threads_have_own_tids", 1},
                                                       {"processes_have_own_pids", 1},
                                                       {"status_counts_threads", 1}}}),
                         [](const auto& demonstrated) { return parameter_name(demonstrated.param.probe); });

std::vector<std::string> measures() {
  std::set<std::string> all;
  for (const ProbeFacts& probe : described_probes()) all.insert(probe.measures);
  return {all.begin(), all.end()};
}
INSTANTIATE_TEST_SUITE_P(Every, Probes, testing::ValuesIn(measures()),
                         [](const auto& table) { return parameter_name(table.param); });

}  // namespace
}  // namespace bakeoff::conformance
