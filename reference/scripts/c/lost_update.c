// A real lost update, step by step. Claimed by teaching texts: an update is lost where a second thread reads before the
// first one has written.
//
// Two threads add one to a counter of 100, each by three steps: read, add, write. Before each step they note the time,
// which makes the gap between the read and the write longer than it is in a program. Rounds are repeated until updates
// were lost in twenty of them. Of those in which the times show that both had read before one wrote, the steps of the
// first are shown in their order.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common.h"

enum { kThreads = 2, kSteps = 3, kStart = 100, kMostRounds = 2000000, kWantedLost = 20, kSpins = 10000 };

static const int64_t kMostNs = 20000000000;

static atomic_int counter;
static atomic_int round_begun, ready, done;

struct notes {
  int64_t at[kSteps];
  int read;
  char name;
};

static struct notes notes[kThreads];

static void add_one(struct notes* mine) {
  mine->at[0] = now_ns();
  mine->read = atomic_load_explicit(&counter, memory_order_relaxed);
  mine->at[1] = now_ns();
  const int sum = mine->read + 1;
  mine->at[2] = now_ns();
  atomic_store_explicit(&counter, sum, memory_order_relaxed);
}

// On a single CPU the other thread has to run meanwhile.
static void wait_a_little(int* spins) {
  if (++*spins % kSpins == 0) sched_yield();
}

static void* other(void* argument) {
  for (int round = 1;; round++) {
    atomic_fetch_add(&ready, 1);
    int begun, spins = 0;
    while ((begun = atomic_load(&round_begun)) < round) {
      if (begun < 0) return argument;
      wait_a_little(&spins);
    }
    add_one(&notes[1]);
    atomic_fetch_add(&done, 1);
  }
}

static void show(void) {
  static const char* const kWords[kSteps] = {"reads", "adds, and has", "writes"};
  int order[kThreads * kSteps];
  const int all = kThreads * kSteps;
  for (int i = 0; i < all; i++) {
    int place = i;
    while (place > 0 &&
           notes[order[place - 1] / kSteps].at[order[place - 1] % kSteps] > notes[i / kSteps].at[i % kSteps]) {
      order[place] = order[place - 1];
      place--;
    }
    order[place] = i;
  }
  const int64_t begin = notes[order[0] / kSteps].at[order[0] % kSteps];
  for (int i = 0; i < all; i++) {
    const struct notes* who = &notes[order[i] / kSteps];
    const int step = order[i] % kSteps;
    printf("\"t%d, %3lld ns: %c %s %d\"%s", i, (long long)(who->at[step] - begin), who->name, kWords[step],
           who->read + (step == 0 ? 0 : 1), i + 1 < all ? ", " : "");
  }
}

// Whether the times show it: both reads had ended before either write began.
static int both_read_first(void) {
  const int64_t last_read = notes[0].at[1] > notes[1].at[1] ? notes[0].at[1] : notes[1].at[1];
  const int64_t first_write = notes[0].at[2] < notes[1].at[2] ? notes[0].at[2] : notes[1].at[2];
  return last_read <= first_write;
}

int main(void) {
  notes[0].name = 'A';
  notes[1].name = 'B';
  pthread_t thread;
  expect_none(pthread_create(&thread, NULL, other, NULL), "pthread_create");
  int rounds = 0, lost = 0, shown = 0;
  struct notes first_shown[kThreads];
  const int64_t began = now_ns();
  while ((lost < kWantedLost || shown == 0) && rounds < kMostRounds && now_ns() - began < kMostNs) {
    int spins = 0;
    while (atomic_load(&ready) <= rounds) wait_a_little(&spins);
    atomic_store(&counter, kStart);
    rounds++;
    atomic_store(&round_begun, rounds);
    add_one(&notes[0]);
    while (atomic_load(&done) < rounds) wait_a_little(&spins);
    if (atomic_load(&counter) != kStart + 1) continue;
    lost++;
    if (!both_read_first()) continue;
    if (shown++ > 0) continue;
    first_shown[0] = notes[0];
    first_shown[1] = notes[1];
  }
  atomic_store(&round_begun, -1);
  pthread_join(thread, NULL);
  if (shown == 0) {
    fprintf(stderr,
            "found no such round among %d, %d of them with a lost update, expected one: do both threads share a CPU?\n",
            rounds, lost);
    return 2;
  }
  notes[0] = first_shown[0];
  notes[1] = first_shown[1];
  printf("{\"figures\": {\"shown_by_times_percent\": %.6g, \"lost\": %d, \"rounds\": %d}, \"evidence\": [",
         100.0 * shown / lost, lost, rounds);
  show();
  printf(", \"At the end the counter is %d and not %d: in %d of %d rounds an update was lost.\"], ", kStart + 1,
         kStart + kThreads, lost, rounds);
  printf("\"units_created\": %d}\n", kThreads);
  return 0;
}
