// Programs that are not ours: what is read of their folder, what they see, what they may do, and what they are asked.
#include "harness/subjects/foreign_program.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <system_error>

#include "harness/experiment/spec.h"
#include "harness/input/input_error.h"
#include "harness/measure/process_tree.h"
#include "harness/subjects/foreign_build.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/manifest.h"
#include "harness/subjects/manifest_folder.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/subjects/version.h"
#include "tests/text_file.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class ForeignFolder : public testing::Test {
 protected:
  ForeignFolder() { fs::create_directory(path_); }
  /// Why it was not read; 0 when it was.
  int code_of(const fs::path& name) const {
    try {
      ManifestFolder(path_).read(name);
      return 0;
    } catch (const std::system_error& error) {
      EXPECT_THAT(error.what(), testing::StartsWith("read /"));
      return error.code().value();
    }
  }

  ScratchFolder scratch_;
  fs::path path_ = scratch_.path() / "real";
};

TEST_F(ForeignFolder, GivesTheFilesThatAreInItAndInItsFolders) {
  test::write_text(path_ / "conf", "text");
  test::write_text(path_ / "pages" / "deep" / "hello", std::string(200'000, 'x'));
  const ManifestFolder folder(path_);
  EXPECT_EQ(folder.read("conf"), "text");
  EXPECT_EQ(folder.read("pages/deep/hello").size(), 200'000U);
  EXPECT_EQ(folder.below("pages").read("deep/hello").size(), 200'000U);
}

TEST_F(ForeignFolder, MayBeReachedByALink) {
  test::write_text(path_ / "conf", "text");
  fs::create_directory_symlink(path_, scratch_.path() / "link");
  EXPECT_EQ(ManifestFolder(scratch_.path() / "link").read("conf"), "text");
  EXPECT_THROW(ManifestFolder(scratch_.path()).below("link"), std::system_error);
}

TEST_F(ForeignFolder, IsNotLeft) {
  test::write_text(scratch_.path() / "outside", "secret");
  test::write_text(path_ / "pages" / "hello", "text");
  fs::create_symlink(scratch_.path() / "outside", path_ / "link");
  fs::create_symlink("../outside", path_ / "relative");
  fs::create_directory_symlink(scratch_.path(), path_ / "up");
  EXPECT_EQ(code_of("link"), ELOOP);
  EXPECT_EQ(code_of("relative"), ELOOP);
  EXPECT_EQ(code_of("up/outside"), ELOOP);
  EXPECT_EQ(code_of("../outside"), EXDEV);
  EXPECT_EQ(code_of("pages/../../outside"), EXDEV);
  EXPECT_EQ(code_of(scratch_.path() / "outside"), EXDEV);
  EXPECT_EQ(code_of("/dev/zero"), EXDEV);
}

TEST_F(ForeignFolder, GivesRegularFilesOfABoundedSizeAndWaitsForNothing) {
  ASSERT_EQ(::mkfifo((path_ / "pipe").c_str(), 0600), 0);
  fs::create_directory(path_ / "folder");
  test::write_text(path_ / "endless", "");
  ASSERT_EQ(::truncate((path_ / "endless").c_str(), off_t{1} << 40), 0);
  EXPECT_EQ(code_of("pipe"), EINVAL);
  EXPECT_EQ(code_of("folder"), EINVAL);
  EXPECT_EQ(code_of("endless"), EFBIG);
  EXPECT_EQ(code_of("none"), ENOENT);
  EXPECT_EQ(code_of("pipe/none"), ENOTDIR);
}

/// What a subject.toml without a fault says, and more; what has to stand in front of its tables in `first`.
class ForeignManifest : public testing::Test {
 protected:
  Subject parse(const std::string& first, const std::string& last = "") const {
    Inventory known;
    Subject model;
    model.name = model.model = "threads";
    known.subjects.push_back(model);
    known.workloads = {{"http", ""}};
    return parse_subject(first + "\nname = \"toy\"\nlike = \"threads\"\n" +
                             (first.find("start") == first.npos ? "start = [\"sh\"]\n" : "") +
                             "[serves]\nhttp = [\"*\"]\n" + last,
                         scratch_.path() / kManifestName, known);
  }
  ScratchFolder scratch_;
};

TEST_F(ForeignManifest, SaysWhatItSaysAsPlainText) {
  const Subject subject = parse(R"(summary = "\u001b[31mred"
breaks_under = "\u009b31m"
differs = "\u0007"
tuning = ["\u001b]0;title"])",
                                "[needs]\nbakeoff-none = \"\\u001bpackage\"\n[units]\nunit = \"\\u001b\"\nmeaning = "
                                "\"\\u001b\"\n");
  for (const std::string& text :
       {subject.summary, subject.breaks_under, subject.foreign->differs, subject.foreign->tuning.at(0), subject.missing,
        subject.unit, subject.units_meaning}) {
    EXPECT_THAT(text, HasSubstr("\xef\xbf\xbd"));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  }
  try {
    parse("stop = \"\\u001b\\u009b\"");
    ADD_FAILURE();
  } catch (const input::InputError& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("\x1b")));
    EXPECT_THAT(error.what(), Not(HasSubstr("\xc2\x9b")));
  }
}

TEST_F(ForeignManifest, NamesNoPipeAsItsProgram) {
  const std::string pipe = scratch_.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0777), 0);
  ASSERT_EQ(::chmod(pipe.c_str(), 0777), 0);
  EXPECT_THAT(parse("start = [\"" + pipe + "\"]").missing, HasSubstr(pipe))
      << "and is not read, which would wait for a writer";
}

