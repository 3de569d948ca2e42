// Holds the arrows of the design: who may include whom, inside harness too, where no clock or socket may be, how long a
// file may be, and that every file which the pages name is there. Each rule is also tried on an example that breaks it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/layering/rules.h"
#include "tests/layering/tree.h"
#include "tests/text_file.h"

namespace bakeoff::layering {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::filesystem::path kRoot = BAKEOFF_SOURCE_DIR;

TEST(Layering, TheTreeKeepsTheArrows) {
  const auto broken = layering_violations(source_tree());
  EXPECT_TRUE(broken.empty()) << joined(broken);
}

TEST(Layering, EveryFileThatThePagesNameIsThere) {
  std::vector<std::string> pages{"README.md", "CONTRIBUTING.md"};
  for (const char* folder : {"workloads", "models", "harness", "tests", "reference"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / folder)) {
      const std::string page = std::filesystem::relative(entry.path(), kRoot).string();
      // A recorded report is not a page of ours.
      if (page.ends_with(".md") && page.find("/golden/good") == page.npos) pages.push_back(page);
    }
  }
  ASSERT_GT(pages.size(), 4U);
  for (const std::string& page : pages) {
    ASSERT_TRUE(std::filesystem::exists(kRoot / page)) << page;
    const auto missing = missing_files({page, test::contents_of(kRoot / page)},
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
                  {"harness/stats/compare.cpp", "#include <boost/math/distributions/binomial.hpp>\n#include <cmath>\n"},
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

TEST(LayeringRules, KeepTheOrderOfTheRoomsOfTheHarness) {
  const std::vector<std::vector<std::string>> floors{{"measure", "stats"},
                                                     {"input"},
                                                     {"journal"},
                                                     {"subjects", "validity"},
                                                     {"load"},
                                                     {"experiment"},
                                                     {"report"},
                                                     {"claims", "decide", "learn"},
                                                     {"selftest", "doctor"},
                                                     {"commands"}};
  const auto includes = [](const std::string& from, const std::string& to) {
    return broken_by("harness/" + from + "/x.cpp", "#include \"harness/" + to + "/y.h\"\n");
  };
  // These have rules of their own beside the order.
  const auto strict = [](const std::string& room) {
    return room == "stats" || room == "validity" || room == "selftest" || room == "doctor";
  };
  for (std::size_t upper = 0; upper < floors.size(); ++upper) {
    for (const std::string& high : floors[upper]) {
      EXPECT_THAT(includes(high, high), IsEmpty()) << high;
      for (std::size_t lower = 0; lower <= upper; ++lower) {
        for (const std::string& low : floors[lower]) {
          if (low == high) continue;
          EXPECT_THAT(includes(low, high), SizeIs(1)) << low << " -> " << high;
          if (lower < upper && !strict(high)) {
            EXPECT_THAT(includes(high, low), IsEmpty()) << high << " -> " << low;
          }
        }
      }
    }
  }
  EXPECT_THAT(includes("load", "gadgets"), ElementsAre(HasSubstr("gadgets is not in the order")));
  EXPECT_THAT(includes("gadgets", "load"), ElementsAre(HasSubstr("gadgets is not in the order")));
  EXPECT_THAT(broken_by("harness/report/load/series.cpp", "#include \"harness/commands/commands.h\"\n"), SizeIs(1));
  EXPECT_THAT(broken_by("harness/report/load/series.cpp", "#include \"harness/report/table.h\"\n"), IsEmpty());
  EXPECT_THAT(broken_by("harness/main.cpp", "#include \"harness/commands/commands.h\"\n"), IsEmpty());
  EXPECT_THAT(broken_by("harness/commands/version.cpp", "#include \"harness/version.h\"\n"), IsEmpty());
}

TEST(LayeringRules, KeepJsonLibrariesOutOfHeadersAndSimdjsonInOneFile) {
  const std::string nlohmann = "#include <nlohmann/json.hpp>\n", simdjson = "#include <simdjson.h>\n";
  EXPECT_THAT(broken_by("harness/journal/json.h", nlohmann), SizeIs(1));
  EXPECT_THAT(broken_by("harness/journal/json.h", simdjson), SizeIs(1));
  EXPECT_THAT(broken_by("harness/report/json.cpp", nlohmann), IsEmpty());
  EXPECT_THAT(broken_by("harness/report/json.cpp", simdjson), SizeIs(1));
  EXPECT_THAT(broken_by("harness/journal/json_read.cpp", simdjson), IsEmpty());
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
  for (const char* plain :
       {"<fmt/format.h>", "<vector>", "\"harness/doctor/finding_list.h\"", "\"harness/measure/machine_facts.h\"",
        "\"harness/validity/validity.h\"", "\"harness/subjects/needed_program.h\""}) {
    EXPECT_THAT(broken_by("harness/doctor/cpu.cpp", std::string("#include ") + plain + "\n"), IsEmpty()) << plain;
  }
  for (const char* text :
       {"\"harness/report/terminal.h\"", "\"harness/report/text_layout.h\"", "<nlohmann/json.hpp>"}) {
    EXPECT_THAT(broken_by("harness/doctor/findings_text.cpp", std::string("#include ") + text + "\n"), IsEmpty())
        << text;
  }
  for (const char* other : {"\"harness/report/table.h\"", "\"harness/subjects/builtin.h\"", "<unistd.h>"}) {
    EXPECT_THAT(broken_by("harness/doctor/findings_text.cpp", std::string("#include ") + other + "\n"), SizeIs(1))
        << other;
  }
}

TEST(LayeringRules, KeepTheCommandLineParserInOneFile) {
  EXPECT_THAT(layering_violations({{"harness/commands/cli.cpp", "#include <CLI/CLI.hpp>\n"},
                                   {"harness/main.cpp", "#include <CLI/CLI.hpp>\n"}}),
              ElementsAre(HasSubstr("CLI/CLI.hpp")));
  EXPECT_THAT(broken_by("harness/commands/cli.cpp", "#include \"harness/commands/cli_options.h\"\n"), IsEmpty());
  EXPECT_THAT(broken_by("harness/commands/list.cpp", "#include \"harness/commands/cli_options.h\"\n"), SizeIs(1));
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
