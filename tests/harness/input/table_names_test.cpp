#include "harness/input/table_names.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "harness/input/input_error.h"
#include "harness/input/toml_section.h"
#include "tests/text_file.h"

namespace bakeoff::input {
namespace {

std::string error_of(const std::string& toml) {
  try {
    parse_toml(toml, "x.toml");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(TableNames, ATableWithoutANameIsRefusedInOneLine) {
  EXPECT_EQ(error_of("[=]"), "x.toml:1: no TOML: found \"=]\", expected the name of a table");
  EXPECT_EQ(error_of("a = 1\n[[ #"), "x.toml:2: no TOML: found \"#\", expected the name of a table");
  EXPECT_EQ(error_of("a = 1\r\n\r\n [\r\n"),
            "x.toml:3: no TOML: found the end of the line, expected the name of a table");
  EXPECT_EQ(error_of("\xef\xbb\xbf[\x01"), "x.toml:1: no TOML: found \"?\", expected the name of a table");
}

TEST(TableNames, NoBytesBehindABracketEndTheProgram) {
  for (const std::string begin : {"[", "[[", "[ ", "a = 1\n[", "a = \"\"\"\n\"\"\"\n[", "a = [\n]\n[[", "#[\n["}) {
    for (int byte = 0; byte < 256; ++byte) {
      const std::string message = error_of(begin + static_cast<char>(byte));
      EXPECT_THAT(message, testing::StartsWith("x.toml:")) << begin << ' ' << byte;
    }
  }
}

TEST(TableNames, BracketsThatBeginNoTableAreNotTakenForOne) {
  for (const std::string good : {
           "a = [\n[ {b = 1} ],\n[ [ 1, ], ],\n[]\n]\n",
           "a = \"\"\"\n[=\n\\\"\"\"\n[=\n\"\"\"\"\"\nb = 1",
           "a = '''\n[=\n'''''\nb = '[= # '\n",
           "# [=\na = 1 # \"\n# [\n",
           "a = \"\\\\\" # [\n[b]\n",
           "a = {b = [\n[ \"[=\" ] # ]\n]}\n[ \"=\" ]\n[[ '#'.x ]]\n[-]\n[1.2]\n",
       }) {
    EXPECT_EQ(error_of(good), "") << good;
  }
}

TEST(TableNames, EveryFileThatIsShippedHasThemAll) {
  int files = 0;
  for (const char* folder : {"/harness", "/reference"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(BAKEOFF_SOURCE_DIR) + folder)) {
      if (entry.path().extension() != ".toml") continue;
      EXPECT_FALSE(find_missing_table_name(test::contents_of(entry.path()))) << entry.path();
      ++files;
    }
  }
  EXPECT_GT(files, 50);
}

}  // namespace
}  // namespace bakeoff::input
