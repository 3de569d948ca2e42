// Every other subcommand, and every way to call them wrongly.
#include <gmock/gmock.h>
#include <poll.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/e2e/serve_call.h"

namespace bakeoff::e2e {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

TEST(List, NamesTheModelsWithWhatTheyStandFor) {
  const auto result = bakeoff_call({"list"});
  EXPECT_EQ(result.status, 0);
  for (const char* name : {"threads", "prefork", "fibers", "event-loop", "echo", "http", "counter", "count", "quick"}) {
    EXPECT_THAT(result.output, HasSubstr(name));
  }
  const auto json = nlohmann::json::parse(bakeoff_call({"list", "models", "--format", "json"}).output);
  EXPECT_GE(json.at("models").size(), 4U);
  EXPECT_FALSE(json.contains("jobs"));
}

TEST(List, PrintsTheMapThatTheReadmeShows) {
  const auto map = bakeoff_call({"list", "models", "--format", "md"});
  EXPECT_EQ(map.status, 0);
  std::ifstream file(BAKEOFF_SOURCE_DIR "/README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(readme, HasSubstr(map.output)) << "README.md: put what `bakeoff list models --format md` prints there";
  EXPECT_EQ(bakeoff_call({"list", "jobs", "--format", "md"}).status, 2);
}

TEST(Variants, AreNamedByTheirSettingsAndRefusedInOneLine) {
  const auto wrong = bakeoff_call({"run", "quick", "--dry-run", "--subjects", "threads,fibers:pined=yes"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.errors,
              HasSubstr("--subjects: found the setting \"pined\" in \"fibers:pined=yes\", expected one of"));
  const auto right = bakeoff_call({"run", "quick", "--dry-run", "--subjects", "threads,fibers:units=2"});
  EXPECT_EQ(right.status, 0) << right.errors;
  EXPECT_THAT(right.output, HasSubstr("fibers:units=2"));
}

TEST(Variants, WhoseSettingsDoNotGoTogetherAreRefusedBeforeAnythingStarts) {
  const auto run = bakeoff_call({"run", "quick", "--dry-run", "--subjects", "event-loops:listen=dealt"});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(std::count(run.errors.begin(), run.errors.end(), '\n'), 1) << run.errors;
  EXPECT_THAT(run.errors,
              HasSubstr("--subjects: found \"event-loops:listen=dealt\", expected settings that go together"));
  const auto serve = bakeoff_call({"serve", "prefork:spare-min=4:spare-max=3", "echo"});
  EXPECT_EQ(serve.status, 2);
  EXPECT_THAT(serve.errors, HasSubstr("expected 0, or a spare-min and at least that"));
  EXPECT_EQ(bakeoff_call({"run", "quick", "--dry-run", "--subjects", "event-loops:listen=dealt:by=threads"}).status, 0);
}

TEST(Version, SaysWhatWasBuilt) {
  EXPECT_THAT(bakeoff_call({"version"}).output, HasSubstr("Boost 1."));
  EXPECT_EQ(bakeoff_call({"--version"}).output, bakeoff_call({"version"}).output);
}

TEST(Job, RunsOnEveryModelAndChecksTheAnswer) {
  for (const char* model : {"threads", "prefork", "fibers", "event-loop"}) {
    const auto result = bakeoff_call({"job", model, "count", "--units", "3", "--size", "1000", "--format", "json"});
    ASSERT_EQ(result.status, 0) << model << result.errors;
    const auto row = nlohmann::json::parse(result.output);
    EXPECT_TRUE(row.at("job").at("answer_right"));
    EXPECT_EQ(row.at("params").at("units"), 3);
  }
}

struct UrlOf {
  const char* workload;
  const char* before;
  const char* after;
};

/// What the exit status must be after the row of a closed load. What voids a number is the machine's doing; that the
/// status says so is ours.
int status_of(const nlohmann::json& row) {
  const auto validity = row.value("validity", nlohmann::json::object());  // Absent when nothing is void.
  return validity.contains("throughput") || validity.contains("everything") ? 4 : 0;
}

TEST(Load, MeasuresEveryModelAndWorkloadAndNothingIsWrong) {
  for (const char* model : {"threads", "prefork", "fibers", "event-loop"}) {
    for (const auto& [workload, before, after] :
         {UrlOf{"echo", "tcp://127.0.0.1:", ""}, UrlOf{"http", "http://127.0.0.1:", "/id/{k}"},
          UrlOf{"counter", "redis://127.0.0.1:", "/incr/counter"}}) {
      ServeCall serving({"serve", model, workload});
      ASSERT_FALSE(serving.port.empty()) << serving.said << serving.call.errors_so_far();
      const auto result = bakeoff_call({"load", before + serving.port + after, "-c", "8", "-d", "100ms", "--warmup",
                                        "50ms", "--pipeline", "2", "--format", "json"});
      const auto row = nlohmann::json::parse(result.output, nullptr, false);
      ASSERT_TRUE(row.is_object()) << model << workload << result.output << result.errors;
      EXPECT_EQ(result.status, status_of(row)) << model << workload << result.output << result.errors;
      EXPECT_GT(row.at("client").at("replies_ok"), 0);
      EXPECT_EQ(row.at("outcome"), "ok");
      EXPECT_GT(row.at("subject_cost").at("cpu_us_per_request"), 0) << "of the server, which is on this machine";
      EXPECT_EQ(row.at("subject_cost").at("cpu_source"), "cpuclock");
      ::kill(serving.call.process().pid(), SIGINT);
      const auto served = serving.call.finish();
      EXPECT_EQ(served.status, 0) << served.errors;
      // A counter is read once before and once after, on connections of their own.
      const std::string connections = std::string(workload) == "counter" ? "10" : "8";
      EXPECT_THAT(served.output, HasSubstr("served " + row.at("client_receipt").at("requests").dump() +
                                           " requests over " + connections + " connections"));
    }
  }
}

TEST(Load, SaysInWordsWhatItSaw) {
  ServeCall serving({"serve", "event-loop", "http"});
  const auto result =
      bakeoff_call({"load", "http://127.0.0.1:" + serving.port + "/", "-c", "4", "-d", "100ms", "--warmup", "0"});
  EXPECT_THAT(result.status, AnyOf(0, 4)) << result.errors;  // 4: somebody else was on the CPUs.
  EXPECT_THAT(result.output,
              AllOf(HasSubstr("4 connections · closed loop"), HasSubstr("throughput"), HasSubstr("all checked"),
                    HasSubstr("p99"), HasSubstr("≤ "), HasSubstr("outcome     ok")));
  EXPECT_EQ(result.errors, "");
}

TEST(Load, WritesTheSecondsAndTheLatenciesIntoFiles) {
  ServeCall serving({"serve", "event-loop", "http"});
  subjects::ScratchFolder folder;
  const std::string series = folder.path() / "series.jsonl";
  const std::string plot = folder.path() / "latency.hgrm";
  test::write_text(series, std::string(10'000, 'x'));  // From an earlier run, and longer.
  const auto result = bakeoff_call({"load", "http://127.0.0.1:" + serving.port + "/", "-c", "2", "-d", "1300ms",
                                    "--warmup", "0", "--series", series, "--histogram", plot, "--format", "json"});
  const auto row = nlohmann::json::parse(result.output, nullptr, false);  // Still one document.
  ASSERT_TRUE(row.is_object()) << result.output << result.errors;
  EXPECT_EQ(result.status, status_of(row)) << result.output << result.errors;
  std::istringstream lines(test::contents_of(series));
  std::vector<nlohmann::json> seconds;
  std::uint64_t replies = 0;
  nlohmann::json void_metrics = nlohmann::json::object();
  for (std::string line; std::getline(lines, line);) {
    const auto parsed = nlohmann::json::parse(line);
    if (parsed.contains("void")) {
      void_metrics = parsed.at("void");
      continue;
    }
    ASSERT_TRUE(void_metrics.empty()) << "behind all seconds";
    seconds.push_back(parsed);
    replies += seconds.back().at("replies").get<std::uint64_t>();
  }
  ASSERT_EQ(seconds.size(), 2U);
  EXPECT_EQ(seconds[1].at("second"), 1);
  EXPECT_GT(seconds[0].at("p99_us"), 0);
  EXPECT_EQ(replies, row.at("client").at("replies_ok"));
  EXPECT_THAT(test::contents_of(plot), AllOf(testing::StartsWith("       Value"), HasSubstr("#[Max     =")));
  EXPECT_EQ(void_metrics, row.value("validity", nlohmann::json::object()));
  for (const auto& [metric, reason] : void_metrics.items()) {
    EXPECT_THAT(test::contents_of(plot),
                HasSubstr("\n#[Void    = " + metric + ": " + reason.get<std::string>() + "]\n"));
  }
}

TEST(Load, AHistogramNamedJsonIsOneDocumentOfExactBuckets) {
  ServeCall serving({"serve", "event-loop", "echo"});
  subjects::ScratchFolder folder;
  const std::string file = folder.path() / "latency.json";
  const auto result = bakeoff_call({"load", "tcp://127.0.0.1:" + serving.port, "-c", "2", "-d", "100ms", "--warmup",
                                    "0", "--rate", "1000", "--histogram", file});
  const auto histograms = nlohmann::json::parse(test::contents_of(file));
  std::vector<std::string> classes;
  for (const auto& histogram : histograms) classes.push_back(histogram.at("class"));
  EXPECT_THAT(classes, testing::ElementsAre("service", "slip", "total", "wait")) << result.output << result.errors;
}

TEST(Load, ADashIsStdout) {
  ServeCall serving({"serve", "event-loop", "http"});
  const std::string url = "http://127.0.0.1:" + serving.port + "/";
  const auto series = bakeoff_call({"load", url, "-c", "2", "-d", "0.3s", "--warmup", "0s", "--series", "-"});
  const std::string first = series.output.substr(0, series.output.find('\n'));
  EXPECT_EQ(nlohmann::json::parse(first).at("second"), 0) << series.output;
  EXPECT_THAT(series.output, HasSubstr("closed loop")) << "the result follows";
  const auto histogram = bakeoff_call({"load", url, "-c", "2", "-d", "0.1s", "--warmup", "0s", "--histogram", "-"});
  EXPECT_THAT(histogram.output, AllOf(testing::StartsWith("       Value"), HasSubstr("closed loop")));
}

TEST(Load, AFileThatCannotBeWrittenIsToldBeforeAnythingBegins) {
  for (const char* option : {"--series", "--histogram"}) {
    const auto result = bakeoff_call({"load", "tcp://127.0.0.1:1", option, "/nowhere/file"});
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.errors,
              "bakeoff: " + std::string(option) + ": cannot write /nowhere/file: No such file or directory\n");
  }
}

TEST(LoadSlo, FindsARateConfirmsItAndSaysEachStepOnStderr) {
  ServeCall serving({"serve", "event-loop", "http"});
  // An unlikely limit to be missed up to the ceiling, and one that a busy machine meets at some rate.
  const auto result = bakeoff_call({"load", "http://127.0.0.1:" + serving.port + "/", "-c", "4", "-d", "100ms",
                                    "--warmup", "0", "--timeout", "1s", "--slo", "p50=50ms", "--format", "json"});
  const auto found = nlohmann::json::parse(result.output);
  EXPECT_EQ(found.at("slo").at("figure"), "p50");
  EXPECT_GT(found.at("elapsed_s"), 0.1 * static_cast<double>(found.at("steps").size()));
  EXPECT_GT(found.at("estimated_s"), 0);
  if (result.status == 4) {
    EXPECT_FALSE(found.at("settled"));
    GTEST_SKIP() << "others were on the CPUs: " << found.at("end") << ", " << found.at("void_reasons");
  }
  EXPECT_EQ(result.status, 0) << result.output << result.errors;
  EXPECT_GT(found.at("last_pass_rps"), 0);
  EXPECT_GE(found.at("confirmations"), 3);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("Looking for the highest rate with p50 <= 50 ms"), HasSubstr("repeat")));
  EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'),
            static_cast<std::ptrdiff_t>(found.at("steps").size() + 1));
}

TEST(LoadSlo, ThatIsNotMetAtTheGivenRateIsExitThree) {
  ServeCall serving({"serve", "event-loop", "http"});
  constexpr int kNoValidNumber = 4, kAttempts = 10;
  const auto with = [&](const std::string& slo) {
    Call::Result result;
    for (int i = 0; i < kAttempts && (i == 0 || result.status == kNoValidNumber); ++i) {
      result = bakeoff_call({"load", "http://127.0.0.1:" + serving.port + "/wait/100000", "-d", "500ms", "--warmup",
                             "0", "--rate", "100", "--slo", slo});
    }
    return result;
  };
  const auto missed = with("p50=10ms"), met = with("p50=2s");
  if (missed.status == kNoValidNumber || met.status == kNoValidNumber) {
    GTEST_SKIP() << "others were on the CPUs in ten windows: " << missed.output << met.output;
  }
  EXPECT_EQ(missed.status, 3) << missed.output << missed.errors;
  EXPECT_THAT(missed.output, HasSubstr("p50 <= 10 ms not met: p50 "));
  EXPECT_EQ(met.status, 0) << met.output << met.errors;
  EXPECT_THAT(met.output, HasSubstr("p50 <= 2 s met"));
}

TEST(LoadSlo, TakesAnyPercentile) {
  ServeCall serving({"serve", "event-loop", "http"});
  const auto result = bakeoff_call({"load", "http://127.0.0.1:" + serving.port + "/wait/100000", "-d", "500ms",
                                    "--warmup", "0", "--rate", "100", "--slo", "p97.5=10ms"});
  EXPECT_THAT(result.status, AnyOf(3, 4)) << result.output << result.errors;  // 4: others were on the CPUs.
  EXPECT_THAT(result.output, AllOf(HasSubstr("p97.5 <= 10 ms"), testing::ContainsRegex(": p97.5 ~?1[0-9][0-9] ms")));
}

TEST(LoadSlo, ThatNoRateMeetsIsExitThree) {
  ServeCall serving({"serve", "event-loop", "http"});
  const auto result = bakeoff_call({"load", "http://127.0.0.1:" + serving.port + "/wait/100000", "-d", "100ms",
                                    "--warmup", "0", "--slo", "p50=10ms"});
  if (result.status == 4) {
    EXPECT_THAT(result.output, HasSubstr("no answer"));
    GTEST_SKIP() << "others were on the CPUs: " << result.output;
  }
  EXPECT_EQ(result.status, 3) << result.output << result.errors;
  EXPECT_THAT(result.output, AllOf(HasSubstr("not met at any rate"), HasSubstr("what broke  p50")));
}

TEST(LoadSlo, AnInterruptShowsWhatIsKnown) {
  ServeCall serving({"serve", "event-loop", "http"});
  Call call(bakeoff_program(), {"load", "http://127.0.0.1:" + serving.port + "/", "-d", "1h", "--slo", "p99=5ms"});
  ::poll(nullptr, 0, 500);
  ::kill(call.process().pid(), SIGINT);
  const auto result = call.finish();
  EXPECT_EQ(result.status, 130) << result.errors;
  EXPECT_THAT(result.output, AllOf(HasSubstr("none so far"), HasSubstr("not finished")));
}

TEST(Load, AnErrorPageIsAnErrorAndNotAResult) {
  ServeCall serving({"serve", "event-loop", "http"});
  const auto result = bakeoff_call(
      {"load", "http://127.0.0.1:" + serving.port + "/nowhere", "-c", "2", "-d", "100ms", "--warmup", "0"});
  EXPECT_EQ(result.status, 4) << result.output;
  EXPECT_THAT(result.output, HasSubstr("404"));
}

TEST(Load, NobodyThereIsOneLineAndExitOne) {
  const auto result = bakeoff_call({"load", "tcp://127.0.0.1:1", "-d", "100ms"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.errors, "bakeoff: connect to 127.0.0.1:1: Connection refused\n");
  // Whichever addresses the name has here, all that was tried is named.
  EXPECT_THAT(bakeoff_call({"load", "tcp://localhost:1", "-d", "100ms"}).errors,
              testing::ContainsRegex("^bakeoff: connect to .*127.0.0.1:1.*: Connection refused\n$"));
}

TEST(Load, AnInterruptStillGivesTheResult) {
  ServeCall serving({"serve", "event-loop", "echo"});
  Call call(bakeoff_program(), {"load", "tcp://127.0.0.1:" + serving.port, "-d", "1h", "--warmup", "0"});
  ::poll(nullptr, 0, 500);
  ::kill(call.process().pid(), SIGINT);
  const auto result = call.finish();
  EXPECT_EQ(result.status, 130) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("req/s"));
}

TEST(Serve, APortInUseIsOneLineAndExitOne) {
  ServeCall first({"serve", "event-loop", "echo"});
  const auto second = bakeoff_call({"serve", "threads", "echo", "--port", first.port});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.errors, HasSubstr(first.port));
  EXPECT_EQ(std::count(second.errors.begin(), second.errors.end(), '\n'), 1) << second.errors;
}

