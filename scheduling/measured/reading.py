"""The journals of many sessions at once, as facts: what `outcomes.facts` is for one, without what lines were like."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select

from scheduling.bookings import Booking, BookingChange
from scheduling.db import Tx, padded
from scheduling.joincodes import Seat
from scheduling.outcomes.stating import Facts, Happened, Stay, Who
from scheduling.people import Client, District, Specialist
from scheduling.sessions import JournalEvent, Presence, Session
from scheduling.standards import ServiceStandard

# What decides when both could talk; the rest of the journal is for people.
TELLING = ("admitted", "dismissed", "phone")
STAYS_OPEN = timedelta(minutes=15)  # `Booking.closes_at`


@dataclass(frozen=True, slots=True)
class Told:
    """A booking as far as its figures need it."""

    id: int
    status: str
    starts: datetime
    ends: datetime
    zone: str
    mode: str
    cancel_reason: str | None
    created_at: datetime
    series_id: int | None
    application_id: int | None
    line_id: int | None
    standard_id: int
    code: str
    client_id: int
    district_id: int
    specialist_id: int
    provider_id: int


async def told(tx: Tx, ids: Sequence[int]) -> list[Told]:
    query: Select[*tuple[Any, ...]] = (
        select(
            *(Booking.id, Booking.status, Booking.starts, Booking.ends, District.zone, Booking.mode),
            *(Booking.cancel_reason, Booking.created_at, Booking.series_id, Booking.application_id),
            *(Booking.certificate_line_id, Booking.standard_id, ServiceStandard.code, Booking.client_id),
            *(Client.district_id, Booking.specialist_id, Specialist.institution_id),
        )
        .join(ServiceStandard, ServiceStandard.id == Booking.standard_id)
        .join(Client, Client.id == Booking.client_id)
        .join(District, District.id == Client.district_id)
        .join(Specialist, Specialist.id == Booking.specialist_id)
        .where(Booking.id.in_(padded(ids)))
        .order_by(Booking.id)
    )
    return [Told(*row) for row in await tx.execute(query)]


async def facts(tx: Tx, booked: Sequence[Told], *, now: datetime) -> dict[int, Facts]:
    """Those whose room was entered at all."""
    ids = padded([each.id for each in booked])
    stays = _grouped((await tx.execute(_stays().where(Presence.booking_id.in_(ids)))).all())
    if not stays:
        return {}
    events = _grouped((await tx.execute(_events().where(JournalEvent.booking_id.in_(ids)))).all())
    closed = await _pairs(tx, select(Session.booking_id, Session.closed_at).where(Session.booking_id.in_(ids)))
    moved = select(BookingChange.booking_id, func.max(BookingChange.at)).group_by(BookingChange.booking_id)
    since = await _pairs(tx, moved.where(BookingChange.booking_id.in_(ids), BookingChange.what == "moved"))
    return {
        each.id: _facts(each, stays[each.id], events.get(each.id, ()), closed.get(each.id), since.get(each.id), now)
        for each in booked
        if each.id in stays
    }


def _facts(
    each: Told,
    stays: Sequence[Row[*tuple[Any, ...]]],
    events: Sequence[Row[*tuple[Any, ...]]],
    closed_at: datetime | None,
    moved_at: datetime | None,
    now: datetime,
) -> Facts:
    since = moved_at or each.created_at
    until = closed_at or min(now, each.ends + STAYS_OPEN)
    return Facts(
        starts=each.starts,
        ends=each.ends,
        until=until,
        closed=closed_at is not None,
        stays=[
            Stay(_who(role), begins, ends or until, mode) for _, role, begins, ends, mode in stays if begins >= since
        ],
        happened=[Happened(at, _who(role), kind, data) for _, role, at, kind, data in events if at >= since],
    )


def _stays() -> Select[*tuple[Any, ...]]:
    return (
        select(Presence.booking_id, Seat.role, Presence.entered_at, Presence.left_at, Presence.mode)
        .join(Seat, Seat.id == Presence.seat_id)
        .where(Seat.role.in_(("client", "specialist")))
        .order_by(Presence.booking_id, Presence.entered_at, Presence.id)
    )


def _events() -> Select[*tuple[Any, ...]]:
    return (
        select(JournalEvent.booking_id, Seat.role, JournalEvent.at, JournalEvent.kind, JournalEvent.data)
        .outerjoin(Seat, Seat.id == JournalEvent.seat_id)
        .where(JournalEvent.kind.in_(TELLING))
        .order_by(JournalEvent.booking_id, JournalEvent.id)
    )


def _grouped(rows: Sequence[Row[*tuple[Any, ...]]]) -> Mapping[int, Sequence[Row[*tuple[Any, ...]]]]:
    found = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return dict(found)


async def _pairs(tx: Tx, query: Select[*tuple[Any, ...]]) -> dict[int, datetime]:
    return {number: at for number, at in await tx.execute(query) if at is not None}


def _who(role: str | None) -> Who:
    return role if role in {"specialist", "client"} else "guest"  # type: ignore[return-value]  # the two it is
