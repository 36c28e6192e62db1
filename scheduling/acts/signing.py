"""Signing an act: once it agrees with what is due and with what the budget has spent, it stands as it is for ever."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select

from scheduling.access import Actor
from scheduling.acts import due
from scheduling.acts.due import Figures
from scheduling.acts.making import key_of, to_change
from scheduling.acts.tables import Act, ActLine
from scheduling.budgets import Budget
from scheduling.db import Tx
from scheduling.errors import ActDisagrees, ActStale
from scheduling.ledger import LedgerAccount, Movement


@dataclass(frozen=True)
class Differs:
    """A line whose session costs on acts what the budget did not spend on it; kopecks."""

    n: int
    booking: int
    acts_kopecks: int
    budget_kopecks: int


async def sign(tx: Tx, actor: Actor, act_id: int, *, version: int, signed_for: str, now: datetime) -> Act:
    """The officer signs for the department, `signed_for` for the provider. Refused: `not_found`, `version_moved`,
    `act_signed`, `act_stale` (lines that are due no more as they stand), `act_disagrees` (with the budget)."""
    signed = await to_change(tx, actor, act_id, version)
    lines = list(await tx.scalars(select(ActLine).where(ActLine.act_id == act_id).order_by(ActLine.n)))
    await _must_be_due(tx, signed, lines)
    await _must_agree(tx, signed, lines)
    signed.number = await _next_number(tx, signed)
    signed.signed_at, signed.signed_by, signed.signed_for = now, actor.account_id, signed_for
    signed.status = "signed"
    signed.version += 1
    await tx.flush()
    return signed


async def _must_be_due(tx: Tx, act: Act, lines: list[ActLine]) -> None:
    now_due = (await due.on(tx, key_of(act), act.month, but=act.id)).lines
    wanted = {each.booking_id: _said(each) for each in now_due}
    wrong = [each.n for each in lines if wanted.get(each.booking_id) != _said(each)]
    if wrong or not lines:
        raise ActStale(wrong)


def _said(line: ActLine) -> tuple[Figures, int | None]:
    return Figures(line.quantity, line.minutes, line.sum_kopecks), line.corrects_id


async def _must_agree(tx: Tx, act: Act, lines: list[ActLine]) -> None:
    """What acts say of each session, this one counted in, is what the provider's budget has spent on it."""
    numbers = [each.booking_id for each in lines]
    stands = await due.lines_of(tx, numbers)
    spent = await _spent(tx, act, numbers)
    wrong = []
    for each in lines:
        said = due.stood(line for _, line in stands.get(each.booking_id, [])).kopecks
        if said != spent.get(each.booking_id, 0):
            wrong.append(Differs(each.n, each.booking_id, said, spent.get(each.booking_id, 0)))
    if wrong:
        raise ActDisagrees([vars(each) for each in wrong])


async def _spent(tx: Tx, act: Act, bookings: list[int]) -> dict[int, int]:
    """What the provider's budget has consumed for each booking, what came back taken off; kopecks."""
    budget = (
        Budget.provider_id == act.provider_id,
        Budget.district_id == act.district_id,
        Budget.source == act.source,
        Budget.year == act.year,
    )
    consumed = (
        select(LedgerAccount.id)
        .join(Budget, Budget.id == LedgerAccount.budget_id)
        .where(LedgerAccount.kind == "consumed", *budget)
        .scalar_subquery()
    )
    amount = func.sum(case((Movement.target_id == consumed, Movement.amount), else_=-Movement.amount))
    spent: dict[int, int] = {}
    for part in due.parts(bookings):
        statement = (
            select(Movement.booking_id, amount)
            .where(Movement.booking_id.in_(part), or_(Movement.target_id == consumed, Movement.source_id == consumed))
            .group_by(Movement.booking_id)
        )
        spent |= {booking: int(kopecks) for booking, kopecks in await tx.execute(statement) if booking is not None}
    return spent


async def _next_number(tx: Tx, act: Act) -> str:
    """«12/2026-003»: the provider's place in the register, the budget year, and the next of that row without a gap."""
    row = (Act.provider_id == act.provider_id, Act.year == act.year, Act.status == "signed")
    before = await tx.scalar(select(func.count()).select_from(Act).where(*row)) or 0
    return f"{act.provider_id}/{act.year}-{before + 1:03}"
