"""Reading a list: which kind of file it is, where its headings stand, and then its rows one after the other.

Nothing is guessed: what is not certainly a list in one of two formats (CSV; XLSX of ECMA-376) is refused by name.
"""

from collections.abc import Iterator
from pathlib import Path
from zipfile import is_zipfile

from server.lists import csv_text, xlsx
from server.lists.headings import LISTS, Headings, ListKind
from server.lists.rows import MOST_COLUMNS, MOST_IN_CELL, MOST_ROWS, Raw, Row, Sheet, Unreadable

# Titles, a department's name, an empty line: so far down the headings are looked for.
SEARCHED = 20
# How other formats begin. OLE2 is the old Excel's, and that of a workbook with a password.
BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"<?xml", "xml"),
    (b"<html", "html"),
    (b"<!doctype", "html"),
    (b"<table", "html"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
)


def sheet(path: Path, kind: ListKind) -> Sheet:
    """The list in a file. Refused: `Unreadable`, here or while its rows are taken."""
    known = LISTS[kind]
    with path.open("rb") as file:
        begins = file.read(4096)
    if not begins:
        raise Unreadable("file_empty")
    _must_not_be_another(begins)
    packed = begins.startswith(b"PK") or is_zipfile(path)
    return _with_headings(xlsx.opened(path) if packed else csv_text.opened(path, known), known)


def rows(path: Path, kind: ListKind) -> Iterator[Row]:
    """The rows of a file alone."""
    return sheet(path, kind).rows


def _must_not_be_another(begins: bytes) -> None:
    plain = begins.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, name in BEGINNINGS:
        if plain.startswith(mark.lower()):
            protected = name == "xls" and "EncryptedPackage".encode("utf-16-le") in begins
            raise Unreadable("format_other", format="password" if protected else name)


def _with_headings(source: csv_text.Source, known: Headings) -> Sheet:
    found: list[Raw] = []
    raws = iter(source.raws)
    for raw in raws:
        if not any(raw.cells):
            continue
        found.append(raw)
        columns = known.read(raw.cells)
        if known.complete(columns):
            break
        if len(found) == SEARCHED:
            raise _no_headings(found, known)
    else:
        raise _no_headings(found, known)
    if len(raw.cells) > MOST_COLUMNS:
        raise Unreadable("too_many_columns", raw.line, most=MOST_COLUMNS)
    if doubled := sorted({name for name in columns if name and columns.count(name) > 1}):
        raise Unreadable("columns_doubled", raw.line, columns=doubled)
    return Sheet(
        columns=tuple(name for name in columns if name),
        unknown=tuple(text[:80] for text, name in zip(raw.cells, columns, strict=True) if text and not name)[:50],
        rows=_rows(raws, columns),
        about=source.about,
        notes=source.notes,
    )


def _no_headings(found: list[Raw], known: Headings) -> Unreadable:
    """Says what is missing in the row that looks most like headings."""
    if not found:
        return Unreadable("file_empty")
    best = max(found, key=lambda raw: sum(map(bool, known.read(raw.cells))))
    columns = known.read(best.cells)
    if not any(columns):
        return Unreadable("headings_unknown", best.line)
    return Unreadable("columns_missing", best.line, columns=known.missing(columns))


def _rows(raws: Iterator[Raw], columns: list[str]) -> Iterator[Row]:
    count = 0
    for raw in raws:
        if not any(raw.cells) and not raw.flaws:
            continue
        count += 1
        if count > MOST_ROWS:
            raise Unreadable("too_many_rows", raw.line, most=MOST_ROWS)
        yield _row(raw, columns)


def _row(raw: Raw, columns: list[str]) -> Row:
    width = len(columns)
    flaws = {columns[at] if 0 <= at < width else "": code for at, code in raw.flaws.items()}
    if "" in flaws and -1 not in raw.flaws:  # only a column that is ignored anyway is flawed
        del flaws[""]
    if any(text for text in raw.cells[width:]):
        flaws[""] = "cells_too_many"
    named = [(name, text) for name, text in zip(columns, raw.cells, strict=False) if name and text]
    flaws |= {name: "too_long" for name, text in named if len(text) > MOST_IN_CELL}
    return Row(raw.line, {name: text[:MOST_IN_CELL] for name, text in named}, flaws)
