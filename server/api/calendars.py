"""Calendars: what stands in one, and the hours, limits, exceptions, absences and holidays that make it."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, cast
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from scheduling import audit, bookings, calendars, finding, occupancy, people, slots, standards
from scheduling.access import Actor
from scheduling.bookings import OPEN, Booking
from scheduling.calendars import (
    Absence,
    AbsenceKind,
    Calendar,
    DayException,
    DayKind,
    Owner,
    Place,
    WeeklyHours,
    WorkingRule,
)
from scheduling.errors import NotFound, invalid
from scheduling.people import Specialist
from scheduling.slots import Interval, Limits
from server.api.views import BookingView, ServiceRef, booking_views, service_ref
from server.endpoint import Ask, endpoint
from server.shapes import Code, Day, Form, Id, Instant, Line, Name, View

LONGEST_DAYS = 62


def _wall_minutes(text: object) -> int:
    found = re.fullmatch(r"([01]\d|2[0-4]):([0-5]\d)", text) if isinstance(text, str) else None
    if found is None or (minutes := int(found[1]) * 60 + int(found[2])) > slots.DAY:
        raise PydanticCustomError("wall_time", "not a time of the day")
    return minutes


def _wall_text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


WallIn = Annotated[int, BeforeValidator(_wall_minutes, json_schema_input_type=str)]
WallOut = Annotated[int, PlainSerializer(_wall_text, return_type=str)]


# --- shapes -----------------------------------------------------------------------------------------------------------
class HoursForm(Form):
    weekday: int = Field(ge=0, le=6)
    start: WallIn
    end: WallIn
    valid_from: Day | None = None
    valid_until: Day | None = None
    services: list[Code] | None = Field(default=None, max_length=100)
    every: int = 1
    place: Place = "office"


class HoursView(View):
    """`rule` is the rule it stands in, whose single days can be changed."""

    rule: int
    weekday: int
    start: WallOut
    end: WallOut
    valid_from: date | None
    valid_until: date | None
    services: list[str] | None
    every: int
    place: Place


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


class SettingsView(View):
    zone: str
    step_min: int
    notice_min: int
    horizon_days: int
    max_per_day: int | None
    max_per_week: int | None
    longest_run_min: int | None
    break_min: int
    change_notice_min: int
    hours: list[HoursView]
    version: int


class WindowForm(Form):
    start: WallIn
    end: WallIn


class WindowView(View):
    start: WallOut
    end: WallOut


class NewException(Form):
    day: Day
    windows: list[WindowForm] = Field(max_length=calendars.MOST_WINDOWS)
    reason: Line = ""


class ExceptionView(View):
    id: int
    day: date
    windows: list[WindowView]
    reason: str


class NewAbsence(Form):
    starts: Instant
    ends: Instant
    kind: AbsenceKind


class AbsenceView(View):
    id: int
    starts: Instant
    ends: Instant
    kind: AbsenceKind


class AbsenceAdded(View):
    absence: AbsenceView
    affected: list[BookingView]


class NewHoliday(Form):
    day: Day
    name: Name
    district_id: Id | None = None
    kind: DayKind = "closed"
    like_day: Day | None = None


class HolidayView(View):
    id: int
    day: date
    name: str
    district_id: int | None
    kind: DayKind
    like_day: date | None


class HolidayList(View):
    items: list[HolidayView]


class HolidayQuery(Form):
    year: int | None = Field(default=None, ge=2000, le=2100)


class OpenView(View):
    starts: Instant
    ends: Instant


class CalendarClient(View):
    id: int
    name: str


class CalendarBooking(View):
    id: int
    starts: Instant
    ends: Instant
    busy_until: Instant
    status: str
    client: CalendarClient | None
    service: ServiceRef


class CalendarView(SettingsView):
    exceptions: list[ExceptionView]
    absences: list[AbsenceView]
    holidays: list[HolidayView]
    open: list[OpenView]
    bookings: list[CalendarBooking]


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
    booked = await bookings.diary(ask.tx, shown.id, since=since, until=until)
    closed = await calendars.holidays(ask.tx, first=first, last=last, district_id=owner.district_id)
    keeps = _keeps(ask.actor, shown)
    settings = await _settings(ask, shown)
    return CalendarView(
        **dict(settings),
        exceptions=[
            _exception(item, keeps=keeps)
            for item in await calendars.exceptions(ask.tx, shown.id, first=first, last=last)
        ],
        absences=[
            _absence(item, keeps=keeps) for item in await calendars.absences(ask.tx, shown.id, since=since, until=until)
        ],
        holidays=[HolidayView.model_validate(item) for item in closed],
        open=[OpenView(starts=slots.instant(start), ends=slots.instant(end)) for start, end in open_time],
        bookings=[_booking(ask.actor, item) for item in booked],
    )


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


async def _settings(ask: Ask, specialist: Specialist) -> SettingsView:
    limits = await calendars.settings(ask.tx, specialist.id)
    return _settings_view(specialist, limits, await calendars.working_rules(ask.tx, specialist.id))


def _settings_view(specialist: Specialist, limits: Calendar, rules: Sequence[WorkingRule]) -> SettingsView:
    return SettingsView(
        zone=specialist.zone,
        step_min=limits.step_min,
        notice_min=limits.notice_min,
        horizon_days=limits.horizon_days,
        max_per_day=limits.max_per_day,
        max_per_week=limits.max_per_week,
        longest_run_min=limits.longest_run_min,
        break_min=limits.break_min,
        change_notice_min=limits.change_notice_min,
        hours=sorted((_hours(rule, row) for rule in rules for row in calendars.weekly_hours(rule)), key=_by_week),
        version=limits.version,
    )


def _hours(rule: WorkingRule, row: WeeklyHours) -> HoursView:
    return HoursView(
        rule=rule.id,
        weekday=row.weekday,
        start=row.start,
        end=row.end,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        services=None if row.services is None else sorted(row.services),
        every=row.every,
        place=row.place,
    )


def _by_week(row: HoursView) -> tuple[int, int, int]:
    return row.weekday, row.start, row.rule


def _exception(item: DayException, *, keeps: bool) -> ExceptionView:
    return ExceptionView(
        id=item.id,
        day=item.day,
        windows=[WindowView(start=start, end=end) for start, end in item.windows],
        reason=item.reason if keeps else "",
    )


def _absence(item: Absence, *, keeps: bool) -> AbsenceView:
    kind = cast(AbsenceKind, item.kind) if keeps else "other"
    return AbsenceView(id=item.id, starts=item.starts, ends=item.ends, kind=kind)


def _booking(actor: Actor, item: Booking) -> CalendarBooking:
    known = actor.sees_booking(client_district=item.client.district_id, specialist=item.specialist_id)
    return CalendarBooking(
        id=item.id,
        starts=item.starts,
        ends=item.ends,
        busy_until=item.busy_until,
        status=item.status,
        client=CalendarClient(id=item.client.id, name=item.client.name) if known else None,
        service=service_ref(item.standard),
    )


# --- changing ---------------------------------------------------------------------------------------------------------
@endpoint("PUT", "/specialists/{specialist}/hours", allow="calendars.write", etag=True, if_match=True)
async def set_hours(ask: Ask, specialist: int, body: HoursChange) -> SettingsView:
    """Replaces the weekly hours. Bookings that stand stay, whatever the new hours are."""
    kept = await _to_keep(ask, specialist)
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
    known = [standard.code for standard in await standards.in_force(ask.tx, ask.now.date())]
    await calendars.set_hours(ask.tx, kept.id, version=ask.version, hours=wanted, known_services=known)
    _audited(ask, "hours_changed", kept)
    return await _settings(ask, kept)


@endpoint("PUT", "/specialists/{specialist}/limits", allow="calendars.write", etag=True, if_match=True)
async def set_limits(ask: Ask, specialist: int, body: LimitsChange) -> SettingsView:
    kept = await _to_keep(ask, specialist)
    values = body.model_dump()
    change_notice = values.pop("change_notice_min")
    await calendars.set_limits(
        ask.tx, kept.id, version=ask.version, limits=Limits(**values), change_notice_min=change_notice
    )
    _audited(ask, "limits_changed", kept)
    return await _settings(ask, kept)


@endpoint("POST", "/specialists/{specialist}/exceptions", allow="calendars.write", status=201, idempotent=True)
async def add_exception(ask: Ask, specialist: int, body: NewException) -> ExceptionView:
    """Gives one day its own windows; none means closed. An earlier exception of the day gives way."""
    kept = await _to_keep(ask, specialist)
    windows: list[Interval] = [(window.start, window.end) for window in body.windows]
    today = ask.now.astimezone(ZoneInfo(kept.zone)).date()
    added = await calendars.add_exception(
        ask.tx, kept.id, day=body.day, windows=windows, today=today, reason=body.reason
    )
    _audited(ask, "exception_added", kept)
    return _exception(added, keeps=True)


@endpoint("DELETE", "/specialists/{specialist}/exceptions/{exception}", allow="calendars.write")
async def remove_exception(ask: Ask, specialist: int, exception: int) -> None:
    kept = await _to_keep(ask, specialist)
    await calendars.remove_exception(ask.tx, kept.id, exception)
    _audited(ask, "exception_removed", kept)


@endpoint("POST", "/specialists/{specialist}/absences", allow="calendars.write", status=201, idempotent=True)
async def add_absence(ask: Ask, specialist: int, body: NewAbsence) -> AbsenceAdded:
    """She is away; the open bookings inside stay and are listed, as far as the asker may see them."""
    kept = await _to_keep(ask, specialist)
    added = await calendars.add_absence(
        ask.tx, kept.id, starts=body.starts, ends=body.ends, kind=body.kind, now=ask.now
    )
    _audited(ask, "absence_added", kept)
    return AbsenceAdded(absence=_absence(added, keeps=True), affected=await _affected(ask, kept, added))


@endpoint("DELETE", "/specialists/{specialist}/absences/{absence}", allow="calendars.write")
async def remove_absence(ask: Ask, specialist: int, absence: int) -> None:
    kept = await _to_keep(ask, specialist)
    await calendars.remove_absence(ask.tx, kept.id, absence)
    _audited(ask, "absence_removed", kept)


async def _to_keep(ask: Ask, specialist: int) -> Specialist:
    """The specialist whose calendar the asker keeps. Refused: `not_found` for anybody else's."""
    found = await people.specialist(ask.tx, specialist)
    if not _keeps(ask.actor, found):
        raise NotFound
    return found


