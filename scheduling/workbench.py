"""The workbench of standards: for each indicator how it really was, and what share of sessions a norm would have met.

Spans are whole months: two answers never differ by one day. Of a group with fewer than `least` people nothing is told,
nor of the next one from which it would follow: within an answer, between its districts, institutions and versions, and
between the region's and those of its parts (`glance.hiding`). What that does not stop: two spans that differ by a month
with few people in it, and sessions of one person who is known otherwise. Only analysts ask.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress
from operator import itemgetter
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select

from scheduling.db import Tx
from scheduling.glance.hiding import ALL, Key, hidden
from scheduling.glance.report import middle
from scheduling.measured import Measured

Indicator = Literal[
    "waiting_days", "length_min", "both_share", "late_min", "video_share", "course_sessions", "satisfaction"
]
INDICATORS: tuple[Indicator, ...] = get_args(Indicator)
Group = Literal["district", "provider", "version"]
GROUPS: tuple[Group, ...] = get_args(Group)
CROSSED: tuple[tuple[Group, Group], ...] = (("district", "provider"), ("district", "version"), ("provider", "version"))
Edge = tuple[Group | None, int | None]
"""A district, an institution or a version by its number, or everybody."""
EVERYBODY: Edge = (None, None)


@dataclass(frozen=True, slots=True)
class Scale:
    """How an indicator is shown: from `first` to `last` in bins of `width`, what is beyond in the outer ones.
    `step` is that of the slider; `most`: a norm asks for at most so much, else for at least."""

    first: int
    last: int
    width: int
    step: int
    most: bool = False


SCALES: Mapping[Indicator, Scale] = {
    "waiting_days": Scale(0, 30, 1, 1, most=True),
    "length_min": Scale(0, 75, 5, 1),
    "both_share": Scale(0, 1000, 100, 10),
    "late_min": Scale(0, 15, 1, 1, most=True),
    "video_share": Scale(0, 1000, 100, 10),
    "course_sessions": Scale(0, 15, 1, 1),
    "satisfaction": Scale(100, 500, 50, 10),
}
# Of a session that broke off or was not held, these say nothing about the standard.
OF_HELD: frozenset[Indicator] = frozenset(("length_min", "both_share", "video_share"))
COLUMNS: Mapping[Group, Any] = {
    "district": Measured.district_id,
    "provider": Measured.provider_id,
    "version": Measured.standard_id,
}

Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A service in whole months from `since` to `until`, of the region or one district or institution of it."""

    code: str
    since: date
    until: date
    district: int | None = None
    provider: int | None = None

    @property
    def where(self) -> ColumnElement[bool]:
        """The region's sessions, of whatever part."""
        return and_(Measured.code == self.code, Measured.day.between(self.since, self.until))

    @property
    def group(self) -> Group:
        return "provider" if self.provider is not None else "district"

    @property
    def part(self) -> int | None:
        """The district or institution that is asked for alone."""
        return self.provider if self.provider is not None else self.district


@dataclass(frozen=True, slots=True)
class Spread:
    """How it was: every value with the number of its sessions, ascending. `withheld`: too few people, nothing is
    told; `merged`: so many small groups as one."""

    id: int | None
    pairs: Pairs
    withheld: bool = False
    merged: int = 1

    @property
    def sessions(self) -> int:
        return sum(count for _, count in self.pairs)

    def quantile(self, share: float) -> float | None:
        return middle(Counter(dict(self.pairs)), share) if self.pairs else None


