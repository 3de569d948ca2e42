// Foreign servers as their manifests describe them: what is read, and what is said of each fault.
#include "harness/subjects/manifest.h"

#include <gmock/gmock.h>

#include <csignal>
#include <map>

#include "harness/experiment/spec.h"
#include "harness/input/input_error.h"
#include "harness/subjects/find_program.h"
#include "harness/subjects/scratch_folder.h"
#include "tests/harness/fixtures/manifest_fixture.h"
#include "tests/text_file.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class SubjectManifest : public testing::Test {
 protected:
  Subject parse(const std::string& toml) const { return parse_subject(toml, file_, test::server_inventory()); }
  std::string error_of(const std::string& toml) const {
    try {
      parse(toml);
    } catch (const input::InputError& error) {
      return error.what();
    }
    return "";
  }

  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "real";
  fs::path file_ = folder_ / kManifestName;
};

TEST_F(SubjectManifest, EveryKeyIsRead) {
  test::write_text(folder_ / "conf.in", "listen @address@:@port@ slots @slots@");
  test::write_text(folder_ / "pages" / "hello.txt", "Hello");
  test::write_text(file_, R"(
name = "real"
like = "event-loop"
summary = "one loop"
breaks_under = "a configuration"
version = ["sh", "-c", "echo real 1.2 >&2; echo more"]
start = ["sh", "@dir@/conf", "@port@", "@units@"]
folders = ["tmp", "a/b"]
tuning = ["one", "two"]
differs = "parses"
ready_s = 0.5
grace_s = 2
warmup_s = 3
memory_mib = 512
stop = "QUIT"
[needs]
sh = "dash"
[serves]
http = ["/", "/id/{k}"]
counter = ["*"]
[units]
unit = "process"
meaning = "workers"
default = 3
most = 7
hold_connections = true
[files]
conf = "conf.in"
"htdocs/hello.txt" = "pages/hello.txt"
[sizes]
slots = { of = "active", per = 2, times = 3, plus = 4, least = 5, most = 600 }
all = { of = "connections" }
)");
  const Subject subject = read_subject(file_, test::server_inventory());
  EXPECT_EQ(subject.name, "real");
  EXPECT_EQ(subject.model, "real");
  EXPECT_EQ(subject.like, "event-loop");
  EXPECT_EQ(subject.twin(), "event-loop");
  EXPECT_EQ(subject.summary, "one loop");
  EXPECT_EQ(subject.breaks_under, "a configuration");
  EXPECT_EQ(subject.file, file_.string());
  EXPECT_EQ(subject.missing, "");
  EXPECT_EQ(subject.program, find_program("sh"));
  EXPECT_EQ(subject.program_hash, "") << "taken when it is prepared: some programs have a hundred MiB";
  EXPECT_EQ(subject.unit, "process");
  EXPECT_EQ(subject.units_meaning, "workers");
  EXPECT_EQ(subject.default_units, 3U);
  EXPECT_EQ(subject.max_units, 7U);
  EXPECT_TRUE(subject.holds_connection);
  ASSERT_TRUE(subject.foreign);
  const ForeignServer& foreign = *subject.foreign;
  EXPECT_EQ(foreign.manifest, file_);
  EXPECT_EQ(foreign.memory_mib, 512U);
  EXPECT_THAT(foreign.start, ElementsAre("sh", "@dir@/conf", "@port@", "@units@"));
  EXPECT_THAT(foreign.version, ElementsAre("sh", "-c", "echo real 1.2 >&2; echo more"));
  EXPECT_THAT(foreign.folders, ElementsAre("tmp", "a/b"));
  EXPECT_THAT(foreign.tuning, ElementsAre("one", "two"));
  EXPECT_EQ(foreign.differs, "parses");
  EXPECT_EQ(foreign.ready, 500ms);
  EXPECT_EQ(foreign.grace, 2000ms);
  EXPECT_EQ(foreign.warmup_s, 3);
  EXPECT_EQ(foreign.stop_signal, SIGQUIT);
  ASSERT_EQ(foreign.needs.size(), 1U);
  EXPECT_EQ(foreign.needs[0].program, "sh");
  EXPECT_EQ(foreign.needs[0].package, "dash");
  EXPECT_EQ(foreign.serves,
            (std::map<std::string, std::vector<std::string>>{{"http", {"/", "/id/{k}"}}, {"counter", {"*"}}}));
  ASSERT_EQ(foreign.files.size(), 2U);
  EXPECT_EQ(foreign.files[0].from, folder_ / "conf.in");
  EXPECT_EQ(foreign.files[0].to, "conf");
  EXPECT_EQ(foreign.files[0].text, "listen @address@:@port@ slots @slots@");
  EXPECT_EQ(foreign.files[1].from, folder_ / "pages" / "hello.txt");
  EXPECT_EQ(foreign.files[1].to, "htdocs/hello.txt");
  const SizeRule& slots = foreign.sizes.at("slots");
  EXPECT_EQ(slots.of, "active");
  EXPECT_EQ(slots.per, 2U);
  EXPECT_EQ(slots.times, 3U);
  EXPECT_EQ(slots.plus, 4U);
  EXPECT_EQ(slots.least, 5U);
  EXPECT_EQ(slots.most, 600U);
  EXPECT_EQ(foreign.sizes.at("all").per, 1U);
  EXPECT_EQ(foreign.sizes.at("all").most, UINT64_MAX);
}

