// Claimed by a well-known benchmark: it prints the price of a context switch between two processes, which it takes to
// be its time over four switches for each of its rounds.
//
// This program has the same round, written anew: two processes hand a futex in shared memory to each other. Each sets
// the word, wakes the other one and sleeps until the word is changed; a call that did not succeed gives the CPU up and
// is repeated. The kernel counts the switches (voluntary and involuntary, of both processes). The price is calculated
// once with the four that are assumed and once with those that were counted.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kRounds = 50000, kAssumedPerRound = 4 };
enum { kOfParent = 1, kOfChild = 2 };

static void fail(const char* step) {
  perror(step);
  exit(1);
}

static void sleep_while(uint32_t* word, uint32_t value) {
  while (syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0) != 0) sched_yield();
}

static void wake_the_other(uint32_t* word) {
  while (syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0) == 0) sched_yield();
}

static void be_child(uint32_t* word) {
  for (int round = 0; round < kRounds; round++) {
    sched_yield();
    sleep_while(word, kOfParent);
    __atomic_store_n(word, kOfChild, __ATOMIC_SEQ_CST);
    wake_the_other(word);
  }
}

static void be_parent(uint32_t* word) {
  for (int round = 0; round < kRounds; round++) {
    __atomic_store_n(word, kOfParent, __ATOMIC_SEQ_CST);
    wake_the_other(word);
    sched_yield();
    sleep_while(word, kOfChild);
  }
}

static double now_ns(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) fail("clock_gettime");
  return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static long switches(int whose) {
  struct rusage usage;
  if (getrusage(whose, &usage) != 0) fail("getrusage");
  return usage.ru_nvcsw + usage.ru_nivcsw;
}

// Both processes on one CPU: the child inherits it.
static void stay_here(void) {
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET(sched_getcpu(), &here);
  if (sched_setaffinity(0, sizeof here, &here) != 0) fail("sched_setaffinity");
}

int main(int argc, char** argv) {
  if (argc != 2 || (strcmp(argv[1], "any") != 0 && strcmp(argv[1], "same") != 0)) {
    fprintf(stderr, "found \"%s\", expected any or same\n", argc > 1 ? argv[1] : "");
    return 2;
  }
  if (strcmp(argv[1], "same") == 0) stay_here();
  uint32_t* word = mmap(NULL, sizeof *word, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (word == MAP_FAILED) fail("mmap");
  *word = kOfParent;
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent) be_child(word);
    _exit(0);
  }

  const long before = switches(RUSAGE_SELF);
  const double began = now_ns();
  be_parent(word);
  const double took = now_ns() - began;
  const long of_parent = switches(RUSAGE_SELF) - before;
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) fail("waitpid");
  const double counted = (double)(of_parent + switches(RUSAGE_CHILDREN));

  const double assumed = (double)kRounds * kAssumedPerRound;
  cpu_set_t cpus;
  if (sched_getaffinity(0, sizeof cpus, &cpus) != 0) fail("sched_getaffinity");
  printf("{\"figures\": {\"counted_over_assumed\": %.6g, \"assumed_ns\": %.6g, \"counted_ns\": %.6g}, ",
         assumed / counted, took / assumed, took / counted);
  const int count = CPU_COUNT(&cpus);
  printf(
      "\"evidence\": [\"On %d CPU%s the kernel counted %.3g switches per round, where the benchmark assumes %d.\"], ",
      count, count == 1 ? "" : "s", counted / kRounds, kAssumedPerRound);
  printf("\"units_created\": 2}\n");
  return 0;
}
