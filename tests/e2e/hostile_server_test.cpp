// Servers, manifests and rows of somebody else, who means harm: what they say, link to, print and leave behind is not
// read, followed, obeyed or kept.
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "harness/journal/manifest.h"
#include "harness/subjects/find_program.h"
#include "harness/subjects/manifest.h"
#include "tests/e2e/foreign_server_fixture.h"

namespace bakeoff::e2e {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kSecret = "the words of root";

/// A file that only its owner may read.
struct Secret : subjects::ScratchFolder {
  Secret() { test::write_text(file(), std::string(kSecret) + "\n"); }
  std::string file() const { return path() / "secret"; }
};

/// Tells of a control character, except a line end, or of a byte that is not UTF-8; "" when there is none.
std::string what_is_not_plain(const std::string& text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\r') || byte == 0x7f) return "a control character in: " + text;
  }
  if (text.find("\xc2\x9b") != text.npos) return "a control character of two bytes in: " + text;
  if (text.find('\xff') != text.npos) return "a byte that is no UTF-8 in: " + text;
  return "";
}

/// Limits the address space to ten times what a run needs.
std::vector<std::string> with_little_memory() {
  return {"sh", "-c", "ulimit -v 4000000; exec \"$0\" \"$@\""};
}

ForeignServerFixture::Measured measured_with_little_memory(const ForeignServerFixture& fixture) {
  return fixture.finish(fixture.run_arguments(fixture.experiment("workload = \"http\""), "toy"), with_little_memory());
}

TEST(HostileServer, WhatItPutsInThePlaceOfItsOutputIsNotRead) {
  const Secret secret;
  const std::string made[] = {"ln -s " + secret.file(), "mkfifo", "ln -s /dev/zero"};
  for (const std::string& make : made) {
    const ForeignServerFixture fixture;
    // In its own folder and in the one above, where it may not write.
    fixture.add_script("toy", "echo its own words\nfor name in output ../output; do rm -f $name; " + make +
                                  " $name; done 2>/dev/null\nexit 3");
    const auto measured = measured_with_little_memory(fixture);
    ASSERT_EQ(measured.rows.size(), 1U) << make << ": " << measured.call.errors;
    EXPECT_EQ(measured.rows[0].outcome_detail, "the subject exited with 3: its own words") << make;
    EXPECT_EQ(private_folders_of(measured.harness), 0) << make;
  }
}

TEST(HostileServer, ItsLastWordsAreOneLineOfPlainText) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", R"(printf 'first\n\033[31mred\033]0;title\007\t\377\376 \302\233 r\303\251sum\303\251\n'
exit 3)");
  const auto measured = fixture.measure("toy");
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  EXPECT_THAT(measured.rows[0].outcome_detail,
              AllOf(StartsWith("the subject exited with 3: first | "), HasSubstr("r\xc3\xa9sum\xc3\xa9")));
  EXPECT_EQ(what_is_not_plain(measured.rows[0].outcome_detail), "");
  EXPECT_EQ(what_is_not_plain(measured.call.output), "");
  EXPECT_EQ(what_is_not_plain(measured.call.errors), "");
}

TEST(HostileServer, WhatTheRowsOfSomebodyElseSayIsPrintedAsPlainText) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", "echo harmless\nexit 3");
  ASSERT_EQ(fixture.measure("toy").rows.size(), 1U);
  for (const char* file : {"/trials.jsonl", "/manifest.json"}) {
    std::string text = test::contents_of(fixture.out() + file);
    for (const std::string from : {"harmless", "\"threads\""}) {
      const std::string to = from == "harmless" ? R"(\u001b]0;title\u0007\u009b)" : R"("\u001b[31mthreads")";
      for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size()) {
        text.replace(at, from.size(), to);
      }
    }
    test::write_text(fixture.out() + file, text);
  }
  for (const char* format : {"terminal", "md", "csv", "json", "tex"}) {
    const auto report = bakeoff_call({"report", fixture.out(), "--format", format});
    EXPECT_EQ(report.status, 4) << format << ": there is no number, and no other trouble: " << report.errors;
    EXPECT_THAT(report.output, HasSubstr("toy")) << format;
    EXPECT_EQ(what_is_not_plain(report.output), "") << format;
    EXPECT_THAT(report.output, Not(HasSubstr("\\u001b"))) << format;
  }
}

