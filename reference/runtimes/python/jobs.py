"""The jobs of bakeoff on threads, processes or coroutines: python-threads, -processes, -asyncio.

Each unit does its share and gives its answer; the answers are added up.
"""
import argparse
import asyncio
import json
import re
import sys

import on_asyncio
import on_processes
import on_threads
from server import facts
from work import MASK

MODELS = {"threads": on_threads, "processes": on_processes, "asyncio": on_asyncio}


def refuse(found, expected):
    print(f"found {found}, expected {expected}", file=sys.stderr)
    sys.exit(2)


def check(model, given):
    """Refuses what cannot be done as it was asked for."""
    if given.job not in model.JOBS:
        refuse(f"the job {given.job}", "one of " + ", ".join(model.JOBS))
    if given.units < 1:
        refuse(f"{given.units} units", "1 at least")
    if given.job == "ping-pong" and given.units != 2:
        refuse(f"{given.units} units", "2 for ping-pong")
    if given.job == "skynet" and not re.fullmatch("10*", str(given.size)):
        refuse(f"the size {given.size}", "a power of ten for skynet")
    if given.job == "shared-count":
        if given.discipline not in model.DISCIPLINES:
            refuse(f"the discipline {given.discipline}", "one of " + ", ".join(model.DISCIPLINES))
        if given.discipline == "channel" and given.units < 2:
            refuse(f"{given.units} unit", "2 at least for the discipline channel")


def main():
    words = argparse.ArgumentParser()
    words.add_argument("model", choices=MODELS)
    words.add_argument("job")
    words.add_argument("--units", type=int, required=True)
    words.add_argument("--size", type=int, required=True)
    words.add_argument("--discipline", help="of shared-count: how a unit adds")
    given = words.parse_args()
    model = MODELS[given.model]
    check(model, given)
    try:
        outcome = model.JOBS[given.job](given.units, given.size, given.discipline)
        if asyncio.iscoroutine(outcome):
            outcome = asyncio.run(outcome)
    except (ImportError, OSError, RuntimeError) as error:  # The system gives no further thread or process, say.
        refuse(error, f"what {given.units} units on {given.model} need")
    outcome["answer"] &= MASK
    print(json.dumps({**outcome, "runtime": facts()}))


if __name__ == "__main__":
    main()
