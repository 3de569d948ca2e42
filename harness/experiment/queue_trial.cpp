#include "harness/experiment/queue_trial.h"

#include <fmt/format.h>
#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <optional>
#include <thread>
#include <utility>

#include "harness/experiment/companion.h"
#include "harness/experiment/queue_client.h"
#include "harness/experiment/queue_figures.h"
#include "harness/experiment/queue_jobs.h"
#include "harness/experiment/queue_workers.h"
#include "harness/experiment/subject_reading.h"
#include "harness/experiment/trial_environment.h"
#include "harness/measure/cpu_quota.h"
#include "harness/measure/frequency.h"
#include "harness/measure/monotonic.h"
#include "harness/measure/tree_memory.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::experiment {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kNsPerMs = 1'000'000;
constexpr std::uint64_t kLongestNs = 300'000 * kNsPerMs;  ///< A trial that takes longer is given up.
constexpr std::uint64_t kReadyNs = 20'000 * kNsPerMs;     ///< For all workers to ask for a job.
constexpr std::uint64_t kLookEveryNs = 20 * kNsPerMs;     ///< A look costs the queue's server about 0.1 ms.
constexpr std::uint64_t kLookBeforeKillNs = 2 * kNsPerMs;
/// From the death of a worker until what it had taken is put back.
constexpr std::uint64_t kVisibilityTimeoutNs = 300 * kNsPerMs;
/// To wake from a sleep takes about this long; a job that is put in so much late is late by a part of its time in the
/// queue.
constexpr std::uint64_t kAwakeEarlyNs = 40'000;
constexpr std::uint64_t kSpareConnections = 16;

std::uint64_t realtime_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

const subjects::Subject& queue_server(const subjects::Inventory& inventory) {
  if (const subjects::Subject* server = inventory.find(kQueueServer)) return *server;
  throw CompanionError(journal::Outcome::not_run, fmt::format("needs the subject {}", kQueueServer));
}

journal::Params params_of_server(const journal::Trial& row) {
  journal::Params params;
  params.load.connections = row.params.units.value_or(1) + kSpareConnections;
  return params;
}

/// Otherwise the kernel may let each sleep of this thread last 50 us longer. Children that are started meanwhile would
/// sleep as precisely, which is why workers are not.
struct PreciseSleeps {
  PreciseSleeps() { ::prctl(PR_SET_TIMERSLACK, 1); }
  PreciseSleeps(const PreciseSleeps&) = delete;
  PreciseSleeps& operator=(const PreciseSleeps&) = delete;
  ~PreciseSleeps() { end(); }
  static void end() { ::prctl(PR_SET_TIMERSLACK, 0); }  ///< 0 is the default.
};

class QueueTrial {
 public:
  QueueTrial(TrialResult& trial, const subjects::Subject& subject, const subjects::Inventory& inventory)
      : trial_(trial),
        row_(trial.row),
        params_(*trial.row.params.queue),
        environment_(subject, row_.params),
        server_(queue_server(inventory), "counter", params_of_server(row_), row_.load_cpus),
        subject_(subject) {
    for (const PlannedJob& job : plan_jobs(row_.workload, params_, row_.seed)) {
      jobs_.push_back({.job = job.job, .due_ns = job.due_ns, .put_ns = 0});
      texts_.push_back(to_text(job.job));
    }
  }

  void run() {
    try {
      workers_.emplace(row_, subject_, environment_.site(), fmt::format("127.0.0.1:{}", server_.port()));
      row_.runtime = workers_->runtime();
      client_.emplace(server_.port(), measure::now_ns() + kLongestNs);
      await_workers();
      if (!is_open()) client_->stage(texts_);
      measure();
    } catch (const load::ExchangeError& error) {
      blame_server();
      throw CompanionError(journal::Outcome::not_run, fmt::format("the queue: {}", error.what()));
    } catch (const CompanionError&) {
      throw;
    } catch (const subjects::SubjectError&) {
      blame_server();  // Workers end when the queue does.
      throw;
    }
    workers_->stop(row_);
    if (const std::string wrong = server_.stop(); !wrong.empty()) {
      row_.outcome_detail += (row_.outcome_detail.empty() ? "" : "; ") + wrong;
    }
  }

