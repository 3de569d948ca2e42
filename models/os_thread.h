// Operating system threads whose stacks have the size that was asked for, which std::thread cannot.
#pragma once

#include <pthread.h>
#include <sched.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace bakeoff::models {

/// The stack of a thread that serves connections. Modest, because the C library keeps only 40 MiB of finished stacks
/// for reuse, and because a stack of the usual 8 MiB can be given a huge page of 2 MiB for its first byte.
inline constexpr std::size_t kServingStackBytes = 256 * 1024;

/// What pthread_create() is told about a new thread.
class ThreadAttributes {
 public:
  /// `stack_bytes` 0 takes the system's default (`ulimit -s`). `cpu` is where the thread may run from its beginning on;
  /// with -1 it may run wherever its creator may. Throws std::system_error.
  explicit ThreadAttributes(std::size_t stack_bytes, int cpu = -1) {
    ::pthread_attr_init(&attributes_);
    if (stack_bytes != 0) {
      check(::pthread_attr_setstacksize(&attributes_, stack_bytes),
            "give a thread a stack of " + std::to_string(stack_bytes));
    }
    if (cpu < 0) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    check(::pthread_attr_setaffinity_np(&attributes_, sizeof one, &one), "make a thread");
  }
  ThreadAttributes(const ThreadAttributes&) = delete;
  ThreadAttributes& operator=(const ThreadAttributes&) = delete;
  ~ThreadAttributes() { ::pthread_attr_destroy(&attributes_); }

  const pthread_attr_t* get() const { return &attributes_; }

 private:
  void check(int error, const std::string& trying) {
    if (error == 0) return;
    ::pthread_attr_destroy(&attributes_);  // A constructor that throws is not followed by the destructor.
    throw std::system_error(error, std::generic_category(), trying);
  }

  pthread_attr_t attributes_;
};

/// Joins its thread when it is destroyed.
class OsThread {
 public:
  /// The numbers are those of ThreadAttributes. Throws std::system_error when no thread can be made.
  OsThread(std::size_t stack_bytes, std::function<void()> work, int cpu = -1)
      : work_(std::make_unique<Work>(std::move(work))) {
    const ThreadAttributes attributes(stack_bytes, cpu);
    const int error = ::pthread_create(&thread_, attributes.get(), &OsThread::begin, work_.get());
    if (error != 0) throw std::system_error(error, std::generic_category(), "make a thread");
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

  std::unique_ptr<Work>
      work_;  // Freed by the thread that joins: a thread that frees nothing needs no arena of the C library.
  pthread_t thread_{};
};

}  // namespace bakeoff::models
