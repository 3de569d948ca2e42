"""A forked process per unit, by the means of multiprocessing."""
import gc
import multiprocessing
import os
import resource
import selectors
import sys
import time
from ctypes import Structure, c_uint64

from image import image
from refusal import Refusal
from work import count, ping, pong, sha256, sleep

context = multiprocessing.get_context("fork")


def shared_count(units, size, given):
    counter, numbers = context.Value(c_uint64), context.Queue(1024)
    # In shared memory, without the lock that counter.value takes for each access.
    number, lock = counter.get_obj(), counter.get_lock()

    def plain(_):
        for _ in range(size):
            number.value += 1

    def mutex(_):
        for _ in range(size):
            with lock:
                number.value += 1

    def channel(index):
        if index > 0:
            for _ in range(size):
                numbers.put(1)
        else:
            total = 0
            for _ in range((units - 1) * size):
                total += numbers.get()
            number.value = total

    def local(index):
        n = count(index, units, size)
        with lock:
            number.value += n

    add = {"plain": plain, "mutex": mutex, "channel": channel, "local": local}[given.discipline]
    return {**run_units(add, units, together=given.start == "together"), "answer": number.value}


def spawn(units, size, _):
    def make_units(_):
        answers = context.SimpleQueue()
        total = 0
        for _ in range(size):
            process = context.Process(target=answers.put, args=(1,))
            start(process, units)
            join(process, units)
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


class Share(Structure):
    _fields_ = [("begin", c_uint64), ("end", c_uint64), ("answer", c_uint64)]


class Gate:
    """Opens when all processes are at it. A pipe's end is read when nobody can write to it any more, whoever dies."""

    def __init__(self):
        self.arrivals, self.arriving = os.pipe()
        self.gate, self.opener = os.pipe()

    def wait(self):
        os.close(self.arriving)
        os.close(self.opener)
        os.read(self.gate, 1)

    def open(self):
        os.close(self.arriving)
        os.read(self.arrivals, 1)
        os.close(self.opener)


def run_units(share, units, together=False):
    # Each process takes two descriptors of its parent.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    shares = context.RawArray(Share, units)
    gate = Gate() if together else None

    def run(index):
        gc.enable()
        mine = shares[index]
        try:
            if gate:
                gate.wait()
            mine.begin = time.perf_counter_ns()
            mine.answer = share(index) or 0
            mine.end = time.perf_counter_ns()
        except Refusal:
            sys.exit(Refusal.status)  # The parent says why.

    begin = time.perf_counter_ns()
    processes = [context.Process(target=run, args=(index,)) for index in range(units)]
    # As the documentation of gc advises, so that fewer pages are copied.
    gc.disable()
    getattr(gc, "freeze", int)()
    running = selectors.DefaultSelector()
    try:
        for process in processes:
            start(process, units)
            running.register(process.sentinel, selectors.EVENT_READ, process)
        if gate:
            gate.open()
        join_all(running, units)
    finally:
        for process in processes:
            if process.pid and process.exitcode is None:
                process.kill()
    end = time.perf_counter_ns()
    work = {}
    if together:  # None has ended before all had come to the gate.
        work_ns = max(mine.end for mine in shares) - min(mine.begin for mine in shares)
        work = {"work_ns": work_ns, "peak_live_units": units}
    answer = sum(mine.answer for mine in shares)
    return {"answer": answer, "elapsed_ns": end - begin, **work, "units_created": units}


def start(process, units):
    try:
        process.start()
    except OSError as error:
        raise Refusal(f"no further process ({error.strerror})", f"{units} units") from None


def join_all(running, units):
    """Joins them in the order in which they end, because others may wait for one that has failed."""
    while running.get_map():
        for ended, _ in running.select():
            running.unregister(ended.fd)
            join(ended.data, units)


def join(process, units):
    process.join()
    if process.exitcode == Refusal.status:
        raise Refusal("no further process", f"{units} units")
    if process.exitcode != 0:
        sys.exit(f"found the exit code {process.exitcode} of {process.name}, expected 0")
