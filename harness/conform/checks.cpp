#include "harness/conform/checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "harness/conform/reply_reader.h"
#include "harness/load/blocking_connection.h"
#include "harness/measure/monotonic.h"
#include "harness/measure/plain_text.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::conform {
namespace {

constexpr std::uint64_t kPatienceNs = 10'000'000'000;
constexpr std::size_t kLongestShown = 200;

std::string shown(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes.substr(0, kLongestShown)) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '\r') {
      text += "\\r";
    } else if (byte == '\n') {
      text += "\\n";
    } else if (code < 0x20 || code >= 0x7F) {
      text += fmt::format("\\x{:02x}", code);
    } else {
      text += byte;
    }
  }
  return bytes.size() > kLongestShown ? text + fmt::format("... ({} bytes)", bytes.size()) : text;
}

class Checker {
 public:
  Checker(const load::SocketAddress& peer, const Conversations& what, const std::atomic<bool>& stop)
      : peer_(peer), what_(what), stop_(stop) {}

  ConformResult run() {
    for (const ConversationCase& one : conversation_cases(what_.topic)) {
      empty_store();
      converse(one);
    }
    check_rubbish();
    check_reset();
    if (what_.topic.workload == "counter") check_store_is_shared();
    if (what_.topic.workload == "http" && what_.topic.answers_all) check_waits();
    if (what_.connections > 1) check_crowd();
    return std::move(result_);
  }

 private:
  load::BlockingConnection connect() const { return {peer_, measure::now_ns() + kPatienceNs, stop_}; }

  void complain(const std::string& check, const std::string& sent, const std::string& expected,
                const std::string& came) {
    result_.complaints.push_back({check, sent, expected, came});
  }

  /// Runs one check; what ends its conversation early is a complaint.
  template <typename Check>
  void attempt(const std::string& name, const std::string& sent, const std::string& expected, const Check& check) {
    ++result_.checks;
    try {
      check();
    } catch (const load::ExchangeError& error) {
      if (stop_) throw subjects::Interrupted();
      complain(name, sent, expected, error.what());
    }
  }

  /// Sends the requests on a connection and returns the replies, as many as are expected or come before its end.
  std::vector<std::string> ask(load::BlockingConnection& connection, const std::vector<std::string>& pieces,
                               std::size_t expected, bool ends_input, std::string& complaint) const {
    ReplyReader reader(
        what_.topic.workload, what_.topic.message_bytes,
        what_.topic.workload == "http" ? head_requests(fmt::format("{}", fmt::join(pieces, ""))) : std::vector<bool>());
    for (const std::string& piece : pieces) connection.send(piece);
    if (ends_input) connection.end_input();
    std::vector<std::string> replies;
    std::string bytes;
    while (replies.size() < expected) {
      const std::string_view more = connection.receive_or_end();
      if (more.empty()) break;
      bytes += more;
      while (auto reply = reader.take(bytes)) replies.push_back(std::move(*reply));
      if (!reader.complaint().empty() && replies.empty()) break;
    }
    complaint = reader.complaint();
    if (!bytes.empty() && complaint.empty()) complaint = fmt::format("bytes behind the replies: {}", shown(bytes));
    return replies;
  }

  void empty_store() const {
    if (what_.topic.workload != "counter") return;
    load::BlockingConnection connection = connect();
    std::string ignored;
    ask(connection, {"*1\r\n$8\r\nFLUSHALL\r\n"}, 1, false, ignored);
  }

  void converse(const ConversationCase& one) {
    const std::string sent = shown(fmt::format("{}", fmt::join(one.pieces, "")));
    std::string expected;
    for (const std::string& reply : one.expected) expected += (expected.empty() ? "" : ", ") + shown(reply);
    attempt(one.name, sent, expected, [&] {
      load::BlockingConnection connection = connect();
      std::string complaint;
      const std::vector<std::string> replies =
          ask(connection, one.pieces, one.expected.size(), one.ends_input, complaint);
      const auto [wanted, came] = std::ranges::mismatch(one.expected, replies);
      const bool gave_up = one.ending == Ending::free && came == replies.end();
      if (wanted != one.expected.end() && !gave_up) {
        const std::size_t which = static_cast<std::size_t>(wanted - one.expected.begin()) + 1;
        complain(one.name, sent, fmt::format("reply {}: {}", which, shown(*wanted)),
                 came != replies.end() ? shown(*came)
                 : complaint.empty()   ? "the end of the connection"
                                       : complaint);
      } else if (!complaint.empty()) {
        complain(one.name, sent, "replies that follow the protocol", complaint);
      } else {
        check_ending(one, connection, sent);
      }
    });
  }

  void check_ending(const ConversationCase& one, load::BlockingConnection& connection, const std::string& sent) {
    if (one.ending == Ending::free) return;
    if (one.ending == Ending::closes) {
      const std::string_view more = connection.receive_or_end();
      if (!more.empty()) complain(one.name, sent, "the end of the connection behind the reply", shown(more));
      return;
    }
    const PlainRequest next = plain_request(what_.topic, 0);
    std::string complaint;
    const auto replies = ask(connection, {next.bytes}, 1, false, complaint);
    if (replies != std::vector{next.reply}) {
      complain(one.name, sent + shown(next.bytes), "the connection goes on with " + shown(next.reply),
               replies.empty() ? "the end of the connection" : shown(replies.front()));
    }
  }

