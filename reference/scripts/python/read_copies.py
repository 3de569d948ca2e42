"""Claimed by course texts: copy-on-write makes fork cheap until somebody writes, so that a child that only reads has no
copies of its own.

The parent makes a list of about 64 MiB of objects and forks. One child does nothing, another one reads each object. CPython
counts the references to an object in the object, so that a read writes. What each child has of its own is Private_Dirty
in /proc/self/smaps_rollup. A third child reads after gc.freeze(), which keeps the collector from writing but does not
keep references from being counted.
"""
import gc
import json
import os
import sys

OBJECTS = 400_000
STRING_BYTES = 110


def private_dirty_kib():
    with open("/proc/self/smaps_rollup") as rollup:
        for line in rollup:
            if line.startswith("Private_Dirty:"):
                return int(line.split()[1])
    sys.exit("found no line Private_Dirty in /proc/self/smaps_rollup, expected one")


def read_all(objects):
    length = 0
    for an_object in objects:
        length += len(an_object)
    return length


def kib_of_child(action):
    """Forks a child that acts; returns how much private memory the action has given it."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            before = private_dirty_kib()
            action()
            os.write(writer, str(private_dirty_kib() - before).encode())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = pipe.read()
    _, status = os.waitpid(pid, 0)
    if status != 0:
        sys.exit(f"found the status {status} of a child, expected 0")
    return int(answer)


def main():
    before = private_dirty_kib()
    objects = [str(i) * (STRING_BYTES // len(str(i))) for i in range(OBJECTS)]
    made = private_dirty_kib() - before

    nothing = kib_of_child(lambda: None)
    reading = kib_of_child(lambda: read_all(objects))
    gc.freeze()
    frozen = kib_of_child(lambda: read_all(objects))
    print(json.dumps({
        "figures": {
            "share_copied_percent": 100 * reading / made,
            "kib_copied_by_reading": reading,
            "kib_copied_by_nothing": nothing,
        },
        "evidence": [
            f"The parent's {OBJECTS} strings and their list take {made} KiB.",
            f"After gc.freeze() in the parent, a child that read them got {frozen} KiB of its own.",
        ],
        "units_created": 3,
    }))


if __name__ == "__main__":
    main()
