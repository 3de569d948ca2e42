// The workload `counter`, client side: loads that ask one thing for ever, and a verifier that asks everything once.
#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include "workloads/integer.h"
#include "workloads/ledger.h"
#include "workloads/mix.h"
#include "workloads/resp.h"
#include "workloads/resp_client.h"
#include "workloads/script.h"
#include "workloads/services.h"

namespace bakeoff::workloads {
namespace {

constexpr std::string_view kOk = "+OK\r\n";
constexpr std::size_t kLongestKey = 64UL * 1024;

/// One request, one reply, both always the same bytes; the first request may be another one, answered by "+OK".
class FixedClient final : public RespClient {
 public:
  FixedClient(std::string first, std::string request, std::string reply, const ClientSettings& settings)
      : RespClient(settings, settings.check),
        first_(std::move(first)),
        request_(std::move(request)),
        reply_(std::move(reply)),
        ok_due_(!first_.empty()) {}

  bool next_request(std::string& requests) override {
    begin_request(requests);
    if (!first_.empty()) {
      requests.append(first_);
      std::string().swap(first_);
    } else {
      requests.append(request_);
    }
    return true;
  }

 private:
  Taken take(std::string_view bytes, Consumed& consumed) override {
    if (!ok_due_ && is_at_reply() && bytes.starts_with(reply_)) {
      answered(consumed);
      return {reply_.size(), 0};
    }
    return RespClient::take(bytes, consumed);
  }

  ReplyVerdict judge(std::string_view reply) override {
    const std::string_view expected = std::exchange(ok_due_, false) ? kOk : std::string_view(reply_);
    return {reply == expected, expected};
  }

  std::string first_;
  std::string request_;
  std::string reply_;
  bool ok_due_;
};

/// All connections count up the same key, so the replies on one of them rise, by one or by more.
class IncrClient final : public RespClient {
  static constexpr std::string_view kRising = "a number above the one before";
  static constexpr std::string_view kFirst = "a number that no other increment was answered with";

 public:
  IncrClient(std::string_view key, const ClientSettings& settings)
      : RespClient(settings, settings.check), ledger_(settings.check ? settings.ledger : nullptr) {
    append_command(request_, {"INCR", key});
  }

  bool next_request(std::string& requests) override {
    begin_request(requests);
    requests.append(request_);
    return true;
  }

 private:
  Taken take(std::string_view bytes, Consumed& consumed) override {
    constexpr std::size_t kQuick = 19;  // A colon and 18 digits, which cannot overflow.
    if (bytes[0] == ':' && is_at_reply()) {
      std::int64_t value = 0;
      const std::size_t end = std::min(bytes.size(), kQuick);
      std::size_t i = 1;
      while (i < end && bytes[i] >= '0' && bytes[i] <= '9') value = value * 10 + (bytes[i++] - '0');
      const bool canonical = i == 2 || (i > 2 && bytes[1] != '0');  // As parse_integer() has it.
      if (canonical && i + 1 < bytes.size() && bytes[i] == '\r' && bytes[i + 1] == '\n' && value > last_) {
        last_ = value;
        answered(consumed);
        if (!is_first(value)) {
          ++consumed.wrong;
          complain(kFirst, bytes.substr(0, i + 2));
        }
        return {i + 2, 0};
      }
    }
    return RespClient::take(bytes, consumed);
  }

  ReplyVerdict judge(std::string_view reply) override {
    const auto value = reply[0] == ':' ? parse_integer(reply.substr(1, reply.size() - 3)) : std::nullopt;
    if (!value) return {false, kRising};
    // Entered even if it does not rise: each reply is in the ledger, so that its duplicates are all there are.
    const bool first = is_first(*value);
    if (*value <= last_) return {false, kRising};
    last_ = *value;
    return {first, kFirst};
  }

  bool is_first(std::int64_t value) { return ledger_ == nullptr || ledger_->add(static_cast<std::uint64_t>(value)); }

