"""The client of the back end: a pool of connections for threads and one for asyncio, and the three protocols.

A protocol, of which each connection has one, knows nothing of who waits: it makes the bytes that are sent, and takes the
answer from a buffer of what has come.
"""
import asyncio
import math
import queue
import re
import select
import socket
import struct
import time
from collections import namedtuple
from http import HTTPStatus
from urllib.parse import urlsplit

ITEMS = 10_000
MOST_ANSWER = 65536


class Calls(namedtuple("Calls", "count first at_once")):
    """What a request asks of the back end."""

    def items(self):
        return [(self.first + i) % ITEMS for i in range(self.count)]


class NoValueError(ValueError):
    """The back end did not answer with a value."""


class OverHttp:
    opening = b""
    ends = False  # The back end closes the connection.

    def __init__(self, host):
        self.host = host

    def ask(self, k):
        return b"GET /id/%d HTTP/1.1\r\nHost: %b\r\n\r\n" % (k, self.host.encode())

    def take(self, buffer):
        """The answer, which is removed from the buffer; None when it is not complete."""
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        line, *fields = buffer[:end].decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip().lower() for name, _, value in (field.partition(":") for field in fields)}
        size = int(fields.get("content-length", -1))
        if not line.startswith("HTTP/1.1 200 ") or not 0 <= size <= MOST_ANSWER:
            raise NoValueError(line)
        stop = end + 4 + size
        if len(buffer) < stop:
            return None
        answer = bytes(buffer[end + 4 : stop])
        del buffer[:stop]
        self.ends = fields.get("connection") == "close"
        return answer


class OverRedis:
    opening = b""
    ends = False
    bulk = re.compile(rb"\$([0-9]{1,5})\r\n")

    def __init__(self, _):
        pass

    def ask(self, k):
        key = b"item:%d" % k
        return b"*2\r\n$3\r\nGET\r\n$%d\r\n%b\r\n" % (len(key), key)

    def take(self, buffer):
        if b"\n" not in buffer:
            return None
        head = self.bulk.match(buffer)
        if head is None:
            raise NoValueError(bytes(buffer))
        stop = head.end() + int(head[1])
        if len(buffer) < stop + 2:
            return None
        answer, end = bytes(buffer[head.end() : stop]), buffer[stop : stop + 2]
        del head  # It holds the buffer, whose size could not be changed.
        if end != b"\r\n":
            raise NoValueError(answer)
        del buffer[: stop + 2]
        return answer


class OverPostgres:
    """Protocol 3.0 by the extended query: https://www.postgresql.org/docs/current/protocol.html"""

    parameters = b"user\0bakeoff\0database\0bakeoff\0\0"
    opening = struct.pack("!II", 8 + len(parameters), 3 << 16) + parameters
    ends = False
    parsed = False
    expected = b"RSKN"  # Before ReadyForQuery: authentication, parameters, the key of the process, notices.

    def __init__(self, _):
        pass

    @staticmethod
    def message(kind, content):
        return kind + struct.pack("!I", 4 + len(content)) + content

    def ask(self, k):
        text = b"%d" % k
        parse = b"" if self.parsed else self.message(b"P", b"item\0SELECT value FROM items WHERE id = $1\0\0\0")
        self.parsed = True
        bind = self.message(b"B", b"\0item\0\0\0\0\1" + struct.pack("!I", len(text)) + text + b"\0\0")
        return parse + bind + self.message(b"E", b"\0\0\0\0\0") + self.message(b"S", b"")

    def take(self, buffer):
        """The value of the row; that of the opening is b""."""
        opening = self.expected is OverPostgres.expected
        value, at = b"" if opening else None, 0
        while len(buffer) >= at + 5:
            kind, size = struct.unpack_from("!cI", buffer, at)
            if not 4 <= size <= MOST_ANSWER:
                raise NoValueError(kind)
            if len(buffer) < at + 1 + size:
                return None
            content = bytes(buffer[at + 5 : at + 1 + size])
            at += 1 + size
            if kind == b"Z" and value is not None:
                del buffer[:at]
                self.expected = b"12CNS"  # From now on.
                return value
            if kind == b"D" and value is None:
                columns, length = struct.unpack_from("!Hi", content)
                value = content[6:]
                if columns != 1 or length != len(value):  # The length of a null is -1.
                    raise NoValueError(content)
            elif kind not in self.expected or (kind == b"R" and content != b"\0\0\0\0"):  # An error, or a password is asked for.
                raise NoValueError(content)
        return None


def protocol_of(url):
    """A function that makes the protocol of a connection, and the address."""
    parts = urlsplit(url)
    protocol = {"http": OverHttp, "redis": OverRedis, "postgres": OverPostgres}[parts.scheme]
    return lambda: protocol(parts.netloc), (parts.hostname, parts.port)


def reply_of(answers):
    return HTTPStatus.OK, b" ".join(answers).decode("latin-1")


BAD_GATEWAY = HTTPStatus.BAD_GATEWAY, "Bad Gateway"
GATEWAY_TIMEOUT = HTTPStatus.GATEWAY_TIMEOUT, "Gateway Timeout"


def left(deadline):
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise socket.timeout
    return seconds


