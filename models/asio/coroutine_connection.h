// A connection that a coroutine serves, and how that coroutine waits.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <cstddef>
#include <string>
#include <utility>

#include "models/asio/disconnect_watch.h"
#include "models/asio/net.h"
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

  LoopSocket socket;
  LoopTimer timer;
  DisconnectWatch::Peer peer;
};

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
