"""One specialist's calendar as a person would keep it on paper: slow, plain, and read day by day, minute by minute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

from dateutil.rrule import rrulestr

from tests.scheduling.machine import clocks

Span = tuple[int, int]  # minutes of a day, or minutes since 1970
SINCE_EVER = date(2001, 1, 1)
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FIRST, LAST = date(2026, 8, 1), date(2027, 12, 31)  # nothing is asked about outside of these days


@dataclass(frozen=True)
class Kind:
    """What a service takes, in minutes: before, the session itself, after."""

    before: int
    lasts: int
    after: int


SERVICES = {"1739": Kind(0, 40, 10), "1740": Kind(15, 30, 0)}


@dataclass(frozen=True)
class Window:
    start: int
    end: int
    services: frozenset[str] | None = None
    place: str = "office"

    def serves(self, code: str) -> bool:
        return self.services is None or code in self.services


@dataclass(frozen=True)
class Rule:
    """As it was said; `text` may end itself, and then `last` is that end, if there is no earlier one."""

    text: str
    first: date
    last: date | None
    window: Window

    @property
    def days(self) -> frozenset[date]:
        return _days(self.text, self.first, self.last)

    @property
    def plain(self) -> tuple[frozenset[int], int] | None:
        """Days of the week and every how many weeks, when it says no more than that."""
        parts = dict(part.split("=") for part in self.text.split(";"))
        if parts["FREQ"] != "WEEKLY":
            return None
        return frozenset(NAMES.index(name) for name in parts["BYDAY"].split(",")), int(parts.get("INTERVAL", "1"))


@dataclass(frozen=True)
class Limits:
    notice_min: int = 60
    horizon_days: int = 30
    step_min: int = 30
    max_per_day: int | None = None
    max_per_week: int | None = None
    longest_run_min: int | None = None
    break_min: int = 15
    change_notice_min: int = 180


@dataclass(frozen=True)
class Special:
    """A day unlike its weekday."""

    kind: str
    like: date | None = None


Holidays = Mapping[tuple[date, int | None], Special]  # of a district, or (None) of the whole region


@dataclass
class Sheet:
    """`singles` are days of a rule that differ: windows with the day each lies on. `exceptions` and `absences` have
    the numbers by which they are taken back."""

    zone: str
    district: int
    services: frozenset[str]
    limits: Limits = Limits()
    rules: dict[int, Rule] = field(default_factory=dict)
    singles: dict[tuple[int, date], tuple[tuple[date, int, int], ...]] = field(default_factory=dict)
    exceptions: dict[date, tuple[int, tuple[Span, ...]]] = field(default_factory=dict)
    absences: dict[int, tuple[datetime, datetime]] = field(default_factory=dict)

    def windows(self, day: date, holidays: Holidays) -> list[Window]:
        """The more particular goes first: the whole day, then one day of one rule, then holidays, then rules."""
        if day in self.exceptions:
            return [Window(start, end) for start, end in self.exceptions[day][1]]
        moved = [
            Window(start, end, self.rules[rule].window.services, self.rules[rule].window.place)
            for (rule, _), windows in self.singles.items()
            for on, start, end in windows
            if on == day
        ]
        special = holidays.get((day, self.district)) or holidays.get((day, None))
        if special is None:
            return self._of_rules(day) + moved
        if special.kind == "closed":
            return moved
        usual = self._of_rules(day) or (self._of_rules(special.like) if special.like else [])
        if special.kind == "short" and usual:
            over = max(window.end for window in usual) - 60
            cut = [Window(w.start, min(w.end, over), w.services, w.place) for w in usual]
            usual = [window for window in cut if window.start < window.end]
        return usual + moved

    def _of_rules(self, day: date) -> list[Window]:
        return [
            rule.window for number, rule in self.rules.items() if day in rule.days and (number, day) not in self.singles
        ]

    def could_start(self, code: str, first: date, last: date, holidays: Holidays) -> list[int]:
        """Where a session of this service fits into open time, on the grid of its window; nothing else is looked at."""
        # A session may run on into the day after, and that day may begin early elsewhere.
        is_open: set[int] = set()
        grid: set[int] = set()
        for day in clocks.days(first - timedelta(days=1), last + timedelta(days=1)):
            windows = tuple((w.start, w.end) for w in self.windows(day, holidays) if w.serves(code))
            inside, on_grid = _read(clocks.in_force(), self.zone, day, windows, self.limits.step_min)
            is_open |= inside
            if first <= day <= last:
                grid |= on_grid
        for starts, ends in self.absences.values():
            since, until = clocks.minute(starts), clocks.minute(ends + timedelta(seconds=59))
            is_open = {at for at in is_open if not since <= at < until}
        lasts = SERVICES[code].lasts
        return sorted(at for at in grid if is_open.issuperset(range(at, at + lasts)))

    def is_at(self, place: str, code: str, at: int, holidays: Holidays) -> bool:
        """Whether she works at that place then."""
        reads = clocks.wall(self.zone, at)
        now = reads.hour * 60 + reads.minute
        windows = self.windows(reads.date(), holidays)
        return any(w.place == place and w.start <= now < w.end and w.serves(code) for w in windows)

    def ends_before(self, number: int, since: date) -> bool:
        """Whether nothing of a rule lies before that day."""
        return not any(day < since for day in all_days(self.rules[number].text, self.rules[number].first))


@cache
def _read(_law: str, zone: str, day: date, windows: Sequence[Span], step: int) -> tuple[frozenset[int], frozenset[int]]:
    """The minutes of a day that read a time inside of a window, and those a whole number of steps after its opening."""
    shown = clocks.minutes(zone, day) if windows else ()
    inside = frozenset(at for at, reads in shown if any(start <= reads < end for start, end in windows))
    grid = frozenset(
        at for at, reads in shown if any(start <= reads < end and (reads - start) % step == 0 for start, end in windows)
    )
    return inside, grid


@cache
def all_days(text: str, first: date) -> frozenset[date]:
    """From its own first day on, by python-dateutil, one after the other."""
    found = set()
    bare = text.removesuffix("Z")  # a day is meant, wherever the instant is said
    for at in rrulestr(bare, dtstart=datetime(first.year, first.month, first.day)):  # noqa: DTZ001 - days
        if at.date() > LAST:
            break
        found.add(at.date())
    return frozenset(found)


@cache
def _days(text: str, first: date, last: date | None) -> frozenset[date]:
    return frozenset(day for day in all_days(text, first) if day >= FIRST and (last is None or day <= last))
