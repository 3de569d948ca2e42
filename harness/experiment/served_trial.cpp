#include "harness/experiment/served_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/experiment/limits.h"
#include "harness/experiment/memory_need.h"
#include "harness/experiment/trial_load.h"
#include "harness/experiment/unit_memory.h"
#include "harness/experiment/warm_up.h"
#include "harness/journal/fixed_wait.h"
#include "harness/journal/slices.h"
#include "harness/load/merge.h"
#include "harness/measure/frequency.h"
#include "harness/measure/memory_available.h"
#include "harness/measure/monotonic.h"
#include "harness/subjects/file_folder.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::experiment {
namespace {

/// For measure_whole(). Reading the context switches of a process tree takes about 20 us per thread. It is done between
/// the drain of the warm-up and the window, so that it takes nothing from the load. It gets twice the time that it took
/// with all connections open, and at least this: then no window begins late for ten thousand threads.
constexpr std::uint64_t kReadAheadNs = 10'000'000;
constexpr std::uint64_t kLeadOfReadingNs = load::Coordinator::kWindowLeadNs - kReadAheadNs;

journal::Outcome outcome_of(load::LoadError::Cause cause) {
  switch (cause) {
    case load::LoadError::Cause::server:
      return journal::Outcome::errors;
    case load::LoadError::Cause::limit:
      return journal::Outcome::limit;
    case load::LoadError::Cause::agent:
      return journal::Outcome::not_run;
  }
  return journal::Outcome::not_run;
}

/// The time in which replies are counted. A closed load waits for its last replies, so it may be longer than the slice;
/// it is never shorter, also where the server stopped answering in the middle.
double busy_s(const load::LoadWindow& window, bool open) {
  return open ? window.length_s : std::max(window.length_s, window.busy_s);
}

/// An open load delivers what comes in time.
double throughput_of(const load::LoadWindow& window, bool open) {
  const double length_s = busy_s(window, open);
  return length_s > 0 ? static_cast<double>(open ? window.replies_in_time : window.replies) / length_s : 0;
}

/// The back end is on the load's CPUs, and counts as a part of the load there.
OwnCpuUse own_use(const SubjectReading& before, const SubjectReading& after, const SubjectUse& use,
                  double agents_say_us) {
  OwnCpuUse own = own_cpu_use(before.machine, after.machine, use.cpu_us, agents_say_us);
  own.load_us += use.back_end_us.value_or(0);
  return own;
}

double cpu_us_of(const load::AgentResult& result) {
  double cpu_us = 0;
  for (const journal::GeneratorFacts& generator : result.row.generators) cpu_us += generator.cpu_us;
  return cpu_us;
}

}  // namespace

ServedTrial::ServedTrial(TrialResult& trial, const TableSpec& table, const subjects::Subject& subject, TrialNeeds needs)
    : trial_(trial),
      table_(table),
      subject_(subject),
      needs_(std::move(needs)),
      environment_(subject, trial.row.params,
                   {.files = needs_.files, .back_end = needs_.back_end != nullptr ? needs_.back_end->url() : ""}),
      agents_(environment_.create_agents_cgroup()) {}

ServedTrial::~ServedTrial() = default;

/// Throws SubjectError where its units would need more memory than there is.
void ServedTrial::expect_to_fit(std::span<const journal::Trial> earlier) {
  const auto available = measure::available_memory_kib();
  if (!available) return;
  const journal::Trial& row = trial_.row;
  const auto few = measure_unit_memory(row, subject_, earlier, environment_.site());
  const std::string why = why_it_does_not_fit(row, subject_, few ? std::span(&*few, 1) : earlier,
                                              std::min(*available, environment_.limit().kib()));
  if (!why.empty()) throw subjects::SubjectError(journal::Outcome::limit, why);
}

void ServedTrial::start(std::span<const journal::Trial> earlier) {
  environment_.limit().expect_enforced();
  expect_to_fit(earlier);
  prepare_page_cache("limited");
  prepare_page_cache("warm");
  served_ = start_subject(trial_.row, subject_, environment_.site());
  trial_.row.runtime = served_->runtime();
  memory_before_ = read_subject_memory(processes(), environment_.memory());
}

/// What is to be in the page cache, where this is the state that the table wants. Throws SubjectError, not-run, where
/// that cannot be had.
void ServedTrial::prepare_page_cache(std::string_view state) {
  const auto& files = trial_.row.params.files;
  if (!files || files->page_cache != state) return;
  if (state == "warm") return subjects::read_files(needs_.files);
  if (const std::string why = subjects::drop_files(needs_.files); !why.empty()) {
    throw subjects::SubjectError(journal::Outcome::not_run, why);
  }
}

