// Files, as a user meets them: a set that is made, served and loaded; a table that has one made; and what is refused.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "harness/journal/reader.h"
#include "harness/subjects/find_program.h"
#include "tests/e2e/foreign_server_fixture.h"
#include "tests/e2e/serve_call.h"
#include "workloads/file_set.h"

namespace bakeoff::e2e {
namespace {

using testing::AnyOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const workloads::FileSet kSmallSet{.count = 20, .bytes = "lognormal:4000,1"};

std::string files_below(const subjects::ScratchFolder& folder) {
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0711));  // A server may run as another user.
  return folder.path() / "set";
}

TEST(MakeFiles, SaysWhatItHasMadeAndHowToServeIt) {
  const subjects::ScratchFolder folder;
  const std::string root = files_below(folder);
  const auto made = bakeoff_call({"make-files", root, "--count", "20", "--bytes", kSmallSet.bytes});
  EXPECT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(made.output, StartsWith("20 files of 0.1 MiB in all lie in " + root + ". Try:\n"));
  EXPECT_THAT(made.output, HasSubstr("bakeoff serve event-loops http --files " + root + " --port 8080\n"));
  EXPECT_THAT(made.output, HasSubstr("bakeoff load 'http://127.0.0.1:8080/file/{zipf:20,0.8}'\n"));
  const std::string content = test::contents_of(root + "/file/7");
  EXPECT_TRUE(workloads::is_file_part(7, content.size(), 0, content));
  EXPECT_EQ(bakeoff_call({"make-files", root, "--count", "20", "--bytes", kSmallSet.bytes}).status, 0);
}

TEST(MakeFiles, RefusesWhatCannotBeInOneLine) {
  const subjects::ScratchFolder folder;
  const std::string root = files_below(folder);
  const auto refused = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"make-files", root});
    return bakeoff_call(more);
  };
  EXPECT_EQ(refused({"--count", "0"}).status, 2);
  EXPECT_EQ(refused({"--bytes", "many"}).errors,
            "bakeoff: --bytes: files: a size is drawn fixed:BYTES, exponential:MEAN_BYTES or "
            "lognormal:MEDIAN_BYTES,SIGMA, found \"many\"\n");
  const auto too_large = refused({"--count", "1000000", "--bytes", "fixed:2097152"});
  EXPECT_EQ(too_large.status, 1);
  EXPECT_THAT(too_large.errors, HasSubstr("the 1000000 files take 2000000.0 MiB, and the file system has room for "));
  EXPECT_FALSE(std::filesystem::exists(root + "/file"));
  ASSERT_EQ(refused({"--count", "3"}).status, 0);
  const auto other = refused({"--count", "4"});
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.errors, HasSubstr("found other files there, expected a new folder, or one with this very set"));
}

TEST(MakeFiles, ServingThemWantsThemThere) {
  const auto echo = bakeoff_call({"serve", "threads", "echo", "--files", "/tmp"});
  EXPECT_EQ(echo.status, 2);
  EXPECT_EQ(echo.errors, "bakeoff: --files: found it beside echo, expected it beside http\n");
  const subjects::ScratchFolder empty;
  const auto none = bakeoff_call({"serve", "threads", "http", "--files", empty.path()});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.errors, StartsWith("bakeoff: --files: found no folder of files in \"" + empty.path().string()));
}

/// A subject that serves the set, and a load that asks for it.
void serve_and_load(const std::string& subject) {
  SCOPED_TRACE(subject);
  const subjects::ScratchFolder folder;
  const std::string root = files_below(folder);
  ASSERT_EQ(bakeoff_call({"make-files", root, "--count", "20", "--bytes", kSmallSet.bytes}).status, 0);
  const ServeCall serving({"serve", subject, "http", "--files", root});
  ASSERT_NE(serving.port, "") << serving.call.errors_so_far();
  const auto load = [&](const std::string& target) {
    return bakeoff_call({"load", "http://127.0.0.1:" + serving.port + target, "-c", "4", "-d", "200ms", "--warmup", "0",
                         "--format", "json"});
  };
  const auto files = load("/file/{zipf:20,0.8}");
  EXPECT_THAT(files.status, AnyOf(0, 4)) << files.errors;  // 4: beside other work the figures are void.
  EXPECT_THAT(files.output, HasSubstr("\"outcome\":\"ok\""));
  EXPECT_THAT(files.output, HasSubstr("\"files\":"));
  // Wrong content is found: the client asks for more files than there are.
  EXPECT_THAT(load("/file/{zipf:2000,0}").output, testing::Not(HasSubstr("\"outcome\":\"ok\"")));
}

