// Workers that are C++20 coroutines on one Asio loop.
//
// Who waits: the worker's own coroutine, suspended at a co_await; the loop waits in epoll_wait() for all of them. A job
// that computes holds up all others. Who owns: a coroutine's frame owns its socket, session and buffers.
// Chosen by: arq and other workers on asyncio, BullMQ on Node.
// Price: a frame for each job in flight, and one CPU for all of them. The death of the process takes all of its jobs
// with it.
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <string>
#include <utility>

#include "models/asio/coroutine_connection.h"
#include "models/asio/net.h"
#include "models/connection.h"
#include "models/connection_list.h"
#include "models/stop_request.h"
#include "models/workers/queue_connection.h"

namespace bakeoff::models::workers {
namespace {

constexpr std::size_t kReplySize = 4096;  ///< A reply has one job, and is much smaller.

/// The workers of a loop. Used on its thread.
class WorkerCoroutines {
 public:
  WorkerCoroutines(workloads::Service& service, const StopToken& stop) : service_(service), stopped_(io_, stop.fd()) {
    stopped_.async_wait(asio::LoopDescriptor::wait_read, [this](const asio::error_code&) { abort(); });
  }
  WorkerCoroutines(const WorkerCoroutines&) = delete;
  WorkerCoroutines& operator=(const WorkerCoroutines&) = delete;
  ~WorkerCoroutines() { static_cast<void>(stopped_.release()); }  // The token owns it.

  void start(Descriptor socket) { boost::asio::co_spawn(io_, run_worker(std::move(socket)), boost::asio::detached); }

  /// Runs all workers until the stop, or until one of them has ended.
  void run() { io_.run(); }

  UnitCounts counts() const { return live_.counts(); }

 private:
  asio::LoopTask run_worker(Descriptor socket) {
    const LiveCount::Scope held(live_);
    try {
      asio::CoroutineConnection connection(io_, std::move(socket));
      connections_.push_back(connection);
      const auto session = service_.connect();
      co_await take_jobs(*session, connection);
    } catch (const std::exception&) {  // Out of memory for this one.
    }
    abort();
  }

  /// The same order of things as converse() in connection.h.
  asio::LoopTask take_jobs(workloads::ServerSession& session, asio::CoroutineConnection& connection) {
    std::array<char, kReplySize> buffer;
    std::string requests;
    OpenFile none;
    for (;;) {
      const auto [error, size] =
          co_await connection.socket.async_read_some(boost::asio::buffer(buffer), asio::kAwaitResult);
      if (error || stopping_) co_return;
      workloads::Step step = session.feed({buffer.data(), size}, requests);
      for (;;) {
        if (!requests.empty()) {
          const auto [gone, count] =
              co_await boost::asio::async_write(connection.socket, boost::asio::buffer(requests), asio::kAwaitResult);
          if (gone) co_return;
          requests.clear();
        }
        if (step.want == workloads::Step::Want::input) break;
        if (step.want == workloads::Step::Want::close) co_return;
        if (step.want == workloads::Step::Want::wait) {
          connection.timer.expires_after(step.pause);
          const auto [cancelled] = co_await connection.timer.async_wait(asio::kAwaitResult);
          if (cancelled) co_return;
        }
        if (stopping_) co_return;
        step = perform_step(session, step, none, requests);
      }
    }
  }

  /// Has every worker end, and with the last of them the loop.
  void abort() {
    if (std::exchange(stopping_, true)) return;
    stop_requested = true;  // Computations look at this; without a signal it is not set yet.
    asio::error_code ignored;
    stopped_.cancel(ignored);
    for (asio::CoroutineConnection& connection : connections_) connection.abort();
  }

  boost::asio::io_context io_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};  // One thread uses it, so Asio needs no locks.
  workloads::Service& service_;
  asio::LoopDescriptor stopped_;
  LiveCount live_;
  bool stopping_ = false;
  ConnectionList<asio::CoroutineConnection> connections_;
};

}  // namespace

WorkerReceipt run_coroutine_workers(const WorkerSetup& setup, const StopToken& stop,
                                    const std::function<void()>& ready) {
  auto service = make_worker_service(setup, [] {});
  WorkerCoroutines workers(service, stop);
  for (std::size_t i = 0; i < setup.units; ++i) {
    Descriptor socket = connect_to_queue(setup);
    set_blocking(socket.get(), false);
    workers.start(std::move(socket));
  }
  ready();
  workers.run();
  return {.units = workers.counts(), .error = why_ended(service, stop)};
}

}  // namespace bakeoff::models::workers
