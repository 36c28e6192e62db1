"""The made-up region that figures are measured on: the same for the same seed, true to the rules, open for more."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bench import data
from scheduling import people, slots
from scheduling.bookings import Booking
from scheduling.calendars import Owner, rules
from scheduling.db import Base
from scheduling.finding import Warm
from scheduling.occupancy import Occupancy
from scheduling.people import Account, Client, District, Institution, Specialist
from server.database import Database

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)  # of the region
SMALL = data.Size(specialists=12, clients=60, past=300)
TABLES = ("specialist", "client", "working_rule", "absence", "booking", "booking_change", "occupancy")


async def test_there_are_as_many_as_were_asked_for_and_the_database_counts_on(database: Database) -> None:
    await data.make(database, SMALL, seed=1, now=NOW)
    async with database.write() as tx:
        there = {table: await tx.scalar(select(func.count()).select_from(table)) for table in (District, Institution)}
        assert there == {District: 35, Institution: 60}
        assert await tx.scalar(select(func.count()).select_from(Specialist)) == 12
        demo = 6
        assert await tx.scalar(select(func.count()).select_from(Client)) == 60 + demo
        added = select(func.count()).select_from(Booking).where(Booking.client_id > demo)
        assert await tx.scalar(added.where(Booking.starts < MIDNIGHT)) == 300
        assert await tx.scalar(added.where(Booking.starts > MIDNIGHT, Booking.status == "cancelled")) == 0
        desk = await tx.scalar(select(Account.id).where(Account.login == "suzun"))
        assert desk is not None
        coordinator = await people.actor(tx, desk)
        assert coordinator is not None
        one_more = await people.register_client(tx, coordinator, now=NOW, name="Анна", birth_year=1950)
        assert one_more.id == 67


async def test_about_half_of_the_days_to_come_is_booked_and_the_rest_is_found(database: Database) -> None:
    await data.make(database, SMALL, seed=1, now=NOW)
    since, until = NOW + timedelta(days=1), NOW + timedelta(days=25)
    async with database.read() as tx:
        look = await Warm().look(tx, now=NOW)
        owners = [Owner(who.id, who.zone, who.district_id) for who in look.candidates][5:]
        own = await rules(tx, owners, since=since, until=until)
        span = slots.minute(since), slots.minute(until)
        open_minutes = sum(
            end - start for each in own.values() for start, end in slots.open_time(each, since=span[0], until=span[1])
        )
        mine = Occupancy.kind == "specialist", Occupancy.who.in_([*own]), Occupancy.since.between(*span)
        taken = await tx.scalar(select(func.sum(Occupancy.until - Occupancy.since)).where(*mine)) or 0
        assert 0.4 < taken / open_minutes < 0.6
        free = await look.starts([*own], slots.Service("1739", 40, 10), since=since, until=until)
    assert all(free.values()), "everybody has some time left"


async def test_the_same_seed_and_moment_give_the_same_rows(tmp_path: Path) -> None:
    told = []
    for number, seed in enumerate((7, 7, 8)):
        database = Database(f"sqlite+aiosqlite:///{tmp_path}/{number}.sqlite3")
        await data.make(database, SMALL, seed=seed, now=NOW)
        async with database.read() as tx:
            told.append([(await tx.execute(select(Base.metadata.tables[name]))).all() for name in TABLES])
        await database.close()
    assert told[0] == told[1]
    assert told[0] != told[2]
