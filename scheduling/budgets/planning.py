"""Planning a budget, looking at it, and where it is heading: what will be spent of it, and until when it lasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import select

from scheduling import ledger
from scheduling.access import Actor
from scheduling.budgets.tables import Budget
from scheduling.db import Tx
from scheduling.errors import NotFound, PlanBelowUse, VersionMoved
from scheduling.ledger import Act, BudgetKind, Move, Short

Alarm = Literal["spent", "nearly_spent", "will_not_last"]
# Before so many days of the year have passed, its pace says nothing about its end.
LEAST_DAYS = 30


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget as it stands, in kopecks. `forecast` is what will have been consumed at the end of its year if it goes
    on as it did; `lasts_until` the day on which that reaches the plan, None when it does not."""

    budget: Budget
    planned: int
    left: int
    issued: int
    reserved: int
    consumed: int
    expired: int
    forecast: int
    lasts_until: date | None
    alarm: Alarm | None


async def standings(tx: Tx, actor: Actor, *, year: int, today: date, district: int | None = None) -> list[Standing]:
    """Budgets of a year as far as this actor sees: an officer's district, for an analyst the region; the district's own
    before those of its providers."""
    found = await tx.scalars(
        select(Budget)
        .where(Budget.year == year)
        .order_by(Budget.district_id, Budget.provider_id.is_not(None), Budget.id)
    )
    seen = [each for each in found if actor.sees_district(each.district_id) and district in {None, each.district_id}]
    return await standing(tx, seen, today=today)


async def standing(tx: Tx, budgets: Sequence[Budget], *, today: date) -> list[Standing]:
    balances = await ledger.of_budgets(tx, [each.id for each in budgets])
    return [_stands(each, balances[each.id], today) for each in budgets]


def _stands(budget: Budget, balances: dict[str, int], today: date) -> Standing:
    planned = -balances["outside"]
    used = balances["consumed"] + balances["reserved"]
    expected = max(used, forecast(balances["consumed"], budget.year, today))
    return Standing(
        budget=budget,
        planned=planned,
        **{kind: balances[kind] for kind in ("left", "issued", "reserved", "consumed", "expired")},
        forecast=expected,
        lasts_until=lasts_until(balances["consumed"], planned, budget.year, today),
        alarm=_alarm(planned, balances, expected, budget.warn_percent),
    )


def forecast(consumed: int, year: int, today: date) -> int:
    """What is consumed by the end of `year` at the pace of its days until `today`, rounded down."""
    passed = _days_passed(year, today)
    return consumed if passed < LEAST_DAYS else consumed * _days_of(year) // passed


def lasts_until(consumed: int, planned: int, year: int, today: date) -> date | None:
    """The day on which the plan is consumed at that pace; None: not in its year, or too early to say."""
    passed = _days_passed(year, today)
    if passed < LEAST_DAYS or consumed <= 0:
        return None
    day = date(year, 1, 1) + timedelta(days=max(passed, -(-planned * passed // consumed)) - 1)
    return day if day.year == year else None


def _days_passed(year: int, today: date) -> int:
    return min(max((today - date(year, 1, 1)).days + 1, 0), _days_of(year))


def _days_of(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _alarm(planned: int, balances: dict[str, int], expected: int, warn_percent: int) -> Alarm | None:
    if planned and balances["left"] == 0:
        return "spent"
    if planned and (planned - balances["left"]) * 100 >= planned * warn_percent:
        return "nearly_spent"
    return "will_not_last" if expected > planned else None


async def years(tx: Tx, actor: Actor) -> list[int]:
    """The years in which there are budgets that this actor sees."""
    rows = await tx.execute(select(Budget.year, Budget.district_id).distinct())
    return sorted({year for year, district in rows if actor.sees_district(district)})


async def one(tx: Tx, actor: Actor, budget_id: int) -> Budget:
    """Refused: `not_found`."""
    found = await tx.get(Budget, budget_id)
    if found is None or not actor.sees_district(found.district_id):
        raise NotFound
    return found


async def plan(
    tx: Tx,
    actor: Actor,
    budget_id: int,
    *,
    version: int,
    now: datetime,
    kopecks: int,
    warn_percent: int | None = None,
    because: str = "",
) -> Budget:
    """Sets the whole of what is planned. Refused: `version_moved`, `plan_below_use` when less than is used already."""
    changed = await _to_change(tx, actor, budget_id, version)
    balances = (await ledger.of_budgets(tx, [budget_id]))[budget_id]
    more = kopecks + balances["outside"]
    if balances["left"] + more < 0:
        raise PlanBelowUse(least_kopecks=-balances["outside"] - balances["left"])
    way: tuple[BudgetKind, BudgetKind] = ("outside", "left") if more > 0 else ("left", "outside")
    try:
        await _moved(tx, actor, changed, "plan", way, abs(more), now, because)
    except Short as short:  # a certificate was issued in between
        raise PlanBelowUse(least_kopecks=kopecks + short.missing) from None
    changed.warn_percent = warn_percent or changed.warn_percent
    return changed


async def free(tx: Tx, actor: Actor, budget_id: int, *, version: int, now: datetime, because: str = "") -> Budget:
    """What expired can be issued again."""
    changed = await _to_change(tx, actor, budget_id, version)
    expired = (await ledger.of_budgets(tx, [budget_id]))[budget_id]["expired"]
    try:
        await _moved(tx, actor, changed, "free", ("expired", "left"), expired, now, because)
    except Short:  # some of it was spent on a session that was held after all
        raise VersionMoved(changed.version) from None
    return changed


async def _to_change(tx: Tx, actor: Actor, budget_id: int, version: int) -> Budget:
    await tx.execute(select(Budget.id).where(Budget.id == budget_id).with_for_update())
    found = await one(tx, actor, budget_id)
    if not actor.serves_district(found.district_id):
        raise NotFound
    if found.version != version:
        raise VersionMoved(found.version)
    return found


async def _moved(
    tx: Tx,
    actor: Actor,
    changed: Budget,
    act: Act,
    way: tuple[BudgetKind, BudgetKind],
    kopecks: int,
    now: datetime,
    because: str,
) -> None:
    moves = [Move(act, ledger.budget(changed.id), *way, kopecks)]
    await ledger.post(tx, moves, now=now, account=actor.account_id, because=because)
    changed.version += 1
    await tx.flush()
