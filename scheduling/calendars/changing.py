"""Changing a calendar: checked whole, refused with every wrong field at once, decided one after the other."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from scheduling import slots
from scheduling.calendars.reading import holidays
from scheduling.calendars.tables import (
    Absence,
    AbsenceKind,
    Calendar,
    DayException,
    Holiday,
    WorkingHours,
    defaults,
)
from scheduling.db import Tx
from scheduling.errors import FieldError, InvalidInput, NotFound, VersionMoved, invalid
from scheduling.people import District, Specialist
from scheduling.slots import Interval, WeeklyHours

SHORTEST_WINDOW_MIN = 10
MOST_WINDOWS = 100
LONGEST_ABSENCE = timedelta(days=1100)  # parental leave lasts up to three years
FARTHEST_DAY = timedelta(days=1100)
BOUNDS = {"notice_min": (0, 30 * slots.DAY), "horizon_days": (1, 366), "max_per_day": (1, 50), "step_min": (5, 240)}


async def set_hours(
    tx: Tx, specialist_id: int, *, version: int, hours: Sequence[WeeklyHours], known_services: Iterable[str]
) -> Calendar:
    """Replaces the weekly hours. Refused: `version_moved`, `invalid_input` with every wrong row."""
    if errors := _wrong_hours(hours, frozenset(known_services)):
        raise InvalidInput(errors)
    changed = await _to_change(tx, specialist_id, version)
    await tx.execute(delete(WorkingHours).where(WorkingHours.specialist_id == specialist_id))
    tx.add_all(
        WorkingHours(
            specialist_id=specialist_id,
            weekday=row.weekday,
            start_min=row.start,
            end_min=row.end,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            services=None if row.services is None else sorted(row.services),
        )
        for row in hours
    )
    await tx.flush()
    return changed


async def set_limits(
    tx: Tx,
    specialist_id: int,
    *,
    version: int,
    notice_min: int,
    horizon_days: int,
    max_per_day: int | None,
    step_min: int,
) -> Calendar:
    """Sets how she may be booked. Refused: `version_moved`, `invalid_input` with every value out of its bounds."""
    values = {"notice_min": notice_min, "horizon_days": horizon_days, "max_per_day": max_per_day, "step_min": step_min}
    errors = [
        FieldError(field, "out_of_range", {"min": least, "max": most})
        for field, (least, most) in BOUNDS.items()
        if (value := values[field]) is not None and not least <= value <= most
    ]
    if not errors and notice_min >= horizon_days * slots.DAY:
        errors.append(FieldError("notice_min", "beyond_horizon", {"horizon_days": horizon_days}))
    if errors:
        raise InvalidInput(errors)
    changed = await _to_change(tx, specialist_id, version)
    for field, value in values.items():
        setattr(changed, field, value)
    await tx.flush()
    return changed


async def add_exception(
    tx: Tx, specialist_id: int, *, day: date, windows: Sequence[Interval], today: date, reason: str = ""
) -> DayException:
    """Gives one day its own windows, instead of an earlier exception of that day if there is one."""
    errors = _wrong_windows("windows", windows)
    if not today <= day <= today + FARTHEST_DAY:
        errors.append(FieldError("day", "out_of_range", {"min": str(today), "max": str(today + FARTHEST_DAY)}))
    if errors:
        raise InvalidInput(errors)
    await _lock(tx, specialist_id)
    await tx.execute(delete(DayException).where(DayException.specialist_id == specialist_id, DayException.day == day))
    added = DayException(
        specialist_id=specialist_id, day=day, windows=[list(window) for window in sorted(windows)], reason=reason
    )
    tx.add(added)
    await tx.flush()
    return added


async def remove_exception(tx: Tx, specialist_id: int, exception_id: int) -> None:
    await _remove(tx, specialist_id, await tx.get(DayException, exception_id))


async def add_absence(
    tx: Tx, specialist_id: int, *, starts: datetime, ends: datetime, kind: AbsenceKind, now: datetime
) -> Absence:
    """She is away from `starts` to `ends`. Bookings inside stay: people decide what becomes of them."""
    if starts >= ends:
        raise invalid("ends", "end_before_start")
    if ends - starts > LONGEST_ABSENCE:
        raise invalid("ends", "too_long", max_days=LONGEST_ABSENCE.days)
    if ends <= now or starts > now + FARTHEST_DAY:
        raise invalid("starts", "out_of_range")
    await _lock(tx, specialist_id)
    added = Absence(specialist_id=specialist_id, starts=starts, ends=ends, kind=kind)
    tx.add(added)
    await tx.flush()
    return added


async def remove_absence(tx: Tx, specialist_id: int, absence_id: int) -> None:
    await _remove(tx, specialist_id, await tx.get(Absence, absence_id))


async def add_holiday(tx: Tx, *, day: date, name: str, district_id: int | None = None) -> Holiday:
    """Refused: `invalid_input` when the day is one already, or the district is unknown."""
    if district_id is not None and await tx.get(District, district_id) is None:
        raise invalid("district_id", "unknown")
    if any(row.district_id == district_id for row in await holidays(tx, first=day, last=day)):
        raise invalid("day", "exists")
    added = Holiday(day=day, name=name, district_id=district_id)
    tx.add(added)
    await tx.flush()
    return added


async def remove_holiday(tx: Tx, holiday_id: int) -> None:
    found = await tx.get(Holiday, holiday_id)
    if found is None:
        raise NotFound
    await tx.delete(found)
    await tx.flush()


async def _to_change(tx: Tx, specialist_id: int, version: int) -> Calendar:
    await _lock(tx, specialist_id)
    changed = await tx.get(Calendar, specialist_id, populate_existing=True)
    if changed is None:
        changed = defaults(specialist_id)
        tx.add(changed)
    if changed.version != version:
        raise VersionMoved(changed.version)
    changed.version += 1
    return changed


async def _lock(tx: Tx, specialist_id: int) -> None:
    """The row that a booking locks too: no booking is decided by rules that are just being changed."""
    await tx.execute(select(Specialist.id).where(Specialist.id == specialist_id).with_for_update(key_share=True))


async def _remove(tx: Tx, specialist_id: int, found: DayException | Absence | None) -> None:
    if found is None or found.specialist_id != specialist_id:
        raise NotFound
    await _lock(tx, specialist_id)
    await tx.delete(found)
    await tx.flush()


def _wrong_hours(hours: Sequence[WeeklyHours], known_services: frozenset[str]) -> list[FieldError]:
    if len(hours) > MOST_WINDOWS:
        return [FieldError("hours", "too_many", {"max": MOST_WINDOWS})]
    errors = []
    for index, row in enumerate(hours):
        field = f"hours.{index}"
        errors += _wrong_window(field, row.start, row.end)
        if not 0 <= row.weekday <= 6:
            errors.append(FieldError(f"{field}.weekday", "out_of_range", {"min": 0, "max": 6}))
        if row.valid_from and row.valid_until and row.valid_from > row.valid_until:
            errors.append(FieldError(f"{field}.valid_until", "end_before_start", {}))
        if row.services is not None and (not row.services or row.services - known_services):
            errors.append(FieldError(f"{field}.services", "unknown", {}))
        if any(_overlap(row, other) for other in hours[:index]):
            errors.append(FieldError(f"{field}.start", "overlaps", {}))
    return errors


def _overlap(one: WeeklyHours, other: WeeklyHours) -> bool:
    """Two windows of one weekday that share a minute on some day when both are valid."""
    return (
        one.weekday == other.weekday
        and one.start < other.end
        and other.start < one.end
        and (one.valid_from or date.min) <= (other.valid_until or date.max)
        and (other.valid_from or date.min) <= (one.valid_until or date.max)
    )


def _wrong_windows(field: str, windows: Sequence[Interval]) -> list[FieldError]:
    if len(windows) > MOST_WINDOWS:
        return [FieldError(field, "too_many", {"max": MOST_WINDOWS})]
    errors = []
    for index, (start, end) in enumerate(windows):
        errors += _wrong_window(f"{field}.{index}", start, end)
        if any(start < other_end and other_start < end for other_start, other_end in windows[:index]):
            errors.append(FieldError(f"{field}.{index}.start", "overlaps", {}))
    return errors


def _wrong_window(field: str, start: int, end: int) -> list[FieldError]:
    """A window lies within one day and lasts long enough to be meant."""
    if not 0 <= start < slots.DAY:
        return [FieldError(f"{field}.start", "out_of_range", {"min": "00:00", "max": "23:59"})]
    if end <= start:
        return [FieldError(f"{field}.end", "end_before_start", {})]
    if end > slots.DAY:
        return [FieldError(f"{field}.end", "out_of_range", {"min": "00:01", "max": "24:00"})]
    if end - start < SHORTEST_WINDOW_MIN:
        return [FieldError(f"{field}.end", "too_short", {"min": SHORTEST_WINDOW_MIN})]
    return []
