"""What the interpreter says of itself, in ready lines and in job lines."""
import os
import platform
import sys


def facts():
    pypy = getattr(sys, "pypy_version_info", None)
    facts = {
        "name": platform.python_implementation().lower(),
        "version": "%d.%d.%d" % pypy[:3] if pypy else platform.python_version(),
        "collector": "generations" if pypy else "reference counts, and a collector for cycles",
    }
    if hasattr(os, "sched_getaffinity"):
        facts["cpus"] = len(os.sched_getaffinity(0))
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        facts["flags"] = ["no gil"]
    return facts
