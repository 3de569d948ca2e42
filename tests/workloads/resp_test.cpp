// RESP reading and writing.
#include "workloads/resp.h"

#include <gtest/gtest.h>

#include "workloads/counter_errors.h"
#include "workloads/integer.h"

namespace bakeoff::workloads {
namespace {

using ReadStatus = CommandReader::ReadStatus;

/// The arguments of the one command in `bytes`, which is read growing by one byte at a time.
std::vector<std::string> read_growing(std::string_view bytes) {
  CommandReader reader;
  std::size_t needs = 1;
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    if (size < needs) continue;
    // Every call sees the bytes at another address.
    const std::string copy(bytes.substr(0, size));
    switch (reader.read(copy)) {
      case ReadStatus::more:
        needs = reader.taken().needs;
        EXPECT_GT(needs, size);
        break;
      case ReadStatus::command: {
        EXPECT_EQ(reader.taken().bytes, size);
        std::vector<std::string> arguments;
        for (std::size_t i = 0; i < reader.count(); ++i) arguments.emplace_back(reader[i]);
        return arguments;
      }
      case ReadStatus::nothing:
        return {"nothing"};
      case ReadStatus::error:
        return {"error: " + reader.error()};
    }
  }
  return {"more"};
}

using Words = std::vector<std::string>;

TEST(CommandReader, ReadsArraysAndInlineCommandsThatGrow) {
  EXPECT_EQ(read_growing("*2\r\n$3\r\nGET\r\n$3\r\na\r\n\r\n"), (Words{"GET", "a\r\n"}));
  EXPECT_EQ(read_growing("*1\r\n$0\r\n\r\n"), (Words{""}));
  EXPECT_EQ(read_growing("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$12\r\n0123456789ab\r\n"), (Words{"SET", "k", "0123456789ab"}));
  EXPECT_EQ(read_growing("  set  'a b' \"\\x00\\\"\\r\" c\"d e\"\r\n"),
            (Words{"set", "a b", std::string("\0\"\r", 3), "cd e"}));
  EXPECT_EQ(read_growing("*0\r\n"), Words{"nothing"});
  EXPECT_EQ(read_growing("\r\n"), Words{"nothing"});
}

TEST(CommandReader, RefusesWhatRedisRefuses) {
  EXPECT_EQ(read_growing("*01\r\n"), Words{"error: Protocol error: invalid multibulk length"});
  EXPECT_EQ(read_growing("*2147483648\r\n"), Words{"error: Protocol error: invalid multibulk length"});
  EXPECT_EQ(read_growing("*1\r\n$04\r\n"), Words{"error: Protocol error: invalid bulk length"});
  EXPECT_EQ(read_growing("*1\r\n$\r\n"), Words{"error: Protocol error: invalid bulk length"});
  EXPECT_EQ(read_growing("*1\r\n\r\n"), Words{"error: Protocol error: expected '$', got '\r'"});
  EXPECT_EQ(read_growing("'a'b\r\n"), Words{"error: Protocol error: unbalanced quotes in request"});
  EXPECT_EQ(read_growing(std::string(70000, 'x')), Words{"error: Protocol error: too big inline request"});
  EXPECT_EQ(read_growing("*" + std::string(70000, '1')), Words{"error: Protocol error: too big mbulk count string"});
  EXPECT_EQ(read_growing("*1\r\n$" + std::string(70000, '1')),
            Words{"error: Protocol error: too big bulk count string"});
}

TEST(CommandReader, SaysHowMuchOfALongBulkItNeeds) {
  CommandReader reader;
  const std::string head = "*2\r\n$4\r\nECHO\r\n$1048576\r\n";
  EXPECT_EQ(reader.read(head), ReadStatus::more);
  EXPECT_EQ(reader.taken().needs, head.size() + 1048576 + 2);
}

TEST(ReplyScanner, FindsTheEndOfEveryKindOfReply) {
  for (const std::string_view reply : {"+OK\r\n", "-ERR no\r\n", ":-5\r\n", "$-1\r\n", "$0\r\n\r\n", "$4\r\na\r\nb\r\n",
                                       "*-1\r\n", "*0\r\n", "*2\r\n*2\r\n:1\r\n$1\r\nx\r\n*0\r\n"}) {
    ReplyScanner whole;
    ASSERT_EQ(whole.scan(std::string(reply) + "+tail"), ReplyScanner::ReadStatus::reply) << reply;
    EXPECT_EQ(whole.taken().bytes, reply.size());
    ReplyScanner growing;
    for (std::size_t size = 1; size < reply.size(); ++size) {
      EXPECT_EQ(growing.scan(std::string(reply.substr(0, size))), ReplyScanner::ReadStatus::more) << reply;
    }
    EXPECT_EQ(growing.scan(reply), ReplyScanner::ReadStatus::reply) << reply;
  }
}

TEST(ReplyScanner, RefusesWhatIsNoReply) {
  for (const std::string_view bytes : {"HTTP/1.1 200 OK\r\n", ":x\r\n", "$-2\r\n", "*x\r\n", "\r\n", "+OK\n",
                                       "$3\r\nabcd\r\n", ":99999999999999999999\r\n"}) {
    EXPECT_EQ(ReplyScanner().scan(bytes), ReplyScanner::ReadStatus::broken) << bytes;
  }
}

TEST(NameCode, IgnoresCaseOfLettersAndNothingElse) {
  EXPECT_EQ(name_code("GET"), name_code("get"));
  EXPECT_EQ(name_code("gEt"), name_code("get"));
  EXPECT_NE(name_code("ge"), name_code("get"));
  EXPECT_NE(name_code(std::string_view("g\x45u", 3)), name_code("get"));
  EXPECT_EQ(name_code("far too long"), 0U);
}

TEST(Integers, AreThoseThatPrintAsTheyWereWritten) {
  for (const std::string_view good : {"0", "1", "-1", "9223372036854775807", "-9223372036854775808"}) {
    ASSERT_TRUE(parse_integer(good)) << good;
    EXPECT_EQ(Digits(*parse_integer(good)).view(), good);
  }
  for (const std::string_view bad : {"", "-", "+1", "01", "-0", "-01", "00", " 1", "1 ", "1.0", "9223372036854775808",
                                     "-9223372036854775809", "111111111111111111111"}) {
    EXPECT_FALSE(parse_integer(bad)) << bad;
  }
}

}  // namespace
}  // namespace bakeoff::workloads
