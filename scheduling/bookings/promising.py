"""Promising a time the short way: what many wait for is seen together, and each promise is written with one statement.

A promise is decided from what was seen, and what was seen is as good as the two stamps of the calendar: they rise with
whatever changes its free time, in the transaction that changes it, and the statement that writes a promise writes it
only if both are still the same, raising them at once, and only if the client's card and his consent still stand. So
nothing is booked by anything stale, nobody waits with a lock for the answer to a question, and whoever was too late
looks again. Guards decide about everybody else's time as ever.

Only a plain booking of a coordinator goes this way, of a time that is free or that he holds. All else, and every
refusal but one, is the matter of `changing`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, bindparam, delete, func, select, text, update
from sqlalchemy.orm import joinedload

from scheduling import calendars, consents, holds, people, slots
from scheduling.access import Actor
from scheduling.bookings.tables import Booking, BookingChange, Mode, change
from scheduling.calendars import Calendar
from scheduling.db import Base, Tx, Utc, padded
from scheduling.finding.facts import Stamps
from scheduling.finding.warm import Warm
from scheduling.holds import Hold
from scheduling.occupancy import LONGEST, Occupancy
from scheduling.people import Client, Specialist
from scheduling.slots import Rules, Taken
from scheduling.standards import ServiceStandard, chosen
from scheduling.writing import Line, Rows, write_if

Value = TypeVar("Value")

# Around a start: its day with what reaches into it, or its week where a calendar counts by weeks.
NEAR, WEEK = int((LONGEST + timedelta(days=1)) / timedelta(minutes=1)), slots.MARGIN_DAYS * slots.DAY


@dataclass(frozen=True, slots=True)
class Wish:
    """`hold` keeps the time for whoever asks, or nobody does."""

    client: int
    specialist: int
    service: str
    starts: datetime
    mode: Mode = "video"
    topic: str | None = None
    hold: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """Whom and what a wish is about, and what was taken around it while her stamps were these."""

    client: Client
    specialist: Specialist
    standard: ServiceStandard
    stamps: Stamps
    rules: Rules
    taken: Sequence[Taken]


def _ids() -> Any:
    return bindparam("ids", expanding=True)


# Whoever ever took back his consent goes the long way, where it is asked whether another stands.
_CLIENTS = (
    select(Client)
    .options(joinedload(Client.district, innerjoin=True))
    .where(Client.id.in_(_ids()), people.present(), ~consents.once_taken_back(Client.id, "processing"))
)
_SPECIALISTS = (
    select(Specialist, Calendar.rules_stamp, Calendar.busy_stamp)
    .join(Calendar, Calendar.specialist_id == Specialist.id)
    .options(joinedload(Specialist.institution, innerjoin=True))
    .where(Specialist.id.in_(_ids()), Specialist.active)
)
_STANDARDS = (
    select(ServiceStandard)
    .where(ServiceStandard.code.in_(_ids()))
    .order_by(ServiceStandard.valid_from, ServiceStandard.version)
)
_TAKEN = """
SELECT wanted.at, taken.hold_id, taken.starts, taken.ends, taken.since, taken.until
FROM {wanted} JOIN occupancy AS taken ON taken.kind = 'specialist' AND taken.who = wanted.who
    AND taken.since > wanted.since AND taken.since < wanted.until