TEST_F(ForeignManifest, NamesNoProgramWithoutAnEnd) {
  const std::string program = scratch_.path() / "program";
  test::write_text(program, "#!/bin/sh\n");
  ASSERT_EQ(::chmod(program.c_str(), 0755), 0);
  const auto hash = [&] {
    Subject subject = parse("start = [\"" + program + "\"]");
    prepare_subject(subject, [](const std::string&) {});
    return subject.program_hash;
  };
  EXPECT_NE(hash(), "");
  ASSERT_EQ(::truncate(program.c_str(), off_t{1} << 42), 0);
  EXPECT_EQ(hash(), "") << "it is not known, and not waited for";
}

TEST_F(ForeignManifest, HashesTheSourcesOfAnInterpretedProgramWithItsInterpreter) {
  const auto hash = [&](const std::string& source) {
    test::write_text(scratch_.path() / "server.sh", source);
    Subject subject = parse("start = [\"/bin/sh\", \"server.sh\"]", "[files]\n\"server.sh\" = \"server.sh\"\n");
    prepare_subject(subject, [](const std::string&) {});
    return subject.program_hash;
  };
  const std::string one = hash("echo one");
  EXPECT_NE(one, hash("echo two"));
  EXPECT_EQ(one, hash("echo one"));
}

TEST_F(ForeignManifest, NamesFilesOfABoundedSizeTogether) {
  test::write_text(scratch_.path() / "large", "");
  ASSERT_EQ(::truncate((scratch_.path() / "large").c_str(), off_t{ManifestFolder::kMostBytes}), 0);
  std::string files = "[files]\n";
  for (const char* name : {"a", "b", "c", "d"}) files += std::string(name) + " = \"large\"\n";
  EXPECT_EQ(parse("", files).foreign->files.size(), 4U);
  try {
    parse("", files + "e = \"large\"\n");
    ADD_FAILURE();
  } catch (const input::InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("files.e: found \"large\", expected files of at most 64 MiB together"));
  }
}

TEST_F(ForeignManifest, IsAskedForNoVersionWhenItIsRead) {
  parse("version = [\"touch\", \"" + (scratch_.path() / "asked").string() + "\"]");
  EXPECT_FALSE(fs::exists(scratch_.path() / "asked"));
}