 private:
  bool is_open() const { return params_.rate_rps > 0; }
  bool kill_is_due(std::uint64_t jobs) const {
    return params_.kill == "worker" && kills_ == 0 && jobs >= (texts_.size() + 1) / 2;
  }
  std::vector<pid_t> processes() const { return environment_.processes(workers_->pid()); }

  void expect_alive() {
    server_.expect_alive();
    workers_->expect_alive();
  }

  /// Something else has failed. Throws if that was because the queue's server has ended, or because of the user's wish.
  void blame_server() {
    if (subjects::interrupted) throw subjects::Interrupted();
    // The end of its connections is seen a moment before the end of the process.
    for (int look = 0; look < 50; ++look) {
      server_.expect_alive();
      std::this_thread::sleep_for(10ms);
    }
  }

  void pause_until(std::uint64_t at_ns) const {
    measure::sleep_until_ns(at_ns, subjects::interrupted);
    if (subjects::interrupted) throw subjects::Interrupted();
  }

  /// Until each worker waits for a job.
  void await_workers() {
    const std::uint64_t until_ns = measure::now_ns() + kReadyNs;
    const std::uint64_t units = row_.params.units.value_or(1);
    for (QueueClient::State state; (state = client_->look()).blocked < units;) {
      expect_alive();
      if (measure::now_ns() > until_ns) {
        throw subjects::SubjectError(journal::Outcome::died,
                                     fmt::format("{} of {} workers ask for jobs", state.blocked, units));
      }
      pause_until(measure::now_ns() + 5 * kNsPerMs);
    }
  }

  void measure() {
    measure::QuotaWatch subject_quota({workers_->pid()}), load_quota({server_.pid()});
    const auto mhz_before = measure::frequency_mhz(row_.subject_cpus);
    SubjectReading before, after;
    before.tree = measure::measure_use(processes());
    subject_quota.begin();
    load_quota.begin();
    const auto server_before_us = server_.cpu_us();
    read_cpu(before, environment_.cgroup(), server_.cgroup());
    is_open() ? put_as_due() : put_all();
    finish();
    read_cpu(after, environment_.cgroup(), server_.cgroup());
    const auto server_after_us = server_.cpu_us();
    row_.subject_quota = subject_quota.end();
    row_.load_quota = load_quota.end();
    after.tree = measure::measure_use(processes());
    row_.frequency_mhz = measure::mean_mhz(mhz_before, measure::frequency_mhz(row_.subject_cpus));
    note_figures();
    if (server_before_us && server_after_us) {
      row_.queue->queue_cpu_us = *server_after_us - *server_before_us;
      if (row_.queue->done != 0) {
        row_.queue->queue_cpu_us_per_job = *row_.queue->queue_cpu_us / static_cast<double>(row_.queue->done);
      }
    }
    note_cost(before, after);
  }

  /// All at once: every job is due at the moment when the workers see them.
  void put_all() {
    const std::uint64_t now = realtime_ns();
    client_->release();
    for (PutJob& job : jobs_) job.due_ns = job.put_ns = now;
  }

  void put_as_due() {
    const PreciseSleeps precise;
    const std::uint64_t lead_ns = 10 * kNsPerMs;
    const std::uint64_t begin_ns = measure::now_ns() + lead_ns, real_begin_ns = realtime_ns() + lead_ns;
    for (std::size_t next = 0; next < jobs_.size();) {
      const std::uint64_t due_ns = begin_ns + jobs_[next].due_ns;
      pause_until(due_ns - kAwakeEarlyNs);
      std::uint64_t now_ns = measure::now_ns();
      while (now_ns < due_ns) now_ns = measure::now_ns();
      const std::uint64_t since_ns = now_ns - begin_ns;
      std::size_t end = next + 1;
      while (end < jobs_.size() && jobs_[end].due_ns <= since_ns) ++end;
      client_->put(std::span(texts_).subspan(next, end - next));
      for (const std::uint64_t put_ns = real_begin_ns + since_ns; next < end; ++next) {
        jobs_[next].due_ns += real_begin_ns;
        jobs_[next].put_ns = std::max(put_ns, jobs_[next].due_ns);
      }
      if (kill_is_due(next)) kill_worker();
      put_back_when_due();
    }
  }

