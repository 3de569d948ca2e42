// bakeoff beside redis-server, nginx, wrk, redis-benchmark, goroutines and the floors: CPU per request, and the time of
// units, interleaved, in one run.
//
//   tests/peers/run [--pairs N] [--window SECONDS] [--only PART,PART]
//
// Server on the first allowed CPU, load on the last. Each pair runs both sides within seconds, in alternating order;
// the figure is the median of the pairs' ratios with its order-statistic interval. Nothing is asserted: on a shared
// machine one window varies by 7 to 8 %, and a test must not depend on that. Targets are printed beside what was
// reached.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>

#include "harness/subjects/scratch_folder.h"
#include "harness/load/agent.h"
#include "harness/load/coordinator.h"
#include "harness/load/load_connection.h"
#include "harness/load/monotonic.h"
#include "harness/measure/cgroup.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/process_tree.h"
#include "harness/stats/compare.h"
#include "harness/stats/histogram.h"
#include "harness/stats/summary.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/server.h"
#include "tests/peers/drive.h"
#include "tests/peers/models.h"
#include "tests/peers/reconnect.h"
#include "tests/peers/servers.h"
#include "tests/peers/units.h"

namespace bakeoff::peers {
namespace {

/// The whole CPU time of a client program over the requests that its output speaks of.
Cost cost_of_client(const std::vector<std::string>& argv,
                    const std::function<double(const std::string&)>& requests_of) {
  const ClientRun run = drive_client(argv, requests_of);
  return {.generator_us = run.cpu_us / run.figure, .rps = run.figure / run.took_s};
}

double wrk_requests(const std::string& text) {
  const auto at = text.find(" requests in ");
  if (at == std::string::npos) return 0;
  const auto from = text.find_last_of(" \n", at - 1);
  return std::strtod(text.c_str() + (from == std::string::npos ? 0 : from), nullptr);
}

/// One comparison: interleaved pairs, the ratio ours / theirs of one figure.
void compare_pairs(const PeersOptions& settings, const std::string& name, const char* theirs_name, double target,
                   const std::function<Cost()>& ours, const std::function<Cost()>& theirs,
                   double Cost::*figure = &Cost::server_us) {
  if (!settings.compares(name)) return;
  stats::Series a, b, a_rps, b_rps;
  for (std::size_t i = 0; i < settings.pairs; ++i) {
    Cost first, second;
    if (i % 2 == 0) {
      first = ours();
      second = theirs();
    } else {
      second = theirs();
      first = ours();
    }
    a.push_back(first.*figure);
    b.push_back(second.*figure);
    a_rps.push_back(first.rps);
    b_rps.push_back(second.rps);
  }
  const auto ratio = bakeoff::stats::compare(a, b);
  const std::string interval =
      ratio->interval ? fmt::format("[{:.2f}, {:.2f}]", ratio->interval->low, ratio->interval->high) : "too few pairs";
  fmt::print("{:<46} {:>7.3f} {:>7.3f} {:<16} {:>6.2f} {:<14} {:>5.2f}  {:<8} {:>8.0f} {:>8.0f}\n", name, median_of(a),
             median_of(b), theirs_name, ratio->median, interval, target, ratio->median <= target ? "met" : "missed",
             median_of(a_rps), median_of(b_rps));
  std::fflush(stdout);
}

void compare_servers(const PeersOptions& settings, const subjects::Inventory& inventory, const PeerLoad& load, const char* theirs_name,
                     const Start& theirs, double target) {
  const std::string name =
      fmt::format("event-loop {} {} c={} P={}", load.workload, load.request, load.connections, load.pipeline);
  const Start ours = start_model(inventory, "event-loop", load.workload, load.connections);
  compare_pairs(
      settings, name, theirs_name, target, [&] { return drive(*ours(), load, settings.window_s); },
      [&] { return drive(*theirs(), load, settings.window_s); });
}

void compare_generators(const PeersOptions& settings) {
  const auto seconds = std::to_string(static_cast<int>(settings.window_s + 0.5));
  for (const auto& [connections, target] : {std::pair{32, 0.68}, {256, 0.80}}) {
    const std::string name = fmt::format("generator on nginx c={}", connections);
    if (!settings.compares(name)) continue;
    const auto nginx = start_nginx();
    const PeerLoad load{"http", "/", static_cast<std::uint64_t>(connections), 1};
    compare_pairs(
        settings, name, "wrk", target, [&] { return drive(*nginx, load, settings.window_s); },
        [&] {
          return cost_of_client({"wrk", "-t1", fmt::format("-c{}", connections), "-d" + seconds,
                                 fmt::format("http://127.0.0.1:{}/", nginx->port)},
                                wrk_requests);
        },
        &Cost::generator_us);
  }
  for (const auto& [pipeline, target] : {std::pair{1, 0.45}, {16, 0.55}}) {
    const std::string name = fmt::format("generator on redis GET c=32 P={}", pipeline);
    if (!settings.compares(name)) continue;
    const auto redis = start_redis();
    const PeerLoad load{"counter", "get/key", 32, static_cast<std::uint64_t>(pipeline)};
    const double requests = (pipeline == 1 ? 100'000 : 1'000'000) * settings.window_s;
    compare_pairs(
        settings, name, "redis-benchmark", target, [&] { return drive(*redis, load, settings.window_s); },
        [&] {
          return cost_of_client({"redis-benchmark", "-p", std::to_string(redis->port), "-c", "32", "-n",
                                 fmt::format("{:.0f}", requests), "-P", std::to_string(pipeline), "-t", "get", "-q"},
                                [&](const std::string&) { return requests; });
        },
        &Cost::generator_us);
  }
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
      return static_cast<double>(measure::measure_pss_kib(coordinator.agent_pids()).value_or(0));
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
    const std::uint64_t begin = load::now_ns();
    for (int i = 0; i < kRounds; ++i) body(i);
    return static_cast<double>(load::now_ns() - begin) / kRounds;
  };
  std::vector<double> clock, record;
  std::uint64_t last = load::now_ns(), sum = 0;
  for (int round = 0; round < 11; ++round) {
    clock.push_back(time_of([&](int) { sum += load::now_ns(); }));
    record.push_back(time_of([&](int) {
      const std::uint64_t now = load::now_ns();
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
  fmt::print("{:<46} {:>7} {:>7} {:<16} {:>6} {:<14} {:>5}  {:<8} {:>8} {:>8}\n", "CPU us a request, medians", "ours",
             "theirs", "", "ratio", "95 %", "aim", "", "req/s", "theirs");
  for (const char* request : {"get/key", "incr/counter"}) {
    compare_servers(settings, inventory, {"counter", request, 32, 1}, "redis-server", start_redis, 0.92);
    compare_servers(settings, inventory, {"counter", request, 32, 16}, "redis-server", start_redis, 0.65);
  }
  compare_servers(settings, inventory, {"http", "/", 32, 1}, "nginx", start_nginx, 1.10);
  compare_servers(settings, inventory, {"http", "/", 256, 1}, "nginx", start_nginx, 1.00);
  compare_generators(settings);
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
  // The coordinator starts its own program as the load agent.
  if (argc == 2 && std::strcmp(argv[1], "agent") == 0) return bakeoff::load::run_agent();
  try {
    return bakeoff::run_peers(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "peers: {}\n", error.what());
    return 1;
  }
}
