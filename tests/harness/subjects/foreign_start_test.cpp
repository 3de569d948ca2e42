// How a foreign server of a trial is started, without one: what its placeholders stand for, its folder, its end.
#include "harness/subjects/foreign_start.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <system_error>

#include "harness/measure/process_tree.h"
#include "harness/subjects/find_program.h"
#include "harness/subjects/manifest.h"
#include "harness/subjects/scratch_folder.h"

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

Subject subject_of(ForeignServer foreign) {
  Subject subject;
  subject.name = subject.model = "real";
  subject.foreign = std::make_shared<const ForeignServer>(std::move(foreign));
  return subject;
}

journal::Params load(std::uint64_t connections, std::uint64_t idle = 0) {
  journal::Params params;
  params.load.connections = connections;
  if (idle > 0) params.load.idle = idle;
  return params;
}

std::string value_of(const std::string& name, const Subject& subject, const journal::Params& params,
                     std::size_t cpus = 4) {
  return placeholders_of(subject, "http", params, cpus, "/private", 7000).at(name);
}

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(Placeholders, SayWhereItIsToListenAndHowManyWillCome) {
  const auto values = placeholders_of(subject_of({}), "http", load(100, 50), 4, "/private", 7000);
  EXPECT_EQ(values, (std::map<std::string, std::string>{{"active", "100"},
                                                        {"address", "127.0.0.1"},
                                                        {"back_end", "none"},
                                                        {"call_timeout_ms", "1000"},
                                                        {"connections", "150"},
                                                        {"cpus", "4"},
                                                        {"dir", "/private"},
                                                        {"files", "/private"},
                                                        {"message_bytes", "0"},
                                                        {"pool", "8"},
                                                        {"port", "7000"},
                                                        {"units", "1"},
                                                        {"workload", "http"}}));
}

TEST(Placeholders, AreTheValuesOfSettingsAndThePathsOfPrograms) {
  ForeignServer foreign;
  foreign.needs = {{.program = "java", .package = "jdk", .found = "/opt/jdk/bin/java"}};
  foreign.built = "/cache/key";
  Subject subject = subject_of(std::move(foreign));
  subject.settings = {{.name = "server", .meaning = "", .default_value = "raw", .choices = {"raw", "library"}},
                      {.name = "heap", .meaning = "", .default_value = "", .least = 1, .most = 100}};
  EXPECT_EQ(value_of("java", subject, load(1)), "/opt/jdk/bin/java");
  EXPECT_EQ(value_of("built", subject, load(1)), "/cache/key");
  EXPECT_EQ(value_of("server", subject, load(1)), "raw");
  EXPECT_FALSE(placeholders_of(subject, "http", load(1), 1, "/private", 7000).contains("heap")) << "it has no value";
  subject.set = {{"server", "library"}, {"heap", "64"}};
  EXPECT_EQ(value_of("server", subject, load(1)), "library");
  EXPECT_EQ(value_of("heap", subject, load(1)), "64");
}

TEST(Placeholders, UnitsAreAsManyAsTheTrialNeeds) {
  Subject subject = subject_of({});
  subject.default_units = 3;
  EXPECT_EQ(value_of("units", subject, load(100)), "3");
  subject.default_units = kOneUnitPerCpu;
  EXPECT_EQ(value_of("units", subject, load(100), 6), "6") << "one for each CPU";
  subject.max_units = 5;
  EXPECT_EQ(value_of("units", subject, load(100), 6), "5") << "and never more than it takes";
  journal::Params asked = load(100);
  asked.units = 2;
  EXPECT_EQ(value_of("units", subject, asked), "2");
  subject.units = 4;
  EXPECT_EQ(value_of("units", subject, asked), "4") << "its own units go before the table's";
}

TEST(Placeholders, AUnitThatHoldsAConnectionIsThereForEachOfThem) {
  Subject subject = subject_of({});
  subject.holds_connection = true;
  subject.max_units = 1000;
  EXPECT_EQ(value_of("units", subject, load(100, 50)), "150");
  EXPECT_EQ(value_of("units", subject, load(100, 5000)), "1000") << "as far as it may have so many";
}

