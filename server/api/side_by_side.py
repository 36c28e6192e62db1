"""Many calendars side by side: the coordinator's board, one day or a few, with what is open, free, held and taken."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import Field

from scheduling import bookings, calendars, finding, occupancy, slots
from scheduling.access import Actor
from scheduling.bookings import OPEN, Booking
from scheduling.calendars import Holiday
from scheduling.calendars.plan import Plan
from scheduling.errors import NotFound, invalid
from scheduling.finding import Candidate, Lasting, Look
from scheduling.people import InstitutionKind
from scheduling.slots import Rules, Taken
from server.api.bookings import look
from server.api.calendar_views import CalendarBooking, OpenView, booking_view
from server.api.views import InstitutionView, SpecialistView
from server.endpoint import Ask, endpoint
from server.shapes import Code, Day, Form, Id, Instant, Line, Several, View

MOST_DAYS, MOST_SPECIALISTS = 7, 60
# How far ahead a specialist who has nothing free on the days shown is looked through.
NEXT_FREE = timedelta(days=30)


class BoardQuery(Form):
    """Days of the asker's zone, both inclusive; today when not given. Empty means: no matter; `name` is a part of it.

    With a `service` each also has the starts that are free for it, and `only_free` leaves out who has none. `moving` is
    a booking on its way to another time: free is then what is free for its service and its client, its own time too.
    At most 60 specialists come at once; `skip` so many to see the rest.
    """

    first_day: Day | None = Field(default=None, alias="from")
    last_day: Day | None = Field(default=None, alias="until")
    specialist: Several[Id] = frozenset()
    institution: Several[Id] = frozenset()
    kind: InstitutionKind | Literal[""] | None = None
    topic: Code | Literal[""] | None = None
    language: Code | Literal[""] | None = None
    name: Line = ""
    service: Code | Literal[""] | None = None
    only_free: bool = False
    moving: Id | None = None
    skip: int = Field(default=0, ge=0, le=100_000)


class HeldView(View):
    """A time that somebody has in hand just now."""

    starts: Instant
    ends: Instant


class AwayView(View):
    starts: Instant
    ends: Instant


class DayOff(View):
    """A day without a minute of work: a holiday with its name, a day of her own that is closed, or no hours at all."""

    day: date
    why: Literal["holiday", "closed", "no_hours"]
    name: str


class BoardBooking(CalendarBooking):
    """`movable`: the asker may move it, and it is still open; its `version` is for If-Match."""

    version: int
    mode: str
    movable: bool


class Column(View):
    """`free` is null when no service was asked for; `next_free` is the first start after the days shown, where on them
    is none."""

    specialist: SpecialistView
    zone: str
    services: list[str]
    topics: list[str]
    languages: list[str]
    open: list[OpenView]
    away: list[AwayView]
    off: list[DayOff]
    bookings: list[BoardBooking]
    held: list[HeldView]
    free: list[Instant] | None
    next_free: Instant | None


class BoardView(View):
    """`of` is how many specialists there are of whom these are some, in the order of their institutions and names;
    `duration_min` is how long the service asked for takes, at most where that changes on the days shown."""

    zone: str
    since: date
    until: date
    items: list[Column]
    of: int
    duration_min: int | None


@endpoint("GET", "/calendars", allow="calendars.read")
async def side_by_side(ask: Ask, query: BoardQuery) -> BoardView:
    """What is open, booked and held of many specialists; a specialist sees her own column."""
    zone = ask.actor.zone
    today = ask.today
    first = query.first_day or today
    last = query.last_day or first
    if last < first or (last - first).days >= MOST_DAYS:
        raise invalid("until", "out_of_range", max=MOST_DAYS)
    since, until = finding.midnight(zone, first), finding.midnight(zone, last + timedelta(days=1))
    moved = None if query.moving is None else await bookings.booking(ask.tx, ask.actor, query.moving)
    takes = await _takes(ask, query, moved, max(first, today), max(last, today))
    seen = await look(ask)
    able = sorted((who for who in seen.candidates if _wanted(ask.actor, query, takes, who)), key=_in_order)
    free = await _free(ask, seen, able, takes, moved, since=since, until=until)
    if query.only_free and free is not None:
        able = [who for who in able if free[who.id]]
    shown = able[query.skip : query.skip + MOST_SPECIALISTS]
    ids = [who.id for who in shown]
    booked: dict[int, list[Booking]] = {}
    for each in await bookings.diary(ask.tx, ids, since=since, until=until):
        booked.setdefault(each.specialist_id, []).append(each)
    held = await occupancy.held(ask.tx, ids, since=since, until=until, now=ask.now)
    closed = await calendars.holidays(ask.tx, first=first, last=last)
    none = [who for who in shown if free is not None and not free[who.id]]
    later = await _next_free(seen, none, takes, after=until) if takes else {}
    begin, end = slots.minute(since), slots.minute(until)
    columns = [
        Column(
            specialist=_specialist(who),
            zone=who.zone,
            services=sorted(who.services),
            topics=sorted(who.topics),
            languages=sorted(who.languages),
            open=_open(seen.rules(who.id), begin, end),
            away=_away(seen.rules(who.id), begin, end),
            off=_off(seen.rules(who.id), who, closed, first, last),
            bookings=[_booking(ask, each) for each in booked.get(who.id, ())],
            held=[_held(each) for each in held.get(who.id, ())],
            free=None if free is None else [slots.instant(start) for start in free[who.id]],
            next_free=later.get(who.id),
        )
        for who in shown
    ]
    minutes = takes.longest(max(first, today), max(last, today)) if takes else None
    return BoardView(zone=zone, since=first, until=last, items=columns, of=len(able), duration_min=minutes)


async def _takes(ask: Ask, query: BoardQuery, moved: Booking | None, first: date, last: date) -> Lasting | None:
    """How long the service takes on the days shown and on those looked through after them."""
    if moved is not None:
        return Lasting.always(calendars.as_service(moved.standard))
    if not query.service:
        return None
    district, ahead = ask.actor.district_id, NEXT_FREE.days
    try:
        return await finding.how_long(ask.tx, query.service, first, last, district, ahead=ahead)
    except NotFound:
        raise invalid("service", "unknown") from None


async def _free(
    ask: Ask,
    seen: Look,
    able: Sequence[Candidate],
    takes: Lasting | None,
    moved: Booking | None,
    *,
    since: datetime,
    until: datetime,
) -> dict[int, Sequence[int]] | None:
    """By specialist; of a booking that is moved only what does not meet another booking of its client."""
    if takes is None:
        return None
    if moved is None:
        return await takes.starts(seen, able, since=since, until=until)
    free = await takes.starts(seen, able, since=since, until=until, ignoring=moved.id)
    busy = await occupancy.taken(
        ask.tx, "client", [moved.client_id], since=since, until=until, now=ask.now, ignoring=moved.id
    )
    elsewhere = busy.get(moved.client_id, [])
    return {who: [start for start in starts if _is_clear(start, moved, elsewhere)] for who, starts in free.items()}


def _is_clear(start: int, moved: Booking, busy: Sequence[Taken]) -> bool:
    return all(start >= each.end or start + moved.standard.duration_min <= each.start for each in busy)


async def _next_free(seen: Look, whom: Sequence[Candidate], takes: Lasting, *, after: datetime) -> dict[int, datetime]:
    since = max(after, seen.now)
    starts = await takes.starts(seen, whom, since=since, until=since + NEXT_FREE) if whom else {}
    return {who: slots.instant(found[0]) for who, found in starts.items() if found}


def _wanted(actor: Actor, query: BoardQuery, takes: Lasting | None, who: Candidate) -> bool:
    if "coordinator" not in actor.roles and who.id != actor.specialist_id:
        return False
    return (
        (not query.specialist or who.id in query.specialist)
        and (not query.institution or who.institution_id in query.institution)
        and (not query.kind or who.institution_kind == query.kind)
        and (not query.topic or query.topic in who.topics)
        and (not query.language or query.language in who.languages)
        and (takes is None or takes.code in who.services)
        and query.name.casefold() in who.name.casefold()
    )


def _in_order(who: Candidate) -> tuple[str, int, str, int]:
    """Institutions by name, whoever runs them, and in each of them people by name: the board leans to nobody."""
    return who.institution, who.institution_id, who.name, who.id


def _specialist(who: Candidate) -> SpecialistView:
    institution = InstitutionView(id=who.institution_id, name=who.institution, kind=who.institution_kind)
    return SpecialistView(id=who.id, name=who.name, institution=institution)


def _booking(ask: Ask, item: Booking) -> BoardBooking:
    seen = ask.actor.sees_booking(client_district=item.client.district_id, specialist=item.specialist_id)
    movable = seen and item.status in OPEN and item.ends > ask.now
    facts = dict(booking_view(ask.actor, item))
    return BoardBooking(**facts | {"version": item.version, "mode": item.mode, "movable": movable})


def _held(taken: Taken) -> HeldView:
    return HeldView(starts=slots.instant(taken.start), ends=slots.instant(taken.end))


def _open(rules: Rules, since: int, until: int) -> list[OpenView]:
    stretches = slots.open_time(rules, since=since, until=until)
    return [OpenView(starts=slots.instant(start), ends=slots.instant(end)) for start, end in stretches]


def _away(rules: Rules, since: int, until: int) -> list[AwayView]:
    return [
        AwayView(starts=slots.instant(max(start, since)), ends=slots.instant(min(end, until)))
        for start, end in sorted(rules.absences)
        if start < until and end > since
    ]


def _off(rules: Rules, who: Candidate, closed: Sequence[Holiday], first: date, last: date) -> list[DayOff]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [_day_off(rules, who, closed, day) for day in days if not rules.days.windows(slots.day_number(day))]


def _day_off(rules: Rules, who: Candidate, closed: Sequence[Holiday], day: date) -> DayOff:
    if isinstance(rules.days, Plan) and day in rules.days.exceptions:
        return DayOff(day=day, why="closed", name="")
    of_day = [row for row in closed if row.day == day and row.district_id in (None, who.district_id)]
    if of_day and (said := max(of_day, key=lambda row: row.district_id is not None)).kind == "closed":
        return DayOff(day=day, why="holiday", name=said.name)
    return DayOff(day=day, why="no_hours", name="")
