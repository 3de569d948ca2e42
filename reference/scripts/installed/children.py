"""What the scripts beside this one share: they start a program that is installed, measure it, and end it on every
path."""
import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time


def begin():
    """SIGTERM ends the script as an exception does, so that what it has started is ended too. All descriptors may be used."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def refuse(line):
    print(line, file=sys.stderr)
    sys.exit(2)


def report(figures, evidence, units_created=None):
    line = {"figures": figures, "evidence": evidence}
    if units_created is not None:
        line["units_created"] = units_created
    print(json.dumps(line), flush=True)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextlib.contextmanager
def running(command, is_ready, ready_s=10, grace_s=5):
    """Runs a server in a process group of its own until the block ends. What it prints goes to a file of the folder."""
    name = os.path.basename(command[0])
    log = name + ".log"
    with open(log, "wb") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, preexec_fn=os.setpgrp)
    try:
        wait_until(lambda: child.poll() is not None or is_ready(), ready_s)
        if child.poll() is not None or not is_ready():
            with open(log, "rb") as output:
                last = output.read().decode(errors="replace").strip().splitlines()[-1:]
            sys.exit(f"found that {name} does not answer after {ready_s} s, expected that it does: {' '.join(last)}")
        yield child
    finally:
        end(child, grace_s)


def end(child, grace_s):
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(grace_s)
        except subprocess.TimeoutExpired:
            pass
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)  # Its children, where it has left some.
    child.wait()


def wait_until(is_so, limit_s):
    """Whether it became so."""
    give_up = time.monotonic() + limit_s
    while not is_so():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.01)
    return True


def answers(address, request, expected):
    """Whether a server at a port, or at the path of a local socket, answers the request so."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    try:
        with socket.socket(family) as connection:
            connection.settimeout(2)
            connection.connect(address)
            connection.sendall(request)
            return expected in connection.recv(4096)
    except OSError:
        return False
