// The back end that a server of http may have, and how it is asked: the client side of three protocols, without I/O.
// PROTOCOLS.md, "The back end", says which bytes go to and fro. What a model adds is who waits for a connection and for
// an answer (models/back_end/).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace bakeoff::workloads {

/// Items 0 to this - 1 are there; item k has the value k in decimal.
inline constexpr std::uint64_t kBackEndItems = 10'000;
/// The most calls of one request.
inline constexpr std::uint64_t kMostCalls = 16;
/// What a user may ask for at the most.
inline constexpr std::uint64_t kMostPool = 10'000;
inline constexpr std::uint64_t kLongestCallMs = 60'000;
/// The most bytes that an answer may have.
inline constexpr std::size_t kLongestAnswer = 64UL * 1024;

enum class BackEndProtocol : std::uint8_t { http, redis, postgres };

struct BackEnd {
  BackEndProtocol protocol = BackEndProtocol::http;
  std::string address = "127.0.0.1";  ///< An IPv4 literal.
  std::uint16_t port = 0;
  std::size_t pool = 8;                     ///< The most connections at once, of those who share a pool.
  std::chrono::milliseconds timeout{1000};  ///< From the making of a call to its answer.
};

/// Fills protocol, address and port from "redis://127.0.0.1:6379". Throws std::invalid_argument in one line.
BackEnd parse_back_end(std::string_view url);

/// "redis" of "redis://127.0.0.1:6379".
std::string_view scheme_of(BackEndProtocol protocol);

/// Calls that a session wants to be made at once: for the items first, first + 1, ... modulo kBackEndItems.
struct Calls {
  std::uint16_t first = 0;
  std::uint16_t count = 1;
  std::uint64_t item(std::size_t index) const { return (first + index) % kBackEndItems; }
};

/// What came of a call.
enum class CallOutcome : std::uint8_t {
  answered,
  refused,   ///< No connection could be made.
  broken,    ///< The connection ended, or what came over it was not the protocol.
  no_value,  ///< The back end answered, but with no value: an error, a null, another status.
  late,      ///< There was no answer in time.
};
inline constexpr std::size_t kCallOutcomes = 5;

/// What a model hands to ServerSession::resume() after a `call`: "=" and the answers, a space between two of them; or
/// one of these words. The session takes them apart by the first byte.
inline constexpr char kAnsweredMark = '=';
std::string_view word_of(CallOutcome outcome);
/// The inverse: `answered` for every result that begins with the mark.
CallOutcome outcome_of(std::string_view result);

/// One connection to the back end, seen from its client. The calls are made by one caller at a time and never block.
class BackEndSession {
 public:
  virtual ~BackEndSession() = default;

  /// Appends what is to be sent first on a new connection; nothing, where nothing is.
  virtual void greet(std::string& /*requests*/) {}
  /// Whether it may be asked. Where it may not yet be, what comes in makes it so.
  virtual bool is_ready() const { return true; }

  /// Appends the request for an item. One at a time.
  virtual void ask(std::uint64_t item, std::string& requests) = 0;

  enum class Heard : std::uint8_t {
    more,      ///< The bytes end in the middle of something.
    ready,     ///< The greeting is over: it may be asked.
    answer,    ///< answer() has the value, until the next call.
    no_value,  ///< The item was answered with no value. The connection must not be used again.
    broken,    ///< No protocol. The connection must not be used again.
  };
  /// Takes bytes of the back end, in any split.
  virtual Heard consume(std::string_view bytes) = 0;
  virtual std::string_view answer() const = 0;
  /// The back end said that it closes the connection after this answer.
  virtual bool closes() const { return false; }
};

std::unique_ptr<BackEndSession> make_back_end_session(BackEndProtocol protocol);

}  // namespace bakeoff::workloads
