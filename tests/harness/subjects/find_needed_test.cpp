// Which of several programs is taken, and what is said of those that are not.
#include "harness/subjects/find_needed.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "harness/subjects/foreign_program.h"
#include "harness/subjects/path_access.h"
#include "tests/text_file.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Versions, AreTheFirstNumberOfWhatAProgramSays) {
  EXPECT_EQ(version_in("openjdk version \"17.0.15\" 2025-04-15"), "17.0.15");
  EXPECT_EQ(version_in("go version go1.26.8 linux/amd64"), "1.26.8");
  EXPECT_EQ(version_in("v20.20.2"), "20.20.2");
  EXPECT_EQ(version_in("Python 3.11."), "3.11");
  EXPECT_EQ(version_in("no version"), "");
}

TEST(Versions, AreComparedNumberByNumber) {
  EXPECT_TRUE(is_at_least("21.0.2", "21"));
  EXPECT_TRUE(is_at_least("21", "21"));
  EXPECT_TRUE(is_at_least("1.22", "1.19"));
  EXPECT_TRUE(is_at_least("3.11.2", "3.9"));
  EXPECT_FALSE(is_at_least("17.0.15", "21"));
  EXPECT_FALSE(is_at_least("1.8.0", "17"));
  EXPECT_FALSE(is_at_least("1.19", "1.19.1"));
}

/// A folder that everybody may enter: as root, programs are looked for that nobody may execute.
class NeededPrograms : public testing::Test {
 protected:
  NeededPrograms() {
    std::string pattern = (fs::temp_directory_path() / "bakeoff-needed-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    ::chmod(folder_.c_str(), 0755);
  }
  ~NeededPrograms() override { fs::remove_all(folder_); }

  /// A program in a folder below, which says this version.
  fs::path make(const std::string& where, const std::string& version, mode_t mode = 0755) const {
    fs::path program = folder_ / where;
    test::write_text(program, "#!/bin/sh\necho version " + version + "\n");
    ::chmod(program.c_str(), mode);
    for (fs::path way = program.parent_path(); way != folder_; way = way.parent_path()) ::chmod(way.c_str(), 0755);
    return program;
  }

  NeededProgram need(const std::string& least = "") const {
    return {.program = "tool-that-nobody-has",
            .package = "tool",
            .folders = {(folder_ / "jvm-*/bin").string()},
            .least = least,
            .version = {"--version"}};
  }

  fs::path folder_;
};

TEST_F(NeededPrograms, OfSeveralTheNewestFolderIsLookedIntoFirst) {
  const fs::path old = make("jvm-9/bin/tool-that-nobody-has", "9");
  const fs::path young = make("jvm-21/bin/tool-that-nobody-has", "21");
  EXPECT_THAT(candidates_for(need()), ElementsAre(young, old));
  NeededProgram found = need();
  find_needed(found);
  EXPECT_EQ(found.found, young);
}

TEST_F(NeededPrograms, OneThatIsTooOldIsPassedOverAndNamed) {
  const fs::path old = make("jvm-9/bin/tool-that-nobody-has", "17.0.15");
  NeededProgram one = need("21");
  find_needed_version(one);
  EXPECT_EQ(one.found, "");
  EXPECT_EQ(missing_in_words({one}),
            "tool-that-nobody-has 21 or later (apt install tool; " + old.string() + " is 17.0.15)");
  const fs::path young = make("jvm-30/bin/tool-that-nobody-has", "30.1");
  find_needed_version(one);
  EXPECT_EQ(one.found, young);
  EXPECT_EQ(missing_in_words({one}), "");
}

TEST_F(NeededPrograms, OneThatSaysNoVersionIsPassedOver) {
  const fs::path silent = make("jvm-9/bin/tool-that-nobody-has", "");
  NeededProgram one = need("1");
  find_needed_version(one);
  EXPECT_THAT(one.passed_over, ElementsAre(silent.string() + " does not say its version"));
}

TEST_F(NeededPrograms, OneThatTheUserWhoRunsItCannotExecuteIsPassedOver) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root runs programs as somebody else";
  const fs::path closed = make("jvm-9/bin/tool-that-nobody-has", "1", 0700);
  NeededProgram one = need();
  find_needed(one);
  EXPECT_EQ(one.found, "");
  EXPECT_THAT(one.passed_over, ElementsAre(HasSubstr("may not be executed by that user (mode 0700, owner 0)")));
  const fs::path open = make("jvm-8/bin/tool-that-nobody-has", "1");
  find_needed(one);
  EXPECT_EQ(one.found, open);
}

TEST_F(NeededPrograms, AFolderMayBeginWithAVariable) {
  const fs::path program = make("home/bin/tool-that-nobody-has", "1");
  NeededProgram one = need();
  one.folders = {"$BAKEOFF_TEST_TOOL_HOME/bin"};
  ::unsetenv("BAKEOFF_TEST_TOOL_HOME");
  EXPECT_THAT(candidates_for(one), IsEmpty());
  ::setenv("BAKEOFF_TEST_TOOL_HOME", (folder_ / "home").c_str(), 1);
  EXPECT_THAT(candidates_for(one), ElementsAre(program));
  ::unsetenv("BAKEOFF_TEST_TOOL_HOME");
}

TEST_F(NeededPrograms, TheirPackagesAreNamedOnce) {
  NeededProgram one = need(), other = need(), third = need("21");
  other.program = "another-tool-that-nobody-has";
  other.package = "tool-extra";
  third.package = "tool";
  EXPECT_EQ(missing_in_words({one, other, third}),
            "tool-that-nobody-has, another-tool-that-nobody-has, tool-that-nobody-has 21 or later (apt install tool "
            "tool-extra)");
}

}  // namespace
}  // namespace bakeoff::subjects
