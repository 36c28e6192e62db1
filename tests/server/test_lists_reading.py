"""Files that people bring: what is read of them, and by which code and line what cannot be read is refused."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from server.lists import reading
from server.lists.rows import Row, Unreadable

HEAD = "ФИО;Дата рождения;Телефон;Согласие"
ROW = "Иванова Мария Петровна;12.03.1947;8 913 555-77-01;01.11.2026"
OTHER = "Сидоров Пётр Иванович;01.07.1950;;01.11.2026"


def read(tmp_path: Path, content: bytes) -> list[Row]:
    path = tmp_path / "list"
    path.write_bytes(content)
    return list(reading.rows(path, "applications"))


def refused(tmp_path: Path, content: bytes) -> tuple[str, int | None]:
    with pytest.raises(Unreadable) as found:
        read(tmp_path, content)
    return found.value.code, found.value.line


def text(*lines: str, end: str = "\r\n") -> str:
    return end.join([*lines, ""])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_same_list_is_read_however_it_was_saved(tmp_path: Path, encoding: str, end: str, delimiter: str) -> None:
    content = text(HEAD, ROW, OTHER, end=end).replace(";", delimiter).encode(encoding)
    first, second = read(tmp_path, content)
    assert dict(first.cells) == {
        "name": "Иванова Мария Петровна",
        "birth_date": "12.03.1947",
        "phone": "8 913 555-77-01",
        "consent": "01.11.2026",
    }
    assert (first.line, second.line, second.cells["name"]) == (2, 3, "Сидоров Пётр Иванович")


def test_a_lone_sign_says_nothing_beside_lines_that_are_utf_8(tmp_path: Path) -> None:
    euro, accent = "Smith John;12.03.1947;5 €;01.11.2026", "Muller Zoé;12.03.1950;;01.11.2026"
    for content in (text(HEAD, ROW, euro, OTHER, accent), text(HEAD, accent, ROW)):
        rows = read(tmp_path, content.encode())
        assert [row.cells["name"] for row in rows] == [line.split(";")[0] for line in content.split("\r\n")[1:-1]]
    # Beside lines of CP1251, or alone, it is two letters of CP1251.
    assert read(tmp_path, text(HEAD, ROW, "Сё").encode("cp1251"))[-1].cells["name"] == "Сё"


def test_lines_count_as_the_program_counts_them(tmp_path: Path) -> None:
    quoted = 'Иванова Мария Петровна;12.03.1947;"8 913 555-77-01\nпосле обеда";01.11.2026'
    rows = read(tmp_path, text("Список за ноябрь;;;", "", HEAD, quoted, ";;;", OTHER, end="\n").encode())
    assert [row.line for row in rows] == [4, 7]
    assert rows[0].cells["phone"] == "8 913 555-77-01\nпосле обеда"


def test_mixed_ends_of_lines_and_excels_word_for_the_delimiter(tmp_path: Path) -> None:
    rows = read(tmp_path, f"sep=;\r\n{HEAD}\n{ROW}\r{OTHER}".encode())
    assert [row.line for row in rows] == [3, 4]


HEAD_1251 = HEAD.encode("cp1251")
BROKEN: dict[str, tuple[bytes, str, int | None]] = {
    "empty": (b"", "file_empty", None),
    "blank": (b"\r\n\r\n;;;\r\n", "file_empty", None),
    "zero bytes": (text(HEAD, ROW).encode() + b"a\0b;c\r\n", "not_text", 3),
    "half a letter": (text(HEAD, ROW).encode()[:-3] + "я".encode()[:1], "truncated", 2),
    "half of utf-16": (text(HEAD, ROW).encode("utf-16")[:-1], "truncated", None),
    "the encoding changes": (text(HEAD, ROW).encode() + text(OTHER).encode("cp1251"), "encoding_changes", 3),
    "it changes the other way": (text(HEAD, ROW).encode("cp1251") + text(OTHER).encode(), "encoding_changes", 3),
    "no encoding has this byte": (HEAD_1251 + b"\r\n\x98\xff;1\r\n", "encoding_changes", 2),
    "nor these": (b"name;birth date;consent\r\n\x98\xff;1\r\n", "encoding_unknown", 2),
    "KOI8-R": (text(HEAD, ROW).encode("koi8-r"), "headings_unknown", 1),
    "MacCyrillic": (text(HEAD, ROW).encode("mac_cyrillic"), "headings_unknown", 1),
    "CP866": (text(HEAD, ROW).encode("cp866"), "headings_unknown", 1),
    "a quote never closed": (text(HEAD, 'Иванова;"12', *[ROW] * 2000).encode(), "quote_open", 2),
    "a quote open at the end": (text(HEAD, 'Иванова;"12.03').encode(), "truncated", 2),
    "a quote in the wrong place": (text(HEAD, ROW, '"Иванова"а;12;;').encode(), "quotes_broken", 3),
    "one endless line": (HEAD.encode() + b"\r\n" + b"a" * 300_000, "line_too_long", 2),
    "no consent": (text("ФИО;Дата рождения", "Иванова Мария;1947-03-12").encode(), "columns_missing", 1),
    "other headings": (text("Артикул;Цена", "12;300").encode(), "headings_unknown", 1),
    "a column twice": (text(f"{HEAD};Тел.", ROW).encode(), "columns_doubled", 1),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "format_other", None),
    "PDF": (b"%PDF-1.7\n", "format_other", None),
    "a web page": (b"\n<html><table>", "format_other", None),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_file_that_cannot_be_read_is_refused_by_code_and_line(tmp_path: Path, what: str) -> None:
    content, code, line = BROKEN[what]
    assert refused(tmp_path, content) == (code, line)


def test_a_quote_that_swallows_rows_is_found_without_swallowing_the_file(tmp_path: Path) -> None:
    """The reader is asked for one row and stops within its bound."""
    path = tmp_path / "list"
    path.write_text(text(HEAD, 'Иванова;"12', *[ROW] * 100_000), "utf-8")
    with pytest.raises(Unreadable) as found:
        next(reading.rows(path, "applications"))
    assert (found.value.code, found.value.line) == ("quote_open", 2)


def test_flaws_of_cells(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        text(
            HEAD,
            "=A1;12.03.1947;8;",
            "Иванова Мария;12.03.1947;7,9135550101E+10;",
            "Иванова Мария;12.03.1947;7,91356E+10;",
            f"{ROW};лишнее",
        ).encode()
        + "Иванова Мар".encode(),
    )
    assert [dict(row.flaws) for row in rows] == [
        {"name": "formula"},
        {},
        {"phone": "number_rounded"},
        {"": "cells_too_many"},
        {"": "row_cut"},
    ]
    assert rows[1].cells["phone"] == "79135550101"


def test_what_was_escaped_for_spreadsheets_is_words_again(tmp_path: Path) -> None:
    (row,) = read(tmp_path, text(HEAD, "Иванова Мария;12.03.1947;'+7 913 555-77-01;'=A1").encode())
    assert (row.cells["phone"], row.cells["consent"], dict(row.flaws)) == ("+7 913 555-77-01", "=A1", {})


def book(*rows: list[Any], change: Callable[[Any], None] = lambda sheet: None) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    change(sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


HEADINGS = HEAD.split(";")
GOOD: list[Any] = ["Иванова Мария Петровна", date(1947, 3, 12), 79135557701, datetime(2026, 11, 1)]  # noqa: DTZ001


def test_a_workbook_with_days_as_days_and_numbers_as_numbers(tmp_path: Path) -> None:
    (row,) = read(tmp_path, book(HEADINGS, [None] * 4, GOOD))
    assert (row.line, dict(row.cells)) == (
        3,
        {"name": GOOD[0], "birth_date": "1947-03-12", "phone": "79135557701", "consent": "2026-11-01"},
    )


def test_formulas_errors_lost_digits_and_merged_cells(tmp_path: Path) -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("A5:A6")

    rows = read(
        tmp_path,
        book(
            HEADINGS,
            ["=CONCAT(B1)", *GOOD[1:]],
            [GOOD[0], "#N/A", *GOOD[2:]],
            [GOOD[0], GOOD[1], 1e20, GOOD[3]],
            GOOD,
            [None, *GOOD[1:]],
            change=merge,
        ),
    )
    flaws = [dict(row.flaws) for row in rows]
    assert flaws[:3] == [{"name": "formula"}, {"birth_date": "cell_error"}, {"phone": "number_rounded"}]
    assert flaws[3:] == [{"name": "merged"}, {"name": "merged"}]


def test_the_first_sheet_is_read_and_the_others_and_hidden_rows_are_said(tmp_path: Path) -> None:
    def more(sheet: Any) -> None:
        sheet.parent.create_sheet("Второй")
        sheet.title = "Ноябрь"
        sheet.row_dimensions[2].hidden = True

    path = tmp_path / "list"
    path.write_bytes(book(HEADINGS, GOOD, GOOD, change=more))
    sheet = reading.sheet(path, "applications")
    assert sheet.notes == {"sheet": "Ноябрь", "sheets": 2, "hidden_rows": 1}
    assert (len(list(sheet.rows)), sheet.about) == (2, 3)


def packed(parts: dict[str, bytes], base: bytes | None = None) -> bytes:
    out = io.BytesIO(base or b"")
    with zipfile.ZipFile(out, "a" if base else "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def swapped(content: bytes, name: str, body: bytes) -> bytes:
    """The workbook with another body of one of its parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    return packed({**parts, name: body})


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)
FALSE_BOOKS: dict[str, tuple[bytes, str]] = {
    "macros": (packed({"xl/vbaProject.bin": b"x"}, book(HEADINGS)), "format_other"),
    "a binary workbook": (packed({"xl/workbook.bin": b"x"}), "format_other"),
    "ods": (packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "format_other"),
    "docx": (packed({"word/document.xml": b"<a/>"}), "format_other"),
    "some archive": (packed({"photo.jpg": b"x"}), "format_other"),
    "a bomb": (packed({"xl/media/a.bin": b"\0" * 30_000_000}, book(HEADINGS, GOOD)), "unpacked_too_large"),
    "entities": (swapped(book(HEADINGS, GOOD), SHEET, LAUGHS), "file_damaged"),
    "half a sheet": (swapped(book(HEADINGS, GOOD), SHEET, b"<worksheet><sheetData><row"), "file_damaged"),
    "half a file": (book(HEADINGS, GOOD)[:-900], "file_damaged"),
    "only its beginning": (b"PK\x03\x04" + b"\0" * 100, "file_damaged"),
}


@pytest.mark.parametrize("what", FALSE_BOOKS)
def test_what_is_no_plain_workbook_is_refused(tmp_path: Path, what: str) -> None:
    content, code = FALSE_BOOKS[what]
    assert refused(tmp_path, content)[0] == code


def test_an_archive_that_says_less_than_it_holds_gives_no_more_than_it_said(tmp_path: Path) -> None:
    content = swapped(book(HEADINGS, GOOD), SHEET, b"<worksheet>" + b" " * 5_000_000)
    said = (5_000_011).to_bytes(4, "little")
    assert content.count(said) == 2
    assert refused(tmp_path, content.replace(said, (600).to_bytes(4, "little")))[0] == "file_damaged"
