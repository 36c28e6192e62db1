"""A year's certificates and money, as the ledger holds them: by district, month, kind of provider and source."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from sqlalchemy import ColumnElement, and_, func, select

from scheduling.budgets.tables import Budget
from scheduling.certificates.tables import Certificate, CertificateLine
from scheduling.db import Tx
from scheduling.glance.counting import Cells
from scheduling.glance.hiding import ALL, Key
from scheduling.ledger.tables import LedgerAccount
from scheduling.people import Institution

# A paper that was replaced lives on in the one that replaced it: what was left of it is there, and what sessions took
# of it stays on the old paper's lines.
NOT_COUNTED = ("forming", "replaced")
TAKEN = ("reserved", "consumed")
USED, UNUSED = "used", "unused"
State = Literal["issued", "reserved", "consumed", "expired"]
STATES: tuple[State, ...] = get_args(State)


@dataclass
class Behind:
    """Whose certificates some money or units are: by its source, the kind of the provider chosen, and the unit."""

    sources: Cells
    kinds: Cells
    units: Cells


@dataclass
class Certificates:
    """`sessions` of the cells are certificates here. Kinds: those of the providers chosen, "" for none yet. `behind`:
    of whom units are reserved, consumed or expired, and (issued) all holders."""

    months: Cells
    kinds: Cells
    usage: Cells
    behind: Mapping[State, Behind]
    providers: dict[tuple[int | None, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    """Whom the holders of a district, or of all (None), chose, by kind."""
    units: dict[tuple[int, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Balances of the lines by district and unit: outside, available, reserved, consumed, expired."""


@dataclass
class Money:
    """Kopecks by (district, source) of the districts' own budgets, and by (district, kind) of their providers'."""

    own: dict[tuple[int, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    providers: dict[tuple[int, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


@dataclass(frozen=True, slots=True)
class _Paper:
    id: int
    client: int
    district: int
    issued_on: date | None
    source: str
    provider: int | None
    kind: str


async def certificates(tx: Tx, year: int, district: int | None) -> Certificates:
    """Those of the year's money, whatever has become of them."""
    these = and_(Certificate.year == year, Certificate.status.not_in(NOT_COUNTED))
    if district is not None:
        these = and_(these, Certificate.district_id == district)
    query = (
        select(
            *(Certificate.id, Certificate.client_id, Certificate.district_id, Certificate.issued_on),
            *(Certificate.source, Certificate.provider_id, Institution.kind),
        )
        .outerjoin(Institution, Institution.id == Certificate.provider_id)
        .where(these)
    )
    papers = {row[0]: _Paper(*row[:6], row[6] or "") for row in await tx.execute(query)}
    taken, units = await _balances(tx, year, district)
    used = {number for number, _ in taken["consumed"]}
    found = Certificates(
        months=_cells(
            (paper, paper.issued_on.year * 100 + paper.issued_on.month) for paper in papers.values() if paper.issued_on
        ),
        kinds=_cells((paper, paper.kind) for paper in papers.values()),
        usage=_cells((paper, USED if paper.id in used else UNUSED) for paper in papers.values()),
        behind={
            state: _behind([(papers[number], unit) for number, unit in taken[state] if number in papers])
            for state in STATES
        },
        units=units,
    )
    for paper in papers.values():
        if paper.provider is not None:
            found.providers[paper.district, paper.kind].add(paper.provider)
            found.providers[ALL, paper.kind].add(paper.provider)
    return found


async def newest_year(tx: Tx, running: int) -> int:
    """The newest year of which there are certificates: in January there is little to show of the running one."""
    newest = select(func.max(Certificate.year)).where(Certificate.year <= running)
    return await tx.scalar(newest.where(Certificate.status.not_in(NOT_COUNTED))) or running


async def money(tx: Tx, year: int, district: int | None) -> Money:
    query = (
        select(Budget.district_id, Budget.source, Institution.kind, LedgerAccount.kind, LedgerAccount.balance)
        .join(LedgerAccount, LedgerAccount.budget_id == Budget.id)
        .outerjoin(Institution, Institution.id == Budget.provider_id)
        .where(Budget.year == year)
    )
    found = Money()
    for home, source, provider_kind, kind, balance in await tx.execute(query):
        if district not in {None, home}:
            continue
        held = found.own[home, source] if provider_kind is None else found.providers[home, provider_kind]
        held[kind] += balance
    return found


def _cells(papers: Iterable[tuple[_Paper, int | str]]) -> Cells:
    """Certificates and their holders in cells; here people are counted at every edge."""
    who: dict[Key, set[int]] = defaultdict(set)
    found = Cells()
    for paper, column in papers:
        for key in ((paper.district, column), (paper.district, ALL), (ALL, column), (ALL, ALL)):
            who[key].add(paper.client)
            found.sessions[key] += 1
    found.people = {key: len(clients) for key, clients in who.items()}
    return found


def _behind(papers: Collection[tuple[_Paper, str]]) -> Behind:
    """Papers with a unit of theirs; one may have several."""
    return Behind(
        sources=_cells((paper, paper.source) for paper, _ in papers),
        kinds=_cells((paper, paper.kind) for paper, _ in papers),
        units=_cells(papers),
    )


async def _balances(
    tx: Tx, year: int, district: int | None
) -> tuple[dict[State, set[tuple[int, str]]], dict[tuple[int, str], Counter[str]]]:
    """By state the certificates with a unit of which there is some, and what there is of each unit in a district."""
    these = and_(Certificate.year == year, Certificate.status != "forming")
    if district is not None:
        these = and_(these, Certificate.district_id == district)
    heirs = await _heirs(tx, these)
    whose = (Certificate.id, Certificate.status, Certificate.district_id)
    query = (
        select(*whose, LedgerAccount.unit, LedgerAccount.kind, LedgerAccount.balance)
        .join(CertificateLine, CertificateLine.certificate_id == Certificate.id)
        .join(LedgerAccount, LedgerAccount.line_id == CertificateLine.id)
        .where(these, LedgerAccount.balance != 0)
    )
    taken: dict[State, set[tuple[int, str]]] = {state: set() for state in STATES}
    units: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for number, status, home, unit, kind, balance in await tx.execute(query):
        if status == "replaced" and kind not in TAKEN:
            continue
        units[home, unit][kind] += balance
        if status == "replaced":  # what is left of the grant: the rest was granted to the next paper again
            units[home, unit]["outside"] -= balance
        taken["issued"].add((heirs.get(number, number), unit))
        if kind in taken:
            taken[kind].add((heirs.get(number, number), unit))
    return taken, units


async def _heirs(tx: Tx, these: ColumnElement[bool]) -> dict[int, int]:
    """The paper that stands now in the place of each that was replaced."""
    pairs = select(Certificate.replaces_id, Certificate.id).where(these, Certificate.replaces_id.is_not(None))
    following = {old: new for old, new in await tx.execute(pairs) if old is not None}
    found = {}
    for old, new in following.items():
        last = new
        while last in following:
            last = following[last]
        found[old] = last
    return found
