"""The workbench of standards: how each indicator really was, and what share of sessions a norm would have met."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from pydantic import Field
from sqlalchemy import select

from scheduling import standards, workbench
from scheduling.errors import NotFound, invalid
from scheduling.people import District, Institution
from scheduling.standards import ServiceStandard
from scheduling.workbench import INDICATORS, SCALES, Asked, Group, Indicator, Spread
from server.api.glance import Place
from server.endpoint import Ask, endpoint
from server.shapes import Code, Day, Form, Id, View

USUAL_SPAN, LONGEST_SPAN = timedelta(days=364), timedelta(days=5 * 366)
GROUPS: tuple[Group, ...] = ("district", "provider", "version")


class WorkbenchQuery(Form):
    """Whole months are looked at: those of `from` and `until` and between, the last year when not given. With
    `indicator` that one alone comes, with its rows; `norm` is tried on it. A district or an institution, not both."""

    code: Code | None = None
    since: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    district: Id | None = None
    provider: Id | None = None
    indicator: Indicator | None = None
    norm: int | None = Field(default=None, ge=0, le=10_000)


class BinView(View):
    """`first` and `last` are both included; the outer bins hold what is beyond as well."""

    first: int
    last: int
    sessions: int


class SpreadView(View):
    """`pairs`: every value with the number of its sessions, ascending. `withheld`: too few people."""

    id: int | None
    name: str
    merged: int
    withheld: bool
    sessions: int
    median: float | None
    low: float | None
    high: float | None
    met: float | None
    pairs: list[tuple[int, int]]


class IndicatorView(View):
    """`most`: a norm asks for at most so much, else for at least. `low` and `high` are the quartiles, `met` the share
    of sessions, 0…1, that `norm` would have met: the asked one, or the target in force."""

    name: Indicator
    most: bool
    first: int
    last: int
    step: int
    target: int | None
    norm: int | None
    bins: list[BinView]
    whole: SpreadView


class RowsView(View):
    by: Literal["district", "provider", "version"]
    items: list[SpreadView]


class ServiceChoice(View):
    code: str
    name: str
    standard: int


class WorkbenchView(View):
    code: str
    since: date
    until: date
    mask_below: int
    services: list[ServiceChoice]
    districts: list[Place]
    providers: list[Place]
    indicators: list[IndicatorView]
    rows: list[RowsView]


@endpoint("GET", "/workbench", allow="workbench")
async def how_it_was(ask: Ask, query: WorkbenchQuery) -> WorkbenchView:
    """How it really was against a standard. Of fewer than `mask_below` people nothing is told."""
    versions = list(
        await ask.tx.scalars(select(ServiceStandard).order_by(ServiceStandard.valid_from, ServiceStandard.version))
    )
    holds = _in_force(versions, ask.today, query.district)
    code = query.code or min(holds, default="")
    if code not in holds:
        raise NotFound
    asked, least = _asked(ask, query, code), ask.centre.settings.mask_below
    districts = {row.id: row.name for row in await ask.tx.scalars(select(District).order_by(District.name))}
    houses = {row.id: row.name for row in await ask.tx.scalars(select(Institution).order_by(Institution.name))}
    if asked.district not in {None, *districts} or asked.provider not in {None, *houses}:
        raise NotFound
    some = INDICATORS if query.indicator is None else (query.indicator,)
    sessions = await workbench.gather(ask.tx, asked, some)
    spreads = workbench.overview(sessions, asked, least=least)
    rows = []
    if query.indicator is not None:
        names = {"district": districts, "provider": houses, "version": _versions(versions, districts)}
        norm = _norm(query, query.indicator, holds[code])
        for group in GROUPS:
            found = workbench.groups(sessions, asked, query.indicator, group, least=least)
            items = [_spread(each, names[group], query.indicator, norm) for each in found]
            rows.append(RowsView(by=group, items=items))
    return WorkbenchView(
        code=code,
        since=asked.since,
        until=asked.until,
        mask_below=least,
        services=[ServiceChoice(code=each.code, name=each.name, standard=each.id) for each in holds.values()],
        districts=[Place(id=number, name=name) for number, name in districts.items()],
        providers=[Place(id=number, name=name) for number, name in houses.items()],
        indicators=[_indicator(name, spreads[name], query, holds[code]) for name in some],
        rows=rows,
    )


def _in_force(versions: Sequence[ServiceStandard], today: date, district: int | None) -> dict[str, ServiceStandard]:
    """Of each service the version whose targets count here today, or the newest where none does."""
    of_code: dict[str, list[ServiceStandard]] = {}
    for each in versions:
        of_code.setdefault(each.code, []).append(each)
    return {code: standards.chosen(every, today, district) or every[-1] for code, every in of_code.items()}


def _asked(ask: Ask, query: WorkbenchQuery, code: str) -> Asked:
    last = query.until or ask.today
    first = query.since or last - USUAL_SPAN
    if last < first or last - first > LONGEST_SPAN:
        raise invalid("until", "out_of_range")
    if query.district is not None and query.provider is not None:
        raise invalid("provider", "not_with_district")
    since, until = workbench.whole_months(first, last)
    return Asked(code, since, until, query.district, query.provider)


def _norm(query: WorkbenchQuery, name: Indicator, standard: ServiceStandard) -> int | None:
    asked = query.norm if query.indicator == name else None
    target = standard.targets.get(name)
    return asked if asked is not None else target if isinstance(target, int) else None


def _indicator(name: Indicator, spread: Spread, query: WorkbenchQuery, standard: ServiceStandard) -> IndicatorView:
    scale, norm = SCALES[name], _norm(query, name, standard)
    target = standard.targets.get(name)
    return IndicatorView(
        name=name,
        most=scale.most,
        first=scale.first,
        last=scale.last,
        step=scale.step,
        target=target if isinstance(target, int) else None,
        norm=norm,
        bins=[BinView(first=start, last=end, sessions=n) for start, end, n in workbench.bins(name, spread.pairs)],
        whole=_spread(spread, {}, name, norm),
    )


def _spread(spread: Spread, names: Mapping[int, str], indicator: Indicator, norm: int | None) -> SpreadView:
    return SpreadView(
        id=spread.id,
        name=names.get(spread.id or 0, ""),
        merged=spread.merged,
        withheld=spread.withheld,
        sessions=spread.sessions,
        median=spread.quantile(0.5),
        low=spread.quantile(0.25),
        high=spread.quantile(0.75),
        met=None if norm is None else workbench.met(indicator, spread.pairs, norm),
        pairs=list(spread.pairs),
    )


def _versions(standards: Sequence[ServiceStandard], districts: Mapping[int, str]) -> dict[int, str]:
    """Each version as people call it: its number, since when, and where if not everywhere."""
    return {
        each.id: ", ".join(
            [
                f"{each.version}",
                f"{each.valid_from:%d.%m.%Y}",
                *(districts.get(number, "") for number in each.districts or ()),
            ]
        )
        for each in standards
    }
