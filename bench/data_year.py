"""A region's database with a year of sessions in raw journals, and what they came to: for reports."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select, text

from bench import data
from bench.data_journals import TABLES, Helper, Year
from bench.data_work import write
from scheduling import measured
from scheduling.applications import Application
from scheduling.bookings import Booking
from scheduling.db import Tx
from scheduling.joincodes import Seat
from scheduling.people import Account, Client, Specialist
from scheduling.series import Series
from scheduling.standards import ServiceStandard
from server.database import Database

NUMBERED: dict[str, Any] = {"application": Application, "series": Series, "booking": Booking, "seat": Seat}
PLACES = data.Size(specialists=120, clients=12_000, past=0, years=1)


async def make(database: Database, sessions: int, *, size: data.Size, seed: int, now: datetime) -> None:
    """Fills an empty database; the same seed and moment give the same rows."""
    await places(database, size, seed=seed, now=now)
    await sit(database, sessions, seed=seed, now=now)
    async with database.write() as tx:
        since = now - timedelta(days=800)
        await measured.rebuild(tx, since, now, now=now)
    async with database.at_once() as line:
        # What PostgreSQL does by itself some minutes after so many rows: indexes are read without the rows since then.
        await line.execute(text("ANALYZE" if database.sqlite else "VACUUM ANALYZE"))


async def places(database: Database, size: data.Size, *, seed: int, now: datetime) -> None:
    """Districts, institutions, staff and clients without any year behind them."""
    await data.make(database, size, seed=seed, now=now)


async def sit(database: Database, sessions: int, *, seed: int, now: datetime) -> None:
    """So many sessions of the year before `now`, with the people who are there."""
    async with database.read() as tx:
        year = Year(
            [
                Helper(number, zone)
                for number, zone in await tx.execute(select(Specialist.id, Specialist.zone).order_by(Specialist.id))
            ],
            [
                {"id": number, "district_id": home}
                for number, home in await tx.execute(select(Client.id, Client.district_id).order_by(Client.id))
            ],
            list(await tx.scalars(select(ServiceStandard).order_by(ServiceStandard.id).limit(3))),
            await tx.scalar(select(func.min(Account.id))) or 1,
            now,
            Random(seed),
            {name: (await tx.scalar(select(func.max(table.id))) or 0) + 1 for name, table in NUMBERED.items()},
        )
    for rows in year.parts(sessions):
        async with database.write() as tx:
            for table in TABLES:
                await write(tx, table, rows[table])
    async with database.write() as tx:
        await _counters_follow(tx)


async def _counters_follow(tx: Tx) -> None:
    """PostgreSQL counts by itself and has not seen the numbers that were given here."""
    if tx.get_bind().dialect.name != "postgresql":
        return
    for name in NUMBERED:
        await tx.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"))  # noqa: S608 - names of ours
