// Claimed by teaching texts: for computation, take processes, or threads that are pinned to cores.
//
// This program computes the same with as many threads as there are CPUs, with threads that are bound to one CPU each,
// and with processes. Each of them walks over memory of its own that fits into the caches of one CPU, so that to be
// moved has its price. Then all do it once more beside a process that computes wherever the scheduler puts it, and
// beside one that is bound to the first CPU. Each way has its turn several times, in an order that changes.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

enum { kMostUnits = 64, kRepeats = 3, kWords = 32768 };  // 256 KiB each.
enum way { kFree, kPinned, kProcesses, kWays };

static const int kWalks = 16000;

static volatile uint64_t sink;

// One for each unit and the last for the other process. They are there from the beginning, because memory that threads
// and processes allocate for themselves may be of another kind, which would be compared too.
static _Alignas(4096) uint64_t memory[kMostUnits + 1][kWords];

// Each step needs the one before.
static void compute(int index, int walks) {
  uint64_t* words = memory[index];
  for (int i = 0; i < kWords; i++) words[i] = (uint64_t)i;
  uint64_t state = 1;
  for (int walk = 0; walk < walks; walk++) {
    for (int i = 0; i < kWords; i++) state = words[i] += state;
  }
  sink = state;
}

static void* unit(void* index) {
  compute(*(const int*)index, kWalks);
  return NULL;
}

static int cpus[kMostUnits];
static int cpu_count;

static void find_cpus(void) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) fail("sched_getaffinity");
  for (int cpu = 0; cpu < CPU_SETSIZE && cpu_count < kMostUnits; cpu++) {
    if (CPU_ISSET(cpu, &allowed)) cpus[cpu_count++] = cpu;
  }
}

static cpu_set_t only(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return set;
}

static pid_t start_child(void) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
  }
  return child;
}

static double threads_s(int pinned) {
  pthread_t threads[kMostUnits];
  int indices[kMostUnits];
  const double began = now_s();
  for (int i = 0; i < cpu_count; i++) {
    indices[i] = i;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    const cpu_set_t one = only(cpus[i]);
    if (pinned) expect_none(pthread_attr_setaffinity_np(&attributes, sizeof one, &one), "pthread_attr_setaffinity_np");
    expect_none(pthread_create(&threads[i], &attributes, unit, &indices[i]), "pthread_create");
    pthread_attr_destroy(&attributes);
  }
  for (int i = 0; i < cpu_count; i++) pthread_join(threads[i], NULL);
  return now_s() - began;
}

static double processes_s(void) {
  pid_t children[kMostUnits];
  const double began = now_s();
  for (int i = 0; i < cpu_count; i++) {
    children[i] = start_child();
    if (children[i] == 0) {
      compute(i, kWalks);
      _exit(0);
    }
  }
  for (int i = 0; i < cpu_count; i++) {
    int status = 0;
    if (waitpid(children[i], &status, 0) != children[i] || status != 0) fail("waitpid");
  }
  return now_s() - began;
}

static pid_t start_other(int bound) {
  const pid_t child = start_child();
  if (child == 0) {
    const cpu_set_t first = only(cpus[0]);
    if (bound && sched_setaffinity(0, sizeof first, &first) != 0) _exit(1);
    for (;;) compute(kMostUnits, 1);
  }
  return child;
}

static void end_other(pid_t child) {
  int status = 0;
  kill(child, SIGKILL);
  if (waitpid(child, &status, 0) != child) fail("waitpid");
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return;
  fprintf(stderr, "found that the other process ended by itself, expected that it computes to the end\n");
  exit(1);
}

static double took_s(enum way way) {
  return way == kProcesses ? processes_s() : threads_s(way == kPinned);
}

static int ascending(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

// The median of each way, in seconds.
static void measure(double medians[kWays]) {
  double times[kWays][kRepeats];
  for (int repeat = 0; repeat < kRepeats; repeat++) {
    for (int i = 0; i < kWays; i++) {
      const int way = (i + repeat) % kWays;
      times[way][repeat] = took_s((enum way)way);
    }
  }
  for (int way = 0; way < kWays; way++) {
    qsort(times[way], kRepeats, sizeof times[way][0], ascending);
    medians[way] = times[way][kRepeats / 2];
  }
}

static void tell(const char* where, const double medians[kWays], const char* behind) {
  printf("\"%s: %d threads take %.1f ms, bound to a CPU each %.1f, and as many processes %.1f.\"%s", where, cpu_count,
         1e3 * medians[kFree], 1e3 * medians[kPinned], 1e3 * medians[kProcesses], behind);
}

int main(void) {
  find_cpus();
  double alone[kWays], beside[kWays], beside_bound[kWays];
  compute(0, kWalks);  // Uncounted.
  measure(alone);
  pid_t other = start_other(0);
  measure(beside);
  end_other(other);
  other = start_other(1);
  measure(beside_bound);
  end_other(other);
  printf("{\"figures\": {\"pinned_over_free\": %.6g, \"processes_over_threads\": %.6g, ", alone[kPinned] / alone[kFree],
         alone[kProcesses] / alone[kFree]);
  printf("\"pinned_over_free_beside\": %.6g, \"pinned_over_free_beside_bound\": %.6g, ",
         beside[kPinned] / beside[kFree], beside_bound[kPinned] / beside_bound[kFree]);
  printf("\"free_ms\": %.6g}, \"evidence\": [", 1e3 * alone[kFree]);
  tell("Alone", alone, ", ");
  tell("Beside a process that computes", beside, ", ");
  tell("Beside one that is bound to the first CPU", beside_bound, "], ");
  printf("\"units_created\": %d}\n", 3 * kRepeats * kWays * cpu_count + 2);
  return 0;
}
