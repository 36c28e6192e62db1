"""Money that certificates move: set aside when one is issued, promised to a provider, kept for a booking, spent or not.

Two budgets stand behind a certificate: its district's, from which it is issued, and that of the provider its holder
chose. Each holds of its money so much as is `left`, `issued` to certificates, `reserved` for bookings, `consumed` by
sessions that were held, or `expired` with what nobody used.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import select

from scheduling import ledger
from scheduling.budgets.tables import Budget
from scheduling.db import Tx
from scheduling.errors import BudgetShort
from scheduling.ledger import Move, Short
from scheduling.people import District, Institution


class Funded(Protocol):
    """What a certificate must say for its money to be found."""

    district_id: int
    provider_id: int | None
    year: int
    source: str


class Line(Protocol):
    id: int
    quantity: int
    unit: str

    @property
    def paid_kopecks(self) -> int: ...


async def find(tx: Tx, *, district: int, year: int, source: str, provider: int | None) -> Budget | None:
    whose = Budget.provider_id.is_(None) if provider is None else Budget.provider_id == provider
    return await tx.scalar(
        select(Budget).where(Budget.district_id == district, Budget.year == year, Budget.source == source, whose)
    )


async def find_or_make(tx: Tx, *, district: int, year: int, source: str, provider: int | None) -> Budget:
    """The budget, empty when it is new: nothing can be spent from it before somebody plans it."""
    found = await find(tx, district=district, year=year, source=source, provider=provider)
    if found is None:
        found = Budget(district_id=district, year=year, source=source, provider_id=provider)
        tx.add(found)
        await tx.flush()
        await ledger.open_accounts(tx, ledger.budget(found.id), "kopeck")
    return found


async def grant(tx: Tx, of: Funded, lines: Sequence[Line], *, now: datetime, account: int | None) -> None:
    """A certificate is issued: its units are there, and their money is set aside in the district's budget.
    Refused: `budget_short`."""
    fund = await find_or_make(tx, district=of.district_id, year=of.year, source=of.source, provider=None)
    money = sum(each.quantity * each.paid_kopecks for each in lines)
    for each in lines:
        await ledger.open_accounts(tx, ledger.line(each.id), each.unit)
    moves = [Move("issue", ledger.budget(fund.id), "left", "issued", money)]
    moves += [Move("grant", ledger.line(each.id), "outside", "available", each.quantity) for each in lines]
    await _post(tx, moves, [fund], now=now, account=account)


async def choose(
    tx: Tx, of: Funded, lines: Sequence[Line], provider: int, *, now: datetime, account: int | None
) -> None:
    """What is available of a certificate is promised to `provider`, and no more to the one before (`of.provider_id`);
    what is reserved with that one stays there. Refused: `budget_short`."""
    value = await worth(tx, lines)
    new = await find_or_make(tx, district=of.district_id, year=of.year, source=of.source, provider=provider)
    funds, moves = [new], [Move("choose", ledger.budget(new.id), "left", "issued", value)]
    if of.provider_id is not None and of.provider_id != provider:
        old = await find_or_make(tx, district=of.district_id, year=of.year, source=of.source, provider=of.provider_id)
        stands = (await ledger.of_budgets(tx, [old.id]))[old.id]["issued"]
        funds.append(old)
        moves.append(Move("leave", ledger.budget(old.id), "issued", "left", min(value, stands)))
    await _post(tx, moves, funds, now=now, account=account)


async def expire(
    tx: Tx, of: Funded, lines: Sequence[Line], *, now: datetime, account: int | None, because: str = ""
) -> None:
    """Nobody can use any more what is still available: of its validity, because it is revoked. What is reserved stays
    until its session is over."""
    balances = await ledger.of_lines(tx, [each.id for each in lines])
    moves = [
        Move("expire", ledger.line(each.id), "available", "expired", balances[each.id]["available"]) for each in lines
    ]
    value = await worth(tx, lines)
    funds = await funds_of(tx, of)
    for each in funds:
        issued = (await ledger.of_budgets(tx, [each.id]))[each.id]["issued"]
        moves.append(Move("expire", ledger.budget(each.id), "issued", "expired", min(value, issued)))
    await _post(tx, moves, funds, now=now, account=account, because=because)


async def carry_over(
    tx: Tx, old: Sequence[Line], new: Sequence[Line], *, now: datetime, account: int | None, because: str
) -> None:
    """A certificate takes the place of another: what was available of each line is so of the new one's line, which has
    no accounts yet. The money stays where it is."""
    balances = await ledger.of_lines(tx, [each.id for each in old])
    moves = []
    for was, becomes in zip(old, new, strict=True):
        await ledger.open_accounts(tx, ledger.line(becomes.id), becomes.unit)
        left = balances[was.id]["available"]
        moves.append(Move("expire", ledger.line(was.id), "available", "expired", left))
        moves.append(Move("grant", ledger.line(becomes.id), "outside", "available", left))
    await ledger.post(tx, moves, now=now, account=account, because=because)


async def worth(tx: Tx, lines: Sequence[Line]) -> int:
    """What is available of these lines, in kopecks."""
    balances = await ledger.of_lines(tx, [each.id for each in lines])
    return sum(balances[each.id]["available"] * each.paid_kopecks for each in lines)


async def funds_of(tx: Tx, of: Funded) -> list[Budget]:
    """The budgets that a certificate's money stands in: the district's and, once chosen, the provider's."""
    district = await find_or_make(tx, district=of.district_id, year=of.year, source=of.source, provider=None)
    if of.provider_id is None:
        return [district]
    return [
        district,
        await find_or_make(tx, district=of.district_id, year=of.year, source=of.source, provider=of.provider_id),
    ]


async def _post(
    tx: Tx,
    moves: Sequence[Move],
    funds: Iterable[Budget],
    *,
    now: datetime,
    account: int | None,
    because: str = "",
) -> None:
    try:
        await ledger.post(tx, moves, now=now, account=account, because=because)
    except Short as short:
        raise await shortage(tx, short, funds) from None


async def shortage(tx: Tx, short: Short, funds: Iterable[Budget]) -> BudgetShort:
    """Which budget it was, by name, and how much it lacks."""
    fund = next(each for each in funds if ledger.budget(each.id) == short.move.of)
    if fund.provider_id is None:
        name = (await tx.get_one(District, fund.district_id)).name
        return BudgetShort("district", name, fund.year, short.missing)
    name = (await tx.get_one(Institution, fund.provider_id)).name
    return BudgetShort("provider", name, fund.year, short.missing)
