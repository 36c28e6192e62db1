"""QR codes of links with a secret at the end, drawn in a hundredth of the time: such a picture is a sum.

With version, level and mask given, every dot of a QR code is a sum without carry of bits of the text: error correction
(ISO/IEC 18004, 7.5) is linear, and mask, frame and format are always the same. So a code is that of a text of the same
length and, for each bit in which the two differ, the dots that this bit turns over; segno draws those once.
"""

from functools import lru_cache, reduce
from operator import xor

import segno

BORDER = 2
MASK = 3  # any of the eight can be read; trying all of them for the prettiest takes longer than the whole booking
FILLER = "A"
ROW_PART = 11  # dots whose pieces of a path are remembered together
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" class="segno">'
PATH = '<path class="qrline" stroke="#000" d="{0}"/></svg>'

Dots = tuple[int, int]
"""The side of the square, and all its dots, row after row, as the bits of one number."""


def svg_of_link(address: str, secret: str) -> str:
    """A QR code as one <svg> element without a fixed size, of an address with a secret of plain letters at its end."""
    side, dots = _dots(address + FILLER * len(secret))
    turned = [_turned(len(address), at, len(secret), letter) for at, letter in enumerate(secret)]
    return _drawn(side, reduce(xor, turned, dots))


@lru_cache(maxsize=64)
def _dots(text: str) -> Dots:
    rows = segno.make(text, error="m", mode="byte", micro=False, mask=MASK).matrix
    return len(rows), int("".join(f"{dot & 1}" for row in rows for dot in row), 2)


@lru_cache(maxsize=16 * 1024)
def _turned(before: int, at: int, count: int, letter: str) -> int:
    """The dots that turn when this letter stands at a place of `count` fillers after so many other letters."""
    differs = ord(letter) ^ ord(FILLER)
    return reduce(xor, (_turned_by(before, at, count, bit) for bit in range(7) if differs >> bit & 1), 0)


@lru_cache(maxsize=8 * 1024)
def _turned_by(before: int, at: int, count: int, bit: int) -> int:
    plain = FILLER * (before + count)
    other = chr(ord(FILLER) ^ 1 << bit)
    return _dots(plain)[1] ^ _dots_once(plain[: before + at] + other + plain[before + at + 1 :])


def _dots_once(text: str) -> int:
    return _dots.__wrapped__(text)[1]


def _drawn(side: int, dots: int) -> str:
    text = f"{dots:0{side * side}b}"
    rows = []
    for row in range(side):
        parts = range(row * side, (row + 1) * side, ROW_PART)
        dashes = "".join([_dashes(text[at : min(at + ROW_PART, (row + 1) * side)]) for at in parts])
        rows.append(f"M{BORDER} {BORDER + row}.5{dashes}")
    return HEAD.format(side + 2 * BORDER) + PATH.format("".join(rows))


@lru_cache(maxsize=8 * 1024)
def _dashes(dots: str) -> str:
    """A part of a row as strokes; the pen ends where the part ends."""
    strokes, at = [], 0
    while (begins := dots.find("1", at)) >= 0:
        ends = next((index for index in range(begins, len(dots)) if dots[index] == "0"), len(dots))
        strokes.append(f"m{begins - at} 0h{ends - begins}" if begins > at else f"h{ends - begins}")
        at = ends
    if at < len(dots):
        strokes.append(f"m{len(dots) - at} 0")
    return "".join(strokes)
