// event-loop: one thread, one Asio loop, callbacks.
//
// Who waits:    nobody but the loop, in epoll_wait(). A quiet connection is an entry in the kernel's list.
// Who owns:     a connection owns itself: its socket, session, 1 KiB for input and what could not be sent yet. Exactly
//               one operation of it is outstanding at any time, and whoever completes that may delete it. The loop
//               lists the connections for stopping; read scratch and reply string are the loop's. No locks at all.
// Chosen by:    Redis, Node.js, nginx with one worker, HAProxy with one thread.
// Price:        one CPU for everything: a computation holds up every connection. The code is cut into callbacks.
// Breaks under: long computation, blocking calls, more load than one CPU can carry.
// Left out:     several loops, a pool for computation, deadlines for slow peers.
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "models/asio_net.h"
#include "models/catalogue.h"
#include "models/connection.h"
#include "models/live_list.h"

namespace bakeoff {
namespace {

constexpr std::size_t kOwnBuffer = 1024;  // Asio reads before the callback runs, so this much must be each one's own.
constexpr int kMostReads = 4;             // In one turn, so that a peer that never pauses cannot hold up the others.

class Connection;

/// What all connections share. Destroyed after the last of them.
struct Loop {
  explicit Loop(Service& served) : service(served) {}

  asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};  // One thread: no locks inside Asio either.
  Service& service;
  bool stopping = false;
  std::array<char, kReadSize> scratch{};
  std::string replies;  // Empty whenever a callback returns.
  LiveList<Connection> connections;
};

class Connection : public LiveHook {
 public:
  Connection(Loop& loop, Descriptor accepted)
      : loop_(loop), session_(loop.service.connect()), socket_(loop.io, asio::ip::tcp::v4(), accepted.get()) {
    static_cast<void>(accepted.release());
    loop_.connections.push_back(*this);
  }

  static void start(Loop& loop, Descriptor socket) try {
    auto made = std::make_unique<Connection>(loop, std::move(socket));
    made->read();
    static_cast<void>(made.release());  // Its own from here on.
  } catch (const std::exception&) {     // No memory for it: the peer sees a closed connection.
  }

  /// Has the outstanding operation complete, which deletes the connection.
  void abort() {
    error_code ignored;
    socket_.close(ignored);
    timer_.reset();
  }

 private:
  void read() {
    socket_.async_read_some(asio::buffer(own_),
                            [this](error_code error, std::size_t size) { turn(error, [&] { received(size); }); });
  }

  /// What every callback goes through.
  template <typename Body>
  void turn(error_code error, Body body) try {
    if (error || loop_.stopping) return end();
    body();
  } catch (const std::exception&) {  // Out of memory for this connection: nothing of it is outstanding.
    loop_.replies.clear();
    end();
  }

  void received(std::size_t size) {
    Step step = session_->feed({own_.data(), size}, loop_.replies);
    // A full buffer means that there may be more: go on with the loop's large one, as the other models read.
    bool more = size == own_.size();
    for (int reads = 1; more && reads < kMostReads && step.want == Step::Want::input; ++reads) {
      const ssize_t read = receive_some(socket_.native_handle(), loop_.scratch.data(), loop_.scratch.size());
      if (read <= 0) break;  // Nothing yet, the end or a failure: the next asynchronous read finds out which.
      step = session_->feed({loop_.scratch.data(), static_cast<std::size_t>(read)}, loop_.replies);
      more = static_cast<std::size_t>(read) == loop_.scratch.size();
    }
    drive(step);
  }

  /// The same order as converse() in connection.h: flush, then do what the session wants.
  void drive(Step step) {
    while (flush(step)) {
      switch (step.want) {
        case Step::Want::input:
          return read();
        case Step::Want::close:
          end_politely(socket_.native_handle());
          return end();
        case Step::Want::wait:
          if (!timer_) timer_ = std::make_unique<LoopTimer>(loop_.io);
          timer_->expires_after(step.pause);
          return timer_->async_wait(
              [this, step](error_code error) { turn(error, [&] { drive(proceed(*session_, step, loop_.replies)); }); });
        case Step::Want::compute:  // Inline, which is the model's price; but the others get a turn before the next.
          if (!flush(step = proceed(*session_, step, loop_.replies))) return;
          return asio::post(loop_.io, [this, step] { turn({}, [&] { drive(step); }); });
        case Step::Want::flush:
        case Step::Want::call:
          step = proceed(*session_, step, loop_.replies);
      }
    }
  }

  /// Sends the replies at once as far as the socket takes them. False when the rest was left to an operation, which
  /// goes on with `next`, or when the peer is gone and the connection with it: then the caller must return.
  bool flush(const Step& next) {
    if (loop_.replies.empty()) return true;
    const auto sent = send_what_fits(socket_.native_handle(), loop_.replies);
    forget_growth(loop_.replies);
    if (sent && loop_.replies.empty()) return true;
    if (!sent) return end(), false;
    unsent_.swap(loop_.replies);
    asio::async_write(socket_, asio::buffer(unsent_) + *sent, [this, next](error_code error, std::size_t) {
      std::string().swap(unsent_);
      turn(error, [&] { drive(next); });
    });
    return false;
  }

  void end() { delete this; }

  Loop& loop_;
  std::unique_ptr<ServerSession> session_;
  LoopSocket socket_;
  std::unique_ptr<LoopTimer> timer_;  // Made when the session first wants to wait.
  std::string unsent_;                // What an operation is sending, when the socket took no more.
  std::array<char, kOwnBuffer> own_;
};

class EventLoop final : public Model {
 public:
  StoreKind store_kind(const ModelSetup&) const override { return StoreKind::unshared; }

  ModelReceipt serve(const Listener& listener, Service& service, const ModelSetup&, const StopToken& stop,
                     const std::function<void()>& ready) override {
    Loop loop(service);
    LoopAcceptor acceptor(
        loop.io, listener, stop, [&](Descriptor socket) { Connection::start(loop, std::move(socket)); },
        [&] {
          loop.stopping = true;
          for (Connection& connection : loop.connections) connection.abort();
        });
    ready();
    loop.io.run();
    return {.connections = acceptor.accepted(),
            .units_created = 1,
            .peak_live_units = 1,
            .accept_pauses = acceptor.pauses().times(),
            .limit = acceptor.pauses().limit()};
  }
};

}  // namespace

std::unique_ptr<Model> make_event_loop() {
  return std::make_unique<EventLoop>();
}

}  // namespace bakeoff
