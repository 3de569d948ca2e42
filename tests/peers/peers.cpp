// bakeoff beside redis-server, nginx, wrk, redis-benchmark, goroutines, short programs of the runtimes and the floors:
// CPU per request, and the time of units, interleaved, in one run.
//
//   tests/peers/run [--pairs N] [--window SECONDS] [--only PART,PART]
//
// Server on the first allowed CPU, load on the last. Servers of a pair, and models beside their floor, are alive at the
// same time, and the load alternates among them in slices (harness/stats/README.md); client programs run one after the
// other, in alternating order. The figure is the median of the pairs' ratios with its order-statistic interval. Nothing
// is asserted: a test must not depend on a clock. Targets are printed beside what was reached.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>

#include "harness/load/agent.h"
#include "harness/load/coordinator.h"
#include "harness/load/load_connection.h"
#include "harness/measure/cgroup.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/monotonic.h"
#include "harness/measure/process_tree.h"
#include "harness/measure/tree_memory.h"
#include "harness/stats/compare.h"
#include "harness/stats/histogram.h"
#include "harness/stats/summary.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/subjects/server.h"
#include "harness/subjects/watchdog.h"
#include "tests/peers/drive.h"
#include "tests/peers/generators.h"
#include "tests/peers/models.h"
#include "tests/peers/pairs.h"
#include "tests/peers/reconnect.h"
#include "tests/peers/runtimes.h"
#include "tests/peers/servers.h"
#include "tests/peers/units.h"

namespace bakeoff::peers {
namespace {

void compare_servers(const PeersOptions& settings, const subjects::Inventory& inventory, const PeerLoad& load,
                     const char* theirs_name, const Start& theirs, double target) {
  const std::string name =
      fmt::format("event-loop {} {} c={} P={}", load.workload, load.request, load.connections, load.pipeline);
  const Start ours = start_model(inventory, "event-loop", load.workload, load.connections);
  compare_pairs(settings, name, theirs_name, target, load, ours, theirs);
}

/// What a connection costs the generator itself.
void print_held_memory(const PeersOptions& settings, const subjects::Inventory& inventory) {
  if (!settings.wants("held")) return;
  fmt::print("\nPSS a connection of the generator, each served\n");
  const auto one = [&](const std::string& name, std::uint64_t connections, std::uint64_t idle) {
    const auto held = [&](std::uint64_t active, std::uint64_t silent) {
      const auto server = start_model(inventory, "event-loop", "http", active + silent)();
      load::AgentPlan plan = peer_plan({"http", "/", active, 1}, server->port, 1);
      plan.warmup_s = 1;
      plan.load.idle = silent;
      load::Coordinator coordinator(plan, kLoadCpus);
      coordinator.start();
      const load::AgentResult result = coordinator.result();
      if (result.row.connections_open != active) throw std::runtime_error("not all connections could be opened");
      return static_cast<double>(
          measure::measure_memory(coordinator.agent_pids()).value_or(measure::TreeMemory{}).pss_kib);
    };
    const double few = held(16, 0);
    fmt::print("  {:<28} {:>7.2f} KiB\n", name,
               (held(connections, idle) - few) / static_cast<double>(connections + idle - 16));
    std::fflush(stdout);
  };
  one("19000 active", 19'000, 0);
  one("16 active, 19000 idle", 16, 19'000);
}

/// Our own delay in an open loop: from the due time to the write, without spinning.
void print_pacing(const PeersOptions& settings, const subjects::Inventory& inventory) {
  if (!settings.wants("pacing")) return;
  fmt::print(
      "\nopen loop, 32 connections: slip of the generator, median of {} windows (target: p50 at most 60 us at "
      "2000/s)\n",
      settings.pairs);
  const auto server = start_model(inventory, "event-loop", "http", 32)();
  for (const double rate : {2000.0, 20'000.0, 100'000.0}) {
    stats::Series p50, p99, delivered;
    for (std::size_t i = 0; i < settings.pairs; ++i) {
      load::AgentPlan plan = peer_plan({"http", "/", 32, 1}, server->port, settings.window_s);
      plan.load.rate_rps = rate;
      load::Coordinator coordinator(plan, kLoadCpus);
      coordinator.start();
      const load::AgentResult result = coordinator.result();
      p50.push_back(result.row.latency_us.at("slip").p50);
      p99.push_back(result.row.latency_us.at("slip").p99);
      delivered.push_back(result.row.throughput_rps);
    }
    fmt::print("  {:>6.0f}/s   p50 {:>6.1f} us   p99 {:>7.1f} us   delivered {:.0f}/s\n", rate, median_of(p50),
               median_of(p99), median_of(delivered));
    std::fflush(stdout);
  }
}

void print_recording_cost(const PeersOptions& settings) {
  if (!settings.wants("recording")) return;
  constexpr int kRounds = 5'000'000;
  stats::Histogram histogram;
  const auto time_of = [](auto&& body) {
    const std::uint64_t begin = measure::now_ns();
    for (int i = 0; i < kRounds; ++i) body(i);
    return static_cast<double>(measure::now_ns() - begin) / kRounds;
  };
  std::vector<double> clock, record;
  std::uint64_t last = measure::now_ns(), sum = 0;
  for (int round = 0; round < 11; ++round) {
    clock.push_back(time_of([&](int) { sum += measure::now_ns(); }));
    record.push_back(time_of([&](int) {
      const std::uint64_t now = measure::now_ns();
      histogram.record(now - last);
      last = now;
    }));
  }
  std::sort(clock.begin(), clock.end());
  std::sort(record.begin(), record.end());
  fmt::print(
      "\nrecording one latency: {:.1f} ns with the clock read, {:.1f} ns the clock read alone (target: at most 10 "
      "beside it; {})\n",
      record[5], clock[5], sum != 0 ? "medians of 11" : "");
}

double argument(int argc, char** argv, const char* name, double otherwise) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], name) == 0) return std::strtod(argv[i + 1], nullptr);
  }
  return otherwise;
}

