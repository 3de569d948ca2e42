// Probes: each runs to its end at its defaults, finds something, leaves nothing behind, and gives the figure that leads
// its table.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

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

std::vector<std::string> measures() {
  std::set<std::string> all;
  for (const ProbeFacts& probe : described_probes()) all.insert(probe.measures);
  return {all.begin(), all.end()};
}
INSTANTIATE_TEST_SUITE_P(Every, Probes, testing::ValuesIn(measures()),
                         [](const auto& table) { return parameter_name(table.param); });

}  // namespace
}  // namespace bakeoff::conformance
