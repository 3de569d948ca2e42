// Every allocation in turn fails, as SQLite tests itself (https://www.sqlite.org/malloc.html): the first, the second,
// and so on, until a run comes through without one that fails. After each failure nothing has crashed and nothing has
// leaked, and what is done next succeeds.
#include <gtest/gtest.h>

#include <functional>
#include <new>
#include <string>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/input/toml_section.h"
#include "harness/report/csv.h"
#include "harness/report/latex.h"
#include "harness/report/markdown.h"
#include "harness/report/terminal.h"
#include "tests/fuzz/counted_new.h"
#include "tests/harness/fixtures/report_fixture.h"
#include "tests/harness/fixtures/small_inventory.h"
#include "tests/text_file.h"
#include "tests/workloads/conversation.h"

namespace bakeoff::fuzz {
namespace {

/// How many allocations `run` makes, each of which has failed once, but for the first `spared`. `run` returns what
/// tells a right run from a wrong one.
std::uint64_t fail_each(const std::function<std::string()>& run, std::uint64_t spared = 0) {
  // What is made once and kept (tables, a parser's memory) is made now.
  const std::string right = run();
  std::uint64_t nth = spared;
  for (bool failed = true; failed;) {
    ++nth;
    const std::int64_t before = live_allocations();
    bool thrown = false;
    std::size_t same = 0;
    fail_allocation(nth);
    try {
      same = run() == right ? 1 : 0;
    } catch (const std::bad_alloc&) {
      thrown = true;
    }
    failed = has_failed();
    fail_allocation(0);
    if (live_allocations() != before) {
      ADD_FAILURE() << live_allocations() - before << " allocations leak where number " << nth << " fails";
      return nth;
    }
    // A failure that does not show may not change what comes of it: std::stable_sort() does without its memory.
    if (!thrown && same == 0) {
      ADD_FAILURE() << "where allocation " << nth << " fails, another answer is given";
      return nth;
    }
  }
  EXPECT_EQ(run(), right);
  return nth - 1;
}

struct Conversing {
  std::string workload, request;
};

class AllocationFailure : public testing::TestWithParam<Conversing> {};

/// A conversation of the load's, as a text that tells a right one from a wrong one.
std::string converse(workloads::Service& service, const Conversing& how) {
  constexpr std::uint64_t kRequests = 12, kDepth = 4;
  workloads::Conversation server(service);
  const auto client = workloads::find_workload(how.workload)->make_client({.request = how.request});
  const workloads::Heard heard = talk(*client, server, kRequests, kDepth);
  return std::to_string(heard.completed) + " " + std::to_string(heard.wrong + heard.error_replies);
}

TEST_P(AllocationFailure, InAConversationEndsThatConnectionOnly) {
  const auto made = fail_each([] {
    const auto service = workloads::make_service(GetParam().workload);
    try {
      converse(*service, GetParam());
    } catch (const std::bad_alloc&) {
      // The connection is gone; the next one is served.
    }
    return converse(*service, GetParam());
  });
  EXPECT_GT(made, 5U);
}

TEST_P(AllocationFailure, InAVerifierEndsThatConnectionOnly) {
  fail_each([] {
    const auto service = workloads::make_service(GetParam().workload);
    workloads::Conversation server(*service);
    const auto client = workloads::find_workload(GetParam().workload)->make_verifier({.request = GetParam().request});
    return std::to_string(talk(*client, server, UINT64_MAX).wrong);
  });
}

INSTANTIATE_TEST_SUITE_P(Every, AllocationFailure,
                         testing::Values(Conversing{"echo", ""}, Conversing{"http", "/id/{k}"},
                                         Conversing{"http", "/file/{zipf:3,0.5}"}, Conversing{"http", "/calls/2/{k}"},
                                         Conversing{"counter", "set/k"}, Conversing{"counter", "kv/10,0.5,0.9"}),
                         [](const auto& one) { return one.param.workload + std::to_string(one.index); });

TEST(AllocationFailureOfReaders, InAnExperimentFileIsToldAsOne) {
  const subjects::Inventory inventory = test::small_inventory();
  const std::string toml =
      test::contents_of(std::string(BAKEOFF_SOURCE_DIR) + "/tests/fuzz/seeds/experiment/small.toml");
  // toml++ ends the program where its parser has no memory: its functions are noexcept.
  const std::uint64_t before = allocations();
  input::parse_toml(toml, "small.toml");
  const std::uint64_t parsing = allocations() - before;
  const auto made = fail_each(
      [&] { return std::to_string(experiment::parse_spec(toml, "small.toml", inventory).tables.size()); }, parsing);
  EXPECT_GT(made, parsing + 50);
}

struct Written {
  std::string name;
  std::string (*write)(const report::Report&);
};

/// Not JSON: the destructor of nlohmann-json's values allocates, and is noexcept.
class AllocationFailureOfReports : public testing::TestWithParam<Written> {};

TEST_P(AllocationFailureOfReports, IsToldAndLeavesNothing) {
  std::vector<journal::Trial> rows = test::http_rows(2);
  const report::Report report = report::build_report(rows, test::report_info());
  const auto made = fail_each([&] { return GetParam().write(report); });
  EXPECT_GT(made, 10U);
}

INSTANTIATE_TEST_SUITE_P(
    Every, AllocationFailureOfReports,
    testing::Values(Written{"terminal", [](const report::Report& report) { return report::terminal_report(report); }},
                    Written{"md", [](const report::Report& report) { return report::markdown_report(report); }},
                    Written{"csv", report::csv_report}, Written{"tex", report::latex_report}),
    [](const auto& one) { return one.param.name; });

TEST(AllocationFailureOfTables, InTheMakingOfTheTables) {
  const std::vector<journal::Trial> rows = test::http_rows(2);
  const report::ReportInfo info = test::report_info();
  fail_each([&] { return std::to_string(report::build_report(rows, info).tables.size()); });
}

}  // namespace
}  // namespace bakeoff::fuzz
