"""One neutral table as an Excel workbook or as CSV: real numbers and days, and no text that could become a formula."""

import csv as plain_csv
import io
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Literal
from zoneinfo import ZoneInfo

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from server.documents import CSV, XLSX, Document
from server.documents.aside import aside

Kind = Literal["text", "whole", "money", "percent", "share", "day", "instant"]
Cell = str | int | float | date | datetime | None
MANY_ROWS = 5_000
LONGEST_TEXT = 32_767  # what a cell of Excel holds
LONGEST_SHEET_NAME = 31
# OWASP "CSV Injection": what a spreadsheet takes for the beginning of a formula, the wide forms of East Asia included.
RISKY = tuple("=+-@\t\r\n＝＋－＠")
WIDTHS: dict[Kind, float] = {
    "text": 24, "whole": 10, "money": 14, "percent": 10, "share": 10, "day": 12, "instant": 17,
}  # fmt: skip
FORMATS: dict[Kind, dict[str, Any]] = {
    "text": {"text_wrap": True},
    "whole": {"num_format": "#,##0"},
    "money": {"num_format": "#,##0.00"},
    "percent": {"num_format": "0.0%"},
    "share": {"num_format": "0.0%"},
    "day": {"num_format": "dd.mm.yyyy", "align": "left"},
    "instant": {"num_format": "dd.mm.yyyy hh:mm", "align": "left"},
}


@dataclass(frozen=True)
class Column:
    """`money` is whole kopecks, `percent` 0..100, `share` 0..1, `instant` an aware datetime, shown by the
    table's clock.

    `width` is in characters; 0 takes what is usual for the kind.
    """

    name: str
    kind: Kind = "text"
    width: float = 0


@dataclass(frozen=True)
class Table:
    """Rows of cells as long as `columns`; None is an empty cell. `total` stands below, outside of the filter.

    `title` and `notes` stand above the header of a sheet and are left out of CSV, which is for programs.
    """

    title: str
    columns: Sequence[Column]
    rows: Collection[Sequence[Cell]]
    notes: Sequence[str] = ()
    total: Sequence[Cell] | None = None
    sheet: str = ""
    zone: str = "UTC"
    language: str = "ru"


def workbook(file_name: str, tables: Sequence[Table], *, now: datetime) -> Document:
    """The tables as `file_name`.xlsx, each on a sheet of its own; written aside after the transaction."""
    return Document(partial(aside, xlsx, tables, now=now), XLSX, f"{file_name}.xlsx")


def separated(file_name: str, table: Table) -> Document:
    """The table as `file_name`.csv; written aside after the transaction."""
    return Document(partial(aside, csv, table), CSV, f"{file_name}.csv")


def xlsx(tables: Sequence[Table], *, now: datetime) -> bytes:
    """A workbook with a sheet for each table. The same tables and `now` give the same cells."""
    with tempfile.TemporaryDirectory() as aside_of_memory:
        return _xlsx(tables, now, aside_of_memory)