TEST_F(ForeignManifest, IsAskedForItsVersionOnce) {
  const auto version = [&](const std::string& words) { return ask_version(parse("version = " + words)); };
  EXPECT_EQ(version("[\"sh\", \"-c\", \"echo toy 1.2 >&2; echo more\"]"), "toy 1.2");
  EXPECT_EQ(version("[\"bakeoff-none-a\"]"), "");
  EXPECT_EQ(version("[\"sh\", \"-c\", \"exit 3\"]"), "");
  EXPECT_EQ(version("[\"sh\", \"-c\", \"printf '\\\\033[31m'\"]"), "\xef\xbf\xbd[31m");
  EXPECT_EQ(version("[\"sh\", \"-c\", \"rm ../output; ln -s /etc/passwd ../output; echo own\"]").find("root:"),
            std::string::npos);
  EXPECT_EQ(ask_version(parse("version = [\"sh\", \"-c\", \"echo 1.2\"]", "[needs]\nbakeoff-none = \"none\"\n")), "")
      << "what is not installed is not asked";
}

TEST_F(ForeignManifest, IsNotWaitedForLongAndLeavesNothingWhenItIsAskedForItsVersion) {
  const std::vector<pid_t> before = measure::descendants(::getpid());
  const Subject subject = parse("version = [\"sh\", \"-c\", \"echo 1.2; setsid sleep 300 & sleep 300\"]");
  // Long enough to say it on any machine, and far from the end of the sleep.
  EXPECT_EQ(ask_version(subject, 3s), "1.2");
  EXPECT_EQ(measure::descendants(::getpid()), before);
}

/// Runs shell text as a foreign server is run; returns what it prints.
std::string said_by(const std::string& script, std::uint64_t most_file_bytes = kMostFileBytes) {
  const ScratchFolder folder;
  make_foreign_home(folder.path());
  Command command = foreign_command({"sh", "-c", script}, folder.path());
  command.most_file_bytes = most_file_bytes;
  Process process = Process::start(command);
  EXPECT_TRUE(process.wait(10s));
  return process.last_output();
}

TEST(ForeignProgram, SeesAShortEnvironment) {
  ::setenv("BAKEOFF_TEST_TOKEN", "secret", 1);
  const std::string said = said_by("env; pwd");
  ::unsetenv("BAKEOFF_TEST_TOKEN");
  EXPECT_THAT(said, Not(HasSubstr("BAKEOFF_TEST_TOKEN")));
  EXPECT_EQ(said_by("test \"$HOME\" = \"$(pwd)\" && echo \"$LANG $TZ\""), "C.UTF-8 UTC");
}

TEST(ForeignProgram, LeavesNoCoreAndWritesNoEndlessFile) {
  EXPECT_EQ(said_by("ulimit -c; umask"), "0 | 0077");
  EXPECT_THAT(said_by("(head -c 100000 /dev/zero >file); wc -c <file", 1 << 12), testing::EndsWith("4096"));
  EXPECT_THAT(said_by("grep NoNewPrivs /proc/self/status"), HasSubstr("1"));
}

TEST(ForeignProgram, KeepsALimitThatIsLowerAlready) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit lower = before;
  lower.rlim_cur = 1 << 20;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &lower), 0);
  const std::string said = said_by("ulimit -f");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(said, "2048") << "in blocks of 512 bytes";
}

TEST(ForeignProgram, IsNotStartedWhereItsOutputLiesAlready) {
  const ScratchFolder folder;
  make_foreign_home(folder.path());
  const Command command = foreign_command({"sh", "-c", "true"}, folder.path());
  test::write_text(command.error_file, "here before");
  EXPECT_THROW(Process::start(command), std::system_error);
}

TEST(ForeignProgram, CannotReplaceWhatTheHarnessKeepsBesideItsFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root runs it as another user";
  const ScratchFolder folder;
  make_foreign_home(folder.path());
  test::write_text(folder.path() / "kept", "the harness's");
  Process process = Process::start(foreign_command(
      {"sh", "-c", "rm -f ../kept ../output; mv ../kept ../gone; ln -s /dev/zero ../link; mv . ../other; ls .."},
      folder.path()));
  ASSERT_TRUE(process.wait(10s));
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder.path())) names.push_back(entry.path().filename());
  EXPECT_THAT(names, testing::UnorderedElementsAre("kept", "output", "server"));
}

}  // namespace
}  // namespace bakeoff::subjects
