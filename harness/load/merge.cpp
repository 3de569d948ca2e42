#include "harness/load/merge.h"

#include <algorithm>
#include <tuple>

namespace bakeoff::load {
namespace {

void merge_errors(std::vector<journal::ErrorCount>& whole, const std::vector<journal::ErrorCount>& part) {
  for (const journal::ErrorCount& error : part) {
    const auto same = std::find_if(whole.begin(), whole.end(), [&](const journal::ErrorCount& other) {
      return std::tie(other.phase, other.code) == std::tie(error.phase, error.code);
    });
    if (same == whole.end()) {
      whole.push_back(error);
    } else {
      same->count += error.count;
    }
  }
}

template <typename Choose>
void choose(std::optional<double>& whole, const std::optional<double>& part, Choose better) {
  if (part && (!whole || better(*part, *whole))) whole = part;
}

void merge_fairness(std::optional<journal::Fairness>& whole, const std::optional<journal::Fairness>& part) {
  if (!part) return;
  if (!whole) {
    whole = part;
    return;
  }
  whole->connections += part->connections;
  whole->worst_rps = std::min(whole->worst_rps, part->worst_rps);
  whole->best_rps = std::max(whole->best_rps, part->best_rps);
  choose(whole->p99_worst_us, part->p99_worst_us, std::greater<>());
  choose(whole->p99_best_us, part->p99_best_us, std::less<>());
}

void merge_crowd(std::optional<journal::CrowdFacts>& whole, const std::optional<journal::CrowdFacts>& part) {
  if (!part) return;
  if (!whole) whole.emplace();
  whole->idle += part->idle;
  whole->slow_senders += part->slow_senders;
  whole->slow_readers += part->slow_readers;
  whole->lost += part->lost;
  whole->replies += part->replies;
}

}  // namespace

void merge(AgentResult& whole, const AgentResult& part) {
  journal::ClientRow& row = whole.row;
  const journal::ClientRow& more = part.row;
  row.generators.insert(row.generators.end(), more.generators.begin(), more.generators.end());
  row.requests += more.requests;
  row.replies_ok += more.replies_ok;
  row.wrong_answers += more.wrong_answers;
  row.unfinished += more.unfinished;
  merge_errors(row.errors, more.errors);
  row.connections_open += more.connections_open;
  row.connections_served += more.connections_served;
  if (more.connections_asked) row.connections_asked = row.connections_asked.value_or(0) + *more.connections_asked;
  if (more.outstanding_at_end) row.outstanding_at_end = row.outstanding_at_end.value_or(0) + *more.outstanding_at_end;
  row.warmup_s = std::max(row.warmup_s, more.warmup_s);
  row.window_s = std::max(row.window_s, more.window_s);
  row.events.insert(row.events.end(), more.events.begin(), more.events.end());
  merge_fairness(row.fairness, more.fairness);
  merge_crowd(row.crowd, more.crowd);
  whole.receipt.requests += part.receipt.requests;
  whole.receipt.acknowledged += part.receipt.acknowledged;
  whole.receipt.abandoned += part.receipt.abandoned;
  whole.receipt.bytes_sent += part.receipt.bytes_sent;
  whole.receipt.bytes_received += part.receipt.bytes_received;
  whole.receipt.files += part.receipt.files;
  whole.receipt.calls += part.receipt.calls;
  if (part.receipt.increments_acknowledged) {
    whole.receipt.increments_acknowledged =
        whole.receipt.increments_acknowledged.value_or(0) + *part.receipt.increments_acknowledged;
  }
  whole.increments_sent += part.increments_sent;
  whole.duplicates += part.duplicates;
  whole.ledger_complete = whole.ledger_complete && part.ledger_complete;
  for (const auto& [name, histogram] : part.latency) whole.latency[name].merge(histogram);
  if (whole.complaint.empty()) whole.complaint = part.complaint;
  whole.replies_sum += part.replies_sum;
  whole.replies_square_sum += part.replies_square_sum;
  whole.due += part.due;
  whole.outstanding_ns += part.outstanding_ns;
  whole.sessions_ns += part.sessions_ns;
  for (const auto& [name, pause] : part.pauses) {
    whole.pauses[name].count += pause.count;
    whole.pauses[name].ns += pause.ns;
  }
  whole.connections_ns += part.connections_ns;
  intersect(whole.silences, part.silences);
}

namespace {

void add_counts(LoadWindow& whole, const LoadWindow& part) {
  whole.requests += part.requests;
  whole.replies += part.replies;
  whole.replies_in_time += part.replies_in_time;
  whole.unfinished += part.unfinished;
  whole.due += part.due;
  whole.outstanding_at_end += part.outstanding_at_end;
  whole.outstanding_ns += part.outstanding_ns;
  whole.sessions_ns += part.sessions_ns;
  for (const auto& [name, histogram] : part.latency) whole.latency[name].merge(histogram);
}

}  // namespace

void merge(LoadWindow& whole, const LoadWindow& part) {
  whole.length_s = std::max(whole.length_s, part.length_s);
  whole.busy_s = std::max(whole.busy_s, part.busy_s);
  intersect(whole.silences, part.silences);
  add_counts(whole, part);
}

void append(LoadWindow& whole, const LoadWindow& next) {
  whole.length_s += next.length_s;
  whole.busy_s += next.busy_s;
  append(whole.silences, next.silences);
  add_counts(whole, next);
}

void merge(LoadInterval& whole, const LoadInterval& part) {
  whole.index = part.index;
  whole.length_s = std::max(whole.length_s, part.length_s);
  whole.replies += part.replies;
  whole.errors += part.errors;
  whole.cpu_us += part.cpu_us;
  whole.threads += part.threads;
  whole.total.merge(part.total);
}

std::optional<LoadInterval> IntervalMerger::add(const LoadInterval& part) {
  auto& [count, whole] = open_[part.index];
  merge(whole, part);
  if (++count != parts_) return std::nullopt;
  LoadInterval done = std::move(whole);
  open_.erase(part.index);
  return done;
}

void finish(AgentResult& whole, bool open_loop) {
  compute_figures(whole, open_loop);
  if (!(whole.connections_ns > 0)) return;
  const std::vector<std::string> waited = pause_events(whole.pauses);
  whole.row.events.insert(whole.row.events.end(), waited.begin(), waited.end());
}

void compute_figures(AgentResult& whole, bool open_loop) {
  journal::ClientRow& row = whole.row;
  if (row.window_s > 0) {
    row.throughput_rps = static_cast<double>(row.replies_ok) / row.window_s;
    row.mean_outstanding = whole.outstanding_ns / (row.window_s * 1e9);
    if (whole.sessions_ns > 0) row.mean_sessions = whole.sessions_ns / (row.window_s * 1e9);
    if (open_loop) row.offered_rps = static_cast<double>(whole.due) / row.window_s;
  }
  if (whole.connections_ns > 0) {
    double paused_ns = 0;
    for (const auto& [name, pause] : whole.pauses) paused_ns += pause.ns;
    row.paused_share = paused_ns / whole.connections_ns;
  }
  row.latency_us.clear();
  for (const auto& [name, histogram] : whole.latency) row.latency_us[name] = histogram.summary_us();
  row.subject_pauses.reset();
  const auto service = row.latency_us.find(open_loop ? "service" : "total");
  if (whole.silences.threads != 0 && service != row.latency_us.end()) {
    row.subject_pauses = pauses_among(whole.silences, service->second.p50);
  }
  row.clamped = whole.latency.contains("total") ? whole.latency.at("total").clamped() : 0;
  if (row.fairness && row.fairness->connections != 0 && whole.replies_square_sum > 0) {
    row.fairness->jain = whole.replies_sum * whole.replies_sum /
                         (static_cast<double>(row.fairness->connections) * whole.replies_square_sum);
  }
}

}  // namespace bakeoff::load
