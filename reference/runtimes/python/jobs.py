"""The jobs of bakeoff on threads, processes or coroutines: python-threads, -processes, -asyncio.

Each unit does its share and gives its answer; the answers are added up.
"""
import argparse
import asyncio
import hashlib
import json
import multiprocessing
import struct
import threading
import time

from server import facts

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def stream_of(seed, connection):
    return mix((mix((seed + GOLDEN) & MASK) + (connection + 1) * GOLDEN) & MASK)


def drawn(stream, size):
    """Bytes of a stream: word by word, low byte first, each drawn by the place of its first byte."""
    return b"".join(struct.pack("<Q", mix((stream + (at + 1) * GOLDEN) & MASK)) for at in range(0, size, 8))


def count(_, __, size):
    # A number of this unit's own: what is passed in is shared, and its references are counted by all units.
    size = int(str(size))
    n = 0
    while n < size:
        n += 1
    return n


def sha256(index, units, size):
    answer = 0
    for block in range(index, size * 16, units):
        total = mix((block + GOLDEN) & MASK)
        for word in struct.unpack(">4Q", hashlib.sha256(drawn(stream_of(4, block), 65536)).digest()):
            total = mix(total ^ word)
        answer = (answer + total) & MASK
    return answer


JOBS = {"count": (count, 300_000_000), "sha256": (sha256, 128)}


def run_threads(job, units, size):
    answers = [0] * units

    def run(index):
        answers[index] = job(index, units, size)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(units)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def run_processes(job, units, size):
    with multiprocessing.get_context("fork").Pool(units) as pool:
        return pool.starmap(job, [(index, units, size) for index in range(units)], chunksize=1)


def run_asyncio(job, units, size):
    async def run(index):
        return job(index, units, size)  # It never waits, so that one runs after the other.

    async def run_all():
        return await asyncio.gather(*(run(index) for index in range(units)))

    return asyncio.run(run_all())


def main():
    words = argparse.ArgumentParser()
    words.add_argument("model", choices=["threads", "processes", "asyncio"])
    words.add_argument("job", choices=JOBS)
    words.add_argument("--units", type=int, default=1)
    words.add_argument("--size", type=int, default=0)
    given = words.parse_args()
    job, default = JOBS[given.job]
    run = {"threads": run_threads, "processes": run_processes, "asyncio": run_asyncio}[given.model]
    begin = time.perf_counter_ns()
    answers = run(job, given.units, given.size or default)
    elapsed = time.perf_counter_ns() - begin
    print(json.dumps({
        "answer": sum(answers) & MASK, "elapsed_ns": elapsed, "units_created": given.units, "runtime": facts(),
    }))


if __name__ == "__main__":
    main()
