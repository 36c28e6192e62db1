"""Who can help: free time and load of those who could take an application, and whom a lonely district asks first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from scheduling import finding, slots, standards
from scheduling.access import Actor
from scheduling.applications.needs import Around
from scheduling.applications.tables import Application, Fallback
from scheduling.bookings.tables import OPEN, Booking
from scheduling.db import Tx
from scheduling.errors import NotFound, invalid
from scheduling.finding import Candidate, Look, Span, Wish
from scheduling.people import District, Institution
from scheduling.slots import Interval

# So far ahead is looked for the first free time, and over so many days load is counted.
AHEAD_DAYS, LOAD_DAYS = 31, 14


@dataclass(frozen=True)
class Proposal:
    """A specialist who could take it: her first free time as wished (`starts`) and at all (`first`), how many open
    bookings she has in the next two weeks, and the codes of what speaks for her."""

    who: Candidate
    starts: datetime | None
    first: datetime | None
    load: int
    because: tuple[str, ...]


async def around(look: Look, actor: Actor) -> Around:
    """What is so of the actor's district today; free time is read from what is kept warm."""
    tx, today = look.tx, look.now.astimezone(ZoneInfo(actor.zone)).date()
    district = actor.district_id or 0
    codes = [each.code for each in await standards.in_force(tx, today, district)]
    first: dict[str | None, date] = {code: await _first_free(look, code, actor.zone, today, district) for code in codes}
    asked_first = await fallback(tx, district)
    institution = None if asked_first is None else asked_first.id
    near = [who for who in look.candidates if who.district_id == district or who.institution_id == institution]
    return Around(
        today=today,
        now=look.now,
        tomorrow_ends=finding.midnight(actor.zone, today + timedelta(days=2)),
        first_free=first | ({None: min(first.values())} if first else {}),
        helped={code: any(code in who.services for who in near) for code in codes} | {None: bool(near)},
    )


async def _first_free(look: Look, code: str, zone: str, today: date, district: int) -> date:
    """The day of the first free time of any specialist; the one after those looked at where there is none."""
    wish = Wish(code, district=district)
    # Asked so that nothing is explained: why there is none is a matter of whoever looks for a time.
    found = await finding.find(look, wish, Span(zone, today, AHEAD_DAYS), limit=1)
    if not found.items:
        return today + timedelta(days=AHEAD_DAYS)
    return found.items[0].starts.astimezone(ZoneInfo(zone)).date()


async def proposals(look: Look, one: Application, *, service: str | None = None) -> list[Proposal]:
    """Those who give the service, whoever was wished first, then who knows the topic, is near, and is free first."""
    tx, zone = look.tx, one.district.zone
    today = look.now.astimezone(ZoneInfo(zone)).date()
    code = service or one.service
    holding = await standards.in_force(tx, today, one.district_id)
    if code is None and holding:
        code = holding[0].code
    if code is None or code not in {each.code for each in holding}:
        return []
    span = Span(zone, today, AHEAD_DAYS)
    as_wished = await _firsts(look, _wish(one, code), span)
    at_all = await _firsts(look, Wish(code, client=one.client_id, district=one.district_id), span)
    able = [who for who in look.candidates if code in who.services]
    asked_first = await fallback(tx, one.district_id)
    load = await _load(tx, [who.id for who in able], look.now)
    made = [
        Proposal(
            who,
            as_wished.get(who.id),
            at_all.get(who.id),
            load.get(who.id, 0),
            _because(who, one, None if asked_first is None else asked_first.id),
        )
        for who in able
        if one.language in who.languages or one.language == "ru"
    ]
    return sorted(made, key=_place)


async def fallback(tx: Tx, district: int) -> Institution | None:
    """The institution that is asked first for a district, if somebody has named one."""
    return await tx.scalar(
        select(Institution)
        .join(Fallback, Fallback.institution_id == Institution.id)
        .where(Fallback.district_id == district)
    )


