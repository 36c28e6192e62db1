"""Acts as people look at them: a year's months by provider with what waits for them, and one act with its lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, String, and_, case, cast, func, not_, or_, select

from scheduling.access import Actor
from scheduling.acts.making import seen
from scheduling.acts.proposing import AGREED
from scheduling.acts.tables import Act, ActLine, Rendered
from scheduling.certificates.tables import Certificate
from scheduling.db import Tx
from scheduling.people import Account, Client, District, Institution

Place = tuple[int, int, str, int, date]


@dataclass(frozen=True)
class Standing:
    """An act as a line of an overview; `kopecks` is its sum."""

    id: int
    number: str | None
    status: str
    lines: int
    kopecks: int


@dataclass(frozen=True)
class Cell:
    """A month of one provider, district, source and budget year: the acts that stand, and the sessions of this month
    that stand on none: agreed upon (`ready`), waiting for a word, disputed. `corrections` are signed lines that hold no
    more."""

    place: Place
    acts: list[Standing] = field(default_factory=list)
    ready: int = 0
    ready_kopecks: int = 0
    proposed: int = 0
    disputed: int = 0
    corrections: int = 0


@dataclass(frozen=True)
class Line:
    """A line of an act with the names that belong to it; `corrects` is the number of the act and the line in it."""

    line: ActLine
    client: str
    certificate: str
    corrects: tuple[str, int] | None


@dataclass(frozen=True)
class Whole:
    """An act with all that stands on it."""

    act: Act
    provider: Institution
    district: District
    made_by: str
    signed_by: str | None
    lines: list[Line]


async def year(tx: Tx, actor: Actor, year: int, *, district: int | None) -> list[Cell]:
    """The months of a calendar year that had sessions on certificates, in order."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    cells: dict[Place, Cell] = {}
    for place, acts in (await _acts(tx, actor, first, last, district)).items():
        cells[place] = Cell(place, acts=acts)
    for place, state, standing, differs, many, kopecks in await _sessions(tx, actor, first, last, district):
        cells[place] = _with(cells.get(place, Cell(place)), state, standing, differs, many, kopecks)
    return [each for _, each in sorted(cells.items()) if each != Cell(each.place)]


async def whole(tx: Tx, actor: Actor, act_id: int) -> Whole:
    """One act. Refused: `not_found`."""
    act = await seen(tx, actor, act_id)
    corrected = select(ActLine.id, ActLine.n, Act.number).join(Act, Act.id == ActLine.act_id).subquery()
    statement = (
        select(ActLine, Client.name, Certificate.number, corrected.c.number, corrected.c.n)
        .join(Client, Client.id == ActLine.client_id)
        .join(Certificate, Certificate.id == ActLine.certificate_id)
        .outerjoin(corrected, corrected.c.id == ActLine.corrects_id)
        .where(ActLine.act_id == act_id)
        .order_by(ActLine.n)
    )
    lines = [
        Line(line, client, certificate, (number, n) if number is not None else None)
        for line, client, certificate, number, n in await tx.execute(statement)
    ]
    who = await _names(tx, [act.made_by, act.signed_by])
    return Whole(
        act,
        await tx.get_one(Institution, act.provider_id),
        await tx.get_one(District, act.district_id),
        who.get(act.made_by, ""),
        who.get(act.signed_by or 0),
        lines,
    )


async def names(tx: Tx, cells: Sequence[Cell]) -> tuple[dict[int, Institution], dict[int, District]]:
    """The providers and districts of an overview, by number."""
    providers = await tx.scalars(select(Institution).where(Institution.id.in_({each.place[0] for each in cells})))
    districts = await tx.scalars(select(District).where(District.id.in_({each.place[1] for each in cells})))
    return {each.id: each for each in providers}, {each.id: each for each in districts}