/// Starts the agents, which connect; the load and the watching of the quotas begin later.
void ServedTrial::connect(bool report_windows) {
  load::AgentPlan plan = load_plan_of(trial_.row, table_, subject_, served_->server().port());
  plan.unix_socket = environment_.unix_socket();
  plan.report_windows = report_windows || steady_limit_s(table_, subject_) != 0;
  load_.emplace(plan, trial_.row.load_cpus, agents_.join_files());
  subject_quota_.emplace(std::vector<pid_t>{served_->server().pid()});
  load_quota_.emplace(load_->agent_pids());
}

/// Until the cost is steady, where the warm-up has no fixed length. The table's own follows.
void ServedTrial::warm_up() {
  const double limit_s = steady_limit_s(table_, subject_);
  if (limit_s == 0) return;
  const CpuOf cpu_of = [this](const std::function<void()>& load) {
    SubjectReading before, after;
    before.tree = measure::measure_use(processes());
    read(before);
    load();
    read(after);
    after.tree = measure::measure_use(processes());
    return use_between(before, after).cpu_us;
  };
  trial_.row.warm_up = warm_up_until_steady(*load_, cpu_of, limit_s, trial_.row.subject_cpus);
}

/// As one slice, which ends when nothing is on its way.
void ServedTrial::measure_to_last_reply() {
  begin_slices();
  measure_slice(0, 0, 0, table_.window_s);
  end_slices();
  trial_.row.slices.clear();
}

/// Warm-up and drain; the tree is read; the window, with the CPU read at both its ends; the tree is read again.
void ServedTrial::measure_whole() {
  journal::Trial& row = trial_.row;
  if (journal::ends_with_last_reply(row.params.load)) return measure_to_last_reply();
  connect(false);
  warm_up();
  SubjectReading before, after;
  prepare_page_cache("cold");
  const std::uint64_t tried_ns = measure::now_ns();
  measure::measure_use(processes());
  const std::uint64_t read_ahead_ns = std::max(kReadAheadNs, 2 * (measure::now_ns() - tried_ns));
  const load::Coordinator::Window window = load_->start(kLeadOfReadingNs + read_ahead_ns);
  measure::sleep_until_ns(window.begin_ns - read_ahead_ns, subjects::interrupted);
  before.tree = measure::measure_use(processes());
  mhz_before_ = measure::frequency_mhz(row.subject_cpus);
  subject_quota_->begin();
  load_quota_->begin();
  measure::sleep_until_ns(window.begin_ns, subjects::interrupted);
  read(before);
  measure::sleep_until_ns(window.end_ns, subjects::interrupted);
  read(after);
  if (subjects::interrupted) throw subjects::Interrupted();
  row.subject_quota = subject_quota_->end();
  row.load_quota = load_quota_->end();
  after.tree = measure::measure_use(processes());

  const load::AgentResult result = load_->result();
  served_->server().expect_alive();
  const SubjectUse use = use_between(before, after);
  journal::SubjectRow cost;
  note_use(cost, use, result.row.window_s, row.subject_cpus.size());
  note_neighbours(row, before.machine.cpus, after.machine.cpus, own_use(before, after, use, cpu_us_of(result)));
  note_measured(result, cost, use);
}

void ServedTrial::begin_slices() {
  connect(true);
  warm_up();
  load_->warm_up(load_plan_of(trial_.row, table_, subject_, 0).warmup_s);
  mhz_before_ = measure::frequency_mhz(trial_.row.subject_cpus);
  subject_quota_->begin();
  load_quota_->begin();
}