TEST_F(SubjectManifest, MayBeABackEndAndNothingElseAndSaysHowItIsSetUp) {
  test::write_text(folder_ / "conf.in", "listen @address@:@port@ slots @slots@");
  const Subject subject = parse(
      "name = \"base\"\nlike = \"prefork\"\nstart = [\"true\"]\nback_end = \"postgres\"\n"
      "setup = [{ run = [\"make\", \"@dir@\"] }, { run = [\"fill\"], input = \"items\" }]\n"
      "[files]\nitems = \"conf.in\"\n[sizes]\nslots = { of = \"units\" }\n");
  EXPECT_EQ(subject.foreign->back_end, workloads::BackEndProtocol::postgres);
  ASSERT_EQ(subject.foreign->setup.size(), 2U);
  EXPECT_THAT(subject.foreign->setup[0].run, ElementsAre("make", "@dir@"));
  EXPECT_EQ(subject.foreign->setup[0].input, "");
  EXPECT_EQ(subject.foreign->setup[1].input, subject.foreign->files[0].text);
}

TEST_F(SubjectManifest, MayHaveWorkersAndNothingElse) {
  const std::string start = "name = \"real\"\nlike = \"event-loop\"\n[works]\n";
  const Subject subject = parse(start + "start = [\"sh\", \"@queue@\", \"@units@\", \"@acknowledge@\"]");
  EXPECT_EQ(subject.foreign->work.size(), 4u);
  EXPECT_EQ(subject.missing, "");
  EXPECT_STREQ(subject.kind(), "runtimes");
  EXPECT_THAT(error_of(start), HasSubstr(":3: works.start: found nothing, expected an array of words: the program"));
  EXPECT_THAT(error_of(start + "start = [\"sh\", \"@port_of_queue@\"]"), HasSubstr("port_of_queue"));
}

TEST_F(SubjectManifest, WhatIsNotSaidHasItsDefault) {
  const Subject subject = parse(test::good_manifest("real"));
  EXPECT_EQ(subject.default_units, 1U);
  EXPECT_FALSE(subject.holds_connection);
  EXPECT_EQ(subject.foreign->stop_signal, SIGTERM);
  EXPECT_EQ(subject.foreign->ready, 10s);
  EXPECT_EQ(subject.foreign->grace, 5s);
  EXPECT_EQ(subject.foreign->warmup_s, 0);
  EXPECT_EQ(subject.foreign->memory_mib, std::nullopt);
  EXPECT_TRUE(subject.foreign->needs.empty());
}

TEST_F(SubjectManifest, UnitsMayBeOneForEachCpu) {
  const Subject subject =
      parse(test::good_manifest("real") + "[units]\nunit = \"thread\"\nmeaning = \"workers\"\ndefault = \"cpus\"");
  EXPECT_EQ(subject.default_units, kOneUnitPerCpu);
}

