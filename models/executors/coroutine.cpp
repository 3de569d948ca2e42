// coroutine: a C++20 coroutine a unit, all of them on the calling thread.
//
// Who waits: the caller, who resumes one after the other until all have ended. As with fibers, work that never suspends
// runs one unit after the other: it costs what sequential costs, plus the frames. Who owns: each coroutine writes its
// own answer. Left out: a scheduler; a coroutine that suspended would not be resumed here.
#include <coroutine>
#include <exception>

#include "models/catalogue.h"
#include "models/live_count.h"

namespace bakeoff {
namespace {

/// Begins suspended, and stays at its end until its frame is destroyed with it.
class Unit {
 public:
  struct promise_type {
    Unit get_return_object() { return Unit(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_value(std::uint64_t value) { answer = value; }
    void unhandled_exception() { failure = std::current_exception(); }
    std::uint64_t answer = 0;
    std::exception_ptr failure;
  };

  explicit Unit(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Unit(Unit&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Unit& operator=(Unit&&) = delete;
  ~Unit() {
    if (handle_) handle_.destroy();
  }

  std::uint64_t run() {
    handle_.resume();
    if (handle_.promise().failure) std::rethrow_exception(handle_.promise().failure);
    return handle_.promise().answer;
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

Unit unit(LiveCount& count, const std::function<std::uint64_t(std::size_t)>& body, std::size_t index) {
  const LiveCount::Held held(count);
  co_return body(index);
}

class CoroutineExecutor final : public Executor {
 public:
  Executed run(std::size_t units, const std::function<std::uint64_t(std::size_t)>& body) override {
    Executed executed;
    executed.answers.reserve(units);
    LiveCount count;
    std::vector<Unit> all;
    all.reserve(units);
    for (std::size_t i = 0; i < units; ++i) all.push_back(unit(count, body, i));
    for (Unit& one : all) executed.answers.push_back(one.run());
    executed.units_created = units;
    executed.peak_live_units = count.peak();
    return executed;
  }
};

}  // namespace

std::unique_ptr<Executor> make_coroutine_executor() {
  return std::make_unique<CoroutineExecutor>();
}

}  // namespace bakeoff