async def set_fallback(tx: Tx, district: int, institution: int | None) -> Institution | None:
    """Names it or (None) takes it back. Refused: `not_found` for the district, `invalid_input` for the institution."""
    if await tx.get(District, district) is None:
        raise NotFound
    chosen = None if institution is None else await tx.get(Institution, institution)
    if institution is not None and (chosen is None or chosen.kind == "authority"):
        raise invalid("institution", "unknown")
    row = await tx.get(Fallback, district)
    if row is not None and chosen is None:
        await tx.delete(row)
    elif row is not None and chosen is not None:
        row.institution_id = chosen.id
    elif chosen is not None:
        tx.add(Fallback(district_id=district, institution_id=chosen.id))
    await tx.flush()
    return chosen


async def most_free(look: Look) -> list[tuple[int, str, int]]:
    """Institutions by what their specialists have least to do, for a district that nobody is named for: number, name,
    open bookings of a specialist in the next two weeks, tenths. Who has no hours in them is not free but away."""
    by: dict[tuple[int, str], list[int]] = {}
    for who in filter(partial(_works, look), look.candidates):
        by.setdefault((who.institution_id, who.institution), []).append(who.id)
    load = await _load(look.tx, [who.id for who in look.candidates], look.now)
    found = [(*of, 10 * sum(load.get(each, 0) for each in ids) // len(ids)) for of, ids in by.items()]
    return sorted(found, key=lambda each: (each[2], each[1]))[:5]


def _works(look: Look, who: Candidate) -> bool:
    rules = look.rules(who.id)
    today = slots.local_day(rules.zone, slots.minute(look.now))
    return any(rules.days.windows(day) for day in range(today, today + LOAD_DAYS))


def _wish(one: Application, code: str) -> Wish:
    """What of the application's wishes a time can be held against."""
    wishes = one.wishes
    return Wish(
        code,
        weekdays=frozenset(wishes.get("weekdays", ())),
        part=_widest(wishes.get("parts", ())),
        client=one.client_id,
        district=one.district_id,
    )


def _widest(parts: Sequence[str]) -> Interval | None:
    """Parts of the day as one stretch from the first beginning to the last end."""
    if not parts:
        return None
    bounds = [[int(clock[:2]) * 60 + int(clock[3:]) for clock in part.split("-")] for part in parts]
    return min(since for since, _ in bounds), max(until for _, until in bounds)


async def _firsts(look: Look, wish: Wish, span: Span) -> dict[int, datetime]:
    found = await finding.find(look, wish, span, by="specialist", limit=max(1, len(look.candidates)))
    return {slot.specialist.id: slot.starts for slot in found.items}


def _because(who: Candidate, one: Application, fallback_id: int | None) -> tuple[str, ...]:
    wishes = one.wishes
    facts: Mapping[str, bool] = {
        "wished": wishes.get("specialist") == who.id,
        "institution_wished": wishes.get("institution") == who.institution_id,
        "topic": one.topic is not None and one.topic in who.topics,
        "near": who.district_id == one.district_id,
        "fallback": who.institution_id == fallback_id,
        "language": one.language != "ru" and one.language in who.languages,
    }
    return tuple(code for code, so in facts.items() if so)


def _place(each: Proposal) -> tuple[object, ...]:
    first = ("wished", "institution_wished", "topic")
    far = datetime.max.replace(tzinfo=UTC)
    return (
        *(code not in each.because for code in first),
        not ("near" in each.because or "fallback" in each.because),
        each.starts or far,
        each.first or far,
        each.load,
        each.who.id,
    )


async def _load(tx: Tx, ids: Sequence[int], now: datetime) -> dict[int, int]:
    rows = await tx.execute(
        select(Booking.specialist_id, func.count())
        .where(
            Booking.specialist_id.in_(ids),
            Booking.status.in_(OPEN),
            Booking.starts >= now,
            Booking.starts < now + timedelta(days=LOAD_DAYS),
        )
        .group_by(Booking.specialist_id)
    )
    return {row[0]: row[1] for row in rows}
