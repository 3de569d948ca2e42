// Programs that a manifest builds: made once, kept under what they depend on, and a failure that is said.
#include "harness/subjects/foreign_build.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "harness/measure/hash.h"
#include "harness/subjects/find_needed.h"
#include "harness/subjects/manifest.h"
#include "harness/subjects/scratch_folder.h"
#include "tests/harness/fixtures/manifest_fixture.h"
#include "tests/text_file.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class ForeignBuild : public testing::Test {
 protected:
  /// A subject whose program is built by these steps from the file `source`.
  Subject subject_with(const std::string& steps, const std::string& source = "echo built") const {
    test::write_text(scratch_.path() / "source", source);
    test::write_text(scratch_.path() / kManifestName, R"(
name = "made"
like = "event-loop"
start = ["@built@/bin/program"]
[needs]
sh = "dash"
[serves]
echo = ["*"]
[build]
inputs = ["source"]
results = ["bin/program"]
steps = [)" + steps + "]\n");
    return read_subject(scratch_.path() / kManifestName, test::server_inventory());
  }

  void prepare(Subject& subject) {
    prepare_subject(subject, [&](const std::string& line) { told_.push_back(line); });
    if (!subject.foreign->built.empty()) made_.push_back(subject.foreign->built);
  }

  ~ForeignBuild() override {
    for (const fs::path& folder : made_) {
      fs::remove_all(folder);
      fs::remove(folder.string() + ".lock");
    }
  }

  ScratchFolder scratch_;
  std::vector<std::string> told_;
  std::vector<fs::path> made_;
};

const char* const kCopies =
    R"({ run = ["mkdir", "@out@/bin"] }, { run = ["@sh@", "-c", "cp source @out@/bin/program; id -u; ln -s /etc/passwd @out@/link"] })";

TEST_F(ForeignBuild, IsMadeOnceAndKept) {
  // Text that no other run of this test has, so that the cache is empty for it.
  const std::string source = "echo " + scratch_.path().string();
  Subject subject = subject_with(kCopies, source);
  EXPECT_EQ(subject.missing, "");
  EXPECT_EQ(subject.program, "") << "it is not built yet";
  prepare(subject);
  ASSERT_EQ(subject.failed_build, "");
  EXPECT_THAT(told_, ElementsAre(StartsWith("building made (once; it is kept in "), StartsWith("built made in ")));
  const fs::path program = subject.foreign->built / "bin" / "program";
  EXPECT_EQ(test::contents_of(program), source);
  EXPECT_EQ(subject.program, program);
  EXPECT_NE(subject.program_hash, "");
  EXPECT_NE(subject.program_hash, measure::content_hash(subject.program)) << "what was built belongs to it";
  EXPECT_FALSE(fs::exists(subject.foreign->built / "link")) << "a link may lead anywhere";
  struct stat facts {};
  ASSERT_EQ(::stat(program.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0755U);
  EXPECT_EQ(facts.st_uid, ::geteuid());
  told_.clear();
  Subject again = subject_with(kCopies, source);
  prepare(again);
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_EQ(again.foreign->built, subject.foreign->built);
  Subject changed = subject_with(kCopies, source + " changed");
  prepare(changed);
  EXPECT_NE(changed.foreign->built, subject.foreign->built);
}

TEST_F(ForeignBuild, RunsAsNobodyWhereTheHarnessIsRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root runs programs as somebody else";
  Subject subject = subject_with(
      R"({ run = ["mkdir", "@out@/bin"] }, { run = ["@sh@", "-c", "id -u > @out@/bin/program"] })", scratch_.path());
  prepare(subject);
  ASSERT_EQ(subject.failed_build, "");
  EXPECT_EQ(test::contents_of(subject.foreign->built / "bin" / "program"), "65534\n");
}

TEST_F(ForeignBuild, ThatFailsSaysItsLastLinesAndIsTriedAgain) {
  const char* const steps = R"({ run = ["@sh@", "-c", "echo source:3: syntax error >&2; exit 2"] })";
  Subject subject = subject_with(steps, scratch_.path());
  prepare(subject);
  EXPECT_THAT(subject.failed_build, HasSubstr("exited with 2: source:3: syntax error"));
  EXPECT_EQ(subject.missing, "");
  told_.clear();
  prepare(subject);
  EXPECT_THAT(told_, ElementsAre(StartsWith("building made")));
}

TEST_F(ForeignBuild, AStepMayHaveAnotherWay) {
  Subject subject = subject_with(
      R"({ run = ["mkdir", "@out@/bin"] }, { run = ["false"], or = ["cp", "source", "@out@/bin/program"] })",
      scratch_.path());
  prepare(subject);
  EXPECT_EQ(subject.failed_build, "");
}

TEST_F(ForeignBuild, ThatFailsBothWaysSaysWhatEachPrinted) {
  Subject subject = subject_with(
      R"({ run = ["@sh@", "-c", "echo first; exit 1"], or = ["@sh@", "-c", "echo second; exit 3"] })", scratch_.path());
  prepare(subject);
  EXPECT_THAT(subject.failed_build, testing::ContainsRegex("exited with 1: first; then: .* exited with 3: second"));
}

TEST_F(ForeignBuild, ThatMakesNoResultHasFailed) {
  Subject subject = subject_with(R"({ run = ["true"] })", scratch_.path());
  prepare(subject);
  EXPECT_THAT(subject.failed_build, HasSubstr("its steps made no bin/program"));
}

TEST_F(ForeignBuild, TakesOverNothingThatALinkLeadsTo) {
  const ScratchFolder secret;
  test::write_text(secret.path() / "bin" / "program", "secret");
  const std::string elsewhere = secret.path();
  for (const std::string& steps :
       {R"({ run = ["rmdir", "@out@"] }, { run = ["ln", "-s", ")" + elsewhere + R"(", "@out@"] })",
        R"({ run = ["mkdir", "@out@/bin"] }, { run = ["ln", "-s", ")" + elsewhere +
            R"(/bin/program", "@out@/bin/program"] })"}) {
    Subject subject = subject_with(steps, scratch_.path());
    prepare(subject);
    EXPECT_NE(subject.failed_build, "") << steps;
    EXPECT_TRUE(subject.foreign->built.empty()) << steps;
  }
}

TEST_F(ForeignBuild, OfWhatNeedsAMissingProgramIsNotBegun) {
  test::write_text(scratch_.path() / "source", "");
  const std::string manifest = R"(
name = "made"
like = "event-loop"
start = ["@built@/program"]
[needs]
tool_that_nobody_has = "tool"
[serves]
echo = ["*"]
[build]
inputs = ["source"]
results = ["program"]
steps = [{ run = ["@tool_that_nobody_has@"] }]
)";
  test::write_text(scratch_.path() / kManifestName, manifest);
  Subject subject = read_subject(scratch_.path() / kManifestName, test::server_inventory());
  prepare(subject);
  EXPECT_EQ(subject.missing, "tool_that_nobody_has (apt install tool)");
  EXPECT_EQ(subject.failed_build, "");
  EXPECT_THAT(told_, IsEmpty());
}

}  // namespace
}  // namespace bakeoff::subjects
