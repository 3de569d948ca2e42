#include "harness/load/agent.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>

#include "harness/load/crowd_clients.h"
#include "harness/load/generator_thread.h"
#include "harness/load/merge.h"
#include "harness/load/plan.h"
#include "harness/load/verify.h"
#include "harness/measure/descriptor_limit.h"
#include "workloads/catalogue.h"

namespace bakeoff::load {
namespace {

std::atomic<bool> stop_wanted{false};

void print_line(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

/// What load agents want of the system: timers to the microsecond, no death by a peer that is gone, and no restart of a
/// wait after SIGTERM.
void prepare_process() {
  ::prctl(PR_SET_TIMERSLACK, 1);
  std::signal(SIGPIPE, SIG_IGN);
  struct sigaction action {};
  action.sa_handler = [](int) { stop_wanted = true; };
  ::sigaction(SIGTERM, &action, nullptr);
}

void pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  if (const int code = ::pthread_setaffinity_np(::pthread_self(), sizeof set, &set); code != 0) {
    throw std::system_error(code, std::generic_category(),
                            fmt::format("keep a generator thread on CPU {} (sched_setaffinity)", cpu));
  }
}

/// Prints each interval once all generator threads have ended it.
class IntervalPrinter {
 public:
  explicit IntervalPrinter(std::size_t threads) : merger_(threads) {}

  void add(const LoadInterval& part) {
    const std::lock_guard lock(mutex_);
    if (const auto whole = merger_.add(part)) print_line(to_json(*whole));
  }

 private:
  std::mutex mutex_;
  IntervalMerger merger_;
};

/// All of one agent's load: its generator threads, and the connections beside them.
class AgentLoad {
 public:
  explicit AgentLoad(AgentPlan plan)
      : plan_(checked(std::move(plan))),
        peer_(address_of(plan_)),
        intervals_(thread_count()),
        crowd_clients_(plan_, peer_, stop_wanted) {
    if (plan_.threads == 0) plan_.threads = thread_count();
    for (std::size_t i = 0; i < thread_count(); ++i) {
      threads_.push_back(std::make_unique<GeneratorThread>(plan_, i, thread_count(), peer_, stop_wanted,
                                                           [this](const LoadInterval& part) { intervals_.add(part); }));
    }
  }
  ~AgentLoad() { over_ = true; }  // The future then waits for them, when it is destroyed.

  AgentReady connect() {
    AgentReady ready;
    if (plan_.verify) ready.complaint = verify_server(plan_, peer_, stop_wanted, whole_.receipt).complaint;
    if (!ready.complaint.empty()) return ready;
    crowd_clients_.connect_all();
    on_all_threads([](GeneratorThread& thread) { thread.connect_all(); });
    ready.limit = crowd_clients_.connect_error();
    for (const auto& thread : threads_) {
      ready.connected += thread->connected();
      if (ready.limit.empty()) ready.limit = thread->connect_error();
      ready.ours = ready.ours || thread->lacks_resources();
    }
    if (crowd_clients_.wanted())
      crowd_running_ = std::async(std::launch::async, [this] { crowd_clients_.run_until(over_); });
    return ready;
  }

  void warm_up(const AgentStart& start) {
    on_all_threads([&](GeneratorThread& thread) { thread.warm_up(start.at_ns, start.length_s); });
  }

  void begin_anew() {
    for (const auto& thread : threads_) thread->begin_anew();
  }

  LoadWindow window(const AgentStart& start) {
    LoadWindow whole;
    std::mutex mutex;
    on_all_threads([&](GeneratorThread& thread) {
      const LoadWindow part = thread.window(start.at_ns, start.length_s);
      const std::lock_guard lock(mutex);
      merge(whole, part);
    });
    return whole;
  }

  /// All windows together. Ends the crowd too.
  AgentResult result() {
    for (const auto& thread : threads_) merge(whole_, thread->result());
    stop_crowd_clients();
    merge(whole_, crowd_clients_.result());
    gather_ledgers();
    return std::move(whole_);
  }

 private:
  static AgentPlan checked(AgentPlan plan) {
    if (workloads::find_workload(plan.workload) == nullptr)
      throw std::invalid_argument("unknown workload: " + plan.workload);
    return plan;
  }
  std::size_t thread_count() const { return std::max<std::size_t>(plan_.cpus.size(), 1); }

  /// Which numbers came twice, over all threads; other agents' numbers have to be looked at by the coordinator.
  void gather_ledgers() {
    workloads::Ledger all;
    for (const auto& thread : threads_) all.merge(thread->ledger());
    whole_.duplicates = all.duplicates();
    whole_.ledger_complete = all.complete();
    if (plan_.threads > threads_.size() && all.count() != 0) whole_.ledger = all.to_text();
  }

  void stop_crowd_clients() {
    over_ = true;
    if (crowd_running_.valid()) crowd_running_.get();
  }

  void on_all_threads(const std::function<void(GeneratorThread&)>& body) {
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::exception_ptr failure;
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      threads.emplace_back([&, i] {
        try {
          if (!plan_.cpus.empty()) pin_to(plan_.cpus[i]);
          body(*threads_[i]);
        } catch (...) {
          const std::lock_guard lock(mutex);
          failure = std::current_exception();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    if (failure) std::rethrow_exception(failure);
  }

  AgentPlan plan_;
  SocketAddress peer_;
  IntervalPrinter intervals_;
  std::vector<std::unique_ptr<GeneratorThread>> threads_;
  CrowdClients crowd_clients_;
  std::atomic<bool> over_ = false;
  AgentResult whole_;
  std::future<void> crowd_running_;
};

/// What the coordinator wants next; nullopt at the end of the input.
std::optional<AgentStart> next_start() {
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return agent_start_from_json(line);
}

/// The phases of a load, in whatever order they are asked for. False when the input ended before the load did.
bool run_phases(AgentLoad& load, bool report_windows) {
  for (;;) {
    const auto start = next_start();
    if (!start) return false;
    switch (start->phase) {
      case LoadPhase::warm_up:
        load.warm_up(*start);
        print_line(to_json(AgentReady{}));
        break;
      case LoadPhase::window: {
        const LoadWindow window = load.window(*start);
        if (report_windows) print_line(to_json(window));
        break;
      }
      case LoadPhase::anew:
        load.begin_anew();
        break;
      case LoadPhase::end:
        print_line(to_json(load.result()));
        return true;
    }
  }
}

}  // namespace

int run_agent() {
  prepare_process();
  const measure::RaisedDescriptorLimit raised;
  std::string line;
  if (!std::getline(std::cin, line)) return 1;
  try {
    const AgentPlan plan = agent_plan_from_json(line);
    AgentLoad load(plan);
    const AgentReady ready = load.connect();
    print_line(to_json(ready));
    if (!ready.complaint.empty()) return 0;
    if (!run_phases(load, plan.report_windows)) return 1;
    std::getline(std::cin, line);
    return 0;
  } catch (const std::exception& error) {
    AgentReady failed;
    failed.complaint = error.what();
    failed.ours = true;
    print_line(to_json(failed));
    return 0;
  }
}

}  // namespace bakeoff::load
