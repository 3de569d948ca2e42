#include "models/executors/run_job.h"

#include <chrono>

namespace bakeoff {

JobResult run_job(const Job& job, Executor& executor, std::size_t units) {
  const std::function<std::uint64_t(std::size_t)> body = [&job](std::size_t index) { return job.run_unit(index); };
  const auto begin = std::chrono::steady_clock::now();
  const Executed executed = executor.run(units, body);
  const auto end = std::chrono::steady_clock::now();

  JobResult result;
  result.complaint = job.check(executed.answers);
  result.right = result.complaint.empty();
  result.answer = job.answer(executed.answers);
  result.elapsed_ns =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(end - begin).count());
  result.units_created = executed.units_created;
  result.peak_live_units = executed.peak_live_units;
  return result;
}

}  // namespace bakeoff
