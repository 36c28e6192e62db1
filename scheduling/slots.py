"""Free time of one specialist: pure functions from rules and busy intervals to starts; nothing here is ever stored.

One definition decides every doubt: **a UTC minute is open if and only if the wall clock of the specialist's zone reads,
at that minute, a time inside a working window of that local day.** In a doubled hour both passes are open, in a skipped
hour there is nothing. Windows end at 24:00 at the latest; two that touch are one stretch of open time. Which windows a
day has is the answer of `Days`: rules, overrides and holidays are `calendars`' matter.

A start is free for a service when
* it lies on the grid: a whole number of steps after the opening of its window, counted on the wall clock;
* [start, start + duration) is open time without absences; the buffers may run past closing or into an absence;
* [start - buffer before, start + duration + buffer after) meets no busy interval, buffers of that one included;
* it is at least the notice away, and its local day is at most `horizon_days` after today;
* fewer than `max_per_day` sessions start on its local day, fewer than `max_per_week` in its week (from Monday on);
* with it no stretch of several sessions, pauses below `break_min` being no break, is longer than `longest_run_min`.

Instants are whole minutes since 1970-01-01T00:00Z, wall times minutes since local midnight, both plain integers: that
makes a month of a hundred specialists a matter of milliseconds. `minute`, `minute_after` and `instant` convert.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

Interval = tuple[int, int]  # [start, end) in minutes
Reason = Literal["too_soon", "beyond_horizon", "outside_hours", "slot_taken", "week_full", "day_full", "break_needed"]

DAY = 1440
_NEVER = 10**9
# What is booked this far outside of a range can matter for it: the other end of a week.
MARGIN_DAYS = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_EPOCH_DAY = _EPOCH.toordinal()
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday


class Window(NamedTuple):
    """A stretch of one local day in which she works; `services` names the only codes it serves, None stands for all."""

    start: int
    end: int
    services: frozenset[str] | None = None
    place: str = "office"

    def serves(self, code: str | None) -> bool:
        return code is None or self.services is None or code in self.services


class Days(Protocol):
    """What `slots` asks of a calendar's rules."""

    def windows(self, day: int) -> Sequence[Window]:
        """The windows of a local day (counted from 1970-01-01) in ascending order; they may touch and overlap."""

    @property
    def places(self) -> frozenset[str]:
        """The places where any of them may be."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How she may be booked, however she works. Minutes and days; None: no such limit."""

    notice_min: int = 0
    horizon_days: int = 60
    step_min: int = 15
    max_per_day: int | None = None
    max_per_week: int | None = None
    longest_run_min: int | None = None
    break_min: int = 15


@dataclass(frozen=True, slots=True)
class Rules:
    """When a specialist works and how she may be booked. Absences are UTC minutes."""

    zone: str
    days: Days
    absences: tuple[Interval, ...] = ()
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Service:
    """What a booking takes of a calendar: its minutes, and those before and after in which nothing else may be."""

    code: str
    duration_min: int
    buffer_min: int = 0
    before_min: int = 0


class Taken(NamedTuple):
    """Something booked: [start, end) is the session, [since, until) what nobody else can have."""

    start: int
    end: int
    since: int
    until: int


class _Piece(NamedTuple):
    """The part of one local window that lies in one stretch of constant offset; `opening` anchors the grid."""

    start: int
    end: int
    opening: int
    day: int


def free_starts(
    rules: Rules, service: Service, busy: Iterable[Taken], *, now: int, since: int, until: int
) -> list[int]:
    """Every free start in [since, until), ascending. `busy` must be known from MARGIN_DAYS before to as long after."""
    limits = rules.limits
    last_day = local_day(rules.zone, now) + limits.horizon_days
    since = max(since, now + limits.notice_min)
    until = min(until, day_ends(rules.zone, last_day))
    return possible_starts(rules, service, busy, since=since, until=until)


def possible_starts(rules: Rules, service: Service, busy: Iterable[Taken], *, since: int, until: int) -> list[int]:
    """The same without notice and horizon: what does not change by the mere passing of time."""
    if since >= until:
        return []
    busy = sorted(busy)
    full = _full_days(rules, busy)
    runs, doubled = _runs(_pieces(rules, service.code, since, until + service.duration_min))
    blocked = _blocked_starts(rules, service, busy)
    starts: list[int] = []
    passed = 0
    for pieces, run_end in runs:
        latest = min(run_end - service.duration_min + 1, until)
        for piece in pieces:
            if piece.day in full:
                continue
            while blocked[passed][1] <= piece.start:
                passed += 1
            _extend(starts, piece, min(piece.end, latest), rules.limits.step_min, blocked, passed)
    return sorted(set(starts)) if doubled else starts


