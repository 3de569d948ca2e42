// bakeoff decide, as an architect uses it: a profile in, a verdict, a record and a gate out.
#include <gmock/gmock.h>
#include <poll.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "harness/journal/reader.h"
#include "tests/e2e/program.h"
#include "tests/e2e/terminal.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

/// Two candidates, of which either suits.
std::vector<std::string> easy_profile(const std::string& out) {
  return {"decide",
          "--mix",
          "light@100",
          "--connections",
          "4",
          "--rate",
          "2k",
          "--slo",
          "p99=1s",
          "--out",
          out,
          "--candidates",
          "threads,event-loop",
          "--skip",
          "traffic,sensitivity"};
}

std::vector<std::string> operator+(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::size_t rows_in(const std::filesystem::path& folder) {
  return std::filesystem::exists(folder / "trials.jsonl") ? journal::read_journal(folder).trials.size() : 0;
}

TEST(Decide, GoesOnAfterCtrlCAndEndsWithATableARecordAndGatesThatMeasureNothingAgain) {
  const subjects::ScratchFolder scratch;
  const std::string out = scratch.path() / "easy";
  Call interrupted(bakeoff_program(), easy_profile(out));
  for (int i = 0; i < 600 && rows_in(scratch.path() / "easy/asked") < 3; ++i) ::poll(nullptr, 0, 50);
  ::kill(interrupted.process().pid(), SIGINT);
  const auto broken_off = interrupted.finish();
  EXPECT_EQ(broken_off.status, 130) << broken_off.errors;
  EXPECT_THAT(broken_off.errors, HasSubstr("goes on from here"));
  const std::size_t kept = rows_in(scratch.path() / "easy/asked");
  EXPECT_GE(kept, 3U);

  const auto done = bakeoff_call(easy_profile(out) + std::vector<std::string>{"--adr", scratch.path() / "adr.md"});
  // Beside other work every cost may be void, and the exit status says so.
  EXPECT_THAT(done.status, AnyOf(0, 4)) << done.errors;
  EXPECT_THAT(done.errors, HasSubstr("goes on with what was measured in"));
  EXPECT_THAT(done.output, AllOf(HasSubstr("threads "), HasSubstr("Decision\n"), HasSubstr("Left out\n  traffic: ")));
  const std::string record = test::contents_of(scratch.path() / "adr.md");
  EXPECT_EQ(record, test::contents_of(scratch.path() / "easy/record.md"));
  EXPECT_THAT(record, AllOf(HasSubstr("## Decision Outcome"), HasSubstr("### Confirmation")));
  const std::size_t rows = rows_in(scratch.path() / "easy/asked");

  const auto document = bakeoff_call(easy_profile(out) + std::vector<std::string>{"--format", "json"});
  EXPECT_EQ(nlohmann::json::parse(document.output).at("candidates").size(), 2U);
  const auto gate = [&](const std::vector<std::string>& more) { return bakeoff_call(easy_profile(out) + more).status; };
  EXPECT_EQ(gate({"--expect", "threads.memory_mib<1e6"}), 0);
  EXPECT_EQ(gate({"--expect", "threads.memory_mib<1e6", "--expect", "event-loop.memory_mib<0.1"}), 3);
  const auto confirmed = bakeoff_call({"decide", out, "--confirm", "threads,event-loop", "--out", out});
  // Beside other work what a candidate costs may be void, and then it is not decided.
  const bool decided = confirmed.output.find("was not decided") == std::string::npos;
  EXPECT_EQ(confirmed.status, decided ? 0 : 4) << confirmed.output << confirmed.errors;
  EXPECT_EQ(confirmed.output.find("The decision holds.") != std::string::npos, decided);
  EXPECT_EQ(rows_in(scratch.path() / "easy/asked"), rows) << "nothing was measured again";
  EXPECT_EQ(bakeoff_call({"report", scratch.path() / "easy/asked"}).status, done.status);
}

TEST(Decide, SaysThatNobodyKeepsALimitAndRefusesToConfirm) {
  const subjects::ScratchFolder scratch;
  const std::string out = scratch.path() / "strict";
  const std::vector<std::string> strict{"decide", "--mix",    "light@100", "--connections", "4", "--rate",
                                        "2k",     "--memory", "1M",        "--out",         out, "--candidates",
                                        "threads"};
  const auto result = bakeoff_call(strict);
  EXPECT_THAT(result.status, AnyOf(0, 4)) << result.errors;
  EXPECT_THAT(unwrapped(result.output),
              AllOf(HasSubstr("Nobody keeps every limit of the profile."), HasSubstr("times the limit"),
                    HasSubstr("Every candidate misses the limit on memory"),
                    HasSubstr("nobody is chosen at the profile's own rate")));
  const auto confirmed = bakeoff_call({"decide", out, "--confirm", "threads", "--out", out});
  EXPECT_EQ(confirmed.status, 3) << confirmed.output;
  EXPECT_THAT(confirmed.output, HasSubstr("The decision no longer holds."));
}

TEST(Decide, RefusesProfilesThatNobodyCanServeBeforeItMeasures) {
  const subjects::ScratchFolder scratch;
  const auto refused = [&](const std::vector<std::string>& words, const char* why) {
    const auto result = bakeoff_call(std::vector<std::string>{"decide"} + words +
                                     std::vector<std::string>{"--out", scratch.path() / "none"});
    EXPECT_EQ(result.status, 2) << result.errors;
    EXPECT_EQ(result.output, "");
    EXPECT_THAT(result.errors, HasSubstr(why));
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    EXPECT_FALSE(std::filesystem::exists(scratch.path() / "none"));
  };
  refused({"--mix", "light@90"}, "--mix: found shares that add up to 90 %");
  refused({"--mix", "work:10ms@50,light@50", "--rate", "2k", "--cpus", "2"}, "keep 10 CPUs busy");
  refused({"--mix", "wait:5ms@100", "--candidates", "nginx"}, "nginx: it serves http");
  refused({"--mix", "light@100", "--isolation", "--shared-state"}, "no candidate has both");
  refused({"--mix", "light@100", "--candidates", "@nothing"}, "the group \"@nothing\"");
  refused({"--mix", "light@100", "--candidates", "thraeds"}, "did you mean \"threads\"");
  refused({"--mix", "light@100", "--confirm", "nobody"}, "found ");
  refused({"--mix", "light@100", "--expect", "threads.cost<3"}, "expected a figure behind a dot");
  refused({"--mix", "light@100", "--skip", "everything"}, "expected one of traffic, sensitivity");
  refused({"no-such-profile"}, "expected one of batch, cache");
  refused({"--connections", "5"}, "mix: found none");
  refused({}, "or a terminal on which to ask");
}

TEST(Decide, RefusesAFolderOfAnotherProfile) {
  const subjects::ScratchFolder scratch;
  test::write_text(scratch.path() / "notes.txt", "mine");
  const auto result = bakeoff_call({"decide", "--mix", "light@100", "--out", scratch.path()});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.errors, HasSubstr("expected a new or empty folder"));
  test::write_text(scratch.path() / "profile.toml", "name = \"other\"\nmix = \"light@100\"\n");
  EXPECT_THAT(bakeoff_call({"decide", "--mix", "light@100", "--out", scratch.path()}).errors,
              HasSubstr("holds measurements of another profile"));
}

