"""Series: a course of sessions by one rule; looked over beforehand, promised all at once or not at all.

The rule is an RRULE on the specialist's clock ("each Tuesday at ten, ten times"). What it wants is held against her
calendar and the client's: each session is free, or has a reason why not and the nearest time in its place. A person
accepts a list of times; the list is booked in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from scheduling import bookings, calendars, occupancy, people, slots, standards
from scheduling.access import Actor
from scheduling.bookings import OPEN, Booking, CancelReason, Mode
from scheduling.calendars import Owner, recurring
from scheduling.db import Base, Tx
from scheduling.errors import BookingRefused, NotFound, SeriesRefused, VersionMoved, invalid
from scheduling.slots import Reason, Rules, Service, Taken
from scheduling.standards import ServiceStandard
from scheduling.timezones import instant, is_skipped

Scope = Literal["one", "following", "all"]
MOST_SESSIONS = 60
REACH = timedelta(days=6)  # how far a session is put off at most, so that it stays in its week


class Series(Base):
    """The course as it was meant: days by an RRULE, the hour on the clock of `zone`. Its bookings may differ."""

    __tablename__ = "series"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"))
    standard_id: Mapped[int] = mapped_column(ForeignKey("service_standard.id"))
    rrule: Mapped[str] = mapped_column(String(200))
    first_day: Mapped[date]
    start_min: Mapped[int]
    times: Mapped[int]
    zone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("account.id"))


@dataclass(frozen=True, slots=True)
class Course:
    """What is wanted: so many `times` by the rule from a day on, at a time of the specialist's clock (minutes)."""

    client: int
    specialist: int
    service: str
    rrule: str
    first_day: date
    start_min: int
    times: int
    before: date | None = None
    """The day by which all should be done; what lies later is warned of."""


@dataclass(frozen=True, slots=True)
class Session:
    """One of the course: its day by the rule, when it would be, and if that cannot be had, why and what is nearest."""

    day: date
    starts: datetime
    reason: Reason | Literal["client_busy", "no_such_time"] | None = None
    instead: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """`too_often` says that the standard's periodicity allows fewer."""

    sessions: Sequence[Session]
    zone: str
    too_often: bool = False

    @property
    def fits(self) -> bool:
        return all(each.reason is None or each.instead is not None for each in self.sessions)


async def preview(tx: Tx, actor: Actor, course: Course, *, now: datetime) -> Preview:
    """What would come of it. Refused: `not_found`, `invalid_input`."""
    await people.client(tx, actor, course.client)
    specialist = await people.own_line(tx, actor, course.specialist)
    if not 2 <= course.times <= MOST_SESSIONS:
        raise invalid("times", "out_of_range", min=2, max=MOST_SESSIONS)
    if not 0 <= course.start_min < slots.DAY:
        raise invalid("start", "out_of_range", min="00:00", max="23:59")
    standard = await standards.service(tx, course.service, course.first_day)
    days = _days(course, (now + timedelta(days=400)).date())
    since = instant(specialist.zone, f"{days[0]}T00:00", 0)
    until = instant(specialist.zone, f"{days[-1] + timedelta(days=1)}T00:00", 0) + REACH
    owner = Owner(specialist.id, specialist.zone, specialist.institution.district_id)
    rules = (await calendars.rules(tx, [owner], since=since, until=until))[owner.id]
    busy = await occupancy.taken(tx, "specialist", [owner.id], since=since, until=until, now=now)
    away = await occupancy.taken(tx, "client", [course.client], since=since, until=until, now=now)
    planner = _Planner(
        rules,
        calendars.as_service(standard),
        slots.minute_after(now),
        list(busy.get(owner.id, [])),
        list(away.get(course.client, [])),
        course.before,
    )
    sessions = [planner.place(day, course.start_min) for day in days]
    return Preview(sessions, specialist.zone, _too_often(standard, sessions, specialist.zone))


def _days(course: Course, last: date) -> list[date]:
    """The days of the course. Refused: `invalid_input` when the rule gives too few of them within a year."""
    recurrence = recurring.read(course.rrule, course.first_day)
    found: list[date] = []
    for day in recurrence.days(course.first_day, max(course.first_day, last)):
        found.append(day)
        if len(found) == course.times:
            return found
    raise invalid("times", "too_many", max=len(found))


