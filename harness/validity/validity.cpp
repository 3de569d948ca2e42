// The rules, in the order of harness/validity/README.md.
#include "harness/validity/validity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "harness/journal/fixed_wait.h"
#include "harness/journal/slices.h"
#include "harness/validity/clocks.h"

namespace bakeoff::validity {
namespace {

using Reasons = std::map<std::string, std::string>;

// emplace: the first reason that is found for a metric is the one that is named.
void mark(Reasons& reasons, std::string_view metric, std::string_view reason) {
  reasons.emplace(std::string(metric), std::string(reason));
}
/// Whatever is measured by the clock.
void mark_times(Reasons& reasons, const journal::Trial& trial, std::string_view reason) {
  if (trial.job) return mark(reasons, metric::kElapsed, reason);
  mark(reasons, metric::kThroughput, reason);
  mark(reasons, metric::kLatency, reason);
}

// A counter that lost an increment, or gave one number twice, has answered wrongly, even if each reply looked right.
// What it has in excess was sent by other clients, which is not the server's fault.
bool miscounted(const journal::ClientRow& client) {
  return client.counter && (client.counter->lost > 0 || client.counter->duplicates > 0);
}

bool wrong_answers(const journal::Trial& trial) {
  if (trial.client && (trial.client->wrong_answers > 0 || miscounted(*trial.client))) return true;
  // A job that is done twice although nobody died was handed out twice.
  if (trial.queue && (trial.queue->wrong > 0 || (trial.queue->done_twice > 0 && trial.queue->kills == 0))) return true;
  return trial.job && !trial.job->answer_right;
}

std::uint64_t error_count(const journal::ClientRow& client) {
  std::uint64_t count = 0;
  for (const journal::ErrorCount& error : client.errors) count += error.count;
  return count;
}

bool anything_failed(const journal::Trial& trial) {
  if (trial.outcome != journal::Outcome::ok) return true;
  if (!trial.client) return false;
  // Slow clients are in mid-request when the load ends.
  const journal::CrowdFacts crowd = trial.client->crowd.value_or(journal::CrowdFacts{});
  return error_count(*trial.client) > 0 || trial.client->unfinished > 0 || crowd.slow_senders + crowd.slow_readers > 0;
}

// Each side counts for itself. When nothing failed the three counts are one number; otherwise the server may have
// answered requests whose replies were lost, but never more than were sent nor fewer than came back.
bool receipts_differ(const journal::Trial& trial) {
  if (!trial.client_receipt || !trial.server_receipt) return false;
  const journal::ClientReceipt& client = *trial.client_receipt;
  const journal::ServerReceipt& server = *trial.server_receipt;
  const bool exact = !anything_failed(trial) && client.abandoned == 0;
  if (client.acknowledged > client.requests) return true;
  if (exact && client.acknowledged != client.requests) return true;
  if (server.requests && (*server.requests < client.acknowledged || *server.requests > client.requests)) return true;
  if (server.files && (*server.files < client.files || (exact && *server.files != client.files))) return true;
  if (server.calls && (*server.calls < client.calls || (exact && *server.calls != client.calls))) return true;
  if (server.final_counter && client.increments_acknowledged) {
    const std::int64_t acknowledged = *client.increments_acknowledged;
    const auto in_doubt = static_cast<std::int64_t>(exact ? 0 : client.requests - client.acknowledged);
    if (*server.final_counter < acknowledged || *server.final_counter - acknowledged > in_doubt) return true;
  }
  return false;
}

// How full the subject's CPUs were, whatever used them; absent when the subject's own share is not known.
std::optional<double> subject_cpus_busy(const journal::Trial& trial) {
  if (!trial.subject_cost || !trial.subject_cost->cpu_share) return std::nullopt;
  return *trial.subject_cost->cpu_share + trial.foreign_cpu_share.value_or(0) + trial.steal_share.value_or(0);
}

// A subject whose CPU is not known (a server on another machine) has not been shown to be the limit.
bool subject_saturated(const journal::Trial& trial) {
  return subject_cpus_busy(trial).value_or(0) >= kBusyShare;
}

bool held_up(const std::optional<measure::CpuQuota>& quota) {
  return quota && quota->throttled_us > 0;
}

bool throttled(const journal::Trial& trial) {
  return held_up(trial.subject_quota) || held_up(trial.load_quota);
}

bool paused(const journal::Trial& trial) {
  return trial.client && trial.client->paused_share.value_or(0) > kPausedShare;
}

// The queue's server is one thread.
bool queue_bound(const journal::QueueRow& queue) {
  return queue.elapsed_s > 0 && queue.queue_cpu_us.value_or(0) > kBusyShare * queue.elapsed_s * 1e6;
}

// The back end is on the load's CPUs: when the two fill them together, the subject was not the limit.
bool back_end_fills_the_load(const journal::Trial& trial, const std::map<int, double>& generators) {
  if (!trial.back_end || !trial.back_end->cpu_us || !(trial.client->throughput_rps > 0)) return false;
  const double length_s =
      std::max(trial.client->window_s, static_cast<double>(trial.client->replies_ok) / trial.client->throughput_rps);
  double busy = *trial.back_end->cpu_us / (length_s * 1e6);
  for (const auto& [cpu, share] : generators) busy += share;
  return busy > kBusyShare * static_cast<double>(std::max<std::size_t>(1, trial.load_cpus.size()));
}

bool generator_bound(const journal::Trial& trial) {
  if (subject_saturated(trial)) return false;
  if (trial.queue) return queue_bound(*trial.queue);
  if (!trial.client) return false;
  if (trial.params.load.spin) return false;  // Busy by choice; its lateness is in the slip.
  // Threads of several agents may share a CPU: then it is the CPU that is full.
  std::map<int, double> busy;
  for (const journal::GeneratorFacts& generator : trial.client->generators) {
    const double share = generator.cpu_share.value_or(0);
    if (share > kBusyShare) return true;
    if (generator.cpu) busy[*generator.cpu] += share;
  }
  if (std::any_of(busy.begin(), busy.end(), [](const auto& cpu) { return cpu.second > kBusyShare; })) return true;
  return back_end_fills_the_load(trial, busy);
}

// What is on the way when the window ends is not missing, as long as it is no more than what always is: the rate times
// the median latency, and one beside it.
bool delivered_too_little(const journal::Trial& trial) {
  if (!trial.client || !trial.client->offered_rps || !(trial.client->window_s > 0)) return false;
  const journal::ClientRow& client = *trial.client;
  const auto total = client.latency_us.find("total");
  const double windows = static_cast<double>(std::max<std::size_t>(journal::kept_slices(trial), 1));
  const double usual =
      total == client.latency_us.end() ? 0 : windows * (*client.offered_rps * total->second.p50 / 1e6 + 1);
  const double on_the_way = std::min(usual, static_cast<double>(client.outstanding_at_end.value_or(0)));
  return client.throughput_rps + on_the_way / client.window_s < kDeliveredShare * *client.offered_rps;
}

// A generator that does not get its CPU measures its own waiting. It is rarely at its limit, so it may lose more than
// the subject may.
bool load_disturbed(const journal::Trial& trial) {
  return trial.load_foreign_share.value_or(0) > kVeryNoisyShare;
}

/// A probe that met a limit gives no figures, so none has to be void.
bool fewer_units_than_asked(const journal::Trial& trial) {
  return trial.job && trial.params.kind != journal::TrialKind::probe && trial.outcome == journal::Outcome::limit;
}

double taken_by_others(const journal::Trial& trial) {
  return std::max(trial.foreign_cpu_share.value_or(0), trial.steal_share.value_or(0));
}

// The harness lost its CPU at an end of the window: CPU time and requests are then of different stretches of time. A
// slice is read when nothing is on its way, and so is a window that ends with the last reply.
bool read_late(const journal::Trial& trial) {
  if (!trial.slices.empty() || journal::ends_with_last_reply(trial.params.load)) return false;
  if (!trial.client || !trial.subject_cost || !trial.subject_cost->cpu_window_s) return false;
  const double window_s = trial.client->window_s;
  return std::abs(*trial.subject_cost->cpu_window_s - window_s) > kReadTolerance * window_s;
}

// N = lambda x W (Little 1961). The rate counts every request that is in the latencies, the unfinished ones included,
// because the mean outstanding includes them too.
bool breaks_littles_law(const journal::Trial& trial) {
  if (!trial.client || !trial.client->mean_outstanding) return false;
  const auto total = trial.client->latency_us.find("total");
  if (total == trial.client->latency_us.end()) return false;
  const double outstanding = *trial.client->mean_outstanding;
  const stats::LatencySummary& latency = total->second;
  const double rate = latency.count > 0 && trial.client->window_s > 0
                          ? static_cast<double>(latency.count) / trial.client->window_s
                          : trial.client->throughput_rps;
  const double expected = rate * latency.mean / 1e6;
  // Written so that a figure that is not a number fails the check.
  return !(std::abs(expected - outstanding) <= kLittlesLawTolerance * outstanding);
}

void mark_slipped(Reasons& reasons, const journal::Trial& trial) {
  if (!trial.client && !trial.queue) return;
  const auto& classes = trial.client ? trial.client->latency_us : trial.queue->latency_us;
  const auto slip = classes.find("slip");
  const auto total = classes.find(trial.client ? "total" : "queue");
  if (slip == classes.end() || total == classes.end()) return;
  for (const auto& [metric, percentile] : kPercentiles) {
    if (slip->second.*percentile > kSlipShare * (total->second.*percentile)) mark(reasons, metric, reason::kSlipped);
  }
}

// Requests of an open load that no connection could take in time.
std::uint64_t never_sent(const journal::ClientRow& client) {
  std::uint64_t count = 0;
  for (const journal::ErrorCount& error : client.errors) {
    if (error.phase == "late" || error.phase == "shed") count += error.count;
  }
  return count;
}

// A run of requests that got no reply in time is what starvation and overload look like; anything else is an error.
bool only_too_late(const journal::ClientRow& client) {
  return std::all_of(client.errors.begin(), client.errors.end(), [](const journal::ErrorCount& error) {
    return error.count == 0 || error.phase == "timeout" || error.phase == "late" || error.phase == "shed";
  });
}

/// A unit that counts takes a cycle for each step at least, and no clock has six GHz: a compiler has taken the loop
/// away.
bool counted_too_fast(const journal::Trial& trial) {
  constexpr double kMostStepsPerNs = 6;
  return trial.job && (trial.workload == "count" || trial.workload == "shared-count") && trial.params.job_size &&
         static_cast<double>(*trial.params.job_size) > kMostStepsPerNs * static_cast<double>(trial.job->elapsed_ns);
}

/// More replies than connections that wait can get.
bool did_not_wait(const journal::Trial& trial) {
  constexpr double kTolerance = 1.01;
  const auto ceiling = journal::waiting_ceiling_rps(trial.params.load);
  return ceiling && trial.client && trial.client->throughput_rps > kTolerance * *ceiling;
}

/// A runtime makes as many threads as it sees CPUs.
bool sees_other_cpus(const journal::Trial& trial) {
  return trial.runtime && trial.runtime->cpus && *trial.runtime->cpus != trial.subject_cpus.size();
}

bool all_served(const journal::ClientRow& client) {
  return client.connections_served >= client.connections_asked.value_or(client.connections_open);
}

std::string describe(const journal::QueueRow& queue, journal::Outcome outcome) {
  if (outcome == journal::Outcome::overloaded) return "less than the offered rate was done";
  if (queue.wrong > 0) return std::to_string(queue.wrong) + " wrong records";
  if (queue.lost > 0) return std::to_string(queue.lost) + " of " + std::to_string(queue.jobs) + " jobs were lost";
  return std::to_string(queue.done_twice) + " jobs were done twice";
}

std::string describe(const journal::Trial& trial, journal::Outcome outcome) {
  if (trial.job) return "the answer was wrong";
  if (trial.queue) return describe(*trial.queue, outcome);
  if (!trial.client) return "";
  const journal::ClientRow& client = *trial.client;
  switch (outcome) {
    case journal::Outcome::errors:
      if (miscounted(client)) {
        return std::to_string(client.counter->lost) + " acknowledged increments lost, " +
               std::to_string(client.counter->duplicates) + " answered twice";
      }
      if (client.wrong_answers > 0) return std::to_string(client.wrong_answers) + " wrong answers";
      return error_count(client) > 0 ? std::to_string(error_count(client)) + " errors"
                                     : "no request was sent in the window";
    case journal::Outcome::starved:
      if (all_served(client)) {
        return "no right reply in the window to " + std::to_string(client.requests) + " requests";
      }
      return std::to_string(client.connections_served) + " of " +
             std::to_string(client.connections_asked.value_or(client.connections_open)) + " connections served";
    case journal::Outcome::overloaded:
      if (client.unfinished > 0) return std::to_string(client.unfinished) + " requests never answered";
      if (never_sent(client) > 0)
        return std::to_string(never_sent(client)) + " requests never sent: no connection free";
      return "less than the offered rate was served";
    default:
      return "";
  }
}

}  // namespace

std::map<std::string, std::string> judge_validity(const journal::Trial& trial) {
  Reasons reasons;
  if (wrong_answers(trial)) mark(reasons, metric::kEverything, reason::kWrongAnswers);
  if (counted_too_fast(trial)) mark(reasons, metric::kEverything, reason::kNotCounted);
  if (!why_clock_is_wrong(trial).empty()) mark(reasons, metric::kEverything, reason::kWrongClock);
  if (sees_other_cpus(trial)) mark(reasons, metric::kEverything, reason::kUnseenCpus);
  if (did_not_wait(trial)) mark(reasons, metric::kEverything, reason::kDidNotWait);
  if (receipts_differ(trial)) mark(reasons, metric::kEverything, reason::kReceiptMismatch);
  if (fewer_units_than_asked(trial)) {
    mark(reasons, metric::kElapsed, reason::kPartOfTheWork);
    mark(reasons, metric::kCpu, reason::kPartOfTheWork);
  }
  if (trial.warm_up && !trial.warm_up->steady_from) {
    mark_times(reasons, trial, reason::kUnsteady);
    mark(reasons, metric::kCpuPerRequest, reason::kUnsteady);
  }
  if (throttled(trial)) mark_times(reasons, trial, reason::kThrottled);
  if (paused(trial)) mark_times(reasons, trial, reason::kPaused);
  if (generator_bound(trial)) mark_times(reasons, trial, reason::kGeneratorBound);
  if (delivered_too_little(trial) && !subject_saturated(trial)) {
    mark(reasons, metric::kLatency, reason::kUnderdelivered);
  }
  const bool too_few = journal::too_few_slices(trial);
  if (taken_by_others(trial) > kNoisyShare || load_disturbed(trial) || too_few) {
    mark_times(reasons, trial, reason::kNoisy);
  }
  if (taken_by_others(trial) > kVeryNoisyShare) {
    mark(reasons, trial.job ? metric::kCpu : metric::kCpuPerRequest, reason::kNoisy);
  }
  if (read_late(trial)) mark(reasons, metric::kCpuPerRequest, reason::kReadLate);
  if (breaks_littles_law(trial)) mark(reasons, metric::kLatency, reason::kLittlesLaw);
  mark_slipped(reasons, trial);
  return reasons;
}

journal::Outcome judge_outcome(const journal::Trial& trial) {
  if (trial.outcome != journal::Outcome::ok) return trial.outcome;
  if (wrong_answers(trial)) return journal::Outcome::errors;
  if (trial.queue && trial.queue->kills == 0) {
    // What a kill costs is what its table shows; without one every job is to be done.
    if (trial.queue->lost > 0) return journal::Outcome::errors;
    if (trial.queue->jobs_per_s < kJobsInTimeShare * trial.queue->offered_per_s.value_or(0)) {
      return journal::Outcome::overloaded;
    }
  }
  if (!trial.client) return journal::Outcome::ok;
  const journal::ClientRow& client = *trial.client;
  if (!only_too_late(client)) return journal::Outcome::errors;
  if (!all_served(client)) return journal::Outcome::starved;
  if (client.unfinished > 0 || never_sent(client) > 0) return journal::Outcome::overloaded;
  if (delivered_too_little(trial) && subject_saturated(trial)) return journal::Outcome::overloaded;
  if (error_count(client) > 0) return journal::Outcome::errors;
  if (client.replies_ok == 0) return client.requests > 0 ? journal::Outcome::starved : journal::Outcome::errors;
  return journal::Outcome::ok;
}

void judge(journal::Trial& trial) {
  const journal::Outcome outcome = judge_outcome(trial);
  if (outcome != trial.outcome && trial.outcome_detail.empty()) trial.outcome_detail = describe(trial, outcome);
  if (sees_other_cpus(trial) && trial.outcome_detail.empty()) {
    trial.outcome_detail = "the runtime saw " + std::to_string(*trial.runtime->cpus) + " of " +
                           std::to_string(trial.subject_cpus.size()) + " CPUs";
  }
  if (trial.outcome_detail.empty()) trial.outcome_detail = why_clock_is_wrong(trial);
  // First the outcome: receipts need not be equal where something failed.
  trial.outcome = outcome;
  trial.validity = judge_validity(trial);
}

std::string void_reason(const journal::Trial& trial, std::string_view metric) {
  const auto reason_of = [&](std::string_view name) {
    const auto found = trial.validity.find(std::string(name));
    return found == trial.validity.end() ? std::string() : found->second;
  };
  std::string reason = reason_of(metric::kEverything);
  if (reason.empty()) reason = reason_of(metric.substr(0, metric.find('.')));
  if (reason.empty()) reason = reason_of(metric);
  return reason;
}

std::span<const std::string_view> metrics_of(journal::TrialKind kind) {
  static const std::vector<std::string_view> kServed = [] {
    std::vector<std::string_view> metrics{metric::kEverything, metric::kThroughput, metric::kLatency};
    for (const PercentileMetric& percentile : kPercentiles) metrics.push_back(percentile.metric);
    metrics.push_back(metric::kCpuPerRequest);
    return metrics;
  }();
  static constexpr std::array kJob{metric::kEverything, metric::kElapsed, metric::kCpu};
  if (kind == journal::TrialKind::served || kind == journal::TrialKind::queue) return kServed;
  return kJob;
}

bool is_noisy(const journal::Trial& trial) {
  return std::any_of(trial.validity.begin(), trial.validity.end(), [](const auto& one) {
    return one.second == reason::kNoisy || one.second == reason::kReadLate || one.second == reason::kLoadFailed;
  });
}

bool gives_valid_number(const journal::Trial& trial) {
  // How many units there were is a number of its own.
  if (trial.job && trial.outcome == journal::Outcome::limit) return void_reason(trial, metric::kEverything).empty();
  if (trial.queue) return trial.queue->done != 0 && void_reason(trial, metric::kCpuPerRequest).empty();
  return trial.job
             ? void_reason(trial, trial.params.kind == journal::TrialKind::probe ? metric::kCpu : metric::kElapsed)
                       .empty() &&
                   trial.outcome == journal::Outcome::ok
             : trial.client && trial.client->replies_ok != 0 && void_reason(trial, metric::kCpuPerRequest).empty();
}

}  // namespace bakeoff::validity
