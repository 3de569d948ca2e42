// bakeoff compare, on copies of the recorded run in results/quick.
#include <gmock/gmock.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::MatchesRegex;

const fs::path kQuick = fs::path(BAKEOFF_SOURCE_DIR) / "results/quick";

// The recorded run with its rows and its manifest changed; a row for which `change` is false is left out.
void copy_run(
    const fs::path& folder, const std::function<bool(json&)>& change,
    const std::function<void(json&)>& change_manifest = [](json&) {}) {
  fs::create_directories(folder);
  json manifest = json::parse(test::contents_of(kQuick / "manifest.json"));
  change_manifest(manifest);
  test::write_text(folder / "manifest.json", manifest.dump());
  std::istringstream lines(test::contents_of(kQuick / "trials.jsonl"));
  std::string rows;
  for (std::string line; std::getline(lines, line);) {
    json row = json::parse(line);
    if (change(row)) rows += row.dump() + "\n";
  }
  test::write_text(folder / "trials.jsonl", rows);
}

bool keep(json&) {
  return true;
}

// Of the row, and of each of its slices, from which ratios are taken.
void multiply_cpu(json& row, double factor) {
  if (!row.contains("subject_cost") || !row["subject_cost"].contains("cpu_us_per_request")) return;
  json& cost = row["subject_cost"]["cpu_us_per_request"];
  cost = cost.get<double>() * factor;
  if (!row.contains("slices")) return;
  for (json& slice : row["slices"]) slice["cpu_us"] = slice["cpu_us"].get<double>() * factor;
}

// Multiplies the event loop's CPU per request of http by a factor, and that of all subjects by another.
std::function<bool(json&)> with_cpu_factors(double event_loop, double everybody) {
  return [=](json& row) {
    const bool this_one = row["subject"] == "event-loop" && row["table"] == "http";
    multiply_cpu(row, everybody * (this_one ? event_loop : 1));
    return true;
  };
}

TEST(Compare, SaysWhatBecameWorseAndFailsOnItWhenAsked) {
  subjects::ScratchFolder scratch;
  const std::string after = scratch.path() / "after";
  copy_run(after, with_cpu_factors(1.6, 0.6), [](json& manifest) { manifest["commit"] = "fedcba"; });
  const auto result = bakeoff_call({"compare", kQuick, after});
  EXPECT_EQ(result.status, 0) << result.errors;
  const std::string commit = json::parse(test::contents_of(kQuick / "manifest.json")).at("commit");
  EXPECT_THAT(result.output, HasSubstr("commit: " + commit + " against fedcba"));
  EXPECT_THAT(result.output, HasSubstr("1 of 12 cells changed: http event-loop worse, 1.60 ["));
  EXPECT_THAT(result.output, testing::ContainsRegex("a factor of[ \n]+0\\.600"));

  EXPECT_EQ(bakeoff_call({"compare", kQuick, after, "--fail-on-regression", "5%"}).status, 3);
  EXPECT_EQ(bakeoff_call({"compare", kQuick, after, "--fail-on-regression", "0.05"}).status, 3);
  EXPECT_EQ(bakeoff_call({"compare", kQuick, after, "--fail-on-regression", "61%"}).status, 4)
      << "less in the middle, and not excluded";
  EXPECT_EQ(bakeoff_call({"compare", kQuick, after, "--fail-on-regression", "100%"}).status, 0);
  EXPECT_EQ(bakeoff_call({"compare", after, kQuick, "--fail-on-regression", "5%", "--unknown=pass"}).status, 0)
      << "better is no regression";
  EXPECT_EQ(bakeoff_call({"compare", kQuick, after, "--margin", "60%", "--fail-on-regression", "5%"}).status, 4)
      << "within the margin, which may hide it";
}

// The event loop's CPU per request of http is anything from 0.6 to 3.9 times what it was.
bool scatter(json& row) {
  if (row["subject"] != "event-loop" || row["table"] != "http") return true;
  constexpr double kFactors[]{0.6, 1.1, 3.9, 0.8, 2.2, 1.3};
  multiply_cpu(row, kFactors[row["block"].get<std::size_t>() % std::size(kFactors)]);
  return true;
}

TEST(Compare, AGateThatCannotTellIsNotPassedUnlessThatIsAskedFor) {
  subjects::ScratchFolder scratch;
  const std::string after = scratch.path() / "after";
  copy_run(after, scatter);
  const std::vector<std::string> gate{"compare", kQuick, after, "--fail-on-regression", "10%"};
  const auto with = [&](const std::string& unknown) {
    std::vector<std::string> arguments = gate;
    arguments.push_back("--unknown=" + unknown);
    return bakeoff_call(arguments);
  };
  const auto result = bakeoff_call(gate);
  EXPECT_EQ(result.status, 4) << result.errors;
  EXPECT_THAT(result.errors,
              MatchesRegex("(.|\n)*cannot tell in http: event-loop, a factor of [0-9.]+ .*: these blocks "
                           "show a regression from [0-9.]+ % on, and the gate is at 10.0 %\n(.|\n)*"));
  EXPECT_THAT(result.errors, HasSubstr("may hide a regression of 10.0 %"));
  EXPECT_EQ(with("fail").status, 4);
  const auto passed = with("pass");
  EXPECT_EQ(passed.status, 0) << passed.errors;
  EXPECT_THAT(passed.errors, HasSubstr("PASSED WITHOUT KNOWING"));
}

