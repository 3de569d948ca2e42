"""Claimed by a blog post: a multiprocessing.Process is reaped by p.join() or p.wait().

The program asks a Process whether it has the two methods. Then it starts children that end at once, waits until the
kernel shows each as a zombie (state Z in /proc/PID/stat), and looks whether it is gone after join(), after
multiprocessing.active_children(), and after the start of a further Process.
"""
import json
import multiprocessing
import sys
import time


def state_of(pid):
    """The letter of the kernel for a process, or None where there is none."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return None


def nothing():
    pass


def zombie(context):
    """A Process that has ended and is not reaped. Nothing that is called here reaps."""
    process = context.Process(target=nothing)
    process.start()
    until = time.monotonic() + 10
    while state_of(process.pid) != "Z":
        if time.monotonic() > until:
            sys.exit(f"found state {state_of(process.pid)} of a child after 10 s, expected Z")
        time.sleep(0.001)
    return process


def is_reaped(process):
    return state_of(process.pid) is None


def main():
    context = multiprocessing.get_context("fork")
    joined = zombie(context)
    joined.join()
    by_join = is_reaped(joined)

    asked = zombie(context)
    multiprocessing.active_children()
    by_active_children = is_reaped(asked)

    earlier = zombie(context)
    later = context.Process(target=nothing)
    later.start()
    by_next_start = is_reaped(earlier)
    for process in (asked, earlier, later):
        process.join()

    has_wait, has_join = hasattr(joined, "wait"), hasattr(joined, "join")
    print(json.dumps({
        "figures": {
            "has_wait_yes_or_no": int(has_wait),
            "has_join_yes_or_no": int(has_join),
            "reaped_by_join_yes_or_no": int(by_join),
            "reaped_by_active_children_yes_or_no": int(by_active_children),
            "reaped_by_next_start_yes_or_no": int(by_next_start),
        },
        "evidence": [
            f"Process has {'a' if has_join else 'no'} join() and {'a' if has_wait else 'no'} wait().",
            "Each child was in state Z before the call.",
        ],
        "complaint": "" if has_join and by_join and by_active_children else "a child that had ended was not reaped",
        "units_created": 4,
    }))


if __name__ == "__main__":
    main()
