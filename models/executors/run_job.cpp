#include "models/executors/run_job.h"

#include <sys/resource.h>

#include <chrono>

#include "models/limits.h"
#include "workloads/jobs/answers.h"

namespace bakeoff::models::executors {
namespace {

/// The time, and the CPU time of this process and of the children that it has waited for.
struct Moment {
  std::chrono::nanoseconds time, cpu;
};

std::chrono::nanoseconds cpu_of(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

Moment now() {
  return {.time = std::chrono::steady_clock::now().time_since_epoch(),
          .cpu = cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN)};
}

std::uint64_t count(std::chrono::nanoseconds time) {
  return static_cast<std::uint64_t>(time.count());
}

}  // namespace

JobResult run_job(const workloads::jobs::Job& job, Executor& executor, std::size_t units) {
  const Moment before = now();
  const std::vector<std::uint64_t> alone = job.sequential_answers();
  const Moment begin = now();
  const ExecutionResult executed = executor.run(job, units);
  const Moment end = now();

  JobResult result;
  result.limit = executed.limit;
  if (result.limit.empty()) {
    result.complaint =
        alone.empty() ? job.check(executed.answers) : workloads::jobs::first_wrong("the job", alone, executed.answers);
  }
  result.right = result.complaint.empty();
  result.answer = job.answer(executed.answers);
  result.elapsed_ns = count(end.time - begin.time);
  result.units_created = executed.units_created;
  result.peak_live_units = executed.peak_live_units;
  // Fewer units than asked for do a part of the work, and its time says nothing about the whole.
  if (!executed.answers.empty() && (result.limit.empty() || job.measures_per_unit())) {
    result.figures = job.figures({.answers = executed.answers,
                                  .elapsed_ns = result.elapsed_ns,
                                  .cpu_ns = count(end.cpu - begin.cpu),
                                  .sequential_elapsed_ns = count(begin.time - before.time),
                                  .sequential_cpu_ns = count(begin.cpu - before.cpu),
                                  .cpus = count_allowed_cpus()});
  }
  return result;
}

}  // namespace bakeoff::models::executors
