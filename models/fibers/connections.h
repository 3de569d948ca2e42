// The connections of one group of threads, each on a fiber of its own.
//
// Who waits: the fiber. Who owns: a fiber owns its socket, session and replies. This only lists the connections, so
// that a stop can reach them.
#pragma once

#include <boost/fiber/condition_variable.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/mutex.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "models/connection.h"
#include "models/connection_list.h"
#include "models/fibers/back_end_client.h"
#include "models/fibers/scheduler.h"
#include "models/fibers/stacks.h"
#include "models/fibers/stream.h"
#include "models/live_count.h"
#include "models/net.h"
#include "workloads/session.h"

namespace bakeoff::models::fibers {

/// What the connections of all groups share.
struct FiberConnectionResources {
  workloads::Service& service;
  FiberStackAllocator stacks;
  LiveCount live{};
};

/// The connections of one group. Used on its threads.
class FiberConnections {
 public:
  explicit FiberConnections(FiberConnectionResources& shared) : shared_(shared) {
    if (const workloads::BackEndUse* use = shared.service.back_end()) client_.emplace(*use, shared.stacks);
  }

  /// Serves the socket on a fiber of its own. Without memory for one, the peer sees a closed connection.
  void add_connection(Descriptor socket) {
    begin_fiber();
    if (!begin(std::move(socket))) end_fiber();
  }

  /// Shuts every connection down and suspends until the last fiber has ended.
  void shut_down_all() {
    FiberScheduler::current().end_sleeps();
    {
      const std::lock_guard lock(streams_mutex_);
      stopping_ = true;
      for (FiberStream& stream : streams_) stream.shut_down();
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return unfinished_ == 0; });
    if (client_) client_->end();
    finished_ = true;
    changed_.notify_all();
  }

  /// Suspends the calling fiber, so that its thread carries others, until shut_down_all() is done.
  void carry_until_shut_down() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return finished_; });
  }

 private:
  /// Keeps a stream in the list for as long as it lives.
  class Listed {
   public:
    Listed(FiberConnections& all, FiberStream& stream) : all_(all), stream_(stream) {
      const std::lock_guard lock(all_.streams_mutex_);
      if (all_.stopping_) stream_.shut_down();
      all_.streams_.push_back(stream_);
    }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;
    ~Listed() {
      const std::lock_guard lock(all_.streams_mutex_);
      stream_.unlink();
    }

   private:
    FiberConnections& all_;
    FiberStream& stream_;
  };

  bool begin(Descriptor socket) try {
    auto whole_life = [this, taken = std::move(socket)]() mutable {
      serve(taken.get());
      taken.reset();
      end_fiber();
    };
    // Dispatched: it runs at once, up to its first wait, so that many new connections cannot hold up the others.
    boost::fibers::fiber(boost::fibers::launch::dispatch, std::allocator_arg, FiberStackAllocator(shared_.stacks),
                         std::move(whole_life))
        .detach();
    return true;
  } catch (const std::exception&) {
    return false;
  }

  void serve(int socket) {
    const LiveCount::Scope held(shared_.live);
    try {
      const auto session = shared_.service.connect();
      FiberStream stream(socket, client_ ? &*client_ : nullptr);
      const Listed listed(*this, stream);
      std::string replies;
      converse(*session, stream, replies);
    } catch (const std::exception&) {  // Out of memory for this connection, or the kernel watches no more descriptors.
    }
  }

  void begin_fiber() {
    const std::lock_guard lock(mutex_);
    ++unfinished_;
  }
  /// It notifies under the lock. Once shut_down_all() sees the last fiber gone this may be destroyed, so no fiber may
  /// then still be about to take the lock.
  void end_fiber() {
    const std::lock_guard lock(mutex_);
    if (--unfinished_ == 0) changed_.notify_all();
  }

  FiberConnectionResources& shared_;
  std::optional<FiberClient> client_;
  std::mutex streams_mutex_;  // A fiber does not wait while it holds it.
  ConnectionList<FiberStream> streams_;
  bool stopping_ = false;
  boost::fibers::mutex mutex_;
  boost::fibers::condition_variable changed_;
  std::size_t unfinished_ = 0;  // Fibers, also those that are about to begin.
  bool finished_ = false;
};

}  // namespace bakeoff::models::fibers
