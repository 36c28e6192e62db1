"""The ledger's last unit: a thousand who want it at once, beside the way of reading first and writing then."""

import asyncio
import tempfile
import time
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]

from bench.figure import Figure, Subject, figure
from server.database import Database
from tests.scheduling.ledger.money import PRICE, Department, department
from tests.support.postgres import Postgres

NAMES = ("ledger.race_double", "ledger.contested_slowest")
CROWD, AT_ONCE, LINES = 1_000, 100, 20
NAIVE = "read what is left, then take it, on the same PostgreSQL"


async def measure(wanted: frozenset[str]) -> list[Figure]:
    doubles, slowest = [], []
    with Postgres() as postgres, tempfile.TemporaryDirectory() as folder:
        for url in (f"sqlite+aiosqlite:///{Path(folder) / 'ledger.sqlite3'}", postgres.url(postgres.create())):
            winners, delay = await _crowd(url)
            doubles.append(float(winners - 1))
            slowest.append(delay)
        naive = await _naive(postgres.url(postgres.create()).replace("+asyncpg", ""))
    return [
        figure("ledger.race_double", "units", doubles, (NAIVE, [float(naive - 1)])),
        figure("ledger.contested_slowest", "ms", slowest),
    ]


async def _crowd(url: str) -> tuple[int, float]:
    """How many of a thousand bookings on one certificate's last unit were made, a hundred at a time, and the slowest
    answer in ms."""
    database = Database(url)
    await database.migrate()
    office = await department(database)
    for whose in (None, 0):
        await office.plan(whose, 2 * PRICE)
    await office.issue(1)
    await office.choose(office.certificates[0], 0)
    gate = asyncio.Semaphore(AT_ONCE)
    answers = await asyncio.gather(*(_timed(office, gate) for _ in range(CROWD)))
    await office.must_agree()
    await database.close()
    return sum(isinstance(done, int) for done, _ in answers), max(delay for _, delay in answers)


async def _timed(office: Department, gate: asyncio.Semaphore) -> tuple[object, float]:
    async with gate:
        begun = time.perf_counter()
        done = await office.book(office.certificates[0], 0)
        return done, (time.perf_counter() - begun) * 1000


async def _naive(url: str) -> int:
    """The same with two statements and nothing between them but hope."""
    pool = await asyncpg.create_pool(url, min_size=LINES, max_size=LINES)
    await pool.execute("CREATE TABLE certificate (units integer)")
    await pool.execute("INSERT INTO certificate VALUES (1)")

    async def one() -> bool:
        async with pool.acquire() as line:
            if await line.fetchval("SELECT units FROM certificate") < 1:
                return False
            await line.execute("UPDATE certificate SET units = units - 1")
            return True

    taken = await asyncio.gather(*(one() for _ in range(CROWD)))
    await pool.close()
    return sum(taken)


SUBJECT = Subject(NAMES, measure)
