// The only list of the kinds of workers.
#include "models/workers/workers.h"

#include <algorithm>
#include <array>

namespace bakeoff::models::workers {
namespace {

struct WorkersEntry {
  std::string_view executor;
  RunWorkers run;
};
constexpr std::array kWorkers{
    WorkersEntry{"thread", run_thread_workers},
    WorkersEntry{"process", run_process_workers},
    WorkersEntry{"fiber", run_fiber_workers},
    WorkersEntry{"coroutine", run_coroutine_workers},
};

}  // namespace

RunWorkers find_workers(std::string_view executor) {
  const auto found = std::ranges::find(kWorkers, executor, &WorkersEntry::executor);
  return found == kWorkers.end() ? nullptr : found->run;
}

}  // namespace bakeoff::models::workers
