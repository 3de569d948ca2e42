"""redis-server with a port and a local socket, and redis-benchmark. Nothing is persisted."""
import csv
import subprocess
import sys

import children

SOCKET = "redis.sock"


def server(connections, more=()):
    port = children.free_port()
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--unixsocket", SOCKET, "--save", "",
               "--appendonly", "no", "--tcp-backlog", "4096", "--maxclients", str(connections + 64), *more]
    return port, children.running(command, lambda: children.answers(SOCKET, b"PING\r\n", b"+PONG"))


def start_benchmark(where, clients, requests, pipeline=1, tests="set,get"):
    command = ["redis-benchmark", *where, "--csv", "-t", tests, "-c", str(clients), "-n", str(requests),
               "-P", str(pipeline)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def rate(benchmark):
    """Requests per second over its tests, each of which has as many requests."""
    out, errors = benchmark.communicate()
    rates = [float(row["rps"]) for row in csv.DictReader(out.splitlines())]
    if benchmark.returncode != 0 or not rates:
        last = (out + errors).strip().splitlines()[-1:]
        sys.exit(f"found status {benchmark.returncode} of redis-benchmark, expected its figures: {' '.join(last)}")
    return len(rates) / sum(1 / each for each in rates)
