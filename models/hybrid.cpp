// hybrid: one loop for the connections, a pool of N threads for whatever would hold it up.
//
// Who waits:    the loop, in epoll_wait(), for all connections; a pool thread for each request that blocks or computes.
// Who owns:     as in event-loop. A session is touched by the loop's thread alone: what goes to the pool is a value
//               (a Work, a length of time), and what comes back is an answer. So the store needs no lock.
// Chosen by:    Node.js (libuv's pool for files, DNS and crypto), Redis with threaded modules, nginx with thread_pool,
//               Python's asyncio with run_in_executor().
// Price:        two hand-overs between threads a heavy request, a queue that light requests do not see, and a loop that
//               other threads may call into: Asio's locks, which event-loop does without.
// Breaks under: more blocking requests at once than threads: the rest wait in the pool's queue, also those whose client
//               has left.
// Left out:     a bound on that queue, pools that grow, priorities.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "models/catalogue.h"
#include "models/loop_connection.h"

namespace bakeoff {
namespace {

/// What would hold up the loop goes to the pool.
struct Offload {
  using Connection = LoopConnection<Offload>;

  /// A blocking call to a data base: it takes its thread for as long as it lasts.
  void wait(Connection& connection, const Step& step) const {
    away(
        connection,
        [stop = stop, socket = connection.socket(), time = step.pause] {
          return wait_while_peer_stays(socket, *stop, time);
        },
        [&connection, step](bool stayed) {
          return stayed ? proceed(connection.session(), step, connection.loop().replies) : Step::close();
        });
  }

  void compute(Connection& connection, const Step& step) const {
    away(
        connection, [work = step.work] { return compute_unless_stopped(work); },
        [&connection](const std::optional<std::uint64_t>& answer) {
          return answer ? finish_work(connection.session(), *answer, connection.loop().replies) : Step::close();
        });
  }

  /// Runs `body` on the pool and `resume` with its result on the loop, which stays alive meanwhile.
  template <typename Body, typename Resume>
  void away(Connection& connection, Body body, Resume resume) const {
    auto loop_lives = asio::make_work_guard(connection.loop().io);
    asio::post(*pool, [&connection, body, resume, loop_lives = std::move(loop_lives)]() mutable {
      auto result = body();
      asio::post(loop_lives.get_executor(),
                 [&connection, resume, result] { connection.turn({}, [&] { connection.drive(resume(result)); }); });
    });
  }

  asio::thread_pool* pool;
  const StopToken* stop;
};

class Hybrid final : public Model {
 public:
  StoreKind store_kind(const ModelSetup&) const override { return StoreKind::unshared; }

  ModelReceipt serve(const Listener& listener, Service& service, const ModelSetup& setup, const StopToken& stop,
                     const std::function<void()>& ready) override {
    asio::thread_pool pool(setup.units);
    Loop<Offload> loop(BOOST_ASIO_CONCURRENCY_HINT_DEFAULT, service, Offload{&pool, &stop});
    LoopAcceptor acceptor(
        loop.io, listener, stop, [&](Descriptor socket) { loop.adopt(std::move(socket)); }, [&] { loop.abort(); });
    ready();
    loop.io.run();
    pool.join();
    return {.connections = acceptor.accepted(),
            .units_created = setup.units,
            .peak_live_units = setup.units,
            .accept_pauses = acceptor.pauses().times(),
            .limit = acceptor.pauses().limit()};
  }
};

}  // namespace

std::unique_ptr<Model> make_hybrid() {
  return std::make_unique<Hybrid>();
}

}  // namespace bakeoff
