// Probes of others, on the real binary: what their line says, and what is said of one that does not come.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/foreign_server_fixture.h"

namespace bakeoff::e2e {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

/// A folder with a probe that is this shell script.
struct ScriptProbe : ForeignServerFixture {
  explicit ScriptProbe(const std::string& script) {
    test::write_text(path() / "probe" / "probe.sh", script + "\n");
    test::write_text(path() / "probe" / "subject.toml", R"(name = "twos"
summary = "two and two"
[probe]
measures = "arithmetic"
start = ["/bin/sh", "probe.sh", "@more@", ")" + open() + R"("]
[files]
"probe.sh" = "probe.sh"
[settings.more]
meaning = "what is added"
most = 10
default = 2
)");
  }
  Call::Result run(const std::string& format = "json") const {
    auto result = bakeoff_call({"probe", path() / "probe", "--format", format});
    EXPECT_TRUE(nothing_is_left());
    return result;
  }
};

TEST(ForeignProbe, ItsFiguresAndSentencesAreTheRow) {
  const ScriptProbe probe(R"(echo begins; echo "{\"figures\":{\"sum\":$((2 + $1)),\"both_yes_or_no\":1},)"
                          R"(\"evidence\":[\"two and two are four\"],\"units_created\":2}")");
  const auto result = probe.run();
  EXPECT_EQ(result.status, 0) << result.errors;
  const auto row = nlohmann::json::parse(result.output);
  EXPECT_EQ(row.at("workload"), "arithmetic");
  EXPECT_EQ(row.at("job").at("figures").at(0).at("name"), "sum") << row;
  EXPECT_EQ(row.at("job").at("figures").at(0).at("value"), 4);
  EXPECT_EQ(row.at("server_receipt").at("settings").at("more"), "2");
  EXPECT_THAT(probe.run("terminal").output, HasSubstr("two and two are four"));
}

TEST(ForeignProbe, AComplaintVoidsTheRow) {
  const auto result =
      ScriptProbe(R"(echo '{"figures":{"sum":5},"complaint":"the sum is 5, expected 4"}')").run("terminal");
  EXPECT_NE(result.status, 0);
  EXPECT_THAT(result.errors, HasSubstr("the sum is 5, expected 4"));
}

TEST(ForeignProbe, ALineWithoutFiguresARefusalAndASilentEndAreToldApart) {
  EXPECT_THAT(ScriptProbe(R"(echo '{"figures":{"sum":"four"}}')").run().errors, HasSubstr("its line has no figures"));
  EXPECT_THAT(ScriptProbe(R"(echo '{"figures":{}}')").run().errors, HasSubstr("its line has no figures"));
  EXPECT_THAT(ScriptProbe("echo 'found 1 CPU, expected 2' >&2; exit 2").run().errors,
              HasSubstr("not-run: found 1 CPU, expected 2"));
  EXPECT_THAT(ScriptProbe("exit 3").run().errors, HasSubstr("died"));
}

TEST(ForeignProbe, StandsInATableOfAnExperiment) {
  const ScriptProbe probe(R"(echo "{\"figures\":{\"sum\":$((2 + $1))}}")");
  test::write_text(probe.path() / "own.toml", R"(name = "own"
subjects = ["twos", "twos:more=5"]
blocks = 1
[[tables]]
probe = "arithmetic"
)");
  const auto result = bakeoff_call(
      {"run", probe.path() / "own.toml", "--subjects", probe.path() / "probe", "--out", probe.path() / "results"});
  // Not its status: beside other programs no time of it is valid.
  EXPECT_THAT(result.output, ContainsRegex("twos:more=5 [^\n]*7")) << "two and five; " << result.errors;
}

}  // namespace
}  // namespace bakeoff::e2e