TEST(Placeholders, ASizeIsDividedUpwardsMultipliedAddedToAndHeldInItsBounds) {
  const auto size = [](SizeRule rule, const journal::Params& params) {
    ForeignServer foreign;
    foreign.sizes["size"] = std::move(rule);
    return value_of("size", subject_of(std::move(foreign)), params);
  };
  const journal::Params some = load(100, 50);
  EXPECT_EQ(size({.of = "connections"}, some), "150");
  EXPECT_EQ(size({.of = "active"}, some), "100");
  EXPECT_EQ(size({.of = "units"}, some), "1");
  EXPECT_EQ(size({.of = "cpus"}, some), "4");
  EXPECT_EQ(size({.of = "connections", .per = 64}, some), "3");
  EXPECT_EQ(size({.of = "connections", .per = 50}, some), "3");
  EXPECT_EQ(size({.of = "connections", .per = 64, .times = 64, .plus = 7}, some), "199");
  EXPECT_EQ(size({.of = "connections", .times = 2, .plus = 64, .least = 1024}, some), "1024");
  EXPECT_EQ(size({.of = "connections", .times = 2, .plus = 64, .least = 1024, .most = 4000}, load(1000)), "2064");
  EXPECT_EQ(size({.of = "connections", .times = 2, .most = 4000}, load(1'000'000)), "4000");
}

class Prepared : public testing::Test {
 protected:
  ScratchFolder private_;
};

TEST_F(Prepared, AWordWhoseSettingHasNoValueIsLeftOut) {
  ForeignServer foreign;
  foreign.start = {"sh", "-Xmx@heap@m", "@server@"};
  Subject subject = subject_of(std::move(foreign));
  subject.settings = {{.name = "server", .meaning = "", .default_value = "raw", .choices = {"raw", "library"}},
                      {.name = "heap", .meaning = "", .default_value = "", .least = 1, .most = 100}};
  const Command without = prepare_foreign(subject, "http", load(8), 2, private_.path(), 7001);
  EXPECT_EQ(std::vector<std::string>(without.argv.begin() + 1, without.argv.end()), std::vector<std::string>{"raw"});
  const ScratchFolder other;
  subject.set = {{"heap", "64"}};
  const Command with = prepare_foreign(subject, "http", load(8), 2, other.path(), 7001);
  EXPECT_EQ(std::vector<std::string>(with.argv.begin() + 1, with.argv.end()),
            (std::vector<std::string>{"-Xmx64m", "raw"}));
}

TEST_F(Prepared, WorkersAreToldWhereTheQueueIsAndWhenToAcknowledge) {
  ForeignServer foreign;
  foreign.work = {"sh", "@queue@", "@units@", "@acknowledge@"};
  const Subject subject = subject_of(std::move(foreign));
  journal::Params params;
  params.units = 8;
  params.queue = journal::QueueParams{.jobs = 1, .acknowledge = "before", .kill = "none"};
  const Command command = prepare_foreign_work(subject, params, 2, private_.path(), "127.0.0.1:7001");
  EXPECT_EQ(std::vector<std::string>(command.argv.begin() + 1, command.argv.end()),
            (std::vector<std::string>{"127.0.0.1:7001", "8", "before"}));
  EXPECT_FALSE(command.output_to_error_file) << "its ready line comes by its output";
  EXPECT_EQ(why_not_working(subject), "");
  EXPECT_EQ(why_not_working(subject_of({})), "it takes no jobs from a queue");
}

TEST(Settings, MayGoWithSomeWorkloadsOnly) {
  ForeignServer foreign;
  foreign.serves = {{"http", {"*"}}, {"counter", {"*"}}};
  foreign.settings_with = {{"server", {"http"}}};
  Subject subject = subject_of(std::move(foreign));
  subject.settings = {{.name = "server", .meaning = "", .default_value = "raw", .choices = {"raw", "library"}}};
  subject.set = {{"server", "library"}};
  EXPECT_EQ(why_not_served(subject, "http", load(1)), "");
  EXPECT_EQ(why_not_served(subject, "counter", load(1)), "server=library is for http only");
  subject.set = {{"server", "raw"}};
  EXPECT_EQ(why_not_served(subject, "counter", load(1)), "") << "its default goes with all";
}

