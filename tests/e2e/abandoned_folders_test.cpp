// What a run removes of others, and what it does not.
#include <gmock/gmock.h>

#include <csignal>

#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "tests/e2e/serve_call.h"
#include "tests/eventually.h"

namespace bakeoff::e2e {
namespace {

namespace fs = std::filesystem;

/// Runs that have a $TMPDIR of their own.
struct AbandonedRun : subjects::ScratchFolder {
  AbandonedRun() {
    fs::create_directory(tmp());
    test::write_text(file(), kTinyExperiment);
  }
  fs::path tmp() const { return path() / "tmp"; }
  std::string file() const { return path() / "short.toml"; }

  BackgroundCall start(const fs::path& out, const std::vector<std::string>& prefix = {}) const {
    std::vector<std::string> words{"env", "TMPDIR=" + tmp().string()};
    words.insert(words.end(), prefix.begin(), prefix.end());
    return {bakeoff_program(), {"run", file(), "--out", out}, words};
  }
  Call::Result run(const fs::path& out) const { return start(out).finish(); }

  /// The next run stays in its first trial.
  void make_long() const {
    std::string longer = kTinyExperiment;
    longer.replace(longer.find("0.05"), 4, "60.0");
    test::write_text(file(), longer);
  }
  void make_short() const { test::write_text(file(), kTinyExperiment); }
  /// Folders may vanish while they are looked through: then it is not, as far as can be seen.
  bool serving() const {
    std::error_code vanished;
    fs::recursive_directory_iterator entry(tmp(), fs::directory_options::skip_permission_denied, vanished);
    for (; !vanished && entry != fs::recursive_directory_iterator(); entry.increment(vanished)) {
      if (entry->path().filename() == "stderr" && fs::exists(path() / "long" / "manifest.json")) return true;
    }
    return false;
  }
  std::ptrdiff_t scratch_folders() const {
    return std::distance(fs::directory_iterator(tmp()), fs::directory_iterator());
  }
};

TEST(Leftovers, AResultFolderWithTheNameOfAScratchFolderKeepsItsRows) {
  const AbandonedRun fixture;
  const fs::path out = fixture.tmp() / "bakeoff-4000000-11-29";  // No process has this number.
  const auto first = fixture.run(out);
  EXPECT_THAT(first.status, testing::AnyOf(0, 4)) << first.errors;
  ASSERT_TRUE(fs::exists(out / journal::kTrialsFile)) << "by the run itself";
  EXPECT_FALSE(journal::read_journal(out).trials.empty());
  fixture.run(fixture.path() / "other");
  EXPECT_TRUE(fs::exists(out / journal::kTrialsFile)) << "by the next run";
  EXPECT_TRUE(fs::exists(out / "report.md"));
}

TEST(Leftovers, OfARunThatWasKilledAreRemovedByTheNext) {
  const AbandonedRun fixture;
  fixture.make_long();
  BackgroundCall killed = fixture.start(fixture.path() / "long");
  ASSERT_TRUE(test::eventually([&] { return fixture.serving(); })) << killed.errors_so_far();
  fixture.make_short();
  ::kill(killed.process().pid(), SIGKILL);
  killed.finish();
  ASSERT_EQ(fixture.scratch_folders(), 1);
  const auto next = fixture.run(fixture.path() / "next");
  EXPECT_THAT(next.status, testing::AnyOf(0, 4)) << next.errors;
  EXPECT_EQ(fixture.scratch_folders(), 0);
}

TEST(Leftovers, OfALivingRunInAnotherPidNamespaceAreNone) {
  const std::vector<std::string> elsewhere{"unshare", "--pid", "--fork", "--mount-proc"};
  if (Call("true", {}, elsewhere).finish().status != 0) GTEST_SKIP() << "no pid namespace may be made here";
  const AbandonedRun fixture;
  fixture.make_long();
  BackgroundCall alive = fixture.start(fixture.path() / "long");
  ASSERT_TRUE(test::eventually([&] { return fixture.serving(); })) << alive.errors_so_far();
  fixture.make_short();
  const auto other = fixture.start(fixture.path() / "other", elsewhere).finish();
  EXPECT_THAT(other.status, testing::AnyOf(0, 4)) << other.errors;
  EXPECT_TRUE(fixture.serving()) << "its folder is there";
  ::kill(alive.process().pid(), SIGINT);
  EXPECT_EQ(alive.finish().status, 130);
  EXPECT_EQ(fixture.scratch_folders(), 0);
}

}  // namespace
}  // namespace bakeoff::e2e
