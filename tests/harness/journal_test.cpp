#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/journal/trial_json.h"
#include "harness/journal/writer.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

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

// Every field has a value of its own that is not its default.
Trial full_row() {
  Trial trial;
  trial.trial_id = "http-b03-threads";
  trial.attempt = 2;
  trial.experiment = "quick";
  trial.table = "http";
  trial.block = 3;
  trial.order = 1;
  trial.subject = "threads";
  trial.workload = "http";
  trial.params = {.load = "open",
                  .connections = 64,
                  .pipeline = 2,
                  .message_bytes = 128,
                  .request = "/id/{k}",
                  .units = 4,
                  .job_size = 77};
  trial.seed = 0xFEDCBA9876543210;
  trial.started_at = "2026-11-21T05:13:27Z";
  trial.harness_hash = "aa";
  trial.subject_hash = "bb";
  trial.subject_cpus = {0, 2};
  trial.load_cpus = {1};
  ClientRow client;
  client.generators = {{.cpu = 1, .cpu_share = 0.25, .cpu_us = 250'000.5}, {}};
  client.requests = 101;
  client.replies_ok = 100;
  client.wrong_answers = 1;
  client.unfinished = 2;
  client.errors = {{"read", "ECONNRESET", 3}, {"closed", "", 1}};
  client.connections_open = 64;
  client.connections_served = 63;
  client.warmup_s = 0.25;
  client.window_s = 1.0000123;
  client.throughput_rps = 99.998;
  client.offered_rps = 100;
  client.mean_outstanding = 63.75;
  client.latency_us["total"] = {
      .p50 = 1.5, .p90 = 2.5, .p99 = 3.5, .p999 = 4.5, .max = 5.5, .mean = 1.75, .count = 102};
  client.latency_us["slip"] = {.p50 = 0.1, .p90 = 0.2, .p99 = 0.3, .p999 = 0.4, .max = 0.5, .mean = 0.15, .count = 102};
  client.clamped = 4;
  client.events = {"clock went back", "ünïcode \"quoted\"\nline"};
  trial.client = client;
  trial.subject_cost = SubjectRow{.cpu_us = 1e5 / 3,
                                  .cpu_user_us = 1.5,
                                  .cpu_system_us = 2.5,
                                  .cpu_us_per_request = 333.25,
                                  .cpu_source = "cgroup2",
                                  .cpu_share = 0.5,
                                  .switches_voluntary = 10,
                                  .switches_involuntary = 11,
                                  .pss_end_kib = 12,
                                  .rss_end_kib = 13,
                                  .threads_peak = 14,
                                  .processes_peak = 15,
                                  .minor_faults = 16,
                                  .major_faults = 17,
                                  .startup_ms = 18.5,
                                  .stop_ms = 19.5};
  trial.job = JobRow{.executor = "thread", .answer = UINT64_MAX, .answer_right = true, .elapsed_ns = 123'456'789};
  ServerReceipt server;
  server.requests = 21;
  server.bytes_received = 22;
  server.bytes_sent = 23;
  server.final_counter = INT64_MIN;
  server.connections = 24;
  server.units_created = 25;
  server.peak_live_units = 26;
  server.accept_pauses = 27;
  trial.server_receipt = server;
  trial.client_receipt = ClientReceipt{
      .requests = 31, .acknowledged = 30, .bytes_sent = 32, .bytes_received = 33, .increments_acknowledged = 34};
  trial.foreign_cpu_share = 0.015;
  trial.steal_share = 0.0;
  trial.descriptor_limit = 1024;
  trial.outcome = Outcome::starved;
  trial.outcome_detail = "63 of 64 connections served";
  trial.validity = {{"latency", "noisy"}, {"throughput", "noisy"}};
  return trial;
}

TEST(TrialJson, AFullRowComesBackAsItWas) {
  const Trial trial = full_row();
  const std::string line = trial_to_json(trial);
  const Trial back = trial_from_json(line);
  EXPECT_EQ(trial_to_json(back), line);
  // What the text does not prove: that both directions have the field at all.
  EXPECT_EQ(back.seed, trial.seed);
  EXPECT_EQ(back.params.request, "/id/{k}");
  EXPECT_EQ(back.params.job_size, 77u);
  EXPECT_EQ(back.client->generators.size(), 2u);
  EXPECT_EQ(back.client->generators[0].cpu_us, 250'000.5);
  EXPECT_EQ(back.client->window_s, 1.0000123);
  EXPECT_EQ(back.client->latency_us.at("slip").p999, 0.4);
  EXPECT_EQ(back.client->errors[0].code, "ECONNRESET");
  EXPECT_EQ(back.client->events, trial.client->events);
  EXPECT_EQ(back.subject_cost->cpu_us, 1e5 / 3);
  EXPECT_EQ(back.subject_cost->stop_ms, 19.5);
  EXPECT_EQ(back.job->answer, UINT64_MAX);
  EXPECT_EQ(back.server_receipt->final_counter, INT64_MIN);
  EXPECT_EQ(back.client_receipt->increments_acknowledged, 34);
  EXPECT_EQ(back.steal_share, 0.0);
  EXPECT_EQ(back.outcome, Outcome::starved);
  EXPECT_EQ(back.validity, trial.validity);
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST(TrialJson, AnEmptyRowHasNothingThatIsUnknown) {
  Trial trial;
  trial.trial_id = "x";
  const std::string line = trial_to_json(trial);
  EXPECT_EQ(
      line,
      R"({"schema":1,"trial_id":"x","attempt":1,"block":0,"order":0,"params":{"load":"closed"},"seed":0,"outcome":"ok"})");
  const Trial back = trial_from_json(line);
  EXPECT_FALSE(back.client);
  EXPECT_FALSE(back.steal_share);
  EXPECT_FALSE(back.params.connections);
  EXPECT_EQ(trial_to_json(back), line);
}

TEST(TrialJson, ZeroIsWrittenAndUnknownIsNot) {
  Trial trial;
  trial.trial_id = "x";
  trial.steal_share = 0;
  EXPECT_THAT(trial_to_json(trial), HasSubstr("\"steal_share\":0.0"));
  EXPECT_THAT(trial_to_json(trial), testing::Not(HasSubstr("foreign_cpu_share")));
}

TEST(TrialJson, ANumberThatIsNoneIsLeftOut) {
  Trial trial = full_row();
  trial.client->throughput_rps = std::nan("");
  trial.subject_cost->cpu_us = std::numeric_limits<double>::infinity();
  const std::string line = trial_to_json(trial);
  EXPECT_THAT(line, testing::Not(HasSubstr("null")));
  EXPECT_THAT(line, testing::Not(HasSubstr("throughput_rps")));
  EXPECT_FALSE(trial_from_json(line).subject_cost->cpu_us);
}

TEST(TrialJson, EveryOutcomeHasAName) {
  for (const Outcome outcome : {Outcome::ok, Outcome::errors, Outcome::overloaded, Outcome::starved, Outcome::limit,
                                Outcome::died, Outcome::not_run}) {
    Trial trial;
    trial.trial_id = "x";
    trial.outcome = outcome;
    EXPECT_EQ(trial_from_json(trial_to_json(trial)).outcome, outcome);
  }
}

TEST(TrialJson, BytesThatAreNoTextAreReplaced) {
  Trial trial;
  trial.trial_id = "x";
  trial.outcome_detail = "caf\xE9";
  EXPECT_EQ(trial_from_json(trial_to_json(trial)).outcome_detail, "caf\xEF\xBF\xBD");
}

TEST(TrialJson, FieldsOfALaterVersionAreLetBe) {
  EXPECT_EQ(trial_from_json(R"({"schema":1,"trial_id":"x","news":{"a":1}})").trial_id, "x");
}

struct BadRow {
  std::string line, message;
};

TEST(TrialJson, SaysWhatIsWrong) {
  const std::vector<BadRow> rows{
      {"", "not JSON"},
      {R"({"schema":1,)", "not JSON"},
      {"[1]", "found array, expected an object"},
      {"{}", "schema: missing, expected 1"},
      {R"({"schema":2,"trial_id":"x"})", "schema: found 2, expected 1"},
      {R"({"schema":"1","trial_id":"x"})", "schema: found \"1\", expected 1"},
      {R"({"schema":1})", "trial_id: missing, so that this is no row"},
      {R"({"schema":1,"trial_id":5})", "trial_id: found number, expected a text"},
      {R"({"schema":1,"trial_id":"x","block":"a"})", "block: found string, expected a whole number"},
      {R"({"schema":1,"trial_id":"x","block":1.5})", "block: found number, expected a whole number"},
      {R"({"schema":1,"trial_id":"x","seed":-1})",
       "seed: found -1, expected a whole number from 0 to 18446744073709551615"},
      {R"({"schema":1,"trial_id":"x","outcome":"great"})",
       "outcome: found \"great\", expected one of the outcomes of this version"},
      {R"({"schema":1,"trial_id":"x","client":{"errors":[{"count":"many"}]}})",
       "client.errors[0].count: found string, expected a whole number"},
      {R"({"schema":1,"trial_id":"x","client":{"latency_us":{"total":3}}})",
       "client.latency_us.total: found number, expected an object"}};
  for (const BadRow& bad : rows) {
    try {
      trial_from_json(bad.line);
      ADD_FAILURE() << bad.line;
    } catch (const std::invalid_argument& error) {
      EXPECT_EQ(error.what(), bad.message) << bad.line;
    }
  }
}

TEST_F(Journaling, RowsAreInTheFileAsSoonAsTheyAreGiven) {
  JournalWriter writer(folder_ / "deep" / "er");
  writer.append(full_row());
  EXPECT_EQ(read_journal(folder_ / "deep" / "er").trials.size(), 1u);
  writer.append(full_row());
  const Journal journal = read_journal(folder_ / "deep" / "er");
  EXPECT_EQ(journal.trials.size(), 2u);
  EXPECT_TRUE(journal.notes.empty());
}

TEST_F(Journaling, AnotherWriterGoesOnBehindTheRowsThatAreThere) {
  JournalWriter(folder_).append(full_row());
  JournalWriter(folder_).append(full_row());
  EXPECT_EQ(read_journal(folder_).trials.size(), 2u);
}

TEST_F(Journaling, ALastLineThatWasCutOffIsDroppedWithANoteWhereverTheCutIs) {
  const std::string line = trial_to_json(full_row());
  for (std::size_t cut = 1; cut < line.size(); cut += 13) {
    write("trials.jsonl", line + "\n" + line.substr(0, cut));
    const Journal journal = read_journal(folder_);
    ASSERT_EQ(journal.trials.size(), 1u) << cut;
    ASSERT_EQ(journal.notes.size(), 1u) << cut;
    ASSERT_THAT(journal.notes[0], testing::EndsWith("trials.jsonl:2: the last line was cut off and is left out"));
  }
}

TEST_F(Journaling, ALastLineThatLacksItsNewlineOnlyIsARow) {
  write("trials.jsonl", trial_to_json(full_row()));
  EXPECT_EQ(read_journal(folder_).trials.size(), 1u);
  JournalWriter(folder_).append(full_row());
  EXPECT_EQ(read_journal(folder_).trials.size(), 2u);
}

TEST_F(Journaling, AWriterCutsOffAnIncompleteLastLineOfAnyLength) {
  const std::string line = trial_to_json(full_row());
  for (const std::size_t garbage : {1u, 100u, 200'000u}) {
    for (const bool first : {true, false}) {
      write("trials.jsonl", (first ? "" : line + "\n") + "{\"x\":\"" + std::string(garbage, 'y'));
      JournalWriter(folder_).append(full_row());
      EXPECT_EQ(read("trials.jsonl"), (first ? "" : line + "\n") + line + "\n") << garbage;
    }
  }
}

TEST_F(Journaling, ABadLineInTheMiddleIsAnErrorNamingFileAndLine) {
  const std::string line = trial_to_json(full_row());
  write("trials.jsonl", line + "\n" + line.substr(0, 50) + "\n" + line + "\n");
  EXPECT_EQ(error_of_reading(), (folder_ / "trials.jsonl").string() + ":2: not JSON");
  write("trials.jsonl", line + "\n{\"schema\":9,\"trial_id\":\"x\"}\n");
  EXPECT_EQ(error_of_reading(), (folder_ / "trials.jsonl").string() + ":2: schema: found 9, expected 1");
}

TEST_F(Journaling, AnUnknownSchemaIsRefusedOnTheLastLineToo) {
  write("trials.jsonl", R"({"schema":9,"trial_id":"x"})");
  EXPECT_THAT(error_of_reading(), HasSubstr("schema: found 9, expected 1"));
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
    writer.append(full_row());
    ADD_FAILURE();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("trials.jsonl: No space left on device"));
  }
}

TEST_F(Journaling, HistogramsComeBackByTrialAttemptAndClass) {
  Histogram total;
  for (std::uint64_t i = 1; i < 5000; ++i) total.record(i * i);
  Histogram slip;
  slip.record(UINT64_MAX);
  Trial trial = full_row();
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
  manifest.like = {{"threads", "MySQL"}};
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
  EXPECT_EQ(back.machine.limits.nofile_hard, UINT64_MAX);
  EXPECT_EQ(back.machine.mitigations.at("meltdown"), "Not affected");
  EXPECT_FALSE(back.machine.smt);
  EXPECT_FALSE(fs::exists(folder_ / "new" / "manifest.json.new"));
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
  write("manifest.json", R"({"schema":2})");
  EXPECT_EQ(message(), file + ": schema: found 2, expected 1");
  write("manifest.json", R"({"schema":1,"machine":{"smt":"yes"}})");
  EXPECT_EQ(message(), file + ": machine.smt: found string, expected true or false");
}

}  // namespace
}  // namespace bakeoff
