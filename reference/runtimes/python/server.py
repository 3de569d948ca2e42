"""A thread per connection, a coroutine per connection, or a process per connection: python-threads, -asyncio, -prefork.

What is said on a connection (Http, Counter) knows nothing of who waits: it takes complete requests from a buffer, and a
reply may ask for a wait before it.
"""
import argparse
import asyncio
import gc
import json
import os
import re
import shutil
import signal
import socket
import threading
import time
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

from back_end import AsyncBackEnd, BackEnd, Calls, ITEMS
from facts import facts

MASK = 2**64 - 1
MOST_HEAD = 8192
MOST_MESSAGE = 4 * 2**20
MOST_REPLIES = 65536


class ProtocolError(Exception):
    """The connection ends; its argument is the last reply."""


def work(n):
    state = answer = n
    for _ in range(n):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        answer = ((answer ^ z ^ (z >> 31)) * 0x9E3779B97F4A7C15) & MASK
    return answer


NUMBER = re.compile(r"0|[1-9][0-9]*", re.ASCII)


def number(text, most):
    return int(text) if len(text) <= 20 and NUMBER.fullmatch(text) and int(text) <= most else None


FILES = None  # The folder of the files of /file/<k>.
BACK_END = None  # Whom /call/<k> calls.
MOST_CALLS = 16


def open_file(name):
    """The opened file; None where there is none."""
    try:
        return open(f"{FILES}/{name}", "rb", buffering=0)
    except OSError:
        return None


def calls_of(path):
    """The calls that are asked for; None where the numbers are wrong."""
    kind, *numbers = path[1:].split("/")
    if kind == "call":
        numbers.insert(0, "1")
    if len(numbers) != 2:
        return None
    count, first = number(numbers[0], MOST_CALLS), number(numbers[1], ITEMS - 1)
    return Calls(count, first, kind == "calls-at-once") if count and first is not None else None


def answer(method, target):
    """The status, the body (of /file/<k>, an opened file), and what to wait for before them: seconds, or calls of the back
    end, which say then what the status and the body are."""
    status, body, wait = HTTPStatus.OK, None, 0
    path = target.partition("?")[0]
    reads = method in ("GET", "HEAD")
    if path == "/":
        body = "Hello, World!"
    elif path.startswith("/id/"):
        if (k := number(path[4:], MASK)) is not None:
            body = str(k)
    elif path.startswith("/wait/"):
        if (us := number(path[6:], 60_000_000)) is not None:
            wait, body = us / 1e6, f"waited {us}"
    elif path.startswith("/work/"):
        if (n := number(path[6:], 1_000_000_000)) is not None:
            body = str(work(n)) if reads else ""
    elif path.startswith("/file/"):
        if (k := number(path[6:], MASK)) is not None and reads:
            body = open_file(k)
            if body is None:
                return HTTPStatus.NOT_FOUND, "Not Found", 0
        elif k is not None:
            body = ""
    elif BACK_END and path.startswith(("/call/", "/calls/", "/calls-at-once/")):
        if calls := calls_of(path):
            wait, body = calls, ""
    else:
        status, body = HTTPStatus.NOT_FOUND, "Not Found"
    if body is None:
        return HTTPStatus.BAD_REQUEST, "Bad Request", 0
    if status == HTTPStatus.OK and not reads:
        return HTTPStatus.METHOD_NOT_ALLOWED, "Method Not Allowed", 0
    return status, body, wait


STATUS_LINES = {status: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}


