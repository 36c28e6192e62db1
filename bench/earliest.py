"""The earliest slot over HTTP: what a coordinator waits for while the client stands at the desk, in a whole region."""

import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from bench import data
from bench.figure import Figure, Subject, figure
from scheduling.bookings import Booking
from scheduling.calendars import Calendar
from server.database import Database
from tests.support.live_server import LiveServer
from tests.support.postgres import Postgres
from tests.support.redis import Redis
from tests.support.staff import Staff, signed_in

ASKED = 100
RUNS = 3
BOOKED = 20  # times that one node books and the other looks
SEED = 4
# `make bench-data` makes the whole; without it a twentieth is made for the measurement.
WHOLE = Path("var/bench/region.sqlite3")
WHOLE_POSTGRES = "RYADOM_BENCH_POSTGRES"
PART = data.Size(clients=5_000, past=50_000)
# What coordinators ask for, in turn.
WISHES: tuple[dict[str, str | int], ...] = (
    {},
    {"topic": "loss"},
    {"kind": "ngo"},
    {"weekday": "0,2,4", "part": "09:00-13:00"},
    {"language": "tt"},
    {"by": "specialist"},
)
EDGE = {"sqlite": "slots.earliest_http_p95_sqlite", "postgres": "slots.earliest_http_p95_postgres"}
WARMING, SECOND = "slots.while_warming_p95", "slots.second_node_sees"


async def measure(wanted: frozenset[str]) -> list[Figure]:
    found: list[Figure] = []
    if wanted & {EDGE["sqlite"], WARMING}:
        with _sqlite() as url:
            await _fill(url)
            found += await _edge(url, EDGE["sqlite"])
    if wanted & {EDGE["postgres"], SECOND}:
        with _postgres() as url:
            await _fill(url)
            if EDGE["postgres"] in wanted:
                found += await _edge(url, EDGE["postgres"])
            if SECOND in wanted:
                found.append(await _second_node(url))
    named: dict[str, Figure] = {}
    for each in found:
        named.setdefault(each.name, each)
    return [*named.values()]


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="ryadom-bench-") as folder:
        path = WHOLE.absolute() if WHOLE.exists() else Path(folder) / "region.sqlite3"
        yield f"sqlite+aiosqlite:///{path}"


@contextmanager
def _postgres() -> Iterator[str]:
    if url := os.environ.get(WHOLE_POSTGRES):
        yield url
        return
    with Postgres(durable=False) as server:
        yield server.url(server.create())


async def _fill(url: str) -> None:
    """Makes a part of a region where there is none."""
    database = Database(url)
    await database.migrate()
    async with database.read() as tx:
        empty = await tx.scalar(select(Calendar.specialist_id).limit(1)) is None
    if empty:
        await data.make(database, PART, seed=SEED, now=datetime.now(UTC))
    await database.close()


async def _edge(url: str, name: str) -> list[Figure]:
    """The 95th percentile of `ASKED` searches of a month of the whole region, each after somebody's calendar moved."""
    database = Database(url)
    async with database.read() as tx:
        past = await tx.scalar(select(func.count()).select_from(Booking).where(Booking.starts < datetime.now(UTC)))
        whom = cycle(await tx.scalars(select(Calendar.specialist_id).order_by(Calendar.specialist_id)))

    async def move() -> None:
        async with database.write() as tx:
            moved = update(Calendar).where(Calendar.specialist_id == next(whom))
            await tx.execute(moved.values(busy_stamp=Calendar.busy_stamp + 1))

    async with _node(url) as server, signed_in(server.address, "coordinator") as staff:
        warming = await _delays(staff, [("/session", {})] * ASKED)
        searches = [("/slots", {"service": "1739", "days": 30, **wish}) for wish in WISHES]
        await _delays(staff, searches)
        asked = [search for search, _ in zip(cycle(searches), range(ASKED), strict=False)]
        ours = [_p95(await _delays(staff, asked, before=move)) for _ in range(RUNS)]
        theirs = [_p95(await _delays(staff, [("/session", {})] * ASKED)) for _ in range(RUNS)]
    await database.close()
    reference = f"who is signed in, beside {past:,} past bookings"
    warmed = figure(WARMING, "ms", [_p95(warming)], ("the same when it is warm", theirs))
    return [figure(name, "ms", ours, (reference, theirs)), warmed]


async def _delays(staff: Staff, asked: list[tuple[str, dict[str, str | int]]], before: Any = None) -> list[float]:
    delays = []
    for path, query in asked:
        if before is not None:
            await before()
        begun = time.perf_counter()
        (await staff.ask("GET", path, query=query)).ok()
        delays.append((time.perf_counter() - begun) * 1000)
    return delays


def _p95(delays: list[float]) -> float:
    return sorted(delays)[int(len(delays) * 0.95)]


async def _second_node(url: str) -> Figure:
    """From a booking's answer on one node to the answer of the other's first search that offers its time no more."""
    with Redis() as redis:
        shared = {"RYADOM_REDIS_URL": redis.url, "RYADOM_KEY": "0" * 64}
        async with (
            _node(url, shared) as one,
            _node(url, shared) as other,
            signed_in(one.address, "coordinator") as here,
            signed_in(other.address, "coordinator") as there,
        ):
            delays = [await _gone(here, there) for _ in range(BOOKED)]
    return figure(SECOND, "ms", delays, ("limit", [1000]))


async def _gone(here: Staff, there: Staff) -> float:
    """Milliseconds; the booking is taken back afterwards."""
    client = (await here.get("/clients", limit=1))["items"][0]["id"]
    slot = (await there.slots({"days": 30, "client": client}))[0]
    who, starts = slot["specialist"]["id"], slot["starts"]
    booked = (await here.book(client, slot)).ok()["booking"]
    begun = time.perf_counter()
    while any(each["starts"] == starts for each in await there.slots({"days": 30, "specialist": who, "limit": 200})):
        if time.perf_counter() - begun > 10:
            raise AssertionError("the second node never saw the booking")
    seen = (time.perf_counter() - begun) * 1000
    cancelled = await here.post(
        f"/bookings/{booked['id']}/cancel", {"reason": "mistake"}, if_match=f'"{booked["version"]}"'
    )
    cancelled.ok()
    return seen


@asynccontextmanager
async def _node(url: str, more: dict[str, str] | None = None) -> AsyncIterator[LiveServer]:
    with tempfile.TemporaryDirectory(prefix="ryadom-bench-") as folder:
        server = LiveServer(Path(folder), {"RYADOM_DATABASE_URL": url, **(more or {})})
        await server.start()
        try:
            yield server
        finally:
            await server.kill()


SUBJECT = Subject((*EDGE.values(), WARMING, SECOND), measure)