async def _affected(ask: Ask, kept: Specialist, added: Absence) -> list[BookingView]:
    longest: datetime = added.starts - occupancy.LONGEST
    near = await bookings.between(ask.tx, ask.actor, starts=longest, until=added.ends, specialist=kept.id)
    inside = [item for item in near if item.status in OPEN and item.ends > added.starts]
    return await booking_views(ask.tx, inside)


def _audited(ask: Ask, act: str, kept: Specialist) -> None:
    audit.note(ask.tx, act, "specialist", kept.id, now=ask.now, account=ask.actor.account_id)


# --- holidays ---------------------------------------------------------------------------------------------------------
@endpoint("GET", "/holidays", allow="catalogue")
async def list_holidays(ask: Ask, query: HolidayQuery) -> HolidayList:
    year = query.year or ask.now.astimezone(ZoneInfo(ask.actor.zone)).year
    found = await calendars.holidays(ask.tx, first=date(year, 1, 1), last=date(year, 12, 31))
    return HolidayList(items=[HolidayView.model_validate(item) for item in found])


@endpoint("POST", "/holidays", allow="holidays.write", status=201, idempotent=True)
async def add_holiday(ask: Ask, body: NewHoliday) -> HolidayView:
    added = await calendars.add_holiday(ask.tx, **body.model_dump())
    _audited_holiday(ask, "holiday_added", added.id)
    return HolidayView.model_validate(added)


@endpoint("DELETE", "/holidays/{holiday}", allow="holidays.write")
async def remove_holiday(ask: Ask, holiday: int) -> None:
    await calendars.remove_holiday(ask.tx, holiday)
    _audited_holiday(ask, "holiday_removed", holiday)


def _audited_holiday(ask: Ask, act: str, holiday: int) -> None:
    audit.note(ask.tx, act, "holiday", holiday, now=ask.now, account=ask.actor.account_id)
