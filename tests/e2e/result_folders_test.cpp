// Where results go, how the last one is found, and what is on the disk when.
#include <gmock/gmock.h>

#include <sstream>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::HasSubstr;

/// A folder to be in.
struct Here : subjects::ScratchFolder {
  Here() { test::write_text(path() / "tiny.toml", kTinyExperiment); }
  Call::Result call(const std::vector<std::string>& arguments, const std::vector<std::string>& through = {}) const {
    std::vector<std::string> prefix{"env", "-C", path().string()};
    prefix.insert(prefix.end(), through.begin(), through.end());
    return Call(bakeoff_program(), arguments, prefix).finish();
  }
  std::vector<fs::path> runs_of(const std::string& experiment) const {
    std::vector<fs::path> runs;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(path() / "bakeoff-results" / experiment, missing)) {
      runs.push_back(entry.path());
    }
    return runs;
  }
};

/// A recorded result as a run of this experiment and time.
void record(const Here& here, const std::string& experiment, const std::string& time) {
  const fs::path folder = here.path() / "bakeoff-results" / experiment / (time + "-host");
  fs::create_directories(folder);
  for (const char* file : {journal::kManifestFile, journal::kTrialsFile}) {
    fs::copy_file(fs::path(BAKEOFF_SOURCE_DIR "/results") / experiment / file, folder / file);
  }
}

TEST(Results, GoToTheCurrentFolderAndNeverIntoTheSourceTree) {
  const Here here;
  const auto result = here.call({"run", "tiny.toml"});
  EXPECT_THAT(result.status, AnyOf(0, 4)) << result.errors;
  ASSERT_EQ(here.runs_of("tiny").size(), 1U);
  EXPECT_FALSE(journal::read_journal(here.runs_of("tiny")[0]).trials.empty());
  EXPECT_THAT(result.errors, HasSubstr("rows and report: bakeoff-results/tiny/"));
  EXPECT_FALSE(fs::exists(BAKEOFF_SOURCE_DIR "/results/tiny"));

  const auto report = here.call({"report", "--last"});
  EXPECT_EQ(report.status, result.status);
  EXPECT_THAT(report.output, HasSubstr("echo · 64-byte messages · 1 connection"));
  const auto resumed = here.call({"run", "tiny.toml", "--resume"});
  EXPECT_THAT(resumed.errors, HasSubstr(" are done already; rows go to bakeoff-results/tiny/"));
  EXPECT_EQ(here.runs_of("tiny").size(), 1U);
}

TEST(Results, LastIsTheNewestOfAllExperiments) {
  const Here here;
  record(here, "redis", "2026-11-20T100000Z");
  record(here, "quick", "2026-11-21T100000Z");
  record(here, "c10k", "2026-11-19T100000Z");
  const auto report = here.call({"report", "--last"});
  EXPECT_EQ(report.status, 0);
  EXPECT_EQ(report.errors, "bakeoff: bakeoff-results/quick/2026-11-21T100000Z-host\n");
  const auto compared =
      here.call({"compare", std::string(BAKEOFF_SOURCE_DIR) + "/results/redis", "--last", "--floor", "threads"});
  EXPECT_THAT(compared.output, HasSubstr("run 2: bakeoff-results/quick/2026-11-21T100000Z-host"));
}

TEST(Results, WithoutALastOneOrWithTwoAnswersSayWhatIsExpected) {
  const Here here;
  const auto none = here.call({"report", "--last"});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.errors, HasSubstr("bakeoff-results; expected one that bakeoff run has left there"));
  EXPECT_EQ(here.call({"report"}).status, 2);
  EXPECT_EQ(here.call({"report", "somewhere", "--last"}).status, 2);
  EXPECT_EQ(here.call({"compare", "somewhere"}).status, 2);
  EXPECT_EQ(here.call({"compare", "somewhere", "elsewhere", "--last"}).status, 2);
}

TEST(Out, WithAFileOfSomebodyElsesIsRefused) {
  for (const char* name : {"manifest.json", "report.md", "experiment.toml", "histograms.jsonl"}) {
    const Here here;
    test::write_text(here.path() / name, "mine\n");
    const auto result = here.call({"run", "tiny.toml", "--out", "."});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.errors, HasSubstr(std::string("has a ") + name + " that the run would overwrite"));
    EXPECT_EQ(test::contents_of(here.path() / name), "mine\n");
    EXPECT_FALSE(fs::exists(here.path() / journal::kTrialsFile));
  }
}

TEST(Rows, AreOnTheDiskBeforeTheNextTrialAndTheManifestBeforeItsName) {
  if (Call("true", {}, {"strace", "-o", "/dev/null"}).finish().status != 0) GTEST_SKIP() << "strace cannot trace here";
  const Here here;
  const auto result =
      here.call({"run", "tiny.toml", "--out", "out"},
                {"strace", "-y", "-o", "trace", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2"});
  EXPECT_THAT(result.status, AnyOf(0, 4)) << result.errors;
  std::size_t rows = 0, histograms = 0;
  bool manifest_synced = false, manifest_named = false, folder_synced = false;
  std::istringstream trace(test::contents_of(here.path() / "trace"));
  for (std::string line; std::getline(trace, line);) {
    const auto has = [&](const char* text) { return line.find(text) != line.npos; };
    if (has("fdatasync(") && has("/out/trials.jsonl>")) ++rows;
    if (has("fdatasync(") && has("/out/histograms.jsonl>")) ++histograms;
    if (has("fsync(") && has("/out/manifest.json.new>")) manifest_synced = true;
    if (has("rename") && has("manifest.json.new")) {
      EXPECT_TRUE(manifest_synced);
      manifest_named = true;
      manifest_synced = folder_synced = false;
    }
    if (has("fsync(") && has("/out>")) folder_synced = true;
  }
  EXPECT_EQ(rows, journal::read_journal(here.path() / "out").trials.size());
  EXPECT_EQ(histograms, rows);
  EXPECT_TRUE(manifest_named);
  EXPECT_TRUE(folder_synced);
}

}  // namespace
}  // namespace bakeoff::e2e
