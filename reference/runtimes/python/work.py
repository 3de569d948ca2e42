"""What a unit does that needs no other unit, and what it does by calls that block."""
import hashlib
import struct
import time

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15


# Both are written out where it is hot, because a literal is found faster than a global name.
def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return z ^ (z >> 31)


def stream_of(seed, part):
    return mix((mix((seed + GOLDEN) & MASK) + (part + 1) * GOLDEN) & MASK)


def drawn(stream, size):
    """Bytes of a stream: word by word, low byte first, each drawn by the place of its first byte."""
    words = [mix((stream + (at + 1) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF) for at in range(0, size, 8)]
    return struct.pack(f"<{len(words)}Q", *words)


def count(_index, _units, size):
    # A number of this unit's own: what is passed in is shared, and its references are counted by all units.
    size = int(str(size))
    n = 0
    while n < size:
        n += 1
    return n


def sha256(index, units, size):
    answer = 0
    for block in range(index, size * 16, units):
        total = mix((block + GOLDEN) & MASK)
        for word in struct.unpack(">4Q", hashlib.sha256(drawn(stream_of(4, block), 65536)).digest()):
            total = mix(total ^ word)
        answer = (answer + total) & MASK
    return answer


def sleep(_index, _units, size):
    time.sleep(size / 1000)
    return 1


def ping(pings, pongs, size):
    number = 0
    for _ in range(size):
        pings.put(number)
        number = pongs.get()
    return number


def pong(pings, pongs, size):
    for _ in range(size):
        pongs.put(pings.get() + 1)
    return 0
