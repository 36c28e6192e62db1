"""Tables taken along: opened again they hold what was put in, as numbers and days, and no text has become a formula."""

import csv as plain_csv
import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.documents import tables
from server.documents.tables import Column, Table

NOW = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)
FORMULA = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "'=", "=HYPERLINK(", "-2+3+cmd|", "@SUM("])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
HOSTILE = st.builds(lambda sign, rest: sign + rest, FORMULA, TEXT)


def one(text: str, **more: object) -> Table:
    return Table(title=text, columns=[Column(text), Column("n", "whole")], rows=[[text, 1]], notes=[text], **more)  # type: ignore[arg-type]


def opened(data: bytes, *, values: bool = False) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


@settings(max_examples=120, deadline=None)
@given(HOSTILE | TEXT)
def test_no_text_of_a_workbook_is_a_formula(text: str) -> None:
    data = tables.xlsx([one(text)], now=NOW)
    cells = [cell for row in opened(data).worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert [cell.data_type for cell in cells if cell.value != 1] == ["s"] * (len(cells) - 1)
    xml = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "<hyperlink" not in xml


@settings(max_examples=200, deadline=None)
@given(HOSTILE | TEXT, st.sampled_from(["ru", "en"]))
def test_no_cell_of_csv_begins_like_a_formula_and_none_is_lost(text: str, language: str) -> None:
    read = tables.csv(one(text, language=language)).decode("utf-8-sig")
    delimiter = ";" if language == "ru" else ","
    rows = list(plain_csv.reader(io.StringIO(read, newline=""), delimiter=delimiter))
    assert len(rows) == 2
    assert [len(row) for row in rows] == [2, 2]
    for row in rows:
        assert not row[0].lstrip(" \u00a0").startswith(tables.RISKY)
        assert row[0].removeprefix("'") == text.removeprefix("'")
    assert rows[1][1] == "1"


def test_numbers_days_and_hours_are_what_they_are() -> None:
    at = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
    table = Table(
        title="Реестр",
        columns=[
            Column("Кому"), Column("Сколько", "whole"), Column("Сумма", "money"), Column("Доля", "share"),
            Column("Процент", "percent"), Column("День", "day"), Column("Начало", "instant"),
        ],
        rows=[["Иванова М. П.", 3, 142287, 0.5, 87.5, date(2026, 11, 23), at], [None] * 7],
        total=["Итого", 3, -142205, None, None, None, None],
        zone="Asia/Novosibirsk",
    )  # fmt: skip
    sheet = opened(tables.xlsx([table], now=NOW)).worksheets[0]
    row = [cell.value for cell in sheet[4]]
    assert row[:5] == ["Иванова М. П.", 3, 1422.87, 0.5, 0.875]
    assert [each.isoformat() for each in row[5:]] == ["2026-11-23T00:00:00", "2026-11-24T03:30:00"]
    assert [cell.value for cell in sheet[6]][:3] == ["Итого", 3, -1422.05]
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:G5"
    assert sheet["C4"].number_format == "#,##0.00"
    lines = tables.csv(table).decode("utf-8-sig").splitlines()
    assert lines[1] == "Иванова М. П.;3;1422,87;50,0;87,5;23.11.2026;24.11.2026 03:30"
    assert lines[2] == ";;;;;;"
    assert lines[3] == "Итого;3;-1422,05;;;;"


def test_csv_begins_with_the_mark_that_excel_needs() -> None:
    assert tables.csv(one("а")).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("Акты [2026/11]: всё?", ["Акты 2026 11 всё", "Акты 2026 11 всё 2"]),
        ("'", ["1", "1 2"]),
        ("History", ["History 1", "History 1 2"]),
        ("О" * 40, ["О" * 31, "О" * 29 + " 2"]),
    ],
)
def test_sheets_have_names_that_excel_takes(wanted: str, names: list[str]) -> None:
    book = opened(tables.xlsx([one("а", sheet=wanted), one("а", sheet=wanted)], now=NOW))
    assert book.sheetnames == names


def test_many_rows_are_written_without_keeping_them() -> None:
    rows = [[f"=строка {number}", number] for number in range(tables.MANY_ROWS + 1)]
    data = tables.xlsx([Table("Много", [Column("а"), Column("б", "whole")], rows)], now=NOW)
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
    last = list(sheet.iter_rows(values_only=True))[-1]
    assert last == (f"=строка {tables.MANY_ROWS}", tables.MANY_ROWS)


def test_a_text_longer_than_a_cell_is_cut_where_it_shows() -> None:
    sheet = opened(tables.xlsx([one("я" * 40_000)], now=NOW)).worksheets[0]
    assert sheet["A1"].value == "я" * 32_766 + "…"


def test_the_same_table_at_the_same_time_is_the_same_file() -> None:
    assert tables.xlsx([one("а")], now=NOW) == tables.xlsx([one("а")], now=NOW)
