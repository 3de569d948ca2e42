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

#include "models/executors/maker_first.h"
#include "models/fiber_scheduler.h"
#include "models/limits.h"

namespace bakeoff {

/// The order of the calling thread's fibers, and more threads that carry them. They go when this does; no fiber may be
/// left then.
class FiberCarriers {
 public:
  /// `threads` with the calling one, which gets a scheduler and keeps it: once a thread. One thread takes turns
  /// as MakerFirst has it, and `making` is its; several have those of a crew (fiber_scheduler.h). Throws
  /// std::runtime_error, which names the limit, where they cannot be had.
  FiberCarriers(std::size_t threads, MakerFirst::Making& making) {
    if (threads == 1) {
      making = std::make_shared<bool>(false);
      boost::fibers::use_scheduling_algorithm<MakerFirst>(making);
      return;
    }
    const auto crew = std::make_shared<FiberCrew>(threads);
    boost::fibers::use_scheduling_algorithm<FiberScheduler>(crew);
    try {
      while (threads_.size() < threads - 1) {
        threads_.emplace_back([this, crew] {
          boost::fibers::use_scheduling_algorithm<FiberScheduler>(crew);
          std::unique_lock lock(mutex_);
          over_.wait(lock, [this] { return is_over_; });
        });
      }
    } catch (const std::system_error& error) {
      end();
      throw std::runtime_error("no " + std::to_string(threads) +
                               " threads to carry fibers: " + name_limit(Wanted::thread, error.code().value()));
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

}  // namespace bakeoff
