"""Calendars: what stands in one, and the weekly hours, limits, exceptions and absences that make it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from scheduling import audit, bookings, calendars, finding, occupancy, people, slots, standards
from scheduling.access import Actor
from scheduling.bookings import OPEN
from scheduling.calendars import (
    Absence,
    AbsenceKind,
    Owner,
    Place,
    WeeklyHours,
)
from scheduling.calendars.plan import Origin, Plan
from scheduling.errors import NotFound, invalid
from scheduling.people import Specialist
from scheduling.slots import Interval, Limits, Rules
from server.api.calendar_views import (
    AbsenceAdded,
    CalendarView,
    ExceptionView,
    OpenView,
    SettingsView,
    WallIn,
    absence_view,
    booking_view,
    exception_view,
    settings_view,
    window_view,
)
from server.api.holidays import HolidayView
from server.api.views import BookingView, booking_views
from server.bus import of_calendar
from server.endpoint import Ask, endpoint
from server.shapes import Code, Day, Form, Instant, Line

LONGEST_DAYS = 62


class HoursForm(Form):
    weekday: int = Field(ge=0, le=6)
    start: WallIn
    end: WallIn
    valid_from: Day | None = None
    valid_until: Day | None = None
    services: list[Code] | None = Field(default=None, max_length=100)
    every: int = 1
    place: Place = "office"


class HoursChange(Form):
    hours: list[HoursForm] = Field(max_length=calendars.MOST_WINDOWS)


class LimitsChange(Form):
    notice_min: int
    horizon_days: int
    step_min: int
    max_per_day: int | None
    max_per_week: int | None = None
    longest_run_min: int | None = None
    break_min: int = 15
    change_notice_min: int = 180


class WindowForm(Form):
    start: WallIn
    end: WallIn


class NewException(Form):
    day: Day
    windows: list[WindowForm] = Field(max_length=calendars.MOST_WINDOWS)
    reason: Line = ""


class NewAbsence(Form):
    starts: Instant
    ends: Instant
    kind: AbsenceKind


class CalendarQuery(Form):
    first_day: Day | None = Field(default=None, alias="from")
    last_day: Day | None = Field(default=None, alias="until")


# --- reading ----------------------------------------------------------------------------------------------------------
@endpoint("GET", "/specialists/{specialist}/calendar", allow="calendars.read", etag=True)
async def show(ask: Ask, specialist: int, query: CalendarQuery) -> CalendarView:
    """Days `from` to `until`, inclusive, of the specialist's zone (a week from today when not given).

    A coordinator may look at every specialist of the region, because she books them; names of clients whom she may
    not see are left out, and why somebody is away is for those who keep the calendar.
    """
    shown = await people.specialist(ask.tx, specialist)
    if "coordinator" not in ask.actor.roles and shown.id != ask.actor.specialist_id:
        raise NotFound
    first, last = _days(query, ask.now.astimezone(ZoneInfo(shown.zone)).date())
    since, until = finding.midnight(shown.zone, first), finding.midnight(shown.zone, last + timedelta(days=1))
    owner = Owner(shown.id, shown.zone, shown.institution.district_id)
    rules = (await calendars.rules(ask.tx, [owner], since=since, until=until))[shown.id]
    open_time = slots.open_time(rules, since=slots.minute(since), until=slots.minute(until))
    booked = await bookings.diary(ask.tx, [shown.id], since=since, until=until)
    closed = await calendars.holidays(ask.tx, first=first, last=last, district_id=owner.district_id)
    keeps = _keeps(ask.actor, shown)
    settings = await settings_of(ask, shown)
    return CalendarView(
        **dict(settings),
        windows=[window_view(day, origin) for day in days_of(first, last) for origin in _origins(rules, day)],
        exceptions=[
            exception_view(item, keeps=keeps)
            for item in await calendars.exceptions(ask.tx, shown.id, first=first, last=last)
        ],
        absences=[
            absence_view(item, keeps=keeps)
            for item in await calendars.absences(ask.tx, shown.id, since=since, until=until)
        ],
        holidays=[HolidayView.model_validate(item) for item in closed],
        open=[OpenView(starts=slots.instant(start), ends=slots.instant(end)) for start, end in open_time],
        bookings=[booking_view(ask.actor, item) for item in booked],
    )


def days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _origins(rules: Rules, day: date) -> list[Origin]:
    plan = rules.days
    return plan.origins(slots.day_number(day)) if isinstance(plan, Plan) else []


def _days(query: CalendarQuery, today: date) -> tuple[date, date]:
    first = query.first_day or today
    last = query.last_day or first + timedelta(days=6)
    if last < first:
        raise invalid("until", "end_before_start")
    if last - first >= timedelta(days=LONGEST_DAYS):
        raise invalid("until", "too_long", max=LONGEST_DAYS)
    return first, last


def _keeps(actor: Actor, specialist: Specialist) -> bool:
    return actor.edits_calendar(specialist=specialist.id, institution=specialist.institution_id)


async def settings_of(ask: Ask, specialist: Specialist) -> SettingsView:
    limits = await calendars.settings(ask.tx, specialist.id)
    rules = await calendars.working_rules(ask.tx, specialist.id)
    keeps = _keeps(ask.actor, specialist)
    last = await calendars.last_change(ask.tx, specialist.id) if keeps else None
    return settings_view(specialist, limits, rules, await calendars.overrides(ask.tx, specialist.id), last)


# --- changing ---------------------------------------------------------------------------------------------------------
@endpoint("PUT", "/specialists/{specialist}/hours", allow="calendars.write", etag=True, if_match=True)
async def set_hours(ask: Ask, specialist: int, body: HoursChange) -> SettingsView:
    """Replaces the weekly hours. Bookings that stand stay, whatever the new hours are."""
    kept = await to_keep(ask, specialist, "hours_changed")
    wanted = [
        WeeklyHours(
            weekday=row.weekday,
            start=row.start,
            end=row.end,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            services=None if row.services is None else frozenset(row.services),
            every=row.every,
            place=row.place,
        )
        for row in body.hours
    ]
    known = await standards.codes(ask.tx, ask.today)
    await calendars.set_hours(ask.tx, kept.id, version=ask.version, hours=wanted, known_services=known)
    return await settings_of(ask, kept)


@endpoint("PUT", "/specialists/{specialist}/limits", allow="calendars.write", etag=True, if_match=True)
async def set_limits(ask: Ask, specialist: int, body: LimitsChange) -> SettingsView:
    kept = await to_keep(ask, specialist, "limits_changed")
    values = body.model_dump()
    change_notice = values.pop("change_notice_min")
    await calendars.set_limits(
        ask.tx, kept.id, version=ask.version, limits=Limits(**values), change_notice_min=change_notice
    )
    return await settings_of(ask, kept)


@endpoint(
    "POST", "/specialists/{specialist}/exceptions", allow="calendars.write", status=201, idempotent=True, if_match=True
)
async def add_exception(ask: Ask, specialist: int, body: NewException) -> ExceptionView:
    """Gives one day its own windows; none means closed. An earlier exception of the day gives way."""
    kept = await to_keep(ask, specialist, "exception_added")
    await calendars.must_be(ask.tx, kept.id, ask.version)
    windows: list[Interval] = [(window.start, window.end) for window in body.windows]
    today = ask.now.astimezone(ZoneInfo(kept.zone)).date()
    added = await calendars.add_exception(
        ask.tx, kept.id, day=body.day, windows=windows, today=today, reason=body.reason
    )
    return exception_view(added, keeps=True)


@endpoint("DELETE", "/specialists/{specialist}/exceptions/{exception}", allow="calendars.write", if_match=True)
async def remove_exception(ask: Ask, specialist: int, exception: int) -> None:
    kept = await to_keep(ask, specialist, "exception_removed")
    await calendars.must_be(ask.tx, kept.id, ask.version)
    await calendars.remove_exception(ask.tx, kept.id, exception)


@endpoint("POST", "/specialists/{specialist}/absences", allow="calendars.write", status=201, idempotent=True)
async def add_absence(ask: Ask, specialist: int, body: NewAbsence) -> AbsenceAdded:
    """She is away; the open bookings inside stay and are listed, as far as the asker may see them."""
    kept = await to_keep(ask, specialist, "absence_added")
    added = await calendars.add_absence(
        ask.tx, kept.id, starts=body.starts, ends=body.ends, kind=body.kind, now=ask.now
    )
    return AbsenceAdded(absence=absence_view(added, keeps=True), affected=await _affected(ask, kept, added))


@endpoint("DELETE", "/specialists/{specialist}/absences/{absence}", allow="calendars.write")
async def remove_absence(ask: Ask, specialist: int, absence: int) -> None:
    kept = await to_keep(ask, specialist, "absence_removed")
    await calendars.remove_absence(ask.tx, kept.id, absence)


@endpoint("POST", "/specialists/{specialist}/calendar/undo", allow="calendars.write", etag=True, if_match=True)
async def undo(ask: Ask, specialist: int) -> SettingsView:
    """Puts the calendar back to what it was before its last change; again: before the one before. Bookings stay."""
    kept = await _kept(ask, specialist)
    await calendars.undo(ask.tx, kept.id, version=ask.version)
    _written_down(ask, "change_undone", kept)
    return await settings_of(ask, kept)


async def to_keep(ask: Ask, specialist: int, act: str) -> Specialist:
    """The specialist whose calendar the asker keeps, about to be changed: what it was can be put back. Refused:
    `not_found` for anybody else's."""
    found = await _kept(ask, specialist)
    await calendars.remember(ask.tx, found.id, what=act, by=ask.actor.account_id, now=ask.now)
    _written_down(ask, act, found)
    return found


async def _kept(ask: Ask, specialist: int) -> Specialist:
    found = await people.specialist(ask.tx, specialist)
    if not _keeps(ask.actor, found):
        raise NotFound
    return found


async def _affected(ask: Ask, kept: Specialist, added: Absence) -> list[BookingView]:
    longest: datetime = added.starts - occupancy.LONGEST
    near = await bookings.between(ask.tx, ask.actor, starts=longest, until=added.ends, specialist=kept.id)
    inside = [item for item in near if item.status in OPEN and item.ends > added.starts]
    return await booking_views(ask.tx, inside)


def _written_down(ask: Ask, act: str, kept: Specialist) -> None:
    """What follows every change of a calendar: a line of the audit, and the pages that show it look again."""
    audit.note(ask.tx, act, "specialist", kept.id, now=ask.now, account=ask.actor.account_id)
    ask.wakes.append(of_calendar(kept.id))