/// A run that is refused in one line because of what lies in a manifest's folder.
std::string refusal(const std::string& folder) {
  const auto result = bakeoff_call({"run", "quick", "--dry-run", "--subjects", folder});
  EXPECT_EQ(result.status, 2) << result.output;
  EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
  EXPECT_THAT(result.errors, Not(HasSubstr(kSecret)));
  return result.errors;
}

TEST(HostileServer, ATemplateThatLeadsOutOfItsFolderIsRefused) {
  const ForeignServerFixture fixture;
  const Secret secret;
  fixture.add_script("toy", "exec $server");
  const std::string folder = fixture.folder() + "/toy";
  fs::remove(folder + "/run.sh.in");
  fs::create_symlink(secret.file(), folder + "/run.sh.in");
  EXPECT_THAT(refusal(fixture.folder()), HasSubstr("files.run.sh: found \"run.sh.in\", a link, expected a file"));

  fs::create_directory_symlink(secret.path(), folder + "/conf");
  fixture.add("toy", R"("sh", "@dir@/run.sh")", "", "http = [\"*\"]\n[files]\n\"run.sh\" = \"conf/secret\"");
  EXPECT_THAT(refusal(fixture.folder()), HasSubstr("files.run.sh: found \"conf/secret\", a link, expected a file"));
}

TEST(HostileServer, AManifestThatIsALinkIsRefused) {
  const ForeignServerFixture fixture;
  const Secret secret;
  fixture.add_server("toy");
  fs::rename(fixture.manifest("toy"), fixture.path() / "elsewhere.toml");
  fs::create_symlink(fixture.path() / "elsewhere.toml", fixture.manifest("toy"));
  EXPECT_THAT(refusal(fixture.folder()), HasSubstr("toy/subject.toml: found a link, expected a file"));
  EXPECT_THAT(refusal(fixture.folder() + "/toy"), HasSubstr("toy/subject.toml: found a link, expected a file"));
  fs::remove(fixture.manifest("toy"));
  fs::create_symlink(secret.file(), fixture.manifest("toy"));
  EXPECT_THAT(refusal(fixture.folder()), HasSubstr("toy/subject.toml: found a link, expected a file"));
}

TEST(HostileServer, AFolderThatIsALinkIsReadOnlyWhereTheUserNamedIt) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy");
  const fs::path around = fixture.path() / "around";
  fs::create_directory(around);
  fs::create_directory_symlink(fixture.folder(), around / "named");
  const auto named = bakeoff_call({"run", "quick", "--dry-run", "--subjects", (around / "named").string()});
  EXPECT_EQ(named.status, 0) << named.errors;
  EXPECT_THAT(named.output, HasSubstr("toy"));
  fs::create_directory_symlink(fixture.folder() + "/toy", around / "toy");
  EXPECT_THAT(refusal(around), HasSubstr("around/toy: found a link, expected a folder"));
}

/// A server whose version command notes in $open that it was asked, by whom and where.
struct VersionFixture : ForeignServerFixture {
  explicit VersionFixture(const std::string& more = "echo toy 1.2") {
    add_server(
        "toy", R"("threads", "http", "--port", "@port@")",
        fmt::format("version = [\"sh\", \"-c\", \"open={}; id -u >$open/who; pwd >$open/where; {}\"]", open(), more));
  }
  bool was_asked() const { return fs::exists(open() + "/who"); }
  Call::Result call(const std::vector<std::string>& arguments) const {
    return Call(bakeoff_program(), arguments, as_config()).finish();
  }
};

