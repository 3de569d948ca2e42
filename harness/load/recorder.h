// What one generator thread of a load measures: told of every event with its time, it holds the histograms and the
// counts.
//
// Knows no sockets and reads no clock. Outside the window it counts only what a row reports of the whole trial (errors,
// wrong answers, the receipt). Because nothing crosses into the window (generator_thread.h drains before it), every
// request that is told of inside belongs to it; requests that are answered, lost or given up after its end belong to it
// too.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/load/fairness.h"
#include "harness/load/plan.h"

namespace bakeoff::load {

class Recorder {
 public:
  using OnInterval = std::function<void(const LoadInterval&)>;

  Recorder(const AgentPlan& plan, std::size_t connections, OnInterval on_interval);

  /// The window begins; `cpu_us` is the thread's CPU time so far.
  void open_window(std::uint64_t begin_ns, std::uint64_t end_ns, double cpu_us);
  /// The window is over, at `end_ns` at the latest: what is sent from now on is a backlog.
  void close_window(std::uint64_t now_ns, double cpu_us);
  /// So is its drain: what it came to, or nothing where none is open. The next window may be opened.
  LoadWindow end_window();
  bool measuring() const { return measuring_; }
  /// The windows that have ended are no part of the result any more. Errors and wrong answers stay, as those of a
  /// warm-up do.
  void forget_windows();

  /// Closed loop: `count` requests go out.
  void sent(std::uint64_t count, std::uint64_t now_ns) {
    receipt.requests += count;
    if (!measuring_) return;
    requests_ += count;
    account(now_ns);
    outstanding_ += count;
    goes_out(count, now_ns);
  }
  /// Open loop: a request has come due, and the thread has seen it.
  void came_due(std::uint64_t due_ns, std::uint64_t noticed_ns) {
    if (!measuring_) return;
    ++due_;
    account(noticed_ns);
    ++outstanding_;
    outstanding_ns_ += static_cast<double>(noticed_ns - due_ns);
    slip_.record(noticed_ns - due_ns);
  }
  /// Open loop: it goes out.
  void sent_one(std::uint64_t noticed_ns, std::uint64_t now_ns) {
    ++receipt.requests;
    if (!measuring_) return;
    ++requests_;
    wait_.record(now_ns - noticed_ns);
    goes_out(1, now_ns);
  }
  void connected(std::uint64_t begun_ns, std::uint64_t now_ns) {
    if (measuring_ && come_and_go_) connect_.record(now_ns - begun_ns);
  }

  void session_begins(std::uint64_t now_ns) {
    account_sessions(now_ns);
    ++sessions_;
  }
  void session_ends(std::uint64_t now_ns) {
    account_sessions(now_ns);
    --sessions_;
  }

  /// `count` replies came to requests that were due and sent together, whatever they say. Only those that are right
  /// and came within the window are throughput: see right().
  void answered(std::size_t connection, std::uint64_t due_ns, std::uint64_t sent_ns, std::uint64_t now_ns,
                std::uint32_t count) {
    receipt.acknowledged += count;
    if (!measuring_) return;
    account(now_ns);
    outstanding_ -= count;
    on_the_way_ -= count;
    silent_from_ns_ = now_ns;
    interval_.total.record(now_ns - due_ns, count);
    if (open_) service_.record(now_ns - sent_ns, count);
    if (now_ns <= end_ns_) fairness_.record(connection, now_ns - due_ns, count);
  }
  /// Whether the reply that comes now ends a silence (silences.h): it is to be told of before the reply itself.
  bool ends_silence(std::uint64_t now_ns) const {
    return measuring_ && on_the_way_ != 0 && now_ns >= silent_from_ns_ + kLeastPauseNs;
  }
  /// It does. For `own_delay_ns` of it the thread itself may have waited for its CPU.
  void silence_ends(std::uint64_t now_ns, std::uint64_t own_delay_ns);
  /// For a load of several classes of requests (ClientSession::classes()): their names. To be called before the first
  /// window.
  void set_classes(std::span<const std::string> names);
  /// Records a latency once more, by class. An answer, or the age of a request that got none; one that was never sent
  /// has no class.
  void answered_of_class(std::size_t place, std::uint64_t latency_ns, std::uint32_t count) {
    if (measuring_) classes_[place].latency.record(latency_ns, count);
  }
  void right(std::uint64_t count, std::uint64_t now_ns) {
    if (!measuring_ || count == 0) return;
    window_.replies += count;
    last_reply_ns_ = now_ns;
    if (now_ns > end_ns_) return;
    replies_ok_ += count;
    interval_.replies += count;
  }
  void wrong(std::uint64_t count) {
    wrong_ += count;
    interval_.errors += count;
  }
  /// Sent at `sent_ns` and never answered: enters the latencies, and the service, with its age.
  void unanswered(std::uint64_t due_ns, std::uint64_t sent_ns, std::uint64_t now_ns);
  /// Noticed at `noticed_ns` and never sent: enters the latencies, and the wait, with its age.
  void unsent(std::uint64_t due_ns, std::uint64_t noticed_ns, std::uint64_t now_ns);
  /// Sent before the window, and its reply is no longer waited for.
  void abandoned(std::uint64_t count) { receipt.abandoned += count; }