TEST_F(SubjectManifest, EveryFaultIsOneLineWithFileKeyFindingAndExpectation) {
  test::write_text(folder_ / "conf.in", "fine");
  test::write_text(folder_ / "bad.in", "one\ntwo @portt@");
  test::write_text(scratch_.path() / "outside.in", "not beside it");
  const std::string start = "name = \"real\"\nlike = \"event-loop\"\nstart = [\"sh\"]\n";  // Lines 1 to 3.
  const std::string rest = start + "[serves]\nhttp = [\"/\"]\n";                           // To line 5.
  const std::string units = rest + "[units]\nunit = \"thread\"\n";                         // To line 7.
  const std::string taken =
      "active, address, back_end, call_timeout_ms, connections, cpus, dir, files, message_bytes, pool, port, units, "
      "workload";
  const std::vector<std::pair<std::string, std::string>> faults{
      {"", ":1: name: found nothing, expected the name of the subject"},
      {"name = \"A B\"", ":1: name: found \"A B\", expected 1 to 40 small letters, digits and hyphens"},
      {"name = \"real\"\nlike = \"event-loop\"\nstrat = [\"sh\"]",
       ":3: strat: found an unknown key, expected one of name, like, summary, breaks_under, version, start, files, "
       "folders, "
       "needs, serves, sizes, units, ready_s, stop, grace_s, tuning, differs, warmup_s, warmup_limit_s, memory_mib, "
       "settings, build, "
       "says_ready, runs, setup, back_end, works, out_of_memory, probe; did you mean \"start\"?"},
      {"name = \"real\"\nlike = \"event-lop\"",
       ":2: like: found \"event-lop\", expected one of event-loop, prefork; did you mean \"event-loop\"?"},
      {"name = \"real\"", ":1: like: found nothing, expected the model that makes the same choice"},
      {"name = \"real\"\nlike = \"event-loop\"",
       ":1: start: found nothing, expected the program and its arguments, an array of words"},
      {"name = \"real\"\nlike = \"event-loop\"\nstart = \"sh\"",
       ":3: start: found \"sh\", expected an array of words: the program and its arguments"},
      {start, ":1: serves: found nothing, expected [serves] with the workloads that it serves"},
      {start + "[serves]\nhtp = [\"/\"]",
       ":5: serves.htp: found an unknown key, expected one of echo, http, counter; did you mean \"http\"?"},
      {start + "[serves]\nhttp = []",
       ":5: serves.http: found an empty array, expected an array of requests, or [\"*\"] for all of them"},
      {start + "stop = \"TREM\"\n",
       ":4: stop: found \"TREM\", expected one of TERM, INT, QUIT, USR1, USR2, WINCH, KILL; did you mean \"TERM\"?"},
      {start + "folders = [\"tmp\", \"../x\"]\n",
       ":4: folders[1]: found \"../x\", expected a name below the private folder"},
      {start + "folders = [\"/tmp/x\"]\n",
       ":4: folders[0]: found \"/tmp/x\", expected a name below the private folder"},
      {start + "ready_s = 0", ":4: ready_s: found 0, expected a number of seconds from 0.1 to 600"},
      {start + "memory_mib = 0", ":4: memory_mib: found 0, expected a whole number from 1 to 1000000"},
      {rest + "[needs]\nsh = \"\"", ":7: needs.sh: found \"\", expected the Debian package that has it"},
      {rest + "[files]\na = \"none.in\"", ":7: files.a: found \"none.in\", expected a file beside the manifest"},
      {rest + "[files]\na = \"../outside.in\"",
       ":7: files.a: found \"../outside.in\", expected a file beside the manifest"},
      {rest + "[files]\na = \"/etc/passwd\"",
       ":7: files.a: found \"/etc/passwd\", expected a file beside the manifest"},
      {rest + "[files]\n\"../a\" = \"conf.in\"",
       ":7: files.../a: found \"../a\", expected a name below the private folder"},
      {rest + "[sizes]\nport = { of = \"units\" }",
       ":7: sizes.port: found \"port\", expected a name that is not taken (" + taken + ")"},
      {rest + "[sizes]\nMaxClients = { of = \"units\" }",
       ":7: sizes.MaxClients: found \"MaxClients\", expected small letters, digits and underscores"},
      {rest + "[sizes]\nslots = 5", ":7: sizes.slots: found 5, expected a table"},
      {rest + "[sizes]\nslots = { per = 5 }",
       ":7: sizes.slots.of: found nothing, expected one of connections, active, units, cpus"},
      {rest + "[sizes]\nslots = { of = \"unit\" }",
       ":7: sizes.slots.of: found \"unit\", expected one of connections, active, units, cpus; did you mean \"units\"?"},
      {rest + "[sizes]\nslots = { of = \"units\", per = 0 }",
       ":7: sizes.slots.per: found 0, expected a whole number from 1 to 1000000"},
      {rest + "[sizes]\nslots = { of = \"units\", least = 5, most = 4 }",
       ":7: sizes.slots.most: found 4, expected a whole number from 5 to 1000000"},
      {rest + "[sizes]\nslots = { of = \"units\", max = 4 }",
       ":7: sizes.slots.max: found an unknown key, expected one of of, per, times, plus, least, most"},
      {units, ":6: units.meaning: found nothing, expected what @units@ is to it: worker processes"},
      {units + "meaning = \"workers\"\nmost = 7\ndefault = \"many\"",
       ":10: units.default: found \"many\", expected \"cpus\" or a whole number from 1 to 7"},
      {units + "meaning = \"workers\"\nmost = 7\ndefault = 8",
       ":10: units.default: found 8, expected a whole number from 1 to 7"},
      {"name = \"real\"\nlike = \"event-loop\"\nstart = [\"sh\", \"@prot@\"]\n[serves]\nhttp = [\"/\"]",
       ":3: found the placeholder @prot@, expected one of @active@, @address@, @back_end@, @call_timeout_ms@, "
       "@connections@, @cpus@, @dir@, @files@, @message_bytes@, @pool@, @port@, @units@, @workload@; did you mean "
       "@port@?"},
      {rest + "[needs]\nsh = { package = \"dash\", folders = [\"bin\"] }",
       ":7: needs.sh.folders[0]: found \"bin\", expected an absolute path, or one that begins with $VARIABLE"},
      {rest + "[needs]\nsh = { package = \"dash\", least = \"new\" }",
       ":7: needs.sh.least: found \"new\", expected numbers and dots"},
      {rest + "[needs]\nsh = { package = \"dash\", least = \"1.2\" }",
       ":7: needs.sh.version: found nothing, expected the arguments with which it says its version, beside least"},
      {rest + "[needs]\nsh = { packages = \"dash\" }",
       ":7: needs.sh.packages: found an unknown key, expected one of package, names, folders, least, version, how; did "
       "you mean \"package\"?"},
      {rest + "[settings.server]\nmeaning = \"x\"\nchoices = [\"raw\"]\ndefault = \"row\"",
       ":9: settings.server.default: found \"row\", expected one of raw; did you mean \"raw\"?"},
      {rest + "[settings.heap]\nmeaning = \"x\"\nleast = 5\ndefault = 4",
       ":9: settings.heap.default: found 4, expected a whole number from 5 to 1000000"},
      {rest + "[settings.server]\nmeaning = \"x\"\nchoices = [\"a:b\"]",
       ":8: settings.server.choices[0]: found \"a:b\", expected a word without spaces, colons and ="},
      {rest + "[settings.server]\nmeaning = \"x\"\nworkloads = [\"htp\"]",
       ":8: settings.server.workloads[0]: found \"htp\", expected one of echo, http, counter"},
      {rest + "[settings.units]\nmeaning = \"x\"",
       ":6: settings.units: found \"units\", expected small letters, digits and underscores, and not units"},
      {rest + "[settings.port]\nmeaning = \"x\"",
       ":6: settings.port: found \"port\", expected a name that is not taken (" + taken + ")"},
      {rest + "[build]\nsteps = [{ run = [\"true\"] }]\nresults = [\"x\"]",
       ":6: build.inputs: found nothing, expected the files that it is built from, an array of names"},
      {rest + "[build]\ninputs = [\"none.c\"]",
       ":7: build.inputs[0]: found \"none.c\", expected a file beside the manifest"},
      {rest + "[build]\ninputs = [\"conf.in\"]\nresults = [\"x\"]",
       ":6: build.steps: found nothing, expected an array of commands: { run = [\"cc\", \"...\"] }"},
      {rest + "[build]\ninputs = [\"conf.in\"]\nsteps = [{ run = [\"true\"] }]\nresults = [\"../x\"]",
       ":9: build.results[0]: found \"../x\", expected a name below @out@"},
      {rest + "[build]\ninputs = [\"conf.in\"]\nsteps = [{ run = [\"@cc@\"] }]\nresults = [\"x\"]",
       ":6: found the placeholder @cc@, expected one of @out@"},
  };
  for (const auto& [toml, message] : faults) EXPECT_EQ(error_of(toml), file_.string() + message) << toml;
  EXPECT_THAT(error_of(start + "back_end = \"oracle\""),
              HasSubstr("back_end: found \"oracle\", expected one of http, redis, postgres"));
  EXPECT_THAT(error_of(start + "setup = [{ run = [\"fill\"], input = \"items\" }]"),
              HasSubstr("setup[0].input: found \"items\", expected a name of [files]"));
  EXPECT_THAT(error_of(start + "back_end = \"redis\"\nsetup = [{ run = [\"@fill@\"] }]"),
              HasSubstr("found the placeholder @fill@"));
  EXPECT_EQ(error_of(rest + "[files]\nconf = \"bad.in\"\n[sizes]\nslots = { of = \"units\" }"),
            (folder_ / "bad.in").string() +
                ":2: found the placeholder @portt@, expected one of @active@, @address@, @back_end@, "
                "@call_timeout_ms@, @connections@, @cpus@, @dir@, @files@, "
                "@message_bytes@, @pool@, @port@, @units@, @workload@, @slots@; did you mean @port@?");
  EXPECT_THAT(error_of("name = "), StartsWith(file_.string() + ":1: no TOML: "));
}

