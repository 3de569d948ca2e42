#include "harness/measure/page_cache.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/subjects/scratch_folder.h"
#include "tests/text_file.h"

namespace bakeoff::measure {
namespace {

constexpr std::size_t kBytes = 1'000'000;

TEST(PageCache, HasAFileThatWasReadAndCountsWholePages) {
  const subjects::ScratchFolder folder;
  const auto file = folder.path() / "file";
  test::write_text(file, std::string(kBytes, 'x'));
  ASSERT_FALSE(read_through(file));
  std::error_code error;
  const CachedBytes bytes = cached_bytes(file, error);
  EXPECT_FALSE(error);
  EXPECT_EQ(bytes.size, kBytes);
  EXPECT_EQ(bytes.cached, kBytes);
}

TEST(PageCache, ForgetsAFileWhereItIsOnADisk) {
  const subjects::ScratchFolder folder;
  const auto file = folder.path() / "file";
  test::write_text(file, std::string(kBytes, 'x'));
  ASSERT_FALSE(drop_from_cache(file));
  std::error_code error;
  const CachedBytes dropped = cached_bytes(file, error);
  ASSERT_FALSE(error);
  if (dropped.cached == kBytes)
    GTEST_SKIP() << "the temporary folder is in memory (tmpfs), where nothing can be dropped";
  EXPECT_EQ(dropped.cached, 0U);
  ASSERT_FALSE(read_through(file));
  EXPECT_EQ(cached_bytes(file, error).cached, kBytes);
}

TEST(PageCache, OfAnEmptyFileIsEmptyAndOfNoneAnError) {
  const subjects::ScratchFolder folder;
  const auto file = folder.path() / "file";
  test::write_text(file, "");
  std::error_code error;
  EXPECT_EQ(cached_bytes(file, error).size, 0U);
  EXPECT_FALSE(error);
  cached_bytes(folder.path() / "none", error);
  EXPECT_EQ(error, std::errc::no_such_file_or_directory);
  EXPECT_EQ(read_through(folder.path() / "none"), std::errc::no_such_file_or_directory);
  EXPECT_EQ(drop_from_cache(folder.path() / "none"), std::errc::no_such_file_or_directory);
}

}  // namespace
}  // namespace bakeoff::measure
