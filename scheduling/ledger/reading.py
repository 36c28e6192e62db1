"""What the ledger holds: balances of lines and budgets, what stands in them because of one booking, how it came so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import aliased

from scheduling.db import Tx, padded
from scheduling.ledger.posting import Of, What, column, owner
from scheduling.ledger.tables import LedgerAccount, Movement

Balances = dict[str, int]


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement as people read it: which act, between which kinds of account, and why."""

    id: int
    of: Of
    at: datetime
    act: str
    source: str
    target: str
    amount: int
    booking_id: int | None
    account_id: int | None
    because: str


async def of_lines(tx: Tx, lines: Sequence[int]) -> dict[int, Balances]:
    """The balance of each kind of account, in the line's unit, by line."""
    return await _balances(tx, "line", lines)


async def of_budgets(tx: Tx, budgets: Sequence[int]) -> dict[int, Balances]:
    """The balance of each kind of account, in kopecks, by budget."""
    return await _balances(tx, "budget", budgets)


async def of_booking(tx: Tx, booking: int) -> dict[Of, Balances]:
    """What stands in each account because of this booking: what came in for it less what went out."""
    found: dict[Of, Balances] = {}
    for each in await _moved(tx, _movements().where(Movement.booking_id == booking)):
        kinds = found.setdefault(each.of, {})
        kinds[each.source] = kinds.get(each.source, 0) - each.amount
        kinds[each.target] = kinds.get(each.target, 0) + each.amount
    return found


async def history(tx: Tx, what: What, owners: Sequence[int]) -> list[Moved]:
    """All movements of these lines or budgets, the oldest first."""
    return await _moved(tx, _movements().where(column(what).in_(padded(owners)))) if owners else []


async def disagreements(tx: Tx) -> list[int]:
    """Accounts whose balance is not the sum of their movements. The database lets none come about; whoever restores
    one from a copy, or writes past its guards, is found out here."""
    signed = case((Movement.target_id == LedgerAccount.id, Movement.amount), else_=-Movement.amount)
    sums = (
        select(LedgerAccount.id)
        .outerjoin(Movement, or_(Movement.source_id == LedgerAccount.id, Movement.target_id == LedgerAccount.id))
        .group_by(LedgerAccount.id, LedgerAccount.balance)
        .having(LedgerAccount.balance != func.coalesce(func.sum(case((Movement.id.is_not(None), signed), else_=0)), 0))
    )
    return sorted(await tx.scalars(sums))


def _movements() -> Select[Movement, LedgerAccount, str]:
    target = aliased(LedgerAccount)
    return (
        select(Movement, LedgerAccount, target.kind)
        .join(LedgerAccount, LedgerAccount.id == Movement.source_id)
        .join(target, target.id == Movement.target_id)
        .order_by(Movement.id)
    )


async def _moved(tx: Tx, statement: Select[Movement, LedgerAccount, str]) -> list[Moved]:
    return [
        Moved(
            *(each.id, owner(source), each.at, each.act, source.kind, target, each.amount),
            *(each.booking_id, each.account_id, each.because),
        )
        for each, source, target in await tx.execute(statement)
    ]


async def _balances(tx: Tx, what: What, owners: Sequence[int]) -> dict[int, Balances]:
    if not owners:
        return {}
    whose = column(what)
    wanted = whose.in_(padded(dict.fromkeys(owners)))
    found: dict[int, Balances] = {}
    for number, kind, balance in await tx.execute(
        select(whose, LedgerAccount.kind, LedgerAccount.balance).where(wanted)
    ):
        found.setdefault(number or 0, {})[kind] = balance
    return found
