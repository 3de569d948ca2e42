"""Claimed by teaching texts: a loop of 100 million steps, split over two threads of Python, takes ten seconds, and over
two processes five.

The program is that of the texts: each of two units counts 50 million down to 0 with `while n > 0: n -= 1`. First two
threads do it, then two processes. The start of the units is within what is timed, as in the texts.
"""
import json
import multiprocessing
import os
import sys
import threading
import time

STEPS = 100_000_000
UNITS = 2


def countdown(n):
    while n > 0:
        n -= 1


def seconds(make):
    began = time.perf_counter()
    units = [make(target=countdown, args=(STEPS // UNITS,)) for _ in range(UNITS)]
    for unit in units:
        unit.start()
    for unit in units:
        unit.join()
    return time.perf_counter() - began


def main():
    threads_s = seconds(threading.Thread)
    processes_s = seconds(multiprocessing.get_context("fork").Process)
    print(json.dumps({
        "figures": {
            "threads_over_processes": threads_s / processes_s,
            "threads_s": threads_s,
            "processes_s": processes_s,
        },
        "evidence": [
            f"Python {sys.version.split()[0]} counted {STEPS} steps down on {len(os.sched_getaffinity(0))} CPUs: "
            f"{threads_s:.1f} s with two threads, {processes_s:.1f} s with two processes."
        ],
        "units_created": 2 * UNITS,
    }))


if __name__ == "__main__":
    main()
