"""What is wanted of a course, and what would come of it: everything read that its sessions are held against."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling import allowance, calendars, consents, occupancy, people, resources, slots, standards
from scheduling.access import Actor
from scheduling.calendars import Owner, recurring
from scheduling.db import Tx
from scheduling.errors import ConsentNeeded, NotFound, invalid
from scheduling.finding import Lasting, Look
from scheduling.people import Specialist
from scheduling.series.placing import BEHIND, REACH, Beside, Key, Line, Planner, Session, SessionReason, Wanted
from scheduling.slots import Taken
from scheduling.standards import ServiceStandard
from scheduling.standards.periodicity import Fullest, Way, fullest, standing, too_often, ways
from scheduling.timezones import instant, is_skipped

__all__ = ["MOST_SESSIONS", "Course", "Preview", "Session", "SessionReason", "Wanted", "days_of", "plan", "preview"]
MOST_SESSIONS = 60
FAR = timedelta(days=400)  # no horizon is longer than a year


@dataclass(frozen=True, slots=True)
class Course:
    """What is wanted: so many `times` by the rule from a day on, at a time of the specialist's clock (minutes), with
    companions who are clients too, with rooms and interpreters."""

    client: int
    specialist: int
    service: str
    rrule: str
    first_day: date
    start_min: int
    times: int
    before: date | None = None
    """The day by which all should be done; what lies later is warned of."""
    with_clients: tuple[int, ...] = ()
    with_resources: tuple[int, ...] = ()

    @property
    def keys(self) -> list[Key]:
        return [
            Key("client", self.client),
            *(Key("client", each) for each in self.with_clients),
            *(Key("resource", each) for each in self.with_resources),
        ]


@dataclass(frozen=True, slots=True)
class Preview:
    """`norm`: of each alternative of the standard the period that the course fills most, beside what the client has
    already; `too_often` says that not one of them allows it."""

    sessions: Sequence[Session]
    zone: str
    too_often: bool = False
    norm: Sequence[Fullest] = ()

    @property
    def fits(self) -> bool:
        return all(each.reason is None or each.instead is not None for each in self.sessions)


async def preview(
    tx: Tx,
    actor: Actor,
    course: Course,
    *,
    now: datetime,
    chosen: Sequence[Wanted] = (),
    look: Look | None = None,
) -> Preview:
    """What would come of it; of the times `chosen` instead of those of the rule, where there are any. With a `look` at
    the region another specialist is proposed where the same has nothing near. Refused: `not_found`, `invalid_input`.
    """
    specialist = await people.own_line(tx, actor, course.specialist)
    if not 2 <= course.times <= MOST_SESSIONS:
        raise invalid("times", "course_length", min=2, max=MOST_SESSIONS)
    if not 0 <= course.start_min < slots.DAY:
        raise invalid("start", "out_of_range", min="00:00", max="23:59")
    client = await people.client(tx, actor, course.client)
    if await consents.taken_back(tx, client.id, "processing"):  # it only looks: nothing is locked
        raise ConsentNeeded("processing")
    days = days_of(course, now)
    wanted = sorted(chosen, key=lambda each: each.day) or [_by_rule(course, day, specialist.zone) for day in days]
    if not {each.day for each in wanted} <= set(days):
        raise invalid("sessions", "not_an_occurrence")
    whom = {each.id: each for each in await _whom(tx, actor, [course.specialist, *(w.specialist for w in wanted)])}
    if any(course.service not in each.services for each in whom.values()):
        raise invalid("specialist", "not_offered")
    versions = await _versions(tx, course.service, wanted, specialist.zone, client.district_id)
    found = await plan(
        tx,
        actor,
        wanted,
        code=course.service,
        lasting=Lasting.by(versions, versions[0][0]),
        whom=whom,
        keys=course.keys,
        now=now,
        zone=specialist.zone,
        before=course.before,
        look=look,
    )
    own = [(each.instead or each.starts).astimezone(ZoneInfo(client.district.zone)).date() for each in found]
    taken = (await allowance.sessions(tx, client)).get(course.service, [])
    return Preview(found, specialist.zone, *_often(versions, own, taken))


async def _versions(
    tx: Tx, code: str, wanted: Sequence[Wanted], zone: str, district: int | None
) -> list[tuple[date, ServiceStandard]]:
    """Those that hold on the days of the course and around them, whoever's clock says when they begin. Refused:
    `not_found` when none holds yet as the course begins."""
    begins, ends = min(each.starts for each in wanted), max(each.starts for each in wanted)
    first = begins.astimezone(ZoneInfo(zone)).date()
    last = (ends + REACH + BEHIND).date() + timedelta(days=1)
    found = await standards.over(tx, code, first - timedelta(days=1), last, district)
    if found[0][0] > first:
        raise NotFound
    return found


def _often(
    versions: Sequence[tuple[date, ServiceStandard]], own: Sequence[date], taken: Sequence[date]
) -> tuple[bool, list[Fullest]]:
    """Whether it is too often, and of each alternative the fullest period: each day is held against the version of that
    day, beside all the others."""
    of_ways: dict[tuple[Way, ...], list[date]] = {}
    for day in own:
        holds = next((standard for since, standard in reversed(versions) if since <= day), versions[0][1])
        of_ways.setdefault(tuple(ways(holds.periodicity)), []).append(day)
    often, norm = False, []
    for alternatives, days in of_ways.items():
        beside = [*taken, *(day for some in of_ways.values() if some is not days for day in some)]
        often = often or too_often(alternatives, days, beside)
        most = [fullest(each, days, beside) for each in alternatives]
        norm += [replace(each, before=standing(each.way, taken, each.since).used) for each in most]
    return often, norm


async def plan(
    tx: Tx,
    actor: Actor,
    wanted: Sequence[Wanted],
    *,
    code: str,
    lasting: Lasting,
    whom: dict[int, Specialist],
    keys: Sequence[Key],
    now: datetime,
    zone: str,
    before: date | None = None,
    leaving: Iterable[datetime] = (),
    look: Look | None = None,
) -> list[Session]:
    """Places the sessions; `leaving` are starts of those that are moved, whose time counts as free."""
    gone = {slots.minute(each) for each in leaving}
    since = min(each.starts for each in wanted) - REACH
    until = max(each.starts for each in wanted) + REACH + BEHIND
    owners = [Owner(each.id, each.zone, each.institution.district_id) for each in whom.values()]
    rules = await calendars.rules(tx, owners, since=since, until=until)
    busy = await occupancy.taken(tx, "specialist", list(whom), since=since, until=until, now=now)
    names = await _names(tx, actor, keys)
    beside = {}
    for key in keys:
        taken = await occupancy.taken(tx, key.kind, [key.id], since=since, until=until, now=now)
        beside[key] = Beside(names[key], _without(taken.get(key.id, []), gone))
    planner = Planner(
        lines={number: Line(rules[number], _without(busy.get(number, []), gone)) for number in whom},
        others={},
        beside=beside,
        lasting=lasting,
        now=slots.minute_after(now),
        zone=zone,
        before=before,
    )
    again = deepcopy((planner.lines, planner.beside))
    found = planner.place(wanted)
    if look is None or "coordinator" not in actor.roles or all(not each.reason or each.instead for each in found):
        return found
    able = [who for who in look.candidates if code in who.services]
    planner.lines, planner.beside = again
    planner.others = {}
    for takes in dict.fromkeys(map(planner.takes, wanted)):
        starts = await takes.starts(look, able, since=since, until=until)
        planner.others[takes] = {who.id: (who, starts[who.id]) for who in able}
    return planner.place(wanted)


def days_of(course: Course, now: datetime) -> list[date]:
    """The days of the course. Refused: `invalid_input` when the rule gives too few of them within a year."""
    recurrence = recurring.read(course.rrule, course.first_day)
    found: list[date] = []
    for day in recurrence.days(course.first_day, max(course.first_day, (now + FAR).date())):
        found.append(day)
        if len(found) == course.times:
            return found
    raise invalid("times", "too_few_days", max=len(found))


def _by_rule(course: Course, day: date, zone: str) -> Wanted:
    wall = f"{day}T{course.start_min // 60:02}:{course.start_min % 60:02}"
    return Wanted(day, instant(zone, wall, 0), course.specialist, not is_skipped(zone, wall))


async def _whom(tx: Tx, actor: Actor, ids: Iterable[int]) -> list[Specialist]:
    return [await people.own_line(tx, actor, each) for each in sorted(set(ids))]


async def _names(tx: Tx, actor: Actor, keys: Sequence[Key]) -> dict[Key, str]:
    """Refused: `not_found` for a foreign client, `invalid_input` for what cannot be booked."""
    wanted = [key.id for key in keys if key.kind == "resource"]
    things = {each.id: each.name for each in await resources.chosen(tx, wanted)} if wanted else {}
    return {
        key: things[key.id] if key.kind == "resource" else (await people.client(tx, actor, key.id)).name for key in keys
    }


def _without(taken: Iterable[Taken], gone: set[int]) -> list[Taken]:
    return [each for each in taken if each.start not in gone]
