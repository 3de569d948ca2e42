"""Cloudflare's blog (2017) says: with epoll one worker of nginx takes most of the load, and with a socket for each
(reuseport) it is even. This script starts nginx with four workers that share one listener, as it does by default,
and with reuseport. Some clients at a time open short connections with one request each, to which the worker answers
with its process number.

The kernel wakes one of the workers that wait, and as long as it is idle, it is the same one: that which entered itself
first (EPOLLEXCLUSIVE). nginx from 1.21.6 on has a worker enter itself anew, behind the others, after each 16
connections. The longest run of connections in a row to one worker shows it."""
import collections
import concurrent.futures
import itertools
import pathlib
import socket
import sys

import children

WORKERS, CONNECTIONS = 4, 2_000
CONFIGURATION = """daemon off;
worker_processes 4;
pid nginx.pid;
error_log stderr warn;
events {
}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:PORT OPTION;
    return 200 $pid;
  }
}
"""


def main():
    children.begin()
    at_once = int(sys.argv[1])
    shared, row, shares = busiest("", at_once)
    own, own_row, own_shares = busiest("reuseport", at_once)
    children.report(
        {"busiest_share_percent": shared, "busiest_share_reuseport_percent": own, "most_in_a_row": row,
         "most_in_a_row_reuseport": own_row, "workers": WORKERS},
        [f"Of {CONNECTIONS} connections, {at_once} at a time, the workers took {shares} with one listener.",
         f"With a listener for each worker they took {own_shares}."], WORKERS)


def busiest(option, at_once):
    """The share of the worker that has answered most, the most connections in a row to one of them, and the counts of all."""
    port = children.free_port()
    folder = pathlib.Path.cwd()
    (folder / "nginx.conf").write_text(CONFIGURATION.replace("PORT", str(port)).replace("OPTION", option))
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]

    def ask(_=None):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            reply = b""
            while part := connection.recv(4096):
                reply += part
        return int(reply.partition(b"\r\n\r\n")[2])

    def is_ready():
        try:
            return ask() > 0
        except (OSError, ValueError):
            return False

    with children.running(command, is_ready) as nginx:
        listed = pathlib.Path(f"/proc/{nginx.pid}/task/{nginx.pid}/children")
        if not children.wait_until(lambda: len(listed.read_text().split()) == WORKERS, 5):
            sys.exit(f"found the workers {listed.read_text()}, expected {WORKERS}")
        with concurrent.futures.ThreadPoolExecutor(at_once) as clients:
            workers = list(clients.map(ask, range(CONNECTIONS)))
    counts = collections.Counter(workers)
    in_a_row = max(len(list(same)) for _, same in itertools.groupby(workers))
    by_size = sorted(counts.values(), reverse=True) + [0] * (WORKERS - len(counts))
    return 100 * by_size[0] / CONNECTIONS, in_a_row, ", ".join(map(str, by_size))


main()
