// An operating system thread whose stack has the size that was asked for, which std::thread cannot.
#pragma once

#include <pthread.h>
#include <sched.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <system_error>

namespace bakeoff::models::executors {

/// Joined when it goes.
class OsThread {
 public:
  /// `stack_bytes` 0 takes the system's default (`ulimit -s`). `cpu` is where it may run, by its creator's call and
  /// before it begins; -1: wherever its creator may. Throws std::system_error when there can be none.
  OsThread(std::size_t stack_bytes, std::function<void()> work, int cpu = -1)
      : work_(std::make_unique<Work>(std::move(work))) {
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    int error = stack_bytes == 0 ? 0 : ::pthread_attr_setstacksize(&attributes, stack_bytes);
    const std::string trying = error != 0 ? "give a thread a stack of " + std::to_string(stack_bytes) : "make a thread";
    if (error == 0 && cpu >= 0) {
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(cpu, &one);
      error = ::pthread_attr_setaffinity_np(&attributes, sizeof one, &one);
    }
    if (error == 0) error = ::pthread_create(&thread_, &attributes, &OsThread::begin, work_.get());
    ::pthread_attr_destroy(&attributes);
    if (error != 0) throw std::system_error(error, std::generic_category(), trying);
  }
  OsThread(OsThread&& other) noexcept = default;
  OsThread& operator=(OsThread&&) = delete;
  ~OsThread() {
    if (work_) ::pthread_join(thread_, nullptr);
  }

 private:
  using Work = std::function<void()>;

  static void* begin(void* work) {
    (*static_cast<Work*>(work))();
    return nullptr;
  }

  std::unique_ptr<Work> work_;
  pthread_t thread_{};
};

}  // namespace bakeoff::models::executors