def _with(cell: Cell, state: str, standing: bool, differs: bool, many: int, kopecks: int) -> Cell:
    if standing:
        return replace(cell, corrections=cell.corrections + many) if differs else cell
    if state in AGREED:
        return replace(cell, ready=cell.ready + many, ready_kopecks=cell.ready_kopecks + kopecks)
    if state == "withdrawn":
        return cell
    waiting = {"proposed": cell.proposed, "disputed": cell.disputed}
    return replace(cell, **{state: waiting[state] + many})  # type: ignore[arg-type]  # one of the two counts


def _reach(actor: Actor, district: int | None, column: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """An officer's own district, an analyst's whole region or the one asked for."""
    if "analyst" in actor.roles:
        return [column == district] if district is not None else []
    return [column == (actor.district_id if district in {None, actor.district_id} else -1)]


async def _acts(tx: Tx, actor: Actor, first: date, last: date, district: int | None) -> Mapping[Place, list[Standing]]:
    statement = (
        select(Act, func.count(ActLine.id), func.coalesce(func.sum(ActLine.sum_kopecks), 0))
        .outerjoin(ActLine, ActLine.act_id == Act.id)
        .where(Act.month.between(first, last), *_reach(actor, district, Act.district_id))  # type: ignore[arg-type]
        .group_by(Act.id)
        .order_by(Act.id)
    )
    found: dict[Place, list[Standing]] = {}
    for act, lines, kopecks in await tx.execute(statement):
        place = (act.provider_id, act.district_id, act.source, act.year, act.month)
        number = act.number if act.status == "signed" else None
        found.setdefault(place, []).append(Standing(act.id, number, act.status, lines, int(kopecks)))
    return found


async def _sessions(
    tx: Tx, actor: Actor, first: date, last: date, district: int | None
) -> Iterable[tuple[Place, str, bool, bool, int, int]]:
    """Sessions on certificates by month and state: whether they stand on an act, and whether it says something else."""
    on_acts = (
        select(
            ActLine.booking_id,
            func.sum(ActLine.sum_kopecks).label("kopecks"),
            func.sum(ActLine.quantity).label("quantity"),
            func.sum(ActLine.minutes).label("minutes"),
        )
        .group_by(ActLine.booking_id)
        .subquery()
    )
    month = func.substr(cast(Rendered.day, String), 1, 7)
    agreed = Rendered.state.in_(AGREED)
    due = and_(agreed, Rendered.quantity != 0)  # as `due.agreed` has it: of what was settled as nothing, nothing is due
    differs = case(
        (Rendered.state.in_(("proposed", "disputed")), 0),
        (on_acts.c.kopecks != case((due, Rendered.sum_kopecks), else_=0), 1),
        (on_acts.c.quantity != case((due, Rendered.quantity), else_=0), 1),
        (on_acts.c.minutes != case((due, Rendered.actual_min), else_=0), 1),
        else_=0,
    )
    standing = case((on_acts.c.booking_id.is_(None), 0), else_=1)
    place = (Rendered.provider_id, Rendered.district_id, Rendered.source, Rendered.year, month)
    counted = (standing, differs, func.count(), func.sum(Rendered.sum_kopecks))
    statement = (
        select(*place, Rendered.state, *counted)
        .outerjoin(on_acts, on_acts.c.booking_id == Rendered.booking_id)
        .where(
            Rendered.day.between(first, last),
            Rendered.line_id.is_not(None),
            or_(due, not_(agreed), on_acts.c.booking_id.is_not(None)),
            *_reach(actor, district, Rendered.district_id),  # type: ignore[arg-type]
        )
        .group_by(*place, Rendered.state, standing, differs)
    )
    return [
        (
            (*whose, date.fromisoformat(f"{when}-01")),  # provider, district, source, year
            *(state, bool(stands), bool(wrong), many, int(kopecks)),
        )
        for *whose, when, state, stands, wrong, many, kopecks in await tx.execute(statement)
    ]


async def _names(tx: Tx, accounts: Sequence[int | None]) -> dict[int, str]:
    wanted = [each for each in accounts if each is not None]
    rows = await tx.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {number: name for number, name in rows}  # noqa: C416 - rows are no pairs
