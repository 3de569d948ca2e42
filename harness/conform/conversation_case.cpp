#include "harness/conform/conversation_case.h"

#include <fmt/format.h>

#include <stdexcept>

#include "workloads/mix.h"
#include "workloads/work.h"

namespace bakeoff::conform {
namespace {

using Cases = std::vector<ConversationCase>;

std::string get(const std::string& target, const std::string& fields = "") {
  return fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n{}\r\n", target, fields);
}

std::string command(const std::vector<std::string>& words) {
  std::string text = fmt::format("*{}\r\n", words.size());
  for (const std::string& word : words) text += fmt::format("${}\r\n{}\r\n", word.size(), word);
  return text;
}

std::string bulk(const std::string& value) {
  return fmt::format("${}\r\n{}\r\n", value.size(), value);
}

std::string message(std::uint64_t number, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    const std::uint64_t word = workloads::draw(workloads::stream_of(number, 0), text.size());
    for (std::size_t byte = 0; byte < sizeof word; ++byte) text += static_cast<char>(word >> (8 * byte) & 0xFFU);
  }
  return text.substr(0, bytes);
}

std::vector<std::string> single_bytes(const std::string& text) {
  std::vector<std::string> bytes;
  for (const char byte : text) bytes.emplace_back(1, byte);
  return bytes;
}

/// A whole request, and the same behind another one, in the ways in which bytes may arrive.
void add_arrivals(Cases& cases, const Topic& topic) {
  constexpr std::size_t kMany = 100;
  std::string few, many;
  std::vector<std::string> few_replies, many_replies;
  for (std::size_t i = 0; i < kMany; ++i) {
    const PlainRequest one = plain_request(topic, i);
    many += one.bytes;
    many_replies.push_back(one.reply);
    if (i >= 3) continue;
    few += one.bytes;
    few_replies.push_back(one.reply);
  }
  cases.push_back({"three requests in single bytes", single_bytes(few), few_replies});
  cases.push_back({"a hundred requests at once", {many}, many_replies});
  const std::size_t cut = few.size() / 2 + 1;
  cases.push_back({"requests that are cut in the middle", {few.substr(0, cut), few.substr(cut)}, few_replies});
  cases.push_back({.name = "requests before the end of input",
                   .pieces = {few},
                   .expected = few_replies,
                   .ending = Ending::free,
                   .ends_input = true});
}

Cases echo_cases(const Topic& topic) {
  Cases cases;
  const std::string binary = message(7, topic.message_bytes);
  cases.push_back({"a message of any bytes", {binary}, {binary}});
  add_arrivals(cases, topic);
  return cases;
}

void add_files(Cases& cases, const Topic& topic) {
  if (!topic.files) return;
  const workloads::FileSizes sizes(*topic.files);
  const auto target = [](std::uint64_t file) { return "/file/" + std::to_string(file); };
  std::string requests;
  std::vector<std::string> replies;
  for (std::uint64_t file = 0; file < sizes.count(); ++file) {
    requests += get(target(file)) + get("/");
    workloads::append_file_part(replies.emplace_back("200 "), file, sizes.bytes(file), 0, sizes.bytes(file));
    replies.emplace_back("200 Hello, World!");
  }
  cases.push_back({"files with other requests between them", {requests}, replies});
  cases.push_back({"HEAD of a file",
                   {"HEAD /file/0 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/")},
                   {"200 HEAD " + std::to_string(sizes.bytes(0)), "200 Hello, World!"}});
  cases.push_back({"a file that is not there", {get(target(sizes.count()))}, {"404"}});
  cases.push_back({.name = "a file, and Connection: close",
                   .pieces = {get(target(0), "Connection: close\r\n")},
                   .expected = {replies.front()},
                   .ending = Ending::closes});
}

void add_calls(Cases& cases, const Topic& topic) {
  if (!topic.calls) return;
  cases.push_back({"calls of the back end, one after the other and at once",
                   {get("/call/7") + get("/calls/3/9998") + get("/calls-at-once/12/0?q") + get("/call/0")},
                   {"200 7", "200 9998 9999 0", "200 0 1 2 3 4 5 6 7 8 9 10 11", "200 0"}});
  cases.push_back({"replies before a call are not held back", {get("/id/1") + get("/call/5")}, {"200 1", "200 5"}});
  cases.push_back(
      {"HEAD of a call", {"HEAD /calls/2/10 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/call/1")}, {"200 HEAD 5", "200 1"}});
  cases.push_back({"an item that is not there", {get("/call/10000"), get("/call/1")}, {"400", "200 1"}});
}

Cases hello_cases(const Topic& topic) {
  Cases cases{
      {"GET /", {get("/")}, {"200 Hello, World!"}},
      {"HEAD", {"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"}, {"200 HEAD 13"}},
      {.name = "Connection: close",
       .pieces = {get("/", "Connection: close\r\n")},
       .expected = {"200 Hello, World!"},
       .ending = Ending::closes},
  };
  add_files(cases, topic);
  add_arrivals(cases, topic);
  return cases;
}

