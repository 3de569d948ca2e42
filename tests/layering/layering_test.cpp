// Holds the arrows of the design: who may include whom, where no clock or socket may be, how long a file may be, and
// that every file which the pages name is there. Each rule is also tried on an example that breaks it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/layering/rules.h"

namespace bakeoff::layering {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::filesystem::path kRoot = BAKEOFF_SOURCE_DIR;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<SourceFile> the_tree() {
  std::vector<SourceFile> files;
  for (const char* folder : {"workloads", "models", "harness", "tests"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / folder)) {
      if (!entry.is_regular_file()) continue;
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      files.push_back({std::filesystem::relative(entry.path(), kRoot).string(), text_of(entry.path())});
    }
  }
  return files;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

TEST(Layering, TheTreeKeepsTheArrows) {
  const auto files = the_tree();
  ASSERT_GT(files.size(), 50U) << "the tree was not found at " << kRoot;
  const auto broken = layering_violations(files);
  EXPECT_TRUE(broken.empty()) << joined(broken);
}

TEST(Layering, EveryFileThatThePagesNameIsThere) {
  for (const char* page : {"README.md", "CONTRIBUTING.md", "workloads/PROTOCOLS.md"}) {
    ASSERT_TRUE(std::filesystem::exists(kRoot / page)) << page;
    const auto missing = missing_files({page, text_of(kRoot / page)},
                                       [](std::string_view path) { return std::filesystem::exists(kRoot / path); });
    EXPECT_TRUE(missing.empty()) << joined(missing);
  }
}

// The rules themselves.

std::vector<std::string> broken_by(const std::string& path, const std::string& text) {
  return layering_violations({{path, text}});
}

TEST(LayeringRules, AllowWhatTheDesignAllows) {
  EXPECT_THAT(layering_violations({
                  {"workloads/http.cpp",
                   "#include <boost/beast/http/basic_parser.hpp>\n#include \"workloads/session.h\"\n"
                   "#include <mutex>\n// steady_clock::now() is not for us\n"},
                  {"workloads/store/arena.cpp", "#include <pthread.h>\n#include <sys/mman.h>\n"},
                  {"workloads/jobs/sha256.cpp", "#include <openssl/evp.h>\n"},
                  {"models/threads.cpp",
                   "#include <thread>\n#include <sys/socket.h>\n#include \"models/net.h\"\n"
                   "#include \"workloads/session.h\"\n#include <boost/asio.hpp>\n"},
                  {"harness/load/agent.cpp", "#include <fmt/format.h>\n#include \"workloads/catalogue.h\"\n"},
                  {"harness/stats/compare.cpp",
                   "#include <boost/math/distributions/binomial.hpp>\n#include <cmath>\n"
                   "#include \"harness/journal/trial.h\"\n"},
                  {"harness/validity/validity.cpp", "#include \"harness/journal/trial.h\"\n"},
                  {"harness/commands/cli.cpp", "#include <CLI/CLI.hpp>\n"},
              }),
              IsEmpty());
}

TEST(LayeringRules, KeepWorkloadsFromSocketsThreadsClocksAndEverybodyElse) {
  for (const char* header :
       {"\"models/net.h\"", "\"harness/stats/histogram.h\"", "<thread>", "<sys/socket.h>", "<unistd.h>", "<pthread.h>",
        "<boost/asio.hpp>", "<fmt/format.h>", "<openssl/evp.h>", "\"session.h\""}) {
    EXPECT_THAT(broken_by("workloads/echo.cpp", std::string("\n#include ") + header + "\n"),
                ElementsAre(HasSubstr("workloads/echo.cpp:2 includes")))
        << header;
  }
  EXPECT_THAT(broken_by("workloads/http.cpp", "auto t = std::chrono::steady_clock::now();  // the date\n"),
              ElementsAre(HasSubstr("workloads/http.cpp:1 uses steady_clock")));
  EXPECT_THAT(broken_by("workloads/http.cpp", "if (fork() == 0) return;\n"), SizeIs(1));
}

TEST(LayeringRules, KeepModelsFromTheHarness) {
  EXPECT_THAT(broken_by("models/prefork.cpp", "#include \"harness/subjects/process.h\"\n"), SizeIs(1));
  EXPECT_THAT(broken_by("models/prefork.cpp", "#include <fmt/format.h>\n"), SizeIs(1));
  EXPECT_THAT(broken_by("models/prefork.cpp", "#include <nlohmann/json.hpp>\n"), SizeIs(1));
}

TEST(LayeringRules, KeepTheHarnessFromModels) {
  EXPECT_THAT(broken_by("harness/commands/list.cpp", "  #  include \"models/catalogue.h\"\n"),
              ElementsAre(HasSubstr("never a model")));
}

TEST(LayeringRules, KeepStatisticsAndValidityPure) {
  for (const char* header : {"\"harness/report/table.h\"", "\"harness/journal/writer.h\"", "<unistd.h>"}) {
    const std::string text = std::string("#include ") + header + "\n";
    EXPECT_THAT(broken_by("harness/stats/summary.cpp", text), SizeIs(1)) << header;
    EXPECT_THAT(broken_by("harness/validity/validity.cpp", text), SizeIs(1)) << header;
  }
  EXPECT_THAT(broken_by("harness/validity/validity.h", "#include \"harness/measure/cgroup.h\"\n"), SizeIs(1));
}

TEST(LayeringRules, KeepTheChecksOfTheSelfTestPure) {
  for (const char* header : {"\"harness/load/coordinator.h\"", "\"harness/subjects/server.h\"",
                             "\"harness/measure/cpu_time.h\"", "\"harness/experiment/trial_runner.h\"", "<poll.h>"}) {
    const std::string text = std::string("#include ") + header + "\n";
    EXPECT_THAT(broken_by("harness/selftest/stall_check.cpp", text), SizeIs(1)) << header;
    EXPECT_THAT(broken_by("harness/selftest/experiment.cpp", text), SizeIs(1)) << header;
    EXPECT_THAT(broken_by("harness/selftest/fault_runner.cpp", text), IsEmpty()) << header;
    EXPECT_THAT(broken_by("harness/selftest/experiment_runner.cpp", text), IsEmpty()) << header;
  }
  for (const char* plain : {"load/plan.h", "experiment/spec.h", "subjects/subject.h"}) {
    EXPECT_THAT(broken_by("harness/selftest/stall_check.h", std::string("#include \"harness/") + plain + "\"\n"),
                IsEmpty());
  }
}

TEST(LayeringRules, KeepTheJudgementOfTheDoctorPure) {
  for (const char* header :
       {"\"harness/measure/machine.h\"", "\"harness/measure/text_file.h\"", "\"harness/doctor/read_facts.h\"",
        "\"harness/subjects/builtin.h\"", "\"harness/report/terminal.h\"", "<unistd.h>"}) {
    const std::string text = std::string("#include ") + header + "\n";
    EXPECT_THAT(broken_by("harness/doctor/cpu.cpp", text), SizeIs(1)) << header;
    EXPECT_THAT(broken_by("harness/doctor/read_facts.cpp", text), IsEmpty()) << header;
  }
  for (const char* plain : {"<fmt/format.h>", "<vector>", "\"harness/doctor/words.h\"",
                            "\"harness/measure/machine_facts.h\"", "\"harness/validity/validity.h\""}) {
    EXPECT_THAT(broken_by("harness/doctor/cpu.cpp", std::string("#include ") + plain + "\n"), IsEmpty()) << plain;
  }
}

TEST(LayeringRules, KeepTheCommandLineParserInOneFile) {
  EXPECT_THAT(layering_violations({{"harness/commands/cli.cpp", "#include <CLI/CLI.hpp>\n"},
                                   {"harness/main.cpp", "#include <CLI/CLI.hpp>\n"}}),
              ElementsAre(HasSubstr("CLI/CLI.hpp")));
}

TEST(LayeringRules, KeepFilesShortAndModelsShorter) {
  const auto lines = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "\n";
    return text;
  };
  EXPECT_THAT(broken_by("harness/main.cpp", lines(400)), IsEmpty());
  EXPECT_THAT(broken_by("tests/harness/experiment/plan_test.cpp", lines(401)), SizeIs(1));
  EXPECT_THAT(broken_by("models/threads.cpp", lines(150)), IsEmpty());
  EXPECT_THAT(broken_by("models/threads.cpp", lines(151)), SizeIs(1));
  EXPECT_THAT(broken_by("models/net.cpp", lines(151)), IsEmpty());
  EXPECT_THAT(broken_by("models/subject/serve.cpp", lines(151)), IsEmpty());
}

TEST(LayeringRules, FindFilesThatPagesNameAndThatAreNotThere) {
  const auto exists = [](std::string_view path) {
    return path == "workloads/session.h" || path == "README.md" || path == "models";
  };
  EXPECT_THAT(missing_files({"README.md",
                             "`workloads/session.h`, [this](README.md), `models`, <https://x/y.md>, [x](https://y.z)\n"
                             "`models/NAME.cpp`, `models/<name>.cpp`, `workloads/session`, `curl 127.0.0.1`, "
                             "`application/json`, `./bakeoff`"},
                            exists),
              IsEmpty());
  EXPECT_THAT(
      missing_files({"CONTRIBUTING.md", "see\n`workloads/gone.h` and [x](gone.md), `cat models/gone.cpp`"}, exists),
      ElementsAre("CONTRIBUTING.md:2 names workloads/gone.h, which is not there", HasSubstr("gone.md"),
                  HasSubstr("models/gone.cpp")));
  // A page in a folder may name its neighbours.
  EXPECT_THAT(missing_files({"workloads/PROTOCOLS.md", "[x](session.h) `models`"}, exists), IsEmpty());
}

}  // namespace
}  // namespace bakeoff::layering
