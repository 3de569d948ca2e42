"""Claimed by a blog post: 1,000 threads are made in less time than 100 processes, and a thread is 10 to 50 times cheaper.

The program is the script of the post: it makes 1,000 threads, starts them all and joins them all, and the same with 100
processes. The post compares the two totals, although it makes ten times as many threads; this program divides each
total by its number. A spawned process starts an interpreter, so there are 20 of them. The argument is the start method
of multiprocessing; the default of Python on Linux is fork up to 3.13, and forkserver since 3.14. The time of the first
forkserver child, which starts the server, is not counted.
"""
import json
import multiprocessing
import sys
import threading
import time
from multiprocessing import forkserver, resource_tracker

THREADS = 1000
PROCESSES = {"fork": 100, "forkserver": 100, "spawn": 20}


def nothing():
    pass


def each_us(make, count):
    began = time.perf_counter()
    units = [make(target=nothing) for _ in range(count)]
    for unit in units:
        unit.start()
    for unit in units:
        unit.join()
    return (time.perf_counter() - began) / count * 1e6


def end_helpers():
    """Ends the server of forkserver and the resource tracker, which would end by themselves shortly after this process.

    Nothing public does it.
    """
    forkserver._forkserver._stop()
    resource_tracker._resource_tracker._stop()


def main():
    method = sys.argv[1] if len(sys.argv) > 1 else "fork"
    if len(sys.argv) > 2 or method not in PROCESSES:
        print(f"found {' '.join(sys.argv[1:])}, expected one of {', '.join(PROCESSES)}", file=sys.stderr)
        sys.exit(2)
    context = multiprocessing.get_context(method)
    count = PROCESSES[method]
    thread_us = each_us(threading.Thread, THREADS)
    if method == "forkserver":
        each_us(context.Process, 1)
    process_us = each_us(context.Process, count)
    end_helpers()
    print(json.dumps({
        "figures": {
            "process_over_thread": process_us / thread_us,
            "thread_us": thread_us,
            "process_us": process_us,
        },
        "evidence": [f"Python {sys.version.split()[0]} made {THREADS} threads, and {count} processes by {method}."],
        "units_created": THREADS + count,
    }))


if __name__ == "__main__":
    main()
