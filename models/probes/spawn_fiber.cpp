// spawn-fiber: a Boost.Fiber made and joined by the fiber that runs the thread. What it costs is mostly its stack: from
// malloc (fixed), from a pool that keeps them (pooled), or mapped with a guard page and unmapped again (protected).
// malloc gives memory back when much of it is free at once, so that many outstanding fibers cost more than one after
// the other.
//
// launch=post queues the new fiber, which runs when its creator waits for it; launch=dispatch switches to it at once,
// so that the call returns when the empty body has ended, and a join finds it over.
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/fixedsize_stack.hpp>
#include <boost/fiber/pooled_fixedsize_stack.hpp>
#include <boost/fiber/protected_fixedsize_stack.hpp>
#include <new>
#include <vector>

#include "models/fibers/stacks.h"
#include "models/probes/probes.h"
#include "models/probes/spawning.h"
#include "models/probes/touched_memory.h"

namespace bakeoff::models::probes {
namespace {

template <typename Stack>
class Fibers {
 public:
  Fibers(std::size_t most, boost::fibers::launch launch, Stack stack) : fibers_(most), launch_(launch), stack_(stack) {}
  Fibers(const Fibers&) = delete;
  Fibers& operator=(const Fibers&) = delete;
  ~Fibers() {
    for (auto& fiber : fibers_) {
      if (fiber.joinable()) fiber.join();
    }
  }

  void create(std::size_t index, StartReport* report) {
    try {
      fibers_[index] = boost::fibers::fiber(launch_, std::allocator_arg, stack_, [report] { report_start(report); });
    } catch (const std::bad_alloc&) {
      throw executors::LimitReached("memory for stacks");
    }
  }
  void join(std::size_t index) { fibers_[index].join(); }

 private:
  std::vector<boost::fibers::fiber> fibers_;
  boost::fibers::launch launch_;
  Stack stack_;
};

template <typename Stack>
ProbeResult measure(const workloads::Settings& settings, Stack stack) {
  const SpawnPlan plan{.outstanding = settings.number("outstanding")};
  const auto launch = settings.text("launch") == "post" ? boost::fibers::launch::post : boost::fibers::launch::dispatch;
  Fibers<Stack> made(plan.outstanding, launch, stack);
  return measure_spawning(made, plan);
}

}  // namespace

ProbeResult probe_spawn_fiber(const workloads::Settings& settings) {
  pin_to(choose_cpus("same").here);
  const std::size_t bytes = fibers::kStackFactor * settings.number("stack-kib") * kBytesPerKib;
  const std::string& stack = settings.text("stack");
  if (stack == "pooled") return measure(settings, boost::fibers::pooled_fixedsize_stack(bytes));
  if (stack == "protected") return measure(settings, boost::fibers::protected_fixedsize_stack(bytes));
  return measure(settings, boost::fibers::fixedsize_stack(bytes));
}

}  // namespace bakeoff::models::probes
