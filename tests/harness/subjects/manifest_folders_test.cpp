// Where foreign servers are found: folders of manifests, those that are shipped, programs on PATH.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "harness/experiment/spec.h"
#include "harness/input/input_error.h"
#include "harness/subjects/find_program.h"
#include "harness/subjects/manifest.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/subjects/variant.h"
#include "tests/harness/fixtures/manifest_fixture.h"
#include "tests/text_file.h"
#include "workloads/catalogue.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class SubjectFolders : public testing::Test {
 protected:
  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path();
};

TEST_F(SubjectFolders, AreAddedInTheOrderOfTheirNames) {
  test::write_text(folder_ / "b" / kManifestName, test::good_manifest("first"));
  test::write_text(folder_ / "a" / kManifestName, test::good_manifest("second"));
  test::write_text(folder_ / "c" / "other.toml", "no manifest");
  test::write_text(folder_ / "file", "no folder");
  Inventory some = test::server_inventory();
  EXPECT_THAT(add_subjects_in(folder_, some), ElementsAre("second", "first"));
  ASSERT_EQ(some.subjects.size(), 4U);
  EXPECT_EQ(some.subjects[2].name, "second");
  EXPECT_EQ(some.subjects[3].file, (folder_ / "b" / kManifestName).string());
}

TEST_F(SubjectFolders, OneMayBeAManifestItself) {
  test::write_text(folder_ / kManifestName, test::good_manifest("alone"));
  Inventory some = test::server_inventory();
  EXPECT_THAT(add_subjects_in(folder_, some), ElementsAre("alone"));
}

TEST_F(SubjectFolders, SeveralManifestsMayShareAFolder) {
  test::write_text(folder_ / "go" / "b.subject.toml", test::good_manifest("first"));
  test::write_text(folder_ / "go" / "a.subject.toml", test::good_manifest("second"));
  test::write_text(folder_ / "go" / "Cargo.toml", "no manifest");
  Inventory some = test::server_inventory();
  EXPECT_THAT(add_subjects_in(folder_, some), ElementsAre("second", "first"));
  Inventory same = test::server_inventory();
  EXPECT_THAT(add_subjects_in(folder_ / "go", same), ElementsAre("second", "first"));
}

TEST_F(SubjectFolders, OneThatIsNotThereAddsNothing) {
  Inventory some = test::server_inventory();
  EXPECT_TRUE(add_subjects_in(folder_ / "nowhere", some).empty());
  EXPECT_EQ(some.subjects.size(), 2U);
}

TEST_F(SubjectFolders, ANameThatIsTakenNamesBoth) {
  const auto message = [&]() -> std::string {
    Inventory some = test::server_inventory();
    try {
      add_subjects_in(folder_, some);
    } catch (const input::InputError& error) {
      return error.what();
    }
    return "";
  };
  test::write_text(folder_ / "a" / kManifestName, test::good_manifest("real"));
  test::write_text(folder_ / "b" / kManifestName, test::good_manifest("real"));
  const std::string first = (folder_ / "a" / kManifestName).string();
  const std::string second = (folder_ / "b" / kManifestName).string();
  EXPECT_EQ(message(), second + ": name: found \"real\", which " + first + " has already, expected one of its own");
  test::write_text(folder_ / "a" / kManifestName, test::good_manifest("prefork"));
  EXPECT_EQ(message(),
            first + ": name: found \"prefork\", which models/prefork.cpp has already, expected one of its own");
}

/// PATH as a test wants it, and afterwards as it was.
class ScratchPath : public testing::Test {
 protected:
  void SetUp() override {
    const char* path = std::getenv("PATH");
    before_ = path != nullptr ? path : "";
  }
  void TearDown() override { ::setenv("PATH", before_.c_str(), 1); }

  fs::path program(const fs::path& below, const std::string& name, bool runs) const {
    fs::path file = scratch_.path() / below / name;
    test::write_text(file, "#!/bin/sh\n");
    fs::permissions(file, runs ? fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec
                               : fs::perms::owner_read | fs::perms::owner_write);
    return file;
  }

  ScratchFolder scratch_;
  std::string before_;
};

TEST_F(ScratchPath, TheFirstProgramOnItThatCanBeStartedIsFound) {
  program("one", "bakeoff-tool", false);
  const fs::path two = program("two", "bakeoff-tool", true);
  program("three", "bakeoff-tool", true);
  fs::create_directories(scratch_.path() / "one" / "bakeoff-folder");
  const std::string at = scratch_.path().string();
  ::setenv("PATH", (at + "/one:" + at + "/two:" + at + "/three").c_str(), 1);
  EXPECT_EQ(find_program("bakeoff-tool"), two);
  EXPECT_EQ(find_program("bakeoff-folder"), "");
  EXPECT_EQ(find_program("bakeoff-none"), "");
}