  /// Whether somebody else is still served. What happened before is part of the complaint.
  void expect_served(const std::string& check, const std::string& before) {
    load::BlockingConnection connection = connect();
    const PlainRequest next = plain_request(what_.topic, 1);
    std::string complaint;
    if (ask(connection, {next.bytes}, 1, false, complaint) == std::vector{next.reply}) return;
    complain(check, before, "other connections are served as before", complaint);
  }

  /// Bytes that are no request end their own connection and nothing else.
  void check_rubbish() {
    using namespace std::string_literals;
    if (what_.topic.workload == "echo") return;  // Any bytes are a message.
    for (const std::string& rubbish :
         {"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n"s, std::string(70'000, 'i') + "\r\n\r\n"}) {
      attempt("bytes that are no request", shown(rubbish), "the end of the connection", [&] {
        load::BlockingConnection connection = connect();
        try {
          connection.send(rubbish);
        } catch (const load::ExchangeError&) {
          if (stop_) throw;  // It has closed already.
        }
        // In RESP a line of words is a command, which nobody knows; its error does not end the connection.
        const bool may_stay = what_.topic.workload == "counter";
        while (!connection.receive_or_end().empty() && !may_stay) continue;
        expect_served("bytes that are no request", shown(rubbish));
      });
    }
  }

  void check_reset() {
    const PlainRequest one = plain_request(what_.topic, 2);
    attempt("a reset in the middle of a request", shown(one.bytes), "other connections are served as before", [&] {
      for (const std::size_t kept : {std::size_t{0}, one.bytes.size() / 2, one.bytes.size()}) {
        load::BlockingConnection connection = connect();
        connection.send(std::string_view(one.bytes).substr(0, kept));
        connection.reset();
        expect_served("a reset in the middle of a request", shown(one.bytes.substr(0, kept)));
      }
    });
  }

  void check_store_is_shared() {
    const std::string set = "*3\r\n$3\r\nSET\r\n$6\r\nshared\r\n$1\r\nv\r\n",
                      get = "*2\r\n$3\r\nGET\r\n$6\r\nshared\r\n";
    attempt("a value that another connection has set", set, "$1\\r\\nv\\r\\n", [&] {
      load::BlockingConnection writer = connect();
      std::string complaint;
      ask(writer, {set}, 1, false, complaint);
      load::BlockingConnection reader = connect();
      const auto replies = ask(reader, {get}, 1, false, complaint);
      if (replies != std::vector<std::string>{"$1\r\nv\r\n"}) {
        complain("a value that another connection has set", shown(set + get), "$1\\r\\nv\\r\\n",
                 replies.empty() ? complaint : shown(replies.front()));
      }
    });
  }

  /// A wait takes its time, and nobody else's.
  void check_waits() {
    constexpr std::uint64_t kWaitNs = 300'000'000;
    const std::string wait = "GET /wait/300000 HTTP/1.1\r\nHost: a\r\n\r\n";
    attempt("a request that waits", shown(wait), "200 waited 300000", [&] {
      load::BlockingConnection waiting = connect();
      const std::uint64_t begin = measure::now_ns();
      waiting.send(wait);
      if (what_.connections > 1) {
        expect_served("a request beside one that waits", shown(wait));
        const std::uint64_t took = measure::now_ns() - begin;
        if (took >= kWaitNs) {
          complain("a request beside one that waits", shown(wait), "an answer before the wait is over",
                   fmt::format("an answer after {} ms", took / 1'000'000));
        }
      }
      std::string complaint;
      const auto replies = ask(waiting, {}, 1, false, complaint);
      const std::uint64_t took = measure::now_ns() - begin;
      if (replies != std::vector<std::string>{"200 waited 300000"}) {
        complain("a request that waits", shown(wait), "200 waited 300000",
                 replies.empty() ? complaint : shown(replies.front()));
      } else if (took < kWaitNs) {
        complain("a request that waits", shown(wait), "an answer after 300 ms",
                 fmt::format("after {} ms", took / 1'000'000));
      }
    });
  }

  /// Many connections at once: each gets its own replies.
  void check_crowd() {
    const std::string name = fmt::format("{} connections at once", what_.connections);
    attempt(name, "a request on each, three times", "to each its own reply", [&] {
      std::vector<std::unique_ptr<load::BlockingConnection>> crowd;
      const std::uint64_t deadline = measure::now_ns() + 3 * kPatienceNs;
      for (std::size_t i = 0; i < what_.connections; ++i) {
        crowd.push_back(std::make_unique<load::BlockingConnection>(peer_, deadline, stop_));
      }
      for (std::uint64_t round = 0; round < 3; ++round) {
        const auto request_of = [&](std::size_t i) { return plain_request(what_.topic, i * 8 + round); };
        for (std::size_t i = 0; i < crowd.size(); ++i) crowd[i]->send(request_of(i).bytes);
        for (std::size_t i = 0; i < crowd.size(); ++i) {
          std::string complaint;
          const auto replies = ask(*crowd[i], {}, 1, false, complaint);
          if (replies == std::vector{request_of(i).reply}) continue;
          complain(name, shown(request_of(i).bytes), shown(request_of(i).reply),
                   replies.empty() ? "the end of the connection" : shown(replies.front()));
          return;
        }
      }
    });
  }

  const load::SocketAddress& peer_;
  const Conversations& what_;
  const std::atomic<bool>& stop_;
  ConformResult result_;
};

}  // namespace

ConformResult check_conversations(const load::SocketAddress& peer, const Conversations& what,
                                  const std::atomic<bool>& stop) {
  return Checker(peer, what, stop).run();
}

}  // namespace bakeoff::conform
