// What the programs beside this one share: errors that end them, and the clock.
#ifndef BAKEOFF_SCRIPTS_COMMON_H
#define BAKEOFF_SCRIPTS_COMMON_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline void fail(const char* step) {
  perror(step);
  exit(1);
}

// What pthread functions return is an error number, or 0.
static inline void expect_none(int error, const char* step) {
  if (error == 0) return;
  errno = error;
  fail(step);
}

static inline int64_t now_ns(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) fail("clock_gettime");
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline double now_s(void) {
  return 1e-9 * (double)now_ns();
}

#endif