struct Wrong {
  std::vector<std::string> arguments;
  const char* expected;  ///< In the one line on stderr.
};

TEST(BadUsage, IsOneLineThatSaysWhatWasFoundAndWhatIsExpectedAndExitTwo) {
  subjects::ScratchFolder folder;
  const auto toml = [&](const std::string& name, const std::string& text) {
    test::write_text(folder.path() / name, text);
    return (folder.path() / name).string();
  };
  const std::string head = "name = \"x\"\nquestion = \"?\"\nbaseline = \"threads\"\nsubjects = [\"threads\"]\n";
  const std::vector<Wrong> table = {
      {{"rnu"}, "did you mean \"run\"?"},
      {{"run", "quik"}, "did you mean \"quick\"?"},
      {{"run", "/no/such.toml"}, "/no/such.toml"},
      {{"run", "quick", "--subjects", "thraeds"}, "did you mean \"threads\"?"},
      {{"run", "quick", "--workloads", "htp"}, "did you mean \"http\"?"},
      {{"load", "tcp://127.0.0.1:1", "--slo", "p99=5"}, "expected a limit like p99=5ms"},
      {{"load", "tcp://127.0.0.1:1", "--poisson"}, "--slo"},
      {{"load", "tcp://127.0.0.1:1", "--think", "1s"}, "--think: a think time is drawn fixed:US"},
      {{"load", "tcp://127.0.0.1:1", "--think", "fixed:5", "--rate", "5"}, "neither --rate nor --slo"},
      {{"load", "tcp://127.0.0.1:1", "--sessions", "5", "--rate", "5"}, "--sessions: the requests of a session are"},
      {{"load", "tcp://127.0.0.1:1", "--sessions", "fixed:5"}, "--sessions: found neither --rate nor --slo"},
      {{"load", "tcp://127.0.0.1:1", "--sessions", "fixed:5", "--rate", "5", "--churn"}, "so no --churn"},
      {{"load", "tcp://127.0.0.1:1", "--sessions", "fixed:5", "--rate", "5", "--pipeline", "2"}, "so no --pipeline"},
      {{"run", "quick", "--budget", "soon"}, "--budget: found \"soon\""},
      {{"run", "quick", "--format", "xml"}, "expected one of terminal, md, csv, json, tex"},
      {{"run", "quick", "--nonsense"}, "--nonsense"},
      {{"run", toml("key.toml", head + "blok = 3\n[[tables]]\nworkload = \"echo\"\n")}, "did you mean \"blocks\"?"},
      {{"run", toml("type.toml", head + "blocks = \"3\"\n[[tables]]\nworkload = \"echo\"\n")}, "blocks"},
      {{"run", toml("range.toml", head + "blocks = 0\n[[tables]]\nworkload = \"echo\"\n")}, "blocks"},
      {{"run", toml("name.toml", head + "[[tables]]\nworkload = \"ecko\"\n")}, "did you mean \"echo\"?"},
      {{"run", toml("syntax.toml", "blocks = = 3\n")}, "syntax.toml:1"},
      {{"list", "modles"}, "did you mean \"models\"?"},
      {{"serve", "thraeds", "http"}, "did you mean \"threads\"?"},
      {{"serve", "threads", "htpp"}, "did you mean \"http\"?"},
      {{"serve", "threads"}, "workload"},
      {{"serve", "threads", "http", "--port", "70000"}, "--port"},
      {{"load", "127.0.0.1:80"}, "expected tcp://host:port"},
      {{"load", "https://h/"}, "TLS is not supported"},
      {{"load", "http://user:name@h/"}, "expected -H 'Authorization: ...'"},
      {{"load", "http://h/a b"}, "found a space, expected it percent-encoded: %20"},
      {{"load", "http://[::g]/"}, "found \"::g\" in brackets, expected an IPv6 address"},
      {{"load", "http://h/", "http"}, "workload: found \"http\" beside a URL"},
      {{"load", "redis://ann@h/"}, "found a user without a password"},
      {{"load", "redis://h/ping?db=2"}, "expected redis://host/DATABASE/incr/KEY"},
      {{"load", "tcp://h:1", "--slo", "p100=5ms"}, "(the longest latency is max)"},
      {{"load", "tcp://h:1", "-t", "4"}, "--threads: found \"4\", expected --cpus"},
      {{"load", "tcp://h:1", "--threads", "4"}, "--threads: found \"4\", expected --cpus"},
      {{"load", "tcp://h:1", "--slo", "p99=5ms", "--fail-on-errors"}, "--fail-on-errors: found --slo without --rate"},
      {{"load", "tcp://h:1", "--series", "-", "--format", "json"}, "--series: found - beside --format json"},
      {{"load", "tcp://h:1", "--histogram", "-", "--format", "json"}, "--histogram: found - beside --format json"},
      {{"load", "tcp://h:1", "--series", "-", "--histogram", "-"}, "found one file, expected two"},
      {{"load", "tcp://h:1", "-d", "1m 30s"}, "expected a time from 1ms to a day like 500ms, 10s or 1m30s"},
      {{"load", "tcp://h:1", "-c", "1.5"}, "--connections: found \"1.5\", expected a whole number"},
      {{"load", "redis://h/frobnicate/x"}, "frobnicate"},
      {{"load", "tcp://h:1", "-c", "0"}, "--connections: found \"0\""},
      {{"load", "tcp://h:1", "-d", "-3s"}, "--duration: found \"-3s\""},
      {{"load", "tcp://h:1", "--cpus", "x"}, "--cpus"},
      {{"job", "threads", "cuont"}, "did you mean \"count\"?"},
      {{"job", "threads", "count", "--units", "0"}, "--units: found \"0\""},
      {{"job", "threads", "count", "--size", "-1"}, "--size: found \"-1\""},
      {{"job", "thread:units=3", "count", "--units", "2"}, "--units: found 2 beside \"thread:units=3\""},
      {{"job", "thread", "skynet", "--size", "123"}, "expected a power of ten"},
      {{"job", "thread", "deadlock", "--units", "3"}, "expected 2"},
      {{"job", "thread:discipline=local:reads=5", "shared-count"}, "found reads = 5 with discipline = local"},
      {{"run", toml("job.toml", "name = \"x\"\n[[tables]]\nname = \"tree\"\njob = \"skynet\"\nsize = 123\n"),
        "--dry-run"},
       "table \"tree\": skynet: found the size 123"},
      {{"selftest", "--only", "sam"}, "did you mean \"same\"?"},
      {{"selftest", "--patience", "endless"}, "--patience: found \"endless\""},
      {{"report", "/no/such/folder"}, "/no/such/folder"},
  };
  for (const Wrong& wrong : table) {
    const auto result = bakeoff_call(wrong.arguments);
    std::string shown;
    for (const auto& argument : wrong.arguments) shown += argument + " ";
    EXPECT_EQ(result.status, 2) << shown << "\n" << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(wrong.expected)) << shown;
    EXPECT_EQ(result.errors.substr(0, 9), "bakeoff: ") << shown;
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << shown << "\n" << result.errors;
    EXPECT_EQ(result.output, "") << shown;
  }
}

}  // namespace
}  // namespace bakeoff::e2e
