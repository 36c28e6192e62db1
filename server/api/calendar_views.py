"""What calendars look like from outside: rules, windows, exceptions and bookings as the interface shows them."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, cast

from pydantic import BeforeValidator, PlainSerializer
from pydantic_core import PydanticCustomError

from scheduling import calendars, slots
from scheduling.access import Actor
from scheduling.bookings import Booking
from scheduling.calendars import (
    Absence,
    AbsenceKind,
    Calendar,
    DayException,
    LastChange,
    Place,
    RuleOverride,
    WeeklyHours,
    WorkingRule,
    recurring,
)
from scheduling.calendars.plan import Origin
from scheduling.people import Specialist
from server.api.holidays import HolidayView
from server.api.views import BookingView, ServiceRef, service_ref
from server.shapes import Instant, View


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


class PlainForm(View):
    days: list[int]
    every: int


class RuleView(View):
    """`plain` is the rule as a form shows it, null when it says more; `first_day` is null for "since ever"."""

    id: int
    rrule: str
    plain: PlainForm | None
    first_day: date | None
    last_day: date | None
    start: WallOut
    end: WallOut
    services: list[str] | None
    place: Place


class OverrideWindow(View):
    day: date
    start: WallOut
    end: WallOut


class OverrideView(View):
    """What stands in place of one `day` of a rule."""

    rule: int
    day: date
    windows: list[OverrideWindow]


class UndoView(View):
    """What undoing would take back (`rule_added`), made when and by whom."""

    what: str
    at: Instant
    who: str


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
    rules: list[RuleView]
    overrides: list[OverrideView]
    undo: UndoView | None
    version: int


class WindowView(View):
    start: WallOut
    end: WallOut


class ExceptionView(View):
    id: int
    day: date
    windows: list[WindowView]
    reason: str


class AbsenceView(View):
    id: int
    starts: Instant
    ends: Instant
    kind: AbsenceKind


class AbsenceAdded(View):
    absence: AbsenceView
    affected: list[BookingView]


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


class ShownWindow(View):
    """A window as it lies on a `day`; `rule` and `of_day` say which day of which rule it is, null for a whole day's."""

    day: date
    start: WallOut
    end: WallOut
    services: list[str] | None
    place: Place
    rule: int | None
    of_day: date | None


class CalendarView(SettingsView):
    windows: list[ShownWindow]
    exceptions: list[ExceptionView]
    absences: list[AbsenceView]
    holidays: list[HolidayView]
    open: list[OpenView]
    bookings: list[CalendarBooking]


def settings_view(
    specialist: Specialist,
    limits: Calendar,
    rules: Sequence[WorkingRule],
    overrides: Sequence[RuleOverride],
    last: LastChange | None,
) -> SettingsView:
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
        hours=sorted((hours_view(rule, row) for rule in rules for row in calendars.weekly_hours(rule)), key=_by_week),
        rules=[rule_view(rule) for rule in rules],
        overrides=[override_view(item) for item in overrides],
        undo=None if last is None else UndoView.model_validate(last),
        version=limits.version,
    )


def rule_view(rule: WorkingRule) -> RuleView:
    plain = recurring.plain(rule.rrule)
    return RuleView(
        id=rule.id,
        rrule=rule.rrule,
        plain=None if plain is None else PlainForm(days=sorted(plain[0]), every=plain[1]),
        first_day=None if rule.first_day == calendars.SINCE_EVER else rule.first_day,
        last_day=rule.last_day,
        start=rule.start_min,
        end=rule.end_min,
        services=rule.services,
        place=cast(Place, rule.place),
    )


def override_view(item: RuleOverride) -> OverrideView:
    windows = [OverrideWindow(day=date.fromisoformat(day), start=start, end=end) for day, start, end in item.windows]
    return OverrideView(rule=item.rule_id, day=item.day, windows=windows)


def window_view(day: date, origin: Origin) -> ShownWindow:
    window = origin.window
    return ShownWindow(
        day=day,
        start=window.start,
        end=window.end,
        services=None if window.services is None else sorted(window.services),
        place=cast(Place, window.place),
        rule=origin.rule,
        of_day=None if origin.day is None else slots.day_of(origin.day),
    )


def hours_view(rule: WorkingRule, row: WeeklyHours) -> HoursView:
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


def exception_view(item: DayException, *, keeps: bool) -> ExceptionView:
    return ExceptionView(
        id=item.id,
        day=item.day,
        windows=[WindowView(start=start, end=end) for start, end in item.windows],
        reason=item.reason if keeps else "",
    )


def absence_view(item: Absence, *, keeps: bool) -> AbsenceView:
    kind = cast(AbsenceKind, item.kind) if keeps else "other"
    return AbsenceView(id=item.id, starts=item.starts, ends=item.ends, kind=kind)


def booking_view(actor: Actor, item: Booking) -> CalendarBooking:
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
