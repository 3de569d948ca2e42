#include "tests/harness/load_fixture.h"

#include <cmath>

#include "harness/load/hints.h"
#include "harness/validity/validity.h"

namespace bakeoff::test {
namespace {

void enter(MadeUpLoad& load, const std::string& latency_class, const Histogram& histogram) {
  load.row.client->latency_us[latency_class] = histogram.summary_us();
  load.latency[latency_class] = histogram;
}

MadeUpLoad start(const std::string& url, const std::string& workload) {
  MadeUpLoad load;
  load.row.trial_id = load.row.experiment = "load";
  load.row.subject = url;
  load.row.workload = workload;
  load.row.params.connections = 64;
  load.row.params.pipeline = 1;
  ClientRow& client = load.row.client.emplace();
  client.connections_open = client.connections_served = 64;
  client.warmup_s = 1;
  client.window_s = 10;
  return load;
}

}  // namespace

Histogram hump(double middle_us, std::uint64_t samples) {
  Histogram histogram;
  for (std::uint64_t i = 0; i < samples; ++i) {
    // The quantile function of a log-logistic distribution, at even places.
    const double place = (static_cast<double>(i) + 0.5) / static_cast<double>(samples);
    const double us = middle_us * std::pow(place / (1 - place), 0.22);
    histogram.record(static_cast<std::uint64_t>(us * 1e3));
  }
  return histogram;
}

MadeUpLoad good_load() {
  MadeUpLoad load = start("http://127.0.0.1:8080/id/{k}", "http");
  ClientRow& client = *load.row.client;
  client.requests = client.replies_ok = 1'020'345;
  client.throughput_rps = 102'034.5;
  client.generators = {{.cpu = 1, .cpu_share = 0.62, .cpu_us = 6.2e6}};
  client.fairness = Fairness{.connections = 64,
                             .worst_rps = 1'520,
                             .best_rps = 1'710,
                             .jain = 0.9987,
                             .p99_worst_us = 1'310,
                             .p99_best_us = 1'120};
  enter(load, "total", hump(620, 100'000));
  load.row.subject_cost.emplace().cpu_share = 0.97;
  load.row.client->ceiling_rps = 181'000;
  judge(load.row);
  return load;
}

MadeUpLoad open_load() {
  MadeUpLoad load = start("redis://127.0.0.1:6379/get/a", "counter");
  Params& params = load.row.params;
  params.load = "open";
  params.pipeline = 8;
  params.rate_rps = 1'000;
  params.ramp_to_rps = 20'000;
  params.arrivals = "poisson";
  params.idle = 10'000;
  ClientRow& client = *load.row.client;
  client.requests = client.replies_ok = 105'000;
  client.offered_rps = 10'512;
  client.throughput_rps = 10'500;
  client.generators = {{.cpu = 2, .cpu_share = 0.31, .cpu_us = 3.1e6}, {.cpu = 3, .cpu_share = 0.29, .cpu_us = 2.9e6}};
  client.crowd = Crowd{.idle = 10'000};
  Histogram slip = hump(2, 99'000);
  slip.record(31'000'000, 1'000);
  Histogram total = hump(85, 99'000);
  total.record(33'000'000, 1'000);
  enter(load, "total", total);
  enter(load, "slip", slip);
  enter(load, "wait", hump(1, 100'000));
  enter(load, "service", hump(82, 100'000));
  SubjectRow& cost = load.row.subject_cost.emplace();
  cost.cpu_us = 3.3e6;
  cost.cpu_us_per_request = 31.4;
  cost.cpu_share = 0.33;
  cost.threads_peak = 5;
  cost.pss_end_kib = 12'345;
  load.remarks.server = "redis-server, process 4711";
  judge(load.row);
  return load;
}

MadeUpLoad troubled_load() {
  MadeUpLoad load = start("redis://127.0.0.1:6379/incr/counter", "counter");
  Params& params = load.row.params;
  params.connections = 1'000'000;
  params.idle = 100;
  params.slow_senders = 10;
  params.slow_readers = 5;
  ClientRow& client = *load.row.client;
  client.connections_open = 28'231;
  client.connections_served = 28'000;
  client.requests = 52'000;
  client.replies_ok = 50'000;
  client.unfinished = 1'231;
  client.throughput_rps = 5'000;
  client.generators = {{.cpu = 1, .cpu_share = 0.99, .cpu_us = 9.9e6}};
  client.errors = {{"connect", "EADDRNOTAVAIL", 971'769},
                   {"read", "ECONNRESET", 312},
                   {"reply", "503", 12},
                   {"timeout", "", 1'231},
                   {"odd", "", 1}};
  client.clamped = 2;
  client.counter = CounterCheck{
      .initial = 0, .final = 50'003, .acknowledged = 50'000, .unacknowledged = 1'243, .duplicates = 2, .lost = 1};
  client.crowd = Crowd{.idle = 100, .slow_senders = 10, .slow_readers = 5, .lost = 7, .replies = 1'234};
  client.events = {"the server closed 7 connections of the crowd"};
  Histogram total = hump(900, 51'000);
  total.record(5'000'000'000, 1'229);
  total.record(2 * Histogram::kMaxNs, 2);
  enter(load, "total", total);
  load.row.descriptor_limit = 1'048'576;
  load.row.outcome_detail = "28231 of 1000000 connections could be opened: Cannot assign requested address";
  load.remarks.hints = hints_for(client.errors, {.local = true,
                                                 .listen_overflows = 312,
                                                 .listen_drops = 312,
                                                 .somaxconn = 4'096,
                                                 .ports = 28'232,
                                                 .connect_timeout_s = 5,
                                                 .timeout_s = 5});
  judge(load.row);
  return load;
}

MadeUpLoad unanswered_load() {
  MadeUpLoad load = start("tcp://192.0.2.7:7", "echo");
  load.row.params.message_bytes = 64;
  ClientRow& client = *load.row.client;
  client.connections_open = client.connections_served = 0;
  client.errors = {{"connect", "ETIMEDOUT", 64}};
  client.generators = {{.cpu = 1, .cpu_share = 0.001, .cpu_us = 9e3}};
  enter(load, "total", Histogram());
  load.remarks.hints = hints_for(client.errors, {.connect_timeout_s = 5});
  judge(load.row);
  return load;
}

}  // namespace bakeoff::test
