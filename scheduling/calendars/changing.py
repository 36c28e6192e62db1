"""Changing a calendar: checked whole, refused with every wrong field at once, decided one after the other."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from math import gcd
from typing import Any

from sqlalchemy import delete, select, update

from scheduling import slots
from scheduling.calendars import recurring
from scheduling.calendars.production import Day
from scheduling.calendars.reading import holidays, working_rules
from scheduling.calendars.tables import (
    Absence,
    AbsenceKind,
    Calendar,
    DayException,
    DayKind,
    Holiday,
    Place,
    RuleOverride,
    WorkingRule,
)
from scheduling.db import Tx
from scheduling.errors import FieldError, InvalidInput, NotFound, VersionMoved, invalid
from scheduling.people import District, Institution, Specialist
from scheduling.slots import Interval, Limits

SHORTEST_WINDOW_MIN = 10
MOST_WINDOWS = 100
LONGEST_ABSENCE = timedelta(days=1100)  # parental leave lasts up to three years
FARTHEST_DAY = timedelta(days=1100)
BOUNDS = {
    "notice_min": (0, 30 * slots.DAY),
    "horizon_days": (1, 366),
    "step_min": (5, 240),
    "max_per_day": (1, 50),
    "max_per_week": (1, 200),
    "longest_run_min": (30, 12 * 60),
    "break_min": (5, 120),
    "change_notice_min": (0, 14 * slots.DAY),
}
# The anchor of hours that hold "since ever": a Monday before all calendars of this kind.
SINCE_EVER = date(2001, 1, 1)


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """The plain form of a rule: a window of one weekday (Monday = 0) in every week, or every so many from a day on.

    `services` names the only codes it serves, None stands for all; `valid_until` is inclusive.
    """

    weekday: int
    start: int
    end: int
    valid_from: date | None = None
    valid_until: date | None = None
    services: frozenset[str] | None = None
    every: int = 1
    place: Place = "office"

    @property
    def rrule(self) -> str:
        return recurring.weekly({self.weekday}, every=self.every)

    def columns(self) -> dict[str, Any]:
        """What it is as a row of `working_rule`."""
        return {
            "rrule": self.rrule,
            "first_day": self.valid_from or SINCE_EVER,
            "last_day": self.valid_until,
            "start_min": self.start,
            "end_min": self.end,
            "services": None if self.services is None else sorted(self.services),
            "place": self.place,
        }


async def set_hours(
    tx: Tx, specialist_id: int, *, version: int, hours: Sequence[WeeklyHours], known_services: Iterable[str]
) -> Calendar:
    """Replaces the weekly hours; rows that were there before keep their single days. Rules that the plain form cannot
    say are not touched. Refused: `version_moved`, `invalid_input` with every wrong row."""
    if errors := _wrong_hours(hours, frozenset(known_services)):
        raise InvalidInput(errors)
    changed = await to_change(tx, specialist_id, version)
    new = list(hours)
    for rule in await working_rules(tx, specialist_id):
        rows = weekly_hours(rule)
        kept = [row for row in rows if row in new]
        for row in kept:
            new.remove(row)
        if len(kept) < len(rows):
            await _keep_only(tx, rule, {row.weekday for row in kept}, rows[0].every)
    tx.add_all(WorkingRule(specialist_id=specialist_id, **row.columns()) for row in new)
    await tx.flush()
    return changed


async def _keep_only(tx: Tx, rule: WorkingRule, weekdays: set[int], every: int) -> None:
    """Of a rule of several weekdays the form takes some away: what was said of single days of the others holds."""
    if not weekdays:
        await tx.delete(rule)
        return
    rule.rrule = recurring.weekly(weekdays, every=every)
    for single in await tx.scalars(select(RuleOverride).where(RuleOverride.rule_id == rule.id)):
        if single.day.weekday() not in weekdays:
            await tx.delete(single)


def weekly_hours(rule: WorkingRule) -> list[WeeklyHours]:
    """A rule as rows of the plain form; none when it says more than the form can."""
    plain = recurring.plain(rule.rrule)
    if plain is None:
        return []
    days, every = plain
    return [
        WeeklyHours(
            day,
            rule.start_min,
            rule.end_min,
            None if rule.first_day == SINCE_EVER else rule.first_day,
            rule.last_day,
            None if rule.services is None else frozenset(rule.services),
            every,
            rule.place,  # type: ignore[arg-type]  # only a Place is ever written
        )
        for day in sorted(days)
    ]


async def set_limits(
    tx: Tx,
    specialist_id: int,
    *,
    version: int,
    limits: Limits,
    change_notice_min: int = 180,
) -> Calendar:
    """Sets how she may be booked. Refused: `version_moved`, `invalid_input` with every value out of its bounds."""
    values = {**asdict(limits), "change_notice_min": change_notice_min}
    notice_min, horizon_days = limits.notice_min, limits.horizon_days
    errors = [
        FieldError(field, "out_of_range", {"min": least, "max": most})
        for field, (least, most) in BOUNDS.items()
        if (value := values[field]) is not None and not least <= value <= most
    ]
    if not errors and notice_min >= horizon_days * slots.DAY:
        errors.append(FieldError("notice_min", "beyond_horizon", {"horizon_days": horizon_days}))
    if errors:
        raise InvalidInput(errors)
    changed = await to_change(tx, specialist_id, version)
    for field, value in values.items():
        setattr(changed, field, value)
    await tx.flush()
    return changed


async def must_be(tx: Tx, specialist_id: int, version: int) -> None:
    """For whoever puts one thing in the place of another. Refused: `version_moved`."""
    stands = await tx.scalar(select(Calendar.version).where(Calendar.specialist_id == specialist_id))
    if stands != version:
        raise VersionMoved(stands or 0)


async def add_exception(
    tx: Tx, specialist_id: int, *, day: date, windows: Sequence[Interval], today: date, reason: str = ""
) -> DayException:
    """Gives one day its own windows, instead of an earlier exception of that day if there is one."""
    errors = _wrong_windows("windows", windows)
    if not today <= day <= today + FARTHEST_DAY:
        errors.append(FieldError("day", "out_of_range", {"min": str(today), "max": str(today + FARTHEST_DAY)}))
    if errors:
        raise InvalidInput(errors)
    await _next_version(tx, specialist_id)
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
    await _next_version(tx, specialist_id)
    added = Absence(specialist_id=specialist_id, starts=starts, ends=ends, kind=kind)
    tx.add(added)
    await tx.flush()
    return added


async def remove_absence(tx: Tx, specialist_id: int, absence_id: int) -> None:
    await _remove(tx, specialist_id, await tx.get(Absence, absence_id))


async def add_holiday(
    tx: Tx,
    *,
    day: date,
    name: str,
    district_id: int | None = None,
    kind: DayKind = "closed",
    like_day: date | None = None,
) -> Holiday:
    """Refused: `invalid_input` when the day is one already, the district is unknown, or `like_day` says nothing."""
    if kind == "working" and like_day is None:
        raise invalid("like_day", "missing")
    if like_day is not None and (kind == "closed" or like_day == day or abs(like_day - day) > FARTHEST_DAY):
        raise invalid("like_day", "unknown")
    if district_id is not None and await tx.get(District, district_id) is None:
        raise invalid("district_id", "unknown")
    if any(row.district_id == district_id for row in await holidays(tx, first=day, last=day)):
        raise invalid("day", "exists")
    await _hold_all_still(tx, district_id)
    added = Holiday(day=day, name=name, district_id=district_id, kind=kind, like_day=like_day)
    tx.add(added)
    await tx.flush()
    return added


async def set_year(tx: Tx, year: int, days: Sequence[Day]) -> list[Holiday]:
    """The region's special days of a year, in place of those that stood there."""
    await _hold_all_still(tx, None)
    first, last = date(year, 1, 1), date(year, 12, 31)
    await tx.execute(delete(Holiday).where(Holiday.day.between(first, last), Holiday.district_id.is_(None)))
    tx.add_all(Holiday(day=each.day, name=each.name, kind=each.kind, like_day=each.like) for each in days)
    await tx.flush()
    return await holidays(tx, first=first, last=last)


