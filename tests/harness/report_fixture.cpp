#include "tests/harness/report_fixture.h"

#include "harness/validity/validity.h"

namespace bakeoff::test {
namespace {

Trial row(const std::string& table, const std::string& subject, int block) {
  Trial trial;
  trial.table = table;
  trial.subject = subject;
  trial.block = block;
  trial.trial_id = table + "-b" + std::to_string(block) + "-" + subject;
  trial.experiment = "quick";
  trial.workload = table;
  trial.started_at = "2026-11-21T05:13:0" + std::to_string(block % 10) + "Z";
  trial.subject_cpus = {0};
  trial.load_cpus = {1};
  return trial;
}

// A day on which every third block is slower, for everybody; and what is left between subjects.
double weather(int block) {
  return 1 + 0.06 * (block % 3);
}
double wobble(const std::string& subject, int block) {
  const auto phase = static_cast<int>(subject.size());
  return 1 + 0.01 * ((block * 5 + phase) % 4 - 1.5);
}

const std::vector<Costs> kHttp{
    {"threads", 10.8, 88'200, 640, 2'410, 2.01, 4.12},
    {"prefork", 11.9, 81'300, 655, 2'730, 2.003, 21.7},
    {"fibers", 10.7, 89'000, 610, 2'290, 0.0213, 5.31},
    {"event-loop", 5.48, 102'000, 598, 1'200, 0.0171, 3.08},
};

}  // namespace

Trial server_row(const Costs& costs, int block) {
  Trial trial = row("http", costs.subject, block);
  trial.params.connections = 64;
  trial.params.pipeline = 1;
  trial.params.request = "/id/{k}";
  const double factor = weather(block) * wobble(costs.subject, block);
  ClientRow client;
  client.window_s = 1.0;
  client.throughput_rps = costs.rps / factor;
  client.requests = client.replies_ok = 100'000;
  client.connections_open = client.connections_served = 64;
  client.latency_us["total"] = {.p50 = costs.p50_us * factor,
                                .p90 = costs.p99_us * factor / 2,
                                .p99 = costs.p99_us * factor,
                                .p999 = costs.p99_us * factor * 2,
                                .max = costs.p99_us * factor * 3,
                                .mean = costs.p50_us * factor,
                                .count = 100'000};
  trial.client = client;
  SubjectRow subject;
  subject.cpu_us_per_request = costs.cpu_us * factor;
  subject.cpu_us = *subject.cpu_us_per_request * 100'000;
  subject.cpu_source = "cgroup2";
  subject.switches_voluntary = static_cast<std::uint64_t>(costs.switches * 100'000);
  subject.switches_involuntary = 100;
  subject.pss_end_kib = static_cast<std::uint64_t>(costs.pss_mib * 1024);
  trial.subject_cost = subject;
  return trial;
}

std::vector<Trial> http_rows(int blocks) {
  std::vector<Trial> rows;
  for (int block = 0; block < blocks; ++block) {
    for (const Costs& costs : kHttp) rows.push_back(server_row(costs, block));
  }
  return rows;
}

std::vector<Trial> count_rows(int blocks) {
  std::vector<Trial> rows;
  const std::vector<std::pair<std::string, std::string>> subjects{
      {"threads", "thread"}, {"prefork", "process"}, {"event-loop", "sequential"}};
  for (int block = 0; block < blocks; ++block) {
    double elapsed_ms = 210;
    for (const auto& [subject, executor] : subjects) {
      Trial trial = row("count", subject, block);
      trial.params.load = "job";
      trial.params.units = 2;
      trial.params.job_size = 50'000'000;
      trial.subject_cpus = {0, 1};
      JobRow job;
      job.executor = executor;
      job.answer_right = true;
      job.elapsed_ns = static_cast<std::uint64_t>(elapsed_ms * 1e6 * weather(block) * wobble(subject, block));
      trial.job = job;
      SubjectRow subject_cost;
      subject_cost.cpu_us = 400'000 * weather(block) * wobble(subject, block);
      subject_cost.switches_voluntary = 3;
      subject_cost.switches_involuntary = static_cast<std::uint64_t>(10 + block);
      trial.subject_cost = subject_cost;
      ServerReceipt receipt;
      receipt.peak_live_units = executor == "sequential" ? 1 : 2;
      trial.server_receipt = receipt;
      rows.push_back(trial);
      elapsed_ms *= executor == "process" ? 1.9 : 1.002;
    }
  }
  return rows;
}

std::vector<Trial> troubled_rows() {
  std::vector<Trial> rows = http_rows(8);
  for (Trial& trial : rows) {
    if (trial.subject == "prefork" && trial.block < 2) {
      trial.outcome = Outcome::starved;
      trial.outcome_detail = "4 of 64 connections served";
    }
    if (trial.subject == "fibers") trial.foreign_cpu_share = 0.05;
    if (trial.subject == "threads" && trial.block == 5) trial.steal_share = 0.03;
    if (trial.subject == "event-loop" && trial.block == 7) trial.foreign_cpu_share = 0.25;
    trial.validity = judge_validity(trial);
  }
  for (int block = 0; block < 8; ++block) {
    Trial missing = row("http", "nginx", block);
    missing.outcome = Outcome::not_run;
    missing.outcome_detail = "needs nginx (apt install nginx-light)";
    rows.push_back(missing);
    Trial dead = row("http", "thread-pool", block);
    dead.outcome = Outcome::died;
    dead.outcome_detail = "killed by SIGSEGV\nlast words";
    rows.push_back(dead);
  }
  return rows;
}

ReportInfo report_info() {
  return {.experiment = "quick",
          .question = "What do four ways of holding connections cost for the same work?",
          .baseline = "threads",
          .subjects = {"threads", "prefork", "fibers", "event-loop"},
          .tables = {"http", "count"},
          .like = {{"threads", "MySQL, PostgreSQL's threads"},
                   {"prefork", "Apache prefork"},
                   {"fibers", "Go, Java virtual threads"},
                   {"event-loop", "Redis, Node"}},
          .foot = {"Some CPU at 3 GHz, 2 CPUs, 24.0 GiB, Linux 6.1", "bakeoff 0.1.0 (0123456789), GCC 12.2.0, seed 1"}};
}

Report good_report() {
  std::vector<Trial> rows = http_rows(8);
  const std::vector<Trial> jobs = count_rows(8);
  rows.insert(rows.end(), jobs.begin(), jobs.end());
  return build_report(rows, report_info());
}

Report troubled_report() {
  return build_report(troubled_rows(), report_info());
}

}  // namespace bakeoff::test
