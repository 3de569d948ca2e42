// A connection that a coroutine serves, and how that coroutine waits.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>

#include "models/asio/disconnect_watch.h"
#include "models/asio/net.h"
#include "models/connection_list.h"
#include "models/net.h"

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

}  // namespace bakeoff::models::asio
