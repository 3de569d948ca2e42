"""A concept page says: a service that asks a database for every request waits nearly all of the time. This script is such a service: it
reads a request of HTTP, asks Redis on the same machine for the value of a key, and replies with JSON. A client in a process of
its own asks again as soon as it has the reply. For the time from a request to its reply the script adds up how long
the service was on a CPU; what is left is waiting, and where the CPUs are taken also waiting for one. Redis answers at once; or it sleeps for one or for ten milliseconds before it does, as a query
that takes so long."""
import json
import os
import socket
import time

import children
import on_redis

REQUESTS = {0: 2000, 1: 500, 10: 100}


def main():
    children.begin()
    port, server = on_redis.server(8, ["--enable-debug-command", "yes"])
    waited, took_ms = {}, {}
    with server, socket.create_connection(("127.0.0.1", port)) as database:
        ask(database, b"SET", b"key", b"a value of some bytes")
        for query_ms, requests in REQUESTS.items():
            serve(database, query_ms, 20)  # Uncounted.
            waited[query_ms], took_ms[query_ms] = serve(database, query_ms, requests)
    children.report(
        {"waiting_percent": waited[0], "waiting_1_ms_percent": waited[1], "waiting_10_ms_percent": waited[10],
         "request_ms": took_ms[0]},
        [f"With a query of {query} ms a request takes {took_ms[query]:.3f} ms, of which the service waits {share:.1f} %."
         for query, share in waited.items()], 1)


def serve(database, query_ms, requests):
    """The share of the time of a request in which the service was on no CPU, in percent, and that time in milliseconds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = start_client(listener, requests)
        connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    took = computed = 0
    with connection:
        for _ in range(requests):
            request = connection.recv(4096)
            began, began_cpu = time.perf_counter(), time.process_time()
            if query_ms:
                ask(database, b"DEBUG", b"SLEEP", str(query_ms / 1000).encode())
            value = ask(database, b"GET", b"key")
            body = json.dumps({"path": request.split()[1].decode(), "value": value.decode()}).encode()
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                               b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            computed += time.process_time() - began_cpu
            took += time.perf_counter() - began
    if os.waitstatus_to_exitcode(os.waitpid(client, 0)[1]) != 0:
        children.refuse("found that the client failed, expected that it ends")
    return 100 * (1 - computed / took), 1000 * took / requests


def start_client(listener, requests):
    port = listener.getsockname()[1]
    child = os.fork()
    if child == 0:
        status = 1
        try:
            listener.close()
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                for number in range(requests):
                    connection.sendall(b"GET /item/%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % number)
                    connection.recv(4096)
            status = 0
        finally:
            os._exit(status)
    return child


def ask(database, *words):
    """Sends a command, and returns its reply without the frame."""
    database.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
    reply = database.recv(4096)
    if reply.startswith(b"-"):
        children.refuse(f"found the reply {reply.decode().strip()} of Redis, expected a value")
    return reply.split(b"\r\n")[1] if reply.startswith(b"$") else reply


main()