@dataclass
class _Planner:
    """Places one session after the other; what is placed is taken for those that follow."""

    rules: Rules
    service: Service
    now: int
    busy: list[Taken]
    away: list[Taken]
    before: date | None

    def place(self, day: date, start_min: int) -> Session:
        wall = f"{day}T{start_min // 60:02}:{start_min % 60:02}"
        starts = instant(self.rules.zone, wall, 0)
        reason = self._reason(wall, slots.minute(starts))
        instead = None if reason is None else self._nearest(slots.minute(starts))
        taken = slots.minute(starts) if reason is None else instead
        if taken is not None:
            self._take(taken)
        at = starts if taken is None else slots.instant(taken)
        late = self.before is not None and at.astimezone(ZoneInfo(self.rules.zone)).date() > self.before
        return Session(day, starts, reason, None if instead is None else slots.instant(instead), late)

    def _reason(self, wall: str, start: int) -> Reason | Literal["client_busy", "no_such_time"] | None:
        if is_skipped(self.rules.zone, wall):
            return "no_such_time"
        reason = slots.refusal(self.rules, self.service, self.busy, now=self.now, start=start)
        return reason or ("client_busy" if self._is_away(start) else None)

    def _nearest(self, wanted: int) -> int | None:
        """The free start nearest to the wanted one, on its day if there is one, else at most `REACH` away."""
        reach = int(REACH / timedelta(minutes=1))
        free = slots.free_starts(
            self.rules, self.service, self.busy, now=self.now, since=wanted - reach, until=wanted + reach
        )
        day = slots.local_day(self.rules.zone, wanted)
        able = [start for start in free if not self._is_away(start)]
        return min(
            able,
            key=lambda start: (slots.local_day(self.rules.zone, start) != day, abs(start - wanted), start),
            default=None,
        )

    def _is_away(self, start: int) -> bool:
        end = start + self.service.duration_min
        return any(start < taken.end and taken.start < end for taken in self.away)

    def _take(self, start: int) -> None:
        end = start + self.service.duration_min
        self.busy.append(Taken(start, end, start - self.service.before_min, end + self.service.buffer_min))
        self.away.append(Taken(start, end, start, end))


def _too_often(standard: ServiceStandard, sessions: Sequence[Session], zone: str) -> bool:
    """Whether every alternative of the standard's periodicity allows fewer than these in some week, month or year."""
    if not standard.periodicity:
        return False
    days = [(each.instead or each.starts).astimezone(ZoneInfo(zone)).date() for each in sessions]
    return not any(_allows(alternative, days) for alternative in standard.periodicity)


def _allows(alternative: dict[str, Any], days: Sequence[date]) -> bool:
    """`{"times": 2, "per": "month"}`, or a course: `{"days": 10, "times": 2, "per": "year"}`."""
    if "days" in alternative:
        return len(days) <= int(alternative["days"])
    counts: dict[tuple[int, ...], int] = {}
    for day in days:
        period = {"week": day.isocalendar()[:2], "month": (day.year, day.month)}.get(alternative["per"], (day.year,))
        counts[period] = counts.get(period, 0) + 1
    return max(counts.values()) <= int(alternative["times"])


async def accept(
    tx: Tx,
    actor: Actor,
    course: Course,
    starts: Sequence[tuple[date, datetime]],
    *,
    now: datetime,
    mode: Mode = "video",
    topic: str | None = None,
) -> tuple[Series, list[Booking]]:
    """Books these times, each with its day by the rule, all or none. Refused: `series_refused` with every one that
    cannot be had and why, `not_found`, `invalid_input`."""
    if not 2 <= len(starts) <= MOST_SESSIONS:
        raise invalid("sessions", "out_of_range", min=2, max=MOST_SESSIONS)
    if len({day for day, _ in starts}) != len(starts):
        raise invalid("sessions", "unknown")
    specialist = await people.own_line(tx, actor, course.specialist)
    standard = await standards.service(tx, course.service, course.first_day)
    recurrence = recurring.read(course.rrule, course.first_day)
    made = Series(
        client_id=course.client,
        specialist_id=course.specialist,
        standard_id=standard.id,
        rrule=recurrence.text,
        first_day=course.first_day,
        start_min=course.start_min,
        times=len(starts),
        zone=specialist.zone,
        created_at=now,
        created_by=actor.account_id,
    )
    tx.add(made)
    await tx.flush()
    booked: list[Booking] = []
    wrong: list[dict[str, Any]] = []
    for day, at in sorted(starts, key=lambda each: each[1]):
        try:
            async with tx.begin_nested():
                booked.append(await _book(tx, actor, course, day, at, made, now, mode, topic))
        except BookingRefused as refusal:
            wrong.append({"day": day.isoformat(), "starts": at.isoformat(), "code": refusal.code})
    if wrong:
        raise SeriesRefused(wrong)
    return made, booked