async def remove_holiday(tx: Tx, holiday_id: int) -> None:
    found = await tx.get(Holiday, holiday_id)
    if found is None:
        raise NotFound
    await _hold_all_still(tx, found.district_id)
    await tx.delete(found)
    await tx.flush()


async def to_change(tx: Tx, specialist_id: int, version: int) -> Calendar:
    """The calendar of this version, with its row taken until the transaction ends. Refused: `version_moved`."""
    await hold_still(tx, specialist_id)
    changed = await tx.get_one(Calendar, specialist_id, populate_existing=True)
    if changed.version != version:
        raise VersionMoved(changed.version)
    changed.version += 1
    return changed


async def hold_still(tx: Tx, specialist_id: int) -> None:
    """Takes the row that a booking takes too: no booking is decided by rules that are just being changed. What is kept
    of them in memory is out of date when this transaction ends."""
    own = update(Calendar).where(Calendar.specialist_id == specialist_id)
    await tx.execute(own.values(rules_stamp=Calendar.rules_stamp + 1))


async def hold_busy_still(tx: Tx, specialist_id: int) -> None:
    """The same for whoever changes what is booked: two bookings of hers are decided one after the other, so that the
    sessions of a day or week are never more than she allows."""
    own = update(Calendar).where(Calendar.specialist_id == specialist_id)
    await tx.execute(own.values(busy_stamp=Calendar.busy_stamp + 1))


