// A connection on an Asio loop with callbacks, for event_loop.cpp, event_loops.cpp and hybrid.cpp. They differ in where
// a step runs that would hold up the loop: their BlockingPolicy decides that.
//
// Who waits: the loop. Who owns: a connection owns itself, its socket, its session, its input buffer and what could not
// be sent yet. Exactly one of its operations is outstanding at any time, and the callback of that operation may delete
// it. The loop lists its connections so that a stop can reach them. It also lends them one read scratch and one reply
// string, which is enough because callbacks of one loop do not overlap.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "models/asio/back_end.h"
#include "models/asio/disconnect_watch.h"
#include "models/asio/net.h"
#include "models/connection.h"
#include "models/connection_list.h"

namespace bakeoff::models::asio {

template <typename BlockingPolicy>
class AsioConnection;

/// A loop, and what its connections share. Destroyed after the last of them.
template <typename BlockingPolicy>
struct AsioLoop {
  /// `hint` is BOOST_ASIO_CONCURRENCY_HINT_UNSAFE where no other thread ever touches the loop. `counted`, unless it is
  /// nullptr, holds how many connections are alive.
  AsioLoop(int hint, workloads::Service& served, BlockingPolicy chosen, std::atomic<std::uint64_t>* counted = nullptr)
      : io(hint), service(served), policy(std::move(chosen)), live(counted), peers(io) {
    policy.begin(io, service);
  }

  /// Takes the socket. Without memory for a connection, the peer sees a closed one.
  void add_connection(Descriptor socket) try {
    auto made = std::make_unique<AsioConnection<BlockingPolicy>>(*this, std::move(socket));
    made->read();
    static_cast<void>(made.release());  // It owns itself from here on.
  } catch (const std::exception&) {
  }

  /// Has every outstanding operation complete, which deletes its connection, and with the last of them the loop ends.
  void abort() {
    stopping = true;
    for (auto& connection : connections) connection.abort();
    peers.end();
    policy.end();
  }

  boost::asio::io_context io;
  workloads::Service& service;
  BlockingPolicy policy;
  std::atomic<std::uint64_t>* live;
  DisconnectWatch peers;
  bool stopping = false;
  InputScratch scratch{};
  std::string replies;  // Empty whenever a callback returns.
  ConnectionList<AsioConnection<BlockingPolicy>> connections;
};

template <typename BlockingPolicy>
class AsioConnection : public ConnectionHook {
 public:
  AsioConnection(AsioLoop<BlockingPolicy>& loop, Descriptor accepted)
      : loop_(loop), session_(loop.service.connect()), socket_(loop.io, boost::asio::ip::tcp::v4(), accepted.get()) {
    static_cast<void>(accepted.release());
    loop_.connections.push_back(*this);
    if (loop_.live != nullptr) ++*loop_.live;
  }
  ~AsioConnection() {
    if (loop_.live != nullptr) --*loop_.live;
  }

  void read() {
    socket_.async_read_some(boost::asio::buffer(own_), [this](error_code error, std::size_t size) {
      on_complete(error, [&] {
        drive(feed_all(*session_, socket_.native_handle(), own_, size, loop_.scratch, loop_.replies));
      });
    });
  }

  /// Every callback goes through this: it runs `body`, or ends the connection after an error or a stop.
  void on_complete(error_code error, std::invocable auto body) try {
    if (error || loop_.stopping) return end();
    body();
  } catch (const std::exception&) {  // Out of memory for this connection, none of whose operations is outstanding.
    drop_replies(loop_.replies);
    end();
  }

  /// The same order as converse() in models/connection.h: flush, then do what the session wants.
  void drive(workloads::Step step) {
    while (flush(step)) {
      switch (step.want) {
        case workloads::Step::Want::input:
          return read();
        case workloads::Step::Want::close:
          shutdown_and_drain(socket_.native_handle());
          return end();
        case workloads::Step::Want::wait:
          return loop_.policy.wait(*this, step);
        case workloads::Step::Want::compute:
          return loop_.policy.compute(*this, step);
        case workloads::Step::Want::open_file:
          if (!loop_.policy.open_file(*this, step)) return;
          break;
        case workloads::Step::Want::call:
          if (!loop_.policy.call(*this, step)) return;
          break;
        case workloads::Step::Want::send_file:  // flush() has sent it.
        case workloads::Step::Want::flush:
          step = perform_step(*session_, step, file_, loop_.replies);
          break;
      }
    }
  }

  /// Sends at once as many of the replies as the socket takes. False when an operation has to send the rest, after
  /// which it goes on with `next`; also when the peer is gone, and the connection deleted. Then the caller must return.
  bool flush(const workloads::Step& next) {
    if (next.want == workloads::Step::Want::send_file) {
      if (!loop_.replies.empty()) unsent_.swap(loop_.replies);
      return loop_.policy.send_file(*this, next);
    }
    if (loop_.replies.empty()) return true;
    const auto sent = send_what_fits(socket_.native_handle(), loop_.replies);
    if (sent && loop_.replies.empty()) return true;
    if (!sent) return end(), false;
    unsent_.swap(loop_.replies);
    boost::asio::async_write(socket_, boost::asio::buffer(unsent_) + *sent,
                             [this, next](error_code error, std::size_t) {
                               std::string().swap(unsent_);
                               on_complete(error, [&] { drive(next); });
                             });
    return false;
  }

