"""Calendars: when a specialist works and how she may be booked; tables, checks, and the rules they give to `slots`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, ColumnElement, ForeignKey, String, UniqueConstraint, column, delete, or_, select, table
from sqlalchemy.orm import Mapped, mapped_column

from scheduling import slots
from scheduling.db import Base, Tx, Utc
from scheduling.errors import (
    BeyondHorizon,
    DayFull,
    FieldError,
    InvalidInput,
    NotFound,
    OutsideHours,
    SlotTaken,
    TooSoon,
    VersionMoved,
    invalid,
)
from scheduling.people import District, Institution, Specialist
from scheduling.slots import Interval, Rules, Service, WeeklyHours
from scheduling.standards import ServiceStandard

AbsenceKind = Literal["vacation", "sick", "training", "other"]

Item = TypeVar("Item")

SHORTEST_WINDOW_MIN = 10
MOST_WINDOWS = 100
LONGEST_ABSENCE = timedelta(days=1100)  # parental leave lasts up to three years
FARTHEST_DAY = timedelta(days=1100)
BOUNDS = {"notice_min": (0, 30 * slots.DAY), "horizon_days": (1, 366), "max_per_day": (1, 50), "step_min": (5, 240)}
MARGIN = timedelta(days=2)  # what lies this far outside of a range can matter for it: the other end of a local day

# The booking table as far as a calendar reads it; `bookings` imports this module, so it cannot be imported here.
_booking = table(
    "booking",
    column("id"),
    column("status"),
    column("specialist_id"),
    column("client_id"),
    column("starts", Utc()),
    column("busy_until", Utc()),
    column("ends", Utc()),
)


class Calendar(Base):
    """How a specialist may be booked. `version` guards her weekly hours and these limits; no row means the defaults."""

    __tablename__ = "calendar"
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(default=1)
    notice_min: Mapped[int] = mapped_column(default=120)
    horizon_days: Mapped[int] = mapped_column(default=60)
    max_per_day: Mapped[int | None]
    step_min: Mapped[int] = mapped_column(default=15)


class WorkingHours(Base):
    """A weekly window on the specialist's own clock, in minutes since midnight."""

    __tablename__ = "working_hours"
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"), index=True)
    weekday: Mapped[int]
    start_min: Mapped[int]
    end_min: Mapped[int]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    services: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))


class DayException(Base):
    """The windows of one day instead of its weekly hours: `[[start_min, end_min], …]`, none when closed."""

    __tablename__ = "day_exception"
    __table_args__ = (UniqueConstraint("specialist_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"))
    day: Mapped[date]
    windows: Mapped[list[list[int]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(200), default="")


class Absence(Base):
    """A stretch of time without her: vacation, illness, training."""

    __tablename__ = "absence"
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"), index=True)
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16))


