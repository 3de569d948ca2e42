#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/journal/trial_json.h"
#include "harness/journal/writer.h"
#include "harness/subjects/process.h"
#include "tests/harness/fixtures/full_row.h"

namespace bakeoff::journal {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  EXPECT_NE(text.find(from), std::string::npos) << from;
  return text.replace(text.find(from), from.size(), to);
}

Trial later_row() {
  Trial trial = test::full_row();
  ++trial.attempt;
  return trial;
}

// A folder of its own for each test, gone afterwards.
class Journaling : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "bakeoff-journal-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& file, const std::string& text) const {
    std::ofstream(folder_ / file, std::ios::binary) << text;
  }
  std::string read(const std::string& file) const {
    std::ifstream stream(folder_ / file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }
  std::string error_of_reading() const {
    try {
      read_journal(folder_);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }

  fs::path folder_;
};

TEST_F(Journaling, RowsAreInTheFileAsSoonAsTheyAreGiven) {
  JournalWriter writer(folder_ / "deep" / "er");
  writer.append(test::full_row());
  EXPECT_EQ(read_journal(folder_ / "deep" / "er").trials.size(), 1u);
  writer.append(later_row());
  const Journal journal = read_journal(folder_ / "deep" / "er");
  EXPECT_EQ(journal.trials.size(), 2u);
  EXPECT_TRUE(journal.notes.empty());
}

TEST_F(Journaling, AnotherWriterGoesOnBehindTheRowsThatAreThere) {
  JournalWriter(folder_).append(test::full_row());
  JournalWriter(folder_).append(later_row());
  EXPECT_EQ(read_journal(folder_).trials.size(), 2u);
}

TEST_F(Journaling, ALastLineThatWasCutOffIsDroppedWithANoteWhereverTheCutIs) {
  const std::string line = trial_to_json(test::full_row());
  for (std::size_t cut = 1; cut < line.size(); cut += 13) {
    write("trials.jsonl", line + "\n" + line.substr(0, cut));
    const Journal journal = read_journal(folder_);
    ASSERT_EQ(journal.trials.size(), 1u) << cut;
    ASSERT_EQ(journal.notes.size(), 1u) << cut;
    ASSERT_THAT(journal.notes[0], testing::EndsWith("trials.jsonl:2: the last line was cut off and is left out"));
  }
}

TEST_F(Journaling, ALastLineThatLacksItsNewlineOnlyIsARow) {
  write("trials.jsonl", trial_to_json(test::full_row()));
  EXPECT_EQ(read_journal(folder_).trials.size(), 1u);
  JournalWriter(folder_).append(later_row());
  EXPECT_EQ(read_journal(folder_).trials.size(), 2u);
}

TEST_F(Journaling, AWriterCutsOffAnIncompleteLastLineOfAnyLength) {
  const std::string line = trial_to_json(test::full_row());
  for (const std::size_t garbage : {1u, 100u, 200'000u}) {
    for (const bool first : {true, false}) {
      write("trials.jsonl", (first ? "" : line + "\n") + "{\"x\":\"" + std::string(garbage, 'y'));
      JournalWriter(folder_).append(test::full_row());
      EXPECT_EQ(read("trials.jsonl"), (first ? "" : line + "\n") + line + "\n") << garbage;
    }
  }
}

TEST_F(Journaling, ABadLineInTheMiddleIsAnErrorNamingFileAndLine) {
  const std::string line = trial_to_json(test::full_row());
  write("trials.jsonl", line + "\n" + line.substr(0, 50) + "\n" + line + "\n");
  EXPECT_EQ(error_of_reading(), (folder_ / "trials.jsonl").string() + ":2: not JSON");
  write("trials.jsonl", line + "\n{\"schema\":9,\"trial_id\":\"x\"}\n");
  EXPECT_EQ(error_of_reading(), (folder_ / "trials.jsonl").string() +
                                    ":2: schema: found 9, expected 1 to 2: written by a newer bakeoff than this one "
                                    "reads");
}

TEST_F(Journaling, AnUnknownSchemaIsRefusedOnTheLastLineToo) {
  write("trials.jsonl", R"({"schema":9,"trial_id":"x"})");
  EXPECT_THAT(error_of_reading(), HasSubstr("schema: found 9, expected 1 to 2"));
}

TEST_F(Journaling, AnEmptyFileIsAnEmptyJournalAndAFolderWithoutIsNone) {
  EXPECT_EQ(error_of_reading(), folder_.string() + " is no result folder: it has no trials.jsonl");
  write("trials.jsonl", "");
  EXPECT_TRUE(read_journal(folder_).trials.empty());
  EXPECT_TRUE(read_journal(folder_ / "trials.jsonl").trials.empty());
  EXPECT_THROW(read_journal(folder_ / "nowhere.jsonl"), std::runtime_error);
}

TEST_F(Journaling, AFolderThatCannotBeMadeIsNamed) {
  write("file", "");
  try {
    JournalWriter writer(folder_ / "file" / "sub");
    ADD_FAILURE();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot write " + (folder_ / "file" / "sub").string()));
  }
}

TEST_F(Journaling, AFullDiskIsNamedAndLeavesNoHalfRow) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "this machine has no /dev/full";
  JournalWriter works(folder_);
  fs::remove(folder_ / "trials.jsonl");
  fs::create_symlink("/dev/full", folder_ / "trials.jsonl");
  JournalWriter writer(folder_);
  try {
    writer.append(test::full_row());
    ADD_FAILURE();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("trials.jsonl: No space left on device"));
  }
}

