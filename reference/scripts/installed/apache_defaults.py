"""An overview that quotes a paper of 2001 says: Apache takes no more than 150 connections by default. This script
starts Apache with the limits of Debian's package (MaxRequestWorkers 150), or with those that are compiled in, with
mpm_prefork and with mpm_event. It opens 500 connections, and counts how many Apache has at a time:
  - idle: each has got a reply, and stays open;
  - active: each is sending its request. Apache answers 100 (Continue) when a worker begins to read the body, which
    never comes."""
import concurrent.futures
import selectors
import socket
import sys
import time

import children
import on_apache

CONNECTIONS = 500
# Apache starts more processes once a second. When none was added in so many seconds, it has as many as it will have.
SETTLED_S = 3
AT_ONCE_S = 2
# As in Debian's mods-available/mpm_prefork.conf and mpm_event.conf.
DEBIAN = {
    "prefork": "StartServers 5\nMinSpareServers 5\nMaxSpareServers 10\nMaxRequestWorkers 150\nMaxConnectionsPerChild 0\n",
    "event": "StartServers 2\nMinSpareThreads 25\nMaxSpareThreads 75\nThreadLimit 64\nThreadsPerChild 25\n"
             "MaxRequestWorkers 150\nMaxConnectionsPerChild 0\n",
}
# KeepAliveTimeout is 5 by default: connections that are closed for that would let others in, and be counted beside them.
KEPT = "KeepAliveTimeout 60\n"
IDLE = on_apache.REQUEST
ACTIVE = b"GET /hello.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"


def main():
    children.begin()
    limits = DEBIAN if sys.argv[1] == "debian" else {"prefork": "", "event": ""}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        prefork = pool.submit(served, "prefork", limits, [IDLE])
        event = pool.submit(served, "event", limits, [IDLE, ACTIVE])
        (idle, at_once), = prefork.result()
        (event_idle, _), (event_active, _) = event.result()
    children.report(
        {"prefork_served": idle, "event_served_idle": event_idle, "event_served_active": event_active,
         "prefork_served_at_once": at_once, "connections": CONNECTIONS},
        [f"Of {CONNECTIONS} connections, prefork has served {idle}, and {at_once} of them within {AT_ONCE_S} s.",
         f"The event MPM has served {event_idle} that are idle then, and {event_active} whose requests are being received."],
        CONNECTIONS * 3)


def served(mpm, limits, requests):
    """For each request: how many connections were served at a time, and how many within the first seconds."""
    counts = []
    for request in requests:
        port, server = on_apache.server(mpm, limits[mpm] + KEPT)
        with server:
            counts.append(held(port, request))
    return counts


def held(port, request):
    begin = last = time.monotonic()
    opened, answered, at_once = [], 0, 0
    with selectors.DefaultSelector() as selector:
        try:
            for _ in range(CONNECTIONS):
                connection = socket.create_connection(("127.0.0.1", port), timeout=5)
                opened.append(connection)
                connection.sendall(request)
                selector.register(connection, selectors.EVENT_READ)
            while time.monotonic() < last + SETTLED_S:
                for key, _ in selector.select(0.1):
                    reply = key.fileobj.recv(4096)
                    selector.unregister(key.fileobj)
                    if not reply.startswith((b"HTTP/1.1 200", b"HTTP/1.1 100")):
                        sys.exit(f"found the reply {reply[:40]!r}, expected the status 200 or 100")
                    answered += 1
                    last = time.monotonic()
                    at_once += last < begin + AT_ONCE_S
        finally:
            for connection in opened:
                connection.close()
    return answered, at_once


main()
