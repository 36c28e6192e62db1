"""Bookings as people may see them: one, many, a day, a client's, a specialist's diary, and what happened to one."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from scheduling import occupancy, people
from scheduling.access import Actor
from scheduling.bookings.tables import OPEN, Booking, BookingChange, Participant, Status
from scheduling.db import Tx
from scheduling.errors import NotFound
from scheduling.people import Account, Client, Institution, Specialist


def _whole() -> Select[Booking]:
    return select(Booking).options(
        joinedload(Booking.specialist).joinedload(Specialist.institution),
        joinedload(Booking.client).joinedload(Client.district),
        joinedload(Booking.standard),
    )


def _visible(actor: Actor) -> Select[Booking]:
    """Bookings of the coordinator's district and the specialist's own: `Actor.sees_booking` as a query."""
    reach = []
    if "coordinator" in actor.roles:
        reach.append(Client.district_id == actor.district_id)
    if actor.specialist_id is not None:
        reach.append(Booking.specialist_id == actor.specialist_id)
    return _whole().join(Client).where(or_(*reach) if reach else Booking.id.is_(None))


async def booking(tx: Tx, actor: Actor, booking_id: int) -> Booking:
    """The booking if this actor may see it. Refused: `not_found`."""
    found = await tx.scalar(_visible(actor).where(Booking.id == booking_id))
    if found is None:
        raise NotFound
    return found


async def by_id(tx: Tx, booking_id: int) -> Booking:
    """The booking for those who hold its seat rather than an account. Refused: `not_found`."""
    found = await tx.scalar(_whole().where(Booking.id == booking_id))
    if found is None:
        raise NotFound
    return found


async def by_ids(tx: Tx, booking_ids: Sequence[int]) -> list[Booking]:
    """The same for many at once."""
    return list(await tx.scalars(_whole().where(Booking.id.in_(booking_ids)).order_by(Booking.id)))


async def standing(tx: Tx, days: Collection[date], *, now: datetime) -> Counter[tuple[date, int]]:
    """How many open bookings still lie on each of those days, on the specialists' clocks, by her district."""
    day = func.substr(Booking.wall, 1, 10)
    counted = (
        select(day, Institution.district_id, func.count())
        .join(Booking.specialist)
        .join(Specialist.institution)
        .where(Booking.status.in_(OPEN), Booking.starts >= now, day.in_([each.isoformat() for each in days]))
        .group_by(day, Institution.district_id)
    )
    return Counter({(date.fromisoformat(on), district): many for on, district, many in await tx.execute(counted)})


async def between(
    tx: Tx,
    actor: Actor,
    *,
    starts: datetime,
    until: datetime,
    specialist: int | None = None,
    status: Status | None = None,
) -> list[Booking]:
    """Visible bookings that start in [starts, until), in order of time."""
    statement = _visible(actor).where(Booking.starts >= starts, Booking.starts < until)
    if specialist is not None:
        statement = statement.where(Booking.specialist_id == specialist)
    if status is not None:
        statement = statement.where(Booking.status == status)
    return list(await tx.scalars(statement.order_by(Booking.starts, Booking.id)))


async def diary(tx: Tx, specialists: Sequence[int], *, since: datetime, until: datetime) -> list[Booking]:
    """What stands in these specialists' calendars, whoever's clients they are, in order of time; cancelled ones are
    gone."""
    found = await tx.scalars(
        select(Booking)
        .options(joinedload(Booking.client), joinedload(Booking.standard))
        .where(
            Booking.specialist_id.in_(specialists),
            Booking.status != "cancelled",
            Booking.starts < until,
            Booking.starts > since - occupancy.LONGEST,
            Booking.busy_until > since,
        )
        .order_by(Booking.starts, Booking.id)
    )
    return list(found)


async def among(tx: Tx, actor: Actor, booking_ids: Sequence[int]) -> list[Booking]:
    """Those of these that the actor may know of: all of the region for whoever watches over it without names."""
    seen = _visible(actor) if actor.sees_names else _whole()
    return list(await tx.scalars(seen.where(Booking.id.in_(booking_ids)).order_by(Booking.starts, Booking.id)))


async def of_client(tx: Tx, actor: Actor, client_id: int) -> list[Booking]:
    """A client's visible bookings, newest first. Refused: `not_found` for a foreign client."""
    await people.client(tx, actor, client_id)
    return list(await tx.scalars(_visible(actor).where(Booking.client_id == client_id).order_by(Booking.starts.desc())))


async def of_series(tx: Tx, actor: Actor, series_id: int) -> list[Booking]:
    """The visible bookings of a series, in order of time."""
    own = _visible(actor).where(Booking.series_id == series_id)
    return list(await tx.scalars(own.order_by(Booking.starts, Booking.id)))


async def places_in_series(tx: Tx, series: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Of each booking of these series which of how many it is, by booking; cancelled ones are not counted."""
    kept = select(Booking.series_id, Booking.id).where(Booking.series_id.in_(series), Booking.status != "cancelled")
    groups: dict[int | None, list[int]] = {}
    for number, booking_id in await tx.execute(kept.order_by(Booking.starts, Booking.id)):
        groups.setdefault(number, []).append(booking_id)
    return {own: (at, len(group)) for group in groups.values() for at, own in enumerate(group, 1)}


async def participants(tx: Tx, booking_ids: Sequence[int]) -> dict[int, list[Participant]]:
    """Who and what else takes part, by booking."""
    rows = await tx.scalars(select(Participant).where(Participant.booking_id.in_(booking_ids)).order_by(Participant.id))
    groups: dict[int, list[Participant]] = {}
    for row in rows:
        groups.setdefault(row.booking_id, []).append(row)
    return groups


async def history(tx: Tx, booking_id: int) -> Sequence[tuple[BookingChange, str | None]]:
    """The changes in their order, each with the name of who made it."""
    rows = await tx.execute(
        select(BookingChange, Account.name)
        .outerjoin(Account, Account.id == BookingChange.account_id)
        .where(BookingChange.booking_id == booking_id)
        .order_by(BookingChange.id)
    )
    return [(change, name) for change, name in rows]
