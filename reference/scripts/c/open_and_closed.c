// B. Schroeder, A. Wierman and M. Harchol-Balter (NSDI 2006) say: at the same load, the mean response of a closed
// system is far below that of an open one. This program has one server, whose requests take half a millisecond in the
// mean, exponentially distributed. An open load comes at random at 80 % of what the server can do. Closed loads of 1,
// 10 and 100 clients think as long as it takes for the same number of requests per second; how long that is follows
// from mean-value analysis, and is corrected after a short run, because a server that was idle takes longer.
#define _GNU_SOURCE
#include "queue.h"

enum { kRequests = 6000, kPilot = 2000, kLoads = 3 };

static const double kShare = 0.8;
// By so much the requests per second of a closed load may differ from those of the open one: beyond, it is not the same
// load.
static const double kMostApart = 0.05;

// The mean time in nanoseconds that each client has to think so that all of them send so many requests per second:
// exact mean-value analysis of a queue with exponential service (M. Reiser and S. Lavenberg, JACM 1980).
static double thinking_ns(int clients, double per_second, double service_s) {
  double low = 0, high = clients / per_second;
  for (int i = 0; i < 60; i++) {
    const double think = (low + high) / 2;
    double queued = 0, through = 0;
    for (int n = 1; n <= clients; n++) {
      const double response = service_s * (1 + queued);
      through = n / (response + think);
      queued = through * response;
    }
    if (through > per_second) {
      low = think;
    } else {
      high = think;
    }
  }
  return low * 1e9;
}

int main(void) {
  static const int kClients[kLoads] = {1, 10, 100};
  static struct load load;
  static struct seen full, open, closed[kLoads];
  const struct server server = start_server();
  const struct cost cost = {500000, 0};
  const int64_t first_seed = now_ns();
  measure_full(&server, cost, &full);
  load = (struct load){.server = &server,
                       .cost = cost,
                       .requests = kRequests,
                       .per_second = kShare * full.per_second,
                       .seed = first_seed};
  const double rate = load.per_second;
  measure(&load, &open);
  double thought_ms[kLoads];
  char complaint[200] = "";
  for (int i = 0; i < kLoads; i++) {
    load.clients = kClients[i];
    load.think_ns = thinking_ns(load.clients, rate, 1 / full.per_second);
    load.requests = kPilot;
    measure(&load, &closed[i]);
    load.think_ns = fmax(0, load.think_ns - 1e9 * load.clients * (1 / closed[i].per_second - 1 / rate));
    load.requests = kRequests;
    measure(&load, &closed[i]);
    thought_ms[i] = load.think_ns / 1e6;
    if (fabs(closed[i].per_second / open.per_second - 1) > kMostApart) {
      snprintf(complaint, sizeof complaint,
               "found %.0f requests per second of %d clients, expected the %.0f of the open load", closed[i].per_second,
               kClients[i], open.per_second);
    }
  }
  end_server(server);
  printf("{\"figures\": {");
  for (int i = 0; i < kLoads; i++) {
    printf("\"closed_%d_over_open_mean\": %.6g, ", kClients[i], mean_ms(&closed[i]) / mean_ms(&open));
  }
  printf("\"closed_10_over_open_p99\": %.6g, \"open_mean_ms\": %.6g}, ", p99_ms(&closed[1]) / p99_ms(&open),
         mean_ms(&open));
  printf("\"evidence\": [\"Open: %.0f requests per second, %.0f %% of a CPU, mean %.2f ms, p99 %.2f ms.\"",
         open.per_second, 100 * open.busy, mean_ms(&open), p99_ms(&open));
  for (int i = 0; i < kLoads; i++) {
    printf(", \"%d closed, who think %.2f ms: %.0f requests per second, %.0f %% of a CPU, mean %.2f ms, p99 %.2f ms.\"",
           kClients[i], thought_ms[i], closed[i].per_second, 100 * closed[i].busy, mean_ms(&closed[i]),
           p99_ms(&closed[i]));
  }
  printf("], \"complaint\": \"%s\", \"units_created\": 111}\n", complaint);
  return 0;
}
