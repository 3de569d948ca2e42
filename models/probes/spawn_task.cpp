// spawn-asio-post and spawn-pool: a unit that is no more than a task in a queue. The first is posted to an Asio loop of
// the same thread, which then runs it. The second is handed to a pool of one thread, which sleeps while it has none,
// and waited for on a semaphore: the hand-off to another thread and back. pipelined=yes posts 1000 before it waits for
// the first, so that neither sleeps.
#include <semaphore.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cerrno>
#include <future>

#include "models/probes/probes.h"
#include "models/probes/spawning.h"

namespace bakeoff::models::probes {
namespace {

class Posts {
 public:
  void create(std::size_t /*index*/, StartReport* report) {
    boost::asio::post(context_, [report] { report_start(report); });
  }
  void join(std::size_t /*index*/) { context_.run_one(); }

 private:
  boost::asio::io_context context_{1};  // For one thread.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> more_to_come_{context_.get_executor()};
};

/// glibc's, which sleeps at once: std::counting_semaphore yields before, and so would measure another thing.
class Tokens {
 public:
  Tokens() { ::sem_init(&semaphore_, 0, 0); }
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;
  ~Tokens() { ::sem_destroy(&semaphore_); }

  void put() { ::sem_post(&semaphore_); }
  void take() {
    while (::sem_wait(&semaphore_) != 0 && errno == EINTR) continue;
  }

 private:
  sem_t semaphore_{};
};

class Pool {
 public:
  explicit Pool(int cpu) {
    std::promise<void> pinned;
    boost::asio::post(pool_, [&] {
      pin_to(cpu);
      pinned.set_value();
    });
    pinned.get_future().wait();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { pool_.join(); }

  void create(std::size_t /*index*/, StartReport* report) {
    boost::asio::post(pool_, [this, report] {
      report_start(report);
      done_.put();
    });
  }
  /// The pool does them in their order: the next one.
  void join(std::size_t /*index*/) { done_.take(); }

 private:
  Tokens done_;
  boost::asio::thread_pool pool_{1};
};

}  // namespace

ProbeResult probe_spawn_asio_post(const workloads::Settings& settings) {
  pin_to(choose_cpus("same").here);
  Posts posts;
  return measure_spawning(posts, {.outstanding = settings.number("outstanding")});
}

ProbeResult probe_spawn_pool(const workloads::Settings& settings) {
  constexpr std::size_t kPipelined = 1000;
  const CpuPair cpus = choose_cpus(settings.text("place"));
  Pool pool(cpus.there);
  pin_to(cpus.here);
  return measure_spawning(pool, {.outstanding = settings.number("outstanding"),
                                 .pipeline_depth = settings.yes("pipelined") ? kPipelined : 1});
}

}  // namespace bakeoff::models::probes
