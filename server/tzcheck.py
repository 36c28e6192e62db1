"""`ryadom tz-check`: which bookings the clock law known to this machine would move, before anybody is told."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table

from scheduling import timezones
from scheduling.db import Tx
from scheduling.timezones import Drift

WHY = {
    None: "moves with its wall time",
    "skipped": "the clock skips that time: a person must decide",
    "in_the_way": "somebody of it is taken then: a person must decide",
}


async def look(tx: Tx, *, now: datetime) -> list[Drift]:
    return await timezones.drifted(tx, now=now)


async def follow(tx: Tx, *, now: datetime) -> tuple[int, list[Drift]]:
    """Moves what can be moved; how many did, and what stays."""
    found = await timezones.drifted(tx, now=now)
    left = await timezones.follow(tx, found, now=now)
    return len(found) - len(left), left


def show(console: Console, drifts: Sequence[Drift]) -> None:
    """Numbers and times only: names stand in the calendar, which asks who looks."""
    if not drifts:
        console.print("Every booking is where its wall time says.")
        return
    table = Table("booking", "promised", "zone", "is at (UTC)", "would be at (UTC)", "")
    for each in drifts:
        booked = each.booking
        table.add_row(
            str(booked.id),
            booked.wall.replace("T", " "),
            booked.zone,
            f"{booked.starts:%Y-%m-%d %H:%M}",
            f"{each.now_at:%Y-%m-%d %H:%M}",
            WHY[each.doubt],
        )
    console.print(table)
