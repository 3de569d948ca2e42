// A server that does one request at a time, on one CPU: the queue with a single server of the textbooks; and clients of
// it, open and closed. The server is a process of its own, which ends with the program that has started it.
//
// A request says for how many nanoseconds the server shall compute, and for how many it shall wait after that, without
// doing another request meanwhile. The reply is the CPU time that the server has used since it began, in nanoseconds.
#ifndef BAKEOFF_SCRIPTS_QUEUE_H
#define BAKEOFF_SCRIPTS_QUEUE_H

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

enum { kMostClients = 100, kMostRequests = 20000, kClientStackKib = 64 };

struct cost {
  int64_t computes_ns, waits_ns;
};

struct server {
  pid_t pid;
  struct sockaddr_in address;
};

// What a load has seen: responses in ascending order.
struct seen {
  int count;
  int64_t responses_ns[kMostRequests];
  double per_second;  // Without the first and the last tenth, in which clients begin and end.
  double busy;        // The share of a CPU that the server used.
};

static inline void sleep_until(int64_t then_ns) {
  const struct timespec then = {.tv_sec = then_ns / 1000000000, .tv_nsec = then_ns % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &then, NULL) == EINTR) {
  }
}

// The last stretch, by which the system is late when it wakes a thread, is spent in a loop.
static inline void be_at(int64_t then_ns) {
  const int64_t late_ns = 60000;
  if (then_ns - now_ns() > late_ns) sleep_until(then_ns - late_ns);
  while (now_ns() < then_ns) {
  }
}

// Exponential, with the mean 1.
static inline double draw(unsigned short state[3]) {
  return -log1p(-erand48(state));
}

static inline void seed(unsigned short state[3], int64_t number) {
  state[0] = (unsigned short)number;
  state[1] = (unsigned short)(number >> 16);
  state[2] = (unsigned short)(number >> 32);
  for (int i = 0; i < 20; i++) erand48(state);
}

// Whether all of it was moved; not where the other side has closed the connection.
static inline int move_all(ssize_t (*call)(int, void*, size_t), int fd, void* data, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t moved = call(fd, (char*)data + done, size - done);
    if (moved > 0) done += (size_t)moved;
    if (moved == 0 || (moved < 0 && errno != EINTR)) return 0;
  }
  return 1;
}

static inline ssize_t write_some(int fd, void* data, size_t size) {
  return write(fd, data, size);
}

static inline int send_request(int fd, struct cost cost) {
  return move_all(write_some, fd, &cost, sizeof cost);
}

static inline int64_t receive_reply(int fd) {
  int64_t cpu_ns = 0;
  if (!move_all(read, fd, &cpu_ns, sizeof cpu_ns)) {
    fprintf(stderr, "found that the server has closed a connection, expected a reply\n");
    exit(1);
  }
  return cpu_ns;
}

static inline void serve(int listener) {
  struct pollfd fds[kMostClients + 8] = {{.fd = listener, .events = POLLIN}};
  nfds_t count = 1;
  for (;;) {
    if (poll(fds, count, -1) < 0 && errno != EINTR) fail("poll");
    for (nfds_t i = count; i-- > 1;) {
      if (fds[i].revents == 0) continue;
      struct cost cost;
      if (!move_all(read, fds[i].fd, &cost, sizeof cost)) {
        close(fds[i].fd);
        fds[i] = fds[--count];
        continue;
      }
      const int64_t end_ns = now_ns() + cost.computes_ns;
      while (now_ns() < end_ns) {
      }
      if (cost.waits_ns > 0) sleep_until(now_ns() + cost.waits_ns);
      struct timespec cpu;
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
      int64_t cpu_ns = (int64_t)cpu.tv_sec * 1000000000 + cpu.tv_nsec;
      move_all(write_some, fds[i].fd, &cpu_ns, sizeof cpu_ns);
    }
    if (fds[0].revents != 0 && count < sizeof fds / sizeof fds[0]) {
      const int connection = accept(listener, NULL, NULL), on = 1;
      if (connection < 0) continue;
      setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      fds[count++] = (struct pollfd){.fd = connection, .events = POLLIN};
    }
  }
}

// The server has the last CPU for itself, and its clients have the others, where there are any.
static inline void take_cpus(int is_server) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) fail("sched_getaffinity");
  if (CPU_COUNT(&allowed) < 2) return;
  int last = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (CPU_ISSET(cpu, &allowed)) last = cpu;
  }
  if (is_server) CPU_ZERO(&allowed);
  if (is_server) CPU_SET(last, &allowed);
  if (!is_server) CPU_CLR(last, &allowed);
  if (sched_setaffinity(0, sizeof allowed, &allowed) != 0) fail("sched_setaffinity");
}

// The calling process sleeps as exactly as the system can.
static inline struct server start_server(void) {
  struct server server = {.address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}}};
  socklen_t length = sizeof server.address;
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr*)&server.address, length) != 0 || listen(listener, 128) != 0 ||
      getsockname(listener, (struct sockaddr*)&server.address, &length) != 0) {
    fail("listen");
  }
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1);
  const pid_t parent = getpid();
  server.pid = fork();
  if (server.pid < 0) fail("fork");
  if (server.pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    take_cpus(1);
    if (getppid() == parent) serve(listener);
    _exit(1);
  }
  take_cpus(0);
  close(listener);
  return server;
}

static inline void end_server(struct server server) {
  kill(server.pid, SIGKILL);
  waitpid(server.pid, NULL, 0);
}

static inline int connect_to(const struct server* server) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  if (fd < 0 || connect(fd, (const struct sockaddr*)&server->address, sizeof server->address) != 0) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