TEST_F(Prepared, FilesAndFoldersAreInAFolderOfItsOwnAndTheCommandIsWhole) {
  ForeignServer foreign;
  foreign.start = {"sh", "-c", "@dir@/conf", "--port=@port@"};
  foreign.files = {{"conf.in", "etc/conf", "listen @address@:@port@;\npool @pool@;\nmail root@localhost\n"}};
  foreign.folders = {"tmp", "a/b"};
  foreign.sizes["pool"] = {.of = "connections", .times = 2};
  const Command command = prepare_foreign(subject_of(foreign), "http", load(8), 2, private_.path(), 7001);
  const fs::path home = command.directory;
  EXPECT_EQ(home.parent_path(), private_.path());
  EXPECT_EQ(command.argv,
            (std::vector<std::string>{find_program("sh").string(), "-c", home.string() + "/conf", "--port=7001"}));
  EXPECT_TRUE(fs::path(command.argv.front()).is_absolute());
  EXPECT_EQ(command.error_file.parent_path(), private_.path()) << "where it cannot be replaced";
  EXPECT_TRUE(command.output_to_error_file);
  EXPECT_EQ(read(home / "etc" / "conf"), "listen 127.0.0.1:7001;\npool 16;\nmail root@localhost\n");
  EXPECT_TRUE(fs::is_directory(home / "tmp"));
  EXPECT_TRUE(fs::is_directory(home / "a" / "b"));
  EXPECT_EQ(command.identity.has_value(), ::geteuid() == 0) << "root is not what a server runs as";
  if (::geteuid() != 0) return;
  for (const fs::path& path : {home, home / "etc" / "conf", home / "a" / "b"}) {
    struct stat facts {};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_uid, command.identity->uid) << path;
    EXPECT_EQ(facts.st_gid, command.identity->gid) << path;
  }
  struct stat around {};
  ASSERT_EQ(::stat(private_.path().c_str(), &around), 0);
  EXPECT_EQ(around.st_uid, 0U);
  EXPECT_EQ(around.st_mode & 0777U, 0710U) << "it may go through it and change nothing";
}

TEST(FreePort, CanBeBoundTo) {
  const std::uint16_t port = free_port();
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  EXPECT_NE(port, 0);
  EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(fd);
}

TEST(Refusal, SaysInWordsWhatAForeignServerAnswers) {
  ForeignServer foreign;
  foreign.serves = {{"http", {"/", "/id/{k}"}}, {"counter", {"*"}}, {"echo", {"lines"}}};
  const Subject subject = subject_of(foreign);
  const auto refusal = [&](const std::string& workload, std::optional<std::string> request) {
    journal::Params params;
    params.load.request = request.value_or("");
    return why_not_served(subject, workload, params);
  };
  const std::string only = "it serves counter, echo (lines), http (/, /id/{k}) only";
  EXPECT_EQ(refusal("http", "/id/{k}"), "");
  EXPECT_EQ(refusal("http", std::nullopt), "") << "/ is what http asks for by itself";
  EXPECT_EQ(refusal("http", "/work/50"), only);
  EXPECT_EQ(refusal("counter", "get/a"), "");
  EXPECT_EQ(refusal("counter", std::nullopt), "");
  EXPECT_EQ(refusal("echo", "lines"), "");
  EXPECT_EQ(refusal("echo", std::nullopt), only);
  EXPECT_EQ(refusal("count", std::nullopt), only) << "a job";
  EXPECT_EQ(why_not_served(Subject{}, "http", journal::Params{}), "") << "a model answers everything";
  EXPECT_EQ(why_not_served(subject, "http", journal::Params{.transport = journal::Transport::unix_socket}),
            "it listens on a TCP port only");
}

TEST(WhatWasLeft, IsEndedWhereverItFledAndNobodyElseIs) {
  Command command;
  command.argv = {"/bin/sh", "-c", "read x"};
  Process bystander = Process::start(command);
  const std::vector<pid_t> before = measure::descendants(::getpid());
  command.argv = {"/bin/sh", "-c", "setsid sh -c 'echo fled; exec sleep 1000' & read x"};
  Process server = Process::start(command);
  ASSERT_EQ(server.read_line(10s), "fled");
  server.close_input();
  const auto ended = server.wait(10s);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->orphans, 0) << "it is in no group of the server's";
  EXPECT_EQ(kill_orphans(before), 1U);
  EXPECT_EQ(kill_orphans(before), 0U);
  bystander.close_input();
  EXPECT_TRUE(bystander.wait(10s)->exited);
}

}  // namespace
}  // namespace bakeoff::subjects
