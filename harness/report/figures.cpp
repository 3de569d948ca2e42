#include "harness/report/figures.h"

#include <algorithm>
#include <set>
#include <utility>

#include "harness/journal/slices.h"
#include "harness/report/column_units.h"
#include "harness/report/memory_figures.h"
#include "harness/report/named_figures.h"
#include "harness/report/waiting_figures.h"
#include "harness/validity/validity.h"

namespace bakeoff::report {
namespace {

using Value = std::optional<double>;

Value from_count(std::optional<std::uint64_t> count) {
  return count ? Value(static_cast<double>(*count)) : std::nullopt;
}

Value throughput(const journal::Trial& trial) {
  return trial.client ? Value(trial.client->throughput_rps) : std::nullopt;
}

Value latency(const journal::Trial& trial, const std::string& kind, double stats::LatencySummary::*percentile) {
  if (!trial.client) return std::nullopt;
  const auto found = trial.client->latency_us.find(kind);
  if (found == trial.client->latency_us.end() || found->second.count == 0) return std::nullopt;
  return found->second.*percentile;
}

/// The p50 or p99 of one class of requests.
Figure class_figure(const std::string& name, const char* percentile, double stats::LatencySummary::*value) {
  return {.key = "latency_us." + name + "." + percentile,
          .title = name + " " + percentile + " us",
          .unit = "us",
          .metric = std::string("latency.") + percentile,
          .extract = [name, value](const journal::Trial& trial) { return latency(trial, name, value); }};
}

/// Light requests before heavy ones, other kinds by name.
struct ClassOrder {
  static int rank(const std::string& name) { return name == "light" ? 0 : name == "heavy" ? 1 : 2; }
  bool operator()(const std::string& one, const std::string& other) const {
    return std::pair(rank(one), one) < std::pair(rank(other), other);
  }
};

std::vector<Figure> class_figures(std::span<const journal::Trial* const> trials) {
  std::set<std::string, ClassOrder> classes;
  for (const journal::Trial* trial : trials) {
    if (!trial->client) continue;
    for (const auto& [name, summary] : trial->client->latency_us) {
      if (journal::is_request_class(name)) classes.insert(name);
    }
  }
  std::vector<Figure> figures;
  for (const std::string& name : classes) {
    figures.push_back(class_figure(name, "p50", &stats::LatencySummary::p50));
    figures.push_back(class_figure(name, "p99", &stats::LatencySummary::p99));
  }
  return figures;
}

Value longest_pause_ms(const journal::Trial& trial) {
  if (!trial.client || !trial.client->subject_pauses) return std::nullopt;
  return trial.client->subject_pauses->longest_us / 1000;
}

/// A table in which nobody paused has no column of zeros.
bool paused(const journal::Trial& trial) {
  return trial.client && trial.client->subject_pauses && trial.client->subject_pauses->count != 0;
}

Value p50(const journal::Trial& trial) {
  return latency(trial, "total", &stats::LatencySummary::p50);
}
Value p99(const journal::Trial& trial) {
  return latency(trial, "total", &stats::LatencySummary::p99);
}

Value cpu_per_request(const journal::Trial& trial) {
  return trial.subject_cost ? trial.subject_cost->cpu_us_per_request : std::nullopt;
}

// What the subject used at rest is charged to all slices alike, as in the figure of the whole row.
Value slice_cpu_per_request(const journal::Trial& trial, const journal::SliceFacts& slice) {
  if (!slice.cpu_us || slice.replies == 0) return std::nullopt;
  const double charged = trial.subject_cost ? journal::charged_at_rest_us(*trial.subject_cost) : 0;
  return (*slice.cpu_us + charged / static_cast<double>(trial.slices.size())) / static_cast<double>(slice.replies);
}

Value slice_throughput(const journal::Trial&, const journal::SliceFacts& slice) {
  return slice.throughput_rps;
}

// Both kinds or neither: one alone would look like a subject that switches little.
Value switches(const journal::Trial& trial) {
  if (!trial.subject_cost || !trial.subject_cost->switches_voluntary || !trial.subject_cost->switches_involuntary) {
    return std::nullopt;
  }
  return static_cast<double>(*trial.subject_cost->switches_voluntary + *trial.subject_cost->switches_involuntary);
}

Value switches_per_request(const journal::Trial& trial) {
  const Value all = switches(trial);
  if (!all || !trial.client || trial.client->replies_ok == 0) return std::nullopt;
  return *all / static_cast<double>(trial.client->replies_ok);
}

Value pss_mib(const journal::Trial& trial) {
  const Value kib = trial.subject_cost ? from_count(trial.subject_cost->pss_end_kib) : std::nullopt;
  return kib ? Value(*kib / 1024) : std::nullopt;
}

// Of those waits for a connection that there were, over the whole trial; 0 where there was none.
Value call_wait_us(const journal::Trial& trial) {
  if (!trial.server_receipt || !trial.server_receipt->call_wait_us) return std::nullopt;
  const auto waits = trial.server_receipt->call_waits.value_or(0);
  return waits == 0 ? 0 : *trial.server_receipt->call_wait_us / static_cast<double>(waits);
}

Value call_waits_per_request(const journal::Trial& trial) {
  if (!trial.server_receipt || !trial.server_receipt->call_waits) return std::nullopt;
  const auto requests = trial.server_receipt->requests.value_or(0);
  if (requests == 0) return std::nullopt;
  return static_cast<double>(*trial.server_receipt->call_waits) / static_cast<double>(requests);
}

Value ready_ms(const journal::Trial& trial) {
  return trial.warm_up && trial.subject_cost ? trial.subject_cost->startup_ms : std::nullopt;
}

Value first_p99_us(const journal::Trial& trial) {
  return trial.warm_up && trial.warm_up->first_us ? Value(trial.warm_up->first_us->p99) : std::nullopt;
}

Value steady_after_s(const journal::Trial& trial) {
  if (!trial.warm_up || !trial.warm_up->steady_from) return std::nullopt;
  return static_cast<double>(*trial.warm_up->steady_from) * trial.warm_up->slice_s;
}

Value mean_sessions(const journal::Trial& trial) {
  return trial.client ? trial.client->mean_sessions : std::nullopt;
}

Value back_end_cpu(const journal::Trial& trial) {
  return trial.back_end ? trial.back_end->cpu_us_per_request : std::nullopt;
}

Value elapsed_ms(const journal::Trial& trial) {
  return trial.job ? Value(static_cast<double>(trial.job->elapsed_ns) / 1e6) : std::nullopt;
}

Value cpu_ms(const journal::Trial& trial) {
  return trial.subject_cost && trial.subject_cost->cpu_us ? Value(*trial.subject_cost->cpu_us / 1000) : std::nullopt;
}

Value peak_live_units(const journal::Trial& trial) {
  return trial.server_receipt ? from_count(trial.server_receipt->peak_live_units) : std::nullopt;
}

void insert_before(std::vector<Figure>& figures, std::string_view key, const std::vector<Figure>& more) {
  figures.insert(std::ranges::find(figures, key, &Figure::key), more.begin(), more.end());
}

/// Those of loads that wait stand behind the latencies, those of memory behind what a request costs.
std::vector<Figure> with_groups(std::vector<Figure> figures) {
  insert_before(figures, "mean_sessions", waiting_figures());
  insert_before(figures, "ready_ms", memory_figures());
  return figures;
}

}  // namespace

const std::vector<Figure>& server_figures() {
  static const std::vector<Figure> figures = with_groups(
      {Figure{.key = "cpu_us_per_request",
              .title = "CPU us/req",
              .unit = "us/req",
              .metric = std::string(validity::metric::kCpuPerRequest),
              .extract = cpu_per_request,
              .extract_slice = slice_cpu_per_request},
       Figure{.key = "throughput_rps",
              .title = "req/s",
              .unit = "req/s",
              .metric = std::string(validity::metric::kThroughput),
              .more_is_better = true,
              .extract = throughput,
              .extract_slice = slice_throughput},
       Figure{.key = "latency_us.p50",
              .title = "p50 us",
              .unit = "us",
              .metric = "latency.p50",
              .spare = true,
              .extract = p50},
       Figure{.key = "latency_us.p99", .title = "p99 us", .unit = "us", .metric = "latency.p99", .extract = p99},
       Figure{.key = "mean_sessions",
              .title = "sessions",
              .unit = "",
              .metric = std::string(validity::metric::kThroughput),
              .extract = mean_sessions},
       Figure{.key = "switches_per_request",
              .title = "switches/req",
              .unit = "1/req",
              .metric = std::string(validity::metric::kCpuPerRequest),
              .spare = true,
              .extract = switches_per_request},
       Figure{.key = "ready_ms", .title = "ready ms", .unit = "ms", .metric = "", .extract = ready_ms},
       Figure{.key = "first_p99_us", .title = "cold p99 us", .unit = "us", .metric = "", .extract = first_p99_us},
       Figure{.key = "steady_after_s",
              .title = "steady after s",
              .unit = "s",
              .metric = "",
              .spare = true,
              .extract = steady_after_s},
       Figure{.key = "call_waits_per_request",
              .title = "pool waits/req",
              .unit = "1/req",
              .metric = "",
              .extract = call_waits_per_request},
       Figure{.key = "call_wait_us",
              .title = "pool wait us",
              .unit = "us",
              .metric = std::string(validity::metric::kThroughput),
              .extract = call_wait_us},
       Figure{.key = "back_end_cpu_us_per_request",
              .title = "back end CPU us/req",
              .unit = "us/req",
              .metric = std::string(validity::metric::kThroughput),
              .extract = back_end_cpu}});
  return figures;
}

std::vector<Figure> server_figures(std::span<const journal::Trial* const> trials) {
  std::vector<Figure> figures = server_figures();
  if (std::ranges::any_of(
          trials, paused, [](const journal::Trial* trial) -> const auto& { return *trial; })) {
    figures.insert(std::ranges::find(figures, "mean_sessions", &Figure::key),
                   Figure{.key = "longest_pause_ms",
                          .title = "longest pause ms",
                          .unit = "ms",
                          .metric = std::string(validity::metric::kLatency),
                          .extract = longest_pause_ms});
  }
  const std::vector<Figure> classes = class_figures(trials);
  if (classes.empty()) return figures;
  const auto first = std::ranges::find(figures, "latency_us.p50", &Figure::key);
  figures.insert(figures.erase(first, first + 2), classes.begin(), classes.end());
  return figures;
}

std::vector<Figure> job_figures(std::span<const journal::Trial* const> trials) {
  static const std::vector<Figure> common{
      Figure{.key = "elapsed_ms",
             .title = "elapsed ms",
             .unit = "ms",
             .metric = std::string(validity::metric::kElapsed),
             .extract = elapsed_ms},
      Figure{.key = "cpu_ms",
             .title = "CPU ms",
             .unit = "ms",
             .metric = std::string(validity::metric::kCpu),
             .extract = cpu_ms},
      Figure{.key = "switches",
             .title = "switches",
             .unit = "",
             .metric = std::string(validity::metric::kCpu),
             .whole = true,
             .extract = switches},
      Figure{.key = "peak_live_units",
             .title = "peak units",
             .unit = "",
             .metric = "",
             .whole = true,
             .extract = peak_live_units},
      Figure{.key = "pss_end_mib", .title = "PSS MiB", .unit = "MiB", .metric = "", .extract = pss_mib}};
  const bool of_jobs = std::ranges::any_of(
      trials, [](const journal::Trial* trial) { return trial->params.kind == journal::TrialKind::job; });
  std::vector<Figure> figures = named_figures(trials);
  if (!of_jobs) return figures;
  const auto named = [](const Figure& figure) { return title_without_unit(figure.title, figure.unit); };
  for (const Figure& figure : common) {
    // What the job itself gives, in whatever unit, is not shown twice: "elapsed s" and "elapsed ms".
    if (std::ranges::find(figures, named(figure), named) == figures.end()) figures.push_back(figure);
  }
  return figures;
}

}  // namespace bakeoff::report