def refusal(rules: Rules, service: Service, busy: Iterable[Taken], *, now: int, start: int) -> Reason | None:
    """Why `start` is not free, the most lasting reason first; None when it is free."""
    busy = list(busy)
    if start < now + rules.limits.notice_min:
        return "too_soon"
    if local_day(rules.zone, start) > local_day(rules.zone, now) + rules.limits.horizon_days:
        return "beyond_horizon"

    def is_free(limits: Limits, taken: Iterable[Taken]) -> bool:
        return bool(possible_starts(replace(rules, limits=limits), service, taken, since=start, until=start + 1))

    free = replace(rules.limits, max_per_day=None, max_per_week=None, longest_run_min=None)
    if not is_free(free, ()):
        return "outside_hours"
    if not is_free(free, busy):
        return "slot_taken"
    each_alone: dict[Reason, Limits] = {
        "week_full": replace(free, max_per_week=rules.limits.max_per_week),
        "day_full": replace(free, max_per_day=rules.limits.max_per_day),
        "break_needed": replace(free, longest_run_min=rules.limits.longest_run_min),
    }
    return next((reason for reason, limits in each_alone.items() if not is_free(limits, busy)), None)


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


@lru_cache(maxsize=4096)
def day_ends(zone: str, day: int) -> int:
    """The first minute that belongs to a later day on the zone's clock."""
    near = range((day - 1) * DAY, (day + 3) * DAY)
    return near[bisect_left(near, day + 1, key=partial(local_day, zone))]


def day_number(day: date) -> int:
    return day.toordinal() - _EPOCH_DAY


def day_of(number: int) -> date:
    return date.fromordinal(number + _EPOCH_DAY)


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
    for start, end, offset in clock(rules.zone, since, until):
        for day in range((start + offset) // DAY, (end - 1 + offset) // DAY + 1):
            midnight = day * DAY - offset
            for window in rules.days.windows(day):
                opening, closing = midnight + window.start, midnight + window.end
                if opening < end and closing > start and window.serves(code):
                    yield _Piece(max(opening, start), min(closing, end), opening, day)


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


def _full_days(rules: Rules, busy: Sequence[Taken]) -> set[int]:
    """The local days that take no more: as many sessions as may be start on them, or in their week."""
    a_day, a_week = rules.limits.max_per_day, rules.limits.max_per_week
    if not busy or (a_day is None and a_week is None):
        return set()
    days: Counter[int] = Counter()
    for start, end, offset in clock(rules.zone, busy[0].start, busy[-1].start + 1):
        days.update([(taken.start + offset) // DAY for taken in busy if start <= taken.start < end])
    weeks: Counter[int] = Counter()
    for day, count in days.items():
        weeks[monday(day)] += count
    full = {day for day, count in days.items() if a_day is not None and count >= a_day}
    for week, count in weeks.items():
        if a_week is not None and count >= a_week:
            full.update(range(week, week + 7))
    return full


def monday(day: int) -> int:
    """The Monday of a local day's week."""
    return day - (day + _EPOCH_WEEKDAY) % 7


def _blocked_starts(rules: Rules, service: Service, busy: Sequence[Taken]) -> list[Interval]:
    """The starts that would run into something, ascending by their first minute; the last one is the end of time."""
    reach = service.duration_min + service.buffer_min
    blocked = [(taken.since - reach + 1, taken.until + service.before_min) for taken in busy]
    blocked += [(start - service.duration_min + 1, end) for start, end in rules.absences]
    if rules.limits.longest_run_min is not None:
        blocked += _without_break(busy, service.duration_min, rules.limits.longest_run_min, rules.limits.break_min)
    blocked.sort()
    blocked.append((_NEVER, _NEVER))
    return blocked


def _without_break(busy: Sequence[Taken], duration: int, longest: int, pause: int) -> list[Interval]:
    """The starts with which a stretch of sessions without a break of `pause` would be longer than `longest`.

    Between two stretches A and B a session that ends less than a pause before B belongs to B, one that starts less than
    a pause after A to A, and one that does both makes them one.
    """
    stretches: list[Interval] = []
    for taken in busy:
        if stretches and taken.start - stretches[-1][1] < pause:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], taken.end))
        else:
            stretches.append((taken.start, taken.end))
    found = []
    for index, (begins, ends) in enumerate(stretches):
        found.append((max(ends, begins + longest - duration + 1), ends + pause))
        found.append((begins - duration - pause + 1, min(begins - duration + 1, ends - longest)))
        last_begins, last_ends = stretches[index - 1] if index else (ends, begins)
        if ends - last_begins > longest:
            found.append((max(last_ends, begins - duration - pause + 1), min(begins - duration + 1, last_ends + pause)))
    return [(since, until) for since, until in found if since < until]


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
