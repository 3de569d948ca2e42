#include "tests/peers/models.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

#include "harness/load/coordinator.h"
#include "harness/measure/process_tree.h"
#include "harness/measure/tree_memory.h"
#include "harness/subjects/variant.h"

namespace bakeoff::peers {
namespace {

constexpr std::uint64_t kConnections = 32;

/// A model against its floor. The targets are those of the design: a loop model is the floor and the protocol.
struct Contender {
  const char* subject;
  double target;
};
constexpr std::array kLoops{Contender{"event-loop", 1.10},
                            Contender{"event-loop:reactor=epoll", 1.05},
                            Contender{"event-loops:units=1", 1.15},
                            Contender{"event-loops:reactor=epoll:units=1", 1.10},
                            Contender{"coroutines", 1.10},
                            Contender{"fibers:units=1", 1.10},
                            Contender{"io-uring", 1.10},
                            Contender{"fibers:pinned=yes:units=2", 1.35},
                            Contender{"fibers:units=2", 1.35},
                            Contender{"request-pool", 0},
                            Contender{"request-pool:dispatch=queue", 0},
                            Contender{"hybrid", 0}};
constexpr std::array kThreads{Contender{"threads", 1.10}, Contender{"thread-pool", 1.10}};
constexpr std::array kProcesses{Contender{"prefork", 1.10}, Contender{"process-per-connection", 1.10}};

/// The most PSS in KiB that an idle connection may take; 0: no target.
struct Memory {
  const char* subject;
  double target_kib;
};
constexpr std::array kIdle{Memory{"request-pool", 1},
                           Memory{"io-uring", 1},
                           Memory{"event-loop", 2.5},
                           Memory{"event-loop:reactor=epoll", 1},
                           Memory{"event-loops", 2.5},
                           Memory{"event-loops:reactor=epoll", 1},
                           Memory{"hybrid", 0},
                           Memory{"coroutines", 2.5},
                           Memory{"fibers", 7},
                           Memory{"threads", 16},
                           Memory{"thread-pool", 0},
                           Memory{"prefork", 0},
                           Memory{"process-per-connection", 0}};

bool there(subjects::Inventory& inventory, const std::string& name) {
  subjects::add_variants(inventory, {name});
  const subjects::Subject& subject = *inventory.find(name);
  if (!subject.missing.empty()) fmt::print("{:<28} not run: needs {}\n", name, subject.missing);
  return subject.missing.empty();
}

std::string in_words(double ratio, double target) {
  if (target == 0) return "";
  return fmt::format("{:>5.2f}  {}", target, ratio <= target ? "met" : "missed");
}

void compare_with_floor(const PeersOptions& settings, subjects::Inventory& inventory, const Start& floor,
                        const char* floor_name, std::span<const Contender> contenders) {
  const PeerLoad load{"counter", "incr/counter", kConnections, 1};
  struct Entry {
    std::string name;
    double target;
    Start start;
    stats::Series cost, rps;
  };
  std::vector<Entry> entries{{floor_name, 0, floor, {}, {}}};
  for (const Contender& one : contenders) {
    if (!there(inventory, one.subject)) continue;
    entries.push_back(
        {one.subject, one.target, start_model(inventory, one.subject, load.workload, kConnections), {}, {}});
  }
  std::vector<Start> starts;
  for (const Entry& entry : entries) starts.push_back(entry.start);
  for (std::size_t block = 0; block < settings.pairs; ++block) {
    const std::vector<SlicedCost> costs = drive_in_slices(starts, load, settings.window_s, block);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      entries[i].cost.push_back(costs[i].server_us);
      entries[i].rps.push_back(costs[i].rps);
    }
  }
  for (const Entry& entry : entries) {
    if (&entry == &entries.front()) {
      fmt::print("{:<28} {:>7.3f}         {:<15}         {:>9.0f}\n", entry.name, median_of(entry.cost), "",
                 median_of(entry.rps));
      continue;
    }
    const auto ratio = bakeoff::stats::compare(entry.cost, entries.front().cost);
    fmt::print("{:<28} {:>7.3f} {:>7.3f} {:<15} {:<13} {:>6.0f}\n", entry.name, median_of(entry.cost), ratio->median,
               interval_text(ratio->interval), in_words(ratio->median, entry.target), median_of(entry.rps));
  }
  std::fflush(stdout);
}

}  // namespace

void print_model_costs(const PeersOptions& settings, subjects::Inventory& inventory) {
  if (!settings.wants("models")) return;
  fmt::print("\n{:<28} {:>7} {:>7} {:<15} {:>5} {:>16}\n", "INCR, 32 connections", "CPU us", "ratio", "95 %", "aim",
             "req/s");
  compare_with_floor(settings, inventory, start_floor("bakeoff-floor-epoll"), "floor: epoll", kLoops);
  compare_with_floor(settings, inventory, start_floor("bakeoff-floor-threads"), "floor: threads", kThreads);
  compare_with_floor(settings, inventory, start_floor("bakeoff-floor-processes"), "floor: processes", kProcesses);
}

void print_idle_memory(const PeersOptions& settings, subjects::Inventory& inventory) {
  if (!settings.wants("idle")) return;
  constexpr std::uint64_t kIdleConnections = 1000;
  fmt::print("\nKiB a connection, {} connections that have been served and say nothing\n{:<24} {:<8} {:>8} {:>8}\n",
             kIdleConnections, "", "", "PSS", "aim");
  const auto one = [&](const std::string& name, const std::string& workload, const Start& start, double target) {
    const auto server = start();
    const auto pss = [&] {
      return static_cast<double>(
          measure::measure_memory(server->cgroup().processes()).value_or(measure::TreeMemory{}).pss_kib);
    };
    const double before = pss();
    const PeerLoad load{workload, workload == "http" ? "/" : "", kIdleConnections, 1};
    load::Coordinator coordinator(peer_plan(load, server->port, 0.5), kLoadCpus);
    coordinator.start();
    coordinator.result();
    const double each = (pss() - before) / kIdleConnections;
    fmt::print("{:<24} {:<8} {:>8.2f} {:>8}\n", name, workload, each,
               target == 0 ? "" : fmt::format("{:.1f} {}", target, each <= target ? "met" : "missed"));
    std::fflush(stdout);
  };
  for (const Memory& memory : kIdle) {
    if (!there(inventory, memory.subject)) continue;
    for (const std::string workload : {"counter", "http"}) {
      one(memory.subject, workload, start_model(inventory, memory.subject, workload, kIdleConnections),
          memory.target_kib);
    }
  }
  one("redis-server", "counter", start_redis, 0);
  one("nginx", "http", start_nginx, 0);
}

}  // namespace bakeoff::peers