TEST_F(Journaling, ANegativeNumberIsRefusedByFileLineAndField) {
  std::string line = trial_to_json(test::full_row());
  write("trials.jsonl",
        line + "\n" + replaced(trial_to_json(later_row()), "\"throughput_rps\":99.998", "\"throughput_rps\":-5"));
  EXPECT_EQ(error_of_reading(),
            (folder_ / "trials.jsonl").string() + ":2: client.throughput_rps: found -5, expected 0 or more");
}

TEST_F(Journaling, RowsOfAnotherExperimentAreRefused) {
  Trial other = later_row();
  other.experiment = "x";
  write("trials.jsonl", trial_to_json(test::full_row()) + "\n" + trial_to_json(other) + "\n");
  const std::string cause = (folder_ / "trials.jsonl").string() + ":2: experiment: found \"x\", expected \"quick\" as ";
  EXPECT_EQ(error_of_reading(), cause + "in the rows before it");
  try {
    read_journal(folder_, "quick");
    ADD_FAILURE();
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), cause + "manifest.json says");
  }
}

TEST_F(Journaling, TheSameAttemptTwiceIsAnErrorNamingBothLines) {
  const std::string line = trial_to_json(test::full_row());
  write("trials.jsonl", line + "\n" + trial_to_json(later_row()) + "\n" + line + "\n");
  EXPECT_EQ(error_of_reading(),
            (folder_ / "trials.jsonl").string() +
                ":3: trial_id: found \"http-b03-threads\" with attempt 2 again, expected it once, as "
                "in line 1");
}

TEST_F(Journaling, ASecondWriterIsRefusedBeforeItTouchesAnything) {
  std::optional<JournalWriter> writer(folder_);
  writer->append(test::full_row());
  std::ofstream(folder_ / "trials.jsonl", std::ios::app) << "{\"half";
  const std::string before = read("trials.jsonl");
  try {
    JournalWriter second(folder_);
    ADD_FAILURE();
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), folder_.string() + ": another bakeoff is writing there; expected a folder of its own");
  }
  EXPECT_EQ(read("trials.jsonl"), before);
  writer.reset();
  JournalWriter(folder_).append(later_row());
  EXPECT_EQ(read_journal(folder_).trials.size(), 2u);
}

TEST_F(Journaling, AChildThatOutlivesAWriterDoesNotKeepTheFolder) {
  std::optional<JournalWriter> writer(folder_);
  subjects::Command command;
  command.argv = {"cat"};
  subjects::Process child = subjects::Process::start(command);
  writer.reset();
  EXPECT_NO_THROW(JournalWriter{folder_});
  child.stop();
}

TEST_F(Journaling, HistogramsComeBackByTrialAttemptAndClass) {
  stats::Histogram total;
  for (std::uint64_t i = 1; i < 5000; ++i) total.record(i * i);
  stats::Histogram slip;
  slip.record(UINT64_MAX);
  Trial trial = test::full_row();
  {
    JournalWriter writer(folder_);
    writer.append_histograms(trial, {{"total", total}, {"slip", slip}});
    trial.attempt = 3;
    writer.append_histograms(trial, {{"total", slip}});
  }
  const auto all = read_histograms(folder_);
  ASSERT_EQ(all.size(), 2u);
  const auto& second = all.at({"http-b03-threads", 2});
  EXPECT_EQ(second.at("total").buckets(), total.buckets());
  EXPECT_EQ(second.at("total").sum_ns(), total.sum_ns());
  EXPECT_EQ(second.at("total").max_ns(), total.max_ns());
  EXPECT_EQ(second.at("slip").clamped(), 1u);
  EXPECT_EQ(all.at({"http-b03-threads", 3}).at("total").count(), 1u);
  EXPECT_TRUE(read_histograms(folder_ / "nowhere").empty());
}