Cases http_cases(const Topic& topic) {
  if (!topic.answers_all) return hello_cases(topic);
  const std::string bad = "400";
  Cases cases{
      {"GET /", {get("/")}, {"200 Hello, World!"}},
      {"the smallest and the largest number",
       {get("/id/0") + get("/id/18446744073709551615")},
       {"200 0", "200 18446744073709551615"}},
      {"a query is ignored", {get("/id/5?q=1")}, {"200 5"}},
      {"numbers that are none",
       {get("/id/18446744073709551616"), get("/id/007"), get("/id/-1"), get("/id/"), get("/wait/60000001"),
        get("/work/x")},
       {bad, bad, bad, bad, bad, bad}},
      {"waiting", {get("/wait/100") + get("/wait/0")}, {"200 waited 100", "200 waited 0"}},
      {"replies before a wait are not held back", {get("/id/1") + get("/wait/20000")}, {"200 1", "200 waited 20000"}},
      {"the work",
       {get("/work/1000") + get("/work/0") + get("/work/1")},
       {"200 9690993424168521302", "200 0", "200 " + std::to_string(workloads::run({.rounds = 1, .seed = 1}))}},
      {"HEAD",
       {"HEAD / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /id/12 HTTP/1.1\r\nHost: a\r\n\r\n"},
       {"200 HEAD 13", "200 HEAD 2"}},
      {"what is not there", {get("/nothing"), get("/idx/1")}, {"404", "404"}},
      {"another method", {"DELETE / HTTP/1.1\r\nHost: a\r\n\r\n"}, {"405"}},
      {"names of fields in any case, and fields that nobody knows",
       {"GET /id/3 HTTP/1.1\r\nhOsT: a\r\nX-Unknown:b\r\n\r\n"},
       {"200 3"}},
      {.name = "Connection: close",
       .pieces = {get("/id/1", "Connection: close\r\n")},
       .expected = {"200 1"},
       .ending = Ending::closes},
      {.name = "HTTP/1.0 closes",
       .pieces = {"GET /id/1 HTTP/1.0\r\n\r\n"},
       .expected = {"200 1"},
       .ending = Ending::closes},
      {.name = "no Host", .pieces = {"GET / HTTP/1.1\r\n\r\n"}, .expected = {bad}, .ending = Ending::closes},
  };
  add_files(cases, topic);
  add_calls(cases, topic);
  add_arrivals(cases, topic);
  return cases;
}

Cases counter_cases(const Topic& topic) {
  const std::string binary("a\0\r\n$5\r\n*1", 11), large(200'000, 'x');
  Cases cases{
      {"PING", {command({"PING"})}, {"+PONG\r\n"}},
      {"PING with a message", {command({"PING", binary})}, {bulk(binary)}},
      {"a name in small letters", {command({"ping"})}, {"+PONG\r\n"}},
      {"SET and GET", {command({"SET", "k", "v"}) + command({"GET", "k"})}, {"+OK\r\n", bulk("v")}},
      {"a value of any bytes",
       {command({"SET", binary, binary}) + command({"GET", binary})},
       {"+OK\r\n", bulk(binary)}},
      {"an empty value", {command({"SET", "empty", ""}) + command({"GET", "empty"})}, {"+OK\r\n", bulk("")}},
      {"a value of 200,000 bytes",
       {command({"SET", "large", large}), command({"GET", "large"})},
       {"+OK\r\n", bulk(large)}},
      {"a key that is not there", {command({"GET", "nothing"})}, {"$-1\r\n"}},
      {"INCR counts a missing key as 0", {command({"INCR", "n"}) + command({"INCR", "n"})}, {":1\r\n", ":2\r\n"}},
      {"INCR of a number that was set, and GET of it",
       {command({"SET", "m", "-3"}) + command({"INCR", "m"}) + command({"GET", "m"})},
       {"+OK\r\n", ":-2\r\n", bulk("-2")}},
      {"INCR of what is no number", {command({"SET", "t", "1x"}) + command({"INCR", "t"})}, {"+OK\r\n", "-"}},
      {"INCR of the largest number",
       {command({"SET", "top", "9223372036854775807"}) + command({"INCR", "top"})},
       {"+OK\r\n", "-"}},
      {"a command that there is not", {command({"NOTHING"})}, {"-"}},
      {"too few arguments", {command({"GET"})}, {"-"}},
      {"FLUSHALL",
       {command({"SET", "k", "v"}) + command({"FLUSHALL"}) + command({"GET", "k"})},
       {"+OK\r\n", "+OK\r\n", "$-1\r\n"}},
      {.name = "a length that is none",
       .pieces = {"*1\r\n$x\r\nPING\r\n"},
       .expected = {"-"},
       .ending = Ending::closes},
  };
  add_arrivals(cases, topic);
  return cases;
}

}  // namespace

PlainRequest plain_request(const Topic& topic, std::uint64_t number) {
  if (topic.workload == "http") {
    if (!topic.answers_all) return {get("/"), "200 Hello, World!"};
    return {get(fmt::format("/id/{}", number)), fmt::format("200 {}", number)};
  }
  if (topic.workload == "counter") {
    const std::string value = fmt::format("value {}", number);
    return {command({"SET", fmt::format("key {}", number), value}), "+OK\r\n"};
  }
  const std::string text = message(number, topic.message_bytes);
  return {text, text};
}

std::vector<ConversationCase> conversation_cases(const Topic& topic) {
  if (topic.workload == "echo") return echo_cases(topic);
  if (topic.workload == "http") return http_cases(topic);
  if (topic.workload == "counter") return counter_cases(topic);
  throw std::invalid_argument(fmt::format("no workload {}", topic.workload));
}

}  // namespace bakeoff::conform
