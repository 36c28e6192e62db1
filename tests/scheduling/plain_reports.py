"""What the reports must say of sessions reckoned by `plain_measured`, counted as plainly as can be: the reference for
the pilot at a glance and for the workbench, which shares nothing with them but docs/indicators.md.

A report is given as its JSON. What it does not tell (`null`) agrees with anything: what must be hidden is another
subject. Each function gives the places that differ, and how many figures it compared.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from statistics import median
from typing import Any

Row = Mapping[str, Any]
Report = Mapping[str, Any]
COLUMNS = {"district": "district_id", "provider": "provider_id", "version": "standard_id"}
ONLY_HELD = ("length_min", "both_share", "video_share")
COUNTS = ("people", "sessions")


class Compared:
    """Collects what differs, and counts what was looked at."""

    def __init__(self) -> None:
        self.differ: list[str] = []
        self.figures = 0

    def part(self, where: str, told: Report, rows: Sequence[Row], names: Sequence[str], kopecks: int = 0) -> None:
        plain = {
            "people": len({row["client_id"] for row in rows}),
            "sessions": len(rows),
            "minutes": sum(row["length_min"] or 0 for row in rows),
            "kopecks": kopecks,
        }
        for name in names:
            self.same(f"{where}.{name}", told[name], plain[name])

    def same(self, where: str, told: Any, plain: Any) -> None:
        if told is None:
            return
        self.figures += 1
        if told != plain:
            self.differ.append(f"{where}: told {told}, plainly {plain}")


def glance(
    seen: Report, all_rows: Sequence[Row], deadlines: Mapping[int, int | None], *, district: int | None = None
) -> Compared:
    """`deadlines`: days by the number of the standard."""
    found = Compared()
    year = [row for row in all_rows if row["year"] == seen["year"]]
    rows = [row for row in year if district in {None, row["district_id"]}]
    held = [row for row in rows if row["outcome"] == "took_place"]
    missed = [row for row in rows if row["outcome"] != "took_place"]
    found.part("held", seen["held"], held, (*COUNTS, "minutes", "kopecks"), _paid(rows))
    found.part("missed", seen["missed"], missed, COUNTS)
    for part in seen["months"]:
        own = [row for row in held if row["month"] == part["key"]]
        paid = _paid([row for row in rows if row["month"] == part["key"]])
        found.part(f"month {part['key']}", part, own, (*COUNTS, "minutes", "kopecks"), paid)
    for part in seen["modes"]:
        found.part(f"mode {part['key']}", part, [row for row in held if row["mode"] == part["key"]], COUNTS)
    for part in seen["reasons"]:
        own = [row for row in missed if part["key"] in {row["outcome"], row["because"]}]
        found.part(f"reason {part['key']}", part, own, COUNTS)
    _waited(found, "waiting", seen["waiting"], rows, deadlines)
    for line in seen["districts"]:
        if line["id"] is not None:
            home = [row for row in held if row["district_id"] == line["id"]]
            found.part(f"district {line['id']}", line["held"], home, (*COUNTS, "minutes"))
            of_it = [row for row in missed if row["district_id"] == line["id"]]
            found.same(f"district {line['id']} missed", line["missed"], len(of_it))
            _waited(found, f"district {line['id']}", line["waiting"], home, deadlines)
    for line in seen["providers"]:
        own = [row for row in held if row["provider_id"] == line["id"]]
        found.part(f"provider {line['id']}", line["held"], own, (*COUNTS, "minutes"))
    return found


def _paid(rows: Sequence[Row]) -> int:
    return sum(row["paid_kopecks"] or 0 for row in rows)


def _waited(
    found: Compared, where: str, told: Report | None, rows: Sequence[Row], deadlines: Mapping[int, int | None]
) -> None:
    if told is None:
        return
    days = [row for row in rows if row["waiting_days"] is not None]
    due = [(row["waiting_days"], deadlines[row["standard_id"]]) for row in days]
    kept = [waited <= deadline for waited, deadline in due if deadline is not None]
    found.same(f"{where} waits", told["sessions"], len(days))
    found.same(f"{where} median", told["median"], median(row["waiting_days"] for row in days))
    found.same(f"{where} within", told["within"], sum(kept) / len(kept) if kept else None)


def workbench(seen: Report, all_rows: Sequence[Row], **only: int) -> Compared:
    """`only`: the district_id or provider_id that was asked for alone."""
    found = Compared()
    since, until = (date.fromisoformat(str(seen[name])) for name in ("since", "until"))
    rows = [row for row in all_rows if row["code"] == seen["code"] and since <= row["day"] <= until]
    rows = [row for row in rows if all(row[name] == value for name, value in only.items())]
    for each in seen["indicators"]:
        _spread(found, each["name"], each["name"], each["whole"], rows)
    for group in seen["rows"]:
        for each in group["items"]:
            if each["id"] is not None:
                own = [row for row in rows if row[COLUMNS[group["by"]]] == each["id"]]
                _spread(found, f"{group['by']} {each['id']}", seen["indicators"][0]["name"], each, own)
    return found


def _spread(found: Compared, where: str, name: str, told: Report, rows: Sequence[Row]) -> None:
    if told["withheld"]:
        return
    some = [row for row in rows if name not in ONLY_HELD or row["outcome"] == "took_place"]
    values = sorted(row[name] for row in some if row[name] is not None)
    found.same(
        f"{where} pairs", [list(pair) for pair in told["pairs"]], [list(p) for p in sorted(Counter(values).items())]
    )
    found.same(f"{where} sessions", told["sessions"], len(values))
    found.same(f"{where} median", told["median"], median(values) if values else None)
