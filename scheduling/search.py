"""Free time across many specialists: the earliest, by day, by specialist, and three other times for a refused one."""

from collections.abc import AsyncIterator, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import nsmallest
from operator import itemgetter
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from scheduling import calendars, occupancy, slots, standards
from scheduling.access import Actor
from scheduling.bookings import Booking
from scheduling.calendars import Owner
from scheduling.db import Tx
from scheduling.people import Institution, Specialist
from scheduling.slots import Rules, Service, Taken

By = Literal["earliest", "day", "specialist"]
NoneBecause = Literal["no_specialist", "no_hours", "all_taken", "beyond_horizon"]

ALTERNATIVES = 3
NEAR, FAR = timedelta(days=3), timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A specialist as the searcher sees her."""

    id: int
    name: str
    zone: str
    institution_id: int
    institution: str
    institution_kind: str
    district_id: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A free start, computed a moment ago and promised to nobody."""

    specialist: Candidate
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for. None means: no matter."""

    service: str
    specialist: int | None = None
    topic: str | None = None
    language: str | None = None
    institution: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    items: list[Slot]
    specialists: int
    since: datetime
    until: datetime
    none_because: NoneBecause | None


async def find(
    tx: Tx, wish: Wish, *, now: datetime, zone: str, first_day: date, days: int, by: By = "earliest", limit: int = 20
) -> Found:
    """Free starts on `days` days from `first_day`, days of the asker's zone. Refused: `not_found` for the service.

    `earliest` gives the first `limit` starts, `day` the first of each day, `specialist` the first of each specialist.
    """
    service = calendars.as_service(await standards.service(tx, wish.service, first_day))
    since, until = midnight(zone, first_day), midnight(zone, first_day + timedelta(days=days))
    field = await _field(tx, await candidates(tx, wish), service, now=now, since=since, until=until)
    items: list[Slot] = []
    seen: set[Hashable] = set()
    async for slot in _ascending(tx, field, _stretches(zone, first_day, days, by), limit if by == "earliest" else 1):
        mark = _mark(slot, by, zone)
        if mark not in seen:
            seen.add(mark)
            items.append(slot)
        if len(items) == limit:
            break
    return Found(items, len(field.candidates), since, until, None if items else _why_none(field))


async def alternatives(
    tx: Tx,
    actor: Actor,
    *,
    service: str,
    specialist: int,
    client: int | None,
    starts: datetime,
    now: datetime,
    ignoring: int | None = None,
) -> list[Slot]:
    """Three free starts nearest to a refused one: of the same specialist first, then of others.

    Three days around it are looked at, then a month and more. None of them is a time when the client is with somebody;
    a specialist who books for herself is offered only her own calendar. `ignoring` is a booking that is being moved.
    """
    horizon = timedelta(days=(await calendars.settings(tx, specialist)).horizon_days)
    wanted = min(max(starts, now), now + horizon)
    standard = calendars.as_service(await standards.service(tx, service, wanted.date()))
    able = await candidates(tx, Wish(service))
    if "coordinator" not in actor.roles:
        able = [candidate for candidate in able if candidate.id == actor.specialist_id]
    nearest: list[Slot] = []
    for reach in (NEAR, FAR):
        since, until = max(now, wanted - reach), wanted + reach
        field = await _field(tx, able, standard, now=now, since=since, until=until)
        away = (
            []
            if client is None
            else (
                await occupancy.taken(tx, "client", [client], since=since, until=until, now=now, ignoring=ignoring)
            ).get(client, [])
        )
        ids = [who.id for who in able]
        busy = await occupancy.taken(tx, "specialist", ids, since=since, until=until, now=now, ignoring=ignoring)
        nearest = _nearest(field, busy, away, specialist=specialist, wanted=slots.minute(wanted))
        if len(nearest) == ALTERNATIVES:
            break
    return nearest


async def diary(tx: Tx, specialist: int, *, since: datetime, until: datetime) -> list[Booking]:
    """What stands in a specialist's calendar, whoever's clients they are, in order of time; cancelled ones are gone."""
    found = await tx.scalars(
        select(Booking)
        .options(joinedload(Booking.client), joinedload(Booking.standard))
        .where(
            Booking.specialist_id == specialist,
            Booking.status != "cancelled",
            Booking.starts < until,
            Booking.busy_until > since,
        )
        .order_by(Booking.starts, Booking.id)
    )
    return list(found)


async def candidates(tx: Tx, wish: Wish) -> list[Candidate]:
    """The active specialists who give the service and fit the other wishes."""
    rows = await tx.execute(
        select(
            Specialist.id,
            Specialist.name,
            Specialist.zone,
            Specialist.services,
            Specialist.topics,
            Specialist.languages,
            Institution.id,
            Institution.name,
            Institution.kind,
            Institution.district_id,
        )
        .join(Institution, Institution.id == Specialist.institution_id)
        .where(Specialist.active)
        .order_by(Specialist.id)
    )
    return [
        Candidate(who, name, zone, *institution)
        for who, name, zone, services, topics, languages, *institution in rows
        if wish.service in services
        and wish.specialist in (None, who)
        and (wish.topic is None or wish.topic in topics)
        and (wish.language is None or wish.language in languages)
        and wish.institution in (None, institution[0])
    ]


def midnight(zone: str, day: date) -> datetime:
    """The instant at which a local day begins."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Field:
    """Everything a search looks at, except what is booked: that is read stretch by stretch."""

    candidates: Sequence[Candidate]
    rules: dict[int, Rules]
    service: Service
    now: int
    since: datetime
    until: datetime

    def starts(self, candidate: Candidate, busy: Iterable[Taken], since: datetime, until: datetime) -> list[int]:
        return slots.free_starts(
            self.rules[candidate.id],
            self.service,
            busy,
            now=self.now,
            since=slots.minute_after(since),
            until=slots.minute_after(until),
        )

    def slot(self, candidate: Candidate, start: int) -> Slot:
        return Slot(candidate, slots.instant(start), slots.instant(start + self.service.duration_min))


