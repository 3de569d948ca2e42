"""Teaching texts say: a thread that crashes ends its process, and a worker process that crashes does not end the server. This script
starts Apache with mpm_prefork, whose workers have one thread each, and with mpm_event, whose workers have 25. Eight clients ask it
over connections that stay open. After a second one of the workers that are busy gets SIGSEGV, as if it had crashed. A client
whose connection breaks opens another one. The script counts the requests that failed, and those that were answered afterwards."""
import collections
import os
import pathlib
import signal
import socket
import threading
import time

import children
import on_apache

CLIENTS = 8
BEFORE_S, AFTER_S = 1, 2
LIMITS = {
    "prefork": "StartServers 10\nMinSpareServers 10\nMaxSpareServers 20\nMaxRequestWorkers 50\n",
    "event": "StartServers 2\nMinSpareThreads 25\nMaxSpareThreads 75\nThreadsPerChild 25\nMaxRequestWorkers 50\n",
}


class Client(threading.Thread):
    """Asks until it is told to stop."""

    def __init__(self, port, stop):
        super().__init__()
        self.port, self.stop = port, stop
        self.failed, self.answers = [], []

    def run(self):
        connection = None
        while not self.stop.is_set():
            try:
                if connection is None:
                    connection = socket.create_connection(("127.0.0.1", self.port), timeout=5)
                connection.sendall(on_apache.REQUEST)
                if on_apache.PAGE not in connection.recv(4096):
                    raise ConnectionResetError
                self.answers.append(time.monotonic())
                time.sleep(0.001)
            except OSError:
                self.failed.append(time.monotonic())
                if connection is not None:
                    connection.close()
                connection = None
        if connection is not None:
            connection.close()


Seen = collections.namedtuple("Seen", "failed before after longest_gap_ms")


def main():
    children.begin()
    prefork, event = crash("prefork"), crash("event")
    children.report(
        {"prefork_answered_after_percent": 100 * prefork.after / prefork.before, "prefork_failed_requests": prefork.failed,
         "event_answered_after_percent": 100 * event.after / event.before, "event_failed_requests": event.failed,
         "prefork_longest_gap_ms": prefork.longest_gap_ms, "event_longest_gap_ms": event.longest_gap_ms,
         "clients": CLIENTS},
        [f"{name}: {one.failed} requests failed; {one.before:.0f} per second before the crash and {one.after:.0f} from a second "
         f"after it on; no client waited longer than {one.longest_gap_ms:.0f} ms for its next answer."
         for name, one in [("prefork", prefork), ("event", event)]], CLIENTS * 2)


def crash(mpm):
    port, server = on_apache.server(mpm, LIMITS[mpm] + "MaxKeepAliveRequests 0\n")
    with server as apache:
        stop = threading.Event()
        clients = []
        try:
            for _ in range(CLIENTS):
                client = Client(port, stop)
                client.start()
                clients.append(client)
            time.sleep(BEFORE_S)
            victim = busiest(apache.pid)
            at = time.monotonic()
            os.kill(victim, signal.SIGSEGV)
            time.sleep(AFTER_S)
            end = time.monotonic()
        finally:
            stop.set()
            for client in clients:
                client.join()
    answers = [answer for client in clients for answer in client.answers]
    gaps = [later - earlier for client in clients for earlier, later in zip(client.answers, client.answers[1:] + [end])]
    return Seen(sum(len(client.failed) for client in clients), sum(answer < at for answer in answers) / BEFORE_S,
                sum(answer > at + 1 for answer in answers) / (AFTER_S - 1), 1000 * max(gaps, default=0))


def busiest(apache):
    """The worker with the most CPU time: it serves one of the clients."""
    listed = pathlib.Path(f"/proc/{apache}/task/{apache}/children").read_text().split()
    return max(map(int, listed), key=cpu_ticks)


def cpu_ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


main()
