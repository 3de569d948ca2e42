#include "tests/peers/drive.h"

#include <fmt/format.h>

#include <stdexcept>

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
  plan.warmup_s = kWarmUpS;
  plan.window_s = window_s;
  return plan;
}

Cost drive(RunningServer& server, const PeerLoad& load, double window_s) {
  load::Coordinator coordinator(peer_plan(load, server.port, window_s), kLoadCpus);
  const auto window = coordinator.start();
  measure::sleep_until_ns(window.begin_ns, subjects::interrupted);
  const auto before = server.cgroup.read_cpu();
  measure::sleep_until_ns(window.end_ns, subjects::interrupted);
  const auto after = server.cgroup.read_cpu();
  const load::AgentResult result = coordinator.result();
  if (result.row.wrong_answers != 0 || result.row.replies_ok == 0) {
    throw std::runtime_error("wrong or no answers: " + result.complaint);
  }
  if (!before || !after) throw std::runtime_error("no cgroup: CPU per request cannot be told exactly");
  const auto replies = static_cast<double>(result.row.replies_ok);
  return {(after->total_us - before->total_us) / replies, result.row.generators.front().cpu_us / replies,
          result.row.throughput_rps};
}

double median_of(const stats::Series& values) {
  std::vector<double> present;
  for (const auto& value : values) present.push_back(value.value_or(0));
  return stats::median(present).value_or(0);
}

std::string interval_text(const std::optional<stats::Interval>& interval) {
  return interval ? fmt::format("[{:.2f}, {:.2f}]", interval->low, interval->high) : "too few pairs";
}

}  // namespace bakeoff::peers
