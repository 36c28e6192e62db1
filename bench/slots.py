"""Slot search: free starts over 30 days for 1, 10, 100 and 1,000 specialists, beside plain interval arithmetic."""

import gc
import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

from bench.figure import Figure, Subject, figure
from scheduling.slots import Interval, Rules, Service, WeeklyHours, free_starts, instant, minute

ZONE = "Asia/Novosibirsk"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DAYS = 30
SERVICE = Service("1739", duration_min=40, buffer_min=10)
SPECIALISTS = {"slots.month_1": 1, "slots.month_10": 10, "slots.month_100": 100, "slots.month_1000": 1000}
REFERENCE = "naive datetimes, every grid start tried"

Calendar = tuple[Rules, list[Interval]]


async def measure(wanted: frozenset[str]) -> list[Figure]:
    return [_figure(name, count) for name, count in SPECIALISTS.items() if name in wanted]


def _figure(name: str, count: int) -> Figure:
    calendars = [_calendar(random.Random(number)) for number in range(count)]
    if _ours(calendars[:3]) != _plainly(calendars[:3]):
        raise AssertionError("the search and its reference disagree")
    runs = 9 if count <= 100 else 5
    ours = _timed(lambda: _ours(calendars), runs)
    theirs = _timed(lambda: _plainly(calendars), 3)
    return figure(name, "ms", ours, (REFERENCE, theirs))


def _calendar(chance: random.Random) -> Calendar:
    """A working week with a lunch break, a week of vacation, and three bookings a day at random."""
    hours = [WeeklyHours(weekday, *window) for weekday in range(5) for window in ((540, 780), (840, 1080))]
    start = minute(NOW) + chance.randrange(7, 20) * 1440
    rules = Rules(zone=ZONE, weekly=tuple(hours), absences=((start, start + 7 * 1440),), notice_min=120, step_min=10)
    midnight = minute(datetime(2026, 11, 22, 17, tzinfo=UTC))
    busy = [
        (at, at + 50)
        for day in range(DAYS)
        for at in (midnight + day * 1440 + chance.randrange(540, 1020, 10) for _ in range(3))
    ]
    return rules, sorted(busy)


def _ours(calendars: Iterable[Calendar]) -> list[list[datetime]]:
    since, now = minute(NOW), minute(NOW)
    return [
        [instant(at) for at in free_starts(rules, SERVICE, busy, now=now, since=since, until=since + DAYS * 1440)]
        for rules, busy in calendars
    ]


def _plainly(calendars: Iterable[Calendar]) -> list[list[datetime]]:
    return [_plain(rules, [(instant(a), instant(b)) for a, b in busy]) for rules, busy in calendars]


def _plain(rules: Rules, busy: list[tuple[datetime, datetime]]) -> list[datetime]:
    """What one would write first: each start of the grid, as a datetime, against every interval of its day."""
    zone = ZoneInfo(rules.zone)
    absences = [(instant(a), instant(b)) for a, b in rules.absences]
    service, buffer = timedelta(minutes=SERVICE.duration_min), timedelta(minutes=SERVICE.buffer_min)
    earliest, until = NOW + timedelta(minutes=rules.notice_min), NOW + timedelta(days=DAYS)
    found: list[datetime] = []
    today = NOW.astimezone(zone).date()
    for day in (today + timedelta(days=number) for number in range(DAYS + 1)):
        near = [(a, b) for a, b in busy if abs((a.date() - day).days) <= 1]
        for hours in rules.weekly:
            if hours.weekday == day.weekday():
                found += _window(
                    _at(day, hours.start, zone),
                    _at(day, hours.end, zone),
                    rules.step_min,
                    service,
                    buffer,
                    near,
                    absences,
                )
    return [start for start in found if earliest <= start < until]


def _window(
    opens: datetime,
    closes: datetime,
    step: int,
    service: timedelta,
    buffer: timedelta,
    busy: list[tuple[datetime, datetime]],
    absences: list[tuple[datetime, datetime]],
) -> list[datetime]:
    starts, at = [], opens
    while at + service <= closes:
        free = not any(a < at + service + buffer and at < b for a, b in busy)
        if free and not any(a < at + service and at < b for a, b in absences):
            starts.append(at)
        at += timedelta(minutes=step)
    return starts


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(*divmod(minutes, 60)), zone).astimezone(UTC)


def _timed(act: Callable[[], object], runs: int) -> list[float]:
    """Milliseconds of each run, the collector held still as the server does after its start."""
    act()
    gc.collect()
    gc.freeze()
    times = []
    for _ in range(runs):
        begun = perf_counter()
        act()
        times.append((perf_counter() - begun) * 1000)
    gc.unfreeze()
    return times


SUBJECT = Subject(tuple(SPECIALISTS), measure)
