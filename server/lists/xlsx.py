"""XLSX (ECMA-376) by openpyxl, row by row: bounded before it is opened, formulas never worked out, numbers exact."""

import io
import math
import re
import warnings
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from defusedxml.common import DefusedXmlException
from openpyxl import DEFUSEDXML, Workbook, load_workbook
from openpyxl.utils import range_boundaries

from server.lists.csv_text import Source
from server.lists.rows import MOST_COLUMNS, Raw, Unreadable

MOST_UNPACKED = 400 * 1024 * 1024
MOST_STRINGS = 128 * 1024 * 1024
MOST_PARTS = 2_000
# A sheet of words packs to a tenth or twentieth; a bomb to a thousandth.
MOST_RATIO = 200
RATIO_FROM = 4 * 1024 * 1024
LAST_LINE = 1_048_576
EXACT_TO = 10**15
BLOCK = 256 * 1024
LARGEST_MERGED = 10_000
MOST_MERGED = 10_000
# How the libraries below say that a file is not what it claims to be; NotImplementedError is what zipfile raises at a
# way of packing that it does not know.
DAMAGED = (
    *(BadZipFile, DefusedXmlException, zlib.error, OSError, EOFError, SyntaxError),
    *(ValueError, LookupError, TypeError, AttributeError, ArithmeticError, NotImplementedError, RuntimeError),
)
OTHERS = (
    ("xl/vbaProject.bin", "xlsm"),
    ("xl/workbook.bin", "xlsb"),
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
)
ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})[\"']")


def opened(path: Path) -> Source:
    """The first sheet. Refused: `format_other`, `file_damaged`, `unpacked_too_large`, `too_many_columns`."""
    assert DEFUSEDXML, "openpyxl reads XML without a limit to its entities"
    try:
        with ZipFile(path) as archive:
            _must_be_sane(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations that openpyxl would not write back
            # By its bytes, which are few as long as they are packed: of a path openpyxl would want to know the suffix.
            book = load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=False, keep_links=False)
        return _first_sheet(path, book)
    except Unreadable:
        raise
    except DAMAGED:
        raise Unreadable("file_damaged") from None


def _must_be_sane(archive: ZipFile) -> None:
    """Sizes are those that the archive declares; zipfile gives no more than that, whatever is packed in it."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > MOST_PARTS or len(names) < len(parts):
        raise Unreadable("file_damaged")
    for mark, name in OTHERS:
        if mark in names:
            raise Unreadable("format_other", format=name)
    if "mimetype" in names and "opendocument" in archive.read("mimetype")[:200].decode("ascii", "replace"):
        raise Unreadable("format_other", format="ods")
    if "xl/workbook.xml" not in names:
        raise Unreadable("format_other", format="zip")
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("format_other", format="password")
    _must_be_bounded(parts)


def _must_be_bounded(parts: list[ZipInfo]) -> None:
    strings = sum(part.file_size for part in parts if "sharedstrings" in part.filename.lower())
    bomb = any(part.file_size > max(RATIO_FROM, part.compress_size * MOST_RATIO) for part in parts)
    if bomb or strings > MOST_STRINGS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable("unpacked_too_large", most_mib=MOST_UNPACKED // 1024**2)


def _first_sheet(path: Path, book: Workbook) -> Source:
    shown = [each for each in book.worksheets if each.sheet_state == "visible"]
    if not shown:
        raise Unreadable("file_empty")
    page: Any = shown[0]
    page.reset_dimensions()  # what the file says of its size may be wrong, and then rows would be left out
    seen = _gone_through(path, page._worksheet_path)
    notes = {"sheet": page.title[:80], "sheets": len(book.worksheets), "hidden_rows": seen.hidden}
    return Source(_raws(page, seen.merged), seen.rows, notes)


@dataclass
class _Seen:
    rows: int = 0
    hidden: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def _gone_through(path: Path, part: str) -> _Seen:
    """Counts the rows, and finds what is merged: a sheet tells of that after its rows, when it would be too late."""
    seen = _Seen()
    with ZipFile(path) as archive, archive.open(part) as sheet:
        kept = b""
        while block := sheet.read(BLOCK):
            text = kept + block
            end = text.rfind(b">") + 1
            for tag in ROW.findall(text, 0, end):
                seen.rows += 1
                seen.hidden += bool(HIDDEN.search(tag))
            seen.merged += [_area(found) for found in MERGED.findall(text, 0, end)]
            if len(seen.merged) > MOST_MERGED:
                raise Unreadable("file_damaged")
            kept = text[end:][-BLOCK:]
    return seen


def _area(found: bytes) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(found.decode())
    return int(left or 0), int(top or 0), int(right or 0), int(bottom or 0)


def _raws(page: Any, merged: list[tuple[int, int, int, int]]) -> Iterator[Raw]:
    covered = _covered(merged)
    line = 0
    try:
        for line, cells in enumerate(page.iter_rows(), 1):
            if line > LAST_LINE:
                raise Unreadable("file_damaged", line)
            if len(cells) > MOST_COLUMNS and any(cell.value is not None for cell in cells[MOST_COLUMNS:]):
                raise Unreadable("too_many_columns", line, most=MOST_COLUMNS)
            yield _raw(line, cells[:MOST_COLUMNS], covered.get(line, ()))
    except DAMAGED:
        raise Unreadable("file_damaged", line + 1) from None


def _covered(merged: list[tuple[int, int, int, int]]) -> dict[int, list[tuple[int, int]]]:
    """By line, the columns from … to that lie under a merged area and show what stands in another row."""
    found: dict[int, list[tuple[int, int]]] = {}
    for left, top, right, bottom in merged:
        for line in range(top, min(bottom, top + LARGEST_MERGED) + 1):
            found.setdefault(line, []).append((left, right))
    return found


def _raw(line: int, cells: tuple[Any, ...], covered: Sequence[tuple[int, int]]) -> Raw:
    found = Raw(line, [])
    for at, cell in enumerate(cells):
        text, flaw = _text(cell)
        found.cells.append(text)
        if flaw:
            found.flaws[at] = flaw
    if any(found.cells):
        found.flaws.update(
            (at, "merged") for left, right in covered for at in range(left - 1, min(right, MOST_COLUMNS))
        )
    return found


def _text(cell: Any) -> tuple[str, str]:
    """The cell as text, exactly, and what is wrong with it."""
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == "f":
        return f"{value}"[:200] if isinstance(value, str) else "=", "formula"
    if cell.data_type == "e":
        return str(value), "cell_error"
    if isinstance(value, bool):
        return ("1" if value else "0"), ""
    if isinstance(value, int | float):
        return _number(value)
    return _words(value), ""


def _number(value: float) -> tuple[str, str]:
    """Excel keeps fifteen digits of a number; one with more has lost its last ones."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value), "cell_error"
    if abs(value) >= EXACT_TO:
        return str(value), "number_rounded"
    return (str(int(value)) if value == int(value) else repr(value)), ""


def _words(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(value).replace("_x000D_", "").strip()
