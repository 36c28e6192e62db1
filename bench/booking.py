"""Booking over HTTP: bookings a second of forty people on both engines, and one hour that a thousand want at once."""

import asyncio
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import insert, select, text

from bench.figure import Figure, Subject, figure
from bench.house import house
from scheduling import signins
from scheduling.calendars import Calendar, Holiday, WeeklyHours, WorkingRule
from scheduling.db import Tx
from scheduling.people import Account, Client, Institution, Specialist
from server.database import Database
from tests.support.live_server import ROOT, LiveServer
from tests.support.postgres import Postgres

PEOPLE, CROWD = 40, 1000
SPECIALISTS = 200
RUNS = 3
EACH = {"sqlite": 1000, "postgres": 3000}
WARMING = 300
RACES = 3
BARE, BARE_ROWS = "bare inserts, one a transaction", 2000
RACE = ("booking.race_double", "booking.contested_answer_p99", "booking.contested_slowest")
NAMES = ("booking.rate_sqlite", "booking.rate_postgres", *RACE)
INSERT = "insert into bare (specialist, client, starts, ends) values ({0}, 7, '2026-11-23 03:00', '2026-11-23 03:40')"
TABLE = "create table bare (id integer primary key{0}, specialist integer, client integer, starts text, ends text)"
SERVICE, SESSION_MIN = "1739", 50  # with its buffer
OPENS, CLOSES = 9, 18
OVERLAPS = """
select count(*) from booking one join booking other on one.id < other.id and one.status <> 'cancelled'
    and other.status <> 'cancelled' and (
        (one.specialist_id = other.specialist_id and one.starts < other.busy_until and other.starts < one.busy_until)
        or (one.client_id = other.client_id and one.starts < other.ends and other.starts < one.ends))
"""
BOOKED = "select count(*) from booking where specialist_id in (select id from specialist where name = 'С')"

Json = dict[str, Any]


