#include "tests/harness/full_row.h"

#include <cstdint>

namespace bakeoff::test {

Trial full_row() {
  Trial trial;
  trial.trial_id = "http-b03-threads";
  trial.attempt = 2;
  trial.experiment = "quick";
  trial.table = "http";
  trial.block = 3;
  trial.order = 1;
  trial.subject = "threads";
  trial.workload = "http";
  trial.params = {.load = "open",
                  .connections = 64,
                  .pipeline = 2,
                  .message_bytes = 128,
                  .request = "/id/{k}",
                  .units = 4,
                  .job_size = 77,
                  .rate_rps = 5000,
                  .ramp_to_rps = 9000.5,
                  .arrivals = "poisson",
                  .spin = true,
                  .churn = true,
                  .idle = 1000,
                  .idle_asks = true,
                  .slow_senders = 3,
                  .slow_readers = 2};
  trial.seed = 0xFEDCBA9876543210;
  trial.started_at = "2026-11-21T05:13:27Z";
  trial.harness_hash = "aa";
  trial.subject_hash = "bb";
  trial.subject_cpus = {0, 2};
  trial.load_cpus = {1};
  ClientRow client;
  client.generators = {{.cpu = 1, .cpu_share = 0.25, .cpu_us = 250'000.5}, {}};
  client.requests = 101;
  client.replies_ok = 100;
  client.wrong_answers = 1;
  client.unfinished = 2;
  client.errors = {{"read", "ECONNRESET", 3}, {"closed", "", 1}};
  client.connections_open = 64;
  client.connections_served = 63;
  client.connections_asked = 62;
  client.outstanding_at_end = 5;
  client.warmup_s = 0.25;
  client.window_s = 1.0000123;
  client.throughput_rps = 99.998;
  client.offered_rps = 100;
  client.ceiling_rps = 181'000;
  client.mean_outstanding = 63.75;
  client.paused_share = 0.0125;
  client.latency_us["total"] = {
      .p50 = 1.5, .p90 = 2.5, .p99 = 3.5, .p999 = 4.5, .max = 5.5, .mean = 1.75, .count = 102};
  client.latency_us["slip"] = {.p50 = 0.1, .p90 = 0.2, .p99 = 0.3, .p999 = 0.4, .max = 0.5, .mean = 0.15, .count = 102};
  client.clamped = 4;
  client.events = {"clock went back", "ünïcode \"quoted\"\nline"};
  client.fairness = Fairness{
      .connections = 64, .worst_rps = 1.25, .best_rps = 2.5, .jain = 0.875, .p99_worst_us = 7.5, .p99_best_us = 6.5};
  client.counter = CounterCheck{
      .initial = -1, .final = 98, .acknowledged = 100, .unacknowledged = 2, .duplicates = 3, .lost = 1, .surplus = 4};
  client.crowd = Crowd{.idle = 1000, .slow_senders = 3, .slow_readers = 2, .lost = 5, .replies = 6};
  trial.client = client;
  trial.subject_cost = SubjectRow{.cpu_us = 1e5 / 3,
                                  .cpu_user_us = 1.5,
                                  .cpu_system_us = 2.5,
                                  .cpu_us_per_request = 333.25,
                                  .cpu_source = "cgroup2",
                                  .cpu_window_s = 1.02,
                                  .cpu_share = 0.5,
                                  .switches_voluntary = 10,
                                  .switches_involuntary = 11,
                                  .pss_begin_kib = 8,
                                  .pss_end_kib = 12,
                                  .kernel_begin_kib = 6,
                                  .kernel_end_kib = 9,
                                  .pss_per_connection_kib = 0.125,
                                  .kernel_per_connection_kib = 0.25,
                                  .rss_end_kib = 13,
                                  .threads_peak = 14,
                                  .processes_peak = 15,
                                  .minor_faults = 16,
                                  .major_faults = 17,
                                  .startup_ms = 18.5,
                                  .stop_ms = 19.5};
  trial.job = JobRow{.executor = "thread",
                     .answer = UINT64_MAX,
                     .answer_right = true,
                     .elapsed_ns = 123'456'789,
                     .figures = {{"switch_ns", 1320.5}, {"lost", 0}, {"extra_ns", -15.5}},
                     .evidence = {"the child read 1, the parent 0"}};
  ServerReceipt server;
  server.requests = 21;
  server.bytes_received = 22;
  server.bytes_sent = 23;
  server.final_counter = INT64_MIN;
  server.connections = 24;
  server.units_created = 25;
  server.peak_live_units = 26;
  server.accept_pauses = 27;
  server.kept_waiting = 28;
  server.limit = "vm.max_map_count = 65530";
  server.settings = {{"stack", "64"}, {"guard", "no"}};
  trial.server_receipt = server;
  trial.client_receipt = ClientReceipt{.requests = 31,
                                       .acknowledged = 30,
                                       .abandoned = 35,
                                       .bytes_sent = 32,
                                       .bytes_received = 33,
                                       .increments_acknowledged = 34};
  trial.foreign_cpu_share = 0.015;
  trial.load_foreign_share = 0.025;
  trial.steal_share = 0.0;
  trial.subject_quota = CpuQuota{.cpus = 0.4, .periods = 63, .throttled_periods = 62, .throttled_us = 37'000.5};
  trial.load_quota = CpuQuota{.cpus = 2, .periods = 7, .throttled_periods = 0, .throttled_us = 0};
  trial.descriptor_limit = 1024;
  trial.outcome = Outcome::starved;
  trial.outcome_detail = "63 of 64 connections served";
  trial.validity = {{"latency", "noisy"}, {"throughput", "noisy"}};
  return trial;
}

}  // namespace bakeoff::test
