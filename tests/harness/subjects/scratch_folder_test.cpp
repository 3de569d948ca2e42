// What is removed, and what it takes to prove that it may be.
#include "harness/subjects/scratch_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "harness/subjects/remove_contents.h"
#include "tests/harness/fixtures/abandoned_folder.h"
#include "tests/text_file.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;

/// Directories in each other, further than any path or any number of descriptors reaches.
void dig(const fs::path& folder, int levels) {
  measure::OwnedDescriptor at(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int level = 0; level < levels; ++level) {
    ASSERT_EQ(::mkdirat(at.get(), "deeper", 0700), 0);
    at = measure::OwnedDescriptor(::openat(at.get(), "deeper", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(at);
  }
  measure::OwnedDescriptor file(::openat(at.get(), "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_TRUE(file);
}

/// Folders are made in memory where there is such a place: how fast a disk is does not matter here.
class InMemory {
 public:
  InMemory() {
    if (::access(kMemory, W_OK) == 0) ::setenv("TMPDIR", kMemory, 1);
  }
  ~InMemory() { before_ ? ::setenv("TMPDIR", before_->c_str(), 1) : ::unsetenv("TMPDIR"); }
  InMemory(const InMemory&) = delete;

 private:
  static constexpr const char* kMemory = "/dev/shm";
  const char* set_ = std::getenv("TMPDIR");
  std::optional<std::string> before_ = set_ != nullptr ? std::optional<std::string>(set_) : std::nullopt;
};

TEST(ScratchFolder, GoesWithItsOwnerAndWithFoldersThirtyThousandDeep) {
  const InMemory memory;
  fs::path outer;
  {
    const ScratchFolder folder;
    outer = folder.path().parent_path();
    test::write_text(folder.path() / "file", "x");
    dig(folder.path(), 30'000);
  }
  EXPECT_FALSE(fs::exists(outer));
}

TEST(ScratchFolder, DoesNotFollowLinksOutOfItself) {
  const ScratchFolder outside;
  fs::create_directory(outside.path() / "folder");
  test::write_text(outside.path() / "folder" / "kept", "x");
  {
    const ScratchFolder folder;
    fs::create_directory(folder.path() / "inner");
    fs::create_directory_symlink(outside.path() / "folder", folder.path() / "inner" / "link");
    fs::create_symlink(outside.path() / "folder" / "kept", folder.path() / "file-link");
    fs::create_directory_symlink("..", folder.path() / "up");
  }
  EXPECT_TRUE(fs::exists(outside.path() / "folder" / "kept"));
}

TEST(ScratchFolder, GoesWithFoldersThatForbidWriting) {
  fs::path outer;
  {
    const ScratchFolder folder;
    outer = folder.path().parent_path();
    fs::create_directories(folder.path() / "module" / "cache");
    test::write_text(folder.path() / "module" / "cache" / "file", "x");
    for (const char* closed : {"module/cache", "module"}) ::chmod((folder.path() / closed).c_str(), 0500);
  }
  EXPECT_FALSE(fs::exists(outer));
}

TEST(ScratchFolder, OfALivingProcessIsNobodyElses) {
  const ScratchFolder folder;
  test::write_text(folder.path() / "row", "x");
  EXPECT_FALSE(remove_abandoned(folder.path().parent_path()));
  EXPECT_TRUE(fs::exists(folder.path() / "row"));
}

TEST(ScratchFolder, LetsOnlyItsMakerWriteBesideTheMarker) {
  const ScratchFolder folder;
  struct stat status {};
  ASSERT_EQ(::stat(folder.path().parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, ::geteuid());
  EXPECT_EQ(status.st_mode & 0777, 0711U);
}

TEST(Abandoned, FoldersAreRemovedWithEverythingInThem) {
  const test::AbandonedFolder folder;
  test::write_text(folder.path() / "file", "x");
  dig(folder.path(), 20);
  EXPECT_TRUE(remove_abandoned(folder.outer()));
  EXPECT_FALSE(fs::exists(folder.outer()));
}

TEST(Abandoned, FoldersAreNoMoreSoWhileSomebodyHoldsTheLock) {
  const test::AbandonedFolder folder;
  const measure::OwnedDescriptor owner(::open((folder.outer() / "owner").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(owner.get(), LOCK_EX | LOCK_NB), 0);
  EXPECT_FALSE(remove_abandoned(folder.outer()));
  EXPECT_TRUE(fs::exists(folder.path()));
}

TEST(Abandoned, IsNothingForItsNameAlone) {
  const ScratchFolder parent;
  const fs::path folder = parent.path() / "bakeoff-2026-11-29";
  fs::create_directory(folder);
  test::write_text(folder / "trials.jsonl", "rows\n");
  EXPECT_FALSE(remove_abandoned(folder));
  test::write_text(folder / "owner", "me\n");
  EXPECT_FALSE(remove_abandoned(folder));
  EXPECT_TRUE(fs::exists(folder / "trials.jsonl"));
  EXPECT_TRUE(fs::exists(folder / "owner"));
}

TEST(Abandoned, IsNoCopyAndNoRenamedFolder) {
  const test::AbandonedFolder folder;
  const fs::path copy = folder.outer().parent_path() / "bakeoff-1-copy";
  fs::copy(folder.outer(), copy, fs::copy_options::recursive);
  EXPECT_FALSE(remove_abandoned(copy));
  const fs::path renamed = folder.outer().parent_path() / "bakeoff-1-kept";
  fs::rename(folder.outer(), renamed);
  EXPECT_FALSE(remove_abandoned(renamed));
  EXPECT_TRUE(fs::exists(copy / "owner"));
  EXPECT_TRUE(fs::exists(renamed / "owner"));
}

TEST(Abandoned, IsNoFolderThatOthersMayWriteInAndNoLink) {
  const test::AbandonedFolder folder;
  const fs::path link = folder.outer().parent_path() / "bakeoff-1-link";
  fs::create_directory_symlink(folder.outer(), link);
  EXPECT_FALSE(remove_abandoned(link));
  ::chmod(folder.outer().c_str(), 0777);
  EXPECT_FALSE(remove_abandoned(folder.outer()));
  EXPECT_TRUE(fs::exists(folder.path()));
}

TEST(Abandoned, IsNoFolderOfAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  const test::AbandonedFolder folder;
  ASSERT_EQ(::chown(folder.outer().c_str(), 65534, 65534), 0);
  EXPECT_FALSE(remove_abandoned(folder.outer()));
  EXPECT_TRUE(fs::exists(folder.path()));
}

TEST(EmptyFolder, GoesOnWhereAnotherRemovalWasCutOff) {
  const test::AbandonedFolder folder;
  // What was moved up already, and what has the names that are next.
  fs::create_directories(folder.outer() / "removing-1" / "deeper" / "deepest");
  test::write_text(folder.outer() / "removing-2", "x");
  fs::create_directories(folder.path() / "one" / "two");
  EXPECT_TRUE(remove_abandoned(folder.outer()));
  EXPECT_FALSE(fs::exists(folder.outer()));
}

}  // namespace
}  // namespace bakeoff::subjects