TEST(HostileServer, IsNotAskedForAVersionThatIsNotShown) {
  const VersionFixture fixture;
  for (const char* what : {"models", "experiments"}) {
    EXPECT_EQ(fixture.call({"list", what}).status, 0);
    EXPECT_FALSE(fixture.was_asked()) << what;
  }
  EXPECT_EQ(fixture.call({"run", fixture.experiment("workload = \"http\"", "\"toy\""), "--dry-run"}).status, 0);
  EXPECT_FALSE(fixture.was_asked()) << "a dry run";
  EXPECT_EQ(fixture.call({"doctor"}).status, 0);
  EXPECT_FALSE(fixture.was_asked()) << "the doctor";
}

TEST(HostileServer, IsAskedForItsVersionByARunThatMeasuresIt) {
  const VersionFixture fixture;
  fixture.call({"run", fixture.experiment("workload = \"http\""), "--out", fixture.out()});
  EXPECT_FALSE(journal::read_journal(fixture.out()).trials.empty());
  EXPECT_FALSE(fixture.was_asked()) << "a run without it";
  fixture.call({"run", fixture.experiment("workload = \"http\"", "\"toy\""), "--out", fixture.out() + "2"});
  EXPECT_TRUE(fixture.was_asked()) << "a run with it, whose manifest keeps it";
  EXPECT_EQ(journal::read_manifest(fixture.out() + "2").versions.at("toy"), "toy 1.2");
}

TEST(HostileServer, IsAskedForItsVersionAsNobodyInAFolderOfItsOwn) {
  const VersionFixture fixture(R"(printf '\\033[31mtoy\\377 1.2\\nmore')");
  const auto listed = fixture.call({"list", "servers"});
  EXPECT_EQ(listed.status, 0) << listed.errors;
  EXPECT_THAT(listed.output, AllOf(HasSubstr("toy"), HasSubstr(" 1.2\n")));
  EXPECT_EQ(what_is_not_plain(listed.output), "");
  EXPECT_EQ(fixture.call({"list", "servers", "--format", "json"}).status, 0) << "bytes that are no UTF-8";
  EXPECT_THAT(fixture.noted("where"), StartsWith(fs::temp_directory_path().string() + "/bakeoff-"));
  EXPECT_FALSE(fs::exists(fixture.noted("where").substr(0, fixture.noted("where").find('\n')))) << "it is removed";
  if (::geteuid() == 0) {
    EXPECT_EQ(fixture.noted("who"), "65534\n");
  }
}

TEST(HostileServer, IsHeldToALimitedAnswerWhenItIsAskedForItsVersion) {
  const VersionFixture fixture("echo toy 1.2; head -c 10000000 /dev/zero && touch $open/all");
  EXPECT_THAT(fixture.call({"list", "servers"}).output, HasSubstr("toy 1.2\n"));
  EXPECT_FALSE(fs::exists(fixture.open() + "/all")) << "ten million bytes were written";
}

TEST(HostileServer, LeavesNothingBehindWhenItIsAskedForItsVersion) {
  const VersionFixture fixture(
      "setsid sh -c ': >'$open'/fled; exec sleep 300' & until [ -e $open/fled ]; do sleep 0.01; done; echo toy 1.2");
  EXPECT_THAT(fixture.call({"list", "servers"}).output, HasSubstr("toy 1.2\n"));
  EXPECT_TRUE(fixture.was_asked());
  EXPECT_TRUE(nothing_is_left());
}

