"""Claimed by course texts: a system can hold many more threads than processes.

The kernel counts both as tasks. The program allows its user 400 more tasks than there are (RLIMIT_NPROC), makes threads until
the kernel refuses one, and after their end processes until it refuses one.
"""
import errno
import json
import os
import resource
import signal
import sys
import threading

MORE = 400
# What is there beside the tasks of this program may change meanwhile.
MOST_TRIED = 2 * MORE


def tasks_of_user():
    count = 0
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:
            pass  # It has ended.
    return count


def threads_until_refused():
    end = threading.Event()
    threads = []
    try:
        while len(threads) < MOST_TRIED:
            thread = threading.Thread(target=end.wait)
            thread.start()
            threads.append(thread)
    except RuntimeError:
        pass  # "can't start new thread"
    finally:
        end.set()
        for thread in threads:
            thread.join()
    return len(threads)


def processes_until_refused():
    children = []
    try:
        while len(children) < MOST_TRIED:
            child = os.fork()
            if child == 0:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                signal.pause()
                os._exit(0)
            children.append(child)
    except OSError as error:
        if error.errno != errno.EAGAIN:
            raise
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return len(children)


def main():
    if os.geteuid() == 0:
        print("found root, expected another user: RLIMIT_NPROC does not limit root", file=sys.stderr)
        sys.exit(2)
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    limit = tasks_of_user() + MORE
    if hard != resource.RLIM_INFINITY and hard < limit:
        print(f"found a limit of {hard} tasks, expected {limit} at least", file=sys.stderr)
        sys.exit(2)
    resource.setrlimit(resource.RLIMIT_NPROC, (limit, hard))
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    threading.stack_size(256 * 1024)
    threads, processes = threads_until_refused(), processes_until_refused()
    complaint = ""
    if not all(0.9 * MORE <= made <= 1.1 * MORE for made in (threads, processes)):
        complaint = f"found {threads} threads and {processes} processes, expected about {MORE}: others of the user come and go, or the limit does not hold"
    print(json.dumps({
        "complaint": complaint,
        "figures": {"threads_over_processes": threads / max(processes, 1), "threads": threads, "processes": processes},
        "evidence": [f"Where {MORE} further tasks are allowed, {threads} threads can be made, and {processes} processes."],
        "units_created": threads + processes,
    }))


if __name__ == "__main__":
    main()
