"""The pilot at a glance: what was done in a year and what it cost, without names, of the region or of one district."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from scheduling.db import Tx
from scheduling.glance import counting, paid
from scheduling.glance.counting import MODES, REASONS, Cells
from scheduling.glance.hiding import ALL, Key, edges, hidden, hidden_together
from scheduling.glance.opened import Opened
from scheduling.glance.paid import State

HOUR = 60


@dataclass(frozen=True, slots=True)
class Part:
    """People and what they had; all None: too few, or it would tell of another that has too few."""

    key: int | str
    people: int | None
    sessions: int | None
    minutes: int | None
    kopecks: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of `sessions` first sessions the median of days; of those with a deadline the share, 0…1, that kept it."""

    sessions: int
    median: float
    within: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A district of the region, or several taken together: `merged` says how many."""

    id: int | None
    merged: int
    held: Part
    missed: int | None
    waiting: Waiting | None
    certificates: int | None
    to_ngo: int | None


@dataclass(frozen=True, slots=True)
class Provider:
    """`open_minutes`: how long its specialists, `specialists` of them, were to be had."""

    id: int
    specialists: int
    open_minutes: int
    held: Part


@dataclass(frozen=True, slots=True)
class Issued:
    """Certificates and their holders; `kinds`: of which providers they chose, "" for none yet."""

    certificates: int | None
    people: int | None
    months: Sequence[Part]
    kinds: Sequence[Part]
    providers: Mapping[str, int]
    used: int | None
    used_people: int | None
    units: Mapping[str, Mapping[str, int | None]]


@dataclass(frozen=True, slots=True)
class Purse:
    """Kopecks of a source, or of the providers of a kind. All None but what was planned: too few certificates, or too
    few of which anything was used; `reserved` or `expired` None: of too few, it stands in `issued`."""

    name: str
    planned: int
    issued: int | None
    reserved: int | None
    consumed: int | None
    expired: int | None
    left: int | None


@dataclass(frozen=True, slots=True)
class Glance:
    """`withheld`: the whole district has too few people, or would tell of another that has."""

    year: int
    district: int | None
    withheld: bool
    held: Part
    missed: Part
    waiting: Waiting | None
    months: Sequence[Part]
    modes: Sequence[Part]
    reasons: Sequence[Part]
    districts: Sequence[Row]
    providers: Sequence[Provider]
    issued: Issued
    sources: Sequence[Purse]
    support: Sequence[Purse]


@dataclass(frozen=True)
class _Year:
    """All that was counted."""

    sessions: counting.Sessions
    papers: paid.Certificates
    money: paid.Money
    least: int


@dataclass(frozen=True)
class _Taken:
    """What is not told of each table. Decided for all at once: what one of them hides, another would give away."""

    months: frozenset[Key]
    modes: frozenset[Key]
    reasons: frozenset[Key]
    waits: frozenset[Key]
    paid: frozenset[Key]
    """Kopecks, by district and month."""
    issued: frozenset[Key]
    kinds: frozenset[Key]
    usage: frozenset[Key]
    sources: Mapping[State, frozenset[Key]]
    support: Mapping[State, frozenset[Key]]
    units: Mapping[State, frozenset[Key]]


async def at_a_glance(
    tx: Tx, year: int, *, district: int | None, alone: bool, opened: Opened, least: int, now: datetime
) -> Glance:
    """`alone`: only this district is looked at, by somebody who never sees the region; else what is hidden is decided
    for all districts at once."""
    span = district if alone else None
    counted = _Year(
        await counting.sessions(tx, year, span),
        await paid.certificates(tx, year, span),
        await paid.money(tx, year, span),
        least,
    )
    to_be_had = await opened.of(tx, year, now=now) if district is None or alone else {}
    return _report(counted, _taken(counted), year, district, to_be_had, now)


def _taken(counted: _Year) -> _Taken:
    """Held sessions by month and by mode come to the same sums, and so do certificates by month, kind and use, and
    money by month, source and kind. A district whose held sessions are not told is silent of the others as well."""
    sessions, papers, least = counted.sessions, counted.papers, counted.least
    months, modes = hidden_together([sessions.months.people, sessions.modes.people], least)
    silent = edges(months)
    holders, spent = papers.behind["issued"], papers.behind["consumed"]
    certificates = [papers.months, papers.kinds, papers.usage, holders.sources]
    issued, kinds, usage, sources = hidden_together([each.people for each in certificates], least)
    money = [_payers(sessions.payers, spent.sources), spent.sources.people, spent.kinds.people]
    of_months, of_sources, of_kinds = hidden_together(money, least, also=silent)
    of_source: dict[State, frozenset[Key]] = {"consumed": of_sources}
    of_kind: dict[State, frozenset[Key]] = {"consumed": of_kinds}
    kept_or_lost: tuple[State, ...] = ("reserved", "expired")
    for state in kept_or_lost:
        tables = papers.behind[state].sources.people, papers.behind[state].kinds.people
        of_source[state], of_kind[state] = hidden_together(tables, least)
    return _Taken(
        months=months,
        modes=modes,
        reasons=hidden(sessions.reasons.people, least, also=silent),
        waits=hidden(_waited(sessions.waits), least, also=silent),
        paid=of_months,
        issued=issued,
        kinds=kinds,
        usage=usage,
        sources={**of_source, "issued": sources | of_sources},
        support={**of_kind, "issued": kinds | of_kinds},
        units=_of_units(papers, usage, least),
    )


def _of_units(papers: paid.Certificates, usage: frozenset[Key], least: int) -> dict[State, frozenset[Key]]:
    """Each unit by itself: there are no sums of minutes and sessions. Where it is not told how many certificates were
    used, nothing is told of any unit, nor where too few have used of it."""
    few = {}
    for state in paid.STATES:
        few[state] = hidden(
            {key: count for key, count in papers.behind[state].units.people.items() if key[1] is not ALL}, least
        )
    silent = {district for district, column in usage if column == paid.USED}
    kinds = {unit for _, unit in papers.units}
    return few | {"issued": few["issued"] | few["consumed"] | {(each, unit) for each in silent for unit in kinds}}


def _payers(payers: Mapping[Key, int], spent: Cells) -> dict[Key, int]:
    """With their sums: of a district as many as its certificates say."""
    sums: dict[Key, int] = {}
    for (home, month), people in payers.items():
        for edge in ((home, ALL), (ALL, month), (ALL, ALL)):
            sums[edge] = max(people, sums.get(edge, 0), spent.people.get(edge, 0))
    return dict(payers) | sums


def _report(
    counted: _Year,
    taken: _Taken,
    year: int,
    district: int | None,
    opened: Mapping[int, tuple[int, int]],
    now: datetime,
) -> Glance:
    sessions = counted.sessions
    last = 12 if year < now.year else now.month
    months = [year * 100 + month for month in range(1, last + 1)]
    withheld = (district, ALL) in taken.months
    blank = frozenset((district, each) for each in (*months, *MODES, *REASONS, ALL) if withheld)
    return Glance(
        year=year,
        district=district,
        withheld=withheld,
        held=_part(sessions.months, (district, ALL), taken.months, taken.paid),
        missed=_part(sessions.reasons, (district, ALL), taken.reasons | blank),
        waiting=None if (district, ALL) in taken.waits | blank else _waiting(counted, district),
        months=[_part(sessions.months, (district, month), taken.months | blank, taken.paid) for month in months],
        modes=[_part(sessions.modes, (district, mode), taken.modes | blank) for mode in MODES],
        reasons=[_part(sessions.reasons, (district, reason), taken.reasons | blank) for reason in REASONS],
        districts=_districts(counted, taken) if district is None else (),
        providers=_providers(counted, taken, opened) if opened else (),
        issued=_issued(counted, taken, district, months),
        sources=_purses(counted.money.own, district, taken.sources),
        support=_purses(counted.money.providers, district, taken.support),
    )


def _part(cells: Cells, key: Key, taken: frozenset[Key], unpaid: frozenset[Key] = frozenset()) -> Part:
    """`unpaid`: where it is not told what was paid."""
    name = key[1] if key[1] is not None else ""
    if key in taken:
        return Part(name, None, None, None, None)
    kopecks = cells.kopecks[key] if key not in unpaid else None
    return Part(name, cells.people.get(key, 0), cells.sessions[key], cells.minutes[key], kopecks)


def _waited(waits: counting.Waits) -> dict[Key, int]:
    """Of how many it is known, by district and of all."""
    sums: dict[Key, int] = {(district, ALL): count for district, count in waits.people.items()}
    return sums | {(ALL, ALL): sum(waits.people.values())}


def _waiting(counted: _Year, district: int | None) -> Waiting | None:
    waits = counted.sessions.waits
    some = [each for each in waits.people if district in {None, each}]
    if not some:
        return None
    days = sum((waits.days[each] for each in some), Counter[int]())
    due, kept = (sum(figures[each] for each in some) for figures in (waits.due, waits.kept))
    return Waiting(days.total(), middle(days), kept / due if due else None)


def middle(values: Counter[int], share: float = 0.5) -> float:
    """The value below which `share` of all lie; the mean of two where it falls between them."""
    at = share * (values.total() - 1)
    low, passed, below = int(at), 0, 0.0
    for value in sorted(values):
        passed += values[value]
        if passed > low:
            below = value
            break
    if at == low or passed > low + 1:
        return float(below)
    above = min(value for value in values if value > below)
    return below + (above - below) * (at - low)


def _districts(counted: _Year, taken: _Taken) -> list[Row]:
    """Each that tells of itself, the most people first; the others as one."""
    sessions, papers = counted.sessions, counted.papers
    known = {
        district for cells in (sessions.months, papers.usage) for district, _ in cells.people if district is not None
    }
    rows, others = [], []
    for district in sorted(known, key=lambda each: (-sessions.months.sessions[each, ALL], each)):
        if (district, ALL) in taken.months:
            others.append(district)
            continue
        rows.append(
            Row(
                id=district,
                merged=1,
                held=_part(sessions.months, (district, ALL), taken.months, taken.paid),
                missed=_part(sessions.reasons, (district, ALL), taken.reasons).sessions,
                waiting=None if (district, ALL) in taken.waits else _waiting(counted, district),
                certificates=_part(papers.usage, (district, ALL), taken.usage).sessions,
                to_ngo=_part(papers.kinds, (district, "ngo"), taken.kinds).people,
            )
        )
    return rows + ([_others(counted, taken, others)] if others else [])


def _others(counted: _Year, taken: _Taken, districts: Sequence[int]) -> Row:
    """Those that are hidden, taken together: what the sum less the others says anyway. Of money the sum says it only
    where no other district is silent."""
    months = counted.sessions.months
    whole = sum(months.people.get((each, ALL), 0) for each in districts)
    if whole < counted.least:
        return Row(None, len(districts), Part("", None, None, None, None), None, None, None, None)
    sessions, minutes, kopecks = (
        sum(figures[each, ALL] for each in districts) for figures in (months.sessions, months.minutes, months.kopecks)
    )
    paid_for = sum(counted.papers.behind["consumed"].sources.people.get((each, ALL), 0) for each in districts)
    alone = {key[0] for key in edges(taken.paid)} == set(districts) and not 0 < paid_for < counted.least
    held = Part("", whole, sessions, minutes, kopecks if alone else None)
    return Row(None, len(districts), held, None, None, None, None)


def _providers(counted: _Year, taken: _Taken, opened: Mapping[int, tuple[int, int]]) -> list[Provider]:
    """None is told of that had people of a silent district: less the others it would tell of that one."""
    cells, homes = counted.sessions.providers, counted.sessions.homes
    people: dict[Key, int] = {key: count for key, count in cells.people.items() if key[0] == 0}
    people[0, ALL] = counted.sessions.months.people[ALL, ALL]
    silent = {district for district, _ in edges(taken.months)}
    of_providers = hidden(people, counted.least, also=[(0, each) for each, those in homes.items() if those & silent])
    rows = []
    for provider in {each for _, each in cells.people if isinstance(each, int)}:
        own = [minutes for institution, minutes in opened.values() if institution == provider]
        rows.append(Provider(provider, len(own), sum(own), _part(cells, (0, provider), of_providers)))
    return sorted(rows, key=lambda row: (-(row.held.minutes or 0), row.id))


def _issued(counted: _Year, taken: _Taken, district: int | None, months: Sequence[int]) -> Issued:
    papers = counted.papers
    whole = _part(papers.usage, (district, ALL), taken.usage)
    used = _part(papers.usage, (district, paid.USED), taken.usage)
    return Issued(
        certificates=whole.sessions,
        people=whole.people,
        months=[_part(papers.months, (district, month), taken.issued) for month in months],
        kinds=[_part(papers.kinds, (district, kind), taken.kinds) for kind in ("ngo", "state", "sole_trader", "")],
        providers={kind: len(those) for (home, kind), those in papers.providers.items() if home == district},
        used=used.sessions,
        used_people=used.people,
        units=_units(papers, district, taken.units),
    )


def _units(
    papers: paid.Certificates, district: int | None, taken: Mapping[State, frozenset[Key]]
) -> dict[str, dict[str, int | None]]:
    sums: dict[str, Counter[str]] = {}
    for (home, unit), balances in papers.units.items():
        if district in {None, home}:
            sums[unit] = sums.get(unit, Counter()) + Counter({kind: abs(sum_) for kind, sum_ in balances.items()})
    found = {}
    for unit, balances in sorted(sums.items()):
        own = _told(balances, "available", (district, unit), taken)
        granted = None if own["available"] is None else balances["outside"]
        found[unit] = {"granted": granted, **{kind: own[kind] for kind in ("available", *_OF_FEW)}}
    return found


_OF_FEW: Final[tuple[State, ...]] = ("reserved", "consumed", "expired")


def _told(held: Counter[str], rest: str, key: Key, taken: Mapping[State, frozenset[Key]]) -> dict[str, int | None]:
    """What is told of money or units: nothing; or what too few have reserved or lost stands with the rest, from which
    it could be taken otherwise."""
    if key in taken["issued"]:
        return dict.fromkeys((rest, *_OF_FEW))
    few = [state for state in _OF_FEW if key in taken[state]]
    told: dict[str, int | None] = {state: held[state] if state not in few else None for state in _OF_FEW}
    return told | {rest: held[rest] + sum(held[state] for state in few)}


def _purses(
    money: Mapping[tuple[int, str], Counter[str]], district: int | None, taken: Mapping[State, frozenset[Key]]
) -> list[Purse]:
    names = sorted({name for home, name in money if district in {None, home}})
    found = []
    for name in names:
        held = Counter[str]()
        for (home, own), balances in money.items():
            if own == name and district in {None, home}:
                held.update(balances)
        told = _told(held, "issued", (district, name), taken)
        left = None if told["issued"] is None else held["left"]
        found.append(Purse(name, -held["outside"], left=left, **told))
    return found