  /// Goes on after a call of the back end.
  void on_called(std::string_view result) {
    on_complete({}, [&] { drive(session_->resume(result, loop_.replies)); });
  }

  // For the policy.
  AsioLoop<BlockingPolicy>& loop() { return loop_; }
  workloads::ServerSession& session() { return *session_; }
  int socket() { return socket_.native_handle(); }
  OpenFile& file() { return file_; }
  back_end::LoopCalls& calls() {
    if (!calls_) calls_ = std::make_unique<back_end::LoopCalls>([this] { on_called(calls_->result()); });
    return *calls_;
  }

  /// Sends what the socket takes of the reply and its file. May run on another thread, while no operation of this
  /// connection is outstanding.
  SendResult send_file_part(workloads::FileTransfer transfer) {
    return send_with_file(socket_.native_handle(), transfer, file_, unsent_, sent_);
  }
  /// True when all of it has gone. Otherwise this waits for room and drives `step` on again, or ends the connection:
  /// then the caller must return.
  bool on_file_sent(SendResult result, const workloads::Step& step) {
    if (result == SendResult::all) {
      if (loop_.replies.capacity() < unsent_.capacity()) loop_.replies.swap(unsent_);  // For the next reply.
      std::string().swap(unsent_);
    }
    if (result == SendResult::gone) end();
    if (result == SendResult::some) {
      socket_.async_wait(LoopSocket::wait_write,
                         [this, step](error_code error) { on_complete(error, [&] { drive(step); }); });
    }
    return result == SendResult::all;
  }

  /// Has a timer of the loop wait for `time`, and then calls `next`, which takes an error. When the peer leaves, the
  /// connection ends instead.
  void pause(std::chrono::nanoseconds time, auto next) {
    if (!timer_) timer_ = std::make_unique<LoopTimer>(loop_.io);
    timer_->expires_after(time);
    if (!peer_.cancel_timer_on_disconnect(loop_.peers, socket(), *timer_)) return end();
    timer_->async_wait(std::move(next));
  }

 private:
  friend AsioLoop<BlockingPolicy>;

  void abort() {
    error_code ignored;
    socket_.cancel(ignored);  // Not closed: another thread may be sending a file to it.
    timer_.reset();
  }
  void end() { delete this; }

  AsioLoop<BlockingPolicy>& loop_;
  std::unique_ptr<workloads::ServerSession> session_;
  LoopSocket socket_;
  std::unique_ptr<LoopTimer> timer_;  // Made when the session first wants to wait.
  DisconnectWatch::Peer peer_;
  std::string unsent_;    // What an operation is sending, when the socket took no more; or what stands before a file.
  std::size_t sent_ = 0;  // How much of that has gone, before a file.
  OpenFile file_;
  std::unique_ptr<back_end::LoopCalls> calls_;  // Made when the session first wants to call.
  ConnectionInput own_;
};

/// The policy of event-loop and event-loops: the loop does everything itself.
struct InlinePolicy {
  using Connection = AsioConnection<InlinePolicy>;

  void begin(boost::asio::io_context& io, workloads::Service& service) {
    if (const workloads::BackEndUse* use = service.back_end()) client = std::make_unique<AsioBackEnd>(io, *use);
  }
  void end() const {
    if (client) client->end();
  }

  /// The loop waits for all timers at once, and takes the step when this one is over.
  void wait(Connection& connection, const workloads::Step& step) const {
    connection.pause(step.pause, [&connection, step](error_code error) {
      connection.on_complete(error, [&] {
        connection.drive(perform_step(connection.session(), step, connection.file(), connection.loop().replies));
      });
    });
  }

  /// Every connection waits while this one opens or reads its file, which is the model's price. True: `step` is the
  /// next one now. False: the connection goes on later.
  bool open_file(Connection& connection, workloads::Step& step) const {
    step = perform_step(connection.session(), step, connection.file(), connection.loop().replies);
    return true;
  }
  /// True: all of it has gone.
  bool send_file(Connection& connection, const workloads::Step& step) const {
    return connection.on_file_sent(connection.send_file_part(step.file.transfer), step);
  }

  /// An asynchronous client on the same loop. True: `step` is the next one now. False: the connection goes on later.
  bool call(Connection& connection, workloads::Step& step) const {
    if (!client->call(connection.calls(), step.calls)) return false;
    step = connection.session().resume(connection.calls().result(), connection.loop().replies);
    return true;
  }

  /// Every connection waits while this one computes, which is the model's price. The others get a turn before this one
  /// goes on.
  void compute(Connection& connection, const workloads::Step& step) const {
    const workloads::Step next = perform_step(connection.session(), step, connection.file(), connection.loop().replies);
    if (!connection.flush(next)) return;
    boost::asio::post(connection.loop().io,
                      [&connection, next] { connection.on_complete({}, [&] { connection.drive(next); }); });
  }

  std::unique_ptr<AsioBackEnd> client{};  // None where the service has no back end.
};

}  // namespace bakeoff::models::asio
