// How a ring calls the back end: connecting, sending and receiving are operations like those of the server's own
// connections.
//
// Who waits: the ring's thread. Who owns: the client owns its links. What the kernel still works on when a link is
// closed belongs to the connection that was closed, which deletes itself when the last of its operations has completed;
// the ring must run until is_busy() is false. The pool, and who gets which connection: back_end/loop_pool.h.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "models/back_end/address.h"
#include "models/back_end/loop_pool.h"
#include "models/net.h"
#include "models/uring/ring.h"

namespace bakeoff::models::uring {

class UringBackEndLink;

/// A socket and the operations on it. On the heap, its own.
class UringBackEndConnection {
 public:
  UringBackEndConnection(Uring& ring, std::size_t& alive, UringBackEndLink& link, Descriptor socket)
      : ring_(ring), alive_(alive), link_(&link), socket_(std::move(socket)) {
    ++alive_;
    set_blocking(socket_.get(), true);  // Otherwise an operation would fail at once instead of waiting.
  }
  UringBackEndConnection(const UringBackEndConnection&) = delete;
  UringBackEndConnection& operator=(const UringBackEndConnection&) = delete;

  void await_connected() {
    ++outstanding_;
    ring_.wait_writable(socket_.get(), connected_);
  }
  void receive() {
    ++outstanding_;
    ring_.receive_multishot(socket_.get(), received_);
  }
  void send(std::string_view bytes) {
    unsent_.assign(bytes);
    ++outstanding_;
    ring_.send(socket_.get(), unsent_, sent_);
  }

  /// Its link has done with it.
  void leave() {
    link_ = nullptr;
    if (outstanding_ == 0) return die();
    ring_.cancel(connected_);
    ring_.cancel(received_);
    ring_.cancel(sent_);
  }

 private:
  ~UringBackEndConnection() { --alive_; }
  void die() { delete this; }
  inline void on_connected(const Uring::Completion& done);
  inline void on_received(const Uring::Completion& done);
  inline void on_sent(const Uring::Completion& done);
  /// An operation is over. False when nobody is left to hear of it.
  bool completed(bool last) {
    if (last) --outstanding_;
    if (link_ != nullptr) return true;
    if (outstanding_ == 0) die();
    return false;
  }

  Uring& ring_;
  std::size_t& alive_;
  UringBackEndLink* link_;
  Descriptor socket_;
  std::string unsent_;
  int outstanding_ = 0;
  Uring::Operation connected_ = Uring::Operation::of<&UringBackEndConnection::on_connected>(this);
  Uring::Operation received_ = Uring::Operation::of<&UringBackEndConnection::on_received>(this);
  Uring::Operation sent_ = Uring::Operation::of<&UringBackEndConnection::on_sent>(this);
};

class UringBackEndLink final : public back_end::LoopLink {
 public:
  UringBackEndLink(Uring& ring, std::size_t& alive, back_end::LoopPool& pool, const workloads::BackEndUse& use)
      : LoopLink(pool, use), ring_(ring), alive_(alive) {}
  ~UringBackEndLink() override { close(); }

 private:
  friend class UringBackEndConnection;

  void connect(const workloads::BackEnd& server) override {
    back_end::Connecting state{};
    Descriptor made = back_end::begin_connecting(server, state);
    if (!made) return on_end();
    connection_ = new UringBackEndConnection(ring_, alive_, *this, std::move(made));
    if (state == back_end::Connecting::under_way) return connection_->await_connected();
    begin();
  }
  void begin() {
    connection_->receive();
    on_connected();
  }
  void send(std::string_view bytes) override { connection_->send(bytes); }
  void close() override {
    if (connection_ != nullptr) std::exchange(connection_, nullptr)->leave();
  }

  Uring& ring_;
  std::size_t& alive_;
  UringBackEndConnection* connection_ = nullptr;
};

void UringBackEndConnection::on_connected(const Uring::Completion&) {
  if (!completed(true)) return;
  const bool made = back_end::check_connecting(socket_.get()) == back_end::Connecting::connected;
  made ? link_->begin() : link_->on_end();
}

void UringBackEndConnection::on_received(const Uring::Completion& done) {
  if (!completed(!done.more)) return;
  if (done.result <= 0 && done.result != -ENOBUFS) return link_->on_end();
  if (!done.more) receive();  // No buffer was free, or the kernel ended it for a reason of its own.
  if (!done.bytes.empty()) link_->on_received(done.bytes);
}

void UringBackEndConnection::on_sent(const Uring::Completion& done) {
  if (!completed(true)) return;
  if (done.result <= 0) link_->on_end();
}

class UringBackEnd final : public back_end::LoopPool {
 public:
  UringBackEnd(Uring& ring, const workloads::BackEndUse& use) : LoopPool(use), ring_(ring), use_(use) {}

  /// The same as LoopPool::end(). The ring has to run on until is_busy() is false.
  void end() {
    LoopPool::end();
    if (timed_) ring_.cancel(time_);
  }
  bool is_busy() const { return alive_ != 0 || timed_; }

 private:
  std::unique_ptr<back_end::LoopLink> make_link() override {
    return std::make_unique<UringBackEndLink>(ring_, alive_, *this, use_);
  }
  void wake_at(Clock::time_point time) override {
    timed_ = true;
    ring_.timeout(std::max(Clock::duration::zero(), time - Clock::now()), time_);
  }
  void on_timeout(const Uring::Completion&) {
    timed_ = false;
    on_time();
  }

  Uring& ring_;
  const workloads::BackEndUse& use_;
  std::size_t alive_ = 0;
  bool timed_ = false;
  Uring::Operation time_ = Uring::Operation::of<&UringBackEnd::on_timeout>(this);
};

}  // namespace bakeoff::models::uring
