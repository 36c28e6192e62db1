"""Searching free time across the region: the earliest, the best of each day or specialist, the same hour for weeks."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from heapq import heapify, heappop, heapreplace, nsmallest
from itertools import islice, pairwise
from operator import itemgetter
from zoneinfo import ZoneInfo

from scheduling import slots
from scheduling.access import Actor
from scheduling.finding.facts import Candidate
from scheduling.finding.lasting import Lasting, how_long
from scheduling.finding.look import Look
from scheduling.finding.reasons import NoneBecause, why_none
from scheduling.finding.wishes import By, Sieve, Span, Wish, sieve, taken_from
from scheduling.slots import Service

ALTERNATIVES = 3
NEAR, FAR = 3, 45  # days around a refused time in which others are looked for
WEEK = 7 * slots.DAY
LONGEST_COURSE = 53


@dataclass(frozen=True, slots=True)
class Slot:
    """A free start, computed a moment ago and promised to nobody; of a course also the starts of the weeks after."""

    specialist: Candidate
    starts: datetime
    ends: datetime
    then: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """`nearest` is what comes close to the wish where nothing is as wished."""

    items: list[Slot]
    specialists: int
    since: datetime
    until: datetime
    none_because: NoneBecause | None
    nearest: list[Slot]


async def find(look: Look, wish: Wish, span: Span, *, by: By = "earliest", limit: int = 20, weeks: int = 1) -> Found:
    """Free starts on the days of a span. Refused: `not_found` when on none of them there is such a service.

    `earliest` gives the first `limit` starts, `day` the first of each day, `specialist` the first of each specialist,
    `course` of each the first weekday and hour that is free for so many `weeks` in a row.
    """
    takes = await _takes(look, wish, span, ahead=max(FAR, 7 * min(weeks, LONGEST_COURSE)))
    able = [who for who in look.candidates if wish.fits(who)]
    items = await _search(look, able, wish, takes, span, by, limit, weeks)
    found = Found(items, len(able), span.since, span.until, None, [])
    if items:
        return found
    reason = await why_none(look, able, wish, takes, span)
    longer = replace(span, days=span.days + FAR)
    nearest = await _search(look, able, wish.at_any_time, takes, longer, "earliest", ALTERNATIVES, 1)
    return replace(found, none_because=reason, nearest=nearest)


async def _takes(look: Look, wish: Wish, span: Span, *, ahead: int = 0) -> Lasting:
    if wish.terms is not None:
        return Lasting.always(wish.terms)
    last = span.first_day + timedelta(days=span.days - 1)
    return await how_long(look.tx, wish.service, span.first_day, last, wish.district, ahead=ahead)


async def _search(
    look: Look,
    able: Sequence[Candidate],
    wish: Wish,
    takes: Lasting,
    span: Span,
    by: By,
    limit: int,
    weeks: int,
) -> list[Slot]:
    if by == "course":
        weeks = min(weeks, LONGEST_COURSE)
        whole = replace(span, days=span.days + 7 * weeks)  # what is taken matters in the weeks after as well
        return await _courses(look, able, await sieve(look, wish, takes, whole), span, weeks, limit)
    holes = await sieve(look, wish, takes, span)
    search = {"earliest": _earliest, "day": _first_of_days, "specialist": _first_of_each}[by]
    return [_slot(who, start, takes) for start, who in await search(look, able, holes, span, limit)]


Starts = list[tuple[int, Candidate]]


async def _earliest(look: Look, able: Sequence[Candidate], holes: Sieve, span: Span, limit: int) -> Starts:
    """The first starts in order of time."""
    found: Starts = []
    for part in _parts(span):
        starts = await _starts(look, able, holes, part)
        merged = _merged([(who, holes.through(who, starts[who.id])) for who in able])
        found += islice(merged, limit - len(found))
        if len(found) == limit:
            break
    return found


async def _first_of_days(look: Look, able: Sequence[Candidate], holes: Sieve, span: Span, limit: int) -> Starts:
    """The first start of each day."""
    found: Starts = []
    for part in _parts(span):
        starts = await _starts(look, able, holes, part)
        free = [(who, list(holes.through(who, starts[who.id]))) for who in able]
        for morning, night in pairwise(part.midnights):
            firsts = [(own[at], who) for who, own in free if (at := bisect_left(own, morning)) < len(own)]
            first = min((start for start, _ in firsts), default=night)
            if first < night:
                found.append(min((each for each in firsts if each[0] == first), key=_in_no_order))
            if len(found) == limit:
                return found
    return found


async def _first_of_each(look: Look, able: Sequence[Candidate], holes: Sieve, span: Span, limit: int) -> Starts:
    """The first start of each specialist, in order of time."""
    found: Starts = []
    waiting = list(able)
    for part in _parts(span):
        starts = await _starts(look, waiting, holes, part)
        firsts = {who.id: next(holes.through(who, starts[who.id]), None) for who in waiting}
        found += [(start, who) for who in waiting if (start := firsts[who.id]) is not None]
        waiting = [who for who in waiting if firsts[who.id] is None]
        if not waiting:
            break
    return sorted(found, key=lambda each: (each[0], _in_no_order(each)))[:limit]


async def _starts(look: Look, able: Sequence[Candidate], holes: Sieve, span: Span) -> dict[int, Sequence[int]]:
    ignoring = holes.wish.ignoring
    return await holes.lasting.starts(look, able, since=span.since, until=span.until, ignoring=ignoring)


def _parts(span: Span) -> Iterator[Span]:
    """The span in parts that grow: the first ones nearly always hold the answer."""
    at, length = 0, 7
    while at < span.days:
        days = min(length, span.days - at)
        yield replace(span, first_day=span.first_day + timedelta(days=at), days=days)
        at, length = at + days, length * 2


def _in_no_order(each: tuple[int, Candidate]) -> int:
    """A number that changes with the time, so that of equal starts no provider's stands first always: the choice is
    the client's, and the list must not lean."""
    start, who = each
    return hash((start, who.id))


