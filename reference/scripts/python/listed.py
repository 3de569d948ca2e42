"""Claimed by a concept page: ps aux lists all processes, and ps -T -p PID the threads of one.

The program starts five processes and, in its own, five threads, and looks for their numbers in what ps prints.
"""
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading

UNITS = 5


def printed_by(*command):
    """The lines below the heading, each as its words."""
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.split() for line in output.splitlines()[1:]]


def main():
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    context = multiprocessing.get_context("fork")
    processes_end, threads_end = context.Event(), threading.Event()
    processes = [context.Process(target=processes_end.wait, daemon=True) for _ in range(UNITS)]
    threads = [threading.Thread(target=threads_end.wait, daemon=True) for _ in range(UNITS)]
    try:
        for unit in processes + threads:
            unit.start()
        listed = {int(words[1]) for words in printed_by("ps", "aux")}
        of_this = [int(words[1]) for words in printed_by("ps", "-T", "-p", str(os.getpid()))]
        there = sum(name.isdigit() for name in os.listdir("/proc"))
    finally:
        processes_end.set()
        threads_end.set()
    found = sum(process.pid in listed for process in processes)
    found_threads = sum(thread.native_id in listed for thread in threads)
    print(json.dumps({
        "figures": {
            "processes_listed_percent": 100 * found / UNITS,
            "threads_listed_percent": 100 * found_threads / UNITS,
            "threads_listed_by_ps_T_percent": 100 * sum(thread.native_id in of_this for thread in threads) / UNITS,
            "lines_of_ps_T": len(of_this),
            "lines": len(listed),
            "processes_in_proc": there,
        },
        "evidence": [f"ps aux has {found} of {UNITS} processes that were started and {found_threads} of {UNITS} threads; it has "
                     f"{len(listed)} lines, and /proc has {there} processes. ps -T has {len(of_this)} lines for a process of "
                     f"{UNITS + 1} threads."],
        "units_created": 2 * UNITS,
    }))


if __name__ == "__main__":
    sys.exit(main())
