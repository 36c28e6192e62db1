"""Clashes: who and what of those that were to take part is taken at a time, by name, for the words of a refusal."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from scheduling import occupancy, slots
from scheduling.db import Tx
from scheduling.occupancy import Kind
from scheduling.people import Client
from scheduling.resources import Resource


async def taken_then(
    tx: Tx,
    kind: Kind,
    ids: Sequence[int],
    *,
    starts: datetime,
    ends: datetime,
    now: datetime,
    ignoring: int | None = None,
) -> list[str]:
    """The names of those of these clients or resources that have something else in [starts, ends), in the order given.
    `ignoring` is a booking that is being moved."""
    found = await occupancy.taken(tx, kind, ids, since=starts, until=ends, now=now, ignoring=ignoring)
    since, until = slots.minute(starts), slots.minute_after(ends)
    busy = [each for each in ids if any(one.start < until and since < one.end for one in found.get(each, ()))]
    whose = Client if kind == "client" else Resource
    rows = await tx.execute(select(whose.id, whose.name).where(whose.id.in_(busy)))
    names = {row.id: row.name for row in rows}
    return [names[each] for each in busy if each in names]
