// The threads that carry the fibers of a job, and the order in which they take them.
#pragma once

#include <boost/fiber/condition_variable.hpp>
#include <boost/fiber/mutex.hpp>
#include <boost/fiber/operations.hpp>
#include <cstddef>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "models/executors/work_first_scheduler.h"
#include "models/fibers/scheduler.h"
#include "models/limits.h"

namespace bakeoff::models::executors {

/// The scheduler of the calling thread's fibers, and more threads that carry them. The destructor ends these threads;
/// no fiber may be left by then.
class FiberCarriers {
 public:
  /// `threads` includes the calling one, which gets a scheduler and keeps it: once per thread. A single thread uses a
  /// WorkFirstScheduler and shares `spawning` with it; several threads form a group (fibers/scheduler.h). Throws
  /// std::runtime_error, which names the limit, where the system refuses a thread.
  FiberCarriers(std::size_t threads, WorkFirstScheduler::SpawningFlag& spawning) {
    if (threads == 1) {
      spawning = std::make_shared<bool>(false);
      boost::fibers::use_scheduling_algorithm<WorkFirstScheduler>(spawning);
      return;
    }
    const auto group = std::make_shared<fibers::FiberThreadGroup>(threads);
    boost::fibers::use_scheduling_algorithm<fibers::FiberScheduler>(group);
    try {
      while (threads_.size() < threads - 1) {
        threads_.emplace_back([this, group] {
          boost::fibers::use_scheduling_algorithm<fibers::FiberScheduler>(group);
          std::unique_lock lock(mutex_);
          over_.wait(lock, [this] { return is_over_; });
        });
      }
    } catch (const std::system_error& error) {
      end();
      throw std::runtime_error("no " + std::to_string(threads) +
                               " threads to carry fibers: " + name_limit(Resource::thread, error.code().value()));
    }
  }
  FiberCarriers(const FiberCarriers&) = delete;
  FiberCarriers& operator=(const FiberCarriers&) = delete;
  ~FiberCarriers() { end(); }

 private:
  void end() {
    {
      const std::unique_lock lock(mutex_);
      is_over_ = true;
    }
    over_.notify_all();
  }

  boost::fibers::mutex mutex_;
  boost::fibers::condition_variable over_;
  bool is_over_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace bakeoff::models::executors
