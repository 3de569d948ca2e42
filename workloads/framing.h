// What the server side of every protocol shares: the tail of an incomplete message, the order of replies, the caps, and
// the count for the receipt. A protocol is left with one function: take one message from the front.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "workloads/session.h"
#include "workloads/tail.h"
#include "workloads/tallies.h"

namespace bakeoff::workloads {

/// No message of any protocol may be longer.
inline constexpr std::size_t kMessageCap = 4UL * 1024 * 1024;

/// While a step is pending a peer may send this much ahead. Past it the rest is dropped, and the connection closes when
/// what came before has been answered.
inline constexpr std::size_t kPendingCap = 16UL * 1024 * 1024;

class FramedSession : public ServerSession {
 public:
  /// An incomplete message longer than `message_cap` ends the connection. `tallies` outlives the session.
  FramedSession(Tallies& tallies, std::size_t message_cap) : tallies_(tallies), message_cap_(message_cap) {}
  ~FramedSession() override { tallies_.add(requests_, received_, sent_, files_, calls_); }
  FramedSession(const FramedSession&) = delete;
  FramedSession& operator=(const FramedSession&) = delete;

  Step feed(std::string_view received, std::string& replies) final;
  Step resume(std::string_view result, std::string& replies) final;

 protected:
  /// Takes the one message at the front, appends its reply and counts it; or says how many bytes are needed. Bytes that
  /// were not used up are shown again, at the front, with more behind them. Never called with an empty buffer.
  virtual Taken take(std::string_view bytes, std::string& replies) = 0;

  /// The step asked for by want() is done: append the reply of the message that asked for it, if there is more of it.
  virtual void resumed(std::string_view result, std::string& replies);

  /// Called in take() or resumed(): processing stops after the message until this step is done.
  void want(const Step& step) { pending_ = step; }
  void count_request(std::uint64_t requests = 1) { requests_ += requests; }
  /// A file went to the peer whole.
  void count_file(std::uint64_t bytes) {
    ++files_;
    sent_ += bytes;
  }
  void count_calls(std::uint64_t calls) { calls_ += calls; }
  void count_failed_call(CallOutcome outcome) { tallies_.add_failed_call(outcome); }

 private:
  void go_on(std::string_view received, std::string& replies);

  Tallies& tallies_;
  std::size_t message_cap_;
  Tail tail_;
  Step pending_;
  bool overrun_ = false;
  bool full_ = false;  ///< The flush that is pending is the reply cap's, and no wish of the protocol.
  std::uint64_t requests_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t files_ = 0;
  std::uint64_t calls_ = 0;
};

}  // namespace bakeoff::workloads
