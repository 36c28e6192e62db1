"""Free starts found by looking at the wall clock at every single minute: slow, plain, and the judge of `slots`."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from scheduling.calendars.changing import SINCE_EVER
from scheduling.slots import Interval, Service, Taken
from tests.scheduling.plain import Plain


def by_definition(
    calendar: Plain, service: Service, busy: list[Taken], *, now: int, since: int, until: int
) -> list[int]:
    """The same answer, found by looking at the clock on the wall at every single minute."""
    zone = ZoneInfo(calendar.zone)
    walls = {at: read_clock(zone, at) for at in range(since, until + service.duration_min)}
    of_day = {day: windows_of(calendar, service.code, day) for day, _ in walls.values()}

    def is_open(at: int) -> bool:
        day, wall = walls[at]
        away = any(start <= at < end for start, end in calendar.absences)
        return any(start <= wall < end for start, end in of_day[day]) and not away

    closed_before = [0, *accumulate(not is_open(at) for at in sorted(walls))]
    starts_on = [read_clock(zone, taken.start)[0] for taken in busy]
    a_day, a_week = Counter(starts_on), Counter(monday(day) for day in starts_on)
    last_day = read_clock(zone, now)[0] + timedelta(days=calendar.horizon_days)

    def is_free(at: int) -> bool:
        day, wall = walls[at]
        end = at + service.duration_min
        return (
            at >= now + calendar.notice_min
            and day <= last_day
            and any(start <= wall < close and (wall - start) % calendar.step_min == 0 for start, close in of_day[day])
            and closed_before[end - since] == closed_before[at - since]
            and not any(
                taken.since < end + service.buffer_min and at - service.before_min < taken.until for taken in busy
            )
            and (calendar.max_per_day is None or a_day[day] < calendar.max_per_day)
            and (calendar.max_per_week is None or a_week[monday(day)] < calendar.max_per_week)
            and (
                calendar.longest_run_min is None or run(busy, (at, end), calendar.break_min) <= calendar.longest_run_min
            )
        )

    return [at for at in range(since, until) if is_free(at)]


def run(busy: list[Taken], new: Interval, pause: int) -> int:
    """How long the stretch of sessions is that a new one would belong to; 0 when it would stand alone."""
    first, last = new
    grew = True
    while grew:
        grew = False
        for taken in busy:
            near = taken.start < last + pause and first < taken.end + pause
            if near and (taken.start < first or taken.end > last):
                first, last, grew = min(first, taken.start), max(last, taken.end), True
    return last - first if (first, last) != new else 0


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def read_clock(zone: ZoneInfo, at: int) -> tuple[date, int]:
    wall = datetime.fromtimestamp(at * 60, zone)
    return wall.date(), wall.hour * 60 + wall.minute


def windows_of(calendar: Plain, code: str, day: date) -> list[Interval]:
    for exception in calendar.exceptions:
        if exception.day == day:
            return list(exception.windows)
    if day in calendar.holidays:
        return []
    return [
        (hours.start, hours.end)
        for hours in calendar.weekly
        if hours.weekday == day.weekday()
        and (hours.valid_from is None or hours.valid_from <= day)
        and (hours.valid_until is None or day <= hours.valid_until)
        and (hours.every == 1 or in_its_week(hours.valid_from, day, hours.every))
        and (hours.services is None or code in hours.services)
    ]


def in_its_week(first: date | None, day: date, every: int) -> bool:
    return (monday(day) - monday(first or SINCE_EVER)).days // 7 % every == 0