def _xlsx(tables: Sequence[Table], now: datetime, folder: str) -> bytes:
    out = io.BytesIO()
    many = any(len(table.rows) > MANY_ROWS for table in tables)
    options = {
        "constant_memory": many,
        "tmpdir": folder,
        "in_memory": not many,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": tables[0].title if tables else "", "created": now.replace(tzinfo=None)})
    taken: set[str] = set()
    for table in tables:
        _Sheet(book, table, sheet_name(table.sheet or table.title, taken)).write()
    book.close()
    return out.getvalue()


def csv(table: Table) -> bytes:
    """UTF-8 with a mark at the beginning; semicolons and decimal commas as the Russian Excel expects, else commas."""
    out = io.StringIO()
    russian = table.language == "ru"
    writer = plain_csv.writer(out, delimiter=";" if russian else ",", lineterminator="\r\n")
    writer.writerow([harmless(column.name) for column in table.columns])
    for row in (*table.rows, *([table.total] if table.total else [])):
        cells = zip(table.columns, row, strict=True)
        writer.writerow([_as_text(cell, column.kind, table.zone, russian=russian) for column, cell in cells])
    return out.getvalue().encode("utf-8-sig", errors="replace")


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(RISKY) else text


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that Excel takes: without its signs, at most 31 letters, none twice whatever the case."""
    legal = "".join(" " if sign in "[]:*?/\\" or not sign.isprintable() else sign for sign in wanted)
    legal = " ".join(legal.split()).strip("' ")[:LONGEST_SHEET_NAME].strip("' ") or "1"
    legal = f"{legal} 1" if legal.lower() == "history" else legal
    name, number = legal, 1
    while name.lower() in taken:
        number += 1
        name = f"{legal[: LONGEST_SHEET_NAME - len(str(number)) - 1]} {number}"
    taken.add(name.lower())
    return name


def _as_text(cell: Cell, kind: Kind, zone: str, *, russian: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, datetime):
        return f"{cell.astimezone(ZoneInfo(zone)):%d.%m.%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    if kind == "money":
        kopecks = abs(int(cell))
        number = f"{'-' * (cell < 0)}{kopecks // 100}.{kopecks % 100:02}"
    elif kind in {"percent", "share"}:
        number = f"{cell * (100 if kind == 'share' else 1):.1f}"
    else:
        number = str(cell)
    return number.replace(".", ",") if russian else number


class _Sheet:
    """One sheet: title and notes, the header that stays in sight, rows under a filter, the total."""

    def __init__(self, book: xlsxwriter.Workbook, table: Table, name: str) -> None:
        self.table = table
        self.sheet: Worksheet = book.add_worksheet(name)
        base = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        ruled = base | {"bottom": 4, "bottom_color": "#b8b8b8"}
        self.title = book.add_format(base | {"bold": True, "font_size": 14})
        self.note = book.add_format(base | {"italic": True, "font_color": "#555555"})
        self.head = book.add_format(
            base | {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#e4ede6", "bottom": 2}
        )
        self.plain = {kind: book.add_format(ruled | form) for kind, form in FORMATS.items()}
        self.bold = {kind: book.add_format(base | form | {"bold": True, "top": 2}) for kind, form in FORMATS.items()}
        # Also who opens such a cell to edit it does not make a formula of it.
        self.quoted = book.add_format(ruled | FORMATS["text"] | {"quote_prefix": True})

    def write(self) -> None:
        table, sheet = self.table, self.sheet
        for index, column in enumerate(table.columns):
            sheet.set_column(index, index, column.width or WIDTHS[column.kind])
        self._text(0, 0, table.title, self.title)
        for number, note in enumerate(table.notes, 1):
            self._text(number, 0, note, self.note)
        header = len(table.notes) + 2
        for index, column in enumerate(table.columns):
            self._text(header, index, column.name, self.head)
        row = header
        for row, cells in enumerate(table.rows, header + 1):
            self._row(row, cells, self.plain)
        sheet.freeze_panes(header + 1, 0)
        sheet.autofilter(header, 0, max(row, header), max(len(table.columns) - 1, 0))
        if table.total is not None:
            self._row(row + 1, table.total, self.bold)
        self._on_paper(header)

    def _on_paper(self, header: int) -> None:
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(header)
        self.sheet.set_footer("&R&P / &N")

    def _row(self, row: int, cells: Sequence[Cell], forms: dict[Kind, Format]) -> None:
        for index, (column, cell) in enumerate(zip(self.table.columns, cells, strict=True)):
            self._cell(row, index, cell, column.kind, forms[column.kind])

    def _cell(self, row: int, index: int, cell: Cell, kind: Kind, form: Format) -> None:
        if cell is None:
            self.sheet.write_blank(row, index, None, form)
        elif isinstance(cell, str):
            self._text(row, index, cell, self.quoted if harmless(cell) != cell else form)
        elif isinstance(cell, datetime):
            local = cell.astimezone(ZoneInfo(self.table.zone)).replace(tzinfo=None)
            self.sheet.write_datetime(row, index, local, form)
        elif isinstance(cell, date):
            self.sheet.write_datetime(row, index, cell, form)
        else:
            self.sheet.write_number(row, index, cell / 100 if kind in {"money", "percent"} else cell, form)

    def _text(self, row: int, index: int, text: str, form: Format) -> None:
        fit = text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
        self.sheet.write_string(row, index, fit.encode(errors="replace").decode(), form)
