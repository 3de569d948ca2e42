#include "tests/conformance/redis_table.h"

#include <algorithm>
#include <random>

#include "tests/conformance/oracle.h"

namespace bakeoff::conformance {
namespace {

using Words = std::vector<std::string>;
using namespace std::string_literals;

/// What is and what is not an integer to Redis.
const Words& integers() {
  static const Words all = {"0",
                            "1",
                            "-1",
                            "-0",
                            "+1",
                            "01",
                            " 1",
                            "1 ",
                            "",
                            "-",
                            "x",
                            "1x",
                            "1.0",
                            "1e3",
                            "0x10",
                            "9223372036854775806",
                            "9223372036854775807",
                            "9223372036854775808",
                            "-9223372036854775807",
                            "-9223372036854775808",
                            "-9223372036854775809",
                            "18446744073709551616",
                            "00000000000000000000000000000001",
                            "1\0"s,
                            "\xd9\xa1"};
  return all;
}

}  // namespace

const std::vector<KnownDifference>& known_differences() {
  constexpr std::string_view kNul = "Redis looks for the end of the line with strchr() and never finds it behind a NUL";
  constexpr std::string_view kBulk = "values end at 1 MiB here, at 512 MiB in Redis, which waits for the rest";
  constexpr std::string_view kOneDatabase = "there is only database 0";
  constexpr std::string_view kOptions = "SET has no options here";
  constexpr std::string_view kSelf = "what a server says about itself";
  static const std::vector<KnownDifference> all = {
      {"ECHO nul\0byte\r\n"s, kNul},
      {"\0\r\n"s, kNul},
      {"*2\r\n$4\r\nECHO\r\n$1048577\r\n", kBulk},
      {resp({"SELECT", "1"}), kOneDatabase},
      {resp({"SELECT", "15"}), kOneDatabase},
      {resp({"SET", "five", "6", "NX"}), kOptions},
      {resp({"SET", "five", "6", "EX", "10"}), kOptions},
      {resp({"HELLO", "2"}), kSelf},
      {resp({"HELLO", "3"}), kSelf},
      {resp({"COMMAND"}), kSelf},
      {resp({"COMMAND", "COUNT"}), kSelf},
  };
  return all;
}

std::string prepare_store() {
  return resp({"FLUSHALL"}) + resp({"SET", "five", "5"}) + resp({"SET", "text", "hello"}) +
         resp({"SET", "max", "9223372036854775807"}) + resp({"SET", "min", "-9223372036854775808"}) +
         resp({"SET", "empty", ""}) + resp({"SET", "space", " 5"}) + resp({"SET", "", "the empty key"}) +
         resp({"SET", "bin\r\n\0ary"s, "v\r\n\0alue"s});
}

std::vector<std::string> command_table() {
  std::vector<std::string> table;
  const Words commands = {"PING", "ECHO",   "SET",  "GET",  "DEL",    "EXISTS",   "INCR",   "INCRBY",
                          "DECR", "DECRBY", "MGET", "MSET", "DBSIZE", "FLUSHALL", "SELECT", "NOSUCH"};
  const std::vector<Words> arguments = {{},
                                        {"five"},
                                        {"text"},
                                        {"none"},
                                        {"max"},
                                        {"min"},
                                        {"empty"},
                                        {"space"},
                                        {""},
                                        {"bin\r\n\0ary"s},
                                        {"five", "text"},
                                        {"five", "five"},
                                        {"five", "text", "none"},
                                        {"a", "b", "c", "d"},
                                        {"five", "1", "five", "2"},
                                        {"a", "b", "c", "d", "e", "f", "g", "h", "i"}};
  for (const auto& name : commands) {
    for (const auto& words : arguments) {
      Words whole{name};
      whole.insert(whole.end(), words.begin(), words.end());
      table.push_back(resp(whole));
      std::transform(whole[0].begin(), whole[0].end(), whole[0].begin(), [](char c) { return c == 'S' ? 's' : c; });
      std::transform(whole[0].begin(), whole[0].end(), whole[0].begin(), [](char c) { return c == 'E' ? 'e' : c; });
      table.push_back(resp(whole) + resp({"MGET", "five", "text", "none", "a", "c"}) + resp({"DBSIZE"}));
    }
  }
  for (const auto& number : integers()) {
    for (const auto& key : {"five", "max", "min", "text", "none", "empty", "space"}) {
      table.push_back(resp({"INCRBY", key, number}) + resp({"GET", key}));
      table.push_back(resp({"DECRBY", key, number}) + resp({"GET", key}));
    }
    table.push_back(resp({"SET", "n", number}) + resp({"INCR", "n"}) + resp({"GET", "n"}) + resp({"DECR", "n"}));
    table.push_back(resp({"SELECT", number}));
  }
  for (const std::string big : {"16", "1000", "-5", "2147483648", "4294967296", "9999999999999999999"}) {
    table.push_back(resp({"SELECT", big}));
  }
  table.push_back(resp({"FLUSHALL", "ASYNC"}) + resp({"DBSIZE"}));
  table.push_back(resp({"FLUSHALL", "sync"}) + resp({"DBSIZE"}));
  table.push_back(resp({"FLUSHALL", "NOW"}) + resp({"DBSIZE"}));
  // Error texts quote what was asked, cut short and without line breaks.
  table.push_back(resp({"line\r\nbreak", "arg\r\nument", "other"}));
  table.push_back(resp({""}));
  table.push_back(resp({std::string(200, 'n'), "x"}));
  table.push_back(resp({"nosuch", std::string(100, 'a'), std::string(100, 'b'), "c"}));
  table.push_back(resp({"nosuch", std::string(200, 'a'), "b"}));
  table.push_back(resp({"nosuch", "it's", "\"quoted\"", "nul\0byte"s}));
  // Not a command's own name with a NUL behind it ("get\0"): Redis 7.0 hashes all bytes of a name, with a seed of its
  // own in each process, but compares names as C strings, so that about once in 500 starts the two fall into one bucket
  // and it answers as to GET. What it would say cannot be told.
  table.push_back(resp({"nosuch\0nul"s, "x"}));
  table.push_back(resp({" GET", "five"}));
  table.push_back(resp({"CLIENT"}));
  table.push_back(resp({"CLIENT", "SETNAME", "tester"}));
  table.push_back(resp({"CLIENT", "SETNAME", "white space"}));
  table.push_back(resp({"CLIENT", "SETNAME", ""}));
  table.push_back(resp({"CLIENT", "SETNAME"}));
  table.push_back(resp({"client", "setname", "a", "b"}));
  table.push_back(resp({"CLIENT", "NOSUCH"}));
  table.push_back(resp({"CONFIG", "GET", "save"}));
  table.push_back(resp({"CONFIG", "GET", "appendonly"}));
  table.push_back(resp({"CONFIG", "GET", "nosuchoption"}));
  table.push_back(resp({"CONFIG", "GET"}));
  table.push_back(resp({"CONFIG"}));
  table.push_back(resp({"CONFIG", "NOSUCH"}));
  table.push_back(resp({"HELLO", "1"}));
  table.push_back(resp({"HELLO", "x"}));
  table.push_back(resp({"HELLO", "4"}));
  table.push_back(resp({"COMMAND", "NOSUCH"}));
  table.push_back(resp({"MSET", "same", "1", "same", "2"}) + resp({"GET", "same"}));
  table.push_back(resp({"DEL", "five", "five", "none"}) + resp({"GET", "five"}));
  table.push_back(resp({"EXISTS", "five", "five", "none", "text"}));
  const std::string large(300'000, 'L');
  table.push_back(resp({"SET", "large", large}) + resp({"GET", "large"}) + resp({"INCR", "large"}));
  table.push_back(resp({"ECHO", large}));
  table.push_back(resp({"PING", large}));
  Words many{"MGET"};
  for (int i = 0; i < 1000; ++i) many.push_back(i % 3 == 0 ? "five" : "none" + std::to_string(i));
  table.push_back(resp(many));
  return table;
}

std::vector<std::string> protocol_table() {
  return {
      "PING\r\n",
      "PING\n",
      "  PING  \r\n",
      "\tPING\v\f\r\n",
      "ping hello\r\n",
      "pInG \"hello world\"\r\n",
      "PING\r\r\n",
      "PING a\rb\r\n",
      "\r\n\r\n\nPING\r\n",
      "   \r\nPING\r\n",
      "SET 'a b' \"c d\"\r\nGET 'a b'\r\n",
      "SET x \"\\x41\\n\\r\\t\\a\\b\\\\\\\"\\q\"\r\nGET x\r\n",
      "SET x \"\\xZZ\\x4\"\r\nGET x\r\n",
      "SET x 'it\\'s \\n \\x41'\r\nGET x\r\n",
      "ECHO \"\"\r\n",
      "ECHO ''\r\n",
      "\"\"\r\n",
      "'' a\r\n",
      "ECHO a\"b c\"\r\n",
      "ECHO a'b\r\n",
      "ECHO \"a\"b\r\n",
      "ECHO 'a'b\r\n",
      "ECHO \"a\"\"b\"\r\n",
      "ECHO \"unbalanced\r\n",
      "ECHO 'unbalanced\r\n",
      "ECHO \"a\\\r\n",
      "ECHO \"a\\\"\r\n",
      "ECHO nul\0byte\r\n"s,
      "\0\r\n"s,
      "ECHO \xff\xfe\r\n",
      "GET / HTTP/1.1\r\n",
      "POST / HTTP/1.1\r\n",
      "Host: x\r\n",
      "$5\r\n",
      "+OK\r\n",
      ":1\r\n",
      "*0\r\n",
      "*-1\r\n",
      "*-2147483648\r\n",
      "*\r\n",
      "*a\r\n",
      "*1a\r\n",
      "*+1\r\n",
      "* 1\r\n",
      "*01\r\n",
      "*2147483648\r\n",
      "*9223372036854775808\r\n",
      "*1\r\n:1\r\n",
      "*1\r\nPING\r\n",
      "*1\r\n$\r\n",
      "*1\r\n$-1\r\n",
      "*1\r\n$a\r\n",
      "*1\r\n$04\r\nPING\r\n",
      "*1\r\n$+4\r\nPING\r\n",
      "*1\r\n$ 4\r\nPING\r\n",
      "*1\r\n$4 \r\nPING\r\n",
      "*1\r\n$536870913\r\n",
      "*1\r\n$9223372036854775808\r\n",
      "*1\r\n$4\r\nPINGxx",
      "*1\r\n$0\r\n\r\n",
      "*2\r\n$4\r\nPING\r\n\r\n$1\r\na\r\n",
      "*1\r\n\n$4\r\nPING\r\n",
      "*1\r\n$" + std::string(1000, '1') + "\r\n",
      "*" + std::string(1000, '1') + "\r\n",
      "ECHO " + std::string(60'000, 'i') + "\r\n",
      "QUIT\r\nPING\r\n",
      "*1\r\n$4\r\nquit\r\n*1\r\n$4\r\nPING\r\n",
      "QUIT now\r\n",
      "PING\r\n*1\r\n$4\r\nPING\r\nPING b\r\n*x\r\nPING c\r\n",
  };
}

std::string random_commands(std::uint64_t seed, int count) {
  std::mt19937_64 random(seed);
  const auto one_of = [&](const Words& words) { return words[random() % words.size()]; };
  const Words keys = {"a", "b", "c", "counter", "", "long" + std::string(100, 'k')};
  const Words names = {"GET",  "SET",  "INCR", "DECR", "INCRBY", "DECRBY", "DEL",      "EXISTS",
                       "MGET", "MSET", "PING", "ECHO", "DBSIZE", "incr",   "FlushAll", "NOSUCH"};
  std::string text;
  for (int i = 0; i < count; ++i) {
    Words words{one_of(names)};
    if (words[0] == "FlushAll" && random() % 8 != 0) words[0] = "INCR";
    // Mostly as many words as the command wants, now and then any number.
    std::size_t wanted = 1;
    if (words[0] == "SET" || words[0] == "INCRBY" || words[0] == "DECRBY") wanted = 2;
    if (words[0] == "MSET") wanted = 2 * (1 + random() % 3);
    if (words[0] == "DBSIZE" || words[0] == "FlushAll") wanted = 0;
    if (random() % 10 == 0) wanted = random() % 5;
    if (words[0] == "FlushAll" || (words[0] == "SET" && wanted > 2)) wanted = std::min<std::size_t>(wanted, 2);
    for (std::size_t k = 0; k < wanted; ++k) words.push_back(k % 2 == 0 ? one_of(keys) : one_of(integers()));
    text += resp(words);
  }
  return text;
}

}  // namespace bakeoff::conformance
