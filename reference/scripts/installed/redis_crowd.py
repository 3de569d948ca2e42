"""Redis' documentation on benchmarks says: with 30,000 connections Redis does half of what it does with 100. This
script measures GET over a local socket, because one address has too few ports for so many connections over TCP. All
connections send requests. The clients are several processes of redis-benchmark, because the event loop of one has
room for 10,240 descriptors, and as many with 100 connections. They share the machine with the server."""
import resource

import children
import on_redis

CROWD, LEAST, FEW, PER_CLIENT, SPARE = 30_000, 19_800, 100, 5_000, 200
REQUESTS = 240_000


def main():
    children.begin()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    crowd = min(CROWD, limit - SPARE)
    if crowd < LEAST:
        children.refuse(f"found a limit of {limit} open files (RLIMIT_NOFILE), expected {LEAST + SPARE} at least")
    clients = -(-crowd // PER_CLIENT)
    crowd -= crowd % clients
    _, server = on_redis.server(crowd)
    with server:
        requests_per_s(FEW, clients, 20_000)  # It warms up.
        few = [requests_per_s(FEW, clients, REQUESTS)]
        many = requests_per_s(crowd, clients, REQUESTS)
        few.append(requests_per_s(FEW, clients, REQUESTS))
    few_per_s = sum(few) / len(few)
    children.report(
        {"crowd_over_few": many / few_per_s, "connections": crowd, "crowd_per_s": many, "few_per_s": few_per_s},
        [f"With {crowd:,} connections Redis answers {many:,.0f} requests per second, with {FEW} it is {few_per_s:,.0f}. "
         f"Each of {clients} processes of redis-benchmark has its share of the connections."], crowd)


def requests_per_s(connections, clients, requests):
    started = []
    try:
        for _ in range(clients):
            started.append(on_redis.start_benchmark(
                ["-s", on_redis.SOCKET], connections // clients, requests // clients, tests="get"))
        return sum(on_redis.rate(client) for client in started)
    finally:
        for client in started:
            client.kill()
            client.wait()


main()
