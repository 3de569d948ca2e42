#include "harness/journal/load_shape.h"

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "harness/journal/trial_json.h"

namespace bakeoff::journal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A row with these params, read and written again.
std::string written_again(const std::string& params) {
  const std::string row = R"({"schema":1,"trial_id":"x","params":)" + params + "}";
  const std::string line = trial_to_json(trial_from_json(row));
  const std::size_t begin = line.find("\"params\":") + 9;
  return line.substr(begin, line.find('}', begin) + 1 - begin);
}

TEST(LoadShape, HasOneWordInARowForTheKindOfTheTrialAndTheLoopOfItsLoad) {
  for (const char* word : {"closed", "open", "job", "probe"}) {
    const std::string params = std::string(R"({"load":")") + word + R"("})";
    EXPECT_EQ(load_word(trial_from_json(R"({"schema":1,"trial_id":"x","params":)" + params + "}").params), word);
  }
  Params params;
  EXPECT_EQ(load_word(params), "closed");
  params.load.rate_rps = 1;
  EXPECT_EQ(load_word(params), "open");
  params.kind = TrialKind::job;
  EXPECT_EQ(load_word(params), "job");
}

TEST(LoadShape, OfARowIsFlatAndItsFieldsKeepTheirOrder) {
  for (
      const std::string params : {
          R"({"load":"job","units":2,"job_size":77})",
          R"({"load":"queue","units":2})",
          R"({"load":"closed","connections":64,"pipeline":1,"message_bytes":64,"units":2})",
          R"({"load":"closed","connections":64,"pipeline":1,"request":"/","idle":9,"idle_asks":true})",
          R"({"load":"open","connections":64,"pipeline":1,"rate_rps":5.0,"arrivals":"constant","slow_senders":3})",
          R"({"load":"open","rate_rps":5.0,"ramp_to_rps":6.0,"arrivals":"poisson","spin":true,"churn":true})",
          R"({"load":"closed","connections":64,"churn":true,"think_us":"exponential:100000","idle":9})",
          R"({"load":"open","connections":64,"rate_rps":500.0,"arrivals":"poisson","session_requests":"geometric:5","think_us":"fixed:9"})",
      }) {
    EXPECT_EQ(written_again(params), params);
  }
}

TEST(Transport, IsInARowOnlyWhereItIsNotTcp) {
  const std::string params = R"({"load":"closed","connections":64,"pipeline":1,"transport":"unix"})";
  EXPECT_EQ(written_again(params), params);
  EXPECT_THAT(written_again(R"({"load":"closed","connections":64,"pipeline":1})"),
              testing::Not(HasSubstr("transport")));
  EXPECT_THROW(written_again(R"({"load":"closed","transport":"udp"})"), std::exception);
  const Params tcp, socket{.transport = Transport::unix_socket};
  ASSERT_EQ(differences(tcp, socket).size(), 1U);
  EXPECT_EQ(differences(tcp, socket).front().name, "transport");
}

TEST(LoadShape, OfAnOpenLoadWithoutARateStaysOpenAndWithoutARate) {
  const std::string again = written_again(R"({"load":"open","connections":64})");
  EXPECT_THAT(again, HasSubstr(R"("load":"open")"));
  EXPECT_THAT(again, testing::Not(HasSubstr("rate_rps")));
}

TEST(LoadShape, OfAWordThatThisVersionDoesNotKnowIsRefused) {
  try {
    written_again(R"({"load":"burst"})");
    FAIL() << "taken";
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "params.load: found \"burst\", expected closed, open, job, probe, queue or startup");
  }
}

TEST(LoadShape, DiffersByTheNamesOfARow) {
  Params one, other;
  one.load = {.connections = 64};
  other.load = {.connections = 128, .rate_rps = 5, .poisson = true};
  std::vector<std::string> names;
  for (const fields::Difference& difference : differences(one, other)) names.emplace_back(difference.name);
  EXPECT_THAT(names, ElementsAre("load", "connections", "rate_rps", "arrivals"));
}

TEST(LoadShape, CountsTheConnectionsThatAServerHolds) {
  LoadShape load{.connections = 10, .idle = 100, .slow_senders = 3, .slow_readers = 2};
  EXPECT_EQ(load.connections_beside(), 105U);
  EXPECT_EQ(load.all_connections(), 115U);
  EXPECT_EQ(load.connections_at_once(), 115U);
  load.churn = true;
  EXPECT_EQ(load.connections_at_once(), 118U) << "a quarter of the load's own more, rounded up";
}

}  // namespace
}  // namespace bakeoff::journal
