// spawn-asio-post and spawn-pool: a unit that is no more than a task in a queue. The first is posted to an Asio loop of
// the same thread, which then runs it. The second is handed to a pool of one thread, which sleeps while it has none,
// and waited for on a semaphore: the hand-off to another thread and back. pipelined=yes posts 1000 before it waits for
// the first, so that nobody sleeps.
#include <semaphore.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cerrno>
#include <future>

#include "models/probes/probes.h"
#include "models/probes/spawning.h"

namespace bakeoff {
namespace {

namespace asio = boost::asio;

class Posts {
 public:
  void create(std::size_t /*index*/, FirstWord* word) {
    asio::post(context_, [word] { say_first_word(word); });
  }
  void join(std::size_t /*index*/) { context_.run_one(); }

 private:
  asio::io_context context_{1};  // For one thread.
  asio::executor_work_guard<asio::io_context::executor_type> more_to_come_{context_.get_executor()};
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
    asio::post(pool_, [&] {
      pin_to(cpu);
      pinned.set_value();
    });
    pinned.get_future().wait();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { pool_.join(); }

  void create(std::size_t /*index*/, FirstWord* word) {
    asio::post(pool_, [this, word] {
      say_first_word(word);
      done_.put();
    });
  }
  /// The pool does them in their order: the next one.
  void join(std::size_t /*index*/) { done_.take(); }

 private:
  Tokens done_;
  asio::thread_pool pool_{1};
};

}  // namespace

ProbeResult probe_spawn_asio_post(const Settings& settings) {
  pin_to(places_of("same").here);
  Posts posts;
  return measure_spawning(posts, {.outstanding = settings.number("outstanding")});
}

ProbeResult probe_spawn_pool(const Settings& settings) {
  constexpr std::size_t kPipelined = 1000;
  const Places places = places_of(settings.text("place"));
  Pool pool(places.there);
  pin_to(places.here);
  return measure_spawning(
      pool, {.outstanding = settings.number("outstanding"), .in_a_row = settings.yes("pipelined") ? kPipelined : 1});
}

}  // namespace bakeoff
