// What the right answer is: the same bytes fed to a session in this process, without a socket, a thread or a second
// connection. Also the two ways in which the tests talk: a fixed script whose whole answer is known beforehand, and
// peers that check every reply with the workload's own client session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/connection.h"
#include "workloads/catalogue.h"

namespace bakeoff::conformance {

/// The Date of every reply replaced by x, since the subject's clock goes on.
std::string mask_dates(std::string text);

struct Expected {
  std::string replies;       ///< Dates not masked, so that the length is that of the real ones.
  bool closes = false;       ///< The session wants the connection closed after them.
  std::size_t requests = 0;  ///< As the service's receipt counts them.
};

/// The answer of a fresh service to these bytes on one connection. Waits take no time here.
Expected expected_answer(const workloads::WorkloadEntry& workload, std::string_view requests);

/// A conversation that touches every corner of the workload and leaves the connection open and the store empty.
std::string script_for(const workloads::WorkloadEntry& workload);

/// One small request that the workload answers; `number` makes it different.
std::string plain_request(const workloads::WorkloadEntry& workload, std::uint64_t number);

/// RESP's array of bulk strings.
std::string resp(const std::vector<std::string>& words);

/// A GET with the Host field that HTTP/1.1 asks for.
std::string get(const std::string& target);

/// Random bytes, different for each seed. For echo they are only more messages.
std::string random_bytes(std::uint64_t seed, std::size_t bytes);

/// Cuts `text` at seeded random places, 1 to `longest` bytes per piece.
std::vector<std::string_view> random_pieces(std::string_view text, std::uint64_t seed, std::size_t longest);

/// A connection together with the workload's client session, which checks every reply. No two peers of different
/// numbers ask for the same content.
class CheckingClient {
 public:
  /// `request` as in ClientSettings; "" takes the one whose content differs the most.
  CheckingClient(const workloads::WorkloadEntry& workload, std::uint16_t port, std::uint64_t number,
                 const std::string& request = {}, std::size_t message_bytes = 64);

  /// Sends one more request.
  void ask();
  /// Waits for the reply to every request asked so far. Throws std::runtime_error for a wrong answer or an early end.
  void await();
  /// Asks and waits, `times` times over.
  void rounds(int times);

  std::uint64_t asked() const { return asked_; }
  std::uint64_t answered() const { return answered_; }
  /// Calls of the back end that stand behind the answers.
  std::uint64_t calls() const { return calls_; }
  Connection& connection() { return connection_; }

 private:
  Connection connection_;
  std::unique_ptr<workloads::ClientSession> session_;
  std::uint64_t number_;
  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t calls_ = 0;
};

}  // namespace bakeoff::conformance