/// warm_up() and slice() return when all they have sent is answered. So nothing is on its way at `before` and at
/// `after`, and the CPU time between them is that of exactly the requests of the slice. After a timeout the result is
/// false, and the subject gets no further slice.
bool ServedTrial::measure_slice(std::uint64_t round, std::uint64_t place, double cold_s, double length_s) {
  served_->server().expect_alive();
  Slice slice;
  read(slice.rest_end);
  load_->warm_up(cold_s);  // Not counted: the caches hold what the subject before left in them.
  slice.before.tree = measure::measure_use(processes());
  read(slice.before);
  slice.load = load_->slice(length_s);
  read(slice.after);
  slice.after.tree = measure::measure_use(processes());
  if (subjects::interrupted) throw subjects::Interrupted();

  const SubjectUse use = use_between(slice.before, slice.after);
  journal::Trial as_row;  // For note_neighbours(): what others took in this slice alone.
  as_row.subject_cpus = trial_.row.subject_cpus;
  as_row.load_cpus = trial_.row.load_cpus;
  note_neighbours(as_row, slice.before.machine.cpus, slice.after.machine.cpus,
                  own_use(slice.before, slice.after, use, 0));
  trial_.row.slices.push_back({.round = round,
                               .place = place,
                               .window_s = slice.load.length_s,
                               .replies = slice.load.replies,
                               .throughput_rps = throughput_of(slice.load, trial_.row.params.load.is_open()),
                               .cpu_us = use.cpu_us,
                               .foreign_cpu_share = as_row.foreign_cpu_share,
                               .load_foreign_share = as_row.load_foreign_share,
                               .steal_share = as_row.steal_share});
  slices_.push_back(std::move(slice));
  return slices_.back().load.unfinished == 0;
}

/// What it used between its slices: the CPU time of one that busy-waits, or collects garbage, is its own, whichever
/// subject is being measured.
void ServedTrial::note_rest(journal::SubjectRow& cost) const {
  double rest_us = 0, rest_s = 0;
  for (std::size_t i = 1; i < slices_.size(); ++i) {
    const SubjectReading& from = slices_[i - 1].after;
    const SubjectReading& to = slices_[i].rest_end;
    if (!from.cgroup || !to.cgroup) return;
    rest_us += to.cgroup->total_us - from.cgroup->total_us;
    rest_s += static_cast<double>(to.at_ns - from.at_ns) / 1e9;
  }
  if (!(rest_s > 0)) return;
  cost.cpu_at_rest_us = rest_us;
  cost.cpu_at_rest_share = rest_us / (rest_s * 1e6);
}

/// The figures of the window are summed over the slices that count. Totals of the whole trial stay as they are.
void ServedTrial::note_slices(load::AgentResult& result) {
  journal::Trial& row = trial_.row;
  load::LoadWindow kept;
  std::optional<SubjectUse> use;
  measure::CpuTimes machine;
  OwnCpuUse own;
  for (std::size_t i = 0; i < slices_.size(); ++i) {
    if (!journal::counts(row, row.slices[i])) continue;
    const Slice& slice = slices_[i];
    append(kept, slice.load);
    const SubjectUse part = use_between(slice.before, slice.after);
    if (use) {
      add_use(*use, part);
    } else {
      use = part;
    }
    add_stretch(machine, slice.before.machine.cpus, slice.after.machine.cpus);
    const OwnCpuUse used = own_use(slice.before, slice.after, part, 0);
    own.load_us += used.load_us;
    own.harness_us += used.harness_us;
  }
  own.subject_us = use->cpu_us;  // At least one slice counts: journal::too_few_slices().
  note_neighbours(row, at_zero(machine), machine, own);

  const bool open = row.params.load.is_open();
  result.latency = kept.latency;
  result.outstanding_ns = kept.outstanding_ns;
  result.sessions_ns = kept.sessions_ns;
  result.silences = kept.silences;
  result.due = kept.due;
  result.row.window_s = kept.length_s;
  result.row.requests = kept.requests;
  result.row.replies_ok = kept.replies;
  if (open) result.row.outstanding_at_end = kept.outstanding_at_end;
  load::compute_figures(result, open);
  result.row.throughput_rps = throughput_of(kept, open);

  journal::SubjectRow cost;
  note_use(cost, *use, busy_s(kept, open), row.subject_cpus.size());
  note_rest(cost);
  note_measured(result, cost, *use);
}

