#include "harness/subjects/file_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/subjects/interruption.h"
#include "harness/subjects/scratch_folder.h"
#include "tests/text_file.h"

namespace bakeoff::subjects {
namespace {

using testing::HasSubstr;

const workloads::FileSet kSet{.count = 5, .bytes = "lognormal:3000,1"};

std::string refusal(const std::filesystem::path& root, const workloads::FileSet& set) {
  try {
    make_files(root, set);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(FileFolder, HasEveryFileOfTheSetWholeAndForEverybody) {
  const ScratchFolder folder;
  const auto root = folder.path() / "root";
  EXPECT_FALSE(has_files(root));
  make_files(root, kSet);
  EXPECT_TRUE(has_files(root));
  const workloads::FileSizes sizes(kSet);
  for (std::uint64_t file = 0; file < kSet.count; ++file) {
    const auto path = root / "file" / std::to_string(file);
    const std::string content = test::contents_of(path);
    EXPECT_EQ(content.size(), sizes.bytes(file));
    EXPECT_TRUE(workloads::is_file_part(file, content.size(), 0, content));
    struct stat facts {};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0644U);
    EXPECT_EQ(facts.st_mtime, 946'684'800);
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(root / "file"), {}), 5);
}

TEST(FileFolder, HasToHaveRoomForAllSetsTogether) {
  const ScratchFolder folder;
  const auto space = std::filesystem::space(folder.path());
  const double room = static_cast<double>(space.available) - 0.02 * static_cast<double>(space.capacity);
  const workloads::FileSet most{.count = static_cast<std::uint64_t>(0.6 * room / workloads::kLargestFile),
                                .bytes = "fixed:" + std::to_string(workloads::kLargestFile)};
  const std::vector<workloads::FileSet> twice{most, most};
  EXPECT_NO_THROW(expect_room(folder.path(), std::span(twice).first(1)));
  EXPECT_THROW(expect_room(folder.path(), twice), std::runtime_error);
}

TEST(FileFolder, IsLeftAsItIsForTheSameSetAndRefusedForAnother) {
  const ScratchFolder folder;
  make_files(folder.path(), kSet);
  test::write_text(folder.path() / "file/0", "changed");
  make_files(folder.path(), kSet);
  EXPECT_EQ(test::contents_of(folder.path() / "file/0"), "changed");
  EXPECT_THAT(refusal(folder.path(), {.count = 6, .bytes = kSet.bytes}),
              HasSubstr("/file: found other files there, expected a new folder, or one with this very set"));
}

TEST(FileFolder, ThatWouldNotFitIsRefusedWithSizesBeforeAnythingIsWritten) {
  const ScratchFolder folder;
  const std::string said = refusal(folder.path(), {.count = 1'000'000, .bytes = "fixed:2097152"});
  EXPECT_THAT(said, HasSubstr("the 1000000 files take 2000000.0 MiB, and the file system has room for "));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(FileFolder, OfAnInterruptedMakerIsGone) {
  const ScratchFolder folder;
  interrupted = true;
  EXPECT_THROW(make_files(folder.path(), kSet), Interrupted);
  interrupted = false;
  EXPECT_FALSE(has_files(folder.path()));
  make_files(folder.path(), kSet);
  EXPECT_TRUE(has_files(folder.path()));
}

TEST(FileFolder, CanBeDroppedFromThePageCacheOrSaysThatItCannot) {
  const ScratchFolder folder;
  make_files(folder.path(), kSet);
  read_files(folder.path());
  const std::string why = drop_files(folder.path());
  if (!why.empty()) {
    EXPECT_THAT(why, HasSubstr("stay in memory when they are dropped from the page cache"));
  }
}

}  // namespace
}  // namespace bakeoff::subjects
