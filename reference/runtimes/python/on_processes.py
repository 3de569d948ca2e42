"""A forked process per unit, by the means of multiprocessing."""
import multiprocessing
import resource
import selectors
import sys
import time
from ctypes import c_uint64

from image import image
from work import count, ping, pong, sha256, sleep

context = multiprocessing.get_context("fork")


def shared_count(units, size, discipline):
    counter, numbers = context.Value(c_uint64), context.Queue(1024)

    def plain(_):
        number = counter.get_obj()  # In shared memory, without the lock that counter.value takes for each access.
        for _ in range(size):
            number.value += 1

    def mutex(_):
        for _ in range(size):
            with counter.get_lock():
                counter.value += 1

    def channel(index):
        if index > 0:
            for _ in range(size):
                numbers.put(1)
        else:
            total = 0
            for _ in range((units - 1) * size):
                total += numbers.get()
            counter.value = total

    def local(index):
        n = count(index, units, size)
        with counter.get_lock():
            counter.value += n

    add = {"plain": plain, "mutex": mutex, "channel": channel, "local": local}[discipline]
    return {**run_units(add, units, together=True), "answer": counter.value}


def spawn(units, size, _):
    def make_units(_):
        answers = context.SimpleQueue()
        total = 0
        for _ in range(size):
            process = context.Process(target=answers.put, args=(1,))
            process.start()
            join(process)
            total += answers.get()
        return total

    return {**run_units(make_units, units), "units_created": units + units * size}


def ping_pong(units, size, _):
    pings, pongs = context.SimpleQueue(), context.SimpleQueue()
    return run_units(lambda index: (ping, pong)[index](pings, pongs, size), units, together=True)


def alone(share, together=False):
    """A job whose units do their shares without each other."""
    return lambda units, size, _: run_units(lambda index: share(index, units, size), units, together)


JOBS = {
    "count": alone(count),
    "sha256": alone(sha256),
    "image": alone(image),
    "shared-count": shared_count,
    "spawn": spawn,
    "sleepers": alone(sleep, together=True),
    "ping-pong": ping_pong,
}
DISCIPLINES = ("plain", "mutex", "channel", "local")


def run_units(share, units, together=False):
    # Each process takes two descriptors of its parent.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    answers = context.RawArray(c_uint64, units)
    gate = context.Event()
    if not together:
        gate.set()

    def run(index):
        gate.wait()
        answers[index] = share(index) or 0

    begin = time.perf_counter_ns()
    processes = [context.Process(target=run, args=(index,)) for index in range(units)]
    try:
        for process in processes:
            process.start()
        work_begin = time.perf_counter_ns()
        gate.set()
        join_all(processes)
    finally:
        for process in processes:
            if process.pid and process.exitcode is None:
                process.kill()
    end = time.perf_counter_ns()
    work = {"work_ns": end - work_begin} if together else {}
    return {"answer": sum(answers), "elapsed_ns": end - begin, **work, "units_created": units}


def join_all(processes):
    """Joins them in the order in which they end, because others may wait for one that has failed."""
    with selectors.DefaultSelector() as running:
        for process in processes:
            running.register(process.sentinel, selectors.EVENT_READ, process)
        while running.get_map():
            for ended, _ in running.select():
                running.unregister(ended.fd)
                join(ended.data)


def join(process):
    process.join()
    if process.exitcode != 0:
        sys.exit(f"found the exit code {process.exitcode} of {process.name}, expected 0")
