#include "harness/load/recorder.h"

#include <algorithm>

#include "harness/load/load_connection.h"

namespace bakeoff::load {

Recorder::Recorder(const AgentPlan& plan, std::size_t connections, OnInterval on_interval)
    : open_(plan.load.is_open()),
      come_and_go_(plan.load.connections_come_and_go()),
      warmup_s_(plan.warmup_s),
      interval_ns_(static_cast<std::uint64_t>(plan.interval_s * 1e9)),
      on_interval_(std::move(on_interval)),
      fairness_(connections),
      connections_(connections) {
  silences_.threads = connections == 0 ? 0 : 1;
  silences_.list.reserve(kMostSilences);
}

void Recorder::set_classes(std::span<const std::string> names) {
  classes_.clear();
  for (const std::string& name : names) classes_.push_back({.name = name});
}

void Recorder::open_window(std::uint64_t begin_ns, std::uint64_t end_ns, double cpu_us) {
  measuring_ = true;
  // What they stand at now is taken off when the window ends.
  window_ = {};
  window_.requests = requests_;
  window_.replies_in_time = replies_ok_;
  window_.unfinished = unfinished_;
  window_.due = due_;
  window_.outstanding_ns = outstanding_ns_;
  window_.sessions_ns = sessions_ns_;
  begin_ns_ = accounted_ns_ = sessions_accounted_ns_ = last_reply_ns_ = begin_ns;
  end_ns_ = end_ns;
  on_the_way_ = 0;
  silences_.list.clear();
  cpu_begin_us_ = interval_cpu_us_ = cpu_us;
  const std::uint64_t index = interval_.index;
  interval_ = {};
  interval_.index = index;
  interval_begin_ns_ = begin_ns;
  interval_end_ns_ = interval_ns_ == 0 ? ~std::uint64_t{0} : begin_ns + interval_ns_;
}

void Recorder::close_window(std::uint64_t now_ns, double cpu_us) {
  end_ns_ = std::clamp(now_ns, begin_ns_, end_ns_);  // Earlier when told to stop, perhaps before it began.
  account_sessions(end_ns_);
  cpu_end_us_ = cpu_us;
  window_.outstanding_at_end = outstanding_;
  outstanding_at_end_ += outstanding_;
  // More than one when the thread was kept from its clock: each interval is told of, if only as empty.
  do {
    end_interval(end_ns_, cpu_us);
  } while (interval_ns_ != 0 && interval_begin_ns_ < end_ns_);
  interval_end_ns_ = ~std::uint64_t{0};  // The drain has none.
}

LoadWindow Recorder::end_window() {
  if (!measuring_) return {};
  total_.merge(interval_.total);  // What came in the drain.
  interval_.total.clear();
  const auto take = [&](const std::string& name, stats::Histogram& histogram, bool wanted) {
    if (wanted) {
      latency_[name].merge(histogram);
      window_.latency.emplace(name, histogram);
    }
    histogram.clear();
  };
  take("total", total_, true);
  take("slip", slip_, open_);
  take("wait", wait_, open_);
  take("service", service_, open_);
  take("connect", connect_, come_and_go_);
  const bool mixed = std::ranges::any_of(classes_, [](const Class& one) { return one.latency.count() != 0; });
  for (Class& one : classes_) take(one.name, one.latency, mixed);
  window_.length_s = static_cast<double>(end_ns_ - begin_ns_) / 1e9;
  window_.busy_s = static_cast<double>(last_reply_ns_ - begin_ns_) / 1e9;
  window_.requests = requests_ - window_.requests;
  window_.replies_in_time = replies_ok_ - window_.replies_in_time;
  window_.unfinished = unfinished_ - window_.unfinished;
  window_.due = due_ - window_.due;
  window_.outstanding_ns = outstanding_ns_ - window_.outstanding_ns;
  window_.sessions_ns = sessions_ns_ - window_.sessions_ns;
  window_.silences = silences_;
  append(all_silences_, silences_);
  windows_ns_ += end_ns_ - begin_ns_;
  cpu_us_ += cpu_end_us_ - cpu_begin_us_;
  measuring_ = false;
  return std::move(window_);
}

void Recorder::forget_windows() {
  requests_ = due_ = replies_ok_ = unfinished_ = outstanding_at_end_ = 0;
  outstanding_ns_ = sessions_ns_ = cpu_us_ = 0;
  windows_ns_ = 0;
  latency_.clear();
  pauses_ = {};
  all_silences_ = {};
  fairness_ = FairnessTally(connections_);
}

void Recorder::end_interval(std::uint64_t now_ns, double cpu_us) {
  const std::uint64_t end = std::min({interval_end_ns_, end_ns_, now_ns});
  interval_.length_s = static_cast<double>(end - interval_begin_ns_) / 1e9;
  interval_.cpu_us = cpu_us - interval_cpu_us_;
  interval_.threads = 1;
  if (on_interval_ && interval_ns_ != 0 && interval_.length_s > 0) on_interval_(interval_);
  total_.merge(interval_.total);
  interval_.total.clear();
  interval_.replies = interval_.errors = 0;
  ++interval_.index;
  interval_begin_ns_ = end;
  if (interval_ns_ != 0) interval_end_ns_ = end + interval_ns_;
  interval_cpu_us_ = cpu_us;
}

void Recorder::silence_ends(std::uint64_t now_ns, std::uint64_t own_delay_ns) {
  const std::uint64_t to_ns = now_ns - std::min(own_delay_ns, now_ns - silent_from_ns_);
  if (to_ns < silent_from_ns_ + kLeastPauseNs || silences_.list.size() == kMostSilences) return;
  silences_.list.push_back({silent_from_ns_, to_ns, on_the_way_});
}

void Recorder::unanswered(std::uint64_t due_ns, std::uint64_t sent_ns, std::uint64_t now_ns) {
  if (!measuring_) return;
  record_late(due_ns, now_ns);
  ++unfinished_;
  --on_the_way_;
  if (open_) service_.record(now_ns - sent_ns);
}

void Recorder::unsent(std::uint64_t due_ns, std::uint64_t noticed_ns, std::uint64_t now_ns) {
  if (!measuring_) return;
  record_late(due_ns, now_ns);
  wait_.record(now_ns - noticed_ns);
}

void Recorder::record_late(std::uint64_t due_ns, std::uint64_t now_ns) {
  account(now_ns);
  --outstanding_;
  interval_.total.record(now_ns - due_ns);
}

void Recorder::paused(Pause why, std::uint64_t since_ns, std::uint64_t until_ns) {
  since_ns = std::max(since_ns, begin_ns_);
  until_ns = std::min(until_ns, end_ns_);
  if (!measuring_ || until_ns <= since_ns) return;
  PauseCount& pause = pauses_.at(static_cast<std::size_t>(why));
  ++pause.count;
  pause.ns += static_cast<double>(until_ns - since_ns);
}

void Recorder::error(const char* phase, int code, std::uint64_t count) {
  error(phase, code == 0 ? std::string() : errno_name(code), count);
}

void Recorder::error(const char* phase, std::string_view code, std::uint64_t count) {
  // A server may name its errors as it likes: their number has an end, which no kind of error reaches by itself.
  constexpr std::size_t kMostKinds = 1000;
  const bool full = errors_.size() >= kMostKinds && !errors_.contains({phase, std::string(code)});
  errors_[{phase, full ? "other" : std::string(code)}] += count;
  interval_.errors += count;
}

AgentResult Recorder::result(int cpu) const {
  AgentResult result;
  journal::ClientRow& row = result.row;
  row.requests = requests_;
  row.replies_ok = replies_ok_;
  row.wrong_answers = wrong_;
  row.unfinished = unfinished_;
  row.warmup_s = warmup_s_;
  row.window_s = static_cast<double>(windows_ns_) / 1e9;
  row.events = events_;
  for (const auto& [key, count] : errors_) row.errors.push_back({key.first, key.second, count});
  journal::GeneratorFacts facts;
  if (cpu >= 0) facts.cpu = cpu;
  facts.cpu_us = cpu_us_;
  if (row.window_s > 0) facts.cpu_share = facts.cpu_us / (row.window_s * 1e6);
  row.generators = {facts};
  fairness_.add_to(result, row.window_s);
  result.receipt = receipt;
  result.complaint = complaint;
  result.due = due_;
  if (open_) row.outstanding_at_end = outstanding_at_end_;
  result.outstanding_ns = outstanding_ns_;
  result.sessions_ns = sessions_ns_;
  for (std::size_t i = 0; i < kPauses; ++i) {
    if (pauses_[i].count != 0) result.pauses.emplace(pause_name(static_cast<Pause>(i)), pauses_[i]);
  }
  result.connections_ns = static_cast<double>(connections_) * static_cast<double>(windows_ns_);
  result.silences = all_silences_;
  result.latency = latency_;
  return result;
}

}  // namespace bakeoff::load
