// A connection over a socket that does not block, for models that cannot wait in the middle of the read-step-write body
// and take its steps one by one. The model decides who waits, and when the next step is taken.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "models/connection.h"
#include "models/net.h"
#include "workloads/session.h"

namespace bakeoff::models::epoll {

/// Owns its socket, its session, the file that it sends and what could not be sent yet. Used by one thread at a time,
/// which hands in its read scratch and its reply string. The string is empty again when send() has returned.
class NonblockingConnection {
 public:
  NonblockingConnection(Descriptor socket, std::unique_ptr<workloads::ServerSession> session)
      : socket_(std::move(socket)), session_(std::move(session)) {}

  int socket() const { return socket_.get(); }
  const workloads::Step& step() const { return step_; }

  enum class Received : std::uint8_t {
    more,     ///< There may be more.
    drained,  ///< Nothing is left for now.
    end,      ///< The input has ended, or the peer is gone.
  };
  /// Reads once and feeds.
  Received receive(std::span<char> scratch, std::string& replies) {
    const ssize_t received = receive_some(socket_.get(), scratch.data(), scratch.size());
    if (received < 0 && errno == EAGAIN) return Received::drained;
    if (received <= 0) return Received::end;
    const auto size = static_cast<std::size_t>(received);
    step_ = session_->feed({scratch.data(), size}, replies);
    return size == scratch.size() ? Received::more : Received::drained;
  }

  /// Sends what could not be sent before, or else the replies, and behind them the file that is to be sent, as much of
  /// it as the socket takes, and keeps the rest. False when the conversation is over: the peer is gone, or the file is
  /// shorter than it was.
  bool send(std::string& replies) {
    if (step_.want == workloads::Step::Want::send_file) return send_file(replies);
    if (unsent()) return send_rest();
    if (replies.empty()) return true;
    const auto sent = send_what_fits(socket_.get(), replies);
    if (!sent) return false;
    sent_ = *sent;
    if (!replies.empty()) unsent_.swap(replies);
    return true;
  }
  /// Whether something is still to be sent. Until then nothing may be read and no step taken.
  bool unsent() const { return !unsent_.empty() || file_.left() != 0; }

  /// Takes the step that is due: see perform_step() in connection.h.
  void perform_step(std::string& replies) { step_ = bakeoff::models::perform_step(*session_, step_, file_, replies); }
  /// Goes on after calls of the back end, with what came of them.
  void resume(std::string_view result, std::string& replies) { step_ = session_->resume(result, replies); }

 private:
  bool send_file(std::string& replies) {
    if (unsent_.empty()) {
      unsent_.swap(replies);
      sent_ = 0;
    }
    const SendResult result = send_with_file(socket_.get(), step_.file.transfer, file_, unsent_, sent_);
    if (result == SendResult::all) replies.swap(unsent_);  // Its memory serves the next reply.
    return result != SendResult::gone;
  }

  bool send_rest() {
    const ssize_t sent = send_some(socket_.get(), std::string_view(unsent_).substr(sent_));
    if (sent < 0) return errno == EAGAIN;
    sent_ += static_cast<std::size_t>(sent);
    if (sent_ == unsent_.size()) std::string().swap(unsent_);
    return true;
  }

  Descriptor socket_;
  std::unique_ptr<workloads::ServerSession> session_;
  workloads::Step step_;
  std::string unsent_;  // What the socket did not take at once. `sent_` bytes of it have gone since.
  std::size_t sent_ = 0;
  OpenFile file_;
};

}  // namespace bakeoff::models::epoll
