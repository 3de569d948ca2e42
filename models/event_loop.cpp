// event-loop: one thread, one Asio loop, callbacks.
//
// Who waits:    nobody but the loop, in epoll_wait(). A quiet connection is an entry in the kernel's list.
// Who owns:     a connection owns itself: its socket, session, 1 KiB for input and what could not be sent yet. Exactly
//               one operation of it is outstanding at any time, and whoever completes that may delete it. The loop
//               lists the connections for stopping; read scratch and reply string are the loop's. No locks at all.
// Chosen by:    Redis, Node.js, nginx with one worker, HAProxy with one thread.
// Price:        one CPU and one thread for everything: a computation holds up every connection. The code is cut into
//               callbacks.
// Breaks under: long computation, blocking calls, more load than one CPU can carry.
// Left out:     several loops, a pool for computation, deadlines for slow peers.
#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/intrusive/list.hpp>
#include <cerrno>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "models/catalogue.h"
#include "models/connection.h"

namespace bakeoff {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
// The loop's own executor type: any_io_executor, the default, costs a virtual call an operation.
using LoopExecutor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, LoopExecutor>;
using Watched = asio::posix::basic_stream_descriptor<LoopExecutor>;
using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, LoopExecutor>;

constexpr std::size_t kOwnBuffer = 1024;  // Asio reads before the callback runs, so this much must be each one's own.
constexpr int kMostReads = 16;            // In one turn, so that a peer that never pauses cannot hold up the others.

class Connection;
namespace intrusive = boost::intrusive;
using Listed = intrusive::list_base_hook<intrusive::link_mode<intrusive::auto_unlink>>;

/// What all connections share. Destroyed after the last of them.
struct Loop {
  explicit Loop(Service& served) : service(served) {}

  asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};  // One thread: no locks inside Asio either.
  Service& service;
  bool stopping = false;
  std::array<char, kReadSize> scratch{};
  std::string replies;  // Empty whenever a callback returns.
  intrusive::list<Connection, intrusive::base_hook<Listed>, intrusive::constant_time_size<false>> connections;
};

class Connection : public Listed {
 public:
  Connection(Loop& loop, Descriptor accepted)
      : loop_(loop), session_(loop.service.connect()), socket_(loop.io, asio::ip::tcp::v4(), accepted.get()) {
    static_cast<void>(accepted.release());
    loop_.connections.push_back(*this);
  }

  void read() {
    socket_.async_read_some(asio::buffer(own_),
                            [this](error_code error, std::size_t size) { turn(error, [&] { received(size); }); });
  }

  /// Has the outstanding operation complete, which deletes the connection.
  void abort() {
    error_code ignored;
    socket_.close(ignored);
    timer_.reset();
  }

 private:
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
    for (int reads = 0; more && reads < kMostReads && step.want == Step::Want::input; ++reads) {
      if (loop_.replies.size() >= kReplyCap && !flush(step)) return;
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
          if (!timer_) timer_ = std::make_unique<Timer>(loop_.io);
          timer_->expires_after(step.pause);
          return timer_->async_wait(
              [this, step](error_code error) { turn(error, [&] { drive(proceed(*session_, step, loop_.replies)); }); });
        case Step::Want::compute:  // Inline, which is the model's price; but the others get a turn before the next.
          step = proceed(*session_, step, loop_.replies);
          if (!flush(step)) return;
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
    std::string& replies = loop_.replies;
    if (replies.empty()) return true;
    const ssize_t sent = send_some(socket_.native_handle(), replies);
    if (sent < 0 && errno != EAGAIN) {
      replies.clear();
      end();
      return false;
    }
    const std::size_t done = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    if (done == replies.size()) {
      replies.clear();
      if (replies.capacity() > kRepliesKept) std::string().swap(replies);
      return true;
    }
    unsent_.swap(replies);
    asio::async_write(socket_, asio::buffer(unsent_) + done, [this, next](error_code error, std::size_t) {
      std::string().swap(unsent_);
      turn(error, [&] { drive(next); });
    });
    return false;
  }

  void end() { delete this; }

  Loop& loop_;
  std::unique_ptr<ServerSession> session_;
  Socket socket_;
  std::unique_ptr<Timer> timer_;  // Made when the session first wants to wait.
  std::string unsent_;            // What an operation is sending, when the socket took no more.
  std::array<char, kOwnBuffer> own_;
};

class EventLoop final : public Model {
 public:
  StoreKind store_kind(const Units&) const override { return StoreKind::unshared; }

  ModelReceipt serve(const Listener& listener, Service& service, const Units&, const StopToken& stop,
                     const std::function<void()>& ready) override {
    Loop loop(service);
    // Asio closes what it watches, so it watches duplicates: the originals are the caller's.
    Watched stopped(loop.io, ::fcntl(stop.fd(), F_DUPFD_CLOEXEC, 0));
    Watched acceptor(loop.io, ::fcntl(listener.socket.get(), F_DUPFD_CLOEXEC, 0));
    Timer pause(loop.io);
    AcceptPause pauses;
    ModelReceipt receipt;
    receipt.units_created = receipt.peak_live_units = 1;

    const std::function<void()> accept = [&] {
      for (;;) {
        Accepted accepted = accept_from(acceptor.native_handle(), SOCK_NONBLOCK);
        if (accepted.status == AcceptStatus::nothing) break;
        if (accepted.status == AcceptStatus::limit) {
          pauses.count();
          pause.expires_after(AcceptPause::kLength);
          return pause.async_wait([&](error_code error) {
            if (!error && !loop.stopping) accept();
          });
        }
        ++receipt.connections;
        start(loop, std::move(accepted.socket));
      }
      acceptor.async_wait(Watched::wait_read, [&](error_code error) {
        if (!error && !loop.stopping) accept();
      });
    };
    stopped.async_wait(Watched::wait_read, [&](error_code) {
      loop.stopping = true;
      acceptor.close();
      pause.cancel();
      for (Connection& connection : loop.connections) connection.abort();
    });
    accept();
    ready();
    loop.io.run();
    receipt.accept_pauses = pauses.times();
    return receipt;
  }

 private:
  static void start(Loop& loop, Descriptor socket) try {
    auto connection = std::make_unique<Connection>(loop, std::move(socket));
    connection->read();
    static_cast<void>(connection.release());  // Its own from here on.
  } catch (const std::exception&) {           // No memory for it: the peer sees a closed connection.
  }
};

}  // namespace

std::unique_ptr<Model> make_event_loop() {
  return std::make_unique<EventLoop>();
}

}  // namespace bakeoff
