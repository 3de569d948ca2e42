// Asio's types with the loop's own executor, and accepting and stopping on an Asio loop, by the same rules as in
// models/net.h.
#pragma once

#include <sys/socket.h>

#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <chrono>
#include <functional>
#include <utility>

#include "models/connection.h"
#include "models/net.h"

namespace bakeoff::models::asio {

using boost::system::error_code;
// any_io_executor, the default of these types, costs at least one virtual call per operation.
using LoopExecutor = boost::asio::io_context::executor_type;
using LoopSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, LoopExecutor>;
using LoopDescriptor = boost::asio::posix::basic_stream_descriptor<LoopExecutor>;
using LoopClock = std::chrono::steady_clock;
using LoopTimer = boost::asio::basic_waitable_timer<LoopClock, boost::asio::wait_traits<LoopClock>, LoopExecutor>;

/// Asio reads before the callback or the coroutine goes on, so each connection needs a buffer of its own, a small one.
using ConnectionInput = std::array<char, 512>;
/// A loop's large buffer, for input that does not fit into the connection's own.
using InputScratch = std::array<char, kReadSize>;

/// Feeds the `size` bytes that were read into `own`. When they fill it there may be more, which is read into the loop's
/// large buffer as in the other models: a few times per turn, so that a peer that never pauses cannot hold up the
/// others.
inline workloads::Step feed_all(workloads::ServerSession& session, int socket, const ConnectionInput& own,
                                std::size_t size, InputScratch& scratch, std::string& replies) {
  workloads::Step step = session.feed({own.data(), size}, replies);
  bool more = size == own.size();
  for (int reads = 1; more && reads < kMostReads && step.want == workloads::Step::Want::input; ++reads) {
    const ssize_t read = receive_some(socket, scratch.data(), scratch.size());
    if (read <= 0) break;  // Nothing yet, the end or a failure: the next asynchronous read will tell.
    step = session.feed({scratch.data(), static_cast<std::size_t>(read)}, replies);
    more = static_cast<std::size_t>(read) == scratch.size();
  }
  return step;
}

/// How long a loop leaves a listener to others that wait on it too.
inline constexpr std::chrono::milliseconds kGiveWay{1};

/// Accepts on a loop until the stop token is readable. The loop waits; its thread runs the callbacks.
class AsioAcceptor {
 public:
  /// `on_accept` is given every new socket, non-blocking. `on_stop` is called once, and no socket comes after it. Where
  /// other loops wait on the same listener, `gives_way` tells whether it is left to them for a moment: it is asked
  /// before each connection, and connections are taken one per turn.
  AsioAcceptor(boost::asio::io_context& io, const Listener& listener, const StopToken& stop,
               std::function<void(Descriptor)> on_accept, std::function<void()> on_stop,
               std::function<bool()> gives_way = {})
      // Asio closes the descriptors that it watches. These are the caller's, and released in time: where connections
      // already fill the process, no duplicate could be had.
      : listener_(io, listener.socket.get()),
        stop_(io, stop.fd()),
        pause_(io),
        on_accept_(std::move(on_accept)),
        gives_way_(std::move(gives_way)) {
    stop_.async_wait(LoopDescriptor::wait_read, [this, on_stop = std::move(on_stop)](const auto&) {
      static_cast<void>(listener_.release());
      pause_.cancel();
      on_stop();
    });
    accept();
  }

  AsioAcceptor(const AsioAcceptor&) = delete;
  AsioAcceptor& operator=(const AsioAcceptor&) = delete;
  ~AsioAcceptor() {
    for (LoopDescriptor* watched : {&listener_, &stop_}) {
      if (watched->is_open()) static_cast<void>(watched->release());
    }
  }

  std::uint64_t accepted() const { return accepted_; }
  const AcceptPauses& pauses() const { return pauses_; }

 private:
  void accept() {
    const auto again = [this](error_code error) {
      if (!error && listener_.is_open()) accept();
    };
    for (;;) {
      if (gives_way_ && gives_way_()) return pause(kGiveWay, again);
      Accepted next = accept_from(listener_.native_handle(), SOCK_NONBLOCK);
      if (next.status == AcceptStatus::nothing) return listener_.async_wait(LoopDescriptor::wait_read, again);
      if (next.status == AcceptStatus::limit) {
        pauses_.count(Resource::descriptor, next.error);
        return pause(AcceptPauses::kLength, again);
      }
      ++accepted_;
      on_accept_(std::move(next.socket));
      if (gives_way_) return listener_.async_wait(LoopDescriptor::wait_read, again);
    }
  }

  void pause(std::chrono::milliseconds length, const auto& next) {
    pause_.expires_after(length);
    pause_.async_wait(next);
  }

  LoopDescriptor listener_;
  LoopDescriptor stop_;
  LoopTimer pause_;
  std::function<void(Descriptor)> on_accept_;
  std::function<bool()> gives_way_;
  AcceptPauses pauses_;
  std::uint64_t accepted_ = 0;
};

}  // namespace bakeoff::models::asio
