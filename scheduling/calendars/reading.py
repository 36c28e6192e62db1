"""What calendars hold, one by one for people and many at once as rules for `slots`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, column, or_, select, table

from scheduling import slots
from scheduling.calendars.tables import Absence, Calendar, DayException, Holiday, WorkingHours, defaults
from scheduling.db import Tx, Utc
from scheduling.slots import Interval, Rules, WeeklyHours

Item = TypeVar("Item")

MARGIN = timedelta(days=2)  # what lies this far outside of a range can matter for it: the other end of a local day

# The booking table as far as a calendar reads it; `bookings` imports this module, so it cannot be imported here.
_booking = table(
    "booking",
    column("id"),
    column("status"),
    column("specialist_id"),
    column("client_id"),
    column("starts", Utc()),
    column("busy_until", Utc()),
    column("ends", Utc()),
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar it is, as far as its rules need to know."""

    id: int
    zone: str
    district_id: int


async def settings(tx: Tx, specialist_id: int) -> Calendar:
    """The limits of a calendar; the defaults, not yet stored, when nobody has set them."""
    return await tx.get(Calendar, specialist_id) or defaults(specialist_id)


async def hours(tx: Tx, specialist_id: int) -> list[WorkingHours]:
    return list(
        await tx.scalars(
            select(WorkingHours)
            .where(WorkingHours.specialist_id == specialist_id)
            .order_by(WorkingHours.weekday, WorkingHours.start_min, WorkingHours.id)
        )
    )


async def exceptions(tx: Tx, specialist_id: int, *, first: date, last: date) -> list[DayException]:
    return list(
        await tx.scalars(
            select(DayException)
            .where(DayException.specialist_id == specialist_id, DayException.day.between(first, last))
            .order_by(DayException.day)
        )
    )


async def absences(tx: Tx, specialist_id: int, *, since: datetime, until: datetime) -> list[Absence]:
    return list(
        await tx.scalars(
            select(Absence)
            .where(Absence.specialist_id == specialist_id, Absence.starts < until, Absence.ends > since)
            .order_by(Absence.starts, Absence.id)
        )
    )


async def holidays(tx: Tx, *, first: date, last: date, district_id: int | None = None) -> list[Holiday]:
    """Holidays of a span of days: all of them, or (`district_id`) those that close this district."""
    statement = select(Holiday).where(Holiday.day.between(first, last)).order_by(Holiday.day, Holiday.id)
    if district_id is not None:
        statement = statement.where(or_(Holiday.district_id.is_(None), Holiday.district_id == district_id))
    return list(await tx.scalars(statement))


async def rules(tx: Tx, owners: Sequence[Owner], *, since: datetime, until: datetime) -> dict[int, Rules]:
    """The rules of many calendars for [since, until), by specialist, in five queries however many there are."""
    ids = [owner.id for owner in owners]
    since, until = since - MARGIN, until + MARGIN
    limits = {
        row.specialist_id: row for row in await tx.scalars(select(Calendar).where(Calendar.specialist_id.in_(ids)))
    }
    weekly = await _weekly(tx, ids)
    special = await _special(tx, ids, since.date(), until.date())
    away = await _away(tx, ids, since, until)
    closed = await holidays(tx, first=since.date(), last=until.date())

    def of(owner: Owner) -> Rules:
        limit = limits.get(owner.id) or defaults(owner.id)
        return Rules(
            zone=owner.zone,
            weekly=tuple(weekly.get(owner.id, ())),
            exceptions=tuple(special.get(owner.id, ())),
            absences=tuple(away.get(owner.id, ())),
            holidays=frozenset(row.day for row in closed if row.district_id in (None, owner.district_id)),
            notice_min=limit.notice_min,
            horizon_days=limit.horizon_days,
            max_per_day=limit.max_per_day,
            step_min=limit.step_min,
        )

    return {owner.id: of(owner) for owner in owners}


async def _weekly(tx: Tx, ids: Sequence[int]) -> dict[int, list[WeeklyHours]]:
    rows = await tx.execute(
        select(
            WorkingHours.specialist_id,
            WorkingHours.weekday,
            WorkingHours.start_min,
            WorkingHours.end_min,
            WorkingHours.valid_from,
            WorkingHours.valid_until,
            WorkingHours.services,
        ).where(WorkingHours.specialist_id.in_(ids))
    )
    return _grouped(
        (owner, WeeklyHours(weekday, start, end, first, last, None if codes is None else frozenset(codes)))
        for owner, weekday, start, end, first, last, codes in rows
    )


async def _special(tx: Tx, ids: Sequence[int], first: date, last: date) -> dict[int, list[slots.DayException]]:
    rows = await tx.execute(
        select(DayException.specialist_id, DayException.day, DayException.windows).where(
            DayException.specialist_id.in_(ids), DayException.day.between(first, last)
        )
    )
    return _grouped(
        (owner, slots.DayException(day, tuple((start, end) for start, end in windows))) for owner, day, windows in rows
    )


async def _away(tx: Tx, ids: Sequence[int], since: datetime, until: datetime) -> dict[int, list[Interval]]:
    rows = await tx.execute(
        select(Absence.specialist_id, Absence.starts, Absence.ends).where(
            Absence.specialist_id.in_(ids), Absence.starts < until, Absence.ends > since
        )
    )
    return _grouped((owner, (slots.minute(starts), slots.minute_after(ends))) for owner, starts, ends in rows)


async def busy(
    tx: Tx, ids: Sequence[int], *, since: datetime, until: datetime, ignoring: int | None = None
) -> dict[int, list[Interval]]:
    """What is booked in [since, until) and two days around it, buffers included, by specialist, in one query."""
    columns = _booking.c
    rows = await tx.execute(
        select(columns.specialist_id, columns.starts, columns.busy_until).where(
            columns.specialist_id.in_(ids), *_taken(since, until, ignoring)
        )
    )
    return _grouped((owner, (slots.minute(starts), slots.minute_after(free))) for owner, starts, free in rows)


async def busy_of_client(
    tx: Tx, client_id: int, *, since: datetime, until: datetime, ignoring: int | None = None
) -> list[Interval]:
    """When a client is with somebody already; buffers are the specialist's and do not bind him."""
    columns = _booking.c
    rows = await tx.execute(
        select(columns.starts, columns.ends).where(columns.client_id == client_id, *_taken(since, until, ignoring))
    )
    return [(slots.minute(starts), slots.minute_after(ends)) for starts, ends in rows]


def _taken(since: datetime, until: datetime, ignoring: int | None) -> list[ColumnElement[bool]]:
    columns = _booking.c
    conditions = [columns.status != "cancelled", columns.starts < until + MARGIN, columns.starts > since - MARGIN]
    return conditions if ignoring is None else [*conditions, columns.id != ignoring]


def _grouped(rows: Iterable[tuple[int, Item]]) -> dict[int, list[Item]]:
    groups: dict[int, list[Item]] = {}
    for owner, item in rows:
        groups.setdefault(owner, []).append(item)
    return groups
