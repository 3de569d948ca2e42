// A connection that a coroutine serves, and how that coroutine waits.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "models/asio/disconnect_watch.h"
#include "models/asio/net.h"
#include "models/back_end/loop_pool.h"
#include "models/connection_list.h"
#include "models/net.h"
#include "models/open_file.h"

namespace bakeoff::models::asio {

/// A coroutine on a loop.
using LoopTask = boost::asio::awaitable<void, LoopExecutor>;

/// Makes an operation awaitable: co_await gives its error code and its result, and throws nothing.
inline constexpr auto kAwaitResult = boost::asio::as_tuple(boost::asio::deferred);

/// Lies in the coroutine's frame, and is listed so that a stop can reach it.
struct CoroutineConnection : ConnectionHook {
  CoroutineConnection(boost::asio::io_context& io, Descriptor accepted)
      : socket(io, boost::asio::ip::tcp::v4(), accepted.get()), timer(io) {
    static_cast<void>(accepted.release());
  }

  /// Has the operation that the coroutine awaits fail.
  void abort() {
    error_code ignored;
    socket.close(ignored);
    timer.cancel();
  }

  /// Sets the timer. False when the peer has left already; when it leaves later, the timer is cancelled.
  bool begin_pause(std::chrono::nanoseconds time, DisconnectWatch& peers) {
    timer.expires_after(time);
    return peer.cancel_timer_on_disconnect(peers, socket.native_handle(), timer);
  }

  /// Those of the back end. Their end cancels the timer, which is what the coroutine awaits meanwhile.
  back_end::LoopCalls& calls() {
    if (!calls_) calls_.emplace([this] { timer.cancel(); });
    return *calls_;
  }
  auto called() {
    peer.stop_cancelling();
    timer.expires_at(LoopClock::time_point::max());
    return timer.async_wait(kAwaitResult);
  }

  LoopSocket socket;
  LoopTimer timer;
  DisconnectWatch::Peer peer;

 private:
  std::optional<back_end::LoopCalls> calls_;  // Made when the session first wants to call.
};

/// Sends the rest of the replies, of which `sent` bytes have gone. `replies`, which are the loop's, are empty while
/// this waits. False when the peer is gone.
inline boost::asio::awaitable<bool, LoopExecutor> send_rest(CoroutineConnection& connection, std::size_t sent,
                                                            std::string& replies) {
  const std::string unsent = std::exchange(replies, {});
  const auto [error, count] =
      co_await boost::asio::async_write(connection.socket, boost::asio::buffer(unsent) + sent, kAwaitResult);
  co_return !error;
}

/// Sends the replies and the file behind them. `replies`, which are the loop's, are empty while this waits. False when
/// the conversation is over.
inline boost::asio::awaitable<bool, LoopExecutor> send_file(CoroutineConnection& connection,
                                                            workloads::FileTransfer transfer, OpenFile& file,
                                                            std::string& replies) {
  std::string unsent = std::exchange(replies, {});
  for (std::size_t sent = 0;;) {
    const SendResult result = send_with_file(connection.socket.native_handle(), transfer, file, unsent, sent);
    if (result == SendResult::all) replies.swap(unsent);  // Its memory serves the next reply.
    if (result != SendResult::some) co_return result == SendResult::all;
    const auto [error] = co_await connection.socket.async_wait(LoopSocket::wait_write, kAwaitResult);
    if (error) co_return false;
  }
}

}  // namespace bakeoff::models::asio