TEST(FilesServed, ByAModelAnswerALoadByteForByte) {
  serve_and_load("event-loops");
  serve_and_load("hybrid:files=read");
}

TEST(FilesServed, ByNginxAnswerALoadByteForByte) {
  if (subjects::find_program("nginx").empty()) GTEST_SKIP() << "apt install nginx-light";
  serve_and_load("nginx");
  serve_and_load("nginx:sendfile=off");
  serve_and_load("nginx:aio=threads");
}

TEST(FilesServed, ByApacheAnswerALoadByteForByte) {
  if (subjects::find_program("apache2").empty()) GTEST_SKIP() << "apt install apache2-bin";
  serve_and_load("apache-event");
  serve_and_load("apache-prefork:sendfile=off");
}

TEST(FilesServed, InAnExperimentAreMadeCountedAndGone) {
  const ForeignServerFixture fixture;
  const std::string file = fixture.experiment(
      "workload = \"http\"\nrequest = \"/{mix: 1 file zipf:50,0.8, 1 id}\"\nfile_bytes = \"lognormal:3000,1\"",
      R"("threads", "event-loop:files=read")", "0.2");
  Call call(bakeoff_program(), {"run", file, "--out", fixture.out()});
  const pid_t harness = call.process().pid();
  const auto run = call.finish();
  EXPECT_EQ(private_folders_of(harness), 0) << "the set is left";
  EXPECT_THAT(run.errors, HasSubstr("making 50 files (lognormal:3000,1), 0.2 MiB"));
  EXPECT_THAT(run.output, HasSubstr("50 files (lognormal:3000,1), all in the page cache"));
  const auto rows = journal::read_journal(fixture.out()).trials;
  ASSERT_GE(rows.size(), 2U);  // Beside other work a trial may be repeated.
  for (const journal::Trial& row : rows) {
    SCOPED_TRACE(row.subject);
    EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.outcome_detail;
    ASSERT_TRUE(row.params.files);
    EXPECT_EQ(row.params.files->count, 50U);
    ASSERT_TRUE(row.server_receipt && row.client_receipt);
    EXPECT_EQ(row.server_receipt->files, row.client_receipt->files);
    EXPECT_GT(row.client_receipt->files, 10U);
    EXPECT_LT(row.client_receipt->files, row.client_receipt->acknowledged);
    EXPECT_TRUE(row.client->latency_us.contains("/file"));
    EXPECT_TRUE(row.client->latency_us.contains("/id"));
    EXPECT_FALSE(row.validity.contains("everything")) << row.validity.at("everything");
  }
}

TEST(FilesServed, FromAColdCacheOrWithinAMemoryLimitOrTheRowSaysWhyNot) {
  const ForeignServerFixture fixture;
  const std::string request = "workload = \"http\"\nrequest = \"/file/{zipf:200,0.8}\"\n";
  const std::string file = fixture.experiment(request + "name = \"limited\"\nmemory_mib = 16\n\n[[tables]]\n" +
                                                  request + "name = \"cold\"\npage_cache = \"cold\"\nwarmup_s = 0",
                                              R"("threads")", "0.2");
  std::string text = test::contents_of(file);
  text.replace(text.find("\nwarmup_s = 0.05"), std::string("\nwarmup_s = 0.05").size(), "");
  test::write_text(file, text);
  const auto run = bakeoff_call({"run", file, "--out", fixture.out()});
  for (const journal::Trial& row : journal::read_journal(fixture.out()).trials) {
    SCOPED_TRACE(row.table);
    if (row.outcome == journal::Outcome::not_run) {
      EXPECT_THAT(row.outcome_detail, row.table == "limited" ? HasSubstr("no memory cgroup can be made")
                                                             : HasSubstr("stay in memory when they are dropped"));
    } else {
      EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.outcome_detail;
    }
  }
  EXPECT_TRUE(nothing_is_left());
  EXPECT_EQ(run.errors.find("terminate"), run.errors.npos);
}

TEST(FilesServed, ASetThatDoesNotFitIsRefusedBeforeAnythingRuns) {
  const ForeignServerFixture fixture;
  const std::string file =
      fixture.experiment("workload = \"http\"\nrequest = \"/file/{zipf:1000000,0.8}\"\nfile_bytes = \"fixed:2097152\"");
  const auto run = bakeoff_call({"run", file, "--out", fixture.out()});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.errors, HasSubstr("the 1000000 files take 2000000.0 MiB, and the file system has room for "));
  EXPECT_FALSE(std::filesystem::exists(fixture.out()));
}

}  // namespace
}  // namespace bakeoff::e2e