  std::string request_;
  std::int64_t last_ = std::numeric_limits<std::int64_t>::min();
  Ledger* ledger_;
};

/// Every command of PROTOCOLS.md that all servers answer alike, each once, on keys of its own that it deletes. Of a
/// server that need not know them all (ClientSettings::whole), those that every server of this protocol has; it may ask
/// them again.
class CounterVerifier final : public RespClient {
 public:
  explicit CounterVerifier(const ClientSettings& settings) : RespClient(settings, true) {
    const std::string unique = letters(stream_of(settings.seed, settings.connection));
    const std::string a = "bakeoff:" + unique + ":a";
    const std::string b = "bakeoff:" + unique + ":b";
    const std::string n = "bakeoff:" + unique + ":n";
    const auto bulk = [](std::string_view text) {
      std::string reply;
      append_bulk(reply, text);
      return reply;
    };
    const std::string number_error = "-ERR value is not an integer or out of range\r\n";
    add({"PING"}, "+PONG\r\n");
    add({"PING", unique}, bulk(unique));
    if (!settings.whole) {
      add({"GET", b}, "$-1\r\n");
      add({"SET", a, unique}, "+OK\r\n");
      add({"get", a}, bulk(unique));
      add({"INCR", n}, kAnyNumber);
      return;
    }
    add({"ECHO", unique}, bulk(unique));
    add({"SELECT", std::to_string(settings.login.database.value_or(0))}, "+OK\r\n");
    add({"DEL", a, b, n}, kAnyNumber);
    add({"GET", a}, "$-1\r\n");
    add({"SET", a, unique}, "+OK\r\n");
    add({"get", a}, bulk(unique));
    add({"EXISTS", a, b, a}, ":2\r\n");
    add({"INCR", a}, number_error);
    add({"INCR", n}, ":1\r\n");
    add({"INCRBY", n, "41"}, ":42\r\n");
    add({"DECR", n}, ":41\r\n");
    add({"DECRBY", n, "-1"}, ":42\r\n");
    add({"GET", n}, bulk("42"));
    add({"INCRBY", n, "9223372036854775807"}, "-ERR increment or decrement would overflow\r\n");
    add({"INCRBY", n, "one"}, number_error);
    add({"MSET", a, "7", b, unique}, "+OK\r\n");
    add({"MGET", a, b, unique, n}, "*4\r\n" + bulk("7") + bulk(unique) + "$-1\r\n" + bulk("42"));
    add({"INCR", a}, ":8\r\n");
    add({"DBSIZE"}, kAnyNumber);
    add({"GET"}, "-ERR wrong number of arguments for 'get' command\r\n");
    script_.add("PING\r\n", "+PONG\r\n");
    script_.add("ECHO \"" + unique + " \\x21\"\r\n", bulk(unique + " !"));
    add({"DEL", a, b, n}, ":3\r\n");
  }

  bool next_request(std::string& requests) override {
    std::string next;
    if (!script_.next_request(next)) return false;
    begin_request(requests);
    requests += next;
    return true;
  }

 private:
  static constexpr const char* kAnyNumber = ":<n>\r\n";

  void add(std::initializer_list<std::string_view> arguments, std::string reply) {
    std::string request;
    append_command(request, arguments);
    script_.add(std::move(request), std::move(reply));
  }

  ReplyVerdict judge(std::string_view reply) override {
    const std::string& wanted = script_.take_due().expected;
    return {wanted == kAnyNumber ? reply[0] == ':' : reply == wanted, wanted};
  }
  bool is_verifier() const override { return true; }

  Script<std::string> script_;  // With the reply, byte for byte, or kAnyNumber.
};

[[noreturn]] void refuse_request(const std::string& request) {
  throw std::invalid_argument("counter: a request is incr/KEY, get/KEY, set/KEY, kv/KEYS,READS,ZIPF or ping, found \"" +
                              printable(request) + "\"");
}

}  // namespace

std::unique_ptr<ClientSession> make_counter_client(const ClientSettings& settings) {
  const std::string request = settings.request.empty() ? "incr/counter" : settings.request;
  if (request == "ping") {
    std::string ping;
    append_command(ping, {"PING"});
    return std::make_unique<FixedClient>("", std::move(ping), "+PONG\r\n", settings);
  }
  const std::size_t slash = request.find('/');
  if (slash == std::string::npos || slash + 1 == request.size()) refuse_request(request);
  const std::string_view verb = std::string_view(request).substr(0, slash);
  const std::string_view key = std::string_view(request).substr(slash + 1);
  if (key.size() > kLongestKey) throw std::invalid_argument("counter: a key is at most 65536 bytes long");
  if (verb == "kv") return make_key_mix_client(key, settings);
  if (verb == "incr") return std::make_unique<IncrClient>(key, settings);

  const std::string own_key = std::string(key) + ':' + std::string(Digits(settings.connection).view());
  const std::string value = letters(stream_of(settings.seed, settings.connection));
  std::string set;
  append_command(set, {"SET", own_key, value});
  if (verb == "set") return std::make_unique<FixedClient>("", std::move(set), std::string(kOk), settings);
  if (verb != "get") refuse_request(request);
  std::string get;
  append_command(get, {"GET", own_key});
  std::string reply;
  append_bulk(reply, value);
  return std::make_unique<FixedClient>(std::move(set), std::move(get), std::move(reply), settings);
}

std::unique_ptr<ClientSession> make_counter_verifier(const ClientSettings& settings) {
  return std::make_unique<CounterVerifier>(settings);
}

}  // namespace bakeoff::workloads