  /// Until every job is recorded, or no worker has one and none is left.
  void finish() {
    for (;;) {
      const QueueClient::State state = client_->look();
      if (kill_is_due(state.recorded)) kill_worker();
      const bool owed = put_back_at_ns_ != 0;
      put_back_when_due();
      if (!owed && state.settled()) return;
      expect_alive();
      const bool before_kill = params_.kill == "worker" && kills_ == 0;
      pause_until(measure::now_ns() + (before_kill ? kLookBeforeKillNs : kLookEveryNs));
    }
  }

  void kill_worker() {
    const QueueWorkers::Kill kill = workers_->kill_one(row_.seed);
    ++kills_;
    killed_ = kill.process;
    put_back_at_ns_ = measure::now_ns() + kVisibilityTimeoutNs;
    if (!kill.program) return;
    PreciseSleeps::end();
    workers_->restart();
    ++restarts_;
  }

  void put_back_when_due() {
    if (put_back_at_ns_ == 0 || measure::now_ns() < put_back_at_ns_) return;
    put_back_ += client_->put_back(killed_);
    put_back_at_ns_ = 0;
  }

  void note_figures() {
    QueueFigures figures = figures_of_queue(jobs_, client_->records());
    figures.row.put_back = put_back_;
    figures.row.kills = kills_;
    figures.row.restarts = restarts_;
    row_.queue = figures.row;
    trial_.histograms = std::move(figures.histograms);
  }

  void note_cost(const SubjectReading& before, const SubjectReading& after) {
    SubjectUse use = use_between(before, after);
    // What a killed process has used is known to its cgroup alone.
    if (kills_ != 0 && use.cpu_source == "schedstat") use.cpu_us.reset();
    journal::SubjectRow cost;
    note_use(cost, use, row_.queue->elapsed_s, row_.subject_cpus.size());
    note_neighbours(row_, before.machine.cpus, after.machine.cpus,
                    own_cpu_use(before.machine, after.machine, use.cpu_us, row_.queue->queue_cpu_us.value_or(0)));
    if (cost.cpu_us && row_.queue->done != 0) {
      cost.cpu_us_per_request = *cost.cpu_us / static_cast<double>(row_.queue->done);
    }
    const std::vector<pid_t> pids = processes();
    const measure::TreeSize size = measure::measure_size(pids);
    if (const auto memory = measure::measure_memory(pids)) {
      cost.pss_end_kib = memory->pss_kib;
      cost.pss_file_kib = memory->file_kib;
    }
    cost.rss_end_kib = size.rss_kib;
    cost.threads_peak = size.threads;
    cost.processes_peak = size.processes;
    cost.startup_ms = workers_->startup_ms();
    row_.subject_cost = cost;
  }

  TrialResult& trial_;
  journal::Trial& row_;
  const journal::QueueParams params_;
  TrialEnvironment environment_;
  Companion server_;
  const subjects::Subject& subject_;
  std::optional<QueueWorkers> workers_;  // Ends before the queue does.
  std::optional<QueueClient> client_;
  std::vector<PutJob> jobs_;
  std::vector<std::string> texts_;
  std::uint64_t kills_ = 0, restarts_ = 0, put_back_ = 0;
  pid_t killed_ = -1;
  std::uint64_t put_back_at_ns_ = 0;  // 0: nothing is to be put back.
};

}  // namespace

void run_queue_trial(TrialResult& trial, const subjects::Subject& subject, const subjects::Inventory& inventory) {
  QueueTrial(trial, subject, inventory).run();
}

}  // namespace bakeoff::experiment
