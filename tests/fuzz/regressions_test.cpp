// Every seed, and every input that was found once, goes through its target: what libFuzzer does with them, without
// clang.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/fuzz/oracle.h"
#include "tests/fuzz/targets/targets.h"
#include "tests/text_file.h"

namespace bakeoff::fuzz {
namespace {

namespace fs = std::filesystem;
using targets::FuzzEntry;
using targets::kTargets;

const fs::path kFolder = BAKEOFF_SOURCE_DIR "/tests/fuzz";

std::vector<fs::path> inputs_of(std::string_view folder, std::string_view target) {
  std::vector<fs::path> files;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(kFolder / folder / target, missing)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

class FuzzTarget : public testing::TestWithParam<FuzzEntry> {
 protected:
  void run_each(std::string_view folder) const {
    for (const fs::path& file : inputs_of(folder, GetParam().name)) {
      try {
        GetParam().run(test::contents_of(file));
      } catch (const BrokenPromise& finding) {
        ADD_FAILURE() << fs::relative(file, kFolder).string() << ": " << finding.words;
      } catch (const std::exception& error) {
        ADD_FAILURE() << fs::relative(file, kFolder).string() << ": " << error.what();
      }
    }
  }
};

TEST_P(FuzzTarget, TakesItsSeeds) {
  EXPECT_FALSE(inputs_of("seeds", GetParam().name).empty());
  run_each("seeds");
}

TEST_P(FuzzTarget, TakesWhatWasFoundOnce) {
  run_each("found");
}

TEST_P(FuzzTarget, TakesNothingAtAll) {
  EXPECT_NO_THROW(GetParam().run(""));
}

INSTANTIATE_TEST_SUITE_P(Every, FuzzTarget, testing::ValuesIn(kTargets),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(FuzzInputs, BelongToATarget) {
  for (const char* folder : {"seeds", "found", "dictionaries"}) {
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(kFolder / folder, missing)) {
      const std::string name = entry.path().stem();
      EXPECT_TRUE(std::ranges::any_of(kTargets, [&](const FuzzEntry& target) { return target.name == name; }))
          << entry.path() << " is of no target";
    }
  }
}

// The oracles find something.

TEST(FuzzOracle, FindsAMessageThatIsNoPlainLine) {
  EXPECT_NO_THROW(require_one_line("one line"));
  for (const char* bad : {"", "two\nlines", "a\x1b[2Jcommand of the terminal", "rubbed out\x7f"}) {
    EXPECT_THROW(require_one_line(bad), BrokenPromise) << bad;
  }
}

TEST(FuzzOracle, FindsWhatIsNotWrittenAsItWasRead) {
  const auto whole = [](const std::string& text) { return std::stoi(text); };
  const auto same = [](int number) { return std::to_string(number); };
  EXPECT_NO_THROW(require_round_trip("7", whole, same));
  EXPECT_THROW(require_round_trip("07", whole, same), BrokenPromise);
  EXPECT_THROW(require_round_trip("seven", whole, same), BrokenPromise);
}

TEST(FuzzOracle, FindsMemoryThatIsTakenAndGivenBack) {
  constexpr std::size_t kMuch = 1UL << 20;
  const PeakMemory memory;
  EXPECT_NO_THROW(memory.require_at_most(kMuch, 0, 0));
  { const std::string much(kMuch, 'm'); }
  EXPECT_THROW(memory.require_at_most(kMuch - 1, 0, 0), BrokenPromise);
  EXPECT_NO_THROW(memory.require_at_most(0, kMuch, 2));
}

TEST(FuzzOracle, FindsAnExceptionThatIsNotTheExpectedOne) {
  const auto throws = [](auto error) { return [error]() -> int { throw error; }; };
  EXPECT_EQ(read_or_refuse<std::invalid_argument>(throws(std::invalid_argument("x: found y"))), std::nullopt);
  EXPECT_THROW(read_or_refuse<std::invalid_argument>(throws(std::invalid_argument("two\nlines"))), BrokenPromise);
  EXPECT_THROW(read_or_refuse<std::invalid_argument>(throws(std::out_of_range("at"))), std::out_of_range);
}

}  // namespace
}  // namespace bakeoff::fuzz
