#include "harness/report/queue_figures.h"

#include <algorithm>
#include <optional>
#include <string>

#include "harness/validity/validity.h"

namespace bakeoff::report {
namespace {

using Quantity = std::optional<double>;

/// A count of QueueRow.
Figure count_figure(const char* key, const char* title, std::uint64_t journal::QueueRow::*count) {
  return {.key = std::string("queue.") + key,
          .title = title,
          .unit = "",
          .metric = "",
          .whole = true,
          .extract = [count](const journal::Trial& trial) {
            return trial.queue ? Quantity(static_cast<double>((*trial.queue).*count)) : std::nullopt;
          }};
}

/// A percentile of one of the times of a job.
Figure time_figure(const std::string& time, const char* title, const char* percentile,
                   double stats::LatencySummary::*value) {
  return {.key = "queue.latency_us." + time + "." + percentile,
          .title = std::string(title) + " " + percentile + " us",
          .unit = "us",
          .metric = std::string("latency.") + percentile,
          .extract = [time, value](const journal::Trial& trial) -> Quantity {
            if (!trial.queue) return std::nullopt;
            const auto found = trial.queue->latency_us.find(time);
            if (found == trial.queue->latency_us.end()) return std::nullopt;
            return found->second.*value;
          }};
}

Quantity cpu_per_job(const journal::Trial& trial) {
  return trial.queue && trial.subject_cost ? trial.subject_cost->cpu_us_per_request : std::nullopt;
}

Quantity jobs_per_s(const journal::Trial& trial) {
  return trial.queue ? Quantity(trial.queue->jobs_per_s) : std::nullopt;
}

Quantity switches_per_job(const journal::Trial& trial) {
  // Those of a killed process are not known.
  if (!trial.queue || trial.queue->kills != 0 || trial.queue->done == 0 || !trial.subject_cost) return std::nullopt;
  const journal::SubjectRow& cost = *trial.subject_cost;
  if (!cost.switches_voluntary || !cost.switches_involuntary) return std::nullopt;
  return static_cast<double>(*cost.switches_voluntary + *cost.switches_involuntary) /
         static_cast<double>(trial.queue->done);
}

Quantity memory_mib(const journal::Trial& trial) {
  constexpr double kKibPerMib = 1024;
  if (!trial.queue || !trial.subject_cost || !trial.subject_cost->pss_end_kib) return std::nullopt;
  return static_cast<double>(*trial.subject_cost->pss_end_kib) / kKibPerMib;
}

}  // namespace

std::vector<Figure> queue_figures(std::span<const journal::Trial* const> trials) {
  const bool fates = std::ranges::any_of(trials, [](const journal::Trial* trial) {
    return trial->queue && (trial->queue->kills != 0 || trial->queue->lost != 0 || trial->queue->done_twice != 0);
  });
  std::vector<Figure> figures{{.key = "cpu_us_per_job",
                               .title = "CPU us/job",
                               .unit = "us/job",
                               .metric = std::string(validity::metric::kCpuPerRequest),
                               .extract = cpu_per_job}};
  if (fates) {
    figures.push_back(count_figure("lost", "lost", &journal::QueueRow::lost));
    figures.push_back(count_figure("put_back", "put back", &journal::QueueRow::put_back));
    figures.push_back(count_figure("done_twice", "done twice", &journal::QueueRow::done_twice));
  }
  figures.push_back({.key = "jobs_per_s",
                     .title = "jobs/s",
                     .unit = "jobs/s",
                     .metric = std::string(validity::metric::kThroughput),
                     .more_is_better = true,
                     .extract = jobs_per_s});
  figures.push_back(time_figure("queue", "in queue", "p50", &stats::LatencySummary::p50));
  figures.push_back(time_figure("queue", "in queue", "p99", &stats::LatencySummary::p99));
  figures.push_back(time_figure("work", "job", "p99", &stats::LatencySummary::p99));
  figures.push_back({.key = "switches_per_job",
                     .title = "switches/job",
                     .unit = "1/job",
                     .metric = std::string(validity::metric::kCpuPerRequest),
                     .extract = switches_per_job});
  figures.push_back({.key = "pss_end_mib", .title = "PSS MiB", .unit = "MiB", .metric = "", .extract = memory_mib});
  return figures;
}

}  // namespace bakeoff::report