TEST_F(Journaling, ABadHistogramIsAnErrorNamingFileAndLine) {
  for (const std::string bad : {R"({"trial_id":"x","class":"total","buckets":[[99999999,1]]})",
                                R"({"trial_id":"x","class":"total","buckets":[[1]]})", R"({"class":"total"})"}) {
    write("histograms.jsonl", bad + "\n");
    try {
      read_histograms(folder_);
      ADD_FAILURE() << bad;
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), HasSubstr("histograms.jsonl:1: "));
    }
  }
}

TEST_F(Journaling, AManifestComesBackAsItWas) {
  Manifest manifest;
  manifest.bakeoff_version = "0.1.0";
  manifest.commit = "abc";
  manifest.dirty = false;
  manifest.compiler = "GCC 12.2.0";
  manifest.experiment = "quick";
  manifest.subjects = {"threads", "fibers"};
  manifest.families = {{"threads", "models"}, {"go", "go"}};
  manifest.like = {{"threads", "MySQL"}};
  manifest.baselines = {{"crowd", "fibers"}};
  manifest.twins = {{"nginx", "event-loops"}};
  manifest.differs = {{"nginx", "parses, in \"phases\""}};
  manifest.jobs_differ = {{"go", "collects"}};
  manifest.versions = {{"nginx", "nginx version: nginx/1.22.1"}};
  manifest.tuning = {{"nginx", {"access_log off: the models write none", "two"}}};
  manifest.experiment_text = "name = \"x\"\n# ünïcode\n";
  manifest.seed = UINT64_MAX;
  manifest.subject_cpus = {0};
  manifest.machine.mitigations = {{"meltdown", "Not affected"}};
  manifest.machine.virtualised = true;
  manifest.machine.limits.nofile_hard = UINT64_MAX;
  manifest.machine.limits.port_first = 32768;
  manifest.machine.could_not_read = {"scaling_governor"};
  manifest.could_not_set = {"RLIMIT_NOFILE"};
  write_manifest(folder_ / "new", manifest);
  const Manifest back = read_manifest(folder_ / "new");
  EXPECT_EQ(manifest_to_json(back), manifest_to_json(manifest));
  EXPECT_EQ(back.dirty, false);
  EXPECT_EQ(back.experiment_text, manifest.experiment_text);
  EXPECT_EQ(back.baselines, manifest.baselines);
  EXPECT_EQ(back.twins, manifest.twins);
  EXPECT_EQ(back.differs, manifest.differs);
  EXPECT_EQ(back.jobs_differ, manifest.jobs_differ);
  EXPECT_EQ(back.families, manifest.families);
  EXPECT_EQ(back.versions, manifest.versions);
  EXPECT_EQ(back.tuning, manifest.tuning);
  EXPECT_EQ(back.machine.limits.nofile_hard, UINT64_MAX);
  EXPECT_EQ(back.machine.mitigations.at("meltdown"), "Not affected");
  EXPECT_FALSE(back.machine.smt);
  EXPECT_FALSE(fs::exists(folder_ / "new" / "manifest.json.new"));
}

TEST_F(Journaling, AManifestOfBeforeThereWereForeignServersIsRead) {
  write("manifest.json", R"({"schema":1,"experiment":"quick","subjects":["threads"],"like":{"threads":"MySQL"}})");
  const Manifest old = read_manifest(folder_);
  EXPECT_EQ(old.like.at("threads"), "MySQL");
  EXPECT_TRUE(old.twins.empty());
  EXPECT_TRUE(old.differs.empty());
  EXPECT_TRUE(old.versions.empty());
  EXPECT_TRUE(old.families.empty());
  EXPECT_TRUE(old.tuning.empty());
}

TEST_F(Journaling, ABadManifestIsNamed) {
  const auto message = [&]() -> std::string {
    try {
      read_manifest(folder_);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  };
  const std::string file = (folder_ / "manifest.json").string();
  EXPECT_EQ(message(), "cannot read " + file + ": No such file or directory");
  write("manifest.json", "{");
  EXPECT_EQ(message(), file + ": not JSON");
  write("manifest.json", R"({"schema":3})");
  EXPECT_EQ(message(), file + ": schema: found 3, expected 1 to 2: written by a newer bakeoff than this one reads");
  write("manifest.json", R"({"schema":1,"machine":{"smt":"yes"}})");
  EXPECT_EQ(message(), file + ": machine.smt: found string, expected true or false");
}

}  // namespace
}  // namespace bakeoff::journal