TEST_F(ScratchPath, AdministratorsProgramsAreFoundWithoutIt) {
  ::setenv("PATH", scratch_.path().c_str(), 1);
  std::string known;
  for (const auto& entry : fs::directory_iterator("/usr/sbin")) {
    if (fs::is_regular_file(entry.path()) && ::access(entry.path().c_str(), X_OK) == 0 &&
        !fs::exists("/usr/local/sbin" / entry.path().filename())) {
      known = entry.path().filename();
    }
  }
  if (known.empty()) GTEST_SKIP() << "this machine has no program in /usr/sbin";
  EXPECT_EQ(find_program(known), "/usr/sbin/" + known);
}

TEST(FoldersOfPath, AreAbsoluteAndNamedOnce) {
  const fs::path here = fs::current_path();
  EXPECT_THAT(folders_of_path("/a:bin::/b:/a"), testing::ElementsAre("/a", here / "bin", "/b"));
  EXPECT_THAT(folders_of_path(""), testing::IsEmpty());
}

TEST_F(ScratchPath, ANameWithASlashIsLookedForThereOnly) {
  const fs::path tool = program("bin", "bakeoff-tool", true);
  ::setenv("PATH", "/usr/bin:/bin", 1);
  EXPECT_EQ(find_program(tool.string()), tool);
  EXPECT_EQ(find_program("nowhere/sh"), "");
  EXPECT_EQ(find_program(program("bin", "bakeoff-text", false).string()), "");
}

/// The names of the README's map of the models: its rows begin with one in backticks.
std::vector<std::string> models_of_the_readme() {
  std::ifstream readme(BAKEOFF_SOURCE_DIR "/README.md");
  std::vector<std::string> names;
  bool in_map = false;
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with("| model |")) in_map = true;
    if (line.empty()) in_map = false;
    if (in_map && line.starts_with("| `")) names.push_back(line.substr(3, line.find('`', 3) - 3));
  }
  return names;
}

TEST(ShippedSubjects, AreReadAndEachSaysWhatItNeedsWhatItIsLikeAndHowItWasTuned) {
  Inventory models = test::server_inventory(models_of_the_readme());
  ASSERT_NE(models.find("event-loop"), nullptr);
  // The settings of models/catalogue.cpp that manifests name; e2e tests read the manifests with all of them.
  for (Subject& model : models.subjects) {
    if (model.name.starts_with("event-loop")) {
      model.settings = {{.name = "reactor", .meaning = "", .default_value = "asio", .choices = {"asio", "epoll"}}};
    } else if (model.name == "request-pool") {
      model.settings = {{.name = "dispatch", .meaning = "", .default_value = "epoll", .choices = {"epoll", "queue"}}};
    }
  }
  Inventory all = models;
  const auto names = add_subjects_in(BAKEOFF_SOURCE_DIR "/reference/servers", all);
  EXPECT_THAT(names, testing::IsSupersetOf({"nginx", "redis", "apache-prefork", "apache-event", "apache-worker"}));
  for (const std::string& name : names) {
    const Subject& subject = *all.find(name);
    ASSERT_TRUE(subject.foreign) << name;
    EXPECT_EQ(subject.foreign->manifest.parent_path().filename(), name) << "its folder has its name";
    EXPECT_NO_THROW(make_variant(models, subject.twin())) << name;
    EXPECT_NE(subject.summary, "") << name;
    EXPECT_NE(subject.foreign->differs, "") << name;
    EXPECT_FALSE(subject.foreign->needs.empty()) << name;
    EXPECT_FALSE(subject.foreign->version.empty()) << name;
    EXPECT_FALSE(subject.foreign->tuning.empty()) << name;
    for (const std::string& sentence : subject.foreign->tuning) EXPECT_NE(sentence, "") << name;
    EXPECT_TRUE(!subject.foreign->serves.empty() || subject.foreign->back_end) << name;
    for (const auto& [workload, requests] : subject.foreign->serves) {
      for (const std::string& request : requests) {
        const std::string asked = request == "*" || request == kFilesRequest ? "" : request;
        EXPECT_NO_THROW(workloads::find_workload(workload)->make_client({.request = asked})) << name << " " << request;
      }
    }
  }
}

}  // namespace
}  // namespace bakeoff::subjects