class Http:
    """HTTP/1.1 on the connection itself: requests without a body."""

    second, date = 0, ""

    def take(self, buffer):
        """The next request of the buffer, which is removed from it; None when it is not complete."""
        end = buffer.find(b"\r\n\r\n")
        if max(end, len(buffer) if end < 0 else 0) > MOST_HEAD:
            raise ProtocolError(self.bytes_of(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "", "close"))
        if end < 0:
            return None
        head = buffer[:end].decode("latin-1").lstrip("\r\n")
        del buffer[: end + 4]
        return head

    def reply(self, head):
        """What to wait for, the reply behind it, whether the connection stays open, and a file behind the reply. Behind
        calls, the reply is a function of what they come to."""
        line, *fields = head.split("\r\n")
        words = line.split(" ")
        method, target, version = words if len(words) == 3 else ("", "", "")
        keep, hosts, good = version == "HTTP/1.1", 0, version in ("HTTP/1.1", "HTTP/1.0")
        for field in fields:
            name, _, value = field.partition(":")
            name, value = name.lower(), value.strip().lower()
            if name == "host":
                hosts += 1
            elif name == "connection":
                keep = value == "keep-alive" or (keep and value != "close")
            elif name == "transfer-encoding" or (name == "content-length" and value != "0"):
                good = False
        if not good or (version == "HTTP/1.1" and hosts != 1):
            raise ProtocolError(self.bytes_of(HTTPStatus.BAD_REQUEST, "Bad Request", "close"))
        status, body, wait = answer(method, target)
        connection = "close" if not keep else "keep-alive" if version == "HTTP/1.0" else None
        if isinstance(wait, Calls):
            return wait, lambda *came: self.bytes_of(*came, connection, method != "HEAD"), keep, None
        if not isinstance(body, str):
            size = os.fstat(body.fileno()).st_size
            if method == "HEAD":
                body.close()
            return wait, self.bytes_of(status, "", connection, size=size), keep, None if method == "HEAD" else body
        return wait, self.bytes_of(status, body, connection, method != "HEAD"), keep, None

    def bytes_of(self, status, body, connection=None, with_body=True, size=None):
        now = int(time.time())
        if now != self.second:
            self.second, self.date = now, formatdate(now, usegmt=True)
        fields = f"Date: {self.date}\r\nContent-Type: text/plain\r\nContent-Length: {len(body) if size is None else size}\r\n"
        if connection:
            fields += f"Connection: {connection}\r\n"
        return f"{STATUS_LINES[status]}{fields}\r\n{body if with_body else ''}".encode("latin-1")


