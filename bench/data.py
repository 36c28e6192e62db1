"""`make bench-data`: a region's database as large as figures say: 1,000 specialists, 100,000 clients, 5 years of work.

The same seed and day give the same rows. A person may look around in it as on any demo server (sign in as `suzun`):
    make bench-data
    RYADOM_DATABASE_URL=sqlite+aiosqlite:///var/bench/region.sqlite3 make run
"""

import argparse
import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from sqlalchemy import func, inspect, select, text

from bench.data_people import Worker, calendar, clients, districts, institutions, staff
from bench.data_work import DAYS, Book, Rows, shares, write, write_all
from scheduling import calendars
from scheduling.bookings import Booking
from scheduling.calendars import Owner
from scheduling.db import Base, Tx
from scheduling.people import Account, Client, District, Institution, Specialist
from scheduling.standards import ServiceStandard
from server import consent_texts, demo
from server.centre import STATIC
from server.database import Database
from server.words import Words

Row_ = TypeVar("Row_", bound=Base)

AT_ONCE = 20  # specialists whose work is written in one transaction
ROWS_AT_ONCE = 20_000
COUNTED = ("district", "institution", "account", "specialist", "client", "booking")  # their numbers are given here

Told = Callable[[str, int, int], None]
"""What is being written, how many of it stand, how many there will be."""


@dataclass(frozen=True, slots=True)
class Size:
    specialists: int = 1_000
    clients: int = 100_000
    past: int = 1_000_000
    years: int = 5
    districts: int = 35
    institutions: int = 60


async def make(database: Database, size: Size, *, seed: int, now: datetime, told: Told = lambda *_: None) -> None:
    """Fills an empty database. Its demo people are part of it, so that somebody can sign in."""
    await database.migrate()
    async with database.write() as tx:
        if await demo.is_loaded(tx):
            raise SystemExit("There is data in this database already; it stays as it is.")
        await consent_texts.publish(tx, Words(STATIC))
        await demo.load(tx, now=now)
    workers, first_client = await _people(database, size, seed, now, told)
    await _work(database, size, seed, now, workers, first_client, told)
    async with database.write() as tx:
        await _counters_follow(tx)
        await tx.execute(text("ANALYZE"))


async def _people(database: Database, size: Size, seed: int, now: datetime, told: Told) -> tuple[list[Worker], int]:
    """Everybody, and the number of the first client who was added."""
    chance = Random(seed)
    async with database.write() as tx:
        homes = [{"id": home} for home in await tx.scalars(select(District.id).order_by(District.id))]
        new = districts(await _next(tx, District), size.districts - len(homes))
        await write(tx, "district", new)
        homes += new
        houses = [{"id": house} for house in await tx.scalars(select(Institution.id).order_by(Institution.id))]
        more = institutions(await _next(tx, Institution), size.institutions - len(houses), new or homes)
        await write(tx, "institution", more)
        houses += more
        there = await tx.scalar(select(func.count()).select_from(Specialist)) or 0
        pairs = [
            *staff(
                await _next(tx, Account), await _next(tx, Specialist), max(0, size.specialists - there), houses, chance
            )
        ]
        await write(tx, "account", [account for account, _ in pairs])
        await write(tx, "specialist", [specialist for _, specialist in pairs])
        made = [calendar(specialist["id"], now.date(), chance) for _, specialist in pairs]
        await write(tx, "calendar", [limits for limits, _, _ in made])
        await write(tx, "working_rule", [rule for _, rules, _ in made for rule in rules])
        await write(tx, "absence", [away for _, _, absences in made for away in absences])
        told("specialists", len(pairs), len(pairs))
        by = (await tx.scalars(select(Account.id).order_by(Account.id))).first() or 1
        first_client = await _next(tx, Client)
    rows = clients(first_client, size.clients, [home["id"] for home in homes], by, now, chance)
    done = 0
    while part := [*islice(rows, ROWS_AT_ONCE)]:
        async with database.write() as tx:
            await write(tx, "client", part)
        done += len(part)
        told("clients", done, size.clients)
    places = {house.id: house.district_id for house in await _all(database, Institution)}
    return [Worker(each["id"], each["zone"], places[each["institution_id"]]) for _, each in pairs], first_client


async def _work(
    database: Database, size: Size, seed: int, now: datetime, workers: Sequence[Worker], first_client: int, told: Told
) -> None:
    """Everybody's bookings, so many specialists in one transaction."""
    standards = sorted(await _all(database, ServiceStandard), key=lambda each: each.code)[:2]
    by = (await _all(database, Account))[0].id
    pools = shares(range(first_client, first_client + size.clients), len(workers))
    each, more = divmod(size.past, max(1, len(workers)))
    for start in range(0, len(workers), AT_ONCE):
        some = workers[start : start + AT_ONCE]
        async with database.write() as tx:
            owners = [Owner(worker.id, worker.zone, worker.district_id) for worker in some]
            rules = await calendars.rules(tx, owners, since=now, until=now + timedelta(days=DAYS + 1))
            first_id, rows = await _next(tx, Booking), Rows([], [], [], [])
            for at, worker in enumerate(some, start):
                book = Book(worker, next(pools), standards, by, now, Random(f"{seed} {worker.id}"), first_id, rows)
                book.past(each + (at < more), size.years)
                book.to_come(rules[worker.id])
            await write_all(tx, rows)
        told("bookings of specialists", start + len(some), len(workers))


async def _all(database: Database, table: type[Row_]) -> list[Row_]:
    async with database.read() as tx:
        return list(await tx.scalars(select(table).order_by(inspect(table).primary_key[0])))


async def _next(tx: Tx, table: type[Base]) -> int:
    """The number after the highest: rows that refer to each other are written with their numbers."""
    key = inspect(table).primary_key[0]
    return (await tx.scalar(select(func.max(key))) or 0) + 1


async def _counters_follow(tx: Tx) -> None:
    """PostgreSQL counts by itself and has not seen the numbers that were given here."""
    if tx.get_bind().dialect.name != "postgresql":
        return
    for table in COUNTED:
        await tx.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"))  # noqa: S608 - names of ours


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.data", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", help="an empty database; without it an SQLite file in the folder")
    parser.add_argument("--folder", type=Path, default=Path("var/bench"))
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--at", type=datetime.fromisoformat, help="the moment it is made for, with its zone; now")
    for field in fields(Size):
        parser.add_argument(f"--{field.name}", type=int, default=field.default, help="%(default)s")
    asked = parser.parse_args()
    url = asked.url or f"sqlite+aiosqlite:///{(asked.folder / 'region.sqlite3').absolute()}"
    size = Size(**{field.name: getattr(asked, field.name) for field in fields(Size)})
    begun = time.monotonic()
    asyncio.run(_show(url, size, asked.seed, (asked.at or datetime.now(UTC)).astimezone(UTC)))
    print(f"{url}: {time.monotonic() - begun:.0f} s")


async def _show(url: str, size: Size, seed: int, now: datetime) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    database = Database(url)
    with Progress(*columns) as progress:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=of)
            progress.update(tasks[what], completed=done)

        try:
            await make(database, size, seed=seed, now=now, told=told)
        finally:
            await database.close()


if __name__ == "__main__":
    main()
