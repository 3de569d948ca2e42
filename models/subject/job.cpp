// bakeoff-subject job EXECUTOR-OR-MODEL JOB: runs CPU-bound work on a model's unit and checks the answer.
#include <limits>
#include <nlohmann/json.hpp>

#include "models/catalogue.h"
#include "models/executors/run_job.h"
#include "models/subject/arguments.h"
#include "models/subject/commands.h"

namespace bakeoff {
namespace {

const ExecutorEntry& executor_of(const std::string& name) {
  if (const ExecutorEntry* executor = find_executor(name)) return *executor;
  if (const ModelEntry* model = find_model(name)) return *find_executor(model->executor);
  auto known = names_of(executors());
  for (const auto& model : models()) known.push_back(model.name);
  throw unknown("executor or model", name, known);
}

}  // namespace

int job_command(std::span<const char* const> words) {
  const Arguments arguments(words, {"executor or model", "job"}, {"--units", "--size"});
  const ExecutorEntry& executor = executor_of(arguments.position(0));
  const JobEntry* entry = find_job(arguments.position(1));
  if (!entry) throw unknown("job", arguments.position(1), names_of(jobs()));
  JobSize size;
  size.units = arguments.number("--units", 1, 1, executor.max_units);
  size.size = arguments.number("--size", entry->default_size, 1, std::numeric_limits<std::int64_t>::max());

  const auto job = entry->make(size);
  const JobResult result = run_job(*job, *executor.make(), size.units);
  const nlohmann::ordered_json line = {{"answer", result.answer},
                                       {"right", result.right},
                                       {"complaint", result.complaint},
                                       {"elapsed_ns", result.elapsed_ns},
                                       {"units_created", result.units_created},
                                       {"peak_live_units", result.peak_live_units},
                                       {"executor", executor.name}};
  return print_line(line.dump()) && result.right ? 0 : 1;
}

}  // namespace bakeoff
