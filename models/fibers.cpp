// fibers: a fiber for every connection, N threads, each fiber pinned to its thread.
//
// Who waits:    the connection's own fiber, suspended; its thread waits in epoll_wait() for all of them at once. The
//               code reads like that of threads: it is the same converse().
// Who owns:     a fiber owns its socket, session and unsent bytes, on its own stack. A loop (a thread) owns its fibers,
//               one read scratch and one reply string. The first thread also accepts and deals the sockets out in turn.
// Chosen by:    Go's netpoller with goroutines, Java's virtual threads, Facebook's folly::fibers, OpenResty's Lua.
// Price:        a stack for each connection (64 KiB reserved, 4 to 8 KiB touched), switches of about 90 ns in user
//               space. One thread needs no lock; several share a locked store.
// Breaks under: computation and calls that block the thread: they hold up every fiber on it. Deep recursion: nothing
//               guards the stacks.
// Left out:     stealing work from another thread's fibers, guard pages, growing stacks.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/fiber/condition_variable.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/fixedsize_stack.hpp>
#include <boost/fiber/mutex.hpp>
#include <boost/fiber/operations.hpp>
#include <boost/intrusive/list.hpp>
#include <deque>
#include <exception>
#include <thread>

#include "models/catalogue.h"
#include "models/connection.h"
#include "models/fiber_scheduler.h"
#include "models/live_count.h"

namespace bakeoff {
namespace {

namespace fibers = boost::fibers;
namespace intrusive = boost::intrusive;
using Listed = intrusive::list_base_hook<intrusive::link_mode<intrusive::auto_unlink>>;

constexpr int kMostTurns = 16;  // Reads and writes without suspending, before the others get their turn.

/// One thread's share of the connections. Made, used and destroyed on that thread, which has a FiberScheduler.
class Loop {
 public:
  Loop(Service& service, LiveCount& live) : service_(service), live_(live) {}

  /// Serves the socket on a fiber of its own. Without memory for one, the peer sees a closed connection.
  void adopt(Descriptor socket) try {
    ++unfinished_;
    fibers::fiber(std::allocator_arg, fibers::fixedsize_stack(kFiberStackBytes), [this, taken = std::move(socket)] {
      serve(taken.get());
      if (--unfinished_ == 0) changed_.notify_all();
    }).detach();
  } catch (const std::exception&) {
    --unfinished_;
  }

  /// Suspends the fiber for that long. False when the loop is stopping.
  bool pause(std::chrono::nanoseconds time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [this] { return stopping_; });
  }

  /// Shuts every connection down and suspends until the last fiber has ended.
  void finish() {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    for (Stream& stream : streams_) stream.shut_down();
    changed_.wait(lock, [this] { return unfinished_ == 0; });
  }

 private:
  /// A connection as its fiber sees it.
  class Stream : public Listed {
   public:
    Stream(Loop& loop, int socket) : loop_(loop), awaited_(socket) { loop_.streams_.push_back(*this); }

    std::ptrdiff_t read(std::span<char> into) {
      take_turns();
      for (;;) {
        if (awaited_.await_readable()) turns_ = 0;
        const ssize_t received = receive_some(awaited_.fd(), into.data(), into.size());
        const bool in_vain = received < 0 && errno == EAGAIN;
        if (in_vain || (received > 0 && static_cast<std::size_t>(received) < into.size())) awaited_.drained();
        if (!in_vain) return received;
      }
    }

    bool write(std::string& replies) {
      ssize_t sent = send_some(awaited_.fd(), replies);
      // When this fiber must wait, others use the string meanwhile: so it takes the bytes over first.
      std::string own;
      std::string_view rest = replies;
      if (sent != static_cast<ssize_t>(replies.size())) rest = own = std::exchange(replies, {});
      for (;; sent = send_some(awaited_.fd(), rest)) {
        if (sent < 0 && errno != EAGAIN) return false;
        rest.remove_prefix(sent < 0 ? 0 : static_cast<std::size_t>(sent));
        if (rest.empty()) break;
        if (sent < 0) {
          awaited_.filled();
          awaited_.await_writable();
        }
      }
      if (own.empty()) replies.clear();
      take_turns();
      return true;
    }

    bool pause(std::chrono::nanoseconds time) { return loop_.pause(time); }
    void finish() { end_politely(awaited_.fd()); }
    void shut_down() { ::shutdown(awaited_.fd(), SHUT_RDWR); }  // Which is an event, and wakes the fiber.