WHERE taken.expires_at IS NULL OR taken.expires_at > :now
ORDER BY wanted.at, taken.starts
"""
_ARRAYS = """unnest(CAST(:who AS integer[]), CAST(:since AS integer[]), CAST(:until AS integer[]))
    WITH ORDINALITY AS wanted (who, since, until, at)"""
_JSON = """(SELECT key + 1 AS at, value ->> 0 AS who, value ->> 1 AS since, value ->> 2 AS until
    FROM json_each(:wanted)) AS wanted"""
_TAKEN_BY_ARRAYS, _TAKEN_BY_JSON = (
    text(_TAKEN.format(wanted=wanted)).bindparams(bindparam("now", type_=Utc())) for wanted in (_ARRAYS, _JSON)
)
_CLIENT = bindparam("client", type_=Integer())
# In this order: whoever takes his consent back, or joins his card with another, has it locked before all else.
_CARD = (
    select(Client.id)
    .where(Client.id == _CLIENT, Client.merged_into.is_(None))
    .with_for_update(read=True, key_share=True, of=Client)
)
_STILL_SO = (
    update(Calendar)
    .where(
        Calendar.specialist_id == bindparam("of"),
        Calendar.rules_stamp == bindparam("rules"),
        Calendar.busy_stamp == bindparam("busy"),
        _CARD.exists(),
        consents.never_taken_back(_CLIENT, "processing"),
    )
    .values(busy_stamp=Calendar.busy_stamp + 1)
)
_END = delete(Hold).where(
    Hold.id == bindparam("number"), Hold.account_id == bindparam("account"), Hold.expires_at > bindparam("now")
)
_NUMBERS = text("SELECT nextval(pg_get_serial_sequence('booking', 'id')) FROM generate_series(1, :count)")


async def see(tx: Tx, warm: Warm, wishes: Sequence[Wish], *, now: datetime) -> list[Seen | None]:
    """What there is to each wish; None where something is not as a plain wish needs it."""
    clients = {each.id: each for each in await tx.scalars(_CLIENTS, {"ids": _each(wish.client for wish in wishes)})}
    found = await tx.execute(_SPECIALISTS, {"ids": _each(wish.specialist for wish in wishes)})
    specialists = {whose.id: (whose, Stamps(*stamps)) for whose, *stamps in found}
    versions: dict[str, list[ServiceStandard]] = {}
    for each in await tx.scalars(_STANDARDS, {"ids": _each(wish.service for wish in wishes)}):
        versions.setdefault(each.code, []).append(each)
    # What is taken is read after the stamps: it may be newer than they are, never older.
    rules = await warm.rules(tx, {number: stamps for number, (_, stamps) in specialists.items()}, now=now)
    taken = await _taken(tx, wishes, rules, now)

    def of(at: int, wish: Wish) -> Seen | None:
        client = clients.get(wish.client)
        whose, stamps = specialists.get(wish.specialist, (None, None))
        if client is None or whose is None or stamps is None or whose.id not in rules:
            return None
        day = wish.starts.astimezone(ZoneInfo(whose.zone)).date()
        standard = chosen(versions.get(wish.service, ()), day, client.district_id)
        if standard is None:
            return None
        return Seen(client, whose, standard, stamps, rules[whose.id], taken.get(at, ()))

    return [of(at, wish) for at, wish in enumerate(wishes)]


def _each(values: Iterable[Value]) -> list[Value]:
    return padded(dict.fromkeys(values))


async def _taken(tx: Tx, wishes: Sequence[Wish], rules: Mapping[int, Rules], now: datetime) -> dict[int, list[Taken]]:
    """What is taken around each wish, by its place among them."""
    wanted = []
    for wish in wishes:
        at, whose = slots.minute(wish.starts), rules.get(wish.specialist)
        reach = WEEK if whose is not None and whose.limits.max_per_week is not None else NEAR
        wanted.append((wish.specialist, at - reach, at + reach))
    if tx.get_bind().dialect.name == "postgresql":
        who, since, until = zip(*wanted, strict=True)
        rows = await tx.execute(_TAKEN_BY_ARRAYS, {"who": who, "since": since, "until": until, "now": now})
    else:
        rows = await tx.execute(_TAKEN_BY_JSON, {"wanted": json.dumps(wanted), "now": now})
    groups: dict[int, list[Taken]] = {}
    for at, hold, *times in rows.all():
        if hold is None or hold != wishes[at - 1].hold:
            groups.setdefault(at - 1, []).append(Taken._make(times))
    return groups


def may_book(actor: Actor, wish: Wish, seen: Seen) -> bool:
    """Whether all is as it should be, but for the time. If not, `changing` says what is wrong."""
    return (
        "coordinator" in actor.roles
        and seen.client.district_id == actor.district_id
        and wish.mode in seen.standard.modes
        and wish.service in seen.specialist.services
        and not wish.starts.second
        and not wish.starts.microsecond
    )


def why_not(wish: Wish, seen: Seen, *, now: datetime) -> slots.Reason | None:
    """What stands against the time; None when it is free."""
    service, start, minute = calendars.as_service(seen.standard), slots.minute(wish.starts), slots.minute_after(now)
    if slots.free_starts(seen.rules, service, seen.taken, now=minute, since=start, until=start + 1):
        return None
    return slots.refusal(seen.rules, service, seen.taken, now=minute, start=start)


def made_of(wish: Wish, seen: Seen, number: int, *, now: datetime, by: int) -> Booking:
    """The booking as it will stand in the table, outside of any transaction."""
    return Booking.of(
        *(seen.specialist, seen.client, seen.standard, wish.starts),
        created_at=now,
        created_by=by,
        mode=wish.mode,
        topic=wish.topic,
        id=number,
        version=1,
        status="booked",
        specialist_id=seen.specialist.id,
        client_id=seen.client.id,
        standard_id=seen.standard.id,
    )


async def numbers(line: Line | Tx, count: int) -> list[int]:
    """Numbers for bookings yet to be made; one that is not used is lost. On SQLite the one that follows, which is
    nobody else's as long as this transaction writes."""
    bind = line if isinstance(line, Line) else line.get_bind()
    if bind.dialect.name == "postgresql":
        return list(await line.scalars(_NUMBERS, {"count": count}))
    return [(await line.scalar(select(func.max(Booking.id))) or 0) + 1]


async def end_hold(line: Line, hold: int, *, account: int, now: datetime) -> bool:
    """Turns a hold of this account into nothing, so that its time can be booked: both in one transaction. False when
    there is no such hold any more. The stamp is raised by the booking that follows."""
    gone = await line.execute(_END, {"number": hold, "account": account, "now": now})
    return gone.rowcount == 1


async def write(line: Line, made: Booking, stamps: Stamps, more: Mapping[type[Base], Rows]) -> bool:
    """Writes the booking with the time it takes, the first line of its history and what else belongs to it, if her
    calendar's stamps are still these and the client may still be booked. Raises what the guards say."""
    claim = holds.claim_of(made.standard, made.specialist_id, made.starts, clients=[made.client_id])
    facts = {"starts": made.starts.isoformat(), "specialist": made.specialist_id}
    rows: dict[type[Base], Rows] = {
        Booking: [{name: getattr(made, name) for name in _COLUMNS}],
        Occupancy: claim.rows(booking_id=made.id),
        BookingChange: [change(made, made.created_at, made.created_by, "booked", {}, facts)],
    }
    of = {"of": made.specialist_id, "rules": stamps.rules, "busy": stamps.busy, "client": made.client_id}
    return await write_if(line, _STILL_SO, of, rows | dict(more))


_COLUMNS = [column.name for column in Booking.__table__.columns]
