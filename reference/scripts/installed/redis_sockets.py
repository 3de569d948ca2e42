"""Redis' documentation on benchmarks says: over a local socket Redis has around 50 % more throughput than over TCP
on loopback, less so with pipelining; and pipelining makes it up to ten times as fast. This script runs
redis-benchmark, SET and GET with 50 clients, over TCP and over the local socket in turn, with one request in flight
on each connection and with 16. Figures are medians of three rounds. The client is on the same machine, as in the
documentation."""
import statistics

import children
import on_redis

ROUNDS, CLIENTS, PIPELINE = 3, 50, 16
REQUESTS = {1: 30_000, PIPELINE: 200_000}


def main():
    children.begin()
    port, server = on_redis.server(CLIENTS)
    where = {"tcp": ["-h", "127.0.0.1", "-p", str(port)], "unix": ["-s", on_redis.SOCKET]}
    rounds = []
    with server:
        for number in range(-1, ROUNDS):
            rates = {}
            for pipeline, requests in REQUESTS.items():
                # Each way comes first in every other round.
                for way in sorted(where, reverse=number % 2 == 0):
                    rates[way, pipeline] = on_redis.rate(on_redis.start_benchmark(
                        where[way], CLIENTS, requests if number >= 0 else 2_000, pipeline))
            if number >= 0:  # The one before warms up.
                rounds.append(rates)

    def median(of):
        return statistics.median(of(rates) for rates in rounds)

    figures = {
        "unix_over_tcp": median(lambda r: r["unix", 1] / r["tcp", 1]),
        "unix_over_tcp_pipelined": median(lambda r: r["unix", PIPELINE] / r["tcp", PIPELINE]),
        "pipelined_over_plain": median(lambda r: r["tcp", PIPELINE] / r["tcp", 1]),
        "tcp_per_s": median(lambda r: r["tcp", 1]),
        "unix_per_s": median(lambda r: r["unix", 1]),
        "pipelined_per_s": median(lambda r: r["tcp", PIPELINE]),
    }
    children.report(figures, [
        f"SET and GET with {CLIENTS} clients: {figures['tcp_per_s']:,.0f} requests per second over TCP, "
        f"{figures['unix_per_s']:,.0f} over a local socket, and {figures['pipelined_per_s']:,.0f} over TCP with "
        f"{PIPELINE} requests in flight on each connection."])


main()
