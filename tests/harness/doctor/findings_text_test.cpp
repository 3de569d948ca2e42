// What the doctor found, as it is printed.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/doctor/findings_text.h"

namespace bakeoff::doctor {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::vector<DoctorFinding> kFindings = {
    {"cpu", "turbo", Level::good, "off", "", ""},
    {"cpu", "smt", Level::note, "on", "two CPUs are one core", "echo off | tee /sys/x"},
    {"network", "somaxconn", Level::trouble, "128", "the queue is short", "sysctl -w net.core.somaxconn=4096"},
};

TEST(DoctorText, GroupsByAreaAndExplainsWhatIsNotGood) {
  EXPECT_EQ(findings_text(kFindings, {}, {}),
            "cpu\n"
            "  ok    turbo      off\n"
            "  note  smt        on\n"
            "        why:  two CPUs are one core\n"
            "        mend: echo off | tee /sys/x\n"
            "\n"
            "network\n"
            "  !!    somaxconn  128\n"
            "        why:  the queue is short\n"
            "        mend: sysctl -w net.core.somaxconn=4096\n"
            "\n"
            "What sysctl and echo set lasts until the machine is started again; /etc/sysctl.d keeps the former.\n"
            "3 findings: 1 good, 1 note, 1 trouble\n");
}

TEST(DoctorText, EndsWithTheCommandsThatInstallAndStop) {
  const std::vector<Installation> installations = {{"to run servers", "apt-get install a b", "systemctl disable a"},
                                                   {"optional", "apt-get install c", ""}};
  EXPECT_EQ(findings_text({}, installations, {}),
            "\n"
            "to run servers:\n"
            "  apt-get install a b\n"
            "  systemctl disable a    # what the packages start by themselves\n"
            "optional:\n"
            "  apt-get install c\n"
            "\n"
            "0 findings: 0 good, 0 notes, 0 troubles\n");
}

TEST(DoctorText, FoldsReasonsToTheTerminalAndLeavesCommandsWhole) {
  const auto text = findings_text(kFindings, {}, {.width = 30, .colour = false});
  EXPECT_THAT(text, HasSubstr("        why:  two CPUs are one\n              core\n"));
  EXPECT_THAT(text, HasSubstr("        mend: sysctl -w net.core.somaxconn=4096\n"));
}

TEST(DoctorText, IsColouredOnlyWhereThatIsWanted) {
  EXPECT_THAT(findings_text(kFindings, {}, {}), Not(HasSubstr("\x1b")));
  const auto text = findings_text(kFindings, {}, {.width = 0, .colour = true});
  EXPECT_THAT(text, HasSubstr("  \x1b[32mok\x1b[0m    turbo      off\n"));
  EXPECT_THAT(text, HasSubstr("  \x1b[1;31m!!\x1b[0m    somaxconn"));
}

TEST(DoctorJson, HasEveryFieldOfEveryFindingAndSurvivesAnyName) {
  auto findings = kFindings;
  findings.push_back({"neighbours", "busy_process", Level::note, "\xff\xfe (pid 3)", "w", ""});
  const auto json = nlohmann::json::parse(findings_json(findings)).at("findings");
  ASSERT_EQ(json.size(), 4U);
  EXPECT_EQ(json[1].at("area"), "cpu");
  EXPECT_EQ(json[1].at("name"), "smt");
  EXPECT_EQ(json[1].at("level"), "note");
  EXPECT_EQ(json[1].at("found"), "on");
  EXPECT_EQ(json[1].at("why"), "two CPUs are one core");
  EXPECT_EQ(json[1].at("mend"), "echo off | tee /sys/x");
  EXPECT_EQ(json[2].at("level"), "trouble");
}

}  // namespace
}  // namespace bakeoff::doctor
