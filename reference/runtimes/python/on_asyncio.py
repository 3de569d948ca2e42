"""A task of asyncio per unit, all on one thread: whoever does not wait holds up the others."""
import asyncio
import time

from image import image
from work import count, sha256


class Counter:
    def __init__(self):
        self.value = 0


async def shared_count(units, size, given):
    counter, lock, numbers = Counter(), asyncio.Lock(), asyncio.Queue(1024)

    async def plain(_):
        for _ in range(size):
            counter.value += 1

    async def mutex(_):
        for _ in range(size):
            async with lock:
                counter.value += 1

    async def channel(index):
        if index > 0:
            for _ in range(size):
                await numbers.put(1)
        else:
            for _ in range((units - 1) * size):
                counter.value += await numbers.get()

    async def local(index):
        n = count(index, units, size)
        async with lock:
            counter.value += n

    async def across_await(_):
        for _ in range(size):
            seen = counter.value
            await asyncio.sleep(0)
            counter.value = seen + 1

    async def locked_await(_):
        for _ in range(size):
            async with lock:
                seen = counter.value
                await asyncio.sleep(0)
                counter.value = seen + 1

    add = {
        "plain": plain,
        "mutex": mutex,
        "channel": channel,
        "local": local,
        "across-await": across_await,
        "locked-await": locked_await,
    }[given.discipline]
    return {**await run_units(add, units, together=given.start == "together"), "answer": counter.value}


async def spawn(units, size, _):
    async def one():
        return 1

    async def make_units(_):
        total = 0
        for _ in range(size):
            total += await asyncio.create_task(one())
        return total

    return {**await run_units(make_units, units), "units_created": units + units * size}


async def sleepers(units, size, _):
    async def sleep(_):
        await asyncio.sleep(size / 1000)
        return 1

    return await run_units(sleep, units, together=True)


async def skynet(units, size, _):
    async def tree(first, leaves):
        if leaves == 1:
            return first
        leaves //= 10
        return sum(await asyncio.gather(*(tree(first + i * leaves, leaves) for i in range(10))))

    async def root(index):
        answer = await tree(0, size)
        return answer if index == 0 else 0

    return {**await run_units(root, units), "units_created": units * (size * 10 // 9)}


async def ping_pong(units, size, _):
    pings, pongs = asyncio.Queue(), asyncio.Queue()

    async def ping():
        number = 0
        for _ in range(size):
            await pings.put(number)
            number = await pongs.get()
        return number

    async def pong():
        for _ in range(size):
            await pongs.put(await pings.get() + 1)
        return 0

    return await run_units(lambda index: (ping, pong)[index](), units, together=True)


def alone(share):
    """A job whose units never wait, so that one runs after the other."""
    async def run(units, size, _):
        async def unit(index):
            return share(index, units, size)

        return await run_units(unit, units)

    return run


COROUTINES = {
    "count": alone(count),
    "sha256": alone(sha256),
    "image": alone(image),
    "shared-count": shared_count,
    "spawn": spawn,
    "sleepers": sleepers,
    "skynet": skynet,
    "ping-pong": ping_pong,
}


def on_a_loop(coroutine):
    return lambda *given: asyncio.run(coroutine(*given))


JOBS = {job: on_a_loop(coroutine) for job, coroutine in COROUTINES.items()}
DISCIPLINES = ("plain", "mutex", "channel", "local", "across-await", "locked-await")


async def run_units(unit, units, together=False):
    begin = time.perf_counter_ns()
    # None of them runs before this coroutine waits, so that they begin together.
    tasks = [asyncio.create_task(unit(index)) for index in range(units)]
    work_begin = time.perf_counter_ns()
    answers = await asyncio.gather(*tasks)
    end = time.perf_counter_ns()
    work = {"work_ns": end - work_begin, "peak_live_units": len(tasks)} if together else {}
    return {"answer": sum(answer or 0 for answer in answers), "elapsed_ns": end - begin, **work, "units_created": units}