async def _book(
    tx: Tx,
    actor: Actor,
    course: Course,
    day: date,
    at: datetime,
    series: Series,
    now: datetime,
    mode: Mode,
    topic: str | None,
) -> Booking:
    made = await bookings.book(
        tx,
        actor,
        now=now,
        client=course.client,
        specialist=course.specialist,
        service=course.service,
        starts=at,
        mode=mode,
        topic=topic,
    )
    made.series_id, made.series_day = series.id, day
    await tx.flush()
    return made


async def series(tx: Tx, actor: Actor, series_id: int) -> tuple[Series, list[Booking]]:
    """A series with its bookings as far as this actor may see them, in order of time. Refused: `not_found`."""
    found = await tx.get(Series, series_id)
    own = [] if found is None else await bookings.of_series(tx, actor, series_id)
    if found is None or not own:
        raise NotFound
    return found, own


async def move(
    tx: Tx,
    actor: Actor,
    series_id: int,
    *,
    version: int,
    now: datetime,
    since: int,
    days: int,
    start_min: int,
    scope: Scope,
) -> list[Booking]:
    """Puts the open sessions from the booking `since` on (or all of them) on so many days later or earlier, at another
    time of the day; all or none. Refused: `version_moved`, `series_refused`, `not_found`."""
    kept, chosen = await _chosen(tx, actor, series_id, version, since, scope)
    for specialist in sorted({each.specialist_id for each in chosen}):
        await calendars.hold_busy_still(tx, specialist)
    for each in chosen:
        await occupancy.release(tx, booking=each.id)
    wrong: list[dict[str, Any]] = []
    for each in chosen:
        day = datetime.fromisoformat(each.wall).date() + timedelta(days=days)
        wall = f"{day}T{start_min // 60:02}:{start_min % 60:02}"
        at = instant(each.zone, wall, 0)
        try:
            async with tx.begin_nested():
                await bookings.move_to(tx, each, each.specialist, at, now=now, by=actor.account_id)
        except BookingRefused as refusal:
            wrong.append({"day": day.isoformat(), "starts": at.isoformat(), "code": refusal.code})
    if wrong:
        raise SeriesRefused(wrong)
    kept.version += 1
    await tx.flush()
    return chosen


async def cancel(
    tx: Tx,
    actor: Actor,
    series_id: int,
    *,
    version: int,
    now: datetime,
    since: int,
    scope: Scope,
    reason: CancelReason,
) -> list[Booking]:
    """Cancels the open sessions from the booking `since` on, or all of them."""
    kept, chosen = await _chosen(tx, actor, series_id, version, since, scope)
    for each in chosen:
        await bookings.cancel_it(tx, each, reason, now=now, by=actor.account_id)
    kept.version += 1
    await tx.flush()
    return chosen


async def _chosen(
    tx: Tx, actor: Actor, series_id: int, version: int, since: int, scope: Scope
) -> tuple[Series, list[Booking]]:
    await tx.execute(select(Series.id).where(Series.id == series_id).with_for_update())
    kept, own = await series(tx, actor, series_id)
    if kept.version != version:
        raise VersionMoved(kept.version)
    first = next((each for each in own if each.id == since), None)
    if first is None:
        raise NotFound
    chosen = {"one": [first], "following": [each for each in own if each.starts >= first.starts], "all": own}[scope]
    return kept, [each for each in chosen if each.status in OPEN]
