#include "tests/peers/generators.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "harness/subjects/install_paths.h"

namespace bakeoff::peers {
namespace {

constexpr double kFloorTarget = 1.10;

struct Generator {
  std::string name;
  double target;  ///< What `bakeoff load` may cost over this one; 0: no target.
  std::function<Cost()> run;
  stats::Series cpu_us = {}, rps = {};
};

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

Generator ours(const PeersOptions& settings, RunningServer& server, const PeerLoad& load) {
  return {"bakeoff load", 0, [=, &server] { return drive(server, load, settings.window_s); }};
}

/// With `request` as bytes. As with drive(), only what is in the window counts.
Generator floor_of(const PeersOptions& settings, const RunningServer& server, const PeerLoad& load,
                   const std::string& request) {
  const std::vector<std::string> argv{(subjects::executable_directory() / "bakeoff-floor-client").string(),
                                      std::to_string(server.port),
                                      std::to_string(load.connections),
                                      std::to_string(load.pipeline),
                                      fmt::format("{:.0f}", kWarmUpS * 1000),
                                      fmt::format("{:.0f}", settings.window_s * 1000),
                                      request};
  return {"floor: epoll", kFloorTarget, [argv] {
            Cost cost;
            drive_client(argv, [&](const std::string& text) {
              const auto result = nlohmann::json::parse(text, nullptr, false);
              if (!result.is_object()) return 0.0;
              const double replies = result.at("replies");
              cost = {.generator_us = result.at("cpu_us").get<double>() / replies,
                      .rps = replies / result.at("window_s").get<double>()};
              return replies;
            });
            return cost;
          }};
}

void run_in_blocks(std::size_t blocks, std::vector<Generator>& generators) {
  std::mt19937 random(20260101);
  std::vector<std::size_t> order(generators.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::size_t block = 0; block < blocks; ++block) {
    std::shuffle(order.begin(), order.end(), random);
    for (const std::size_t i : order) {
      const Cost cost = generators[i].run();
      generators[i].cpu_us.push_back(cost.generator_us);
      generators[i].rps.push_back(cost.rps);
    }
  }
}

/// Our own first, and each other with what ours has over it.
void compare(const PeersOptions& settings, const std::string& name, std::vector<Generator> generators) {
  run_in_blocks(settings.pairs, generators);
  const Generator& own = generators.front();
  fmt::print("{}\n  {:<18} {:>7.3f} {:>38} {:>8.0f}\n", name, own.name, median_of(own.cpu_us), "", median_of(own.rps));
  for (auto other = generators.begin() + 1; other != generators.end(); ++other) {
    const stats::Ratio cpu = *bakeoff::stats::compare(own.cpu_us, other->cpu_us),
                       rps = *bakeoff::stats::compare(own.rps, other->rps);
    fmt::print("  {:<18} {:>7.3f} {:>6.2f} {:<14} {:>5.2f}  {:<8} {:>8.0f} {:>6.2f} {}\n", other->name,
               median_of(other->cpu_us), cpu.median, interval_text(cpu.interval), other->target,
               cpu.median <= other->target ? "met" : "missed", median_of(other->rps), rps.median,
               interval_text(rps.interval));
  }
  std::fflush(stdout);
}

}  // namespace

void print_generator_costs(const PeersOptions& settings) {
  struct OnNginx {
    std::uint64_t connections;
    double wrk_target;
  };
  struct OnRedis {
    std::uint64_t pipeline;
    double benchmark_target;
  };
  bool headed = false;
  const auto wanted = [&](const std::string& name) {
    if (!settings.compares(name)) return false;
    if (!std::exchange(headed, true)) {
      fmt::print("\n{:<20} {:>7} {:>6} {:<14} {:>5}  {:<8} {:>8} {:>6}\n", "ours over each", "CPU us", "ratio", "95 %",
                 "aim", "", "req/s", "ratio");
    }
    return true;
  };
  for (const OnNginx& on : {OnNginx{32, 0.68}, {256, 0.80}}) {
    const std::string name = fmt::format("generator on nginx c={}", on.connections);
    if (!wanted(name)) continue;
    const auto nginx = start_nginx();
    const PeerLoad load{"http", "/", on.connections, 1};
    const std::vector<std::string> wrk{"wrk", "-t1", fmt::format("-c{}", on.connections),
                                       fmt::format("-d{}", static_cast<int>(settings.window_s + 0.5)),
                                       fmt::format("http://127.0.0.1:{}/", nginx->port)};
    compare(settings, name,
            {ours(settings, *nginx, load),
             floor_of(settings, *nginx, load, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
             {"wrk", on.wrk_target, [wrk] { return cost_of_client(wrk, wrk_requests); }}});
  }
  for (const OnRedis& on : {OnRedis{1, 0.45}, {16, 0.55}}) {
    const std::string name = fmt::format("generator on redis GET c=32 P={}", on.pipeline);
    if (!wanted(name)) continue;
    const auto redis = start_redis();
    const PeerLoad load{"counter", "get/key", 32, on.pipeline};
    drive(*redis, load, 0.1);  // Sets the keys; the floor reads the first one of them.
    const double requests = (on.pipeline == 1 ? 100'000 : 1'000'000) * settings.window_s;
    const std::vector<std::string> benchmark{"redis-benchmark",
                                             "-p",
                                             std::to_string(redis->port),
                                             "-c",
                                             "32",
                                             "-n",
                                             fmt::format("{:.0f}", requests),
                                             "-P",
                                             std::to_string(on.pipeline),
                                             "-t",
                                             "get",
                                             "-q"};
    compare(settings, name,
            {ours(settings, *redis, load),
             floor_of(settings, *redis, load, "*2\r\n$3\r\nGET\r\n$5\r\nkey:0\r\n"),
             {"redis-benchmark", on.benchmark_target,
              [=] { return cost_of_client(benchmark, [=](const std::string&) { return requests; }); }}});
  }
}

}  // namespace bakeoff::peers