def _merged(sources: Iterable[tuple[Candidate, Iterator[int]]]) -> Iterator[tuple[int, Candidate]]:
    """In order of time, equal times in no order that lasts."""
    heap = []
    for who, rest in sources:
        first = next(rest, None)
        if first is not None:
            heap.append((first, _in_no_order((first, who)), who.id, who, rest))
    heapify(heap)
    while heap:
        start, _, _, who, rest = heap[0]
        yield start, who
        following = next(rest, None)
        if following is None:
            heappop(heap)
        else:
            heapreplace(heap, (following, _in_no_order((following, who)), who.id, who, rest))


def _slot(who: Candidate, start: int, takes: Lasting, then: Sequence[int] = ()) -> Slot:
    ends = slots.instant(start + takes.at(who.zone, start).duration_min)
    return Slot(who, slots.instant(start), ends, tuple(slots.instant(each) for each in then))


async def _courses(
    look: Look, able: Sequence[Candidate], holes: Sieve, span: Span, weeks: int, limit: int
) -> list[Slot]:
    """Of each specialist the first start in the span whose weekday and hour on her clock are free for all the weeks."""
    starts = await _starts(look, able, holes, replace(span, days=span.days + 7 * (weeks - 1) + 1))
    last = slots.minute_after(span.until)
    found = []
    for who in able:
        free = list(holes.through(who, starts[who.id]))
        course = next(_runs_of_weeks(free, who.zone, weeks, last), None)
        if course:
            found.append((course[0], _in_no_order((course[0], who)), who, course))
    found.sort(key=itemgetter(0, 1))
    return [_slot(who, course[0], holes.lasting, course[1:]) for _, _, who, course in islice(found, limit)]


def _runs_of_weeks(free: Sequence[int], zone: str, weeks: int, last: int) -> Iterator[list[int]]:
    """Starts before `last` with those of the weeks after, at the same time on the wall."""
    if not free:
        return
    stretches = slots.clock(zone, free[0], free[-1] + 1)
    # Where the clock does not change, a week later on the wall is a week later.
    walls = dict(zip(free, free, strict=True)) if len(stretches) == 1 else _walls(free, stretches)
    for wall, start in walls.items():
        if start >= last:
            return
        course = [walls.get(wall + WEEK * week) for week in range(weeks)]
        if None not in course:
            yield [start, *(each for each in course[1:] if each is not None)]


def _walls(free: Sequence[int], stretches: Iterable[tuple[int, int, int]]) -> dict[int, int]:
    """The starts by what the clock shows, ascending by start; of a doubled hour the first."""
    walls: dict[int, int] = {}
    for since, until, offset in stretches:
        for start in free[bisect_left(free, since) : bisect_left(free, until)]:
            walls.setdefault(start + offset, start)
    return walls


async def alternatives(
    look: Look,
    actor: Actor,
    *,
    service: str,
    specialist: int,
    client: int | None,
    starts: datetime,
    companions: Iterable[int] = (),
    resources: Iterable[int] = (),
    ignoring: int | None = None,
    district: int | None = None,
    terms: Service | None = None,
) -> list[Slot]:
    """Three free starts nearest to a refused one: of the same specialist first, then of others.

    Three days around it are looked at, then a month and more. None of them is a time when the client, a companion or
    a thing that is needed is taken; a specialist who books for herself is offered only her own calendar. `ignoring` is
    a booking that is being moved; `district` and `terms` are as in a `Wish`.
    """
    horizon = timedelta(days=look.rules(specialist).limits.horizon_days)
    wanted = min(max(starts, look.now), look.now + horizon)
    able = [who for who in look.candidates if service in who.services]
    if "coordinator" not in actor.roles:
        able = [who for who in able if who.id == actor.specialist_id]
    # Hers come first, however far others are: who has enough of them is the common case, and costs one calendar.
    groups = [[who for who in able if (who.id == specialist) is hers] for hers in (True, False)]
    wish = Wish(
        service,
        client=client,
        companions=frozenset(companions),
        resources=frozenset(resources),
        ignoring=ignoring,
        district=district,
        terms=terms,
    )
    around = Span(look.rules(specialist).zone, (wanted - timedelta(days=FAR)).date(), 2 * FAR + 1)
    takes = await _takes(look, wish, around)
    near: Starts = []
    for reach in (NEAR, FAR):
        since, until = max(look.now, wanted - timedelta(days=reach)), wanted + timedelta(days=reach)
        holes = Sieve(wish, look, takes, ZoneInfo("UTC"), await taken_from(look, wish, since, until))
        near = []
        for group in groups:
            free = await takes.starts(look, group, since=since, until=until, ignoring=ignoring)
            theirs = ((start, who) for who in group for start in holes.through(who, free[who.id]))
            near += nsmallest(ALTERNATIVES - len(near), theirs, key=partial(_distance, slots.minute(wanted)))
            if len(near) == ALTERNATIVES:
                return [_slot(who, start, takes) for start, who in near]
    return [_slot(who, start, takes) for start, who in near]


def _distance(wanted: int, each: tuple[int, Candidate]) -> tuple[int, int, int]:
    return abs(each[0] - wanted), each[0], _in_no_order(each)
