// bakeoff syscalls, on models whose calls for a request are known from their code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/subjects/find_program.h"
#include "harness/subjects/manifest.h"
#include "harness/subjects/scratch_folder.h"
#include "tests/e2e/program.h"
#include "tests/text_file.h"

namespace bakeoff::e2e {
namespace {

using nlohmann::json;
using testing::HasSubstr;

double calls_of(const json& table, const std::string& call, const std::string& subject) {
  for (const json& row : table.at("rows")) {
    if (row.at("subject") == call && row.at("cells").contains(subject)) return row.at("cells").at(subject).at("value");
  }
  return 0;
}

TEST(Syscalls, OfALoopAndAPoolAreOneReceiveAndOneSendPerRequestAndThePoolsTwoMore) {
  if (subjects::find_program("strace").empty()) GTEST_SKIP() << "strace is not installed (apt install strace)";
  const auto result = bakeoff_call({"syscalls", "event-loop,request-pool", "echo", "-c", "8", "--format", "json"});
  if (result.status == 1 && result.errors.find("Operation not permitted") != std::string::npos) {
    GTEST_SKIP() << "this user may not trace: " << result.errors;
  }
  ASSERT_EQ(result.status, 0) << result.errors;
  const json table = json::parse(result.output).at("tables").at(0);
  for (const char* subject : {"event-loop", "request-pool"}) {
    // At the ends of the window some are counted of requests that are not, and the other way round.
    EXPECT_NEAR(calls_of(table, "sendto", subject), 1, 0.1) << subject;
  }
  EXPECT_NEAR(calls_of(table, "epoll_ctl", "request-pool"), 1, 0.1);
  EXPECT_LT(calls_of(table, "epoll_ctl", "event-loop"), 0.1);
}

TEST(Syscalls, OfAServerThatWantsAWarmUpAreThoseOfItsRequestsAlone) {
  if (subjects::find_program("strace").empty()) GTEST_SKIP() << "strace is not installed (apt install strace)";
  if (!std::filesystem::exists("/usr/bin/python3")) GTEST_SKIP() << "python3 is not installed";
  const subjects::ScratchFolder folder;
  for (const char* name : {"back_end.py", "facts.py", "server.py"}) {
    std::filesystem::copy_file(std::filesystem::path(BAKEOFF_SOURCE_DIR "/reference/runtimes/python") / name,
                               folder.path() / name);
  }
  test::write_text(folder.path() / "subject.toml", R"(name = "warmed"
like = "threads"
says_ready = true
warmup_s = 1
start = ["@python@", "server.py", "threads", "@workload@", "--port", "@port@"]
[needs]
python = { package = "python3", names = ["python3"], folders = ["/usr/bin"] }
[files]
"facts.py" = "facts.py"
"back_end.py" = "back_end.py"
"server.py" = "server.py"
[serves]
echo = ["*"]
)");
  const auto result = bakeoff_call({"syscalls", folder.path().string(), "echo", "-c", "8", "--format", "json"});
  if (result.status == 1 && result.errors.find("Operation not permitted") != std::string::npos) {
    GTEST_SKIP() << "this user may not trace: " << result.errors;
  }
  ASSERT_EQ(result.status, 0) << result.errors;
  const json table = json::parse(result.output).at("tables").at(0);
  EXPECT_NEAR(calls_of(table, "recvfrom", "warmed"), 1, 0.1) << "counted with a warm-up, it was several";
}

TEST(Syscalls, OfWhatCannotServeIsOneLine) {
  const auto result = bakeoff_call({"syscalls", "event-loop,nosuch", "echo"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.errors, HasSubstr("nosuch"));
  EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
}

}  // namespace
}  // namespace bakeoff::e2e
