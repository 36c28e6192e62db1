"""The pilot at a glance as tables: a sheet for each, or all in one long table for programs."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from server.documents.tables import Cell, Column, Table

Say = Callable[[str], str]
"""A word of the page at a glance, by its key below `staff.glance.`."""

MINUTES_OF_AN_HOUR = 60


def glance_tables(shown: dict[str, Any], say: Say, language: str) -> list[Table]:
    """`shown` is the answer of `GET /glance`. What is not told is an empty cell, and a note says so."""
    where = shown["district"]["name"] if shown["district"] else say("region")
    notes = [f"{where}, {shown['year']}", say("masked").replace("{least}", str(shown["mask_below"]))]

    def table(name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Table:
        return Table(say(f"{name}_title"), columns, list(rows), notes, sheet=say(f"{name}_sheet"), language=language)

    months = (_cells(_month(row["key"]), row) for row in shown["months"])
    modes = (_count(say(f"mode_{row['key']}"), row) for row in shown["modes"])
    reasons = (_count(say(f"why_{row['key']}"), row) for row in shown["reasons"])
    kinds = (_count(say(f"kind_{row['key'] or 'none'}"), row) for row in shown["issued"]["kinds"])
    return [
        table("sum", [Column(say("figure"), width=48), Column(say("value"), "whole", 16)], _sums(shown, say)),
        table("months", _of_cells(say, say("month")), months),
        table("modes", _counted(say, "mode"), modes),
        table("reasons", _counted(say, "reason"), reasons),
        table("districts", _of_districts(say), (_district(row, say) for row in shown["districts"])),
        table("providers", _of_providers(say), (_provider(row, say) for row in shown["providers"])),
        table("issued", _counted(say, "chosen"), kinds),
        table("money", _of_money(say), _money(shown, say)),
    ]


def long_table(tables: Sequence[Table], say: Say, language: str) -> Table:
    """Part, row, figure, value: one line for each cell that is told."""
    columns = [Column(say(name), "text" if name != "value" else "whole") for name in ("part", "row", "figure", "value")]
    rows = [
        [table.title, str(row[0]), column.name, _plain(cell, column.kind)]
        for table in tables
        for row in table.rows
        for column, cell in zip(table.columns[1:], row[1:], strict=True)
        if cell is not None
    ]
    return Table(say("title"), columns, rows, language=language)


def _plain(cell: Cell, kind: str) -> Cell:
    """Money in roubles: in the long table a column holds figures of every kind."""
    return cell / 100 if kind == "money" and isinstance(cell, int) else cell


def _sums(shown: dict[str, Any], say: Say) -> list[list[Cell]]:
    issued, waiting, held = shown["issued"], shown["waiting"] or {}, shown["held"]
    ngo = next((row for row in issued["kinds"] if row["key"] == "ngo"), {"people": None})
    planned = [row["planned"] for row in shown["support"] if row["name"] == "ngo"]
    facts: list[tuple[str, Cell]] = [
        ("people", held["people"]),
        ("sessions", held["sessions"]),
        ("hours", _hours(held["minutes"])),
        ("missed", shown["missed"]["sessions"]),
        ("waiting_median", waiting.get("median")),
        ("waiting_within", None if waiting.get("within") is None else round(waiting["within"] * 100, 1)),
        ("certificates", issued["certificates"]),
        ("to_ngo", ngo["people"]),
        ("ngos", issued["providers"].get("ngo", 0)),
        ("used", issued["used"]),
        ("ngo_planned_roubles", sum(planned) / 100),
    ]
    return [[say(f"sum_{name}"), value] for name, value in facts]


def _of_cells(say: Say, first: str) -> list[Column]:
    return [
        Column(first),
        Column(say("people"), "whole"),
        Column(say("sessions"), "whole"),
        Column(say("hours"), "whole"),
        Column(say("paid"), "money"),
    ]


def _cells(name: str, row: dict[str, Any]) -> list[Cell]:
    return [name, row["people"], row["sessions"], _hours(row["minutes"]), row["kopecks"]]


def _counted(say: Say, first: str) -> list[Column]:
    unit = "certificates" if first == "chosen" else "sessions"
    return [Column(say(first), width=40), Column(say("people"), "whole"), Column(say(unit), "whole")]


def _count(name: str, row: dict[str, Any]) -> list[Cell]:
    return [name, row["people"], row["sessions"]]


def _of_districts(say: Say) -> list[Column]:
    return [
        *_of_cells(say, say("district")),
        Column(say("missed"), "whole"),
        Column(say("waiting_median"), "whole"),
        Column(say("waiting_within"), "share"),
        Column(say("certificates"), "whole"),
        Column(say("to_ngo"), "whole"),
    ]


def _district(row: dict[str, Any], say: Say) -> list[Cell]:
    name = row["name"] or say("others").replace("{count}", str(row["merged"]))
    waiting = row["waiting"] or {}
    cells = [row["missed"], waiting.get("median"), waiting.get("within"), row["certificates"], row["to_ngo"]]
    return [*_cells(name, row["held"]), *cells]


def _of_providers(say: Say) -> list[Column]:
    return [
        Column(say("provider"), width=44),
        Column(say("specialists"), "whole"),
        Column(say("sessions"), "whole"),
        Column(say("hours"), "whole"),
        Column(say("hours_open"), "whole"),
        Column(say("load"), "share"),
    ]


def _provider(row: dict[str, Any], say: Say) -> list[Cell]:
    held, open_ = row["held"]["minutes"], row["open_minutes"]
    load = held / open_ if open_ and held is not None else None
    return [row["name"], row["specialists"], row["held"]["sessions"], _hours(held), _hours(open_), load]


def _of_money(say: Say) -> list[Column]:
    kinds = ("planned", "issued", "reserved", "consumed", "expired", "left")
    return [Column(say("purse"), width=40), *(Column(say(f"money_{kind}"), "money") for kind in kinds)]


def _money(shown: dict[str, Any], say: Say) -> list[list[Cell]]:
    named = [(say(f"source_{row['name']}"), row) for row in shown["sources"]]
    named += [(say(f"support_{row['name']}"), row) for row in shown["support"]]
    kinds = ("planned", "issued", "reserved", "consumed", "expired", "left")
    return [[name, *(row[kind] for kind in kinds)] for name, row in named]


def _hours(minutes: int | None) -> Cell:
    return None if minutes is None else round(minutes / MINUTES_OF_AN_HOUR, 1)


def _month(number: int) -> str:
    return f"{number // 100}-{number % 100:02}"
