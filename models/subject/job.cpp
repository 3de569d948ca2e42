// bakeoff-subject job EXECUTOR-OR-MODEL JOB: runs a job on a model's unit and checks the answer.
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <new>

#include "models/catalogue.h"
#include "models/executors/process_memory_reader.h"
#include "models/executors/run_job.h"
#include "models/subject/arguments.h"
#include "models/subject/commands.h"
#include "models/subject/perf_counters.h"
#include "models/subject/result_line.h"

namespace bakeoff::models::subject {
namespace {

/// From now on a refused allocation ends the program with one line on stderr. An exception could not do that: units
/// fail on threads and in fibers, and an exception needs memory too.
void end_without_memory() {
  static std::string line = std::string("bakeoff-subject: ") + ::strerror(ENOMEM);
  rlimit space{};
  if (::getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) {
    line += ": RLIMIT_AS = " + std::to_string(space.rlim_cur);
  }
  line += '\n';
  std::set_new_handler([] {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    ::_exit(1);
  });
}

const ExecutorEntry& executor_of(const std::string& name) {
  if (const ExecutorEntry* executor = find_executor(name)) return *executor;
  if (const ModelEntry* model = find_model(name)) return *find_executor(model->executor);
  auto known = names_of(executor_entries());
  for (const auto& model : model_entries()) known.push_back(model.name);
  throw unknown_name("executor or model", name, known);
}

}  // namespace

int job_command(std::span<const char* const> words) {
  end_without_memory();
  const Arguments arguments(words, {"executor or model", "job"}, {"--units", "--size", "--set"}, {"--check"});
  const ExecutorEntry& executor = executor_of(arguments.position(0));
  const workloads::JobEntry* entry = workloads::find_job(arguments.position(1));
  if (!entry) throw unknown_name("job", arguments.position(1), names_of(workloads::job_entries()));
  std::vector<workloads::SettingEntry> known(executor.settings.begin(), executor.settings.end());
  known.insert(known.end(), entry->settings.begin(), entry->settings.end());
  workloads::jobs::JobSize size{.settings = workloads::Settings(known),
                                .read_memory = executors::make_process_memory_reader()};
  apply_settings(arguments, std::string(executor.name) + " " + std::string(entry->name), size.settings);
  size.units = arguments.number("--units", 1, 1, executor.max_units);
  size.size = arguments.number("--size", entry->default_size, 1, std::numeric_limits<std::int64_t>::max());

  const auto job = entry->make(size);
  // --check does not ask whether the units can do the job: that depends on the machine, and is a row of the results.
  if (arguments.has("--check")) return 0;
  CountedExecutor runs_on(executor.make(size.settings));
  if (const std::string refusal = runs_on.refusal(job->needs(), size.units); !refusal.empty()) {
    throw ArgumentError(std::string(executor.name) + " cannot run " + std::string(entry->name) + " with " +
                        std::to_string(size.units) + " units: " + refusal);
  }
  executors::JobResult result = executors::run_job(*job, runs_on, size.units);
  if (const auto misses = runs_on.cache_misses()) {
    // It must not be the first figure, which leads a table.
    if (result.figures.empty()) result.figures.push_back({"elapsed_ms", static_cast<double>(result.elapsed_ns) / 1e6});
    result.figures.push_back({"cache_misses", static_cast<double>(*misses)});
  }
  Json line = {{"answer", result.answer},
               {"right", result.right},
               {"complaint", result.complaint},
               {"elapsed_ns", result.elapsed_ns},
               {"units_created", result.units_created},
               {"peak_live_units", result.peak_live_units},
               {"executor", executor.name}};
  add_measurements(line, size.settings, result.figures, result.limit);
  // Where the units ran, as for probes: on one CPU, or on any that the kernel chose.
  line["settings"]["place"] = runs_on.on_one_thread() || count_allowed_cpus() == 1 ? "same" : "any";
  return print_line(line.dump()) && result.right ? 0 : 1;
}

}  // namespace bakeoff::models::subject
