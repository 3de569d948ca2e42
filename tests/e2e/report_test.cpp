// What bakeoff report makes of folders in which something is missing or wrong.
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::HasSubstr;

/// A copy of the recorded result, to be spoilt.
struct Copy : subjects::ScratchFolder {
  Copy() {
    for (const char* file : {"manifest.json", "trials.jsonl"}) {
      std::filesystem::copy_file(std::filesystem::path(BAKEOFF_SOURCE_DIR "/results/quick") / file, path() / file);
    }
  }
  Call::Result report(const std::string& format = "terminal") const {
    return bakeoff_call({"report", path().string(), "--format", format});
  }
};

TEST(Report, TellsTheSameFiguresInEveryFormat) {
  const Copy copy;
  for (const std::string format : {"terminal", "md", "csv", "json", "tex"}) {
    const auto result = copy.report(format);
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_THAT(result.output, HasSubstr("event-loop")) << format;
  }
}

TEST(Report, WithoutAManifestComesFromTheRowsAloneAndSaysSo) {
  const Copy copy;
  std::filesystem::remove(copy.path() / "manifest.json");
  const auto result = copy.report();
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.output, HasSubstr("vs threads"));
  EXPECT_THAT(result.errors, HasSubstr("no manifest.json; the tables are from the rows alone"));
}

TEST(Report, RefusesRowsOfAnotherExperimentThanTheManifests) {
  const Copy copy;
  journal::Manifest manifest = journal::read_manifest(copy.path());
  manifest.experiment = "other";
  journal::write_manifest(copy.path(), manifest);
  const auto result = copy.report();
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.output, "");
  EXPECT_THAT(result.errors,
              HasSubstr(R"(trials.jsonl:1: experiment: found "quick", expected "other" as manifest.json)"));
}

TEST(Report, PrintsTheTablesAndExits4WhereEveryNumberIsVoid) {
  const Copy copy;
  std::vector<journal::Trial> rows = journal::read_journal(copy.path()).trials;
  std::filesystem::remove(copy.path() / journal::kTrialsFile);
  journal::JournalWriter writer(copy.path());
  for (journal::Trial& row : rows) {
    row.validity = {{"everything", "wrong-answers"}};
    writer.append(row);
  }
  const auto result = copy.report();
  EXPECT_EQ(result.status, 4);
  EXPECT_THAT(result.output, HasSubstr("wrong-answers"));
}

TEST(Report, PrintsEveryAttemptAsALineOrAnObject) {
  const Copy copy;
  const std::size_t rows = journal::read_journal(copy.path()).trials.size();
  const auto csv = bakeoff_call({"report", copy.path().string(), "--trials", "--format", "csv"});
  EXPECT_EQ(csv.status, 0) << csv.errors;
  EXPECT_EQ(csv.errors, "");
  EXPECT_EQ(static_cast<std::size_t>(std::count(csv.output.begin(), csv.output.end(), '\n')), rows + 1);
  EXPECT_THAT(csv.output, testing::StartsWith("schema,trial_id,attempt,experiment,table,block,order,subject,"));
  const auto document =
      nlohmann::json::parse(bakeoff_call({"report", copy.path().string(), "--trials", "--format", "json"}).output);
  ASSERT_EQ(document.size(), rows);
  EXPECT_GT(document[0].at("subject_cost.cpu_us_per_request").get<double>(), 0);
}

TEST(Report, PrintsTheBucketsOfTheHistogramsAndExits4WhereThereAreNone) {
  const auto csv = bakeoff_call({"report", BAKEOFF_SOURCE_DIR "/results/quick", "--histograms", "--format", "csv"});
  EXPECT_EQ(csv.status, 0) << csv.errors;
  EXPECT_THAT(csv.output, testing::StartsWith("trial_id,attempt,class,low_us,high_us,count\r\n"));
  const Copy copy;  // Without histograms.
  const auto none = bakeoff_call({"report", copy.path().string(), "--trials", "--histograms", "--format", "json"});
  EXPECT_EQ(none.status, 4);
  EXPECT_EQ(none.output, "");
  EXPECT_EQ(none.errors, "bakeoff: " + copy.path().string() + ": no histograms in histograms.jsonl\n");
}

TEST(Report, OfAttemptsInAFormatOfTablesIsRefusedInOneLine) {
  const Copy copy;
  for (const std::string format : {"terminal", "md", "tex"}) {
    for (const std::string what : {"--trials", "--histograms"}) {
      const auto result = bakeoff_call({"report", copy.path().string(), what, "--format", format});
      EXPECT_EQ(result.status, 2);
      EXPECT_EQ(result.output, "");
      EXPECT_EQ(result.errors, "bakeoff: --format: found " + format + " beside " + what + ", expected csv or json\n");
    }
  }
  EXPECT_EQ(bakeoff_call({"report", copy.path().string(), "--trials"}).status, 2);
}

TEST(Report, OfNoRowsExits4WithOneLine) {
  const Copy copy;
  test::write_text(copy.path() / journal::kTrialsFile, "");
  const auto result = copy.report();
  EXPECT_EQ(result.status, 4);
  EXPECT_EQ(result.output, "");
  EXPECT_EQ(result.errors, "bakeoff: " + copy.path().string() + ": no rows in trials.jsonl\n");
}

}  // namespace
}  // namespace bakeoff::e2e