def bins(indicator: Indicator, pairs: Pairs) -> list[tuple[int, int, int]]:
    """From, to (both included) and how many: always the same edges, so that two pictures can be laid side by side."""
    scale = SCALES[indicator]
    starts = range(scale.first, scale.last + 1, scale.width)
    counts = Counter[int]()
    for value, count in pairs:
        counts[min(max(value, scale.first), scale.last) // scale.width * scale.width] += count
    return [(start, start + scale.width - 1, counts[start]) for start in starts]


def met(indicator: Indicator, pairs: Pairs, norm: int) -> float | None:
    """The share of sessions, 0…1, that a norm would have met; None: there are none."""
    whole = sum(count for _, count in pairs)
    if not whole:
        return None
    most = SCALES[indicator].most
    return sum(count for value, count in pairs if (value <= norm if most else value >= norm)) / whole


@dataclass(frozen=True, slots=True)
class Counted:
    """How many different people stand behind an indicator, in each district, institution and version and in all
    (`EVERYBODY`), and of which of those nothing is told."""

    people: Mapping[Edge, int]
    silent: frozenset[Edge]

    def tells(self, edge: Edge) -> bool:
        return self.people.get(edge, 0) > 0 and edge not in self.silent


@dataclass(frozen=True, slots=True)
class Sessions:
    """The region's sessions of a service in a span, column by column, as text: "" where nothing was measured. A hundred
    thousand come in one row; rows of their own took longer than all that is counted here."""

    own: Mapping[Group, Sequence[str]]
    values: Mapping[Indicator, Sequence[str]]
    people: Sequence[Sequence[str]]
    """Each once: districts, institutions, versions and clients; `whose` says of each session which."""
    whose: Sequence[int]
    kept: dict[frozenset[int], Counted] = field(default_factory=dict)

    def counted(self, indicator: Indicator, least: int) -> Counted:
        """Kept: the same people stand behind most indicators, and an answer asks for each of its groups."""
        who = frozenset(compress(self.whose, self.values[indicator]))
        if who not in self.kept:
            self.kept[who] = _counted([list(map(column.__getitem__, who)) for column in self.people], least)
        return self.kept[who]

    def pairs(self, indicator: Indicator) -> Pairs:
        return _ascending(Counter(filter(None, self.values[indicator])))

    def grouped(self, indicator: Indicator, group: Group) -> dict[int, Counter[int]]:
        values, found = self.values[indicator], defaultdict[int, Counter[int]](Counter)
        for (own, value), count in Counter(compress(zip(self.own[group], values, strict=True), values)).items():
            found[int(own)][int(value)] = count
        return found


async def gather(tx: Tx, asked: Asked, some: Sequence[Indicator] = INDICATORS) -> Sessions:
    """All that the answers about these indicators are counted from, also of the districts that were not asked for:
    what is told of one depends on the others."""
    columns = (*(COLUMNS[group] for group in GROUPS), Measured.client_id, *map(_value, some))
    known = or_(*(_value(name).is_not(None) for name in some))
    texts = (func.aggregate_strings(func.coalesce(cast(column, String), ""), ",") for column in columns)
    found = (await tx.execute(select(*texts).where(asked.where, known))).one()
    parts = [text.split(",") if text is not None else [] for text in found]
    at = len(GROUPS)
    people: dict[tuple[str, ...], int] = {}
    whose = [people.setdefault(each, len(people)) for each in zip(*parts[: at + 1], strict=True)]
    own, values = zip(GROUPS, parts[:at], strict=True), zip(some, parts[at + 1 :], strict=True)
    return Sessions(dict(own), dict(values), [[each[n] for each in people] for n in range(at + 1)], whose)


def overview(sessions: Sessions, asked: Asked, *, least: int) -> dict[Indicator, Spread]:
    """The indicators of the whole that is asked for."""
    edge: Edge = (asked.group, asked.part) if asked.part is not None else EVERYBODY
    found = {}
    for indicator in sessions.values:
        counted = sessions.counted(indicator, least)
        nobody = edge == EVERYBODY and not counted.people
        told = nobody or counted.tells(edge)
        found[indicator] = Spread(None, _pairs(sessions, indicator, asked) if told else (), withheld=not told)
    return found


def groups(sessions: Sessions, asked: Asked, indicator: Indicator, group: Group, *, least: int) -> list[Spread]:
    """One indicator by district, institution or version of the standard, the most sessions first; what is not told
    stands together at the end. Of a part of the region nothing is told group by group."""
    counted = sessions.counted(indicator, least)
    if asked.part is not None or not counted.tells(EVERYBODY):
        return []
    pairs = sessions.grouped(indicator, group)
    rows = [Spread(number, _ascending(pairs[number])) for number in pairs if counted.tells((group, number))]
    rows.sort(key=lambda row: (-row.sessions, row.id))
    small = [number for number in pairs if not counted.tells((group, number))]
    behind = [counted.people[group, each] for each in small]
    return rows + ([_together([pairs[each] for each in small], behind, group, least)] if small else [])


def _together(parts: Sequence[Counter[int]], behind: Sequence[int], group: Group, least: int) -> Spread:
    """Those of which nothing is told as one, where so many different people stand in them for sure."""
    if (sum(behind) if group == "district" else max(behind)) < least:
        return Spread(None, (), withheld=True, merged=len(parts))
    return Spread(None, sorted(sum(parts, Counter[int]()).items()), merged=len(parts))


def _counted(who: Sequence[Sequence[str]], least: int) -> Counted:
    """One answer tells of districts, of institutions and of versions, and each less the others may leave a few people:
    so what is not told is decided on what lies where they cross, which nobody is told, until all three agree."""
    people, tables = _tables(who)
    silent: set[Edge] = set()
    before = -1
    while len(silent) != before:
        before = len(silent)
        for (one, other), counts in tables.items():
            also = [_key(edge, one) for edge in silent if edge[0] in {one, other, None}]
            taken = hidden(counts, least, also=also, apart=one == "district")
            silent.update(_edge(key, one, other) for key in taken if ALL in key)
    return Counted(people, frozenset(silent))


def _tables(who: Sequence[Sequence[str]]) -> tuple[dict[Edge, int], dict[tuple[Group, Group], dict[Key, int]]]:
    """How many different people there are, and how many where two groups cross, with the sums of both."""
    *columns, clients = who
    if not clients:
        return {}, {}
    own = dict(zip(GROUPS, columns, strict=True))
    people: dict[Edge, int] = {EVERYBODY: len(set(clients))}
    for group in GROUPS:
        people.update({(group, int(number)): count for number, count in _different(own[group], clients).items()})
    tables = {}
    for one, other in CROSSED:
        first, second = ({number for group, number in people if group == each} for each in (one, other))
        cells: dict[Key, int]
        if len(second) == 1:  # mostly there is one version: what took longest need not be counted
            cells = {(number, each): people[one, number] for number in first for each in second}
        else:
            crossed = _different(zip(own[one], own[other], strict=True), clients)
            cells = {(int(here), int(there)): count for (here, there), count in crossed.items()}
        sums = {_key(edge, one): count for edge, count in people.items() if edge[0] in {one, other, None}}
        tables[one, other] = cells | sums
    return people, tables


def _different(own: Iterable[Any], clients: Iterable[str]) -> Counter[Any]:
    """How many different people there are in each."""
    return Counter(map(itemgetter(0), set(zip(own, clients, strict=True))))


def _key(edge: Edge, one: Group) -> Key:
    """An edge as it is called in the table of `one` across."""
    group, number = edge
    return (number, ALL) if group in {one, None} else (ALL, number)


def _edge(key: Key, one: Group, other: Group) -> Edge:
    first, second = key
    if first is not ALL:
        return one, first
    return (other, int(second)) if second is not ALL else EVERYBODY


def _pairs(sessions: Sessions, indicator: Indicator, asked: Asked) -> Pairs:
    if asked.part is None:
        return sessions.pairs(indicator)
    return _ascending(sessions.grouped(indicator, asked.group)[asked.part])


def _ascending(counts: Mapping[str, int] | Mapping[int, int]) -> Pairs:
    return sorted((int(value), count) for value, count in counts.items())


def _value(indicator: Indicator) -> ColumnElement[int | None]:
    column = getattr(Measured, indicator)
    return case((Measured.outcome == "took_place", column)) if indicator in OF_HELD else column


def whole_months(since: date, until: date) -> tuple[date, date]:
    """The span widened to the first day of its first and the last day of its last month."""
    following = date(until.year + until.month // 12, until.month % 12 + 1, 1)
    return since.replace(day=1), date.fromordinal(following.toordinal() - 1)
