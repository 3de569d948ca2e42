"""Claimed by a concept page and by CPython's documentation: libraries give the interpreter's lock back while they
compute, so that threads gain by them what they do not gain by bytecode.

The same two pieces of work are done one after the other, and then by two threads: hashlib.sha256 over 16 MiB,
zlib.compress of 4 MiB, and a loop of bytecode. All bytes are there before the clock starts. A speedup is the time one
after the other over the time of the two threads, the median of three.
"""
import hashlib
import json
import os
import statistics
import sys
import threading
import time
import zlib

REPETITIONS = 3
MIB = 1024 * 1024
HASHED = os.urandom(16 * MIB)
COMPRESSED = os.urandom(MIB // 2) * 8


def sha256():
    hashlib.sha256(HASHED).digest()


def compress():
    zlib.compress(COMPRESSED, 6)


def bytecode():
    n = 2_000_000
    while n > 0:
        n -= 1


def seconds(run):
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def speedup(work):
    def one_after_the_other():
        work()
        work()

    def two_threads():
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    work()
    return statistics.median(seconds(one_after_the_other) / seconds(two_threads) for _ in range(REPETITIONS))


def main():
    print(json.dumps({
        "figures": {
            "hashlib_speedup": speedup(sha256),
            "zlib_speedup": speedup(compress),
            "bytecode_speedup": speedup(bytecode),
        },
        "evidence": [
            f"Python {sys.version.split()[0]} did each piece of work twice on {len(os.sched_getaffinity(0))} CPUs, "
            "one after the other and by two threads."
        ],
        "units_created": 3 * 2 * REPETITIONS,
    }))


if __name__ == "__main__":
    main()