  /// The generator itself kept a connection waiting from `since_ns` to `until_ns`; what of it is in the window counts.
  void paused(Pause why, std::uint64_t since_ns, std::uint64_t until_ns);

  /// `phase` and `code` as in ErrorCount, or an errno for the code; 0 is none.
  void error(const char* phase, int code, std::uint64_t count = 1);
  void error(const char* phase, std::string_view code, std::uint64_t count = 1);
  void note(std::string event) { events_.push_back(std::move(event)); }

  /// When the current interval ends: call tick() then.
  std::uint64_t next_tick_ns() const { return interval_end_ns_; }
  void tick(std::uint64_t now_ns, double cpu_us) { end_interval(now_ns, cpu_us); }

  /// All windows, as a part of a load; latency_us and the rates are made by finish() (merge.h) when all parts are one.
  AgentResult result(int cpu) const;

  journal::ClientReceipt receipt;
  std::string complaint;  ///< The first one; set by the thread.

 private:
  void account_sessions(std::uint64_t now_ns) {
    const std::uint64_t until_ns = std::min(now_ns, end_ns_);
    if (!measuring_ || until_ns <= sessions_accounted_ns_) return;
    sessions_ns_ += static_cast<double>(sessions_) * static_cast<double>(until_ns - sessions_accounted_ns_);
    sessions_accounted_ns_ = until_ns;
  }
  void account(std::uint64_t now_ns) {
    if (now_ns <= accounted_ns_) return;  // One event of a round may be told with an earlier reading than another.
    outstanding_ns_ += static_cast<double>(outstanding_) * static_cast<double>(now_ns - accounted_ns_);
    accounted_ns_ = now_ns;
  }
  void goes_out(std::uint64_t count, std::uint64_t now_ns) {
    if (on_the_way_ == 0) silent_from_ns_ = now_ns;
    on_the_way_ += count;
  }
  void record_late(std::uint64_t due_ns, std::uint64_t now_ns);
  void end_interval(std::uint64_t now_ns, double cpu_us);

  const bool open_, come_and_go_;
  const double warmup_s_;
  const std::uint64_t interval_ns_;
  OnInterval on_interval_;

  bool measuring_ = false;
  std::uint64_t begin_ns_ = 0, end_ns_ = 0;  ///< Of the window that is open, or was the last one.
  LoadWindow window_;                        ///< The open one, so far.
  std::uint64_t last_reply_ns_ = 0;
  std::uint64_t outstanding_ = 0;  ///< Requests of the window that are due, and neither answered nor given up.
  std::uint64_t outstanding_at_end_ = 0;
  std::uint64_t on_the_way_ = 0;      ///< Requests of the window that were sent, and neither answered nor given up.
  std::uint64_t silent_from_ns_ = 0;  ///< The last reply, or the request that found none on the way.
  Silences silences_;                 ///< Of the open window,
  Silences all_silences_;             ///< and of all windows that have ended.
  std::uint64_t accounted_ns_ = 0;    ///< Up to here outstanding_ns_ is summed.
  double outstanding_ns_ = 0;
  std::uint64_t sessions_ = 0;  ///< That are there, in a window or not.
  std::uint64_t sessions_accounted_ns_ = 0;
  double sessions_ns_ = 0;
  double cpu_begin_us_ = 0, cpu_end_us_ = 0;
  double cpu_us_ = 0;             ///< In all windows that have ended,
  std::uint64_t windows_ns_ = 0;  ///< and their length.

  LoadInterval interval_;  ///< The current one; its histogram goes into total_ when it ends.
  std::uint64_t interval_begin_ns_ = 0;
  std::uint64_t interval_end_ns_ = ~std::uint64_t{0};
  double interval_cpu_us_ = 0;

  std::uint64_t requests_ = 0, due_ = 0, replies_ok_ = 0, wrong_ = 0, unfinished_ = 0;
  struct Class {
    std::string name;
    stats::Histogram latency{};
  };
  stats::Histogram total_, slip_, wait_, service_, connect_;  ///< Of the open window.
  std::vector<Class> classes_;                                ///< Of the open window too.
  std::map<std::string, stats::Histogram> latency_;           ///< By class, of all windows that have ended.
  FairnessTally fairness_;
  const std::size_t connections_;
  std::array<PauseCount, kPauses> pauses_{};
  std::map<std::pair<std::string, std::string>, std::uint64_t> errors_;
  std::vector<std::string> events_;
};

}  // namespace bakeoff::load
