"""For how long specialists were to be had in a year: the open time of their calendars, kept as long as none moved."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from scheduling import calendars, slots
from scheduling.bookings import Booking
from scheduling.calendars import Calendar, Owner
from scheduling.db import Tx
from scheduling.people import Institution, Specialist

MOST_KEPT = 20_000


@dataclass
class Opened:
    """Minutes by specialist, year and the stamp of her rules; whole days only, so that a day's answers agree."""

    kept: dict[tuple[int, int, int, str], int] = field(default_factory=dict)

    async def of(self, tx: Tx, year: int, *, now: datetime) -> Mapping[int, tuple[int, int]]:
        """Of each specialist with a calendar her institution and minutes: from her first session or the first day of
        the year until today or its last day."""
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        begins, ends = datetime(year, 1, 1, tzinfo=UTC), min(today, datetime(year + 1, 1, 1, tzinfo=UTC))
        own = select(func.min(Booking.starts)).where(Booking.specialist_id == Specialist.id)
        first = own.correlate(Specialist).scalar_subquery().label("first")
        query = (
            select(
                *(Specialist.id, Specialist.zone, Specialist.institution_id, Institution.district_id),
                *(Calendar.rules_stamp, first),
            )
            .join(Calendar, Calendar.specialist_id == Specialist.id)
            .join(Institution, Institution.id == Specialist.institution_id)
            .where(Specialist.active)
        )
        rows = [row for row in await tx.execute(query) if row[5] is not None]
        missing = [row for row in rows if (row[0], row[4], year, str(ends)) not in self.kept]
        if len(self.kept) + len(missing) > MOST_KEPT:
            self.kept.clear()
            missing = list(rows)
        await self._reckon(tx, missing, year, begins, ends)
        return {row[0]: (row[2], self.kept[row[0], row[4], year, str(ends)]) for row in rows}

    async def _reckon(self, tx: Tx, rows: Sequence[Any], year: int, begins: datetime, ends: datetime) -> None:
        owners = [Owner(row[0], row[1], row[3]) for row in rows]
        rules = await calendars.rules(tx, owners, since=begins, until=ends) if owners and begins < ends else {}
        until = slots.minute(ends)
        for number, _, _, _, stamp, first in rows:
            since = slots.minute(max(begins, first))
            open_ = slots.open_time(rules[number], since=since, until=until) if rules and since < until else ()
            self.kept[number, stamp, year, str(ends)] = sum(end - start for start, end in open_)
            await asyncio.sleep(0)  # a year of a calendar takes milliseconds, and others are in a call
