// Rows and manifests of before a model had a setting are shown as what they were.
#include "harness/journal/earlier_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "harness/journal/reader.h"

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

TEST(EarlierSettings, NoRecordedRowAndNoTwinIsTakenForAsios) {
  std::size_t renamed = 0;
  for (const auto& folder : std::filesystem::directory_iterator(BAKEOFF_SOURCE_DIR "/results")) {
    if (!folder.is_directory()) continue;
    const Manifest manifest = read_manifest(folder.path());
    if (manifest.schema != 1) continue;
    std::set<std::string> subjects(manifest.subjects.begin(), manifest.subjects.end());
    for (const Trial& row : read_journal(folder.path(), manifest.experiment).trials) {
      EXPECT_TRUE(!row.subject.starts_with("event-loops") || row.subject.find(":reactor=epoll") != std::string::npos)
          << folder.path() << ": " << row.subject;
      renamed += row.subject.find(":reactor=epoll") != std::string::npos;
      EXPECT_TRUE(subjects.contains(row.subject)) << folder.path() << ": " << row.subject;
    }
  }
  EXPECT_GT(renamed, 0U) << "no result of schema 1 is left: this test and the names may go";
}

}  // namespace
}  // namespace bakeoff::journal
