"""Free time of one specialist: pure functions from rules and busy intervals to starts; nothing here is ever stored.

One definition decides every doubt: **a UTC minute is open if and only if the wall clock of the specialist's zone reads,
at that minute, a time inside a working window of that local day.** In a doubled hour both passes are open, in a skipped
hour there is nothing. Windows end at 24:00 at the latest; two that touch are one stretch of open time.

A start is free for a service when
* it lies on the grid: a whole number of steps after the opening of its window, counted on the wall clock;
* [start, start + duration) is open time without absences; the buffer may run past closing or into an absence;
* [start, start + duration + buffer) meets no busy interval (busy intervals have their own buffer in them already);
* it is at least the notice away, and its local day is at most `horizon_days` after today;
* fewer than `max_per_day` busy intervals start on its local day.

A day exception replaces the weekly hours of its day, also where the day is a holiday; a holiday has no weekly hours.

Instants are whole minutes since 1970-01-01T00:00Z, wall times minutes since local midnight, both plain integers: that
makes a month of a hundred specialists a matter of milliseconds. `minute`, `minute_after` and `instant` convert.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

Interval = tuple[int, int]  # [start, end) in minutes
Reason = Literal["too_soon", "beyond_horizon", "outside_hours", "slot_taken", "day_full"]

DAY = 1440
_ALWAYS = (-(10**9), 10**9)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_EPOCH_DAY = _EPOCH.toordinal()
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """A window that returns every week; `services` names the only codes it serves, None stands for all."""

    weekday: int  # Monday = 0
    start: int
    end: int
    valid_from: date | None = None
    valid_until: date | None = None  # inclusive
    services: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class DayException:
    """The windows of one day instead of its weekly hours; none means closed."""

    day: date
    windows: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """When a specialist works and how she may be booked. Absences are UTC minutes."""

    zone: str
    weekly: tuple[WeeklyHours, ...] = ()
    exceptions: tuple[DayException, ...] = ()
    absences: tuple[Interval, ...] = ()
    holidays: frozenset[date] = frozenset()
    notice_min: int = 0
    horizon_days: int = 60
    max_per_day: int | None = None
    step_min: int = 15


@dataclass(frozen=True, slots=True)
class Service:
    """What a booking takes of a calendar."""

    code: str
    duration_min: int
    buffer_min: int = 0


class _Piece(NamedTuple):
    """The part of one local window that lies in one stretch of constant offset; `opening` anchors the grid."""

    start: int
    end: int
    opening: int
    day: int


def free_starts(
    rules: Rules, service: Service, busy: Iterable[Interval], *, now: int, since: int, until: int
) -> list[int]:
    """Every free start in [since, until), ascending. `busy` must be known from two days before to two days after."""
    busy = sorted(busy)
    last_day = local_day(rules.zone, now) + rules.horizon_days
    since = max(since, now + rules.notice_min)
    until = min(until, (last_day + 2) * DAY)
    if since >= until:
        return []
    full = _full_days(rules, busy)
    runs, doubled = _runs(_pieces(rules, service.code, since, until + service.duration_min))
    blocked = _blocked_starts(service, busy, rules.absences)
    starts: list[int] = []
    passed = 0
    for pieces, run_end in runs:
        latest = min(run_end - service.duration_min + 1, until)
        for piece in pieces:
            if piece.day > last_day or piece.day in full:
                continue
            while blocked[passed][1] <= piece.start:
                passed += 1
            _extend(starts, piece, min(piece.end, latest), rules.step_min, blocked, passed)
    return sorted(set(starts)) if doubled else starts


def refusal(rules: Rules, service: Service, busy: Iterable[Interval], *, now: int, start: int) -> Reason | None:
    """Why `start` is not free, the most lasting reason first; None when it is free."""
    busy = list(busy)
    if start < now + rules.notice_min:
        return "too_soon"
    if local_day(rules.zone, start) > local_day(rules.zone, now) + rules.horizon_days:
        return "beyond_horizon"
    unlimited = replace(rules, max_per_day=None)
    if not free_starts(unlimited, service, (), now=now, since=start, until=start + 1):
        return "outside_hours"
    if not free_starts(unlimited, service, busy, now=now, since=start, until=start + 1):
        return "slot_taken"
    if not free_starts(rules, service, busy, now=now, since=start, until=start + 1):
        return "day_full"
    return None


def open_time(rules: Rules, *, since: int, until: int, code: str | None = None) -> list[Interval]:
    """The open stretches of [since, until) for a service (None: for any), without absences; bookings do not count."""
    runs, _ = _runs(_pieces(rules, code, since, until))
    return subtract([(pieces[0].start, end) for pieces, end in runs], rules.absences)


def subtract(intervals: Iterable[Interval], holes: Iterable[Interval]) -> list[Interval]:
    """What is left of ascending, disjoint intervals when the holes are cut out."""
    cuts = sorted(holes)
    left = []
    for start, end in intervals:
        at = start
        for hole_start, hole_end in cuts:
            if hole_end <= at or hole_start >= end:
                continue
            if hole_start > at:
                left.append((at, hole_start))
            at = max(at, hole_end)
        if at < end:
            left.append((at, end))
    return left


def minute(at: datetime) -> int:
    """The minute that holds an aware instant."""
    return int((at - _EPOCH) // _MINUTE)


def minute_after(at: datetime) -> int:
    """The first whole minute that is not before an aware instant."""
    return -int((_EPOCH - at) // _MINUTE)


def instant(at: int) -> datetime:
    return datetime.fromtimestamp(at * 60, UTC)


def local_day(zone: str, at: int) -> int:
    """The local day of a UTC minute, counted from 1970-01-01."""
    return (at + _offset(ZoneInfo(zone), at)) // DAY


def day_number(day: date) -> int:
    return day.toordinal() - _EPOCH_DAY


def clock(zone: str, since: int, until: int) -> list[tuple[int, int, int]]:
    """[since, until) in stretches (start, end, offset in minutes) of constant offset; UTC + offset = wall time.

    A zone that does not change in the range gives one stretch, so the common case costs nothing extra.
    """
    stretches: list[tuple[int, int, int]] = []
    for year in range(instant(since).year, instant(until).year + 1):
        for start, end, offset in _year(zone, year):
            start, end = max(start, since), min(end, until)  # noqa: PLW2901
            if start >= end:
                continue
            if stretches and stretches[-1][2] == offset:
                start = stretches.pop()[0]  # noqa: PLW2901
            stretches.append((start, end, offset))
    return stretches


def _pieces(rules: Rules, code: str | None, since: int, until: int) -> Iterable[_Piece]:
    """Working windows in UTC, ascending by start. A window in a doubled hour appears once for each pass."""
    week = _week(rules.weekly, code)
    special = {day_number(exception.day): exception.windows for exception in rules.exceptions}
    closed = {day_number(day) for day in rules.holidays}
    for start, end, offset in clock(rules.zone, since, until):
        for day in range((start + offset) // DAY, (end - 1 + offset) // DAY + 1):
            midnight = day * DAY - offset
            if day in special:
                windows = [(*window, *_ALWAYS) for window in sorted(special[day])]
            else:
                windows = [] if day in closed else week[(day + _EPOCH_WEEKDAY) % 7]
            for opens, closes, valid_from, valid_until in windows:
                opening, closing = midnight + opens, midnight + closes
                if valid_from <= day <= valid_until and opening < end and closing > start:
                    yield _Piece(max(opening, start), min(closing, end), opening, day)


def _week(weekly: Iterable[WeeklyHours], code: str | None) -> list[list[tuple[int, int, int, int]]]:
    """The windows of each weekday that serve `code`, each with its first and last day of validity."""
    week: list[list[tuple[int, int, int, int]]] = [[] for _ in range(7)]
    for hours in weekly:
        if code is not None and hours.services is not None and code not in hours.services:
            continue
        valid_from = _ALWAYS[0] if hours.valid_from is None else day_number(hours.valid_from)
        valid_until = _ALWAYS[1] if hours.valid_until is None else day_number(hours.valid_until)
        week[hours.weekday].append((hours.start, hours.end, valid_from, valid_until))
    for windows in week:
        windows.sort()
    return week


def _runs(pieces: Iterable[_Piece]) -> tuple[list[tuple[list[_Piece], int]], bool]:
    """Pieces that touch, as runs with their common end; and whether any two overlap (a start could come twice)."""
    runs: list[tuple[list[_Piece], int]] = []
    doubled = False
    for piece in pieces:
        if not runs or piece.start > runs[-1][1]:
            runs.append(([piece], piece.end))
            continue
        members, end = runs[-1]
        doubled = doubled or piece.start < end
        members.append(piece)
        runs[-1] = (members, max(end, piece.end))
    return runs, doubled


def _full_days(rules: Rules, busy: Sequence[Interval]) -> set[int]:
    if rules.max_per_day is None or not busy:
        return set()
    taken: Counter[int] = Counter()
    for start, end, offset in clock(rules.zone, busy[0][0], busy[-1][0] + 1):
        taken.update([(at + offset) // DAY for at, _ in busy if start <= at < end])
    return {day for day, count in taken.items() if count >= rules.max_per_day}


def _blocked_starts(service: Service, busy: Iterable[Interval], absences: Iterable[Interval]) -> list[Interval]:
    """The starts that would run into something, ascending by their first minute; the last one is the end of time."""
    whole = service.duration_min + service.buffer_min
    blocked = [(start - whole + 1, end) for start, end in busy]
    blocked += [(start - service.duration_min + 1, end) for start, end in absences]
    blocked.sort()
    blocked.append((_ALWAYS[1], _ALWAYS[1]))
    return blocked


def _extend(starts: list[int], piece: _Piece, end: int, step: int, blocked: Sequence[Interval], index: int) -> None:
    """Append the piece's grid starts before `end` that no interval of `blocked[index:]` holds."""
    at, opening = piece.start, piece.opening
    while at < end:
        taken_from, taken_until = blocked[index]
        clear_until = taken_from if taken_from < end else end
        if at < clear_until:
            starts.extend(range(at + (opening - at) % step, clear_until, step))
        if clear_until == end:
            return
        at = max(at, taken_until)
        index += 1