class Connection:
    """Calls that block. The connection is made by the first of them, and by the next one after a failure.

    The socket keeps the time of a wait itself, which is cut into pieces: settimeout() would cost several system calls more.
    """

    socket = None

    def __init__(self, make_protocol, address, timeout):
        self.make_protocol, self.address = make_protocol, address
        self.piece = min(max(timeout / 4, 0.001), 0.25)

    def send(self, k, deadline):
        if self.socket is None:
            self.socket = socket.create_connection(self.address, timeout=left(deadline))
            self.socket.settimeout(None)
            piece = struct.pack("ll", 0, int(self.piece * 1_000_000))  # A timeval.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, piece)
            self.protocol, self.buffer = self.make_protocol(), bytearray()
            if self.protocol.opening:
                self.socket.sendall(self.protocol.opening)
                self.receive(deadline)
        self.socket.sendall(self.protocol.ask(k))

    def receive(self, deadline):
        while (answer := self.protocol.take(self.buffer)) is None:
            data = self.read(deadline)
            if not data or len(self.buffer) > MOST_ANSWER:
                raise NoValueError(data)
            self.buffer += data
        if self.protocol.ends:
            self.close()
        return answer

    def read(self, deadline):
        while True:
            seconds = left(deadline)
            if seconds < self.piece:
                poll = select.poll()
                poll.register(self.socket, select.POLLIN)
                if not poll.poll(math.ceil(seconds * 1000)):
                    raise socket.timeout
            try:
                return self.socket.recv(65536)
            except BlockingIOError:  # A piece is over.
                pass

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None


class BackEnd:
    """The pool of all threads. A queue does not keep their order strictly: one that comes when a connection is put back may
    take it before the one that was woken for it, which then waits behind the others."""

    def __init__(self, url, pool, timeout):
        self.timeout = timeout
        self.free = queue.LifoQueue()  # The one that was free last is used first.
        for _ in range(pool):
            self.free.put(Connection(*protocol_of(url), timeout))

    def answer(self, calls):
        try:
            if calls.at_once:
                return reply_of(self.call(calls.items()))
            return reply_of([self.call([k])[0] for k in calls.items()])
        except (socket.timeout, queue.Empty):
            return GATEWAY_TIMEOUT
        except (OSError, ValueError, struct.error):
            return BAD_GATEWAY

    def call(self, items):
        """Sends on all connections that are free, and on one at least, then reads from all in turn; and so on with the rest."""
        deadline = time.monotonic() + self.timeout
        answers = []
        while len(answers) < len(items):
            lent = [self.free.get(timeout=left(deadline))]
            try:
                for k in items[len(answers) :]:
                    lent[-1].send(k, deadline)
                    if len(answers) + len(lent) == len(items) or not self.take_another(lent):
                        break
                while lent:
                    answers.append(lent[0].receive(deadline))
                    self.free.put(lent.pop(0))
            finally:
                for connection in lent:  # A call has failed.
                    connection.close()
                    self.free.put(connection)
        return answers

    def take_another(self, lent):
        try:
            lent.append(self.free.get_nowait())
            return True
        except queue.Empty:
            return False


class AsyncConnection:
    """The same by awaiting."""

    writer = None

    def __init__(self, make_protocol, address):
        self.make_protocol, self.address = make_protocol, address

    async def call(self, k):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(*self.address)
            self.protocol, self.buffer = self.make_protocol(), bytearray()
            if self.protocol.opening:
                self.writer.write(self.protocol.opening)
                await self.receive()
        self.writer.write(self.protocol.ask(k))
        return await self.receive()

    async def receive(self):
        while (answer := self.protocol.take(self.buffer)) is None:
            data = await self.reader.read(65536)
            if not data or len(self.buffer) > MOST_ANSWER:
                raise NoValueError(data)
            self.buffer += data
        if self.protocol.ends:
            self.close()
        return answer

    def close(self):
        if self.writer is not None:
            self.writer.close()
            self.writer = None


class AsyncBackEnd:
    """The pool of a loop. The semaphore keeps the order of those who wait from CPython 3.10.8 on."""

    def __init__(self, url, pool, timeout):
        self.timeout = timeout
        self.permits = asyncio.Semaphore(pool)
        self.free = [AsyncConnection(*protocol_of(url)) for _ in range(pool)]  # The one that was free last is used first.

    async def answer(self, calls):
        try:
            if calls.at_once:
                # All of them are waited for: gather() leaves the others running where one has failed.
                together = asyncio.gather(*map(self.call, calls.items()), return_exceptions=True)
                answers = await asyncio.wait_for(together, self.timeout)
                for answer in answers:
                    if isinstance(answer, Exception):
                        raise answer
                return reply_of(answers)
            return reply_of([await asyncio.wait_for(self.call(k), self.timeout) for k in calls.items()])
        except asyncio.TimeoutError:
            return GATEWAY_TIMEOUT
        except (OSError, ValueError, struct.error):
            return BAD_GATEWAY

    async def call(self, k):
        async with self.permits:
            connection = self.free.pop()
            try:
                answer = await connection.call(k)
            except BaseException:  # It has failed, or was cancelled because it was late.
                connection.close()
                self.free.insert(0, connection)
                raise
            self.free.append(connection)
            return answer
