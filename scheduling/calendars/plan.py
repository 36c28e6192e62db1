"""A calendar's plan: which windows each local day has, from rules, their single days, whole-day exceptions, holidays.

The more particular goes first: what is said of one whole day (`exceptions`), then what is said of one day of one rule
(`overrides`), then holidays and moved working days, then the rules themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

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
    """A day unlike its weekday; `like` is the day whose rules hold on it, because its work was moved here."""

    day: date
    kind: DayKind = "closed"
    like: date | None = None


class Origin(NamedTuple):
    """A window and where it comes from: a rule's day (which is not always the day it lies on), or neither for what is
    said of a whole day."""

    window: Window
    rule: int | None = None
    day: int | None = None


class Plan:
    """`windows` is what `slots` asks. A plan never changes: a changed calendar has another."""

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        overrides: Sequence[Override] = (),
        exceptions: Mapping[date, Sequence[Window]] | None = None,
        specials: Iterable[Special] = (),
    ) -> None:
        self.rules = rules
        self.overrides = overrides
        self.exceptions = exceptions or {}
        self._replaced = {(each.rule, day_number(each.day)) for each in overrides}
        self._placed = _placed(rules, overrides)
        self._whole = {day_number(day): windows for day, windows in self.exceptions.items()}
        self._special = {day_number(each.day): each for each in specials}
        self._known: dict[int, tuple[Window, ...]] = {}

    def windows(self, day: int) -> Sequence[Window]:
        """The windows of a local day in ascending order; they may touch and overlap."""
        found = self._known.get(day)
        if found is None:
            found = self._known[day] = tuple(origin.window for origin in self.origins(day))
        return found

    def origins(self, day: int) -> list[Origin]:
        """The same with where each comes from."""
        if day in self._whole:
            found = [Origin(window) for window in self._whole[day]]
        else:
            found = [*self._by_rules(day), *self._placed.get(day, ())]
        return sorted(found, key=lambda origin: (origin.window.start, origin.window.end))

    def without_holidays(self) -> "Plan":
        """As if nobody had taken a whole day off."""
        kept = {day: windows for day, windows in self.exceptions.items() if windows}
        return Plan(self.rules, self.overrides, kept)

    def _by_rules(self, day: int) -> list[Origin]:
        special = self._special.get(day)
        if special is None:
            return self._of_rules(day)
        if special.kind == "closed":
            return []
        # Who works on this weekday anyway does; whose day was moved here works as on that day.
        found = self._of_rules(day) or ([] if special.like is None else self._of_rules(day_number(special.like)))
        return _shortened(found) if special.kind == "short" else found

    def _of_rules(self, day: int) -> list[Origin]:
        return [
            Origin(rule.window, rule.id, day)
            for rule in self.rules
            if rule.recurrence.on(day) and (rule.id, day) not in self._replaced
        ]


def _placed(rules: Iterable[Rule], overrides: Iterable[Override]) -> dict[int, list[Origin]]:
    """What overrides put on each day; the service and place are those of the rule."""
    windows = {rule.id: rule.window for rule in rules}
    placed: dict[int, list[Origin]] = {}
    for each in overrides:
        for day, start, end in each.windows if each.rule in windows else ():
            window = windows[each.rule]._replace(start=start, end=end)
            placed.setdefault(day_number(day), []).append(Origin(window, each.rule, day_number(each.day)))
    return placed


def _shortened(origins: Sequence[Origin]) -> list[Origin]:
    """Without the last hour of the day's work, wherever the windows lie."""
    if not origins:
        return []
    closes = max(origin.window.end for origin in origins) - SHORTER_BY
    return [
        origin._replace(window=origin.window._replace(end=min(origin.window.end, closes)))
        for origin in origins
        if origin.window.start < closes
    ]
