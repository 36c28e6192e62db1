"""Free starts found by looking at the wall clock at every single minute: slow, plain, and the judge of `slots`."""

from datetime import date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from scheduling.slots import Interval, Rules, Service


def by_definition(
    rules: Rules, service: Service, busy: list[Interval], *, now: int, since: int, until: int
) -> list[int]:
    """The same answer, found by looking at the clock on the wall at every single minute."""
    zone = ZoneInfo(rules.zone)
    first = min(since, *(start for start, _ in busy)) if busy else since
    walls = [read_clock(zone, at) for at in range(first, until + service.duration_min)]
    of_day = {day: windows_of(rules, service.code, day) for day, _ in walls}

    def in_absence(at: int) -> bool:
        return any(start <= at < end for start, end in rules.absences)

    is_open = [
        any(start <= wall < end for start, end in of_day[day]) and not in_absence(first + index)
        for index, (day, wall) in enumerate(walls)
    ]
    closed_before = [0, *accumulate(not minute for minute in is_open)]
    booked: dict[date, int] = {}
    for start, _ in busy:
        day = walls[start - first][0] if start - first < len(walls) else read_clock(zone, start)[0]
        booked[day] = booked.get(day, 0) + 1
    last_day = read_clock(zone, now)[0] + timedelta(days=rules.horizon_days)

    def is_free(at: int) -> bool:
        day, wall = walls[at - first]
        end = at + service.duration_min
        return (
            at >= now + rules.notice_min
            and day <= last_day
            and any(start <= wall < close and (wall - start) % rules.step_min == 0 for start, close in of_day[day])
            and closed_before[end - first] == closed_before[at - first]
            and not any(start < end + service.buffer_min and at < stop for start, stop in busy)
            and (rules.max_per_day is None or booked.get(day, 0) < rules.max_per_day)
        )

    return [at for at in range(since, until) if is_free(at)]


def read_clock(zone: ZoneInfo, at: int) -> tuple[date, int]:
    wall = datetime.fromtimestamp(at * 60, zone)
    return wall.date(), wall.hour * 60 + wall.minute


def windows_of(rules: Rules, code: str, day: date) -> list[Interval]:
    for exception in rules.exceptions:
        if exception.day == day:
            return list(exception.windows)
    if day in rules.holidays:
        return []
    return [
        (hours.start, hours.end)
        for hours in rules.weekly
        if hours.weekday == day.weekday()
        and (hours.valid_from is None or hours.valid_from <= day)
        and (hours.valid_until is None or day <= hours.valid_until)
        and (hours.services is None or code in hours.services)
    ]
