#include "harness/load/counter_check.h"

#include <limits>
#include <stdexcept>

#include "harness/load/blocking_connection.h"
#include "harness/load/redis_login.h"
#include "harness/measure/monotonic.h"
#include "workloads/catalogue.h"
#include "workloads/client.h"
#include "workloads/integer.h"
#include "workloads/resp.h"

namespace bakeoff::load {
namespace {

/// a + b, or the largest number there is.
std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
  return a > std::numeric_limits<std::uint64_t>::max() - b ? std::numeric_limits<std::uint64_t>::max() : a + b;
}

/// The number that a reply to GET says.
std::int64_t value_of_reply(std::string_view reply) {
  if (reply == "$-1\r\n") return 0;
  if (reply[0] == '-') throw ExchangeError(refusal_in_words(reply));
  const std::size_t head = reply.find("\r\n") + 2;
  const auto number =
      reply[0] == '$' ? workloads::parse_integer(reply.substr(head, reply.size() - head - 2)) : std::nullopt;
  if (!number) throw ExchangeError("expected a whole number, got " + workloads::printable(reply));
  return *number;
}

}  // namespace

journal::CounterCheck with_losses(journal::CounterCheck counted) {
  // In modular arithmetic the distance of two signed numbers always fits.
  const auto initial = static_cast<std::uint64_t>(counted.initial);
  const auto final = static_cast<std::uint64_t>(counted.final);
  const bool fell = counted.final < counted.initial;
  const std::uint64_t risen = fell ? 0 : final - initial;
  const std::uint64_t fallen = fell ? initial - final : 0;
  const std::uint64_t most = saturating_sum(counted.acknowledged, counted.unacknowledged);
  // A key that fell has also lost increments that were acknowledged before this load.
  counted.lost = saturating_sum(counted.acknowledged > risen ? counted.acknowledged - risen : 0, fallen);
  counted.surplus = risen > most ? risen - most : 0;
  return counted;
}

std::vector<std::string> counter_events(const journal::CounterCheck& check, bool ledger_complete) {
  std::vector<std::string> events;
  if (check.lost != 0) {
    events.push_back(std::to_string(check.lost) + " increments that were acknowledged are not in the final value");
  }
  if (check.duplicates != 0) {
    events.push_back(std::to_string(check.duplicates) + " increments were answered with a number that another one got");
  }
  if (check.surplus != 0) {
    events.push_back("the counter rose by " + std::to_string(check.surplus) +
                     " more than was sent: another client counts on this key");
  }
  if (!ledger_complete) {
    events.push_back("too many different numbers to remember: the search for duplicates covers only a part of them");
  }
  return events;
}

std::optional<std::string> incremented_key(std::string_view workload, const std::string& request) {
  constexpr std::string_view kVerb = "incr/";
  if (workload != "counter") return std::nullopt;
  const std::string asked =
      request.empty() ? std::string(workloads::find_workload(workload)->default_request) : request;
  if (!asked.starts_with(kVerb)) return std::nullopt;
  return asked.substr(kVerb.size());
}

std::int64_t read_counter(const SocketAddress& peer, const workloads::Login& login, std::string_view key,
                          double timeout_s, const std::atomic<bool>& stop, journal::ClientReceipt& receipt) {
  std::string request;
  workloads::append_command(request, {"GET", key});
  try {
    BlockingConnection connection(peer, measure::now_ns() + static_cast<std::uint64_t>(timeout_s * 1e9), stop);
    log_in(connection, login);
    connection.send(request);
    ++receipt.requests;
    receipt.bytes_sent += request.size();
    workloads::ReplyScanner scanner;
    std::string bytes;
    for (;;) {
      const std::string_view came = connection.receive();
      receipt.bytes_received += came.size();
      bytes.append(came);
      switch (scanner.scan(bytes)) {
        case workloads::ReplyScanner::ReadStatus::more:
          if (bytes.size() <= workloads::kLongestBulk) break;
          [[fallthrough]];
        case workloads::ReplyScanner::ReadStatus::too_long:
          throw ExchangeError("expected a number, got more than 1 MiB");
        case workloads::ReplyScanner::ReadStatus::broken:
          throw ExchangeError("expected a RESP reply, got " + workloads::printable(bytes));
        case workloads::ReplyScanner::ReadStatus::reply:
          ++receipt.acknowledged;
          return value_of_reply(std::string_view(bytes).substr(0, scanner.taken().bytes));
      }
    }
  } catch (const ExchangeError& error) {
    throw std::runtime_error("GET " + workloads::printable(key) + ": " + error.what());
  }
}

}  // namespace bakeoff::load
