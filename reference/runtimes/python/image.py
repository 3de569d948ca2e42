"""Grey pictures of 256 x 256 pixels, made brighter, blurred and halved. A picture is a list of rows."""
from itertools import accumulate
from operator import sub

from work import GOLDEN, MASK, drawn, mix, stream_of

WIDTH = 256


def image(index, units, size):
    answer = 0
    for picture in range(index, size, units):
        pixels = [pixel + 32 if pixel < 223 else 255 for pixel in drawn(stream_of(1, picture), WIDTH * WIDTH)]
        rows = [pixels[at : at + WIDTH] for at in range(0, WIDTH * WIDTH, WIDTH)]
        answer = (answer + checksum(picture, halved(blurred(rows)))) & MASK
    return answer


def blurred(rows):
    return [[total // 25 for total in sums] for sums in sums_down([sums_along(row) for row in rows])]


def sums_along(row):
    """The sums of five neighbours: from one to the next, one number comes in and one goes out."""
    row = extended(row)
    return list(accumulate(map(sub, row[5:], row), initial=sum(row[:5])))


def sums_down(rows):
    """The same down all columns at once, row by row."""
    rows = extended(rows)
    sums = [sum(column) for column in zip(*rows[:5])]
    yield sums
    for coming, going in zip(rows[5:], rows):
        sums = [total + new - old for total, new, old in zip(sums, coming, going)]
        yield sums


def extended(line):
    """Beyond its ends, a line goes on as it ends."""
    return line[:1] * 2 + line + line[-1:] * 2


def halved(rows):
    for upper, lower in zip(rows[::2], rows[1::2]):
        for a, b, c, d in zip(upper[::2], upper[1::2], lower[::2], lower[1::2]):
            yield (a + b + c + d) // 4


def checksum(picture, pixels):
    total = 0xCBF29CE484222325 ^ mix((picture + GOLDEN) & MASK)
    for pixel in pixels:
        total = ((total ^ pixel) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return total
