// What the client side of every protocol shares: the tail of an incomplete reply and the first complaint.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "workloads/framing.h"
#include "workloads/refusal.h"
#include "workloads/session.h"
#include "workloads/tail.h"

namespace bakeoff::workloads {

class FramedClient : public ClientSession {
 public:
  Consumed consume(std::string_view bytes) final;
  Consumed end() final;
  /// What was left of the bytes went with their connection. A session goes on only where no reply is due.
  void connection_ended() override { tail_.clear(); }
  std::string complaint() const final { return complaint_ ? *complaint_ : std::string(); }

 protected:
  /// Takes the one reply at the front, checks it and adds to `consumed`; or says how many bytes are needed. As in
  /// FramedSession. Called only while a reply is due.
  virtual Taken take(std::string_view bytes, Consumed& consumed) = 0;
  /// Takes bytes for which no reply is due: refuses them, unless the protocol has a use for them.
  virtual Taken take_unasked(std::string_view bytes, Consumed& consumed);
  /// The connection has ended while a reply is due: as take(), for the one that ends with it.
  virtual void take_end(Consumed& /*consumed*/) {}

  /// A request has been made: one more reply is due.
  void asked() { ++due_; }
  /// A reply is complete.
  void answered(Consumed& consumed) {
    --due_;
    ++consumed.completed;
  }
  /// A reply is complete to something that is no request of the load.
  void answered_apart() { --due_; }
  /// The server closes after this reply: what else was asked on this connection will not be answered. The same session
  /// may go on over a new connection.
  void forget_due() { due_ = 0; }
  bool has_complaint() const { return complaint_ != nullptr; }
  /// Keeps the first complaint only. `came` is shortened and made printable.
  void complain(std::string_view expected, std::string_view came);
  /// The bytes do not follow the protocol: nothing more is read from this connection.
  Taken refuse(Consumed& consumed, const Refusal& refusal);

 private:
  Tail tail_;
  std::uint64_t due_ = 0;
  std::string_view refused_;
  std::unique_ptr<std::string> complaint_;  // Nearly always absent: a pointer is smaller than a string.
};

/// Bytes as a person can read them in one line: control characters escaped, at most 120 characters.
std::string printable(std::string_view bytes);

}  // namespace bakeoff::workloads
