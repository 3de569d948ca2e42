#include "harness/experiment/startup_trial.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "harness/experiment/connection_memory.h"
#include "harness/experiment/limits.h"
#include "harness/experiment/served_subject.h"
#include "harness/experiment/subject_reading.h"
#include "harness/experiment/trial_environment.h"
#include "harness/measure/frequency.h"
#include "harness/measure/monotonic.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::experiment {
namespace {

constexpr std::array<std::string_view, 8> kKeysOfStartups{"name",      "startup", "subjects",   "units",
                                                          "placement", "rest_s",  "memory_mib", "heap_mib"};

/// The CPU and the tree of the subject as they are now.
SubjectReading reading_of(const TrialEnvironment& environment, const std::vector<pid_t>& pids) {
  const measure::Cgroup no_load;
  SubjectReading reading;
  reading.tree = measure::measure_use(pids);
  read_cpu(reading, environment.cgroup(), no_load);
  return reading;
}

/// Figures under their names; what is unknown is left out.
class Figures {
 public:
  void add(const std::string& name, std::optional<double> value) {
    if (value) figures_.push_back({name, *value});
  }
  void add_mib(const std::string& name, std::optional<std::uint64_t> kib) {
    constexpr double kMibInKib = 1024;
    if (kib) figures_.push_back({name, static_cast<double>(*kib) / kMibInKib});
  }
  std::vector<journal::JobFigure> take() { return std::move(figures_); }

 private:
  std::vector<journal::JobFigure> figures_;
};

void measure_start(journal::Trial& row, const subjects::Subject& subject, TrialEnvironment& environment) {
  const auto mhz_before = measure::frequency_mhz(row.subject_cpus);
  const SubjectReading before = reading_of(environment, {});
  const std::unique_ptr<ServedSubject> served = start_subject(row, subject, environment.site());
  const double answered_ms = served->first_answer_ms();
  row.runtime = served->runtime();
  const auto processes = [&] { return environment.processes(served->server().pid()); };
  const SubjectReading answered = reading_of(environment, processes());

  const auto rest_ns = static_cast<std::uint64_t>(row.params.rest_s.value_or(kDefaultIdleS) * 1e9);
  measure::sleep_until_ns(measure::now_ns() + rest_ns, subjects::interrupted);
  if (subjects::interrupted) throw subjects::Interrupted();
  served->server().expect_alive();
  const std::vector<pid_t> pids = processes();
  const SubjectReading rested = reading_of(environment, pids);
  const SubjectMemory memory = read_subject_memory(pids, environment.memory());
  const measure::TreeSize size = measure::measure_size(pids);
  row.frequency_mhz = measure::mean_mhz(mhz_before, measure::frequency_mhz(row.subject_cpus));

  const SubjectUse start = use_between(before, answered), idle = use_between(answered, rested);
  journal::SubjectRow& cost = row.subject_cost.emplace();
  note_use(cost, start, answered_ms / 1000, row.subject_cpus.size());
  note_memory(cost, memory, memory, std::nullopt, false);
  cost.startup_ms = answered_ms;
  cost.threads_peak = size.threads;
  cost.processes_peak = size.processes;
  std::optional<double> all_us;
  if (start.cpu_us && idle.cpu_us) all_us = *start.cpu_us + *idle.cpu_us;
  note_neighbours(row, before.machine.cpus, rested.machine.cpus,
                  own_cpu_use(before.machine, rested.machine, all_us, 0));
  served->stop(row);
  note_limits(row, subject);
  environment.limit().note_violation(row);

  Figures figures;
  figures.add("first_answer_ms", answered_ms);
  figures.add("ready_ms", served->ready_ms());
  if (start.cpu_us) figures.add("start_cpu_ms", *start.cpu_us / 1000);
  figures.add_mib("idle_pss_mib", cost.pss_end_kib);
  figures.add_mib("idle_kernel_mib", cost.kernel_end_kib);
  if (idle.cpu_us && idle.length_s > 0) figures.add("idle_cpu_us_per_s", *idle.cpu_us / idle.length_s);
  figures.add("processes", static_cast<double>(size.processes));
  figures.add("threads", static_cast<double>(size.threads));
  figures.add("stop_ms", cost.stop_ms);
  row.job = journal::JobRow{.executor = "",
                            .answer = 0,
                            .answer_right = true,
                            .elapsed_ns = static_cast<std::uint64_t>(answered_ms * 1e6),
                            .figures = figures.take()};
}

}  // namespace

void read_startup_section(const input::TomlSection& section, TableSpec& table) {
  for (const std::string& key : section.keys()) {
    if (std::ranges::count(kKeysOfStartups, key) == 0) {
      section.fail(key, section.shown(key), "it only beside a workload or a job: a start has no load");
    }
  }
  table.warmup_s = table.window_s = 0;
  table.load = journal::kNoLoad;
}

void run_startup_trial(journal::Trial& row, const subjects::Subject& subject) {
  TrialEnvironment environment(subject, row.params, {});
  environment.limit().expect_enforced();
  try {
    measure_start(row, subject, environment);
  } catch (const subjects::SubjectError& error) {
    throw environment.limit().explain(error);
  }
}

}  // namespace bakeoff::experiment
