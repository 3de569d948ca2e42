// What a unit may ask of the executor that runs it: to yield, to sleep, to wait for the other units, to send a number,
// to lock, and to make more units. Such work is written once, as a coroutine, for every executor:
//
//   UnitWork unit_coroutine(Unit& unit, std::size_t index) const { co_await unit.sleep(2s); co_return 1; }
//
// A thread or a process blocks inside the call, and `co_await` finds the result ready: it suspends nothing. A fiber is
// switched away inside the call. Only the coroutine executor suspends the unit itself. That is why `co_await` has to be
// written at all: with coroutines every function that waits has to be a coroutine too.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <utility>

namespace bakeoff::workloads::jobs {

/// Keeps a unit that has to wait, and resumes it later. Executors whose calls block have none.
class Parking {
 public:
  virtual ~Parking() = default;
  /// `handle` is suspended; resume it once `*result` has been written.
  virtual void park(std::coroutine_handle<> handle, std::uint64_t* result) = 0;
  /// Called when the unit goes on. What this returns is the result of its call; an exception is thrown into the unit.
  virtual std::uint64_t resumed(std::uint64_t result) { return result; }
};

/// What a Unit's calls return: a result, or a wait in a Parking. Await it at once, and only once.
class [[nodiscard]] UnitCall {
 public:
  explicit UnitCall(std::uint64_t result = 0) : result_(result) {}
  explicit UnitCall(Parking& parking) : parking_(&parking) {}
  bool await_ready() const noexcept { return parking_ == nullptr; }
  void await_suspend(std::coroutine_handle<> handle) { parking_->park(handle, &result_); }
  std::uint64_t await_resume() const { return parking_ != nullptr ? parking_->resumed(result_) : result_; }

 private:
  std::uint64_t result_ = 0;
  Parking* parking_ = nullptr;
};

/// Is told when a unit's work begins to run and when it has ended.
class WorkObserver {
 public:
  virtual ~WorkObserver() = default;
  virtual void begins() noexcept = 0;
  virtual void ends() noexcept = 0;
};

/// A unit's work. It begins suspended, and stays suspended at its end until this object is destroyed. Only movable.
class [[nodiscard]] UnitWork {
 public:
  struct promise_type {
    struct Begin : std::suspend_always {
      promise_type& promise;
      explicit Begin(promise_type& of) : promise(of) {}
      void await_resume() const noexcept {
        if (promise.watch != nullptr) promise.watch->begins();
      }
    };
    struct End : std::suspend_always {
      void await_suspend(std::coroutine_handle<promise_type> handle) const noexcept {
        if (handle.promise().watch != nullptr) handle.promise().watch->ends();
      }
    };
    UnitWork get_return_object() { return UnitWork(std::coroutine_handle<promise_type>::from_promise(*this)); }
    Begin initial_suspend() noexcept { return Begin(*this); }
    End final_suspend() noexcept { return {}; }
    void return_value(std::uint64_t value) { answer = value; }
    void unhandled_exception() { failure = std::current_exception(); }
    std::uint64_t answer = 0;
    std::exception_ptr failure;
    WorkObserver* watch = nullptr;
  };

  explicit UnitWork(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  UnitWork(UnitWork&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  UnitWork& operator=(UnitWork&&) = delete;
  ~UnitWork() {
    if (handle_) handle_.destroy();
  }

  std::coroutine_handle<> handle() const { return handle_; }
  /// Before it has begun; `watch` must outlive it.
  void watch(WorkObserver& watch) const { handle_.promise().watch = &watch; }
  /// The answer of work that has ended; throws what it threw.
  std::uint64_t answer() const {
    if (handle_.promise().failure) std::rethrow_exception(handle_.promise().failure);
    return handle_.promise().answer;
  }
  /// Where every call blocks: runs it from begin to end.
  std::uint64_t run() const {
    handle_.resume();
    return answer();
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

/// The work of units that another unit makes. It is called with the new unit and that unit's index among them.
using ChildWork = std::function<UnitWork(class Unit&, std::size_t)>;

/// One unit. Only the unit itself calls these, on the thread that carries it at the moment.
class Unit {
 public:
  virtual ~Unit() = default;

  /// Lets others run.
  virtual UnitCall yield() = 0;
  virtual UnitCall sleep(std::chrono::nanoseconds time) = 0;

  /// The time on a clock that all units of a run share and that only goes forward. Does not wait.
  virtual std::chrono::nanoseconds now() const = 0;

  /// Waits until every unit of the run has arrived, and returns their number. May be used again. Where fewer units
  /// could be made than were asked for, it waits for those. Throws when another unit has failed and so will not arrive.
  virtual UnitCall barrier() = 0;

  /// Puts a number into one of the run's channels, from 0 to kChannels - 1, each with room for kChannelRoom; waits
  /// while it is full.
  virtual UnitCall send(std::size_t which, std::uint64_t value) = 0;
  /// Takes the oldest number out; waits while there is none.
  virtual UnitCall receive(std::size_t which) = 0;

  /// The run's locks, from 0 to kLocks - 1, each a mutex as units of this kind use it. Not recursive.
  virtual UnitCall lock(std::size_t which) = 0;
  virtual void unlock(std::size_t which) = 0;
  /// 1 when the lock was taken within the time, 0 otherwise. With no time it neither waits nor yields.
  virtual UnitCall try_lock_for(std::size_t which, std::chrono::nanoseconds time) = 0;

  /// The run's one read-write lock: any number of units have it for reading, or one for writing. Not recursive.
  virtual UnitCall lock_shared() = 0;
  virtual void unlock_shared() = 0;
  virtual UnitCall lock_exclusive() = 0;
  virtual void unlock_exclusive() = 0;

  /// Makes `count` more units, waits for their ends and returns the sum of their answers. `work` is called on the new
  /// units and must live until then. Where the system refuses a unit, throws LimitReached after the others have ended.
  virtual UnitCall fan_out(std::size_t count, const ChildWork& work) = 0;
};

inline constexpr std::size_t kChannels = 2;
inline constexpr std::size_t kChannelRoom = 1024;
inline constexpr std::size_t kLocks = 2;

}  // namespace bakeoff::workloads::jobs
