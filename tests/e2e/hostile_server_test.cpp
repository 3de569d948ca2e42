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

/// A file that nobody but its owner may read.
struct Secret : subjects::ScratchFolder {
  Secret() { test::write_text(file(), std::string(kSecret) + "\n"); }
  std::string file() const { return path() / "secret"; }
};

/// Neither a control character but the line end nor a byte that is no UTF-8; "" when there is none.
std::string what_is_not_plain(const std::string& text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\r') || byte == 0x7f) return "a control character in: " + text;
  }
  if (text.find("\xc2\x9b") != text.npos) return "a control character of two bytes in: " + text;
  if (text.find('\xff') != text.npos) return "a byte that is no UTF-8 in: " + text;
  return "";
}

/// With so much memory that a run needs a tenth of it.
std::vector<std::string> with_little_memory() {
  return {"sh", "-c", "ulimit -v 4000000; exec \"$0\" \"$@\""};
}

ForeignServerFixture::Measured measured_with_little_memory(const ForeignServerFixture& bench) {
  return bench.finish(bench.run_arguments(bench.experiment("workload = \"http\""), "toy"), with_little_memory());
}

TEST(Stranger, WhatItPutsInThePlaceOfItsOutputIsNotRead) {
  const Secret secret;
  const std::string made[] = {"ln -s " + secret.file(), "mkfifo", "ln -s /dev/zero"};
  for (const std::string& make : made) {
    const ForeignServerFixture bench;
    // Wherever it may be, and whoever may write there.
    bench.add_script("toy", "echo its own words\nfor name in output ../output; do rm -f $name; " + make +
                                " $name; done 2>/dev/null\nexit 3");
    const auto measured = measured_with_little_memory(bench);
    ASSERT_EQ(measured.rows.size(), 1U) << make << ": " << measured.call.errors;
    EXPECT_EQ(measured.rows[0].outcome_detail, "the subject exited with 3: its own words") << make;
    EXPECT_EQ(private_folders_of(measured.harness), 0) << make;
  }
}

TEST(Stranger, ItsLastWordsAreOneLineOfPlainText) {
  const ForeignServerFixture bench;
  bench.add_script("toy", R"(printf 'first\n\033[31mred\033]0;title\007\t\377\376 \302\233 r\303\251sum\303\251\n'
exit 3)");
  const auto measured = bench.measure("toy");
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  EXPECT_THAT(measured.rows[0].outcome_detail,
              AllOf(StartsWith("the subject exited with 3: first | "), HasSubstr("r\xc3\xa9sum\xc3\xa9")));
  EXPECT_EQ(what_is_not_plain(measured.rows[0].outcome_detail), "");
  EXPECT_EQ(what_is_not_plain(measured.call.output), "");
  EXPECT_EQ(what_is_not_plain(measured.call.errors), "");
}