   private:
    /// A peer that never pauses would never let this fiber suspend, nor the others run.
    void take_turns() {
      if (++turns_ < kMostTurns) return;
      turns_ = 0;
      boost::this_fiber::yield();
    }

    Loop& loop_;
    Awaited awaited_;
    int turns_ = 0;
  };

  void serve(int socket) {
    const LiveCount::Held held(live_);
    try {
      if (stopping_) return;
      const auto session = service_.connect();
      Stream stream(*this, socket);
      converse(*session, stream, scratch_, replies_);
    } catch (const std::exception&) {  // Out of memory for this connection, or the kernel watches no more descriptors.
      replies_.clear();
    }
  }

  Service& service_;
  LiveCount& live_;
  std::array<char, kReadSize> scratch_;  // Between two suspensions only one fiber uses these.
  std::string replies_;
  intrusive::list<Stream, intrusive::base_hook<Listed>, intrusive::constant_time_size<false>> streams_;
  fibers::mutex mutex_;
  fibers::condition_variable changed_;
  bool stopping_ = false;
  std::size_t unfinished_ = 0;  // Fibers, begun or not.
};

/// A loop on a thread of its own. Its inbox is a pipe that carries descriptor numbers: the fiber that reads it waits
/// as any other does, and the end of the pipe is the word to stop.
class RemoteLoop {
 public:
  RemoteLoop(Service& service, LiveCount& live) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "make a loop's inbox");
    inbox_.reset(ends[0]);
    outside_.reset(ends[1]);
    set_blocking(inbox_.get(), false);
    thread_ = std::thread([this, &service, &live] { run(service, live); });
  }
  ~RemoteLoop() {
    outside_.reset();
    thread_.join();
  }

  void adopt(Descriptor socket) {
    const int fd = socket.get();
    if (::write(outside_.get(), &fd, sizeof fd) == sizeof fd) static_cast<void>(socket.release());
  }

 private:
  void run(Service& service, LiveCount& live) {
    fibers::use_scheduling_algorithm<FiberScheduler>();
    Loop loop(service, live);
    Awaited inbox(inbox_.get());
    std::array<int, 64> arrived;
    for (;;) {
      inbox.await_readable();
      const ssize_t bytes =
          ::read(inbox.fd(), arrived.data(), sizeof arrived);  // Whole numbers: each is written at once.
      if (bytes == 0) break;
      for (std::size_t i = 0; bytes > 0 && i < static_cast<std::size_t>(bytes) / sizeof(int); ++i)
        loop.adopt(Descriptor(arrived[i]));
      if (bytes < 0) inbox.drained();
    }
    loop.finish();
  }

  Descriptor inbox_, outside_;
  std::thread thread_;
};

class Fibers final : public Model {
 public:
  StoreKind store_kind(const Units& units) const override {
    return units.count == 1 ? StoreKind::unshared : StoreKind::locked;
  }

  ModelReceipt serve(const Listener& listener, Service& service, const Units& units, const StopToken& stop,
                     const std::function<void()>& ready) override {
    fibers::use_scheduling_algorithm<FiberScheduler>();
    LiveCount live;
    Loop home(service, live);
    std::deque<RemoteLoop> others;
    while (others.size() + 1 < units.count) others.emplace_back(service, live);
    Awaited acceptable(listener.socket.get());
    Awaited stopped(stop.fd());
    AcceptPause pause;
    ModelReceipt receipt;

    fibers::fiber acceptor([&] {
      while (!stop.stopped()) {
        acceptable.await_readable();
        Accepted accepted = accept_from(listener.socket.get(), SOCK_NONBLOCK);
        if (accepted.status == AcceptStatus::nothing) acceptable.drained();
        if (accepted.status == AcceptStatus::limit) {
          pause.count();
          home.pause(AcceptPause::kLength);
        }
        if (accepted.status != AcceptStatus::accepted) continue;
        const std::size_t turn = receipt.connections++ % units.count;
        turn == 0 ? home.adopt(std::move(accepted.socket)) : others[turn - 1].adopt(std::move(accepted.socket));
      }
    });
    ready();
    stopped.await_readable();
    acceptable.wake();
    acceptor.join();
    home.finish();
    others.clear();
    receipt.units_created = live.begun();
    receipt.peak_live_units = live.peak();
    receipt.accept_pauses = pause.times();
    return receipt;
  }
};

}  // namespace

std::unique_ptr<Model> make_fibers() {
  return std::make_unique<Fibers>();
}

}  // namespace bakeoff
