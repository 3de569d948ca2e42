// Rows and manifests of before a model had a setting are shown as what they were.
#include "harness/journal/earlier_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/journal/reader.h"
#include "harness/journal/trial_json.h"
#include "harness/subjects/scratch_folder.h"
#include "tests/text_file.h"

namespace bakeoff::journal {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(EarlierSettings, NameWhatAModelDidWhenItHadNoSettingAndLeaveTheOthersAlone) {
  EXPECT_EQ(subject_of_schema_1("event-loops"), "event-loops:reactor=epoll");
  EXPECT_EQ(subject_of_schema_1("event-loops:units=8"), "event-loops:reactor=epoll:units=8");
  EXPECT_EQ(subject_of_schema_1("event-loops@other"), "event-loops:reactor=epoll@other");
  EXPECT_EQ(subject_of_schema_1("event-loops:by=threads@other"), "event-loops:reactor=epoll:by=threads@other");
  EXPECT_EQ(subject_of_schema_1("event-loops:reactor=epoll"), "event-loops:reactor=epoll") << "it is named already";
  for (const char* same : {"event-loop", "event-loop:store=locked", "request-pool", "nginx", ""}) {
    EXPECT_EQ(subject_of_schema_1(same), same);
  }
}

TEST(EarlierSettings, ARowOfTodayIsWhatItsNameSays) {
  Trial row;
  row.subject = "event-loops";
  use_names_of_today(row);
  EXPECT_EQ(row.subject, "event-loops") << "Asio's";
  row.schema = 1;
  use_names_of_today(row);
  EXPECT_EQ(row.subject, "event-loops:reactor=epoll");
}

TEST(EarlierSettings, AManifestUsesTheNamesOfItsRows) {
  Manifest manifest;
  manifest.schema = 1;
  manifest.baseline = "event-loops";
  manifest.baselines = {{"crowd", "event-loops:units=8"}};
  manifest.subjects = {"prefork", "event-loops"};
  manifest.like = {{"event-loops", "nginx, HAProxy"}, {"prefork", "Apache"}};
  manifest.twins = {{"nginx", "event-loops"}};
  use_names_of_today(manifest);
  EXPECT_EQ(manifest.baseline, "event-loops:reactor=epoll");
  EXPECT_THAT(manifest.baselines, ElementsAre(Pair("crowd", "event-loops:reactor=epoll:units=8")));
  EXPECT_THAT(manifest.subjects, ElementsAre("prefork", "event-loops:reactor=epoll"));
  EXPECT_THAT(manifest.like,
              ElementsAre(Pair("event-loops:reactor=epoll", "nginx, HAProxy"), Pair("prefork", "Apache")));
  EXPECT_THAT(manifest.twins, ElementsAre(Pair("nginx", "event-loops:reactor=epoll")));
}

TEST(EarlierSettings, ARowThatIsReadIsCalledWhatItWas) {
  const subjects::ScratchFolder folder;
  Trial row;
  row.trial_id = "http-b00-event-loops";
  row.experiment = "apache-vs-nginx";
  row.table = row.workload = "http";
  row.params.load.connections = 1;
  row.subject = "event-loops";
  std::string lines;
  for (const int schema : {1, kTrialSchema}) {
    row.schema = schema;
    row.block = schema;
    row.trial_id += "x";
    lines += trial_to_json(row) + "\n";
  }
  test::write_text(folder.path() / "trials.jsonl", lines);
  const std::vector<Trial> read = read_journal(folder.path()).trials;
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].subject, "event-loops:reactor=epoll");
  EXPECT_EQ(read[1].subject, "event-loops");
}

}  // namespace
}  // namespace bakeoff::journal
