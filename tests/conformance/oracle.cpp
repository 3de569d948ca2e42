#include "tests/conformance/oracle.h"

#include <random>
#include <stdexcept>

#include "tests/conformance/files.h"

namespace bakeoff::conformance {
namespace {

class FixedDate final : public workloads::ServiceEnvironment {
 public:
  std::string_view http_date() const override { return "Sun, 06 Nov 1994 08:49:37 GMT"; }
};

std::string echo_script() {
  return random_bytes(7, std::size_t{64} * 100);
}

std::string http_script() {
  const std::string host = "Host: 127.0.0.1\r\n";
  std::string text = get("/") + get("/id/1") + get("/id/18446744073709551615");
  text += "HEAD / HTTP/1.1\r\n" + host + "\r\n";
  text += get("/nowhere");
  text += "PUT / HTTP/1.1\r\nContent-Length: 11\r\n" + host + "\r\nhello world";
  text += "POST / HTTP/1.1\r\nContent-Length: 5\r\n" + host + "\r\nhello";
  text += "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + host;
  text += "\r\n5\r\nhello\r\n10;a=b\r\n0123456789abcdef\r\n0\r\n\r\n";
  text += get("/work/0") + get("/work/12345") + get("/id/2") + get("/wait/0") + get("/wait/2000");
  text += get("/wait/never") + get("/id/3?query=1");
  for (int k = 0; k < 600; ++k) text += get("/id/" + std::to_string(k));  // past the reply cap
  for (std::uint64_t file = 0; file <= kFiles.count; ++file) text += get("/file/" + std::to_string(file));
  text += "HEAD /file/0 HTTP/1.1\r\n" + host + "\r\n" + get("/file/../file/0") + get("/file/1") + get("/id/4");
  text += "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  return text + get("/id/last") + get("/");
}

std::string counter_script() {
  using namespace std::string_literals;
  std::string text = "FLUSHALL\r\nPING\r\n";
  text += resp({"PING", "binary\r\n\0safe"s}) + resp({"ECHO", "hello"}) + resp({"SET", "a", "1"}) + resp({"GET", "a"});
  text += resp({"INCR", "a"}) + resp({"INCRBY", "a", "-7"}) + resp({"DECR", "a"});
  text += resp({"MSET", "b", "2", "c", "three"}) + resp({"MGET", "a", "none", "c"}) + resp({"INCR", "c"});
  text += resp({"EXISTS", "a", "a", "none"}) + resp({"DBSIZE"}) + resp({"DEL", "b"});
  text += resp({"SET", "max", "9223372036854775807"}) + resp({"INCR", "max"}) + resp({"NOSUCH", "x"}) + resp({"GET"});
  text += resp({"SELECT", "0"}) + "SET \"quoted key\" 'it'\r\nSET k \"a\\x41\\n\"\r\nGET k\r\n\r\n";
  text += resp({"SET", "big", std::string(100'000, 'v')}) + resp({"GET", "big"}) + resp({"GET", "big"});
  for (int k = 0; k < 500; ++k) text += resp({"INCR", "many"}) + resp({"GET", "key:" + std::to_string(k)});
  return text + "FLUSHALL\r\nPING end\r\n";
}

constexpr int kAnyFolder = 0;  // Nobody opens it here.

/// What the step comes to, for resume(). Appends a file that is sent.
std::string result_of(const workloads::Step& step, std::string& replies) {
  static const workloads::FileSizes sizes(kFiles);
  const std::uint64_t file = step.file.number;
  switch (step.want) {
    case workloads::Step::Want::compute:
      return std::to_string(workloads::run(step.work));
    case workloads::Step::Want::open_file:
      return file < sizes.count() ? std::to_string(sizes.bytes(file)) : std::string(workloads::kNoFile);
    case workloads::Step::Want::send_file:
      workloads::append_file_part(replies, file, sizes.bytes(file), 0, sizes.bytes(file));
      return "";
    default:
      return "";
  }
}

}  // namespace

std::string mask_dates(std::string text) {
  constexpr std::string_view kField = "\r\nDate: ";
  constexpr std::size_t kLength = 29;
  for (auto at = text.find(kField); at != std::string::npos; at = text.find(kField, at + kField.size())) {
    const auto begin = at + kField.size();
    for (auto i = begin; i < begin + kLength && i < text.size(); ++i) text[i] = 'x';
  }
  return text;
}

Expected expected_answer(const workloads::WorkloadEntry& workload, std::string_view requests) {
  const FixedDate date;
  workloads::ServiceSettings settings;
  settings.store = workloads::StoreKind::unshared;
  settings.environment = &date;
  settings.files.folder = kAnyFolder;
  const auto service = workload.make_service(settings);
  Expected expected;
  {
    const auto session = service->connect();
    workloads::Step step = session->feed(requests, expected.replies);
    while (step.want != workloads::Step::Want::input && step.want != workloads::Step::Want::close) {
      step = session->resume(result_of(step, expected.replies), expected.replies);
    }
    expected.closes = step.want == workloads::Step::Want::close;
  }
  expected.requests = service->receipt().requests;
  return expected;
}

std::string script_for(const workloads::WorkloadEntry& workload) {
  if (workload.name == "echo") return echo_script();
  if (workload.name == "http") return http_script();
  if (workload.name == "counter") return counter_script();
  throw std::logic_error("no script for the workload " + std::string(workload.name) + ": add one to oracle.cpp");
}

std::string resp(const std::vector<std::string>& words) {
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (const auto& word : words) text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  return text;
}

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
}

std::string plain_request(const workloads::WorkloadEntry& workload, std::uint64_t number) {
  const std::string digits = std::to_string(number);
  if (workload.name == "http") return get("/id/" + digits);
  if (workload.name == "counter") return resp({"ECHO", "number " + digits});
  return digits + std::string(64 - digits.size(), '.');
}

std::string random_bytes(std::uint64_t seed, std::size_t bytes) {
  std::mt19937_64 random(seed);
  std::string text(bytes, '\0');
  for (auto& byte : text) byte = static_cast<char>(random());
  return text;
}

std::vector<std::string_view> random_pieces(std::string_view text, std::uint64_t seed, std::size_t longest) {
  std::mt19937_64 random(seed);
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    pieces.push_back(text.substr(0, 1 + random() % longest));
    text.remove_prefix(pieces.back().size());
  }
  return pieces;
}

CheckingClient::CheckingClient(const workloads::WorkloadEntry& workload, std::uint16_t port, std::uint64_t number,
                               const std::string& request, std::size_t message_bytes)
    : connection_(port), number_(number) {
  workloads::ClientSettings settings;
  settings.seed = 42;
  settings.connection = number;
  settings.request = request;
  settings.message_bytes = message_bytes;
  if (request.empty() && workload.name == "http") settings.request = "/id/{k}";
  if (request.empty() && workload.name == "counter") settings.request = "set/conformance";
  session_ = workload.make_client(settings);
}

void CheckingClient::ask() {
  std::string request;
  session_->next_request(request);
  ++asked_;
  if (!connection_.send(request)) {
    throw std::runtime_error("connection " + std::to_string(number_) + " ended before its request " +
                             std::to_string(asked_));
  }
}

void CheckingClient::await() {
  while (answered_ < asked_) {
    const std::string bytes = connection_.receive_some();
    if (bytes.empty()) {
      throw std::runtime_error("connection " + std::to_string(number_) +
                               (connection_.was_reset() ? " was reset" : " was closed") + " after " +
                               std::to_string(answered_) + " of " + std::to_string(asked_) + " replies");
    }
    const workloads::Consumed consumed = session_->consume(bytes);
    answered_ += consumed.completed;
    calls_ += consumed.calls;
    if (consumed.wrong != 0 || consumed.error_replies != 0 || !consumed.refusal.empty()) {
      throw std::runtime_error("connection " + std::to_string(number_) + ": " + session_->complaint());
    }
  }
}

void CheckingClient::rounds(int times) {
  for (int i = 0; i < times; ++i) {
    ask();
    await();
  }
}

}  // namespace bakeoff::conformance
