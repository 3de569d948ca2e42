// thread: an operating system thread a unit.
//
// Who waits: the caller, in join(). Who owns: each thread writes its own answer and nothing else.
// There is no gate that holds the units until all exist: a unit begins when the system lets it, as in a real program.
// A gate would charge every unit with the creation of all others. So the peak is what really was alive at once: with
// short work, the first thread may have ended before the last is made.
// Left out: a pool, pinning, stack sizes.
#include <exception>
#include <system_error>
#include <thread>

#include "models/catalogue.h"
#include "models/live_count.h"

namespace bakeoff {
namespace {

class ThreadExecutor final : public Executor {
 public:
  Executed run(std::size_t units, const std::function<std::uint64_t(std::size_t)>& body) override {
    Executed executed;
    executed.answers.resize(units);
    std::vector<std::exception_ptr> failures(units);
    LiveCount count;
    {
      std::vector<std::jthread> threads;  // Joined at the end of the block, also when one cannot be created.
      threads.reserve(units);
      for (std::size_t i = 0; i < units; ++i) {
        threads.emplace_back([&, i] {
          const LiveCount::Held held(count);
          try {
            executed.answers[i] = body(i);
          } catch (...) {
            failures[i] = std::current_exception();
          }
        });
      }
    }
    for (const auto& failure : failures)
      if (failure) std::rethrow_exception(failure);
    executed.units_created = units;
    executed.peak_live_units = count.peak();
    return executed;
  }
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor() {
  return std::make_unique<ThreadExecutor>();
}

}  // namespace bakeoff
