"""The Russian production calendar: which days of a year are closed, short or worked in place of another. Pure.

Non-working holidays and what becomes of those on a weekend: Labour Code, art. 112. The hour less on the eve: art. 95.
The Government moves some weekends by a decree each year (`moves`); what is not decreed follows from the law.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scheduling.calendars.tables import DayKind

NEW_YEAR = "Новогодние каникулы"
HOLIDAYS = {
    **{(1, day): NEW_YEAR for day in (1, 2, 3, 4, 5, 6, 8)},
    (1, 7): "Рождество Христово",
    (2, 23): "День защитника Отечества",
    (3, 8): "Международный женский день",
    (5, 1): "Праздник Весны и Труда",
    (5, 9): "День Победы",
    (6, 12): "День России",
    (11, 4): "День народного единства",
}
MOVED_HERE = "Рабочий день вместо {day}"
MOVED_AWAY = "Выходной день вместо {day}"
EVE = "Сокращённый день"
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Move:
    """A day off that is taken on another day: `off` was a weekend day (or a holiday on one), `to` is free instead.

    Where `off` is a plain weekend day of the New Year's holidays nobody works on it either; any other becomes a working
    day with the hours of `to`.
    """

    off: date
    to: date


@dataclass(frozen=True, slots=True)
class Day:
    """A day unlike its weekday; `like` is the day whose hours hold on it."""

    day: date
    kind: DayKind
    name: str
    like: date | None = None


def year(number: int, moves: Iterable[Move] = ()) -> list[Day]:
    """All special days of a year, in their order. Moves of the year's own decree, and those of another's that reach
    into it: what lies in another year is that year's matter."""
    decreed = {move.off: move.to for move in moves}
    holidays = {date(number, month, day): name for (month, day), name in HOLIDAYS.items()}
    found = {day: Day(day, "closed", name) for day, name in holidays.items()}
    for day in sorted(holidays):
        to = decreed.get(day) or _by_law(day, {*found, *decreed.values()})
        if to is not None:
            found[to] = Day(to, "closed", MOVED_AWAY.format(day=_said(day)))
    for off, to in decreed.items():
        if off not in holidays:
            found[off] = Day(off, "working", MOVED_HERE.format(day=_said(to)), to)
            found[to] = Day(to, "closed", MOVED_AWAY.format(day=_said(off)))
    for eve in _eves([*holidays, date(number + 1, 1, 1)], number):
        worked = next((off for off, to in decreed.items() if to == eve and off not in holidays), eve)
        already = found.get(worked)
        if already is not None and already.kind == "working":
            found[worked] = Day(worked, "short", already.name, already.like)
        elif already is None and worked.weekday() < SATURDAY:
            found[worked] = Day(worked, "short", EVE)
    return sorted((each for each in found.values() if each.day.year == number), key=lambda each: each.day)


def wrong(number: int, moves: Sequence[Move]) -> Iterator[tuple[int, str, str]]:
    """What in a decree's moves cannot be meant: which of them, `off` or `to`, and a code for the reason."""
    for at, move in enumerate(moves):
        if number not in {move.off.year, move.to.year}:
            yield at, "off", "other_year"
        elif not _is_free(move.off):
            yield at, "off", "not_day_off"
        elif any(move.off == before.off for before in moves[:at]):
            yield at, "off", "doubled"
        if _is_free(move.to):
            yield at, "to", "not_working_day"
        elif any(move.to == before.to for before in moves[:at]):
            yield at, "to", "doubled"


def _is_free(day: date) -> bool:
    return day.weekday() >= SATURDAY or (day.month, day.day) in HOLIDAYS


def _by_law(day: date, closed: set[date]) -> date | None:
    """Where a holiday on a weekend goes: to the next working day after it, but for those of January."""
    if day.weekday() < SATURDAY or day.month == 1:
        return None
    to = day + timedelta(days=1)
    while to.weekday() >= SATURDAY or to in closed:
        to += timedelta(days=1)
    return to


def _eves(holidays: Sequence[date], year: int) -> Iterator[date]:
    """The days before holidays that are none themselves; the last of them is New Year's Eve."""
    for day in holidays:
        eve = day - timedelta(days=1)
        if eve not in holidays and eve.year == year:
            yield eve


def _said(day: date) -> str:
    return f"{day:%d.%m.%Y}"