/// Enters the result of the load and what the subject used, and adds what is the same for a window and for slices.
void ServedTrial::note_measured(const load::AgentResult& result, journal::SubjectRow cost, const SubjectUse& use) {
  journal::Trial& row = trial_.row;
  row.frequency_mhz = measure::mean_mhz(mhz_before_, measure::frequency_mhz(row.subject_cpus));
  const std::vector<pid_t> pids = processes();
  const measure::TreeSize size = measure::measure_size(pids);
  if (cost.cpu_us && result.row.replies_ok != 0) {
    // The CPU time of the slices that count, and the same share of the CPU time that is charged at rest.
    const double charged = journal::charged_at_rest_us(cost) * journal::kept_share(row);
    cost.cpu_us_per_request = (*cost.cpu_us + charged) / static_cast<double>(result.row.replies_ok);
  }
  note_memory(cost, memory_before_, read_subject_memory(pids, environment_.memory()),
              connections_held(row.params, result.row), subject_.holds_connection);
  cost.rss_end_kib = size.rss_kib;
  cost.threads_peak = size.threads;
  cost.processes_peak = size.processes;
  cost.startup_ms = served_->server().startup_ms();
  if (needs_.back_end != nullptr) {
    row.back_end.emplace().cpu_us = use.back_end_us;
    if (use.back_end_us && result.row.replies_ok != 0) {
      row.back_end->cpu_us_per_request = *use.back_end_us / static_cast<double>(result.row.replies_ok);
    }
  }
  row.client = result.row;
  if (!load::tells_pauses(row.params.load)) row.client->subject_pauses.reset();
  row.client_receipt = result.receipt;
  row.subject_cost = cost;
  trial_.histograms = result.latency;
  if (!result.complaint.empty()) row.outcome_detail = result.complaint;
}

/// All but the tree. The back end's part comes last: it is no part of the subject.
void ServedTrial::read(SubjectReading& reading) const {
  read_cpu(reading, environment_.cgroup(), agents_);
  if (needs_.back_end != nullptr) reading.back_end_us = needs_.back_end->cpu_us();
}

/// That the back end has gone, and what became of calls that failed, in words.
void ServedTrial::note_back_end() {
  journal::Trial& row = trial_.row;
  const auto add = [&](const std::string& more) {
    row.outcome_detail += (row.outcome_detail.empty() ? "" : "; ") + more;
  };
  if (const std::string gone = needs_.back_end->why_gone(); !gone.empty()) {
    if (row.outcome == journal::Outcome::ok) row.outcome = journal::Outcome::errors;
    add(gone);
  }
  if (!row.server_receipt) return;
  const journal::ServerReceipt& receipt = *row.server_receipt;
  for (const auto& [count, what] :
       {std::pair(receipt.calls_refused, "refused"), std::pair(receipt.calls_broken, "broken"),
        std::pair(receipt.calls_without_value, "without a value"), std::pair(receipt.calls_late, "late")}) {
    if (count.value_or(0) != 0) add(fmt::format("calls of {} requests were {}", *count, what));
  }
}

void ServedTrial::note_load_error(const load::LoadError& error) {
  if (served_) served_->server().expect_alive();
  trial_.load_failed = error.cause == load::LoadError::Cause::agent;
  trial_.row.outcome = outcome_of(error.cause);
  trial_.row.outcome_detail = error.what();
}

void ServedTrial::end_slices() {
  load_->end();
  load::AgentResult result = load_->result();
  served_->server().expect_alive();
  trial_.row.subject_quota = subject_quota_->end();
  trial_.row.load_quota = load_quota_->end();
  if (!slices_.empty()) note_slices(result);
}

void ServedTrial::close_load() {
  if (!load_) return;
  load_.reset();
  load_closed_ns_ = measure::now_ns();
}

/// From when its connections were closed.
void ServedTrial::rest() {
  journal::Trial& row = trial_.row;
  if (!table_.rest_s || load_closed_ns_ == 0 || !row.subject_cost) return;
  measure::sleep_until_ns(load_closed_ns_ + static_cast<std::uint64_t>(*table_.rest_s * 1e9), subjects::interrupted);
  if (subjects::interrupted) throw subjects::Interrupted();
  served_->server().expect_alive();
  note_memory_after(*row.subject_cost, read_subject_memory(processes(), environment_.memory()));
}

void ServedTrial::stop() {
  journal::Trial& row = trial_.row;
  close_load();
  rest();
  served_->stop(row);
  if (needs_.back_end != nullptr) note_back_end();
  note_limits(row, subject_);
  environment_.limit().note_violation(row);
}

void run_served_trial(TrialResult& trial, const TableSpec& table, const subjects::Subject& subject, TrialNeeds needs,
                      std::span<const journal::Trial> earlier) {
  ServedTrial served(trial, table, subject, std::move(needs));
  try {
    served.start(earlier);
    try {
      served.measure_whole();
    } catch (const load::LoadError& error) {
      served.note_load_error(error);
    }
    served.stop();
  } catch (const subjects::SubjectError& error) {
    throw served.explain(error);
  }
}

}  // namespace bakeoff::experiment
