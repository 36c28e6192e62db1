"""Many calendars side by side: the coordinator's board, one day or a few, with what is open and what is taken."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from scheduling import bookings, calendars, finding, occupancy, slots, standards
from scheduling.errors import NotFound, invalid
from scheduling.finding import Candidate
from scheduling.slots import Rules, Taken
from server.api.bookings import look
from server.api.calendar_views import CalendarBooking, OpenView, booking_view
from server.api.views import InstitutionView, SpecialistView
from server.endpoint import Ask, endpoint
from server.shapes import Code, Day, Form, Id, Instant, Several, View

MOST_DAYS, MOST_SPECIALISTS = 7, 60


class BoardQuery(Form):
    """Days of the asker's zone, both inclusive; today when not given. No specialist named: the first of all by name.
    With a `service` each also has the starts that are free for it."""

    first_day: Day | None = Field(default=None, alias="from")
    last_day: Day | None = Field(default=None, alias="until")
    specialist: Several[Id] = frozenset()
    institution: Several[Id] = frozenset()
    service: Code | None = None


class HeldView(View):
    """A time that somebody has in hand just now."""

    starts: Instant
    ends: Instant


class Column(View):
    """`free` is null when no service was asked for."""

    specialist: SpecialistView
    zone: str
    services: list[str]
    open: list[OpenView]
    bookings: list[CalendarBooking]
    held: list[HeldView]
    free: list[Instant] | None


class BoardView(View):
    """`of` is how many specialists there are of whom these are the first."""

    zone: str
    since: date
    until: date
    items: list[Column]
    of: int


@endpoint("GET", "/calendars", allow="calendars.read")
async def side_by_side(ask: Ask, query: BoardQuery) -> BoardView:
    """What is open, booked and held of many specialists; a specialist sees her own column."""
    zone = ask.actor.zone
    first = query.first_day or ask.now.astimezone(ZoneInfo(zone)).date()
    last = query.last_day or first
    if last < first or (last - first).days >= MOST_DAYS:
        raise invalid("until", "out_of_range", max=MOST_DAYS)
    since, until = finding.midnight(zone, first), finding.midnight(zone, last + timedelta(days=1))
    seen = await look(ask)
    able = sorted((who for who in seen.candidates if _wanted(ask, query, who)), key=lambda who: (who.name, who.id))
    shown = able[:MOST_SPECIALISTS]
    ids = [who.id for who in shown]
    booked = await bookings.diary(ask.tx, ids, since=since, until=until)
    held = await occupancy.held(ask.tx, ids, since=since, until=until, now=ask.now)
    free = None
    if query.service is not None:
        try:
            standard = await standards.service(ask.tx, query.service, first)
        except NotFound:
            raise invalid("service", "unknown") from None
        free = await seen.starts(ids, calendars.as_service(standard), since=since, until=until)
    begin, end = slots.minute(since), slots.minute(until)
    columns = [
        Column(
            specialist=_specialist(who),
            zone=who.zone,
            services=sorted(who.services),
            open=_open(seen.rules(who.id), begin, end),
            bookings=[booking_view(ask.actor, each) for each in booked if each.specialist_id == who.id],
            held=[_held(each) for each in held.get(who.id, ())],
            free=None if free is None else [slots.instant(start) for start in free[who.id]],
        )
        for who in shown
    ]
    return BoardView(zone=zone, since=first, until=last, items=columns, of=len(able))


def _wanted(ask: Ask, query: BoardQuery, who: Candidate) -> bool:
    if "coordinator" not in ask.actor.roles and who.id != ask.actor.specialist_id:
        return False
    return (
        (not query.specialist or who.id in query.specialist)
        and (not query.institution or who.institution_id in query.institution)
        and (query.service is None or query.service in who.services)
    )


def _specialist(who: Candidate) -> SpecialistView:
    institution = InstitutionView(id=who.institution_id, name=who.institution, kind=who.institution_kind)
    return SpecialistView(id=who.id, name=who.name, institution=institution)


def _held(taken: Taken) -> HeldView:
    return HeldView(starts=slots.instant(taken.start), ends=slots.instant(taken.end))


def _open(rules: Rules, since: int, until: int) -> list[OpenView]:
    stretches = slots.open_time(rules, since=since, until=until)
    return [OpenView(starts=slots.instant(start), ends=slots.instant(end)) for start, end in stretches]