@dataclass(frozen=True)
class Region:
    """Many specialists with whole weeks of work, a recipient for each of them and for each of the crowd."""

    cookies: list[str]
    specialists: list[int]
    clients: list[int]
    days: list[date]
    zone: str

    def wishes(self) -> list[Json]:
        """Each session of each specialist once, in no order; the last day is kept for those who all want the same."""
        wishes = [
            _wish(self.clients[number], specialist, starts)
            for number, specialist in enumerate(self.specialists)
            for day in self.days[:-1]
            for starts in self._starts(day)
        ]
        random.Random(4).shuffle(wishes)
        return wishes

    def contested(self, number: int) -> list[Json]:
        """One session of one specialist on a day that nobody has booked, wanted by everybody."""
        starts = self._starts(self.days[-1])[number]
        return [_wish(client, self.specialists[-1], starts) for client in self.clients]

    def _starts(self, day: date) -> list[datetime]:
        opens = datetime(day.year, day.month, day.day, OPENS, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
        count = (CLOSES - OPENS) * 60 // SESSION_MIN
        return [opens + timedelta(minutes=SESSION_MIN * number) for number in range(count)]


def _wish(client: int, specialist: int, starts: datetime) -> Json:
    return {"client": client, "specialist": specialist, "service": SERVICE, "starts": starts.isoformat()}


async def measure(wanted: frozenset[str]) -> list[Figure]:
    figures: list[Figure] = []
    with Postgres() as postgres:
        for engine in ("sqlite", "postgres"):
            rate = f"booking.rate_{engine}"
            races = engine == "postgres" and wanted & set(RACE)
            if rate not in wanted and not races:
                continue
            url = None if engine == "sqlite" else postgres.url(postgres.create())
            async with house(url) as server:
                database = Database(server.database_url)
                region = await database.written(_region)
                if rate in wanted:
                    figures.append(await _rate(rate, server, database, region, EACH[engine]))
                if races:
                    figures += await _race(server, database, region)
                await database.close()
    return figures


async def _rate(name: str, server: LiveServer, database: Database, region: Region, each: int) -> Figure:
    """Forty people, each with his next booking as soon as he has an answer, all of different times."""
    wishes = region.wishes()[: WARMING + RUNS * each]
    rates = []
    for first, last in [(0, WARMING), *((WARMING + run * each, WARMING + (run + 1) * each) for run in range(RUNS))]:
        told = await _load(server, region.cookies[:PEOPLE], wishes[first:last])
        if told["statuses"] != {"201": last - first}:
            raise RuntimeError(f"bookings did not succeed: {told['statuses']} {told['refusals'][:2]}")
        rates.append((last - first) / told["seconds"])
    if await _count(database, BOOKED) != len(wishes) or await _count(database, OVERLAPS):
        raise RuntimeError("what was answered is not what stands in the database, or overlaps there")
    bare = _bare_sqlite if database.sqlite else _bare_postgres(server.database_url)
    return figure(name, "bookings/s", rates[1:], (BARE, [await bare() for _ in range(RUNS)]))


async def _race(server: LiveServer, database: Database, region: Region) -> list[Figure]:
    """A thousand lines, all asked in the same moment."""
    doubles, nearly_all, slowest = [], [], []
    for number in range(RACES):
        wishes = region.contested(number * 2)
        told = await _load(server, region.cookies, wishes)
        if told["statuses"] != {"201": 1, "409": len(wishes) - 1}:
            raise RuntimeError(f"not one alone has won: {told['statuses']} {told['refusals'][:2]}")
        if any(len(refusal["alternatives"]) != 3 for refusal in told["refusals"]):
            raise RuntimeError("a loser got no three alternatives")
        delays = sorted(told["delays"])
        nearly_all.append(delays[int(len(delays) * 0.99)])
        slowest.append(delays[-1])
        doubles.append(float(await _count(database, OVERLAPS)))
    runs = (doubles, nearly_all, slowest)
    return [figure(name, unit, of) for name, unit, of in zip(RACE, ("bookings", "ms", "ms"), runs, strict=True)]


async def _load(server: LiveServer, cookies: Sequence[str], bodies: Sequence[Json]) -> Json:
    """The people, in a process of their own."""
    people = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.booking_load", "127.0.0.1", str(server.port)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await people.communicate(json.dumps({"cookies": cookies, "bodies": bodies}).encode() + b"\n")
    if people.returncode:
        raise RuntimeError("those who book have failed")
    told: Json = json.loads(said)
    return told


async def _count(database: Database, query: str) -> int:
    async with database.read() as tx:
        return int(await tx.scalar(text(query)) or 0)


# --- who is there -----------------------------------------------------------------------------------------------------
async def _region(tx: Tx) -> Region:
    now = datetime.now(UTC)
    desk = await tx.scalar(select(Account).where(Account.login == "suzun"))
    assert desk
    house = await tx.get_one(Institution, desk.institution_id)
    clients = await _clients(tx, now, desk, house)
    specialists = await _specialists(tx, desk, house)
    closed = set(await tx.scalars(select(Holiday.day)))
    days = [(now + timedelta(days=number)).date() for number in range(3, 58)]
    days = [day for day in days if day.weekday() < 5 and day not in closed]
    tokens = [await signins.begin(tx, desk.id, now=now) for _ in range(CROWD)]
    cookies = [f"ryadom_session={token}" for token in tokens]
    zone = (await tx.get_one(Specialist, specialists[0])).zone
    return Region(cookies, specialists, clients, days, zone)


async def _clients(tx: Tx, now: datetime, desk: Account, house: Institution) -> list[int]:
    facts = {"name": "Получатель", "name_folded": "получатель", "birth_year": 1949, "district_id": house.district_id}
    made = [facts | {"created_at": now, "created_by": desk.id} for _ in range(CROWD)]
    return list(await tx.scalars(insert(Client).returning(Client.id), made))


async def _specialists(tx: Tx, desk: Account, house: Institution) -> list[int]:
    facts: Json = {"password_hash": "-", "roles": ["specialist"], "institution_id": house.id, "name": "С"}
    accounts = [facts | {"login": f"bench-{number}"} for number in range(SPECIALISTS)]
    numbers = list(await tx.scalars(insert(Account).returning(Account.id), accounts))
    zone = await tx.scalar(select(Specialist.zone).limit(1))
    facts = {"name": "С", "zone": zone, "topics": [], "languages": ["ru"], "services": [SERVICE]}
    rows = [facts | {"account_id": number, "institution_id": house.id} for number in numbers]
    made = list(await tx.scalars(insert(Specialist).returning(Specialist.id), rows))
    await tx.execute(insert(Calendar), [{"specialist_id": number, "step_min": 10} for number in made])
    hours = [WeeklyHours(weekday, OPENS * 60, CLOSES * 60) for weekday in range(5)]
    week = [{"specialist_id": number, **each.columns()} for number in made for each in hours]
    await tx.execute(insert(WorkingRule), week)
    return made


# --- what it is held against ------------------------------------------------------------------------------------------
async def _bare_sqlite() -> float:
    with tempfile.TemporaryDirectory(prefix="ryadom-bench-") as folder:
        line = sqlite3.connect(Path(folder) / "bare.sqlite3", isolation_level=None)
        line.execute("pragma journal_mode=wal")
        line.execute("pragma synchronous=full")
        line.execute(TABLE.format(""))
        begun = time.perf_counter()
        for number in range(BARE_ROWS):
            line.execute("begin immediate")
            line.execute(INSERT.format(number))
            line.execute("commit")
        seconds = time.perf_counter() - begun
        line.close()
    return BARE_ROWS / seconds


def _bare_postgres(url: str) -> Callable[[], Awaitable[float]]:
    """Over as many connections as the server keeps."""

    async def inserted() -> float:
        pool = await asyncpg.create_pool(url.replace("+asyncpg", ""), min_size=20, max_size=20)
        await pool.execute("drop table if exists bare")
        await pool.execute(TABLE.format(" generated always as identity"))
        begun = time.perf_counter()
        await asyncio.gather(*(pool.execute(INSERT.format(number)) for number in range(BARE_ROWS)))
        seconds = time.perf_counter() - begun
        await pool.close()
        return BARE_ROWS / seconds

    return inserted


SUBJECT = Subject(NAMES, measure)
