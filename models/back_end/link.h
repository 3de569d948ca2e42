// A connection to the back end for callers that can wait in the middle of a call: threads, processes and fibers. It is
// made when it is first needed, and again after a failure.
//
// Who waits: the caller, in the Socket. Who owns: the pool (waiting_pool.h), which lends it to one caller at a time.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "workloads/back_end.h"
#include "workloads/session.h"
#include "workloads/tallies.h"

namespace bakeoff::models::back_end {

using Clock = std::chrono::steady_clock;

/// How much one read of an answer asks for at most.
inline constexpr std::size_t kAnswerReadSize = 4096;

// clang-format off
/// A TCP connection whose operations wait, until `until` at the longest or until the process is to stop.
template <typename S>
concept WaitingSocket = requires(S socket, const workloads::BackEnd& server, std::string_view bytes, std::span<char> into,
                                 Clock::time_point until) {
  { socket.connect(server, until) } -> std::convertible_to<bool>;
  { socket.send(bytes) } -> std::convertible_to<bool>;
  /// How many bytes have come; 0: none will.
  { socket.receive(into, until) } -> std::convertible_to<std::size_t>;
  { socket.is_open() } -> std::convertible_to<bool>;
  socket.close();
};
// clang-format on

template <WaitingSocket Socket>
class BackEndLink {
 public:
  using Outcome = workloads::CallOutcome;

  bool is_open() const { return socket_.is_open(); }
  void close() {
    socket_.close();
    session_.reset();
  }
  Socket& socket() { return socket_; }

  /// Sends the request for an item, over a new connection where there is none. `answered` where it was sent; otherwise
  /// the link is to be closed.
  Outcome ask(const workloads::BackEndUse& use, std::uint64_t item, Clock::time_point until) {
    if (!socket_.is_open()) {
      if (const Outcome made = open(use, until); made != Outcome::answered) return made;
    }
    requests_.clear();
    session_->ask(item, requests_);
    return socket_.send(requests_) ? Outcome::answered : Outcome::broken;
  }

  /// Waits for the answer and appends it. Unless it is `answered`, the link is to be closed.
  Outcome receive(std::string& answers, Clock::time_point until) {
    switch (hear(until)) {
      case Heard::answer:
        answers.append(session_->answer());
        if (session_->closes()) close();
        return Outcome::answered;
      case Heard::no_value:
        return Outcome::no_value;
      default:
        return Clock::now() >= until ? Outcome::late : Outcome::broken;
    }
  }

 private:
  using Heard = workloads::BackEndSession::Heard;

  Outcome open(const workloads::BackEndUse& use, Clock::time_point until) {
    const auto late_or = [until](Outcome otherwise) { return Clock::now() >= until ? Outcome::late : otherwise; };
    if (!socket_.connect(use.server, until)) return late_or(Outcome::refused);
    use.tallies.add_back_end_connection();
    session_ = workloads::make_back_end_session(use.server.protocol);
    requests_.clear();
    session_->greet(requests_);
    if (!requests_.empty() && !socket_.send(requests_)) return Outcome::refused;
    if (!session_->is_ready() && hear(until) != Heard::ready) return late_or(Outcome::refused);
    return Outcome::answered;
  }

  /// What comes next that is whole; `more` where nothing does.
  Heard hear(Clock::time_point until) {
    std::array<char, kAnswerReadSize> bytes;
    for (Heard heard = Heard::more;;) {
      const std::size_t size = socket_.receive(bytes, until);
      if (size == 0) return Heard::more;
      heard = session_->consume({bytes.data(), size});
      if (heard != Heard::more) return heard;
    }
  }

  Socket socket_;
  std::unique_ptr<workloads::BackEndSession> session_;
  std::string requests_;
};

}  // namespace bakeoff::models::back_end
