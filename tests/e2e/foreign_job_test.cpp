// Jobs of programs of others that do not do what they should, on the real binary.
#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/foreign_server_fixture.h"

namespace bakeoff::e2e {
namespace {

using testing::HasSubstr;

constexpr const char* kRight = R"(echo '{"answer":2000,"elapsed_ns":1000000,"units_created":2}')";

/// A folder with a program that runs the job count by this shell script.
struct Program : ForeignServerFixture {
  explicit Program(const std::string& script) {
    test::write_text(path() / "job" / "job.sh", script + "\n");
    test::write_text(path() / "job" / "subject.toml", R"(name = "program"
like = "threads"
[files]
"job.sh" = "job.sh"
[runs]
jobs = ["count"]
start = ["/bin/sh", "job.sh", "@units@", "@size@", ")" + open() +
                                                          R"("]
)");
  }
  std::vector<std::string> call() const {
    return {"job", path() / "job", "count", "--units", "2", "--size", "1000", "--format", "json"};
  }
};

struct Ended {
  int status;
  nlohmann::json row;
  std::string errors;
};

Ended run(const Program& program) {
  const auto result = bakeoff_call(program.call());
  EXPECT_TRUE(nothing_is_left());
  return {result.status, nlohmann::json::parse(result.output, nullptr, false), result.errors};
}

TEST(ForeignJob, IsGivenUnitsAndSizeAndItsAnswerIsChecked) {
  const Program program(std::string("test \"$1 $2\" = '2 1000' && ") + kRight);
  const Ended ended = run(program);
  EXPECT_EQ(ended.status, 0) << ended.errors;
  EXPECT_EQ(ended.row.at("job").at("answer"), 2000);
  EXPECT_FALSE(ended.row.contains("outcome_detail")) << ended.row;
  EXPECT_NE(ended.row.at("subject_hash"), "");
}

TEST(ForeignJob, MaySayHowManyDataRacesItsDetectorReported) {
  const auto figure = [](const nlohmann::json& row) {
    for (const auto& one : row.at("job").value("figures", nlohmann::json::array())) {
      if (one.at("name") == "races_reported") return one.at("value").get<double>();
    }
    return -1.0;
  };
  const auto says = [](const char* what) {
    return Program(std::string(R"(echo '{"answer":2000,"elapsed_ns":1000000,"units_created":2)") + what + "}'");
  };
  EXPECT_EQ(figure(run(says(R"(,"races_reported":2)")).row), 2);
  EXPECT_EQ(figure(run(says(R"(,"races_reported":0)")).row), 0) << "it looked, and saw none";
  EXPECT_EQ(figure(run(says("")).row), -1) << "it did not look";
}

TEST(ForeignJob, OfAFolderWithoutAManifestIsOneLineThatNamesNoOption) {
  const ForeignServerFixture fixture;
  const auto result = bakeoff_call({"job", fixture.open(), "count"});
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.errors, "bakeoff: found no manifest in \"" + fixture.open() +
                               "\", expected subject.toml in it or in its folders\n");
}

TEST(ForeignJob, WithAWrongAnswerSaysWhatWasExpected) {
  const Ended ended = run(Program(R"(echo '{"answer":1999,"elapsed_ns":1000000,"units_created":2}')"));
  EXPECT_EQ(ended.status, 4);
  EXPECT_THAT(ended.errors, HasSubstr("count: expected 2000, got 1999"));
}

TEST(ForeignJob, ThatPrintsNoJsonDiedWithItsLastWords) {
  const Ended ended = run(Program("echo no json; echo last words >&2; exit 3"));
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.errors, HasSubstr("bakeoff: died: the subject exited with 3: last words"));
}

TEST(ForeignJob, ThatFailsBehindItsAnswerHasNone) {
  const Ended ended = run(Program(std::string(kRight) + "; echo not all units ended >&2; exit 3"));
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.errors, HasSubstr("exited with 3: not all units ended"));
}

TEST(ForeignJob, MayPrintAMegabyteOfWarnings) {
  const std::string warnings =
      "i=0; while [ $i -lt 10000 ]; do echo \"a warning of a hundred bytes, more or less, which "
      "nobody reads, and that says nothing new at all\"; i=$((i+1)); done";
  const Ended ended = run(Program(warnings + "; (" + warnings + ") >&2; " + kRight));
  EXPECT_EQ(ended.status, 0) << ended.errors;
}

TEST(ForeignJob, ThatRefusesIsNotRunWithTheReason) {
  const Ended ended = run(Program("echo found 2 units, expected 3 >&2; exit 2"));
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.errors, HasSubstr("bakeoff: not-run: found 2 units, expected 3"));
}

TEST(ForeignJob, ThatEndsLikeARefusalWithMoreThanALineDied) {
  const Ended ended = run(Program("echo panic: out of memory >&2; echo goroutine 1 >&2; exit 2"));
  EXPECT_THAT(ended.errors, HasSubstr("bakeoff: died: the subject exited with 2: panic: out of memory"));
}

TEST(ForeignJob, WhoseClockCountsInAnotherUnitIsVoidAndSaysSo) {
  const Ended ended = run(Program(R"(echo '{"answer":2000,"elapsed_ns":1000000000000,"units_created":2}')"));
  EXPECT_EQ(ended.status, 4) << ended.errors;
  EXPECT_THAT(ended.errors + ended.row.dump(), HasSubstr("its clock: elapsed_ns says 1e+06 ms, and the program lived"));
}

TEST(ForeignJob, ThatLeavesAProcessSaysSoInItsRow) {
  for (const char* how : {"sleep 300", "setsid sleep 300"}) {
    const Ended ended = run(Program(std::string(how) + " >/dev/null 2>&1 & sleep 0.2; " + kRight));
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_EQ(ended.row.at("outcome_detail"), "it left 1 process behind, which was ended") << how;
  }
}

TEST(ForeignJob, AnInterruptEndsOneThatIgnoresTheSignal) {
  const Program program("trap '' TERM INT; echo $$ >$3/shell; sleep 300; sleep 300");
  Call call(bakeoff_program(), program.call());
  EXPECT_TRUE(test::eventually([&] { return program.noted_pid("shell") > 1; })) << call.errors_so_far();
  const pid_t harness = call.process().pid();
  ::kill(harness, SIGINT);
  EXPECT_EQ(call.finish().status, 130);
  EXPECT_TRUE(test::eventually([&] { return is_gone(program.noted_pid("shell")); }));
  EXPECT_EQ(private_folders_of(harness), 0);
  EXPECT_TRUE(test::eventually(nothing_is_left));
}

}  // namespace
}  // namespace bakeoff::e2e
