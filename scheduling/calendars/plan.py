"""A calendar's plan: which windows each local day has, from rules, their single days, whole-day exceptions, holidays.

The more particular goes first: what is said of one whole day (`exceptions`), then what is said of one day of one rule
(`overrides`), then holidays and moved working days, then the rules themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from scheduling.calendars.recurring import Recurrence
from scheduling.calendars.tables import DayKind
from scheduling.slots import Window, day_number

SHORTER_BY = 60  # minutes, on the eve of a holiday


@dataclass(frozen=True, slots=True)
class Rule:
    id: int
    recurrence: Recurrence
    window: Window


@dataclass(frozen=True, slots=True)
class Override:
    """The windows, each with its day, that stand in place of one day of a rule."""

    rule: int
    day: date
    windows: tuple[tuple[date, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Special:
    """A day unlike its weekday; `like` is the day whose rules hold on a `working` one."""

    day: date
    kind: DayKind = "closed"
    like: date | None = None


@dataclass(frozen=True, eq=False)
class Plan:
    """`windows` is what `slots` asks. A plan never changes: a changed calendar has another."""

    rules: Sequence[Rule] = ()
    overrides: Sequence[Override] = ()
    exceptions: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    specials: Sequence[Special] = ()

    def __post_init__(self) -> None:
        windows = {rule.id: rule.window for rule in self.rules}
        placed: dict[int, list[Window]] = {}
        for each in self.overrides:
            for day, start, end in each.windows if each.rule in windows else ():
                placed.setdefault(day_number(day), []).append(windows[each.rule]._replace(start=start, end=end))
        object.__setattr__(self, "_placed", placed)
        object.__setattr__(self, "_replaced", {(each.rule, day_number(each.day)) for each in self.overrides})
        object.__setattr__(self, "_whole", {day_number(day): found for day, found in self.exceptions.items()})
        object.__setattr__(self, "_special", {day_number(each.day): each for each in self.specials})
        object.__setattr__(self, "_known", {})

    _placed: Mapping[int, list[Window]] = field(init=False, repr=False)
    _replaced: frozenset[tuple[int, int]] = field(init=False, repr=False)
    _whole: Mapping[int, tuple[Window, ...]] = field(init=False, repr=False)
    _special: Mapping[int, Special] = field(init=False, repr=False)
    _known: dict[int, tuple[Window, ...]] = field(init=False, repr=False)

    def windows(self, day: int) -> Sequence[Window]:
        """The windows of a local day in ascending order; they may touch and overlap."""
        found = self._known.get(day)
        if found is None:
            found = self._known[day] = self._whole[day] if day in self._whole else self._composed(day)
        return found

    def _composed(self, day: int) -> tuple[Window, ...]:
        return tuple(sorted([*self._by_rules(day), *self._placed.get(day, ())], key=_by_time))

    def _by_rules(self, day: int) -> Sequence[Window]:
        special = self._special.get(day)
        if special is None:
            return self._of_rules(day)
        if special.kind == "closed":
            return ()
        if special.kind == "working":
            # Who works on this weekday anyway does; whose day was moved here works as on that day.
            return self._of_rules(day) or ([] if special.like is None else self._of_rules(day_number(special.like)))
        return _shortened(self._of_rules(day))

    def _of_rules(self, day: int) -> list[Window]:
        return [
            rule.window
            for rule in self.rules
            if rule.recurrence.on(day) and (not self._replaced or (rule.id, day) not in self._replaced)
        ]


def _by_time(window: Window) -> tuple[int, int]:
    return window.start, window.end


def _shortened(windows: Iterable[Window]) -> list[Window]:
    """Without the last hour of the day's work, wherever the windows lie."""
    windows = list(windows)
    if not windows:
        return []
    closes = max(window.end for window in windows) - SHORTER_BY
    return [window._replace(end=min(window.end, closes)) for window in windows if window.start < closes]
