"""`python -m bench [NAME…] [--json]`: measures the figures whose names begin so, all when none is named."""

import argparse
import asyncio
import sys

from rich.console import Console
from rich.table import Table

from bench import booking, call, earliest, glance, ledger, lists, load, relay, slots, start, weak
from bench.figure import Figure, Subject

SUBJECTS: tuple[Subject, ...] = (
    slots.SUBJECT,
    earliest.SUBJECT,
    booking.SUBJECT,
    ledger.SUBJECT,
    glance.SUBJECT,
    lists.SUBJECT,
    relay.SUBJECT,
    load.SUBJECT,
    call.SUBJECT,
    weak.SUBJECT,
    start.SUBJECT,
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a figure, or how its name begins (call.)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    asked = parser.parse_args()
    chosen = [(subject, _wanted(subject, asked.names)) for subject in SUBJECTS]
    if not any(wanted for _, wanted in chosen):
        parser.error("no such figure; there are: " + ", ".join(name for subject in SUBJECTS for name in subject.names))
    asyncio.run(_measure([pair for pair in chosen if pair[1]], as_json=asked.json))


def _wanted(subject: Subject, names: list[str]) -> frozenset[str]:
    return frozenset(name for name in subject.names if not names or any(name.startswith(asked) for asked in names))


async def _measure(chosen: list[tuple[Subject, frozenset[str]]], *, as_json: bool) -> None:
    figures: list[Figure] = []
    for subject, wanted in chosen:
        print("measuring", ", ".join(sorted(wanted)), "...", file=sys.stderr, flush=True)
        measured = [figure for figure in await subject.measure(wanted) if figure.name in wanted]
        figures += measured
        if as_json:
            print("\n".join(figure.line() for figure in measured), flush=True)
    if not as_json:
        Console().print(_table(figures))


def _table(figures: list[Figure]) -> Table:
    table = Table("figure", "value", "unit", "lowest - highest", "n", "reference", "its value", "ratio")
    for each in figures:
        spread = f"{each.spread[0]:g} - {each.spread[1]:g}"
        theirs = (
            ("", "", "")
            if each.reference_value is None
            else (each.reference, f"{each.reference_value:g}", f"{each.ratio}")
        )
        table.add_row(each.name, f"{each.value:g}", each.unit, spread, str(each.n), *theirs)
    return table


if __name__ == "__main__":
    main()
