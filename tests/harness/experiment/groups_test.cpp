// Groups of subjects, @python: on the command line and in files.
#include <gmock/gmock.h>

#include <functional>
#include <memory>

#include "harness/experiment/narrow.h"
#include "harness/input/input_error.h"
#include "harness/subjects/groups.h"
#include "tests/harness/fixtures/small_inventory.h"

namespace bakeoff::experiment {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

subjects::Subject runtime(const std::string& name, const std::string& language, const std::vector<std::string>& serves,
                          const std::vector<std::string>& jobs = {}) {
  subjects::Subject subject = test::named_subject(name);
  auto foreign = std::make_shared<subjects::ForeignServer>();
  foreign->says_ready = true;
  for (const std::string& workload : serves) foreign->serves[workload] = {"*"};
  foreign->jobs = jobs;
  if (!jobs.empty()) foreign->run = {"run"};
  subject.foreign = std::move(foreign);
  subject.file = "reference/runtimes/" + language + "/" + name + ".subject.toml";
  subject.settings.push_back({.name = "heap", .meaning = "MiB", .default_value = "", .least = 16, .most = 4096});
  return subject;
}

/// The four models; two programs of Python, of which one runs jobs only; two of Java.
subjects::Inventory with_runtimes() {
  subjects::Inventory inventory = test::small_inventory();
  inventory.subjects.push_back(runtime("java-nio", "java", {"echo", "http"}));
  inventory.subjects.push_back(runtime("java-virtual", "java", {"echo", "http"}, {"count"}));
  inventory.subjects.push_back(runtime("python-asyncio", "python", {"echo", "http"}));
  inventory.subjects.push_back(runtime("python-processes", "python", {}, {"count"}));
  inventory.subjects.back().missing = "python3 (apt install python3)";
  return inventory;
}

const subjects::Inventory kRuntimes = with_runtimes();

Spec spec_of(const std::string& top, const std::string& tables = "[[tables]]\nworkload = \"http\"\n") {
  return parse_spec("name = \"x\"\n" + top + "\n" + tables, "x.toml", kRuntimes, [](const std::string&) {});
}

std::string fault_of(const std::function<void()>& what) {
  try {
    what();
  } catch (const input::InputError& error) {
    return error.what();
  }
  return "";
}

constexpr const char* kHttpAndCount = "[[tables]]\nworkload = \"http\"\n[[tables]]\njob = \"count\"\n";

TEST(Groups, AreKindsAndLanguages) {
  EXPECT_THAT(subjects::group_names(kRuntimes), ElementsAre("@models", "@runtimes", "@java", "@python"));
  EXPECT_THAT(subjects::members_of_group("@java", kRuntimes), ElementsAre("java-nio", "java-virtual"));
  EXPECT_EQ(kRuntimes.find("python-asyncio")->family(), "python");
  EXPECT_EQ(kRuntimes.find("threads")->family(), "models");
  EXPECT_EQ(kRuntimes.find("process")->family(), "executors");
}

TEST(Groups, OnTheCommandLineStandForThoseThatHaveAPlace) {
  std::string told;
  const std::vector<std::string> words{"threads", "@python"};
  const Spec spec = narrow(spec_of("subjects = [\"threads\", \"fibers\"]", kHttpAndCount), words, {}, kRuntimes,
                           [&](const std::string& line) { told = line; });
  ASSERT_EQ(spec.tables.size(), 2U);
  EXPECT_THAT(subjects_of(spec, spec.tables[0]), ElementsAre("threads", "python-asyncio"));
  EXPECT_THAT(subjects_of(spec, spec.tables[1]), ElementsAre("threads", "python-processes"))
      << "what is missing becomes a row that says so";
  EXPECT_EQ(
      told,
      "--subjects: \"python-processes\" is not in http: it serves nothing; \"python-asyncio\" is not in count: it "
      "serves echo, http only");
}

TEST(Groups, StandForTheSubjectsThatTheExperimentHasAsItHasThem) {
  const Spec spec = spec_of("subjects = [\"threads\", \"java-virtual:heap=64\", \"java-virtual:heap=128\"]");
  const std::vector<std::string> java{"@java"}, models{"@models", "prefork"};
  EXPECT_THAT(narrow(spec, java, {}, kRuntimes).subjects,
              ElementsAre("java-nio", "java-virtual:heap=64", "java-virtual:heap=128"));
  EXPECT_THAT(narrow(spec, models, {}, kRuntimes).subjects, ElementsAre("threads", "fibers", "event-loop", "prefork"))
      << "one that is named stands where it is named";
}

TEST(Groups, ModelsOfAGroupWithoutAPlaceAreNoMistake) {
  const std::vector<std::string> models{"@models"}, named{"threads", "event-loop"};
  const Spec spec =
      spec_of("subjects = [\"threads\"]", "[[tables]]\nworkload = \"http\"\nunits = 4\nsubjects = [\"threads\"]\n");
  EXPECT_THAT(narrow(spec, models, {}, kRuntimes).subjects, ElementsAre("threads", "prefork", "fibers"));
  EXPECT_THAT(fault_of([&] { narrow(spec, named, {}, kRuntimes); }), HasSubstr("cannot have the 4 units of table"));
}

TEST(Groups, UnknownOnesNameTheNearest) {
  const std::vector<std::string> words{"@pyton"};
  const std::string expected =
      "found \"@pyton\", expected one of @models, @runtimes, @java, @python; did you mean \"@python\"?";
  EXPECT_EQ(fault_of([&] { narrow(spec_of(""), words, {}, kRuntimes); }), "--subjects: " + expected);
  EXPECT_EQ(fault_of([&] { spec_of("subjects = [\"threads\", \"@pyton\"]"); }), "x.toml:2: subjects[1]: " + expected);
}

TEST(Groups, InAFileAreThoseThatCanDoTheWorkOfATable) {
  const Spec spec = spec_of("subjects = [\"threads\", \"@runtimes\"]", kHttpAndCount);
  EXPECT_THAT(spec.subjects, ElementsAre("threads", "java-nio", "java-virtual", "python-asyncio", "python-processes"));
  EXPECT_THAT(subjects_of(spec, spec.tables[0]), ElementsAre("threads", "java-nio", "java-virtual", "python-asyncio"));
  EXPECT_THAT(subjects_of(spec, spec.tables[1]), ElementsAre("threads", "java-virtual", "python-processes"));
  const Spec served = spec_of("subjects = [\"threads\", \"@runtimes\"]");
  EXPECT_THAT(served.subjects, ElementsAre("threads", "java-nio", "java-virtual", "python-asyncio"))
      << "one without a table goes";
}

TEST(Groups, OfATableAreThoseOfTheExperiment) {
  const Spec spec = spec_of("subjects = [\"threads\", \"java-nio\", \"python-asyncio\"]",
                            "[[tables]]\nworkload = \"http\"\nsubjects = [\"@runtimes\"]\n");
  EXPECT_THAT(spec.tables[0].subjects, ElementsAre("java-nio", "python-asyncio"));
  const Spec alone = spec_of("", "[[tables]]\nworkload = \"http\"\nsubjects = [\"@java\", \"threads\"]\n");
  EXPECT_THAT(alone.subjects, ElementsAre("java-nio", "java-virtual", "threads"));
  EXPECT_EQ(fault_of([] {
              spec_of("subjects = [\"threads\", \"java-nio\"]",
                      "[[tables]]\nworkload = \"http\"\nsubjects = [\"@python\"]\n");
            }),
            "x.toml:5: tables[0].subjects[0]: found \"@python\", expected a group with one of threads, java-nio");
}

TEST(Groups, WithoutAnyThatCanDoTheWorkOfATableAreAnError) {
  EXPECT_EQ(fault_of([] {
              spec_of("",
                      "[[tables]]\njob = \"count\"\nsubjects = [\"@python\"]\n[[tables]]\nworkload = \"counter\"\n"
                      "subjects = [\"@java\"]\n");
            }),
            "x.toml:8: tables[1].subjects: found no subject of the groups for table \"counter\", expected a group with "
            "one that can do its work");
}

TEST(Groups, EachStandsOnce) {
  EXPECT_THAT(fault_of([] { spec_of("subjects = [\"@java\", \"@java\"]"); }),
              HasSubstr("found \"@java\" twice, expected each group once"));
  EXPECT_THAT(spec_of("subjects = [\"@python\", \"java-virtual\", \"@runtimes\"]").subjects,
              ElementsAre("python-asyncio", "java-virtual", "java-nio"));
}

}  // namespace
}  // namespace bakeoff::experiment