/// bakeoff decide with this terminal as its input and its stderr.
class Questions : public testing::Test {
 protected:
  void answer(const std::string& line) {
    const std::size_t before = terminal_.text.size();
    terminal_.type(line + "\n");
    for (int i = 0; i < 100 && terminal_.text.find("]: ", before) == std::string::npos; ++i) terminal_.read(20);
  }
  void wait_for(const std::string& text) {
    for (int i = 0; i < 500 && terminal_.text.find(text) == std::string::npos; ++i) terminal_.read(20);
    EXPECT_THAT(terminal_.text, HasSubstr(text));
  }

  subjects::ScratchFolder scratch_;
  PseudoTerminal terminal_{80};
  Call call_{bakeoff_program(),
             {"decide", "--out", scratch_.path() / "asked-for"},
             {"bash", "-c", "exec \"$@\" <" + terminal_.path() + " >/dev/null 2>" + terminal_.path(), "bash"}};
};

TEST_F(Questions, AreAskedAgainUntilTheAnswerIsOneAndEndInTheSameCommandWithoutQuestions) {
  wait_for("1/9");
  answer("wait:5ms@90");
  wait_for("add up to 90 %");
  answer("work:1ms@10,light@90");
  answer("lots");
  wait_for("found \"lots\"");
  for (const char* line : {"", "20k", "?", "", "1", "no", "", ""}) answer(line);
  wait_for("The same without questions");
  wait_for("keep 2 CPUs busy");  // 20,000 x 10 % x 1 ms, on one.
  const auto result = call_.finish();
  EXPECT_EQ(result.status, 2);
  EXPECT_FALSE(std::filesystem::exists(scratch_.path() / "asked-for"));
}

TEST_F(Questions, EndWithCtrlCAndLeaveNothingBehind) {
  wait_for("1/9");
  answer("");
  ::kill(call_.process().pid(), SIGINT);
  EXPECT_EQ(call_.finish().status, 130);
  EXPECT_FALSE(std::filesystem::exists(scratch_.path() / "asked-for"));
}

TEST(Profiles, AreListedWithTheirQuestions) {
  const auto result = bakeoff_call({"list", "profiles"});
  EXPECT_EQ(result.status, 0);
  for (const char* name : {"rest-api", "idle-crowd", "cpu-api", "cache", "static-site", "batch"}) {
    EXPECT_THAT(result.output, HasSubstr(name));
  }
}

}  // namespace
}  // namespace bakeoff::e2e