TEST(HostileServer, SeesAShortEnvironmentWithoutTheSecretsOfTheCaller) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", "env >$open/env\npwd >$open/where\nexec $server");
  const auto measured = fixture.finish(fixture.run_arguments(fixture.experiment("workload = \"http\""), "toy"),
                                       {"env", "BAKEOFF_TEST_TOKEN=secret"});
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  // On a machine that is busy the window may end before its first reply.
  EXPECT_THAT(measured.rows[0].outcome, testing::AnyOf(journal::Outcome::ok, journal::Outcome::starved))
      << measured.rows[0].outcome_detail;
  std::set<std::string> names;
  std::istringstream lines(fixture.noted("env"));
  for (std::string line; std::getline(lines, line);) names.insert(line.substr(0, line.find('=')));
  for (const char* shells_own : {"PWD", "OLDPWD", "SHLVL", "_"}) names.erase(shells_own);
  EXPECT_THAT(names, ElementsAre("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ"));
  const std::string where = fixture.noted("where");
  EXPECT_THAT(fixture.noted("env"), AllOf(HasSubstr("HOME=" + where), HasSubstr("TMPDIR=" + where)));
}

TEST(HostileServer, IsHeldToWhatItMayDo) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy",
                     "{ ulimit -c; umask; } >$open/limits\ngrep NoNewPrivs /proc/self/status >$open/rights\n"
                     "ls /proc/self/fd >$open/descriptors\nulimit -f >$open/files\nexec $server");
  const auto measured = fixture.measure("toy");
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  EXPECT_EQ(measured.rows[0].outcome, journal::Outcome::ok) << measured.rows[0].outcome_detail;
  EXPECT_EQ(fixture.noted("limits"), "0\n0077\n") << "no core, and files that are nobody else's";
  EXPECT_EQ(fixture.noted("rights"), "NoNewPrivs:\t1\n");
  EXPECT_NE(fixture.noted("files"), "unlimited\n");
  EXPECT_EQ(fixture.noted("descriptors"), "0\n1\n2\n3\n") << "the last is that of ls itself";
}

TEST(HostileServer, ThatListensOnEveryAddressIsNoticed) {
  if (subjects::find_program("nginx").empty()) GTEST_SKIP() << "apt install nginx-light";
  const ForeignServerFixture fixture;
  fixture.add("toy", R"("nginx", "-p", "@dir@", "-c", "@dir@/nginx.conf", "-e", "stderr")", "",
              "http = [\"/\"]\n[files]\n\"nginx.conf\" = \"nginx.conf.in\"");
  std::string text = test::contents_of(BAKEOFF_SOURCE_DIR "/reference/servers/nginx/nginx.conf.in");
  const auto replace = [&](const std::string& from, const std::string& to) {
    ASSERT_NE(text.find(from), text.npos) << from;
    text.replace(text.find(from), from.size(), to);
  };
  replace("@address@:", "0.0.0.0:");
  replace("@worker_connections@", "1024");
  for (int i = 0; i < 2; ++i) replace("@sendfile@", "on");
  replace("@aio@", "off");
  for (int i = 0; i < 5; ++i) replace("@dir@/tmp/", "@dir@/");
  test::write_text(fixture.folder() + "/toy/nginx.conf.in", text);
  const auto measured = fixture.measure("toy");
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  EXPECT_EQ(measured.rows[0].outcome, journal::Outcome::ok) << measured.rows[0].outcome_detail;
  EXPECT_THAT(measured.rows[0].outcome_detail,
              testing::MatchesRegex("it listens on 0.0.0.0:[0-9]+, which other machines may reach"));
  EXPECT_THAT(measured.call.output, HasSubstr("it listens on 0.0.0.0:"));

  Call serving(bakeoff_program(), {"serve", "toy", "http"}, fixture.as_config());
  EXPECT_TRUE(serving.process().read_line(std::chrono::seconds{30})) << serving.errors_so_far();
  EXPECT_TRUE(serving.process().read_line(std::chrono::seconds{30}));
  ::kill(serving.process().pid(), SIGINT);
  EXPECT_THAT(serving.finish().errors,
              testing::MatchesRegex("bakeoff: it listens on 0.0.0.0:[0-9]+, which other machines may reach\n"));
}

}  // namespace
}  // namespace bakeoff::e2e
