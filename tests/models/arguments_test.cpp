// The command line of bakeoff-subject: what it takes, and what it says of what it does not take.
#include "models/subject/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bakeoff::models {
namespace {

subject::Arguments parsed(const std::vector<const char*>& words) {
  return subject::Arguments(words, {"model", "workload"}, {"--units", "--port"}, {"--null"});
}

/// What is said of a command line that is wrong; "" when nothing is wrong.
template <typename Action>
std::string complaint(Action action) {
  try {
    action();
  } catch (const subject::ArgumentError& error) {
    return error.what();
  }
  return "";
}

TEST(Arguments, TakeOptionsInBothSpellingsAndAnywhere) {
  const subject::Arguments arguments = parsed({"--units", "4", "threads", "--port=80", "echo"});
  EXPECT_EQ(arguments.position(0), "threads");
  EXPECT_EQ(arguments.position(1), "echo");
  EXPECT_EQ(arguments.number("--units", 1, 1, 9), 4U);
  EXPECT_EQ(arguments.text("--port", ""), "80");
}

TEST(Arguments, FallBackOnWhatTheCallerNames) {
  const subject::Arguments arguments = parsed({"threads", "echo"});
  EXPECT_EQ(arguments.number("--units", 7, 1, 5), 7U);
  EXPECT_EQ(arguments.text("--port", "none"), "none");
}

TEST(Arguments, TakeFlagsWhichHaveNoValue) {
  const subject::Arguments arguments = parsed({"--null", "threads", "echo"});
  EXPECT_TRUE(arguments.has("--null"));
  EXPECT_EQ(arguments.position(0), "threads");
  EXPECT_FALSE(parsed({"threads", "echo"}).has("--null"));
  EXPECT_EQ(complaint([] { parsed({"a", "b", "--null=1"}); }), "--null takes no value");
  EXPECT_EQ(complaint([] { parsed({"a", "b", "--null", "--null"}); }), "--null is given twice");
}

TEST(Arguments, NameWhatIsMissingOrTooMuch) {
  EXPECT_EQ(complaint([] { parsed({"threads"}); }), "found no workload, expected one");
  EXPECT_EQ(complaint([] { parsed({"a", "b", "c"}); }), "unexpected argument 'c', expected no more than 2");
  EXPECT_EQ(complaint([] { parsed({"a", "b", "--units"}); }), "--units: found nothing, expected a value");
  EXPECT_EQ(complaint([] { parsed({"a", "b", "--units=1", "--units=2"}); }), "--units is given twice");
}

TEST(Arguments, SuggestTheNearestOption) {
  EXPECT_EQ(complaint([] {
              parsed({"a", "b", "--unit", "1"});
            }),
            "unknown option '--unit': expected --units, --port or --null (did you mean --units?)");
}

TEST(Arguments, TakeWholeNumbersInTheirRangeOnly) {
  for (const char* wrong : {"0", "10", "-1", "4x", "", " 4", "+4", "0x4", "4.0", "99999999999999999999999"}) {
    const auto line = complaint([&] { parsed({"a", "b", "--units", wrong}).number("--units", 1, 1, 9); });
    EXPECT_EQ(line, "--units: found '" + std::string(wrong) + "', expected a whole number from 1 to 9");
  }
  const auto line = complaint([&] { parsed({"a", "b", "--units", "2"}).number("--units", 1, 1, 1); });
  EXPECT_EQ(line, "--units: found '2', expected nothing but 1");
}

TEST(Arguments, KeepComplaintsToOneLine) {
  const std::string evil = "a\nb" + std::string(500, 'c');
  const std::string_view known[] = {"threads"};
  const std::string line = subject::unknown_name("model", evil, known).what();
  EXPECT_EQ(line.find('\n'), line.npos);
  EXPECT_LT(line.size(), 200U);
}

TEST(Arguments, SuggestOnlyWhatIsNear) {
  const std::string_view known[] = {"threads", "prefork", "event-loop"};
  EXPECT_THAT(subject::unknown_name("model", "thread", known).what(), testing::HasSubstr("did you mean threads?"));
  EXPECT_THAT(subject::unknown_name("model", "eventloop", known).what(),
              testing::HasSubstr("did you mean event-loop?"));
  EXPECT_THAT(subject::unknown_name("model", "nosuchmodel", known).what(),
              testing::Not(testing::HasSubstr("did you mean")));
}

}  // namespace
}  // namespace bakeoff::models
