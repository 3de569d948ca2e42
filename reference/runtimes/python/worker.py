"""Workers that take jobs from a queue in Redis (workloads/PROTOCOLS.md): threads, tasks of asyncio, or forked processes.

Conversation knows what is said and what has to be read, but not who waits: it yields the bytes to send with the number
of replies that they have, or the seconds to wait, and is sent what came.
"""
import argparse
import asyncio
import gc
import json
import os
import signal
import socket
import sys
import threading
import time

from facts import facts

MASK = 2**64 - 1


def work(n):
    state = answer = n
    for _ in range(n):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        answer = ((answer ^ z ^ (z >> 31)) * 0x9E3779B97F4A7C15) & MASK
    return answer


def command(*words):
    return b"".join([b"*%d\r\n" % len(words)] + [b"$%d\r\n%s\r\n" % (len(word), word) for word in words])


def conversation(name, after):
    taken = f"taken:{name}".encode()
    take = command(b"BLMOVE", b"jobs", taken, b"LEFT", b"RIGHT", b"0") if after else command(b"BLPOP", b"jobs", b"0")
    job = None
    while True:
        if after and job:
            _, job = yield command(b"LREM", taken, b"1", job) + take, 2
        else:
            (job,) = yield take, 1
        begin = time.time_ns()
        identity, kind, amount = job.split(b" ")
        answer = int(amount)
        if kind == b"wait":
            yield None, answer / 1e6
        else:
            answer = work(answer)
        yield command(b"RPUSH", b"records", b"%s %d %d %d" % (identity, begin, time.time_ns(), answer)), 1


def check(line):
    if not line.endswith(b"\r\n"):
        sys.exit("the queue closed the connection of a worker")
    if line.startswith(b"-"):
        sys.exit(f"the queue said {line!r}")
    return line[:1], line[1:-2]


def read_reply(stream):
    """The text of a reply; of an array, its last one."""
    kind, rest = check(stream.readline())
    if kind == b"$":
        return stream.read(int(rest) + 2)[:-2]
    if kind == b"*":
        return [read_reply(stream) for _ in range(int(rest))][-1]
    return rest


def take_jobs(connection, name, after):
    stream, talk, came = connection.makefile("rb"), conversation(name, after), None
    while True:
        request, count = talk.send(came)
        if request is None:
            time.sleep(count)
            came = None
        else:
            connection.sendall(request)
            came = [read_reply(stream) for _ in range(count)]


async def read_reply_async(reader):
    kind, rest = check(await reader.readline())
    if kind == b"$":
        return (await reader.readexactly(int(rest) + 2))[:-2]
    if kind == b"*":
        return [await read_reply_async(reader) for _ in range(int(rest))][-1]
    return rest


async def take_jobs_async(reader, writer, name, after):
    talk, came = conversation(name, after), None
    while True:
        request, count = talk.send(came)
        if request is None:
            await asyncio.sleep(count)
            came = None
        else:
            writer.write(request)
            came = [await read_reply_async(reader) for _ in range(count)]


def say_ready(units):
    print(json.dumps({"ready": True, "units": units, "runtime": facts()}), flush=True)


def connect(queue):
    connection = socket.create_connection(queue)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def on_threads(queue, units, after):
    def end(failure):
        print(failure.exc_value, file=sys.stderr, flush=True)
        os._exit(1)

    threading.excepthook = end

    def run(connection, index):
        try:
            take_jobs(connection, f"{os.getpid()}:{index}", after)
        except SystemExit as ended:  # It would end the thread alone.
            raise RuntimeError(ended.code) from None

    for index in range(units):
        threading.Thread(target=run, args=(connect(queue), index), daemon=True).start()
    say_ready(units)
    threading.Event().wait()


def on_asyncio(queue, units, after):
    async def run():
        tasks = []
        for index in range(units):
            reader, writer = await asyncio.open_connection(*queue)
            name = f"{os.getpid()}:{index}"
            tasks.append(asyncio.create_task(take_jobs_async(reader, writer, name, after)))
        say_ready(units)
        await asyncio.gather(*tasks)

    asyncio.run(run())


def on_processes(queue, units, after):
    workers = set()

    def end_workers():
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
            os.waitpid(worker, 0)

    def stop(*_):
        end_workers()
        os._exit(0)

    def fork_one():
        connection = connect(queue)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        worker = os.fork()
        if worker == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            try:
                take_jobs(connection, f"{os.getpid()}:0", after)
            finally:
                os._exit(1)  # The parent says why, when it connects for the next one.
        workers.add(worker)
        connection.close()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

    # As the documentation of gc advises, so that fewer pages are copied.
    gc.disable()
    gc.freeze()
    signal.signal(signal.SIGTERM, stop)
    try:
        for _ in range(units):
            fork_one()
        say_ready(units)
        while True:
            ended, _ = os.wait()
            workers.discard(ended)
            fork_one()
    except OSError as error:
        print(error, file=sys.stderr, flush=True)
        end_workers()
        sys.exit(1)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("unit", choices=["threads", "asyncio", "processes"])
    arguments.add_argument("--queue", required=True, help="where Redis listens: 127.0.0.1:6379")
    arguments.add_argument("--units", type=int, default=1)
    arguments.add_argument("--acknowledge", choices=["after", "before"], default="after")
    given = arguments.parse_args()
    host, _, port = given.queue.rpartition(":")
    run = {"threads": on_threads, "asyncio": on_asyncio, "processes": on_processes}[given.unit]
    run((host, int(port)), given.units, given.acknowledge == "after")


main()