int run_peers(int argc, char** argv) {
  PeersOptions settings;
  settings.pairs = static_cast<std::size_t>(argument(argc, argv, "--pairs", 9));
  settings.window_s = argument(argc, argv, "--window", 2);
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "--only") != 0) continue;
    std::istringstream parts(argv[i + 1]);
    for (std::string part; std::getline(parts, part, ',');) settings.only.push_back(part);
  }
  subjects::Inventory inventory = subjects::describe_subject_program();
  fmt::print("server on CPU {}, load on CPU {}, {} pairs, windows of {:.3g} s\n", kServerCpus[0], kLoadCpus[0],
             settings.pairs, settings.window_s);
  print_pairs_head();
  for (const char* request : {"get/key", "incr/counter"}) {
    compare_servers(settings, inventory, {"counter", request, 32, 1}, "redis-server", start_redis, 0.92);
    compare_servers(settings, inventory, {"counter", request, 32, 16}, "redis-server", start_redis, 0.65);
  }
  compare_servers(settings, inventory, {"http", "/", 32, 1}, "nginx", start_nginx, 1.10);
  compare_servers(settings, inventory, {"http", "/", 256, 1}, "nginx", start_nginx, 1.00);
  print_runtime_costs(settings, inventory);
  print_generator_costs(settings);
  print_model_costs(settings, inventory);
  print_idle_memory(settings, inventory);
  print_held_memory(settings, inventory);
  print_pacing(settings, inventory);
  print_reconnect(settings);
  print_recording_cost(settings);
  print_unit_costs(settings);
  return 0;
}

}  // namespace
}  // namespace bakeoff::peers

int main(int argc, char** argv) {
  // The coordinator starts its own program as the load agent, and what starts foreign servers as their watchdog.
  if (argc == 2 && std::strcmp(argv[1], "agent") == 0) return bakeoff::load::run_agent();
  if (argc == 2 && std::strcmp(argv[1], "guard") == 0) return bakeoff::subjects::run_watchdog();
  try {
    return bakeoff::peers::run_peers(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "peers: {}\n", error.what());
    return 1;
  }
}
