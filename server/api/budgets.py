"""Budgets: what a district and its providers may spend in a year, what has become of it, and until when it lasts."""

from typing import Annotated

from pydantic import Field, StringConstraints

from scheduling import audit, budgets, ledger
from scheduling.budgets import Alarm, Budget, Standing
from scheduling.certificates import reading
from scheduling.errors import NotFound, invalid
from scheduling.people import District, Institution
from server.api.views import DistrictView, InstitutionView, district_view, institution_view
from server.endpoint import Ask, endpoint
from server.shapes import Code, Day, Form, Id, Instant, Line, View

MOST_KOPECKS = 10**13
Source = Annotated[Code, StringConstraints(max_length=24)]


class BudgetsQuery(Form):
    year: int = Field(ge=2000, le=2100)
    district: Id | None = None


class NewBudget(Form):
    """Without a provider the district's own, from which certificates are issued."""

    provider: Id | None = None
    year: int = Field(ge=2000, le=2100)
    source: Source = "region"


class Plan(Form):
    """The whole of what is planned, and from which share of it on a warning is shown."""

    planned_kopecks: int = Field(ge=0, le=MOST_KOPECKS)
    warn_percent: int = Field(default=80, ge=1, le=100)
    because: Line = ""


class Because(Form):
    because: Line = ""


class BudgetView(View):
    """In kopecks. `left + issued + reserved + consumed + expired` is `planned`. `forecast` is what will be consumed at
    the end of the year at this pace, `lasts_until` the day on which that reaches the plan."""

    id: int
    version: int
    district: DistrictView
    provider: InstitutionView | None
    year: int
    source: str
    warn_percent: int
    planned: int
    left: int
    issued: int
    reserved: int
    consumed: int
    expired: int
    forecast: int
    lasts_until: Day | None
    alarm: Alarm | None


class BudgetList(View):
    """`years` in which there are budgets at all."""

    items: list[BudgetView]
    years: list[int]


class PlanChange(View):
    at: Instant
    by: str | None
    act: str
    source: str
    target: str
    kopecks: int
    because: str


class OneBudget(BudgetView):
    """With every change of its plan."""

    changes: list[PlanChange]


@endpoint("GET", "/budgets", allow="budgets.read")
async def listed(ask: Ask, query: BudgetsQuery) -> BudgetList:
    """The district's own before those of its providers; an analyst sees all districts."""
    found = await budgets.standings(ask.tx, ask.actor, year=query.year, today=ask.today, district=query.district)
    return BudgetList(items=[await _view(ask, each) for each in found], years=await budgets.years(ask.tx, ask.actor))


@endpoint("POST", "/budgets", allow="budgets.write", status=201, idempotent=True, etag=True)
async def make(ask: Ask, body: NewBudget) -> OneBudget:
    """An empty one of the officer's district; the same once more answers the one that is there."""
    district = ask.actor.district_id
    if district is None or not ask.actor.serves_district(district):
        raise NotFound
    house = await ask.tx.get(Institution, body.provider) if body.provider else None
    if body.provider and (house is None or house.kind == "authority"):
        raise invalid("provider", "unknown")
    made = await budgets.find_or_make(
        ask.tx, district=district, year=body.year, source=body.source, provider=body.provider
    )
    return await _one(ask, made, "budget_made")


@endpoint("GET", "/budgets/{budget}", allow="budgets.read", etag=True)
async def show(ask: Ask, budget: int) -> OneBudget:
    return await _one(ask, await budgets.one(ask.tx, ask.actor, budget))


@endpoint("PUT", "/budgets/{budget}", allow="budgets.write", etag=True, if_match=True)
async def plan(ask: Ask, budget: int, body: Plan) -> OneBudget:
    """409 `plan_below_use`: so much is issued, reserved and consumed already."""
    changed = await budgets.plan(
        ask.tx,
        ask.actor,
        budget,
        version=ask.version,
        now=ask.now,
        kopecks=body.planned_kopecks,
        warn_percent=body.warn_percent,
        because=body.because,
    )
    return await _one(ask, changed, "budget_planned")


@endpoint("POST", "/budgets/{budget}/free", allow="budgets.write", etag=True, if_match=True)
async def free(ask: Ask, budget: int, body: Because) -> OneBudget:
    """What expired can be issued again."""
    changed = await budgets.free(ask.tx, ask.actor, budget, version=ask.version, now=ask.now, because=body.because)
    return await _one(ask, changed, "budget_freed")


async def _one(ask: Ask, found: Budget, act: str | None = None) -> OneBudget:
    if act is not None:
        audit.note(ask.tx, act, "budget", found.id, now=ask.now, account=ask.actor.account_id)
    await ask.tx.flush()
    [stands] = await budgets.standing(ask.tx, [found], today=ask.today)
    moved = [each for each in await ledger.history(ask.tx, "budget", [found.id]) if each.act in {"plan", "free"}]
    by = await reading.names(ask.tx, [each.account_id for each in moved if each.account_id is not None])
    changes = [
        PlanChange(
            at=each.at,
            by=by.get(each.account_id or 0),
            act=each.act,
            source=each.source,
            target=each.target,
            kopecks=each.amount,
            because=each.because,
        )
        for each in moved
    ]
    seen = await _view(ask, stands)
    return OneBudget(**dict(seen), changes=changes)


async def _view(ask: Ask, stands: Standing) -> BudgetView:
    found = stands.budget
    district = await ask.tx.get_one(District, found.district_id)
    provider = await ask.tx.get(Institution, found.provider_id) if found.provider_id else None
    return BudgetView(
        id=found.id,
        version=found.version,
        district=district_view(district),
        provider=institution_view(provider) if provider else None,
        year=found.year,
        source=found.source,
        warn_percent=found.warn_percent,
        planned=stands.planned,
        left=stands.left,
        issued=stands.issued,
        reserved=stands.reserved,
        consumed=stands.consumed,
        expired=stands.expired,
        forecast=stands.forecast,
        lasts_until=stands.lasts_until,
        alarm=stands.alarm,
    )
