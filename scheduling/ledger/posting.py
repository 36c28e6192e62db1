"""Posting movements: all that belong together or none, with the accounts they touch locked in one order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from scheduling.db import Tx
from scheduling.ledger.tables import BUDGET_KINDS, LINE_KINDS, Act, BudgetKind, LedgerAccount, LineKind, Movement

Kind = LineKind | BudgetKind
What = Literal["line", "budget"]


@dataclass(frozen=True, slots=True)
class Of:
    """Whose accounts are meant: those of a certificate's line or of a budget."""

    what: What
    id: int


@dataclass(frozen=True, slots=True)
class Move:
    """`amount` (above zero, in the unit of the accounts) from one kind of account to another of the same owner."""

    act: Act
    of: Of
    source: Kind
    target: Kind
    amount: int


class Short(Exception):  # noqa: N818 - whoever posts turns it into a refusal that says whose and what is missing
    """An account holds less than was to be moved out of it; nothing was moved."""

    def __init__(self, move: Move, balance: int) -> None:
        super().__init__(move, balance)
        self.move, self.missing = move, move.amount - balance


def line(number: int) -> Of:
    return Of("line", number)


def budget(number: int) -> Of:
    return Of("budget", number)


async def open_accounts(tx: Tx, of: Of, unit: str) -> None:
    """The accounts of a new line or budget, all empty."""
    kinds: Sequence[str] = LINE_KINDS if of.what == "line" else BUDGET_KINDS
    await tx.execute(insert(LedgerAccount), [{f"{of.what}_id": of.id, "kind": each, "unit": unit} for each in kinds])


async def post(
    tx: Tx,
    moves: Sequence[Move],
    *,
    now: datetime,
    booking: int | None = None,
    account: int | None = None,
    because: str = "",
) -> None:
    """Writes the movements in this order. Raises `Short` before anything is written.

    Whose accounts are locked here is nobody else's until the transaction ends, so what is seen to be enough is enough;
    the database's own guards stand behind that for whoever comes another way.
    """
    moves = [each for each in moves if each.amount]
    if not moves:
        return
    accounts = await _locked(tx, {each.of for each in moves})
    balances = {key: found.balance for key, found in accounts.items()}
    for each in moves:
        source, target = (each.of, each.source), (each.of, each.target)
        if each.amount > balances[source] and each.source != "outside":
            raise Short(each, balances[source])
        balances[source] -= each.amount
        balances[target] += each.amount
    common = {"at": now, "booking_id": booking, "account_id": account, "because": because}
    await tx.execute(
        insert(Movement),
        [
            {
                "act": each.act,
                "source_id": accounts[each.of, each.source].id,
                "target_id": accounts[each.of, each.target].id,
                "amount": each.amount,
                **common,
            }
            for each in moves
        ],
    )
    for found in accounts.values():
        tx.expire(found)


async def _locked(tx: Tx, owners: Iterable[Of]) -> Mapping[tuple[Of, str], LedgerAccount]:
    """In the order of their numbers: two who post the same wait in a row and not in a circle."""
    wanted = list(owners)
    found = await tx.scalars(
        select(LedgerAccount)
        .where(or_(*(column(each.what) == each.id for each in wanted)))
        .order_by(LedgerAccount.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {(owner(each), each.kind): each for each in found}


def column(what: What) -> InstrumentedAttribute[int | None]:
    return LedgerAccount.line_id if what == "line" else LedgerAccount.budget_id


def owner(found: LedgerAccount) -> Of:
    return line(found.line_id) if found.line_id is not None else budget(found.budget_id or 0)
