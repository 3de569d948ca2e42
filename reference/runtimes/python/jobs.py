"""The jobs of bakeoff on threads, processes or coroutines: python-threads, -processes, -asyncio.

Each unit does its share and gives its answer; the answers are added up.
"""
import argparse
import json
import re
import sys
from importlib import import_module

from facts import facts
from refusal import Refusal

MODELS = ("threads", "processes", "asyncio")
STARTS = ("together", "as-written")


class Words(argparse.ArgumentParser):
    def error(self, message):
        raise Refusal(f"a false command line ({message})", "what --help says")


def number(word):
    if not re.fullmatch("[1-9][0-9]{0,18}", word):
        raise Refusal(f"the number {word!r}", "a whole number, 1 at least")
    return int(word)


def one_of(names):
    return "one of " + ", ".join(names)


def given_words():
    words = Words()
    words.add_argument("model", help=one_of(MODELS))
    words.add_argument("job")
    words.add_argument("--units", type=number, required=True)
    words.add_argument("--size", type=number, required=True)
    words.add_argument("--discipline", help="of shared-count: how a unit adds")
    words.add_argument("--start", help="of shared-count: when a unit begins, " + one_of(STARTS))
    return words.parse_args()


def check(model, given):
    """Refuses what cannot be done as it was asked for."""
    if given.job not in model.JOBS:
        raise Refusal(f"the job {given.job!r}", one_of(model.JOBS))
    if given.job == "ping-pong" and given.units != 2:
        raise Refusal(f"{given.units} units", "2 for ping-pong")
    if given.job == "skynet" and not re.fullmatch("10*", str(given.size)):
        raise Refusal(f"the size {given.size}", "a power of ten for skynet")
    if given.job == "shared-count":
        if given.discipline not in model.DISCIPLINES:
            raise Refusal(f"the discipline {given.discipline!r}", one_of(model.DISCIPLINES))
        if given.start not in STARTS:
            raise Refusal(f"the start {given.start!r}", one_of(STARTS))
        if given.discipline == "channel" and given.units < 2:
            raise Refusal(f"{given.units} unit", "2 at least for the discipline channel")


def main():
    given = given_words()
    if given.model not in MODELS:
        raise Refusal(f"the model {given.model!r}", one_of(MODELS))
    model = import_module("on_" + given.model)
    check(model, given)
    outcome = model.JOBS[given.job](given.units, given.size, given)
    outcome["answer"] %= 2**64
    print(json.dumps({**outcome, "runtime": facts()}))


if __name__ == "__main__":
    try:
        main()
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(Refusal.status)
