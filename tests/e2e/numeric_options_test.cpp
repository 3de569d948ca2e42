// Every option that takes a number, a time, a rate: what it says to invalid values. The options are read from
// --help, so that a new one is tried too.
#include <gmock/gmock.h>

#include <regex>

#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// What an option takes, as --help calls it.
const std::vector<std::string> kNumbers{"N", "TIME", "SHARE", "RATE", "LIMIT", "CPUS", "MEMORY", "STAIRS"};
const std::vector<std::string> kTexts{
    "DIR",  "FILE",    "NAME",  "SUBJECTS", "WORKLOADS", "CHECKS",      "FORMAT", "BUILD", "REQUEST", "ADDRESSES",
    "WORD", "SETTING", "SHAPE", "BACK_END", "MIX",       "EXPECTATION", "PHASES", "FIELD", "METHOD",  "TEXT"};

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

struct Option {
  std::string command, name, type;
};

std::vector<std::smatch> all_of(const std::string& text, const std::regex& pattern) {
  return {std::sregex_iterator(text.begin(), text.end(), pattern), std::sregex_iterator()};
}

/// The options of every subcommand that have a value.
std::vector<Option> options_with_values() {
  static const std::regex subcommand("\n  ([a-z-]+) "), option("\n  (?:-., ?|-.,)?(--[a-z-]+) ([^ \n=]+)");
  const std::string help = bakeoff_call({"--help"}).output;
  const std::string commands = help.substr(std::min(help.find("Subcommands:"), help.size()));
  std::vector<Option> found;
  for (const std::smatch& command : all_of(commands, subcommand)) {
    const std::string its_help = bakeoff_call({command[1], "--help"}).output;
    for (const std::smatch& one : all_of(its_help, option)) found.push_back({command[1], one[1], one[2]});
  }
  return found;
}

/// One line of bad usage that says what was typed and what is expected.
std::string expect_refused(const Option& option, const std::string& value) {
  const auto result = bakeoff_call({option.command, option.name, value});
  const std::string shown = "bakeoff " + option.command + " " + option.name + " \"" + value + "\"\n" + result.errors;
  EXPECT_EQ(result.status, 2) << shown;
  EXPECT_EQ(result.output, "") << shown;
  EXPECT_THAT(result.errors, StartsWith("bakeoff: " + option.name + ": ")) << shown;
  EXPECT_THAT(result.errors, HasSubstr("found \"" + value + "\"")) << shown;
  EXPECT_THAT(result.errors, HasSubstr("expected ")) << shown;
  EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << shown;
  return result.errors;
}

TEST(Options, ThatHaveAValueSayInTheHelpWhatItIs) {
  const auto options = options_with_values();
  EXPECT_GT(options.size(), 30U);
  for (const Option& option : options) {
    EXPECT_TRUE(contains(kNumbers, option.type) || contains(kTexts, option.type))
        << "bakeoff " << option.command << " " << option.name << " takes " << option.type
        << ": name in cli.cpp what it takes (add_whole, add_time, add_share, add_parsed, or type_name for a text), and "
           "here, where the kind is new";
  }
}

TEST(Options, ThatTakeANumberRefuseWhatIsNoneWithWhatWasTypedAndWhatIsExpected) {
  for (const Option& option : options_with_values()) {
    if (!contains(kNumbers, option.type)) continue;
    for (const char* value : {"-1", "", "nan", "1e30", "5 apples"}) expect_refused(option, value);
  }
}

TEST(Options, ThatTakeAWholeNumberHoldTheBoundsThatTheyName) {
  static const std::regex bounds("from ([0-9]+) to ([0-9]+)");
  for (const Option& option : options_with_values()) {
    if (option.type != "N") continue;
    const std::string said = expect_refused(option, "100kk");
    std::smatch match;
    ASSERT_TRUE(std::regex_search(said, match, bounds)) << said;
    const std::uint64_t least = std::stoull(match[1]), most = std::stoull(match[2]);
    if (least > 0) expect_refused(option, std::to_string(least - 1));
    expect_refused(option, std::to_string(most + 1));
    expect_refused(option, "0x10");
    expect_refused(option, "1.5");
  }
}

TEST(Options, OfTimesRatesAndLimitsRefuseWhatIsFarOut) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> table{
      {{"load", "--duration"}, "1e-9s"},  {{"load", "--duration"}, "25h"},  {{"load", "--duration"}, "inf"},
      {{"load", "--duration"}, "0"},      {{"load", "--timeout"}, "0"},     {{"load", "--rate"}, "inf"},
      {{"load", "--rate"}, "0"},          {{"load", "--rate"}, "1k:nan"},   {{"load", "--rate"}, "1e-300"},
      {{"load", "--slo"}, "p99=nanms"},   {{"load", "--slo"}, "p99=1e30s"}, {{"load", "--slo"}, "p99=-5ms"},
      {{"load", "--slo"}, "p99=0ms"},     {{"load", "--slo"}, "p99=5"},     {{"load", "--cpus"}, "0-4000000000"},
      {{"run", "--precision"}, "1e-300"}, {{"run", "--precision"}, "5"},    {{"run", "--budget"}, "1e400"},
      {{"compare", "--margin"}, "101%"}};
  for (const auto& [option, value] : table) {
    const auto result = bakeoff_call({option[0], option[1], value});
    EXPECT_EQ(result.status, 2) << option[1] << " " << value;
    EXPECT_THAT(result.errors, StartsWith("bakeoff: " + option[1] + ": ")) << value;
    EXPECT_THAT(result.errors, HasSubstr("\"" + value + "\"")) << option[1];
  }
  // Nobody has to wait for a warm-up.
  EXPECT_THAT(bakeoff_call({"load", "--warmup", "0s"}).errors, HasSubstr("URL"));
}

TEST(Options, WithoutAValueOrWithTwoOrOfNoNameAreToldInOurOwnWords) {
  EXPECT_EQ(bakeoff_call({"load", "--connections"}).errors,
            "bakeoff: --connections: found \"\", expected a whole number from 1 to 1000000\n");
  EXPECT_EQ(bakeoff_call({"run", "--out"}).errors, "bakeoff: --out: found nothing, expected a value: DIR\n");
  EXPECT_EQ(bakeoff_call({"load", "tcp://h:1", "-c", "1", "-c", "2"}).errors,
            "bakeoff: --connections: found several values, expected one\n");
  EXPECT_THAT(bakeoff_call({"load", "tcp://h:1", "--conections", "5"}).errors,
              HasSubstr("found option \"--conections\", expected one of --help, "));
  EXPECT_THAT(bakeoff_call({"load", "tcp://h:1", "--conections", "5"}).errors,
              HasSubstr("did you mean \"--connections\"?"));
  EXPECT_EQ(bakeoff_call({"serve", "threads", "http", "80"}).errors,
            "bakeoff: found \"80\", expected no more words there\n");
}

}  // namespace
}  // namespace bakeoff::e2e