TEST(Compare, GivesTheSameInEveryFormat) {
  subjects::ScratchFolder scratch;
  const std::string after = scratch.path() / "after";
  copy_run(after, with_cpu_factors(1.6, 1));
  const auto document = json::parse(bakeoff_call({"compare", kQuick, after, "--format", "json"}).output);
  EXPECT_EQ(document.at("tables").size(), 4U);
  const json& row = document.at("tables").at(1).at("rows").at(2);
  EXPECT_EQ(row.at("subject"), "event-loop");
  EXPECT_EQ(row.at("verdict"), "worse");
  EXPECT_NEAR(row.at("cells").at("change").at("value").get<double>(), 1.6, 1e-4);
  EXPECT_GT(row.at("cells").at("change").at("low").get<double>(), 1.05);
  EXPECT_FALSE(document.at("head").empty());
  EXPECT_THAT(bakeoff_call({"compare", kQuick, after, "--format", "md"}).output, HasSubstr("| worse |"));
}

TEST(Compare, TakesAnotherFloorWhenItIsNamed) {
  subjects::ScratchFolder scratch;
  const std::string after = scratch.path() / "after";
  copy_run(after, keep, [](json& manifest) { manifest["baseline"] = "prefork"; });
  const auto unnamed = bakeoff_call({"compare", kQuick, after});
  EXPECT_EQ(unnamed.status, 2);
  EXPECT_THAT(unnamed.errors, MatchesRegex("bakeoff: compare: the baseline is \"threads\" in .* and \"prefork\" in .*"
                                           "--floor.*threads, prefork, fibers, event-loop\n"));
  const auto named = bakeoff_call({"compare", kQuick, after, "--floor", "fibers"});
  EXPECT_EQ(named.status, 0) << named.errors;
  EXPECT_THAT(named.output, HasSubstr("run 1 vs fibers"));
}

struct WrongCall {
  std::vector<std::string> arguments;
  std::string says;
};

TEST(Compare, TellsInOneLineWhatItCannotCompare) {
  subjects::ScratchFolder scratch;
  const std::string without_threads = scratch.path() / "without";
  copy_run(without_threads, [](json& row) { return row["subject"] != "threads"; });
  const std::string nothing = scratch.path() / "nothing";
  fs::create_directories(nothing);
  const std::string copy = scratch.path() / "copy";
  copy_run(copy, keep);
  const std::string quick = kQuick;
  const std::vector<WrongCall> calls{
      {{quick, "/nowhere"}, "\"/nowhere\" is no folder"},
      {{quick, nothing}, "has no manifest.json; expected a folder that bakeoff run has written"},
      {{quick, quick + "/."}, "are the same folder; expected two results"},
      {{quick, without_threads}, "\"threads\" has no row in"},
      {{quick, copy, "--floor", "fiber"}, "--floor: \"fiber\" has no row in"},
      {{quick, copy, "--floor", "fiber"}, "did you mean \"fibers\"?"},
      {{quick, copy, "--margin", "5"},
       "--margin: found \"5\", expected a share above 0 and up to 100% like 5% or 0.05"},
      {{quick, copy, "--margin", "0%"}, "--margin: found"},
      {{quick, copy, "--fail-on-regression", "much"}, "--fail-on-regression: found \"much\""},
      {{quick, copy, "--fail-on-regression", "5%%"}, "expected a share"},
      {{quick, copy, "--fail-on-regression", "5%", "--unknown", "maybe"}, "found \"maybe\", expected fail or pass"},
      {{quick, copy, "--unknown", "pass"}, "--unknown: found no --fail-on-regression beside it"},
      {{quick}, "compare: found one folder, expected two, or --last for the second"},
  };
  for (const WrongCall& call : calls) {
    std::vector<std::string> arguments{"compare"};
    arguments.insert(arguments.end(), call.arguments.begin(), call.arguments.end());
    const auto result = bakeoff_call(arguments);
    EXPECT_EQ(result.status, 2) << call.says;
    EXPECT_THAT(result.errors, HasSubstr(call.says));
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    EXPECT_EQ(result.output, "");
  }
}

TEST(Compare, OfARunWithoutRowsOrWithVoidOnesOnlyHasNoValidNumber) {
  subjects::ScratchFolder scratch;
  const std::string empty = scratch.path() / "empty";
  copy_run(empty, [](json&) { return false; });
  const auto none = bakeoff_call({"compare", kQuick, empty});
  EXPECT_EQ(none.status, 4);
  EXPECT_THAT(none.errors, HasSubstr("no rows"));
  const std::string voided = scratch.path() / "void";
  copy_run(voided, [](json& row) {
    row["validity"]["everything"] = "wrong-answers";
    return true;
  });
  const auto result = bakeoff_call({"compare", kQuick, voided, "--fail-on-regression", "5%"});
  EXPECT_EQ(result.status, 4) << result.output;
  EXPECT_THAT(result.output, MatchesRegex("(.|\n)*in run 2: 0 of [0-9]+ blocks count .wrong-answers.(.|\n)*"));
}

}  // namespace
}  // namespace bakeoff::e2e
