#include "harness/load/agent.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

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

#include "harness/load/companions.h"
#include "harness/load/lane.h"
#include "harness/load/merge.h"
#include "harness/load/plan.h"
#include "harness/load/verify.h"
#include "workloads/catalogue.h"

namespace bakeoff {
namespace {

std::atomic<bool> stop_wanted{false};

void say(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

/// What load agents want of the system: every descriptor that is allowed, timers to the microsecond, no death by a
/// peer that is gone, and no restart of a wait after SIGTERM.
void prepare_process() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
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
                            fmt::format("keep a lane on CPU {} (sched_setaffinity)", cpu));
  }
}

/// Prints each interval once all lanes have ended it.
class Intervals {
 public:
  explicit Intervals(std::size_t lanes) : merger_(lanes) {}

  void add(const LoadInterval& part) {
    const std::lock_guard lock(mutex_);
    if (const auto whole = merger_.add(part)) say(to_json(*whole));
  }

 private:
  std::mutex mutex_;
  IntervalMerger merger_;
};

/// All of one agent's load: its lanes, each on a thread of its own, and the connections beside them.
class Load {
 public:
  explicit Load(AgentPlan plan)
      : plan_(checked(std::move(plan))),
        peer_(resolve(plan_.host, plan_.port)),
        intervals_(lane_count()),
        companions_(plan_, peer_, stop_wanted) {
    if (plan_.lanes == 0) plan_.lanes = lane_count();
    for (std::size_t i = 0; i < lane_count(); ++i) {
      lanes_.push_back(std::make_unique<Lane>(plan_, i, lane_count(), peer_, stop_wanted,
                                              [this](const LoadInterval& part) { intervals_.add(part); }));
    }
  }
  ~Load() { over_ = true; }  // And waits for them, which the future does when it goes.

  AgentReady connect() {
    AgentReady ready;
    if (plan_.verify) ready.complaint = verify_server(plan_, peer_, stop_wanted, whole_.receipt).complaint;
    if (!ready.complaint.empty()) return ready;
    companions_.connect_all();
    on_all_lanes([](Lane& lane) { lane.connect_all(); });
    ready.limit = companions_.connect_complaint();
    for (const auto& lane : lanes_) {
      ready.connected += lane->connected();
      if (ready.limit.empty()) ready.limit = lane->connect_complaint();
      ready.ours = ready.ours || lane->ran_out();
    }
    if (companions_.wanted()) tending_ = std::async(std::launch::async, [this] { companions_.tend(over_); });
    return ready;
  }

  void warm_up(std::uint64_t begin_ns) {
    on_all_lanes([&](Lane& lane) { lane.warm_up(begin_ns); });
  }

  AgentResult measure(std::uint64_t begin_ns) {
    std::mutex mutex;
    on_all_lanes([&](Lane& lane) {
      const AgentResult part = lane.measure(begin_ns);
      const std::lock_guard lock(mutex);
      merge(whole_, part);
    });
    end_companions();
    merge(whole_, companions_.result());
    gather_ledgers();
    return std::move(whole_);
  }

 private:
  static AgentPlan checked(AgentPlan plan) {
    if (find_workload(plan.workload) == nullptr) throw std::invalid_argument("unknown workload: " + plan.workload);
    return plan;
  }
  std::size_t lane_count() const { return std::max<std::size_t>(plan_.cpus.size(), 1); }

  /// Which numbers came twice, over all lanes; other agents' numbers have to be looked at by the coordinator.
  void gather_ledgers() {
    Ledger all;
    for (const auto& lane : lanes_) all.merge(lane->ledger());
    whole_.duplicates = all.duplicates();
    whole_.ledger_complete = all.complete();
    if (plan_.lanes > lanes_.size() && all.count() != 0) whole_.ledger = all.to_text();
  }

  void end_companions() {
    over_ = true;
    if (tending_.valid()) tending_.get();
  }

  void on_all_lanes(const std::function<void(Lane&)>& body) {
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::exception_ptr failure;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      threads.emplace_back([&, i] {
        try {
          if (!plan_.cpus.empty()) pin_to(plan_.cpus[i]);
          body(*lanes_[i]);
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
  Peer peer_;
  Intervals intervals_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  Companions companions_;
  std::atomic<bool> over_ = false;
  AgentResult whole_;
  std::future<void> tending_;
};

/// A moment that the coordinator has agreed on; nullopt at the end of the input.
std::optional<std::uint64_t> next_start() {
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return agent_start_from_json(line).at_ns;
}

}  // namespace

int run_agent() {
  prepare_process();
  std::string line;
  if (!std::getline(std::cin, line)) return 1;
  try {
    Load load(agent_plan_from_json(line));
    const AgentReady ready = load.connect();
    say(to_json(ready));
    if (!ready.complaint.empty()) return 0;
    const auto warm_up = next_start();
    if (!warm_up) return 1;
    load.warm_up(*warm_up);
    say(to_json(AgentReady{}));
    const auto window = next_start();
    if (!window) return 1;
    say(to_json(load.measure(*window)));
    std::getline(std::cin, line);
    return 0;
  } catch (const std::exception& error) {
    AgentReady failed;
    failed.complaint = error.what();
    failed.ours = true;
    say(to_json(failed));
    return 0;
  }
}

}  // namespace bakeoff