class LibraryHandler(BaseHTTPRequestHandler):
    """The same by http.server, which reads the request and writes the reply."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # Otherwise the head and the body are two packets.
    disable_nagle_algorithm = True

    def do_GET(self):
        status, body, wait = answer(self.command, self.path)
        if isinstance(wait, Calls):
            status, body = BACK_END.answer(wait)
        elif wait:
            time.sleep(wait)
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        if isinstance(body, str):
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body.encode("latin-1"))
            return
        with body:
            self.send_header("Content-Length", str(os.fstat(body.fileno()).st_size))
            self.end_headers()
            if self.command != "HEAD":
                shutil.copyfileobj(body, self.wfile)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *_):
        pass


LENGTH = re.compile(rb"[0-9]{1,7}")
INTEGER = re.compile(rb"0|-?[1-9][0-9]{0,18}")


class Counter:
    """PING, SET, GET, INCR and FLUSHALL of Redis, as arrays of bulk strings."""

    values = {}
    lock = threading.Lock()

    def take(self, buffer):
        if len(buffer) > MOST_MESSAGE + 65536:
            raise ProtocolError(b"-ERR Protocol error: too long\r\n")
        count, at = self.length(buffer, 0, b"*", 1024)
        if count is None:
            return None
        words = []
        for _ in range(count):
            size, begin = self.length(buffer, at, b"$", MOST_MESSAGE)
            if size is None or len(buffer) < begin + size + 2:
                return None
            at = begin + size + 2
            words.append(bytes(buffer[begin : begin + size]))
        del buffer[:at]
        return words

    @staticmethod
    def length(buffer, at, kind, most):
        end = buffer.find(b"\r\n", at, at + 16)
        if end < 0 and len(buffer) - at < 16:
            return None, at
        line = bytes(buffer[at:end]) if end >= 0 else b""
        if line[:1] != kind or not LENGTH.fullmatch(line, 1) or int(line[1:]) > most:
            raise ProtocolError(b"-ERR Protocol error: invalid length\r\n")
        return int(line[1:]), end + 2

    def reply(self, words):
        if not words:
            return 0, b"", True, None
        arguments, command = self.commands.get(words[0].upper(), ((), None))
        if command is None:
            return 0, b"-ERR unknown command\r\n", True, None
        if len(words) - 1 not in arguments:
            return 0, b"-ERR wrong number of arguments\r\n", True, None
        return 0, command(self, *words[1:]), True, None

    @staticmethod
    def bulk(value):
        return b"$%d\r\n%b\r\n" % (len(value), value)

    def ping(self, message=None):
        return b"+PONG\r\n" if message is None else self.bulk(message)

    def set(self, key, value):
        with self.lock:
            self.values[key] = value
        return b"+OK\r\n"

    def get(self, key):
        value = self.values.get(key)
        return b"$-1\r\n" if value is None else self.bulk(value)

    def incr(self, key):
        with self.lock:  # Another thread may run between the read and the write, with a GIL too.
            value = self.values.get(key, b"0")
            number = int(value) if INTEGER.fullmatch(value) else 2**63
            if not -(2**63) <= number < 2**63:
                return b"-ERR value is not an integer or out of range\r\n"
            if number == 2**63 - 1:
                return b"-ERR increment or decrement would overflow\r\n"
            value = self.values[key] = b"%d" % (number + 1)
        return b":%b\r\n" % value

    def flushall(self):
        with self.lock:
            self.values.clear()
        return b"+OK\r\n"

    # With how many arguments.
    commands = {
        b"PING": ((0, 1), ping),
        b"SET": ((2,), set),
        b"GET": ((1,), get),
        b"INCR": ((1,), incr),
        b"FLUSHALL": ((0,), flushall),
    }


def echo(connection, _):
    with connection:
        while data := connection.recv(4096):
            connection.sendall(data)


async def echo_async(reader, writer, _):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()


def talk(connection, protocol):
    """One connection, by calls that block: of a thread, or of a process."""
    buffer = bytearray()
    replies = []
    try:
        while data := connection.recv(4096):
            buffer += data
            while (request := protocol.take(buffer)) is not None:
                wait, reply, keep, file = protocol.reply(request)
                if wait:
                    send(connection, replies)
                    if isinstance(wait, Calls):
                        reply = reply(*BACK_END.answer(wait))
                    else:
                        time.sleep(wait)
                replies.append(reply)
                if file:
                    with file:
                        send(connection, replies)
                        connection.sendfile(file)
                if not keep:
                    return
                if len(reply) > MOST_REPLIES or len(replies) > 100:
                    send(connection, replies)
            send(connection, replies)
    except ProtocolError as error:
        replies.append(error.args[0])
    finally:
        with connection:
            send(connection, replies)


def send(connection, replies):
    if replies:
        data = b"".join(replies)
        replies.clear()
        connection.sendall(data)


def serve_connection(talk, connection, protocol):
    try:
        talk(connection, protocol)
    except OSError:
        pass  # The peer has gone.


def accept(listener):
    while True:
        try:
            yield listener.accept()[0]
        except OSError:
            time.sleep(0.01)  # No descriptor is left, say.


def serve_threads(listener, talk, protocol):
    for connection in accept(listener):
        try:
            threading.Thread(target=serve_connection, args=(talk, connection, protocol()), daemon=True).start()
        except RuntimeError:  # No thread is left.
            connection.close()
            time.sleep(0.01)


async def talk_async(reader, writer, protocol):
    """The same as talk(), by awaiting."""
    buffer = bytearray()
    replies = []
    try:
        while data := await reader.read(4096):
            buffer += data
            while (request := protocol.take(buffer)) is not None:
                wait, reply, keep, file = protocol.reply(request)
                if wait:
                    await send_async(writer, replies)
                    if isinstance(wait, Calls):
                        reply = reply(*await BACK_END.answer(wait))
                    else:
                        await asyncio.sleep(wait)
                replies.append(reply)
                if file:
                    with file:
                        await send_async(writer, replies)
                        await asyncio.get_running_loop().sendfile(writer.transport, file)
                if not keep:
                    return
                if len(reply) > MOST_REPLIES or len(replies) > 100:
                    await send_async(writer, replies)
            await send_async(writer, replies)
    except ProtocolError as error:
        replies.append(error.args[0])
    finally:
        await send_async(writer, replies)


async def send_async(writer, replies):
    if replies:
        writer.write(b"".join(replies))
        replies.clear()
        await writer.drain()


async def serve_asyncio(listener, talk, protocol, make_back_end):
    global BACK_END
    BACK_END = make_back_end()  # Its primitives belong to this loop.

    async def serve_connection(reader, writer):
        try:
            await talk(reader, writer, protocol())
        except OSError:
            pass  # The peer has gone.
        finally:
            writer.close()

    server = await asyncio.start_server(serve_connection, sock=listener, backlog=4096)
    async with server:
        await server.serve_forever()


def serve_one_at_a_time(listener, talk, protocol):
    for connection in accept(listener):
        serve_connection(talk, connection, protocol())


def prefork(processes, serve, ready):
    """Runs serve() in each of so many processes, which share the listener."""
    children = []

    def stop(*_):
        for child in children:
            os.kill(child, signal.SIGTERM)
        for child in children:
            os.waitpid(child, 0)
        os._exit(0)

    # As the documentation of gc advises, so that fewer pages are copied.
    gc.disable()
    getattr(gc, "freeze", int)()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    for _ in range(processes):
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            gc.enable()
            serve()
        children.append(child)
    signal.signal(signal.SIGTERM, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    ready()
    signal.pause()


def library_server(listener, kind):
    server = kind(listener.getsockname(), LibraryHandler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.handle_error = lambda *_: None  # The peer has gone.
    return server


def main():
    words = argparse.ArgumentParser()
    words.add_argument("model", choices=["threads", "asyncio", "prefork"])
    words.add_argument("workload", choices=["echo", "http", "counter"])
    words.add_argument("--port", type=int, default=0)
    words.add_argument("--units", type=int, default=1, help="processes of prefork")
    words.add_argument("--server", choices=["raw", "library"], default="raw", help="library: http by http.server")
    words.add_argument("--files", default=".", help="below it lie the files of /file/<k>")
    words.add_argument("--back-end", default="none", help="http, redis or postgres, as http://127.0.0.1:PORT; or none")
    words.add_argument("--pool", type=int, default=8, help="connections to the back end at most, of each process")
    words.add_argument("--call-timeout-ms", type=int, default=1000, help="what a call may take")
    given = words.parse_args()
    global FILES, BACK_END
    FILES = os.path.join(given.files, "file")

    def make_back_end(kind):
        return None if given.back_end == "none" else kind(given.back_end, given.pool, given.call_timeout_ms / 1000)

    if given.model != "asyncio":
        BACK_END = make_back_end(BackEnd)
    library = given.server == "library"
    listener = socket.create_server(("127.0.0.1", given.port), backlog=4096)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # Connections inherit it.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))

    def ready():
        print(json.dumps({"ready": True, "port": listener.getsockname()[1], "runtime": facts()}), flush=True)

    protocol = {"echo": object, "http": Http, "counter": Counter}[given.workload]
    blocking, awaiting = (echo, echo_async) if given.workload == "echo" else (talk, talk_async)
    if given.model == "prefork":
        one = library_server(listener, HTTPServer).serve_forever if library else None
        prefork(given.units, one or (lambda: serve_one_at_a_time(listener, blocking, protocol)), ready)
        return
    ready()
    if given.model == "asyncio":
        asyncio.run(serve_asyncio(listener, awaiting, protocol, lambda: make_back_end(AsyncBackEnd)))
    elif library:
        library_server(listener, ThreadingHTTPServer).serve_forever()
    else:
        serve_threads(listener, blocking, protocol)


if __name__ == "__main__":
    main()
