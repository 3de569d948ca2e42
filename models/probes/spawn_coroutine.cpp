// spawn-coroutine: the frame of a C++20 coroutine made, resumed to its end and destroyed. It begins when it is resumed,
// which is what joins it here.
//
// A compiler may leave a frame out that it sees destroyed where it was made. Here it cannot see that, as in a program
// that keeps its coroutines: handles lie in an array, and the two functions that make and destroy them are not inlined.
#include <coroutine>
#include <exception>
#include <vector>

#include "models/probes/probes.h"
#include "models/probes/spawning.h"

namespace bakeoff::models::probes {
namespace {

struct SuspendedCoroutine {
  struct promise_type {
    SuspendedCoroutine get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<> handle;
};

SuspendedCoroutine begin(StartReport* report) {
  report_start(report);
  co_return;
}

class Coroutines {
 public:
  explicit Coroutines(std::size_t most) : handles_(most) {}
  Coroutines(const Coroutines&) = delete;
  Coroutines& operator=(const Coroutines&) = delete;
  ~Coroutines() {
    for (auto handle : handles_) {
      if (handle) handle.destroy();
    }
  }

  [[gnu::noinline]] void create(std::size_t index, StartReport* report) { handles_[index] = begin(report).handle; }
  [[gnu::noinline]] void join(std::size_t index) {
    handles_[index].resume();
    handles_[index].destroy();
    handles_[index] = nullptr;
  }

 private:
  std::vector<std::coroutine_handle<>> handles_;
};

}  // namespace

ProbeResult probe_spawn_coroutine(const workloads::Settings& settings) {
  pin_to(choose_cpus("same").here);
  const SpawnPlan plan{.outstanding = settings.number("outstanding")};
  Coroutines coroutines(plan.outstanding);
  return measure_spawning(coroutines, plan);
}

}  // namespace bakeoff::models::probes
