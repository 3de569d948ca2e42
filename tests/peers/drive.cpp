#include "tests/peers/drive.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>
#include <stdexcept>

#include "harness/experiment/plan.h"
#include "harness/experiment/slices.h"
#include "harness/load/coordinator.h"
#include "harness/measure/monotonic.h"
#include "harness/stats/summary.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::peers {

using namespace std::chrono_literals;

ClientRun drive_client(const std::vector<std::string>& argv,
                       const std::function<double(const std::string& output)>& figure_of) {
  subjects::Command command;
  command.argv = argv;
  command.cpus = kLoadCpus;
  subjects::Process client = subjects::Process::start(command);
  std::string text;
  const std::uint64_t begin = measure::now_ns();
  while (const auto line = client.read_line(60s)) text += *line + "\n";
  const auto ended = client.wait(5s);
  ClientRun run;
  run.took_s = static_cast<double>(measure::now_ns() - begin) / 1e9;
  run.figure = figure_of(text);
  if (!ended || ended->status != 0 || run.figure <= 0) throw std::runtime_error(argv[0] + ": " + text.substr(0, 300));
  const auto us = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  run.cpu_us = us(ended->usage.ru_utime) + us(ended->usage.ru_stime);
  return run;
}

load::AgentPlan peer_plan(const PeerLoad& load, std::uint16_t port, double window_s) {
  load::AgentPlan plan;
  plan.workload = load.workload;
  plan.load.request = load.request;
  plan.host_field = "127.0.0.1";
  plan.port = port;
  plan.load.connections = load.connections;
  plan.load.pipeline = load.pipeline;
  plan.warmup_s = load.warmup_s;
  plan.window_s = window_s;
  return plan;
}

Cost drive(RunningServer& server, const PeerLoad& load, double window_s) {
  load::Coordinator coordinator(peer_plan(load, server.port, window_s), kLoadCpus);
  const auto window = coordinator.start();
  measure::sleep_until_ns(window.begin_ns, subjects::interrupted);
  const auto before = server.cgroup().read_cpu();
  measure::sleep_until_ns(window.end_ns, subjects::interrupted);
  const auto after = server.cgroup().read_cpu();
  const load::AgentResult result = coordinator.result();
  if (result.row.wrong_answers != 0 || result.row.replies_ok == 0) {
    throw std::runtime_error("wrong or no answers: " + result.complaint);
  }
  if (!before || !after) throw std::runtime_error("no cgroup: CPU per request cannot be told exactly");
  const auto replies = static_cast<double>(result.row.replies_ok);
  return {(after->total_us - before->total_us) / replies, result.row.generators.front().cpu_us / replies,
          result.row.throughput_rps};
}

namespace {

/// A server and the load that is connected to it.
class Alternating {
 public:
  Alternating(const Start& start, const PeerLoad& load) : server_(start()) {
    load::AgentPlan plan = peer_plan(load, server_->port, 0);
    plan.report_windows = true;
    load_.emplace(plan, kLoadCpus);
    load_->warm_up(load.warmup_s);
  }

  void slice(double length_s) {
    load_->warm_up(experiment::kColdS);
    const auto before = server_->cgroup().read_cpu();
    const load::LoadWindow window = load_->slice(length_s);
    const auto after = server_->cgroup().read_cpu();
    if (!before || !after) throw std::runtime_error("no cgroup: CPU per request cannot be told exactly");
    const auto replies = static_cast<double>(window.replies);
    if (replies == 0) throw std::runtime_error("no answers in a slice");
    server_us_.emplace_back((after->total_us - before->total_us) / replies);
    rps_.emplace_back(replies / window.busy_s);
  }

  SlicedCost end() {
    load_->end();
    const load::AgentResult result = load_->result();
    if (result.row.wrong_answers != 0) throw std::runtime_error("wrong answers: " + result.complaint);
    return {{median_of_slices(server_us_), server_us_}, {median_of_slices(rps_), rps_}};
  }

 private:
  static std::optional<double> median_of_slices(const std::vector<std::optional<double>>& slices) {
    std::vector<double> present;
    for (const auto& slice : slices) present.push_back(*slice);
    return stats::median(present);
  }

  std::unique_ptr<RunningServer> server_;
  std::optional<load::Coordinator> load_;
  std::vector<std::optional<double>> server_us_, rps_;
};

}  // namespace

std::vector<SlicedCost> drive_in_slices(std::span<const Start> starts, const PeerLoad& load, double window_s,
                                        std::size_t block) {
  std::deque<Alternating> servers;
  for (const Start& start : starts) servers.emplace_back(start, load);
  const auto rounds = static_cast<std::size_t>(std::max(std::lround(window_s / experiment::kSliceS), 1L));
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const std::size_t place : experiment::balanced_row(servers.size(), block + round)) {
      servers[place].slice(window_s / static_cast<double>(rounds));
    }
  }
  std::vector<SlicedCost> costs;
  for (Alternating& server : servers) costs.push_back(server.end());
  return costs;
}

double median_of(const stats::Series& values) {
  std::vector<double> present;
  for (const stats::BlockValue& value : values) present.push_back(value ? *value : 0);
  return stats::median(present).value_or(0);
}

std::string interval_text(const std::optional<stats::Interval>& interval) {
  return interval ? fmt::format("[{:.2f}, {:.2f}]", interval->low, interval->high) : "too few pairs";
}

}  // namespace bakeoff::peers