async def _field(
    tx: Tx, able: Sequence[Candidate], service: Service, *, now: datetime, since: datetime, until: datetime
) -> _Field:
    owners = [Owner(candidate.id, candidate.zone, candidate.district_id) for candidate in able]
    rules = await calendars.rules(tx, owners, since=since, until=until)
    return _Field(able, rules, service, slots.minute_after(now), since, until)


def _stretches(zone: str, first_day: date, days: int, by: By) -> Iterator[tuple[datetime, datetime]]:
    """The span in parts: day by day where each day's first start is asked for, else doubling, as the first parts
    nearly always hold the answer."""
    at, length = 0, 1
    while at < days:
        end = min(at + length, days)
        yield midnight(zone, first_day + timedelta(days=at)), midnight(zone, first_day + timedelta(days=end))
        at, length = end, 1 if by == "day" else length * 2


async def _ascending(
    tx: Tx, field: _Field, stretches: Iterable[tuple[datetime, datetime]], most: int
) -> AsyncIterator[Slot]:
    """Free starts in order of time, at most `most` of each specialist in each stretch.

    Equal times are ordered by a number that changes with the time, so that no provider stands first always: the
    choice is the client's, and the list must not lean.
    """
    ids = [candidate.id for candidate in field.candidates]
    for since, until in stretches:
        busy = await occupancy.taken(tx, "specialist", ids, since=since, until=until, now=slots.instant(field.now))
        found = [
            (start, hash((start, candidate.id)), candidate)
            for candidate in field.candidates
            for start in field.starts(candidate, busy.get(candidate.id, ()), since, until)[:most]
        ]
        for start, _, candidate in sorted(found, key=itemgetter(0, 1)):
            yield field.slot(candidate, start)


def _mark(slot: Slot, by: By, zone: str) -> Hashable:
    """Of slots with the same mark only the first is wanted."""
    if by == "day":
        return slot.starts.astimezone(ZoneInfo(zone)).date()
    return slot.specialist.id if by == "specialist" else (slot.specialist.id, slot.starts)


def _why_none(field: _Field) -> NoneBecause:
    if not field.candidates:
        return "no_specialist"
    if any(field.starts(candidate, (), field.since, field.until) for candidate in field.candidates):
        return "all_taken"
    first = slots.minute(field.since)
    beyond = all(
        slots.local_day(rules.zone, first) > slots.local_day(rules.zone, field.now) + rules.limits.horizon_days
        for rules in field.rules.values()
    )
    return "beyond_horizon" if beyond else "no_hours"


def _nearest(
    field: _Field, busy: Mapping[int, list[Taken]], away: Sequence[Taken], *, specialist: int, wanted: int
) -> list[Slot]:
    """The free starts nearest to `wanted`, of `specialist` first, that do not meet the client's own engagements."""
    free = [
        (candidate.id != specialist, abs(start - wanted), start, hash((start, candidate.id)), candidate)
        for candidate in field.candidates
        for start in field.starts(candidate, busy.get(candidate.id, ()), field.since, field.until)
        if not any(start < it.end and it.start < start + field.service.duration_min for it in away)
    ]
    best = nsmallest(ALTERNATIVES, free, key=itemgetter(0, 1, 2, 3))
    return [field.slot(candidate, start) for _, _, start, _, candidate in best]
