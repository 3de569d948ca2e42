// Claimed by Amdahl's law (G. Amdahl, AFIPS 1967), as course texts have it: if a fifth of the work is done in sequence,
// no number of cores gives more than five times the speed.
//
// This program has rounds of a sequential phase, which takes a fifth of the work, and of a phase that two threads
// share. The share of the sequential part follows from the times with one thread and with two; its inverse is the limit
// that the law extrapolates to. The other way in which programs have a sequential fifth is a lock, under which each
// thread does a fifth of its own work. There two threads go on beside each other as long as they do not meet.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common.h"

// A part is a fifth of a round. A round is some milliseconds, so that the barriers between phases do not count.
enum { kRounds = 60, kParts = 5, kSequentialParts = 1, kThreads = 2, kSteps = 1000000, kRepeats = 3 };

static volatile uint64_t sink;

static void compute(uint64_t steps) {
  uint64_t state = steps;
  for (uint64_t i = 0; i < steps; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    __asm__ volatile("" : "+r"(state));  // Neither unrolled nor folded.
  }
  sink = state;
}

struct crew {
  int threads;
  int under_lock;
  pthread_barrier_t barrier;
  pthread_mutex_t lock;
};

struct member {
  struct crew* crew;
  int index;
  pthread_t thread;
};

static void work_in_phases(const struct member* member) {
  struct crew* crew = member->crew;
  for (int round = 0; round < kRounds; round++) {
    if (member->index == 0) compute((uint64_t)kSequentialParts * kSteps);
    pthread_barrier_wait(&crew->barrier);
    compute((uint64_t)(kParts - kSequentialParts) * kSteps / (uint64_t)crew->threads);
    pthread_barrier_wait(&crew->barrier);
  }
}

static void work_under_lock(const struct member* member) {
  struct crew* crew = member->crew;
  for (int round = 0; round < kRounds / crew->threads; round++) {
    pthread_mutex_lock(&crew->lock);
    compute((uint64_t)kSequentialParts * kSteps);
    pthread_mutex_unlock(&crew->lock);
    compute((uint64_t)(kParts - kSequentialParts) * kSteps);
  }
}

static void* work(void* argument) {
  const struct member* member = argument;
  if (member->crew->under_lock) {
    work_under_lock(member);
  } else {
    work_in_phases(member);
  }
  return NULL;
}

static double once_s(int threads, int under_lock) {
  struct crew crew = {.threads = threads, .under_lock = under_lock};
  struct member members[kThreads];
  expect_none(pthread_barrier_init(&crew.barrier, NULL, (unsigned)threads), "pthread_barrier_init");
  pthread_mutex_init(&crew.lock, NULL);
  const double began = now_s();
  for (int i = 0; i < threads; i++) {
    members[i].crew = &crew;
    members[i].index = i;
    expect_none(pthread_create(&members[i].thread, NULL, work, &members[i]), "pthread_create");
  }
  for (int i = 0; i < threads; i++) pthread_join(members[i].thread, NULL);
  const double took = now_s() - began;
  pthread_barrier_destroy(&crew.barrier);
  pthread_mutex_destroy(&crew.lock);
  return took;
}

// The fastest of some: what others take of the CPUs makes a run longer and never shorter.
static double fastest_s(int threads, int under_lock) {
  double fastest = once_s(threads, under_lock);
  for (int i = 1; i < kRepeats; i++) {
    const double next = once_s(threads, under_lock);
    if (next < fastest) fastest = next;
  }
  return fastest;
}

int main(void) {
  const double one = fastest_s(1, 0), two = fastest_s(kThreads, 0);
  const double one_locked = fastest_s(1, 1), two_locked = fastest_s(kThreads, 1);
  const double speedup = one / two;
  const double share = (kThreads / speedup - 1) / (kThreads - 1);
  printf("{\"figures\": {\"extrapolated_speedup\": %.6g, \"two_threads_speedup\": %.6g, ", 1 / share, speedup);
  printf("\"sequential_percent\": %.6g, \"two_threads_locked_speedup\": %.6g}, ", 100 * share, one_locked / two_locked);
  printf(
      "\"evidence\": [\"Two threads are %.3f times as fast as one: by Amdahl's law %.1f %% are in sequence, and the ",
      speedup, 100 * share);
  printf(
      "limit is %.2f. With a fifth of the work of each thread under a lock, they are %.3f times as fast: two threads "
      "do not "
      "show the limit of a lock.\"], ",
      1 / share, one_locked / two_locked);
  printf("\"units_created\": %d}\n", 2 * kRepeats * (1 + kThreads));
  return 0;
}
