"""CSV as people have it: UTF-8, UTF-16 or Excel's CP1251, divided by semicolons, commas or tabs; read line by line."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from server.lists.headings import Headings
from server.lists.rows import MOST_IN_ROW, Raw, Unreadable

DELIMITERS = (";", ",", "\t")
BLOCK = 256 * 1024
# What Excel would work out on opening the file: it is refused, not kept as words.
FORMULA = re.compile(r"^=|^[+\-@]\s*[A-Za-zА-Яа-я_.]{2,}[(|!]")
# So a report of ours, or a careful program, says that what follows is meant as words.
ESCAPED = tuple("=+-@＝＋－＠")
# A long number that was shown shortened: all digits behind its comma are there, or they are lost.
SHORTENED = re.compile(r"^([1-9])(?:[.,](\d+))?[eEеЕ]\+?(\d{1,3})$")
CLOSED_BY = ("\n", "\r")


@dataclass(frozen=True)
class Source:
    """Rows as they stand in a file, about how many they are, and what is worth saying of it."""

    raws: Iterator[Raw]
    about: int
    notes: Mapping[str, Any] = field(default_factory=dict)


def opened(path: Path, known: Headings) -> Source:
    """Refused: `encoding_unknown`, `encoding_changes`, `not_text`, `truncated`; the rest while rows are taken."""
    encoding, lines = _encoding(path)
    delimiter, skipped = _delimiter(path, encoding, known)
    notes = {"encoding": encoding, "delimiter": delimiter}
    return Source(_raws(path, encoding, delimiter, skipped), lines, notes)


def _encoding(path: Path) -> tuple[str, int]:
    """The one encoding of the whole file, and its count of lines; the file is gone through once for it."""
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(0)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            if path.stat().st_size % 2:
                raise Unreadable("truncated")
            return "utf-16", _decoded_lines(file, "utf-16")
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig", _decoded_lines(file, "utf-8-sig")
        return _without_mark(file)


def _decoded_lines(file: BinaryIO, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    try:
        while block := file.read(BLOCK):
            text = decoder.decode(block)
            if "\0" in text:
                raise Unreadable("not_text", lines + text[: text.index("\0")].count("\n") + 1)
            lines += text.count("\n")
    except UnicodeDecodeError as error:
        raise Unreadable("encoding_changes", lines + 1 + error.object[: error.start].count(b"\n")) from None
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Unreadable("truncated", lines + 1) from None
    return lines + 1


def _without_mark(file: BinaryIO) -> tuple[str, int]:
    """UTF-8 or CP1251, line by line: each line with letters beyond ASCII says which of them it can be."""
    first: dict[str, int] = {}
    number, line = 0, b""
    for number, line in _byte_lines(file):
        if b"\0" in line:
            raise Unreadable("not_text", number)
        if not line.isascii():
            first.setdefault(_spoken(line), number)
    alone = first.pop("either", None)
    if alone is not None and "utf-8" not in first:
        first.setdefault("cp1251", alone)
    if len(first) > 1:
        # The very last line may only have been cut in the middle of a letter.
        cut = "utf-8" in first and not _decodes(line) and _cut(line)
        raise Unreadable("truncated" if cut else "encoding_changes", max(first.values()))
    if "" in first:
        raise Unreadable("encoding_unknown", first[""])
    return next(iter(first), "utf-8"), number


def _byte_lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := file.readline(MOST_IN_ROW * 4):
        number += 1
        if len(line) == MOST_IN_ROW * 4:
            raise Unreadable("line_too_long", number)
        yield number, line


def _spoken(line: bytes) -> str:
    """The encoding that the line is in; "" for neither, "either" where it says nothing beside lines that are UTF-8."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8" if _is_meant(text) else "either"
    try:
        line.decode("cp1251")
    except UnicodeDecodeError:
        return ""
    return "cp1251"


def _is_meant(text: str) -> bool:
    """Whether bytes that could be UTF-8 are: in CP1251 a line of one "Сё" alone would be valid UTF-8 by accident."""
    beyond = [letter for letter in text if not letter.isascii()]
    return len(beyond) > 1 or beyond[0] in "№«»–—ёЁ" or "а" <= beyond[0].lower() <= "я"


def _cut(line: bytes) -> bool:
    return any(_decodes(line[:-end]) for end in (1, 2, 3))


def _decodes(part: bytes) -> bool:
    try:
        part.decode()
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(path: Path, encoding: str, known: Headings) -> tuple[str, int]:
    """What divides the columns: with it the first lines have the most headings that are known. Also Excel's `sep=;`."""
    lines = [line for _, line in zip(range(30), _lines(path, encoding), strict=False)]
    if lines and (said := re.fullmatch(r"sep=([;,\t|])", lines[0].strip("\r\n"))):
        return said[1], 1
    return max(DELIMITERS, key=lambda each: _understood(lines, each, known)), 0


def _understood(lines: list[str], delimiter: str, known: Headings) -> tuple[int, int]:
    best = 0
    for line in lines:
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            continue
        best = max(best, sum(map(bool, known.read(cells))))
    return best, sum(line.count(delimiter) for line in lines)


def _lines(path: Path, encoding: str) -> Iterator[str]:
    with path.open("rb") as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        while line := text.readline(MOST_IN_ROW):
            yield line


class _Record:
    """Lines for the csv module, which says nothing of how long a record grew and where it began."""

    def __init__(self, lines: Iterator[str], begun: int) -> None:
        self._lines = lines
        self.line = begun
        self.starts = begun + 1
        self.last = ""
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.line += 1
            self._length += len(line)
            if self._length >= MOST_IN_ROW:  # a quote that nobody closed swallows row after row
                raise Unreadable("quote_open" if self.line > self.starts else "line_too_long", self.starts)
            self.last = line
            yield line

    def taken(self) -> None:
        self.starts, self._length = self.line + 1, 0


def _raws(path: Path, encoding: str, delimiter: str, skipped: int) -> Iterator[Raw]:
    lines = _lines(path, encoding)
    for _ in range(skipped):
        next(lines, "")
    record = _Record(lines, skipped)
    width = 0
    try:
        for cells in csv.reader(record, delimiter=delimiter, strict=True):
            raw = _raw(record.starts, [cell.strip() for cell in cells])
            if not record.last.endswith(CLOSED_BY) and 0 < len(cells) < width:
                raw.flaws[-1] = "row_cut"
            width = width or (len(cells) if any(cells) else 0)
            record.taken()
            yield raw
    except csv.Error as error:
        code = "truncated" if "unexpected end" in str(error) else "quotes_broken"
        raise Unreadable(code, record.starts) from None


def _raw(line: int, cells: list[str]) -> Raw:
    flaws = {}
    for at, text in enumerate(cells):
        if text[:1] == "'" and text[1:].lstrip().startswith(ESCAPED):
            cells[at] = text[1:].strip()
        elif FORMULA.match(text):
            flaws[at] = "formula"
        elif shortened := SHORTENED.match(text):
            cells[at], lost = _whole(shortened)
            flaws |= {at: "number_rounded"} if lost else {}
    return Raw(line, cells, flaws)


def _whole(shortened: re.Match[str]) -> tuple[str, bool]:
    """7,9135550101E+10 has all its digits and is 79135550101 again; 7,91E+10 has lost them."""
    first, behind, power = shortened[1], shortened[2] or "", int(shortened[3])
    if len(behind) == power:
        return first + behind, False
    return shortened[0], True
