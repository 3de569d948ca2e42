// fiber: a Boost.Fiber a unit, all of them on the calling thread.
//
// Who waits: the caller, in join(); only one fiber runs at a time, until it ends or suspends. Work that never suspends
// therefore runs one unit after the other, and the peak is 1: it costs what sequential costs, plus the fibers.
// Who owns: each fiber writes its own answer. Left out: several threads, stealing.
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/fixedsize_stack.hpp>
#include <exception>

#include "models/catalogue.h"
#include "models/fiber_stacks.h"
#include "models/live_count.h"

namespace bakeoff {
namespace {

/// From malloc, unguarded: a unit's body is known, and what is measured is the fiber.
constexpr std::size_t kStackBytes = kStackFactor * 64 * 1024;

/// Joins all of them, also when one cannot be created.
class Joined {
 public:
  explicit Joined(std::size_t most) { fibers_.reserve(most); }
  Joined(const Joined&) = delete;
  Joined& operator=(const Joined&) = delete;
  ~Joined() {
    for (auto& fiber : fibers_) fiber.join();
  }
  void add(boost::fibers::fiber fiber) { fibers_.push_back(std::move(fiber)); }

 private:
  std::vector<boost::fibers::fiber> fibers_;
};

class FiberExecutor final : public Executor {
 public:
  Executed run(std::size_t units, const std::function<std::uint64_t(std::size_t)>& body) override {
    Executed executed;
    executed.answers.resize(units);
    std::exception_ptr failure;
    LiveCount count;
    {
      Joined fibers(units);
      for (std::size_t i = 0; i < units; ++i) {
        fibers.add(boost::fibers::fiber(std::allocator_arg, boost::fibers::fixedsize_stack(kStackBytes), [&, i] {
          const LiveCount::Held held(count);
          try {
            executed.answers[i] = body(i);
          } catch (...) {
            failure = std::current_exception();
          }
        }));
      }
    }
    if (failure) std::rethrow_exception(failure);
    executed.units_created = units;
    executed.peak_live_units = count.peak();
    return executed;
  }
};

}  // namespace

std::unique_ptr<Executor> make_fiber_executor() {
  return std::make_unique<FiberExecutor>();
}

}  // namespace bakeoff