def _offset(zone: ZoneInfo, at: int) -> int:
    """Minutes east of Greenwich. Zones have offsets of whole minutes since 1972; older seconds are cut."""
    offset = datetime.fromtimestamp(at * 60, zone).utcoffset()
    return 0 if offset is None else int(offset // _MINUTE)


@lru_cache(maxsize=4096)
def _year(zone: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """One UTC year of a zone in stretches of constant offset; changes are found by daily probes and bisection."""
    clock_of = ZoneInfo(zone)
    start, year_end = minute(datetime(year, 1, 1, tzinfo=UTC)), minute(datetime(year + 1, 1, 1, tzinfo=UTC))
    stretches = []
    offset = _offset(clock_of, start)
    for probe in range(start + DAY, year_end + 1, DAY):
        last = min(probe, year_end - 1)
        if (after := _offset(clock_of, last)) == offset:
            continue
        change = _first_minute(clock_of, after, last - DAY, last)
        stretches.append((start, change, offset))
        start, offset = change, after
    return (*stretches, (start, year_end, offset))


def _first_minute(zone: ZoneInfo, offset: int, without: int, having: int) -> int:
    while having - without > 1:
        middle = (without + having) // 2
        if _offset(zone, middle) == offset:
            having = middle
        else:
            without = middle
    return having
