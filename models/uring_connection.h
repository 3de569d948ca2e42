// A connection on an io_uring: up to two operations of it are outstanding, its receive and a send or a timeout, and it
// deletes itself when it is over and the last of them has completed. The loop lists the connections for stopping; the
// reply string is the loop's, because handlers do not overlap.
#pragma once

#include <sys/socket.h>

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/connection.h"
#include "models/live_list.h"
#include "models/uring.h"

namespace bakeoff {

class UringConnection;

/// What all connections share.
struct UringLoop {
  explicit UringLoop(Service& served) : service(served) {}

  Uring ring;
  Service& service;
  std::string replies;  // Empty whenever a handler returns.
  static constexpr std::size_t kMostSpares = 256;
  std::vector<std::string> spares;  // Strings that have been sent: their memory serves the next sends.
  LiveList<UringConnection> connections;
};

class UringConnection : public LiveHook {
 public:
  UringConnection(UringLoop& loop, Descriptor socket)
      : loop_(loop), session_(loop.service.connect()), socket_(std::move(socket)) {
    loop_.connections.push_back(*this);
  }

  static void start(UringLoop& loop, Descriptor socket) try {
    auto made = std::make_unique<UringConnection>(loop, std::move(socket));
    made->receive();
    static_cast<void>(made.release());  // Its own from here on.
  } catch (const std::exception&) {     // No memory for it: the peer sees a closed connection.
  }

  /// Has every outstanding operation complete, and the connection end with the last of them.
  void shut_down() {
    ending_ = true;
    ::shutdown(socket_.get(), SHUT_RDWR);
    if (pausing_) loop_.ring.cancel(paused_);
  }

 private:
  void on_received(const Uring::Completion& done) {
    receiving_ = done.more;
    // Out of buffers, or held back below: it goes on later. Anything else that brings nothing is the end.
    if (done.result <= 0 && done.result != -ENOBUFS && done.result != -ECANCELED) at_end_ = true;
    if (ending_) return end_if_over();
    if (!sending_ && !pausing_) return take(done.bytes);
    early_.append(done.bytes);
    // A peer that goes on and on while its replies are unsent is not read any further: that is the back-pressure.
    if (early_.size() >= kReadSize && receiving_ && !std::exchange(held_back_, true)) loop_.ring.cancel(received_);
  }

  void on_paused(const Uring::Completion&) {
    pausing_ = false;
    if (ending_) return end_if_over();
    go_on([this] { return proceed(*session_, step_, loop_.replies); });
  }

  void on_sent(const Uring::Completion& done) {
    sending_ = false;
    if (done.result <= 0 || ending_) return end();
    sent_ += static_cast<std::size_t>(done.result);
    if (sent_ < unsent_.size()) return send();
    unsent_.clear();
    forget_growth(unsent_);
    if (loop_.spares.size() < UringLoop::kMostSpares) loop_.spares.push_back(std::move(unsent_));
    unsent_ = std::string();
    go_on([this] { return step_; });
  }

  /// Input, when nothing is being sent or waited for.
  void take(std::string_view bytes) {
    if (bytes.empty()) return want_input();
    go_on([&] { return session_->feed(bytes, loop_.replies); });
  }

  template <typename Next>
  void go_on(Next next) try {
    drive(next());
  } catch (const std::exception&) {  // Out of memory for this connection.
    loop_.replies.clear();
    end();
  }

  /// The same order as converse() in connection.h: send, and when all of it is sent, do what the session wants.
  void drive(Step step) {
    for (;;) {
      step_ = step;
      if (!loop_.replies.empty()) return send_replies();
      if (step.want == Step::Want::input) return want_input();
      if (step.want == Step::Want::close) return end_politely(socket_.get()), end();
      if (step.want == Step::Want::wait) {
        pausing_ = true;
        return loop_.ring.timeout(step.pause, paused_);
      }
      step = proceed(*session_, step, loop_.replies);  // Computes inline; while its reply is sent, others have a turn.
    }
  }

  void want_input() {
    if (!early_.empty()) return take(std::exchange(early_, {}));
    if (at_end_) return end();
    if (!receiving_) receive();
  }

  void receive() {
    receiving_ = true;
    held_back_ = false;
    loop_.ring.receive_all(socket_.get(), received_);
  }

  void send_replies() {
    if (!loop_.spares.empty()) {
      unsent_ = std::move(loop_.spares.back());
      loop_.spares.pop_back();
    }
    unsent_.swap(loop_.replies);
    sent_ = 0;
    send();
  }

  void send() {
    sending_ = true;
    loop_.ring.send(socket_.get(), std::string_view(unsent_).substr(sent_), sent_all_);
  }

  void end() {
    if (!ending_ && receiving_) loop_.ring.cancel(received_);
    ending_ = true;
    end_if_over();
  }
  void end_if_over() {
    if (!receiving_ && !sending_ && !pausing_) delete this;
  }

  UringLoop& loop_;
  std::unique_ptr<ServerSession> session_;
  Descriptor socket_;
  Uring::Operation received_ = Uring::Operation::of<&UringConnection::on_received>(this);
  Uring::Operation sent_all_ = Uring::Operation::of<&UringConnection::on_sent>(this);
  Uring::Operation paused_ = Uring::Operation::of<&UringConnection::on_paused>(this);
  Step step_;
  std::string unsent_;    // What is being sent,
  std::size_t sent_ = 0;  // and how much of it has been.
  std::string early_;     // What arrived meanwhile.
  bool receiving_ = false, held_back_ = false, sending_ = false, pausing_ = false;
  bool at_end_ = false, ending_ = false;
};

}  // namespace bakeoff
