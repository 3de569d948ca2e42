// Claimed by teaching texts: a race is not deterministic, each run can have another result.
//
// Twenty times, two threads add one to a counter a million times each, by a load and a store. The counter is an atomic
// variable that is only loaded and stored, so that the race is that of the textbooks without undefined behaviour.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "common.h"

enum { kThreads = 2, kRuns = 20, kAdditions = 1000000 };

static atomic_int counter;
static pthread_barrier_t begin;

static void* add(void* nothing) {
  pthread_barrier_wait(&begin);
  for (int i = 0; i < kAdditions; i++) {
    atomic_store_explicit(&counter, atomic_load_explicit(&counter, memory_order_relaxed) + 1, memory_order_relaxed);
  }
  return nothing;
}

static int ascending(const void* a, const void* b) {
  const int x = *(const int*)a, y = *(const int*)b;
  return (x > y) - (x < y);
}

int main(void) {
  int results[kRuns];
  expect_none(pthread_barrier_init(&begin, NULL, kThreads), "pthread_barrier_init");
  for (int run = 0; run < kRuns; run++) {
    pthread_t threads[kThreads];
    atomic_store(&counter, 0);
    for (int i = 0; i < kThreads; i++) {
      expect_none(pthread_create(&threads[i], NULL, add, NULL), "pthread_create");
    }
    for (int i = 0; i < kThreads; i++) pthread_join(threads[i], NULL);
    results[run] = atomic_load(&counter);
  }
  qsort(results, kRuns, sizeof results[0], ascending);
  int different = 1, right = 0;
  for (int run = 0; run < kRuns; run++) {
    if (run > 0 && results[run] != results[run - 1]) different++;
    if (results[run] == kThreads * kAdditions) right++;
  }
  printf("{\"figures\": {\"different_results\": %d, \"right_results\": %d, \"lowest\": %d, \"highest\": %d}, ",
         different, right, results[0], results[kRuns - 1]);
  printf("\"evidence\": [\"%d runs had %d different results, from %d to %d; %d had %d, which is right.\"], ", kRuns,
         different, results[0], results[kRuns - 1], right, kThreads * kAdditions);
  printf("\"units_created\": %d}\n", kRuns * kThreads);
  return 0;
}
