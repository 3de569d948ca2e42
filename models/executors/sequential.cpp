// sequential: one call after the other. The work without any concurrency, which the other executors are held against.
// Who waits: nobody. Left out: everything.
#include "models/catalogue.h"

namespace bakeoff {
namespace {

class Sequential final : public Executor {
 public:
  Executed run(std::size_t units, const std::function<std::uint64_t(std::size_t)>& body) override {
    Executed executed;
    executed.answers.reserve(units);
    for (std::size_t i = 0; i < units; ++i) executed.answers.push_back(body(i));
    executed.units_created = units;
    executed.peak_live_units = units == 0 ? 0 : 1;
    return executed;
  }
};

}  // namespace

std::unique_ptr<Executor> make_sequential_executor() {
  return std::make_unique<Sequential>();
}

}  // namespace bakeoff
