"""The database itself keeps the ledger whole, whoever writes to it and however many at once."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from scheduling import ledger
from scheduling.certificates import CertificateLine
from scheduling.db import Tx
from scheduling.ledger import LedgerAccount, Move, Movement
from server import checkup
from server.settings import Settings
from tests.scheduling.ledger.money import Department
from tests.scheduling.region import NOW

RICH = 1_000_000_00
MANY, AT_ONCE = 1_000, 100
MOVE = "INSERT INTO ledger_movement (at, act, source_id, target_id, amount, because) SELECT"
OPEN = "INSERT INTO ledger_account (line_id, kind, unit, balance) SELECT"


@pytest.fixture
async def line(office: Department) -> int:
    """A line of which one unit is left, with any provider's money behind it."""
    for whose in (None, 0, 1):
        await office.plan(whose, RICH)
    await office.issue(1)
    await office.choose(office.certificates[0], 0)
    async with office.database.read() as tx:
        return (await tx.scalars(select(CertificateLine.id))).one()


async def accounts(tx: Tx, line: int) -> dict[str, int]:
    rows = await tx.execute(select(LedgerAccount.kind, LedgerAccount.id).where(LedgerAccount.line_id == line))
    return {row.kind: row.id for row in rows}


def movement(source: int, target: int, amount: int = 1) -> Movement:
    return Movement(at=NOW, act="reserve", source_id=source, target_id=target, amount=amount)


async def test_past_all_rules_no_balance_goes_below_zero(office: Department, line: int) -> None:
    async with office.database.write() as tx:
        of = await accounts(tx, line)
        tx.add(movement(of["available"], of["reserved"]))
    with pytest.raises(IntegrityError, match=r"not_below_zero"):
        async with office.database.write() as tx:
            tx.add(movement(of["available"], of["reserved"]))
    async with office.database.read() as tx:
        assert (await ledger.of_lines(tx, [line]))[line]["available"] == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_movement SET amount = 2",
        "UPDATE ledger_movement SET because = 'so'",
        "DELETE FROM ledger_movement",
        f"{MOVE} at, act, source_id, target_id, 0, because FROM ledger_movement",
        f"{MOVE} at, act, source_id, target_id, -1, because FROM ledger_movement",
        f"{MOVE} at, act, source_id, source_id, 1, because FROM ledger_movement",
        # From one line's or budget's account into another's.
        f"{MOVE} '2026-11-23 00:30:00', 'grant', min(id), max(id), 1, '' FROM ledger_account WHERE kind = 'outside'",
        "UPDATE ledger_account SET balance = -1 WHERE kind = 'available'",
        "UPDATE ledger_account SET line_id = NULL",
        f"{OPEN} min(id), 'more', 'session', 7 FROM certificate_line",
        "DELETE FROM ledger_account",
    ],
)
async def test_what_stands_in_it_cannot_be_bent(office: Department, line: int, statement: str) -> None:
    with pytest.raises(DBAPIError):
        async with office.database.write() as tx:
            await tx.execute(text(statement))
    await office.must_agree()


async def test_on_postgresql_a_balance_is_written_by_movements_alone(office: Department, line: int) -> None:
    """SQLite cannot tell a trigger's writing from anybody's: there the self test finds the difference out."""
    change = text("UPDATE ledger_account SET balance = balance + 5 WHERE kind = 'available'")
    if not office.database.sqlite:
        with pytest.raises(DBAPIError, match="ledger_account_counted"):
            async with office.database.write() as tx:
                await tx.execute(change)
        return
    async with office.database.write() as tx:
        await tx.execute(change)
        bent = (await accounts(tx, line))["available"]
    async with office.database.read() as tx:
        assert await ledger.disagreements(tx) == [bent]


async def test_of_movements_that_belong_together_all_are_made_or_none(office: Department, line: int) -> None:
    of = ledger.line(line)
    moves = [Move("reserve", of, "available", "reserved", 1), Move("consume", of, "reserved", "consumed", 2)]
    with pytest.raises(ledger.Short) as short:
        async with office.database.write() as tx:
            await ledger.post(tx, moves, now=NOW)
    assert short.value.missing == 1
    async with office.database.read() as tx:
        assert (await ledger.of_lines(tx, [line]))[line]["available"] == 1


async def test_of_a_thousand_who_reserve_the_last_unit_one_does(office: Department, line: int) -> None:
    [card] = office.certificates
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> str:
        async with gate:
            done = await office.book(card, 0)
        return "reserved" if isinstance(done, int) else str(done)

    ended = Counter(await asyncio.gather(*(one() for _ in range(MANY))))
    assert ended == {"reserved": 1, "certificate_used_up": MANY - 1}
    await office.must_agree()
    async with office.database.read() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM booking")) == 1


async def test_nor_can_a_thousand_who_ask_the_database_directly(office: Department, line: int) -> None:
    async with office.database.read() as tx:
        of = await accounts(tx, line)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> str:
        async def work(tx: Tx) -> str:
            tx.add(movement(of["available"], of["reserved"]))
            await tx.flush()
            return "reserved"

        async with gate:
            try:
                return await office.database.written(work)
            except IntegrityError:
                return "refused"

    ended = Counter(await asyncio.gather(*(one() for _ in range(MANY))))
    assert ended == {"reserved": 1, "refused": MANY - 1}


@pytest.mark.parametrize("bent", [False, True])
async def test_the_self_test_finds_a_bent_balance(office: Department, line: int, tmp_path: Path, bent: bool) -> None:
    if not office.database.sqlite:  # there nobody can bend one
        bent = False
    if bent:
        async with office.database.write() as tx:
            await tx.execute(text("UPDATE ledger_account SET balance = balance + 5 WHERE kind = 'available'"))
    url = office.database.url.render_as_string(hide_password=False)
    found = await checkup.lights(Settings(data=tmp_path / "data", database_url=url), NOW)
    [light] = [each for each in found if each.name == "ledger"]
    assert light.colour == ("red" if bent else "green")