async def _next_version(tx: Tx, specialist_id: int) -> None:
    """For what is added or taken away as it is, whatever else was changed meanwhile."""
    await hold_still(tx, specialist_id)
    await tx.execute(
        update(Calendar).where(Calendar.specialist_id == specialist_id).values(version=Calendar.version + 1)
    )


async def _hold_all_still(tx: Tx, district_id: int | None) -> None:
    moved = update(Calendar).values(rules_stamp=Calendar.rules_stamp + 1)
    if district_id is not None:
        there = select(Specialist.id).join(Institution).where(Institution.district_id == district_id)
        moved = moved.where(Calendar.specialist_id.in_(there))
    await tx.execute(moved)


async def _remove(tx: Tx, specialist_id: int, found: DayException | Absence | None) -> None:
    if found is None or found.specialist_id != specialist_id:
        raise NotFound
    await _next_version(tx, specialist_id)
    await tx.delete(found)
    await tx.flush()


def _wrong_hours(hours: Sequence[WeeklyHours], known_services: frozenset[str]) -> list[FieldError]:
    if len(hours) > MOST_WINDOWS:
        return [FieldError("hours", "too_many", {"max": MOST_WINDOWS})]
    errors = []
    for index, row in enumerate(hours):
        field = f"hours.{index}"
        errors += wrong_window(field, row.start, row.end)
        if not 0 <= row.weekday <= 6:
            errors.append(FieldError(f"{field}.weekday", "out_of_range", {"min": 0, "max": 6}))
        if not 1 <= row.every <= recurring.LONGEST_INTERVAL["WEEKLY"]:
            errors.append(FieldError(f"{field}.every", "out_of_range", {"min": 1, "max": 52}))
        elif row.every > 1 and row.valid_from is None:
            errors.append(FieldError(f"{field}.valid_from", "missing", {}))
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
        and _weeks_meet(one, other)
        and one.start < other.end
        and other.start < one.end
        and (one.valid_from or date.min) <= (other.valid_until or date.max)
        and (other.valid_from or date.min) <= (one.valid_until or date.max)
    )


def _weeks_meet(one: WeeklyHours, other: WeeklyHours) -> bool:
    """Whether two such rhythms ever fall into the same week: odd and even weeks do not."""
    if one.valid_from is None or other.valid_from is None:
        return True
    apart = ((one.valid_from - other.valid_from).days + other.valid_from.weekday() - one.valid_from.weekday()) // 7
    return apart % gcd(one.every, other.every) == 0


def _wrong_windows(field: str, windows: Sequence[Interval]) -> list[FieldError]:
    if len(windows) > MOST_WINDOWS:
        return [FieldError(field, "too_many", {"max": MOST_WINDOWS})]
    errors = []
    for index, (start, end) in enumerate(windows):
        errors += wrong_window(f"{field}.{index}", start, end)
        if any(start < other_end and other_start < end for other_start, other_end in windows[:index]):
            errors.append(FieldError(f"{field}.{index}.start", "overlaps", {}))
    return errors


def wrong_window(field: str, start: int, end: int) -> list[FieldError]:
    """A window lies within one day and lasts long enough to be meant."""
    if not 0 <= start < slots.DAY:
        return [FieldError(f"{field}.start".lstrip("."), "out_of_range", {"min": "00:00", "max": "23:59"})]
    if end <= start:
        return [FieldError(f"{field}.end".lstrip("."), "end_before_start", {})]
    if end > slots.DAY:
        return [FieldError(f"{field}.end".lstrip("."), "out_of_range", {"min": "00:01", "max": "24:00"})]
    if end - start < SHORTEST_WINDOW_MIN:
        return [FieldError(f"{field}.end".lstrip("."), "too_short", {"min": SHORTEST_WINDOW_MIN})]
    return []
