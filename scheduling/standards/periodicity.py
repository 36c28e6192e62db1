"""How often a service may be given: what its alternatives leave, the first day they allow, how many fit until an end.

An alternative is `{"times": 2, "per": "month"}`, or courses: `{"days": 10, "times": 2, "per": "year"}` are two courses
of up to ten days a year. Within a week (from Monday), month or year of the calendar one of the alternatives must hold.
A course goes on as long as nothing in it rests longer than two weeks and it is not full. Pure; days are local ones.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

Per = Literal["week", "month", "year"]
REST = timedelta(days=14)  # a longer rest ends a course
FAR = timedelta(days=800)  # beyond the year after next nothing is looked for
DAY = timedelta(days=1)


class Way(NamedTuple):
    """One alternative: so many `times` a period, or so many courses of so many `days`."""

    times: int
    per: Per
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What one alternative says of a day: `used` of its times (or courses begun) in the period from `since` to `until`,
    how many sessions are `left` in it, and whether one on that day is `allowed`."""

    way: Way
    since: date
    until: date
    used: int
    left: int
    allowed: bool


@dataclass(frozen=True, slots=True)
class Fullest:
    """A period of one alternative: what is used `before` and `after` something is added, as in `Standing`."""

    way: Way
    since: date
    until: date
    before: int
    after: int


def ways(alternatives: Sequence[dict[str, Any]] | None) -> list[Way]:
    return [Way(int(each.get("times", 1)), each["per"], each.get("days")) for each in alternatives or ()]


def period(per: Per, day: date) -> tuple[date, date]:
    """The first and the last day of the calendar's week, month or year."""
    if per == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + 6 * DAY
    if per == "month":
        following = day.replace(day=28) + 4 * DAY
        return day.replace(day=1), following - timedelta(days=following.day)
    return date(day.year, 1, 1), date(day.year, 12, 31)


def allows(alternatives: Sequence[Way], taken: Sequence[date], day: date) -> bool:
    """Whether one more session on this day keeps to one of them."""
    return not alternatives or any(_keeps(way, [*_within(way, taken, day), day]) for way in alternatives)


def standing(way: Way, taken: Sequence[date], day: date) -> Standing:
    own = _within(way, taken, day)
    since, until = period(way.per, day)
    allowed = _keeps(way, [*own, day])
    if way.days is None:
        return Standing(way, since, until, len(own), max(way.times - len(own), 0), allowed)
    begun = _courses(own, way.days)
    room = way.days - len(begun[-1]) if begun and day - begun[-1][-1] <= REST else 0
    left = max(way.times - len(begun), 0) * way.days + (room if len(begun) <= way.times else 0)
    return Standing(way, since, until, len(begun), left, allowed)


def earliest(alternatives: Sequence[Way], taken: Sequence[date], on: date, *, until: date | None = None) -> date | None:
    """The first day from `on` to `until` that one of them allows."""
    last = min(until, on + FAR) if until else on + FAR
    if on <= last and allows(alternatives, taken, on):
        return on
    return next((day for day in _turns(alternatives, taken, on, last) if allows(alternatives, taken, day)), None)


def room(alternatives: Sequence[Way], taken: Sequence[date], since: date, until: date, *, most: int) -> int:
    """How many sessions, one a day and `most` so many, still find a day in [since, until]."""
    placed, day = list(taken), since
    for count in range(most):
        found = earliest(alternatives, placed, day, until=until)
        if found is None:
            return count
        placed.append(found)
        day = found + DAY
    return most


def too_often(alternatives: Sequence[Way], days: Sequence[date], taken: Sequence[date] = ()) -> bool:
    """Whether these days, beside those taken, are more than every alternative allows around one of them."""
    every = [*taken, *days]
    around = ({way: _keeps(way, _within(way, every, day)) for way in alternatives} for day in days)
    return bool(alternatives) and any(not any(kept.values()) for kept in around)


def fullest(way: Way, days: Sequence[date], taken: Sequence[date]) -> Fullest:
    """The period that these days fill most by one alternative, beside those taken."""
    every = [*taken, *days]

    def of(day: date) -> Fullest:
        before, after = (_counted(way, _within(way, some, day)) for some in (taken, every))
        return Fullest(way, *period(way.per, day), before, after)

    return max((of(day) for day in sorted(set(days))), key=lambda each: each.after)


def _turns(alternatives: Sequence[Way], taken: Iterable[date], on: date, last: date) -> list[date]:
    """The days on which a no can turn into a yes: a period begins, or the nearness to another session changes."""
    found: set[date] = set()
    for way in alternatives:
        _, end = period(way.per, on)
        while end < last:
            found.add(end + DAY)
            _, end = period(way.per, end + DAY)
    if any(way.days is not None for way in alternatives):
        for each in taken:
            found |= {each, each + DAY, each + REST + DAY, each - REST}
    return sorted(day for day in found if on < day <= last)


def _within(way: Way, days: Iterable[date], day: date) -> list[date]:
    since, until = period(way.per, day)
    return [each for each in days if since <= each <= until]


def _keeps(way: Way, days: Sequence[date]) -> bool:
    """Whether these days of one period are no more than it allows."""
    return _counted(way, days) <= way.times


def _counted(way: Way, days: Sequence[date]) -> int:
    """So many times, or courses."""
    return len(days if way.days is None else _courses(days, way.days))


def _courses(days: Iterable[date], most: int) -> list[list[date]]:
    """The days as courses: a full one, or one that rested too long, is over."""
    courses: list[list[date]] = []
    for day in sorted(set(days)):
        if courses and len(courses[-1]) < most and day - courses[-1][-1] <= REST:
            courses[-1].append(day)
        else:
            courses.append([day])
    return courses