TEST_F(SubjectManifest, OneThatIsNotThereIsNamed) {
  try {
    read_subject(file_, test::server_inventory());
    ADD_FAILURE();
  } catch (const input::InputError& error) {
    EXPECT_EQ(error.what(), file_.string() + ": cannot be read: No such file or directory");
  }
}

TEST_F(SubjectManifest, IsLikeAModelAndNeverLikeAnotherForeignServer) {
  Inventory some = test::server_inventory();
  some.subjects.push_back(parse(test::good_manifest("other")));
  try {
    parse_subject("name = \"real\"\nlike = \"other\"", file_, some);
    ADD_FAILURE();
  } catch (const input::InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("like: found \"other\", expected one of event-loop, prefork"));
  }
}

TEST_F(SubjectManifest, IsLikeAModelWithSettingsWhichAreChecked) {
  Inventory some = test::server_inventory();
  some.subjects.front().settings = {
      {.name = "reactor", .meaning = "", .default_value = "asio", .choices = {"asio", "epoll"}}};
  const auto like = [&](const std::string& name) {
    return parse_subject("name = \"real\"\nlike = \"" + name + "\"\nstart = [\"sh\"]\n[serves]\nhttp = [\"/\"]\n",
                         file_, some)
        .twin();
  };
  EXPECT_EQ(like("event-loop:reactor=epoll"), "event-loop:reactor=epoll");
  for (const auto& [name, message] : std::map<std::string, std::string>{
           {"event-loop:reactor=poll",
            "like: found the value of reactor \"poll\" in \"event-loop:reactor=poll\", expected one of asio, epoll"},
           {"event-loop:lisden=shared", "like: found the setting \"lisden\" in \"event-loop:lisden=shared\""},
           {"none:reactor=epoll", "like: found \"none\", expected one of event-loop, prefork"}}) {
    try {
      like(name);
      ADD_FAILURE() << name;
    } catch (const input::InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  }
}

TEST_F(SubjectManifest, ProgramsThatAreNotThereAreNamedWithThePackagesThatHaveThem) {
  const Subject subject = parse(test::good_manifest("real") + R"([needs]
sh = "dash"
bakeoff-none-a = "some-server-bin"
bakeoff-none-b = "some-server"
bakeoff-none-c = "some-server"
)");
  EXPECT_EQ(subject.missing,
            "bakeoff-none-a, bakeoff-none-b, bakeoff-none-c (apt install some-server-bin some-server)");
  EXPECT_EQ(
      parse("name = \"real\"\nlike = \"prefork\"\nstart = [\"bakeoff-none-a\"]\n[serves]\necho = [\"*\"]").missing,
      "bakeoff-none-a");
}

}  // namespace
}  // namespace bakeoff::subjects
