// The three protocols of the back end, seen from its client: what is sent, and what is made of what comes, byte for
// byte and however it is cut.
#include "workloads/back_end.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::workloads {
namespace {

using namespace std::string_literals;
using BackEndHeard = BackEndSession::Heard;

/// A message of PostgreSQL: its type, the length of the rest with the length itself, the rest.
std::string pg(char type, std::string_view body) {
  const std::size_t size = body.size() + 4;
  std::string message(1, type);
  for (const int shift : {24, 16, 8, 0}) message.push_back(static_cast<char>(size >> shift & 0xff));
  return message.append(body);
}

/// A row with these columns; nullptr is a null.
std::string pg_row(const std::vector<const char*>& columns) {
  std::string body{'\0', static_cast<char>(columns.size())};
  for (const char* column : columns) {
    const std::size_t size = column == nullptr ? 0 : std::string_view(column).size();
    for (const int shift : {24, 16, 8, 0}) {
      body.push_back(column == nullptr ? '\xff' : static_cast<char>(size >> shift & 0xff));
    }
    if (column != nullptr) body.append(column);
  }
  return pg('D', body);
}

const std::string kPgParsed = pg('1', ""), kPgBound = pg('2', ""), kPgCompleted = pg('C', "SELECT 1\0"s),
                  kPgReady = pg('Z', "I"),
                  kPgError = pg('E', "SERROR\0C42P01\0Mrelation \"items\" does not exist\0\0"s);
const std::string kPgGreeting = pg('R', "\0\0\0\0"s) +
                                pg('S',
                                   "server_version\0"
                                   "15.1\0"s) +
                                pg('K', "\0\0\0\1\0\0\0\2"s) + kPgReady;

std::string pg_rows(const std::vector<std::vector<const char*>>& rows) {
  std::string reply = kPgParsed + kPgBound;
  for (const auto& row : rows) reply += pg_row(row);
  return reply + kPgCompleted + kPgReady;
}

std::string http_answer(std::string_view status, std::string_view body, std::string_view more = "") {
  return "HTTP/1.1 " + std::string(status) + "\r\nServer: other\r\n" + std::string(more) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// What a back end of that protocol says to an item with this value.
std::string answer_with(BackEndProtocol protocol, const std::string& value) {
  switch (protocol) {
    case BackEndProtocol::http:
      return http_answer("200 OK", value);
    case BackEndProtocol::redis:
      return "$" + std::to_string(value.size()) + "\r\n" + value + "\r\n";
    case BackEndProtocol::postgres:
      break;
  }
  return pg_rows({{value.c_str()}});
}

/// A session, and the conversation so far.
class Asking {
 public:
  /// Past the greeting, where there is one.
  explicit Asking(BackEndProtocol protocol) : session(make_back_end_session(protocol)) {
    session->greet(sent);
    if (protocol == BackEndProtocol::postgres) session->consume(kPgGreeting);
    EXPECT_TRUE(session->is_ready());
  }

  std::string ask(std::uint64_t item) {
    std::string request;
    session->ask(item, request);
    return request;
  }

  /// Gives the session pieces of that size, each in memory of its own; what the last one was taken for.
  BackEndHeard hear(std::string_view bytes, std::size_t piece = std::string_view::npos) {
    for (;;) {
      const std::vector<char> part(bytes.begin(),
                                   bytes.begin() + static_cast<std::ptrdiff_t>(std::min(piece, bytes.size())));
      bytes.remove_prefix(part.size());
      const BackEndHeard heard = session->consume({part.data(), part.size()});
      if (bytes.empty()) return heard;
      EXPECT_EQ(heard, BackEndHeard::more) << bytes.size() << " bytes before the end";
      if (heard != BackEndHeard::more) return heard;
    }
  }

  std::unique_ptr<BackEndSession> session;
  std::string sent;
};

struct Protocol {
  const char* name;
  BackEndProtocol protocol;
};
std::ostream& operator<<(std::ostream& out, const Protocol& protocol) {
  return out << protocol.name;
}

class BackEndSessions : public testing::TestWithParam<Protocol> {
 protected:
  BackEndProtocol protocol() const { return GetParam().protocol; }
  /// What comes of a reply to the first question.
  BackEndHeard first(const std::string& reply) const {
    Asking asking(protocol());
    asking.ask(7);
    return asking.hear(reply);
  }
};

TEST_P(BackEndSessions, TakeAnswersHoweverTheBytesAreCut) {
  for (const std::size_t piece : {1, 2, 3, 5, 7, 11, 13, 64, 10'000}) {
    Asking asking(protocol());
    for (const char* value : {"7", "9999", "", "0", "a value with spaces\r\n"}) {
      asking.ask(7);
      EXPECT_EQ(asking.hear(answer_with(protocol(), value), piece), BackEndHeard::answer) << piece;
      EXPECT_EQ(asking.session->answer(), value) << piece;
      EXPECT_FALSE(asking.session->closes());
    }
  }
}

TEST_P(BackEndSessions, TakeAnAnswerCutInTwoAtAnyPlace) {
  Asking asking(protocol());
  const std::string reply = answer_with(protocol(), "1234");
  for (std::size_t cut = 1; cut < reply.size(); ++cut) {
    asking.ask(1234);
    ASSERT_EQ(asking.hear(std::string_view(reply).substr(0, cut)), BackEndHeard::more) << cut;
    ASSERT_EQ(asking.hear(std::string_view(reply).substr(cut)), BackEndHeard::answer) << cut;
    ASSERT_EQ(asking.session->answer(), "1234") << cut;
  }
}

TEST_P(BackEndSessions, ThatGetMoreThanTheAnswerAreBroken) {
  EXPECT_EQ(first(answer_with(protocol(), "7") + "x"), BackEndHeard::broken);
  EXPECT_EQ(first(answer_with(protocol(), "7") + answer_with(protocol(), "8")), BackEndHeard::broken);
  Asking asking(protocol());  // Where the reply is like the one before.
  asking.ask(7);
  EXPECT_EQ(asking.hear(answer_with(protocol(), "7")), BackEndHeard::answer);
  asking.ask(8);
  EXPECT_EQ(asking.hear(answer_with(protocol(), "8") + "x"), BackEndHeard::broken);
}

TEST_P(BackEndSessions, TakeAnAnswerOf64KibibytesAndNoLongerOne) {
  for (const std::size_t piece : {std::size_t{4096}, std::size_t{1} << 20}) {
    Asking asking(protocol());
    for (int i = 0; i < 2; ++i) {
      asking.ask(7);
      EXPECT_EQ(asking.hear(answer_with(protocol(), std::string(kLongestAnswer, 'v')), piece), BackEndHeard::answer);
      EXPECT_EQ(asking.session->answer().size(), kLongestAnswer);
    }
    asking.ask(7);
    EXPECT_EQ(asking.hear(answer_with(protocol(), std::string(kLongestAnswer + 1, 'v')), piece), BackEndHeard::broken);
  }
  EXPECT_EQ(first(answer_with(protocol(), std::string(kLongestAnswer + 1, 'v'))), BackEndHeard::broken);
}

TEST_P(BackEndSessions, AreBrokenByNonsense) {
  for (const std::string& nonsense :
       {"\xff\xfe\xfd\xfc\xfb\xfa\xf9\r\n"s, "nonsense\r\n\r\n"s, "\0\0\0\0\0\0\0\0\r\n"s}) {
    EXPECT_EQ(first(nonsense), BackEndHeard::broken) << nonsense;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, BackEndSessions,
                         testing::Values(Protocol{"http", BackEndProtocol::http},
                                         Protocol{"redis", BackEndProtocol::redis},
                                         Protocol{"postgres", BackEndProtocol::postgres}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(HttpBackEnd, IsAskedByAGetAndGreetedByNothing) {
  Asking asking(BackEndProtocol::http);
  EXPECT_EQ(asking.sent, "");
  EXPECT_EQ(asking.ask(7), "GET /id/7 HTTP/1.1\r\nHost: back-end\r\n\r\n");
}

TEST(HttpBackEnd, HasNoValueUnlessItsStatusIs200) {
  for (const char* status :
       {"404 Not Found", "500 Internal Server Error", "204 No Content", "201 Created", "302 Found"}) {
    Asking asking(BackEndProtocol::http);
    asking.ask(7);
    EXPECT_EQ(asking.hear(http_answer(status, "")), BackEndHeard::no_value) << status;
  }
  Asking asking(BackEndProtocol::http);
  asking.ask(7);
  EXPECT_EQ(asking.hear(http_answer("200 OK", "7")), BackEndHeard::answer);
  asking.ask(8);
  EXPECT_EQ(asking.hear(http_answer("404 Not Found", "8")), BackEndHeard::no_value) << "after an answer";
}

TEST(HttpBackEnd, SaysWhetherItClosesTheConnection) {
  for (const std::string& reply :
       {http_answer("200 OK", "7", "Connection: close\r\n"), "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n7"s}) {
    Asking asking(BackEndProtocol::http);
    asking.ask(6);
    EXPECT_EQ(asking.hear(http_answer("200 OK", "6")), BackEndHeard::answer);
    EXPECT_FALSE(asking.session->closes());
    asking.ask(7);
    EXPECT_EQ(asking.hear(reply), BackEndHeard::answer);
    EXPECT_EQ(asking.session->answer(), "7");
    EXPECT_TRUE(asking.session->closes()) << reply;
  }
}

TEST(HttpBackEnd, MayAnswerInChunksAndAfterAnInterimReply) {
  Asking asking(BackEndProtocol::http);
  for (int i = 0; i < 2; ++i) {
    asking.ask(7);
    EXPECT_EQ(asking.hear("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n12\r\n1\r\n3\r\n0\r\n\r\n", 5),
              BackEndHeard::answer);
    EXPECT_EQ(asking.session->answer(), "123");
    asking.ask(7);
    EXPECT_EQ(asking.hear("HTTP/1.1 103 Early Hints\r\n\r\n" + http_answer("200 OK", "7"), 5), BackEndHeard::answer);
    EXPECT_EQ(asking.session->answer(), "7");
  }
}

TEST(HttpBackEnd, IsBrokenWhereNothingSaysHowLongTheAnswerIs) {
  Asking asking(BackEndProtocol::http);
  asking.ask(7);
  EXPECT_EQ(asking.hear("HTTP/1.1 200 OK\r\n\r\n7"), BackEndHeard::broken);
}

TEST(RedisBackEnd, IsAskedByAnArrayAndGreetedByNothing) {
  Asking asking(BackEndProtocol::redis);
  EXPECT_EQ(asking.sent, "");
  EXPECT_EQ(asking.ask(7), "*2\r\n$3\r\nGET\r\n$6\r\nitem:7\r\n");
  EXPECT_EQ(asking.hear("$1\r\n7\r\n"), BackEndHeard::answer);
  EXPECT_EQ(asking.ask(9999), "*2\r\n$3\r\nGET\r\n$9\r\nitem:9999\r\n");
}

TEST(RedisBackEnd, HasNoValueUnlessItAnswersWithABulk) {
  for (const char* reply :
       {"$-1\r\n", "*-1\r\n", "-ERR unknown command\r\n", "+OK\r\n", ":7\r\n", "*1\r\n$1\r\n7\r\n"}) {
    for (const std::size_t piece : {1, 100}) {
      Asking asking(BackEndProtocol::redis);
      asking.ask(7);
      EXPECT_EQ(asking.hear(reply, piece), BackEndHeard::no_value) << reply;
    }
  }
}

TEST(PostgresBackEnd, IsGreetedAsTheUserBakeoff) {
  const auto session = make_back_end_session(BackEndProtocol::postgres);
  std::string greeting;
  session->greet(greeting);
  EXPECT_EQ(greeting, "\0\0\0\x27\0\3\0\0user\0bakeoff\0database\0bakeoff\0\0"s);
  EXPECT_FALSE(session->is_ready());
}

TEST(PostgresBackEnd, IsReadyWhenItSaysSoHoweverTheBytesAreCut) {
  for (const std::size_t piece : {1, 3, 8, 1000}) {
    const auto session = make_back_end_session(BackEndProtocol::postgres);
    std::string ignored;
    session->greet(ignored);
    for (std::size_t at = 0; at < kPgGreeting.size(); at += piece) {
      EXPECT_FALSE(session->is_ready());
      const bool last = at + piece >= kPgGreeting.size();
      EXPECT_EQ(session->consume(kPgGreeting.substr(at, piece)), last ? BackEndHeard::ready : BackEndHeard::more);
    }
    EXPECT_TRUE(session->is_ready());
  }
}

TEST(PostgresBackEnd, ParsesTheStatementOncePerConnection) {
  Asking asking(BackEndProtocol::postgres);
  const std::string rest = "E\0\0\0\x09\0\0\0\0\0S\0\0\0\4"s;
  EXPECT_EQ(asking.ask(7), "P\0\0\0\x31item\0SELECT value FROM items WHERE id = $1\0\0\0"s +
                               "B\0\0\0\x15\0item\0\0\0\0\1\0\0\0\1"s + "7\0\0"s + rest);
  EXPECT_EQ(asking.hear(pg_rows({{"7"}})), BackEndHeard::answer);
  EXPECT_EQ(asking.ask(9999), "B\0\0\0\x18\0item\0\0\0\0\1\0\0\0\4"s + "9999\0\0"s + rest);
}

TEST(PostgresBackEnd, HasNoValueUnlessThereIsOneRowOfOneColumn) {
  const std::string no_table = kPgError + kPgReady;
  const std::string failed_behind_the_row = kPgParsed + kPgBound + pg_row({"7"}) + kPgError + kPgReady;
  for (const std::string& reply : {pg_rows({}), pg_rows({{"7"}, {"7"}}), pg_rows({{"7", "7"}}), pg_rows({{nullptr}}),
                                   pg_rows({std::vector<const char*>()}), no_table, failed_behind_the_row}) {
    for (const std::size_t piece : {1, 1000}) {
      Asking asking(BackEndProtocol::postgres);
      asking.ask(7);
      EXPECT_EQ(asking.hear(reply, piece), BackEndHeard::no_value) << testing::PrintToString(reply);
    }
  }
}

TEST(PostgresBackEnd, IsBrokenByAnErrorOrAPasswordBeforeItIsReady) {
  for (const std::string& reply : {pg('E', "SFATAL\0Mrole \"bakeoff\" does not exist\0\0"s), pg('R', "\0\0\0\3"s),
                                   pg('R', "\0\0\0\x0aSCRAM-SHA-256\0\0"s), pg('R', "\0\0"s)}) {
    const auto session = make_back_end_session(BackEndProtocol::postgres);
    std::string ignored;
    session->greet(ignored);
    EXPECT_EQ(session->consume(reply), BackEndHeard::broken) << testing::PrintToString(reply);
    EXPECT_FALSE(session->is_ready());
  }
}

TEST(PostgresBackEnd, MaySendNoticesAndParametersAtAnyTime) {
  Asking asking(BackEndProtocol::postgres);
  EXPECT_EQ(asking.hear(pg('S', "TimeZone\0UTC\0"s) + pg('N', "SNOTICE\0Mhello\0\0"s)), BackEndHeard::more)
      << "while it is idle";
  asking.ask(7);
  EXPECT_EQ(asking.hear(kPgParsed + pg('N', "SNOTICE\0\0"s) + kPgBound + pg_row({"7"}) + pg('S', "a\0b\0"s) +
                            kPgCompleted + kPgReady,
                        3),
            BackEndHeard::answer);
  EXPECT_EQ(asking.session->answer(), "7");
}

TEST(PostgresBackEnd, IsBrokenByAMessageWhoseLengthCannotBe) {
  for (const std::string& message : {"D\0\0\0\3"s, "D\x7f\0\0\0"s, "D\xff\xff\xff\xff"s, "Z\0\0\0\0"s}) {
    Asking asking(BackEndProtocol::postgres);
    asking.ask(7);
    EXPECT_EQ(asking.hear(message), BackEndHeard::broken) << testing::PrintToString(message);
  }
}

TEST(BackEndUrl, NamesTheProtocolTheAddressAndThePort) {
  const BackEnd redis = parse_back_end("redis://127.0.0.1:6379");
  EXPECT_EQ(redis.protocol, BackEndProtocol::redis);
  EXPECT_EQ(redis.address, "127.0.0.1");
  EXPECT_EQ(redis.port, 6379);
  EXPECT_EQ(redis.pool, 8U);
  EXPECT_EQ(redis.timeout, std::chrono::seconds(1));
  EXPECT_EQ(parse_back_end("http://10.0.0.255:1").protocol, BackEndProtocol::http);
  EXPECT_EQ(parse_back_end("http://10.0.0.255:1").address, "10.0.0.255");
  EXPECT_EQ(parse_back_end("postgres://127.0.0.1:65535").protocol, BackEndProtocol::postgres);
  EXPECT_EQ(parse_back_end("postgres://127.0.0.1:65535").port, 65535);
}

TEST(BackEndUrl, ThatIsNoneIsRefusedInOneLine) {
  for (const std::string url : {"",
                                "redis",
                                "redis://",
                                "redis://127.0.0.1",
                                "redis://127.0.0.1:",
                                "redis://:6379",
                                "redis://127.0.0.1:0",
                                "redis://127.0.0.1:65536",
                                "redis://127.0.0.1:6379/0",
                                "redis://127.0.0.1:+1",
                                "mysql://127.0.0.1:1",
                                "127.0.0.1:80",
                                "Redis://127.0.0.1:1",
                                "http://localhost:80",
                                "http://[::1]:80",
                                "http://127.0.0.256:80",
                                "http://127.0.0:80",
                                "http://127.0.0.1.1:80",
                                "http://127.0.0.:80",
                                "http://1.2.3.04:80",
                                "http://u@1.2.3.4:80",
                                "redis://127.0.0.1:63\n79"}) {
    try {
      parse_back_end(url);
      ADD_FAILURE() << url;
    } catch (const std::invalid_argument& error) {
      const std::string line = error.what();
      EXPECT_EQ(line.find('\n'), line.npos) << line;
      EXPECT_TRUE(line.starts_with("found ")) << line;
      EXPECT_TRUE(
          line.ends_with("expected http://ADDRESS:PORT, redis://ADDRESS:PORT or postgres://ADDRESS:PORT, "
                         "ADDRESS as 127.0.0.1"))
          << line;
    }
  }
}

TEST(CallOutcomes, AreTakenApartAgainFromWhatTheSessionGets) {
  for (const CallOutcome outcome :
       {CallOutcome::refused, CallOutcome::broken, CallOutcome::no_value, CallOutcome::late}) {
    EXPECT_EQ(outcome_of(word_of(outcome)), outcome) << word_of(outcome);
  }
  for (const char* result : {"=", "=7", "=late", "=1 2 3"}) EXPECT_EQ(outcome_of(result), CallOutcome::answered);
  for (const char* result : {"", "7", "lat", "later", "answered"}) EXPECT_EQ(outcome_of(result), CallOutcome::broken);
}

}  // namespace
}  // namespace bakeoff::workloads
