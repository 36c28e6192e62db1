"""What lists say to people: the names of columns, why a file or a row was refused, the template and the report."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from scheduling.certificates.issuing import Issued
from scheduling.errors import ListRowMoved, Refused
from scheduling.lists import Kind, ListUpload
from server.documents.tables import Cell, Column, Table
from server.words import Words

RefusedRow = tuple[int, dict[str, Any], list[dict[str, Any]]]
COLUMNS: dict[Kind, tuple[str, ...]] = {
    "applications": (
        *("surname", "given", "patronymic", "birth_date", "phone", "settlement", "topic", "service", "urgency"),
        *("mode", "wish", "consent", "remark"),
    ),
    "certificates": (
        *("number", "surname", "given", "patronymic", "birth_date", "phone", "settlement", "snils"),
        *("service", "quantity", "unit", "until", "providers", "consent", "remark"),
    ),
}
EXAMPLE = ("surname", "given", "patronymic", "settlement", "topic", "urgency", "mode", "wish", "unit")
WIDTHS = {"line": 8, "remark": 32, "wish": 28, "providers": 32, "problem": 60}


def column(words: Words, name: str, language: str) -> str:
    return words(language, f"list.column.{name}")


def file_problem(words: Words, problem: dict[str, Any] | None, language: str) -> dict[str, Any] | None:
    """`{code, line, message}` of a file that could not be read."""
    if problem is None:
        return None
    said = {
        name: _said(words, name, value, language) for name, value in problem.items() if name not in {"code", "line"}
    }
    key = f"list.file.{problem['code']}"
    known = key if words.has(language, key) else "list.file.not_read"
    return {"code": problem["code"], "line": problem["line"], "message": words(language, known, **said)}


def why_not(words: Words, moved: ListRowMoved, language: str) -> str:
    """Why a list was not accepted, and what helps: to read it again only where another reading finds it."""
    key = f"list.file.{moved.because}"
    cause = moved.__cause__.data if isinstance(moved.__cause__, Refused) else {}
    data = {name: value.isoformat() if isinstance(value, date) else value for name, value in cause.items()}
    return words.refusal(language, key if words.has(language, key) else "list.file.row_moved", data)


def _said(words: Words, name: str, value: Any, language: str) -> Any:
    if name == "columns":
        return ", ".join(f"«{column(words, each, language)}»" for each in value)
    if name == "format":
        return words(language, f"list.format.{value}")
    return value


def row_problem(words: Words, problem: dict[str, Any], language: str) -> dict[str, str]:
    """`{field, code, message}`: the message names the column where there is one."""
    field, code = problem["field"], problem["code"]
    key = f"list.row.{code}"
    message = words(language, key if words.has(language, key) else "list.row.invalid", **problem["data"])
    return {
        "field": field,
        "code": code,
        "message": f"{column(words, field, language)}: {message}" if field else message,
    }


def template(words: Words, kind: Kind, language: str, *, today: date) -> Table:
    """The headings that are understood, and a row that would be taken."""
    days: dict[str, Cell] = {"birth_date": date(1947, 3, 12), "consent": today, "until": date(today.year + 1, 12, 31)}
    plain: dict[str, Cell] = {
        "phone": "+7 913 555-01-12",
        "snils": "000-000-000 00",  # nobody's, should it stay in the rows that are written over this one
        "service": "1739",
        "number": f"{today.year}-000001",
        "quantity": 24,
        "providers": "",
        "remark": "",
    }
    spoken: dict[str, Cell] = {name: words(language, f"list.example.{name}") for name in EXAMPLE}
    names = COLUMNS[kind]
    return Table(
        title=words(language, f"list.template.{kind}"),
        columns=[_column(words, name, language, days) for name in names],
        rows=[[{**days, **plain, **spoken}[name] for name in names]],
        notes=[words(language, "list.template.note")],
        language=language,
    )


def _column(words: Words, name: str, language: str, days: dict[str, Cell]) -> Column:
    kind = "day" if name in days else "whole" if name == "quantity" else "text"
    return Column(column(words, name, language), kind, WIDTHS.get(name, 16))  # type: ignore[arg-type]


def template_name(words: Words, kind: Kind, language: str) -> str:
    return words(language, f"list.template.{kind}")


def report(words: Words, upload: ListUpload, refused: Sequence[RefusedRow], language: str) -> Table:
    """The refused rows under headings that are understood when they are brought again, with all that was wrong."""
    names = list(upload.facts.get("columns", ()))
    columns = [
        Column(column(words, "line", language), "whole", WIDTHS["line"]),
        Column(column(words, "problem", language), "text", WIDTHS["problem"]),
        *(Column(column(words, name, language), "text", WIDTHS.get(name, 16)) for name in names),
    ]
    return Table(
        title=words(language, "list.report.title", name=upload.name),
        columns=columns,
        rows=[_refused(words, each, names, language) for each in refused],
        notes=[words(language, "list.report.note")],
        language=language,
    )


def _refused(words: Words, row: RefusedRow, names: Sequence[str], language: str) -> list[Cell]:
    line, cells, problems = row
    wrong = "; ".join(row_problem(words, each, language)["message"] for each in problems)
    return [line, wrong, *(cells.get(name, "") for name in names)]


def codes(words: Words, upload: ListUpload, issued: Sequence[Issued], language: str) -> Table:
    """Whose digits are which: to be written on the papers, or told to whoever shows his."""
    names = ("number", "name", "phone", "settlement", "until", "code")
    columns = [
        Column(column(words, name, language), "day" if name == "until" else "text", WIDTHS.get(name, 22))
        for name in names
    ]
    return Table(
        title=words(language, "list.codes.title", name=upload.name),
        columns=columns,
        rows=[_code(each) for each in issued],
        notes=[words(language, "list.codes.note")],
        language=language,
    )


def _code(issued: Issued) -> list[Cell]:
    one = issued.certificate
    return [one.number, one.client.name, one.client.phone, one.client.settlement, one.valid_until, issued.digits]


def report_name(words: Words, upload: ListUpload, language: str) -> str:
    return words(language, "list.report.file", name=upload.name.rpartition(".")[0] or upload.name)