static inline int64_t server_cpu_ns(const struct server* server) {
  const int fd = connect_to(server);
  send_request(fd, (struct cost){0, 0});
  const int64_t cpu_ns = receive_reply(fd);
  close(fd);
  return cpu_ns;
}

// A load, and what becomes of each of its requests: when it was due, or sent where it is closed, and when its reply had
// come.
struct load {
  const struct server* server;
  struct cost cost;  // The mean of an exponential distribution; where `constant`, all alike.
  int constant;
  int requests;
  double per_second;  // Of an open load.
  int clients;        // Of a closed load.
  double think_ns;    // The mean of an exponential distribution.
  int64_t seed;
  int fd;
  atomic_int next;
  int64_t began_ns[kMostRequests], ended_ns[kMostRequests];
};

static inline struct cost cost_of_next(const struct load* load, unsigned short random[3]) {
  if (load->constant) return load->cost;
  const double factor = draw(random);
  return (struct cost){(int64_t)(factor * (double)load->cost.computes_ns),
                       (int64_t)(factor * (double)load->cost.waits_ns)};
}

static inline void* send_when_due(void* argument) {
  struct load* load = argument;
  unsigned short random[3];
  seed(random, load->seed);
  for (int i = 0; i < load->requests; i++) {
    const struct cost cost = cost_of_next(load, random);
    be_at(load->began_ns[i]);
    send_request(load->fd, cost);
  }
  return NULL;
}

// Requests come due at random, whatever the server does. Equal seeds draw equal costs, and times that differ by the
// rate alone. The server answers in their order.
static inline void run_open(struct load* load) {
  unsigned short random[3];
  seed(random, load->seed + 1);
  load->fd = connect_to(load->server);
  double at_ns = (double)now_ns() + 1e6;
  for (int i = 0; i < load->requests; i++) {
    at_ns += draw(random) * 1e9 / load->per_second;
    load->began_ns[i] = (int64_t)at_ns;
  }
  pthread_t sender;
  expect_none(pthread_create(&sender, NULL, send_when_due, load), "pthread_create");
  for (int i = 0; i < load->requests; i++) {
    receive_reply(load->fd);
    load->ended_ns[i] = now_ns();
  }
  pthread_join(sender, NULL);
  close(load->fd);
}

struct client {
  struct load* load;
  int index;
  pthread_t thread;
};

static inline void* ask_and_think(void* argument) {
  const struct client* client = argument;
  struct load* load = client->load;
  unsigned short random[3];
  seed(random, load->seed + 1000 * (client->index + 1));
  const int fd = connect_to(load->server);
  for (int i; (i = atomic_fetch_add(&load->next, 1)) < load->requests;) {
    if (load->think_ns > 0) sleep_until(now_ns() + (int64_t)(draw(random) * load->think_ns));
    const struct cost cost = cost_of_next(load, random);
    load->began_ns[i] = now_ns();
    send_request(fd, cost);
    receive_reply(fd);
    load->ended_ns[i] = now_ns();
  }
  close(fd);
  return NULL;
}

// Clients wait for their reply and think before they send again.
static inline void run_closed(struct load* load) {
  struct client clients[kMostClients];
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, (size_t)kClientStackKib * 1024);
  atomic_store(&load->next, 0);
  for (int i = 0; i < load->clients; i++) {
    clients[i].load = load;
    clients[i].index = i;
    expect_none(pthread_create(&clients[i].thread, &small, ask_and_think, &clients[i]), "pthread_create");
  }
  for (int i = 0; i < load->clients; i++) pthread_join(clients[i].thread, NULL);
  pthread_attr_destroy(&small);
}

static inline int ascending(const void* a, const void* b) {
  const int64_t x = *(const int64_t*)a, y = *(const int64_t*)b;
  return (x > y) - (x < y);
}

static inline void measure(struct load* load, struct seen* seen) {
  const int64_t cpu_ns = server_cpu_ns(load->server), began_ns = now_ns();
  if (load->clients > 0) {
    run_closed(load);
  } else {
    run_open(load);
  }
  const double took_ns = (double)(now_ns() - began_ns);
  seen->count = load->requests;
  seen->busy = (double)(server_cpu_ns(load->server) - cpu_ns) / took_ns;
  for (int i = 0; i < load->requests; i++) seen->responses_ns[i] = load->ended_ns[i] - load->began_ns[i];
  qsort(seen->responses_ns, (size_t)seen->count, sizeof seen->responses_ns[0], ascending);
  qsort(load->ended_ns, (size_t)seen->count, sizeof load->ended_ns[0], ascending);
  const int first = seen->count / 10, last = seen->count - 1 - first;
  seen->per_second = (last - first) / ((double)(load->ended_ns[last] - load->ended_ns[first]) / 1e9);
}

static inline double mean_ms(const struct seen* seen) {
  double sum = 0;
  for (int i = 0; i < seen->count; i++) sum += (double)seen->responses_ns[i];
  return sum / seen->count / 1e6;
}

static inline double p99_ms(const struct seen* seen) {
  return (double)seen->responses_ns[seen->count * 99 / 100] / 1e6;
}

// Two clients keep the server busy with requests that are all alike. The best of some: what others take of the CPUs
// makes it slower.
static inline void measure_full(const struct server* server, struct cost cost, struct seen* best) {
  enum { kTimes = 5 };
  static struct load load;
  static struct seen seen;
  best->per_second = 0;
  for (int i = 0; i < kTimes; i++) {
    load = (struct load){.server = server, .cost = cost, .constant = 1, .requests = 800, .clients = 2};
    measure(&load, &seen);
    if (seen.per_second > best->per_second) *best = seen;
  }
}

#endif
