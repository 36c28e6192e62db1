"""What a year's sessions were, counted by the database: by district and month, mode, reason, wait and provider."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from scheduling.db import Tx
from scheduling.glance.hiding import ALL, Key
from scheduling.measured import Measured
from scheduling.standards import ServiceStandard

HELD = Measured.outcome == "took_place"
NOT_HELD = ("missed", "client_gave_up", "specialist_late", "failed_technically", "cancelled")
PEOPLE = func.count(Measured.client_id.distinct())
MODES = ("video", "voice", "phone", "in_person")
# Why a session was not held, as it was: by whose doing, or by whose word it was called off.
REASONS = (
    *("missed", "client_gave_up", "specialist_late", "failed_technically"),
    *("client_asked", "specialist_absent", "office", "mistake"),
)


@dataclass
class Cells:
    """People and what they had, by district and column; `Key` names a cell, an edge (ALL) or everything."""

    people: dict[Key, int] = field(default_factory=dict)
    sessions: Counter[Key] = field(default_factory=Counter)
    minutes: Counter[Key] = field(default_factory=Counter)
    kopecks: Counter[Key] = field(default_factory=Counter)

    def add(
        self, district: int, column: int | str, *, people: int, sessions: int, minutes: int = 0, kopecks: int = 0
    ) -> None:
        """A cell; its edges add up, but for people: somebody may stand in several columns."""
        self.people[district, column] = people
        self.people[ALL, column] = self.people.get((ALL, column), 0) + people
        for key in ((district, column), (district, ALL), (ALL, column), (ALL, ALL)):
            self.sessions[key] += sessions
            self.minutes[key] += minutes
            self.kopecks[key] += kopecks

    def pay(self, district: int, column: int | str, kopecks: int) -> None:
        """What was paid for that was not held."""
        for key in ((district, column), (district, ALL), (ALL, column), (ALL, ALL)):
            self.kopecks[key] += kopecks

    def people_of(self, districts: Mapping[int, int]) -> None:
        """How many different people stand in each district."""
        for district, people in districts.items():
            self.people[district, ALL] = people
        self.people[ALL, ALL] = sum(districts.values())


@dataclass
class Waits:
    """Of how many sessions it is known, after how many days, how many had a deadline and how many kept it."""

    people: dict[int, int] = field(default_factory=dict)
    days: dict[int, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    due: Counter[int] = field(default_factory=Counter)
    kept: Counter[int] = field(default_factory=Counter)


@dataclass
class Sessions:
    months: Cells
    modes: Cells
    reasons: Cells
    waits: Waits
    providers: Cells
    """Districts taken together, under 0."""
    homes: dict[int, set[int]]
    """From which districts the people of each provider come."""
    payers: dict[Key, int]
    """By district and month those of whose sessions something was paid, held or not: no fewer than are counted."""


async def sessions(tx: Tx, year: int, district: int | None) -> Sessions:
    """All of the region, or of one district alone. Each figure is counted along an index that has its rows in order."""
    span = and_(Measured.year == year, _here(district))
    met = await _people(tx, span, HELD, Measured.because == "")
    months = await _months(tx, span)
    months.people_of(met)
    modes = await _by(tx, span, (Measured.outcome, Measured.mode), ("took_place",), MODES)
    modes.people_of(met)
    reasons = await _by(tx, span, (Measured.outcome, Measured.because), NOT_HELD, REASONS)
    # Of an expression, or SQLite would look for these few among all of their districts.
    reasons.people_of(await _people(tx, span, Measured.outcome.in_(NOT_HELD), by=Measured.district_id + 0))
    providers, homes = await _providers(tx, span)
    return Sessions(months, modes, reasons, await _waits(tx, span), providers, homes, await _payers(tx, span))


def _here(district: int | None) -> ColumnElement[bool]:
    return Measured.district_id == district if district is not None else true()


async def _people(
    tx: Tx, *where: ColumnElement[bool], by: ColumnElement[int] | InstrumentedAttribute[int] = Measured.district_id
) -> dict[int, int]:
    """How many different people there are in each district."""
    query = select(by, PEOPLE).where(*where).group_by(by)
    return {home: people for home, people in await tx.execute(query)}  # noqa: C416 - rows are no pairs to mypy


async def _months(tx: Tx, span: ColumnElement[bool]) -> Cells:
    cells = (Measured.outcome, Measured.district_id, Measured.month)
    sums = func.sum(Measured.length_min), func.sum(Measured.paid_kopecks)
    query = select(*cells, PEOPLE, func.count(), *sums).where(span).group_by(*cells)
    found = Cells()
    for outcome, home, month, people, count, minutes, kopecks in await tx.execute(query):
        if outcome == "took_place":
            found.add(home, month, people=people, sessions=count, minutes=minutes or 0, kopecks=kopecks or 0)
        elif kopecks:
            found.pay(home, month, kopecks)
    return found


async def _by(
    tx: Tx,
    span: ColumnElement[bool],
    columns: tuple[InstrumentedAttribute[str], InstrumentedAttribute[str]],
    outcomes: Sequence[str],
    names: Sequence[str],
) -> Cells:
    """People and sessions by the second column, or by the outcome where that is empty."""
    cells = (*columns, Measured.district_id)
    query = select(*cells, PEOPLE, func.count()).where(span, Measured.outcome.in_(outcomes)).group_by(*cells)
    found = Cells()
    for outcome, own, home, people, count in await tx.execute(query):
        if (own or outcome) in names:
            found.add(home, own or outcome, people=people, sessions=count)
    return found


async def _waits(tx: Tx, span: ColumnElement[bool]) -> Waits:
    found = Waits()
    known = and_(span, Measured.waiting_days.is_not(None))
    rows = await tx.execute(
        select(
            Measured.district_id,
            Measured.waiting_days,
            ServiceStandard.deadline_days,
            func.count(),
        )
        .join(ServiceStandard, ServiceStandard.id == Measured.standard_id)
        .where(known)
        .group_by(Measured.district_id, Measured.waiting_days, ServiceStandard.deadline_days)
    )
    for home, days, deadline, count in rows:
        found.days[home][days or 0] += count
        if deadline is not None:
            found.due[home] += count
            found.kept[home] += count * ((days or 0) <= deadline)
    found.people = await _people(tx, known)
    return found


async def _providers(tx: Tx, span: ColumnElement[bool]) -> tuple[Cells, dict[int, set[int]]]:
    """Of the whole alone: by district and provider there would be little but hidden cells."""
    found, homes = Cells(), defaultdict[int, set[int]](set)
    each = select(
        Measured.provider_id,
        PEOPLE,
        func.count(),
        func.sum(Measured.length_min),
    )
    for provider, people, count, minutes in await tx.execute(each.where(span, HELD).group_by(Measured.provider_id)):
        found.add(0, provider, people=people, sessions=count, minutes=minutes or 0)
    pairs = select(Measured.provider_id, Measured.district_id).where(span, HELD).distinct()
    for provider, home in await tx.execute(pairs):
        homes[provider].add(home)
    return found, homes


async def _payers(tx: Tx, span: ColumnElement[bool]) -> dict[Key, int]:
    """Counted by outcome as well, as the index has them in order; of two outcomes the larger stands for both, a guess
    from below, which hides no less."""
    cells = (Measured.outcome, Measured.district_id, Measured.month)
    query = select(*cells, PEOPLE).where(span, Measured.paid_kopecks > 0).group_by(*cells)
    found: dict[Key, int] = {}
    for _, home, month, people in await tx.execute(query):
        found[home, month] = max(people, found.get((home, month), 0))
    return found
