// What tests/main.cpp records of cases that pass, fail, are skipped, or end their process.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "tests/text_file.h"

namespace bakeoff::recording {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

struct Recorded {
  int status = -1;
  std::vector<std::string> lines;
};

Recorded recorded(const std::string& filter) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("recording-" + std::to_string(::getpid()));
  const std::string file = folder / "below/record.xml";
  const std::string command = std::string(CASES_OF_EVERY_OUTCOME) + " --record " + file +
                              " 1 --gtest_brief=1 '--gtest_filter=" + filter + "' >/dev/null 2>&1";
  Recorded record{WEXITSTATUS(std::system(command.c_str())), {}};
  std::istringstream text(test::contents_of(file));
  for (std::string line; std::getline(text, line);) record.lines.push_back(line);
  std::filesystem::remove_all(folder);
  return record;
}

TEST(Record, HasALineForEveryOutcomeOfACase) {
  const Recorded record = recorded("Calm.*");
  EXPECT_EQ(record.status, EXIT_FAILURE);
  EXPECT_THAT(
      record.lines,
      ElementsAre(
          AllOf(StartsWith(R"(<testcase classname="Calm" name="Passes" status="run" time=")"), EndsWith("\"/>")),
          AllOf(StartsWith(R"(<testcase classname="Calm" name="Fails" status="fail"><failure message=")"),
                HasSubstr("&lt;\\&quot;1\\&quot; &amp; 2>"), HasSubstr("on purpose"), EndsWith("\"/></testcase>")),
          "<testcase classname=\"Calm\" name=\"IsSkipped\" status=\"notrun\">"
          "<skipped message=\"not here\"/></testcase>"));
}

TEST(Record, OfCasesThatAllPassIsASuccess) {
  EXPECT_EQ(recorded("Calm.Passes:Fatal.PassesBehindThem").status, EXIT_SUCCESS);
}

TEST(Record, NamesTheCasesThatEndTheirProcessAndGoesOnBehindThem) {
  const Recorded record = recorded("Fatal.*");
  EXPECT_EQ(record.status, EXIT_FAILURE);
  const auto failed = [](const std::string& name, const std::string& why) {
    return "<testcase classname=\"Fatal\" name=\"" + name + "\" status=\"fail\"><failure message=\"" + why +
           "\"/></testcase>";
  };
  EXPECT_THAT(
      record.lines,
      ElementsAre(failed("IsKilled", "it was killed by signal 9, Killed"), failed("Exits", "its process exited with 0"),
                  failed("Hangs", "it took longer than 1 s"), HasSubstr("PassesBehindThem\" status=\"run\"")));
}

TEST(Record, OfAProcessThatEndsBadlyBehindItsCasesHasAFailure) {
  const Recorded record = recorded("AtExit.*");
  EXPECT_EQ(record.status, EXIT_FAILURE);
  EXPECT_THAT(record.lines,
              ElementsAre(HasSubstr("\"Passes\" status=\"run\""),
                          AllOf(HasSubstr("name=\"Ends\" status=\"fail\""), HasSubstr("exited with 23"))));
}

TEST(Record, OfAFilterThatSelectsNothingHasAFailure) {
  const Recorded record = recorded("NoSuchSuite.*");
  EXPECT_EQ(record.status, EXIT_FAILURE);
  EXPECT_THAT(record.lines,
              ElementsAre(AllOf(HasSubstr("name=\"RunsACase\" status=\"fail\""), HasSubstr("no case ran"))));
}

}  // namespace
}  // namespace bakeoff::recording
