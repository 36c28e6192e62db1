"""A calendar's plan: which windows each local day has, from rules, their single days, whole-day exceptions, holidays.

The more particular goes first: what is said of one whole day (`exceptions`), then what is said of one day of one rule
(`overrides`), then holidays and moved working days, then the rules themselves.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scheduling.calendars.recurring import BLOCK, Recurrence
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


Windows = tuple[Window, ...]


class Plan:
    """`windows` is what `slots` asks. A plan never changes: a changed calendar has another.

    `specials` may be given by their day's number, as they are shared by everybody of a district.
    """

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        overrides: Sequence[Override] = (),
        exceptions: Mapping[date, Sequence[Window]] | None = None,
        specials: Iterable[Special] | Mapping[int, Special] = (),
    ) -> None:
        self.rules = rules
        self.overrides = overrides
        self.exceptions = exceptions or {}
        self._replaced = {(each.rule, day_number(each.day)) for each in overrides}
        self._placed = _placed(rules, overrides)
        self._whole = {day_number(day): windows for day, windows in self.exceptions.items()}
        self._special = specials if isinstance(specials, Mapping) else by_day(specials)
        self._in_order = sorted(rules, key=lambda rule: (rule.window.start, rule.window.end))
        self._known: dict[int, tuple[Windows, ...]] = {}

    def windows(self, day: int) -> Sequence[Window]:
        """The windows of a local day in ascending order; they may touch and overlap."""
        block, at = divmod(day, BLOCK)
        found = self._known.get(block)
        if found is None:
            found = self._known[block] = self._of_block(block)
        return found[at]

    @property
    def places(self) -> frozenset[str]:
        """The places where any of them may be."""
        of_days = (window.place for windows in self.exceptions.values() for window in windows)
        return frozenset((*(rule.window.place for rule in self.rules), *of_days))

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

    def _of_block(self, block: int) -> tuple[Windows, ...]:
        """Of most days the rules alone say all, and they say it of everybody with the same hours at once."""
        own = [(rule.recurrence.bits(block), rule.window) for rule in self._in_order]
        found = _by_bits(tuple((bits, window) for bits, window in own if bits))
        apart = {day % BLOCK: day for day in self._days_apart() if day // BLOCK == block}
        if not apart:
            return found
        return tuple(
            tuple(origin.window for origin in self.origins(apart[at])) if at in apart else windows
            for at, windows in enumerate(found)
        )

    def _days_apart(self) -> Iterator[int]:
        """The days of which more is said than by the rules."""
        yield from self._whole
        yield from self._special
        yield from self._placed
        yield from (day for _, day in self._replaced)

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


def by_day(specials: Iterable[Special]) -> dict[int, Special]:
    """By the numbers of their days."""
    return {day_number(each.day): each for each in specials}


@lru_cache(maxsize=1024)
def _by_bits(rules: tuple[tuple[int, Window], ...]) -> tuple[Windows, ...]:
    """The windows of each day of a block; days with the same ones share them."""
    shared: dict[Windows, Windows] = {}
    days = (tuple(window for bits, window in rules if bits >> at & 1) for at in range(BLOCK))
    return tuple(shared.setdefault(windows, windows) for windows in days)


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
