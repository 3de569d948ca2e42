// hybrid: one loop for the connections, and a pool of N threads for everything that would hold it up.
//
// Who waits:    the loop, in epoll_wait(), for all connections; a pool thread for each request that blocks (a file, a
//               back end) or computes.
// Who owns:     as in event-loop. Only the loop's thread touches a session: what goes to the pool is a value (a Work, a
//               length of time), and what comes back is an answer. So the store needs no lock.
// Chosen by:    Node.js (libuv's pool for files, DNS and crypto), Redis with threaded modules, nginx with thread_pool,
//               Python's asyncio with run_in_executor().
// Price:        two hand-overs between threads per heavy request; Asio's locks, because other threads call into the
//               loop (event-loop does without them). Light requests do not go through the pool's queue.
// Breaks under: more blocking requests at once than threads: the rest wait in the pool's queue, also those whose client
//               has left.
// Left out:     a bound on that queue, pools that grow, priorities.
#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <string>

#include "models/asio/connection.h"
#include "models/back_end/blocking_client.h"
#include "models/catalogue.h"

namespace bakeoff::models {
namespace {

/// Every step that would hold up the loop goes to the pool.
struct PoolPolicy {
  using Connection = asio::AsioConnection<PoolPolicy>;

  void begin(boost::asio::io_context&, workloads::Service&) const {}
  void end() const {}

  /// Stands for a blocking call to a database, which takes a thread for as long as it lasts.
  void wait(Connection& connection, const workloads::Step& step) const {
    run_on_pool(
        connection,
        [stop = stop, socket = connection.socket(), time = step.pause] {
          return wait_unless_peer_disconnects(socket, *stop, time);
        },
        [&connection, step](bool stayed) {
          return stayed ? perform_step(connection.session(), step, connection.file(), connection.loop().replies)
                        : workloads::Step::close();
        });
  }

  /// Opening and sending may have to read from the disk, so both are for a pool thread. False: the connection goes on
  /// when that is done.
  bool open_file(Connection& connection, const workloads::Step& step) const {
    run_on_pool(
        connection,
        [&connection, name = step.file] {
          std::array<char, 24> text;
          return std::string(connection.file().open(name, text));
        },
        [&connection](const std::string& opened) {
          return finish_opening(connection.session(), connection.file(), opened, connection.loop().replies);
        });
    return false;
  }
  bool send_file(Connection& connection, const workloads::Step& step) const {
    run_on_pool_then(
        connection, [&connection, transfer = step.file.transfer] { return connection.send_file_part(transfer); },
        [&connection, step](SendResult result) {
          if (!connection.on_file_sent(result, step)) return;
          connection.drive(perform_step(connection.session(), step, connection.file(), connection.loop().replies));
        });
    return false;
  }

  /// A blocking client on a thread of the pool. The reply is made on the loop. The call's time begins here.
  bool call(Connection& connection, const workloads::Step& step) const {
    run_on_pool(
        connection,
        [client = client, calls = step.calls, until = client->late_at()] { return client->call(calls, until); },
        [&connection](const std::string& result) {
          return connection.session().resume(result, connection.loop().replies);
        });
    return false;
  }

  void compute(Connection& connection, const workloads::Step& step) const {
    run_on_pool(
        connection, [work = step.work] { return compute_unless_stopped(work); },
        [&connection](const std::optional<std::uint64_t>& answer) {
          return answer ? finish_work(connection.session(), *answer, connection.loop().replies)
                        : workloads::Step::close();
        });
  }

  /// Runs `body` on the pool, and drives the connection on with the step that `resume` makes of its result.
  template <typename Body, typename Resume>
  void run_on_pool(Connection& connection, Body body, Resume resume) const {
    run_on_pool_then(connection, body, [&connection, resume](auto result) { connection.drive(resume(result)); });
  }

  /// Runs `body` on the pool and `next` with its result on the loop, which stays alive meanwhile.
  template <typename Body, typename Next>
  void run_on_pool_then(Connection& connection, Body body, Next next) const {
    auto loop_lives = boost::asio::make_work_guard(connection.loop().io);
    boost::asio::post(*pool, [&connection, body, next, loop_lives = std::move(loop_lives)]() mutable {
      auto result = body();
      boost::asio::post(loop_lives.get_executor(),
                        [&connection, next, result] { connection.on_complete({}, [&] { next(result); }); });
    });
  }

  boost::asio::thread_pool* pool;
  const StopToken* stop;
  back_end::BlockingClient* client;
};

class Hybrid final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup&) const override { return workloads::StoreKind::unshared; }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup,
                     const StopToken& stop, const std::function<void()>& ready) override {
    const auto client = back_end::make_blocking_client(service);
    boost::asio::thread_pool pool(setup.units);
    asio::AsioLoop<PoolPolicy> loop(BOOST_ASIO_CONCURRENCY_HINT_DEFAULT, service,
                                    PoolPolicy{&pool, &stop, client.get()});
    asio::AsioAcceptor acceptor(
        loop.io, listener, stop, [&](Descriptor socket) { loop.add_connection(std::move(socket)); },
        [&] { loop.abort(); });
    ready();
    loop.io.run();
    pool.join();
    return {.connections = acceptor.accepted(),
            .units = {.created = setup.units, .peak_live = setup.units},
            .pauses = acceptor.pauses()};
  }
};

}  // namespace

std::unique_ptr<Model> make_hybrid() {
  return std::make_unique<Hybrid>();
}

}  // namespace bakeoff::models
