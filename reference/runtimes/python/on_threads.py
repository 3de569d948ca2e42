"""A thread per unit."""
import os
import sys
import threading
import time
from queue import Queue, SimpleQueue

from image import image
from refusal import Refusal
from work import count, ping, pong, sha256, sleep


class Counter:
    def __init__(self):
        self.value = 0


def shared_count(units, size, given):
    counter, lock, numbers = Counter(), threading.Lock(), Queue(1024)

    def plain(_):
        for _ in range(size):
            counter.value += 1

    def mutex(_):
        for _ in range(size):
            with lock:
                counter.value += 1

    def channel(index):
        if index > 0:
            for _ in range(size):
                numbers.put(1)
        else:
            for _ in range((units - 1) * size):
                counter.value += numbers.get()

    def local(index):
        n = count(index, units, size)
        with lock:
            counter.value += n

    def across_await(_):
        for _ in range(size):
            seen = counter.value
            time.sleep(0)
            counter.value = seen + 1

    add = {"plain": plain, "mutex": mutex, "channel": channel, "local": local, "across-await": across_await}[given.discipline]
    return {**run_units(add, units, together=given.start == "together"), "answer": counter.value}


def spawn(units, size, _):
    def make_units(_):
        answers = SimpleQueue()
        total = 0
        for _ in range(size):
            thread = threading.Thread(target=answers.put, args=(1,))
            start(thread, units)
            thread.join()
            total += answers.get()
        return total

    return {**run_units(make_units, units), "units_created": units + units * size}


def ping_pong(units, size, _):
    pings, pongs = SimpleQueue(), SimpleQueue()
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
DISCIPLINES = ("plain", "mutex", "channel", "local", "across-await")


def run_units(share, units, together=False):
    answers = [0] * units
    gate = threading.Event()
    if not together:
        gate.set()

    def run(index):
        gate.wait()
        answers[index] = share(index) or 0

    threading.excepthook = end_program
    begin = time.perf_counter_ns()
    # Daemons: those that wait at the gate must not keep the program alive when the system gives no further thread.
    threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(units)]
    for thread in threads:
        start(thread, units)
    alive = sum(thread.is_alive() for thread in threads) if together else 0
    work_begin = time.perf_counter_ns()
    gate.set()
    for thread in threads:
        thread.join()
    end = time.perf_counter_ns()
    work = {"work_ns": end - work_begin, "peak_live_units": alive} if together else {}
    return {"answer": sum(answers), "elapsed_ns": end - begin, **work, "units_created": units}


def start(thread, units):
    try:
        thread.start()
    except RuntimeError:
        raise Refusal("no further thread", f"{units} units") from None


ending = threading.Lock()


def end_program(failure, report=threading.excepthook):
    """Others may wait for the thread that has failed, so that nothing less ends them."""
    with ending:  # The first one to fail is the only one to say so.
        if failure.exc_type is Refusal:
            print(failure.exc_value, file=sys.stderr, flush=True)
            os._exit(Refusal.status)
        report(failure)
        os._exit(1)
