// Every vector of PROTOCOLS.md against our own sessions, however its bytes are cut up.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "tests/workloads/conversation.h"
#include "tests/workloads/vectors.h"

namespace bakeoff::workloads {
namespace {

std::vector<Vector> all_vectors() {
  return read_vectors(BAKEOFF_SOURCE_DIR "/workloads/PROTOCOLS.md");
}

class Vectors : public testing::TestWithParam<std::tuple<Vector, StoreKind>> {
 protected:
  const Vector& vector() const { return std::get<0>(GetParam()); }

  /// Has every exchange of the vector with a new service; `say` chooses how the bytes are cut.
  template <class Say>
  void converse(Say&& say) {
    const auto service = make_service(vector().workload, std::get<1>(GetParam()), vector().message_bytes);
    Conversation conversation(*service);
    for (const Vector::Exchange& exchange : vector().exchanges) {
      ASSERT_FALSE(conversation.closed());
      EXPECT_EQ(say(conversation, exchange.request), exchange.reply);
    }
    EXPECT_EQ(conversation.closed(), vector().closes);
  }
};

TEST_P(Vectors, HoldWhenTheRequestArrivesWhole) {
  converse([](Conversation& server, std::string_view request) { return server.say(request); });
}

TEST_P(Vectors, HoldWhenTheRequestArrivesByteByByte) {
  converse([](Conversation& server, std::string_view request) { return server.say_byte_by_byte(request); });
}

TEST_P(Vectors, HoldForRandomPieces) {
  std::mt19937 random(20261121);
  for (int round = 0; round < 50; ++round) {
    const auto size = [&] { return std::uniform_int_distribution<std::size_t>(1, 40)(random); };
    converse([&](Conversation& server, std::string_view request) { return server.say_in_pieces(request, size); });
  }
}

/// Vectors that send everything before they read.
class VectorsOfOneExchange : public Vectors {};

TEST_P(VectorsOfOneExchange, HoldWhereverTheyAreCutInTwo) {
  const std::string& request = vector().exchanges[0].request;
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    const auto service = make_service(vector().workload, std::get<1>(GetParam()), vector().message_bytes);
    Conversation conversation(*service);
    std::string replies = conversation.say(std::string_view(request).substr(0, cut));
    if (!conversation.closed()) replies += conversation.say(std::string_view(request).substr(cut));
    EXPECT_EQ(replies, vector().exchanges[0].reply) << "cut at " << cut;
  }
}

/// Vectors after which the connection stays open.
class VectorsThatGoOn : public Vectors {};

TEST_P(VectorsThatGoOn, HoldWithTheBeginningOfAnotherRequestBehindThem) {
  const auto [beginning, rest, reply] = [&]() -> std::tuple<std::string, std::string, std::string> {
    if (vector().workload == "http") {
      return {"GET /id/5 HT", "TP/1.1\r\nHost: a\r\n\r\n", http_reply("200 OK", "5")};
    }
    if (vector().workload == "counter") return {"*2\r\n$4\r\nECHO\r\n$5\r\nta", "il!\r\n", "$5\r\ntail!\r\n"};
    const std::string message(vector().message_bytes, 'm');
    return {message.substr(1), "m", message};
  }();
  const auto service = make_service(vector().workload, std::get<1>(GetParam()), vector().message_bytes);
  Conversation conversation(*service);
  EXPECT_EQ(conversation.say(vector().exchanges[0].request + beginning), vector().exchanges[0].reply);
  EXPECT_EQ(conversation.say(rest), reply);
}

std::string name_of(const testing::TestParamInfo<Vectors::ParamType>& info) {
  std::string name = std::get<0>(info.param).name;
  const char* const kinds[] = {"unshared", "locked", "process_shared"};
  name += std::string("_") + kinds[static_cast<std::size_t>(std::get<1>(info.param))];
  std::replace_if(
      name.begin(), name.end(), [](char byte) { return !std::isalnum(static_cast<unsigned char>(byte)); }, '_');
  return name;
}

/// The vectors for which `wanted` holds; those of the counter with every store, the others have none.
template <class Wanted>
std::vector<Vectors::ParamType> parameters(Wanted&& wanted) {
  std::vector<Vectors::ParamType> parameters;
  for (const Vector& vector : all_vectors()) {
    if (!wanted(vector)) continue;
    parameters.emplace_back(vector, StoreKind::unshared);
    if (vector.workload != "counter") continue;
    parameters.emplace_back(vector, StoreKind::locked);
    parameters.emplace_back(vector, StoreKind::process_shared);
  }
  return parameters;
}

bool any(const Vector& /*vector*/) {
  return true;
}
bool has_one_exchange(const Vector& vector) {
  return vector.exchanges.size() == 1;
}
bool goes_on(const Vector& vector) {
  return has_one_exchange(vector) && !vector.closes && vector.message_bytes > 1;
}

INSTANTIATE_TEST_SUITE_P(Page, Vectors, testing::ValuesIn(parameters(any)), name_of);
INSTANTIATE_TEST_SUITE_P(Page, VectorsOfOneExchange, testing::ValuesIn(parameters(has_one_exchange)), name_of);
INSTANTIATE_TEST_SUITE_P(Page, VectorsThatGoOn, testing::ValuesIn(parameters(goes_on)), name_of);

TEST(ProtocolPage, HasVectorsForEveryWorkloadAndNoNameTwice) {
  std::set<std::string> names;
  std::set<std::string> workloads_seen;
  for (const Vector& vector : all_vectors()) {
    EXPECT_TRUE(names.insert(vector.name).second) << vector.name;
    workloads_seen.insert(vector.workload);
  }
  for (const WorkloadEntry& entry : workload_entries()) EXPECT_TRUE(workloads_seen.contains(std::string(entry.name)));
}

}  // namespace

void PrintTo(const Vector& vector, std::ostream* out) {
  *out << vector.name;
}

}  // namespace bakeoff::workloads