TEST(Stranger, WhatTheRowsOfSomebodyElseSayIsPrintedAsPlainText) {
  const ForeignServerFixture bench;
  bench.add_script("toy", "echo harmless\nexit 3");
  ASSERT_EQ(bench.measure("toy").rows.size(), 1U);
  for (const char* file : {"/trials.jsonl", "/manifest.json"}) {
    std::string text = test::contents_of(bench.out() + file);
    for (const std::string from : {"harmless", "\"threads\""}) {
      const std::string to = from == "harmless" ? R"(\u001b]0;title\u0007\u009b)" : R"("\u001b[31mthreads")";
      for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size()) {
        text.replace(at, from.size(), to);
      }
    }
    test::write_text(bench.out() + file, text);
  }
  for (const char* format : {"terminal", "md", "csv", "json", "tex"}) {
    const auto report = bakeoff_call({"report", bench.out(), "--format", format});
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

TEST(Stranger, ATemplateThatLeadsOutOfItsFolderIsRefused) {
  const ForeignServerFixture bench;
  const Secret secret;
  bench.add_script("toy", "exec $server");
  const std::string folder = bench.folder() + "/toy";
  fs::remove(folder + "/run.sh.in");
  fs::create_symlink(secret.file(), folder + "/run.sh.in");
  EXPECT_THAT(refusal(bench.folder()), HasSubstr("files.run.sh: found \"run.sh.in\", a link, expected a file"));

  fs::create_directory_symlink(secret.path(), folder + "/conf");
  bench.add("toy", R"("sh", "@dir@/run.sh")", "", "http = [\"*\"]\n[files]\n\"run.sh\" = \"conf/secret\"");
  EXPECT_THAT(refusal(bench.folder()), HasSubstr("files.run.sh: found \"conf/secret\", a link, expected a file"));
}

TEST(Stranger, AManifestThatIsALinkIsRefused) {
  const ForeignServerFixture bench;
  const Secret secret;
  bench.add_server("toy");
  fs::rename(bench.manifest("toy"), bench.path() / "elsewhere.toml");
  fs::create_symlink(bench.path() / "elsewhere.toml", bench.manifest("toy"));
  EXPECT_THAT(refusal(bench.folder()), HasSubstr("toy/subject.toml: found a link, expected a file"));
  EXPECT_THAT(refusal(bench.folder() + "/toy"), HasSubstr("toy/subject.toml: found a link, expected a file"));
  fs::remove(bench.manifest("toy"));
  fs::create_symlink(secret.file(), bench.manifest("toy"));
  EXPECT_THAT(refusal(bench.folder()), HasSubstr("toy/subject.toml: found a link, expected a file"));
}

TEST(Stranger, AFolderThatIsALinkIsReadOnlyWhereTheUserNamedIt) {
  const ForeignServerFixture bench;
  bench.add_server("toy");
  const fs::path around = bench.path() / "around";
  fs::create_directory(around);
  fs::create_directory_symlink(bench.folder(), around / "named");
  const auto named = bakeoff_call({"run", "quick", "--dry-run", "--subjects", (around / "named").string()});
  EXPECT_EQ(named.status, 0) << named.errors;
  EXPECT_THAT(named.output, HasSubstr("toy"));
  fs::create_directory_symlink(bench.folder() + "/toy", around / "toy");
  EXPECT_THAT(refusal(around), HasSubstr("around/toy: found a link, expected a folder"));
}

/// A server whose version command notes in $open that it was asked, by whom and where.
struct VersionBench : ForeignServerFixture {
  explicit VersionBench(const std::string& more = "echo toy 1.2") {
    add_server(
        "toy", R"("threads", "http", "--port", "@port@")",
        fmt::format("version = [\"sh\", \"-c\", \"open={}; id -u >$open/who; pwd >$open/where; {}\"]", open(), more));
  }
  bool was_asked() const { return fs::exists(open() + "/who"); }
  Call::Result call(const std::vector<std::string>& arguments) const {
    return Call(bakeoff_program(), arguments, as_config()).finish();
  }
};

TEST(Stranger, IsNotAskedForAVersionThatIsNotShown) {
  const VersionBench bench;
  for (const char* what : {"models", "experiments"}) {
    EXPECT_EQ(bench.call({"list", what}).status, 0);
    EXPECT_FALSE(bench.was_asked()) << what;
  }
  EXPECT_EQ(bench.call({"run", bench.experiment("workload = \"http\"", "\"toy\""), "--dry-run"}).status, 0);
  EXPECT_FALSE(bench.was_asked()) << "a dry run";
  EXPECT_EQ(bench.call({"doctor"}).status, 0);
  EXPECT_FALSE(bench.was_asked()) << "the doctor";
}

TEST(Stranger, IsAskedForItsVersionByARunThatMeasuresIt) {
  const VersionBench bench;
  bench.call({"run", bench.experiment("workload = \"http\""), "--out", bench.out()});
  EXPECT_FALSE(journal::read_journal(bench.out()).trials.empty());
  EXPECT_FALSE(bench.was_asked()) << "a run without it";
  bench.call({"run", bench.experiment("workload = \"http\"", "\"toy\""), "--out", bench.out() + "2"});
  EXPECT_TRUE(bench.was_asked()) << "a run with it, whose manifest keeps it";
  EXPECT_EQ(journal::read_manifest(bench.out() + "2").versions.at("toy"), "toy 1.2");
}

TEST(Stranger, IsAskedForItsVersionAsNobodyInAFolderOfItsOwn) {
  const VersionBench bench(R"(printf '\\033[31mtoy\\377 1.2\\nmore')");
  const auto listed = bench.call({"list", "servers"});
  EXPECT_EQ(listed.status, 0) << listed.errors;
  EXPECT_THAT(listed.output, AllOf(HasSubstr("toy"), HasSubstr(" 1.2\n")));
  EXPECT_EQ(what_is_not_plain(listed.output), "");
  EXPECT_EQ(bench.call({"list", "servers", "--format", "json"}).status, 0) << "bytes that are no UTF-8";
  EXPECT_THAT(bench.noted("where"), StartsWith(fs::temp_directory_path().string() + "/bakeoff-"));
  EXPECT_FALSE(fs::exists(bench.noted("where").substr(0, bench.noted("where").find('\n')))) << "it is removed";
  if (::geteuid() == 0) {
    EXPECT_EQ(bench.noted("who"), "65534\n");
  }
}

TEST(Stranger, IsHeldToALimitedAnswerWhenItIsAskedForItsVersion) {
  const VersionBench bench("echo toy 1.2; head -c 10000000 /dev/zero && touch $open/all");
  EXPECT_THAT(bench.call({"list", "servers"}).output, HasSubstr("toy 1.2\n"));
  EXPECT_FALSE(fs::exists(bench.open() + "/all")) << "ten million bytes were written";
}

TEST(Stranger, LeavesNothingBehindWhenItIsAskedForItsVersion) {
  const VersionBench bench(
      "setsid sh -c ': >'$open'/fled; exec sleep 300' & until [ -e $open/fled ]; do sleep 0.01; done; echo toy 1.2");
  EXPECT_THAT(bench.call({"list", "servers"}).output, HasSubstr("toy 1.2\n"));
  EXPECT_TRUE(bench.was_asked());
  EXPECT_TRUE(nothing_is_left());
}

TEST(Stranger, SeesAShortEnvironmentWithoutTheSecretsOfTheCaller) {
  const ForeignServerFixture bench;
  bench.add_script("toy", "env >$open/env\npwd >$open/where\nexec $server");
  const auto measured = bench.finish(bench.run_arguments(bench.experiment("workload = \"http\""), "toy"),
                                     {"env", "BAKEOFF_TEST_TOKEN=secret"});
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  EXPECT_EQ(measured.rows[0].outcome, journal::Outcome::ok) << measured.rows[0].outcome_detail;
  std::set<std::string> names;
  std::istringstream lines(bench.noted("env"));
  for (std::string line; std::getline(lines, line);) names.insert(line.substr(0, line.find('=')));
  for (const char* shells_own : {"PWD", "OLDPWD", "SHLVL", "_"}) names.erase(shells_own);
  EXPECT_THAT(names, ElementsAre("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ"));
  const std::string where = bench.noted("where");
  EXPECT_THAT(bench.noted("env"), AllOf(HasSubstr("HOME=" + where), HasSubstr("TMPDIR=" + where)));
}

TEST(Stranger, IsHeldToWhatItMayDo) {
  const ForeignServerFixture bench;
  bench.add_script("toy",
                   "{ ulimit -c; umask; } >$open/limits\ngrep NoNewPrivs /proc/self/status >$open/rights\n"
                   "ls /proc/self/fd >$open/descriptors\nulimit -f >$open/files\nexec $server");
  const auto measured = bench.measure("toy");
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  EXPECT_EQ(measured.rows[0].outcome, journal::Outcome::ok) << measured.rows[0].outcome_detail;
  EXPECT_EQ(bench.noted("limits"), "0\n0077\n") << "no core, and files that are nobody else's";
  EXPECT_EQ(bench.noted("rights"), "NoNewPrivs:\t1\n");
  EXPECT_NE(bench.noted("files"), "unlimited\n");
  EXPECT_EQ(bench.noted("descriptors"), "0\n1\n2\n3\n") << "the last is that of ls itself";
}

TEST(Stranger, ThatListensOnEveryAddressIsNoticed) {
  if (subjects::find_program("nginx").empty()) GTEST_SKIP() << "apt install nginx-light";
  const ForeignServerFixture bench;
  bench.add("toy", R"("nginx", "-p", "@dir@", "-c", "@dir@/nginx.conf", "-e", "stderr")", "",
            "http = [\"/\"]\n[files]\n\"nginx.conf\" = \"nginx.conf.in\"");
  std::string text = test::contents_of(BAKEOFF_SOURCE_DIR "/reference/servers/nginx/nginx.conf.in");
  const auto replace = [&](const std::string& from, const std::string& to) {
    ASSERT_NE(text.find(from), text.npos) << from;
    text.replace(text.find(from), from.size(), to);
  };
  replace("@address@:", "0.0.0.0:");
  replace("@worker_connections@", "1024");
  for (int i = 0; i < 5; ++i) replace("@dir@/tmp/", "@dir@/");
  test::write_text(bench.folder() + "/toy/nginx.conf.in", text);
  const auto measured = bench.measure("toy");
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  EXPECT_EQ(measured.rows[0].outcome, journal::Outcome::ok) << measured.rows[0].outcome_detail;
  EXPECT_THAT(measured.rows[0].outcome_detail,
              testing::MatchesRegex("it listens on 0.0.0.0:[0-9]+, which other machines may reach"));
  EXPECT_THAT(measured.call.output, HasSubstr("it listens on 0.0.0.0:"));

  Call serving(bakeoff_program(), {"serve", "toy", "http"}, bench.as_config());
  EXPECT_TRUE(serving.process().read_line(std::chrono::seconds{30})) << serving.errors_so_far();
  EXPECT_TRUE(serving.process().read_line(std::chrono::seconds{30}));
  ::kill(serving.process().pid(), SIGINT);
  EXPECT_THAT(serving.finish().errors,
              testing::MatchesRegex("bakeoff: it listens on 0.0.0.0:[0-9]+, which other machines may reach\n"));
}

}  // namespace
}  // namespace bakeoff::e2e