class Holiday(Base):
    """A day without weekly hours for the whole region, or for the institutions of one district."""

    __tablename__ = "holiday"
    __table_args__ = (UniqueConstraint("day", "district_id", postgresql_nulls_not_distinct=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(120))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar it is, as far as its rules need to know."""

    id: int
    zone: str
    district_id: int


# --- reading ----------------------------------------------------------------------------------------------------------
async def settings(tx: Tx, specialist_id: int) -> Calendar:
    """The limits of a calendar; the defaults, not yet stored, when nobody has set them."""
    return await tx.get(Calendar, specialist_id) or _defaults(specialist_id)


def _defaults(specialist_id: int) -> Calendar:
    return Calendar(
        specialist_id=specialist_id, version=1, notice_min=120, horizon_days=60, max_per_day=None, step_min=15
    )


async def hours(tx: Tx, specialist_id: int) -> list[WorkingHours]:
    return list(
        await tx.scalars(
            select(WorkingHours)
            .where(WorkingHours.specialist_id == specialist_id)
            .order_by(WorkingHours.weekday, WorkingHours.start_min, WorkingHours.id)
        )
    )


async def exceptions(tx: Tx, specialist_id: int, *, first: date, last: date) -> list[DayException]:
    return list(
        await tx.scalars(
            select(DayException)
            .where(DayException.specialist_id == specialist_id, DayException.day.between(first, last))
            .order_by(DayException.day)
        )
    )


async def absences(tx: Tx, specialist_id: int, *, since: datetime, until: datetime) -> list[Absence]:
    return list(
        await tx.scalars(
            select(Absence)
            .where(Absence.specialist_id == specialist_id, Absence.starts < until, Absence.ends > since)
            .order_by(Absence.starts, Absence.id)
        )
    )


async def holidays(tx: Tx, *, first: date, last: date, district_id: int | None = None) -> list[Holiday]:
    """Holidays of a span of days: all of them, or (`district_id`) those that close this district."""
    statement = select(Holiday).where(Holiday.day.between(first, last)).order_by(Holiday.day, Holiday.id)
    if district_id is not None:
        statement = statement.where(or_(Holiday.district_id.is_(None), Holiday.district_id == district_id))
    return list(await tx.scalars(statement))


async def rules(tx: Tx, owners: Sequence[Owner], *, since: datetime, until: datetime) -> dict[int, Rules]:
    """The rules of many calendars for [since, until), by specialist, in five queries however many there are."""
    ids = [owner.id for owner in owners]
    since, until = since - MARGIN, until + MARGIN
    limits = {
        row.specialist_id: row for row in await tx.scalars(select(Calendar).where(Calendar.specialist_id.in_(ids)))
    }
    weekly = await _weekly(tx, ids)
    special = await _special(tx, ids, since.date(), until.date())
    away = await _away(tx, ids, since, until)
    closed = await holidays(tx, first=since.date(), last=until.date())

    def of(owner: Owner) -> Rules:
        limit = limits.get(owner.id) or _defaults(owner.id)
        return Rules(
            zone=owner.zone,
            weekly=tuple(weekly.get(owner.id, ())),
            exceptions=tuple(special.get(owner.id, ())),
            absences=tuple(away.get(owner.id, ())),
            holidays=frozenset(row.day for row in closed if row.district_id in (None, owner.district_id)),
            notice_min=limit.notice_min,
            horizon_days=limit.horizon_days,
            max_per_day=limit.max_per_day,
            step_min=limit.step_min,
        )

    return {owner.id: of(owner) for owner in owners}


async def _weekly(tx: Tx, ids: Sequence[int]) -> dict[int, list[WeeklyHours]]:
    rows = await tx.execute(
        select(
            WorkingHours.specialist_id,
            WorkingHours.weekday,
            WorkingHours.start_min,
            WorkingHours.end_min,
            WorkingHours.valid_from,
            WorkingHours.valid_until,
            WorkingHours.services,
        ).where(WorkingHours.specialist_id.in_(ids))
    )
    return _grouped(
        (owner, WeeklyHours(weekday, start, end, first, last, None if codes is None else frozenset(codes)))
        for owner, weekday, start, end, first, last, codes in rows
    )


async def _special(tx: Tx, ids: Sequence[int], first: date, last: date) -> dict[int, list[slots.DayException]]:
    rows = await tx.execute(
        select(DayException.specialist_id, DayException.day, DayException.windows).where(
            DayException.specialist_id.in_(ids), DayException.day.between(first, last)
        )
    )
    return _grouped(
        (owner, slots.DayException(day, tuple((start, end) for start, end in windows))) for owner, day, windows in rows
    )


async def _away(tx: Tx, ids: Sequence[int], since: datetime, until: datetime) -> dict[int, list[Interval]]:
    rows = await tx.execute(
        select(Absence.specialist_id, Absence.starts, Absence.ends).where(
            Absence.specialist_id.in_(ids), Absence.starts < until, Absence.ends > since
        )
    )
    return _grouped((owner, (slots.minute(starts), slots.minute_after(ends))) for owner, starts, ends in rows)


async def busy(
    tx: Tx, ids: Sequence[int], *, since: datetime, until: datetime, ignoring: int | None = None
) -> dict[int, list[Interval]]:
    """What is booked in [since, until) and two days around it, buffers included, by specialist, in one query."""
    columns = _booking.c
    rows = await tx.execute(
        select(columns.specialist_id, columns.starts, columns.busy_until).where(
            columns.specialist_id.in_(ids), *_taken(since, until, ignoring)
        )
    )
    return _grouped((owner, (slots.minute(starts), slots.minute_after(free))) for owner, starts, free in rows)


async def busy_of_client(
    tx: Tx, client_id: int, *, since: datetime, until: datetime, ignoring: int | None = None
) -> list[Interval]:
    """When a client is with somebody already; buffers are the specialist's and do not bind him."""
    columns = _booking.c
    rows = await tx.execute(
        select(columns.starts, columns.ends).where(columns.client_id == client_id, *_taken(since, until, ignoring))
    )
    return [(slots.minute(starts), slots.minute_after(ends)) for starts, ends in rows]


def _taken(since: datetime, until: datetime, ignoring: int | None) -> list[ColumnElement[bool]]:
    columns = _booking.c
    conditions = [columns.status != "cancelled", columns.starts < until + MARGIN, columns.starts > since - MARGIN]
    return conditions if ignoring is None else [*conditions, columns.id != ignoring]


# --- may this start be booked? ----------------------------------------------------------------------------------------
async def must_be_open(
    tx: Tx,
    *,
    specialist: Specialist,
    service: ServiceStandard,
    starts: datetime,
    now: datetime,
    ignoring: int | None = None,
) -> None:
    """Passes when `starts` is a free slot of hers; `ignoring` is the booking that is being moved.

    Refused: `too_soon`, `beyond_horizon`, `outside_hours` (also off the grid), `slot_taken`, `day_full`;
    `invalid_input` when she does not give this service.
    """
    if service.code not in specialist.services:
        raise invalid("specialist", "not_offered")
    if starts.second or starts.microsecond:
        raise OutsideHours
    owner = await _owner(tx, specialist)
    whose = (await rules(tx, [owner], since=starts, until=starts))[owner.id]
    taken = await busy(tx, [owner.id], since=starts, until=starts, ignoring=ignoring)
    reason = slots.refusal(
        whose,
        as_service(service),
        taken.get(owner.id, ()),
        now=slots.minute_after(now),
        start=slots.minute(starts),
    )
    if reason is not None:
        raise _refused(reason, whose, starts, now)


def as_service(standard: ServiceStandard) -> Service:
    return Service(standard.code, standard.duration_min, standard.buffer_min)


def _refused(reason: slots.Reason, whose: Rules, starts: datetime, now: datetime) -> Exception:
    if reason == "too_soon":
        return TooSoon(slots.instant(slots.minute_after(now) + whose.notice_min))
    zone = ZoneInfo(whose.zone)
    if reason == "beyond_horizon":
        after = now.astimezone(zone).date() + timedelta(days=whose.horizon_days + 1)
        return BeyondHorizon(datetime.combine(after, time(), zone))
    if reason == "day_full":
        return DayFull(starts.astimezone(zone).date(), whose.max_per_day or 0)
    return SlotTaken() if reason == "slot_taken" else OutsideHours()


async def _owner(tx: Tx, specialist: Specialist) -> Owner:
    district = await tx.scalar(select(Institution.district_id).where(Institution.id == specialist.institution_id))
    return Owner(specialist.id, specialist.zone, district or 0)


# --- changing ---------------------------------------------------------------------------------------------------------
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
        changed = _defaults(specialist_id)
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


# --- checking ---------------------------------------------------------------------------------------------------------
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


def _grouped(rows: Iterable[tuple[int, Item]]) -> dict[int, list[Item]]:
    groups: dict[int, list[Item]] = {}
    for owner, item in rows:
        groups.setdefault(owner, []).append(item)
    return groups
