"""What free time is made of, as the database has it: the stamps of all calendars, who can be booked, what is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, cast, func, or_, select

from scheduling import slots
from scheduling.calendars import Calendar
from scheduling.db import Tx
from scheduling.occupancy import Occupancy
from scheduling.people import Institution, Specialist
from scheduling.slots import Taken

NEVER = 2**62
FAR = slots.MARGIN_DAYS * slots.DAY


class Stamps(NamedTuple):
    """They rise with whatever changes a specialist's free time, in the transaction that changes it."""

    rules: int
    busy: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A specialist as the searcher sees her."""

    id: int
    name: str
    zone: str
    services: frozenset[str]
    topics: frozenset[str]
    languages: frozenset[str]
    institution_id: int
    institution: str
    institution_kind: str
    district_id: int


@dataclass(slots=True)
class Busy:
    """What is taken of one calendar, and the minute at which the first of it ends by itself, as a hold does."""

    taken: list[Taken]
    expires: int = NEVER


_calendar, _specialist, _occupancy = Calendar.__table__.c, Specialist.__table__.c, Occupancy.__table__.c
_STAMPS = (cast(_calendar.specialist_id, String) + " " + cast(_calendar.rules_stamp, String) + " ") + cast(
    _calendar.busy_stamp, String
)
_ALL_STAMPS = (
    select(func.aggregate_strings(_STAMPS, " "))
    .select_from(Calendar.__table__.join(Specialist.__table__, _specialist.id == _calendar.specialist_id))
    .where(_specialist.active)
)


async def stamps(tx: Tx) -> str:
    """The stamps of all active specialists as one text: every search asks for them, and most find what they were.
    One text is there four times as fast as a thousand rows, and is compared at once."""
    return await tx.scalar(_ALL_STAMPS) or ""


def read_stamps(text: str) -> dict[int, Stamps]:
    """The same by specialist, in the order of their numbers."""
    numbers = [int(each) for each in text.split()]
    return dict(sorted(zip(numbers[::3], map(Stamps, numbers[1::3], numbers[2::3]), strict=True)))


async def candidates(tx: Tx, ids: Sequence[int]) -> list[Candidate]:
    rows = await tx.execute(
        select(
            *(Specialist.id, Specialist.name, Specialist.zone),
            *(Specialist.services, Specialist.topics, Specialist.languages),
            *(Institution.id, Institution.name, Institution.kind, Institution.district_id),
        )
        .join(Institution, Institution.id == Specialist.institution_id)
        .where(Specialist.id.in_(ids))
    )
    return [
        Candidate(who, name, zone, frozenset(services), frozenset(topics), frozenset(languages), *institution)
        for who, name, zone, services, topics, languages, *institution in rows
    ]


async def taken(tx: Tx, ids: Sequence[int], *, since: int, until: int, now: datetime) -> dict[int, Busy]:
    """What is taken of these specialists in these minutes and as far around them as it can matter."""
    # Of the table, not of its class: tens of thousands of plain rows come in half the time.
    rows = await tx.execute(
        select(
            *(_occupancy.who, _occupancy.expires_at),
            *(_occupancy.starts, _occupancy.ends, _occupancy.since, _occupancy.until),
        ).where(
            _occupancy.kind == "specialist",
            _occupancy.who.in_(ids),
            _occupancy.since > since - FAR,
            _occupancy.since < until + FAR,
            or_(_occupancy.expires_at.is_(None), _occupancy.expires_at > now),
        )
    )
    found = {who: Busy([]) for who in ids}
    for who, expires, *times in rows.all():
        busy = found[who]
        busy.taken.append(Taken._make(times))
        if expires is not None:
            busy.expires = min(busy.expires, slots.minute_after(expires))
    return found
