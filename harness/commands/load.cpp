// bakeoff load URL: a load against any server, by the same agents that the experiments use.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/commands/ceiling.h"
#include "harness/commands/commands.h"
#include "harness/commands/live_view.h"
#include "harness/commands/load_once.h"
#include "harness/commands/load_plan.h"
#include "harness/commands/load_slo.h"
#include "harness/commands/load_stairs.h"
#include "harness/commands/output_file.h"
#include "harness/commands/render.h"
#include "harness/input/url.h"
#include "harness/journal/histogram_json.h"
#include "harness/journal/trial_json.h"
#include "harness/load/coordinator.h"
#include "harness/measure/cpu_sets.h"
#include "harness/report/load/metrics.h"
#include "harness/report/load/series.h"
#include "harness/report/load/summary.h"
#include "harness/report/number_format.h"
#include "harness/stats/hdr_text.h"
#include "harness/subjects/interruption.h"
#include "harness/validity/validity.h"

namespace bakeoff::commands {
namespace {

constexpr double kIntervalS = 0.25;  // The interval of the live view; a second of the series has four.

/// The text of the latencies' file. Each form has its own way of saying that they are void.
std::string histogram_text(const std::filesystem::path& file, const LoadResult& loaded) {
  const std::string reason = validity::void_reason(loaded.row, validity::metric::kLatency);
  if (file.extension() != ".json") {
    const auto total = loaded.latency.find("total");
    std::string text = stats::hdr_percentile_text(total == loaded.latency.end() ? stats::Histogram() : total->second);
    // Plotters skip what begins with "#".
    for (const auto& [metric, why] : loaded.row.validity) text += fmt::format("#[Void    = {}: {}]\n", metric, why);
    return text;
  }
  std::string text;
  for (const auto& [latency_class, histogram] : loaded.latency) {
    std::string object = journal::histogram_to_json("load", 1, latency_class, histogram);
    if (!reason.empty()) object.insert(object.size() - 1, fmt::format(",\"void\":\"{}\"", reason));
    text += (text.empty() ? "[" : ",\n ") + object;
  }
  return (text.empty() ? "[" : text) + "]\n";
}

/// The result of a closed loop is its throughput, that of an open one, whose rate was given, is a latency.
bool has_valid_figure(const journal::Trial& row) {
  if (!validity::void_reason(row, validity::metric::kThroughput).empty()) return false;
  if (!row.params.load.is_open()) return true;
  return std::ranges::any_of(validity::kPercentiles, [&](const validity::PercentileMetric& percentile) {
    return validity::void_reason(row, percentile.metric).empty();
  });
}

load::AgentPlan at_rate(load::AgentPlan plan, double rate_rps, double warmup_s, double window_s) {
  plan.load.rate_rps = rate_rps;
  plan.warmup_s = warmup_s;
  plan.window_s = window_s;
  return plan;
}

/// kNotMet where a request failed or was answered wrongly, whatever else came of the load; otherwise `status`.
int fail_on_errors(const journal::Trial& row, int status) {
  const journal::ClientRow& client = *row.client;
  std::uint64_t errors = 0, wrong = client.wrong_answers;
  for (const journal::ErrorCount& error : client.errors) errors += error.count;
  errors = std::max(errors, client.unfinished);  // Most of these have timed out and are among the errors.
  if (client.counter) wrong += client.counter->lost + client.counter->duplicates;
  if (errors == 0 && wrong == 0) return status;
  fmt::print(stderr, "bakeoff: --fail-on-errors: found {} errors and {} wrong answers, expected none\n", errors, wrong);
  return kNotMet;
}

/// `url` is what may be shown of it.
int climb(const LoadOptions& options, const std::string& url, const load::AgentPlan& plan,
          const std::vector<int>& cpus) {
  const bool other = plan.load.is_open() || !options.slo.empty() || plan.requests.has_value() || options.fail_on_errors;
  if (other || !options.series.empty() || !options.histogram.empty() || !options.metrics.empty()) {
    throw UsageError(
        "--stairs: found --rate, --slo, --requests, --series, --histogram, --metrics or --fail-on-errors too, expected "
        "none of them");
  }
  const Stairs stairs = parse_stairs(options.stairs);
  return climb_stairs(url, stairs, plan.warmup_s, options.format,
                      [&](double rate_rps, double warmup_s, double window_s) {
                        return load_once(url, at_rate(plan, rate_rps, warmup_s, window_s), cpus);
                      });
}

int search_rate(const LoadOptions& options, const std::string& url, const load::AgentPlan& plan,
                const std::vector<int>& cpus, const load::Slo& slo) {
  if (plan.requests) {
    throw UsageError("--requests: found --slo without --rate, expected one load and not a search of many");
  }
  if (options.fail_on_errors) {
    throw UsageError("--fail-on-errors: found --slo without --rate, expected one load and not a search of many");
  }
  if (!options.series.empty() || !options.histogram.empty() || !options.metrics.empty()) {
    throw UsageError(
        "--series, --histogram, --metrics: found --slo without --rate, expected one load and not a search of many");
  }
  const SloCommand command{url, slo, plan.window_s, plan.warmup_s, options.format};
  return find_slo_rate(command, [&](double rate_rps, double warmup_s, double window_s) {
    return load_once(url, at_rate(plan, rate_rps, warmup_s, window_s), cpus);
  });
}

}  // namespace

int load_command(const LoadOptions& options) {
  if (!options.workload.empty()) {
    if (options.url.find("://") == std::string::npos) return load_subject_command(options);
    throw UsageError(fmt::format("workload: found \"{}\" beside a URL, expected nothing there", options.workload));
  }
  load::AgentPlan plan = plan_of(options);
  const std::string url = input::parse_url(options.url).shown;
  const std::vector<int> cpus =
      options.cpus.empty() ? measure::split_cpus(measure::allowed_cpus()).load : generator_cpus(options.cpus);
  if (!options.stairs.empty()) return climb(options, url, plan, cpus);
  const std::optional<load::Slo> slo = options.slo.empty() ? std::nullopt : std::optional(slo_of(options.slo));
  if (slo && !plan.load.is_open()) return search_rate(options, url, plan, cpus, *slo);
  if (options.format == "json" && (options.series == "-" || options.histogram == "-")) {
    throw UsageError(fmt::format("{}: found - beside --format json, expected a file: the document is all of stdout",
                                 options.series == "-" ? "--series" : "--histogram"));
  }
  if (!options.series.empty() && options.series == options.histogram) {
    throw UsageError("--series, --histogram: found one file, expected two");
  }
  OutputFile series_file("--series", options.series, OutputFile::Dash::is_stdout);
  OutputFile histogram_file("--histogram", options.histogram, OutputFile::Dash::is_stdout);
  report::load::LoadMetrics metrics(url);
  ReplacedFile metrics_file("--metrics", options.metrics, metrics.text());
  LiveView live(fmt::format("{} · {} connections · {}", url, report::format_count(plan.load.connections),
                            report::load::load_in_words(params_of(plan))),
                plan.window_s, cpus.size());
  if (live.shown() || series_file.wanted() || metrics_file.wanted()) plan.interval_s = kIntervalS;
  report::load::LoadSeries series;
  // On one terminal with the view, which is then drawn anew below what is written.
  const bool to_stdout = options.series == "-" || options.histogram == "-";
  LoadWatcher watcher;
  watcher.phase = [&](const std::string& phase) { live.set_phase(phase); };
  watcher.interval = [&](const load::LoadInterval& interval) {
    metrics.add(interval);
    if (const auto second = series.add(interval)) {
      if (to_stdout) live.clear();
      series_file.write(report::load::series_line(*second, cpus.size()) + "\n");
      metrics_file.write(metrics.text());
    }
    live.add(interval);
  };

  LoadResult loaded = load_once(url, plan, cpus, watcher);
  if (to_stdout) live.clear();
  if (const auto rest = series.finish()) series_file.write(report::load::series_line(*rest, cpus.size()) + "\n");
  if (const std::string line = report::load::series_void_line(loaded.row); !line.empty())
    series_file.write(line + "\n");
  metrics_file.write(metrics.text(&loaded.row));
  histogram_file.write(histogram_text(options.histogram, loaded));
  // A closed loop's ceiling says nothing of a load whose rate was chosen.
  if (!options.no_ceiling && !plan.load.is_open() && !subjects::interrupted) {
    live.set_phase("measuring the generator's ceiling");
    std::optional<double>& ceiling = loaded.row.client->ceiling_rps;
    ceiling = generator_ceiling_rps(plan, cpus);
    if (!ceiling && !subjects::interrupted) {
      loaded.row.client->events.emplace_back("the generator's ceiling is not known: its load failed or was void");
    }
  }
  live.clear();

  const journal::Trial& row = loaded.row;
  if (options.format == "json") {
    fmt::print("{}\n", journal::trial_to_json(row));
  } else {
    report::load::LoadContext remarks;
    remarks.checked = plan.check_replies;
    remarks.server = loaded.server;
    remarks.hints = loaded.hints;
    remarks.wrong_hint = loaded.wrong_hint;
    fmt::print("{}", report::load::load_summary(row, loaded.latency, remarks, stdout_style()));
  }
  series_file.check();
  histogram_file.check();
  metrics_file.check();
  if (subjects::interrupted) return kInterrupted;
  const bool valid = row.client->replies_ok != 0 && has_valid_figure(row);
  int status = valid ? kDone : kNoValid;
  if (slo) status = judge_load(loaded, *slo, status, options.format);
  return options.fail_on_errors ? fail_on_errors(row, status) : status;
}

}  // namespace bakeoff::commands
