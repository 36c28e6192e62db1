"""Booking over HTTP: bookings a second on both engines, and forty people wanting the same slot at once."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]

from bench.figure import Figure, Subject, figure
from bench.house import house
from tests.support.postgres import Postgres
from tests.support.staff import Answer, Json, Staff, signed_in

BARE = "bare inserts, one a transaction"
PEOPLE = 40
ATTEMPTS = 400
RUNS = 3
EACH = 150
RACES = ("booking.race_double", "booking.contested_answer_p99")
NAMES = ("booking.rate_sqlite", "booking.rate_postgres", *RACES)
INSERT = "insert into bare (specialist, client, starts, ends) values ({0}, 7, '2026-11-23 03:00', '2026-11-23 03:40')"
TABLE = "create table bare (id integer primary key{0}, specialist integer, client integer, starts text, ends text)"


async def measure(wanted: frozenset[str]) -> list[Figure]:
    figures: list[Figure] = []
    doubles: list[float] = []
    delays: list[float] = []
    with Postgres() as postgres:
        for engine, url in (("sqlite", None), ("postgres", postgres.url(postgres.create()))):
            if not wanted & {f"booking.rate_{engine}", *RACES}:
                continue
            async with house(url) as server, signed_in(server.address, "coordinator") as staff:
                clients = [(await staff.register(f"Клиент {number}"))["id"] for number in range(PEOPLE)]
                wishes = [
                    (clients[number % PEOPLE], slot)
                    for number, slot in enumerate(_apart_from_each_other(await _free(staff)))
                ]
                rates = [await _rate(staff, wishes[run * EACH : (run + 1) * EACH]) for run in range(RUNS)]
                if wanted & set(RACES):
                    doubled, slow = await _race(staff, clients)
                    doubles.append(doubled)
                    delays.append(slow)
            bare = _bare_sqlite if url is None else _bare_postgres(url)
            theirs = [await bare() for _ in range(RUNS)]
            figures.append(figure(f"booking.rate_{engine}", "bookings/s", rates, (BARE, theirs)))
    if doubles:
        figures.append(figure("booking.race_double", "bookings", doubles))
        figures.append(figure("booking.contested_answer_p99", "ms", delays))
    return figures


async def _free(staff: Staff) -> list[Json]:
    """All free starts of the region in the month to come."""
    today = datetime.fromisoformat(staff.me["now"]) if "now" in staff.me else datetime.now().astimezone()
    found: list[Json] = []
    for specialist in (await staff.get("/specialists"))["items"]:
        for week in range(5):
            first = (today + timedelta(days=2 + 7 * week)).date().isoformat()
            query: dict[str, str | int] = {"from": first, "days": 7, "specialist": specialist["id"], "limit": 200}
            found += await staff.slots(query)
    return found


def _apart_from_each_other(slots: list[Json]) -> list[Json]:
    """Of each specialist only starts that leave an hour to the one before: all of them can be booked."""
    chosen: list[Json] = []
    last: dict[int, datetime] = {}
    for slot in sorted(slots, key=lambda slot: str(slot["starts"])):
        specialist, starts = slot["specialist"]["id"], datetime.fromisoformat(slot["starts"])
        if specialist not in last or starts - last[specialist] >= timedelta(hours=1):
            last[specialist] = starts
            chosen.append(slot)
    return chosen


async def _rate(staff: Staff, wishes: Sequence[tuple[int, Json]]) -> float:
    """Bookings a second while `PEOPLE` at a time book different slots for different people."""
    waiting = list(wishes)
    answers: list[Answer] = []

    async def desk() -> None:
        while waiting:
            client, slot = waiting.pop(0)
            answers.append(await staff.book(client, slot))

    begun = time.perf_counter()
    await asyncio.gather(*(desk() for _ in range(PEOPLE)))
    seconds = time.perf_counter() - begun
    failed = [answer for answer in answers if answer.status != 201]
    if failed:
        raise RuntimeError(f"{len(failed)} bookings did not succeed: {failed[0].status} {failed[0].body}")
    return len(answers) / seconds


async def _race(staff: Staff, clients: Sequence[int]) -> tuple[int, float]:
    """400 attempts, 40 at a time on one slot: how many overlap, and the 99th percentile of the answers in ms."""
    delays: list[float] = []
    doubles = 0
    for slot in _apart_from_each_other(await _free(staff))[-ATTEMPTS // PEOPLE :]:
        answers = await asyncio.gather(*(_timed(staff.book(client, slot), delays) for client in clients))
        won = [answer for answer in answers if answer.status == 201]
        lost = [answer for answer in answers if answer.status != 201]
        if any(answer.status != 409 or len(answer.body["alternatives"]) != 3 for answer in lost):
            raise RuntimeError(f"a loser got no three alternatives: {[(a.status, a.body) for a in lost][:2]}")
        doubles += len(won) - 1
    return doubles, sorted(delays)[int(len(delays) * 0.99)]


async def _timed(answer: Awaitable[Answer], delays: list[float]) -> Answer:
    begun = time.perf_counter()
    got = await answer
    delays.append((time.perf_counter() - begun) * 1000)
    return got


async def _bare_sqlite() -> float:
    with tempfile.TemporaryDirectory(prefix="ryadom-bench-") as folder:
        line = sqlite3.connect(Path(folder) / "bare.sqlite3", isolation_level=None)
        line.execute("pragma journal_mode=wal")
        line.execute("pragma synchronous=full")
        line.execute(TABLE.format(""))
        begun = time.perf_counter()
        for number in range(ATTEMPTS):
            line.execute("begin immediate")
            line.execute(INSERT.format(number))
            line.execute("commit")
        seconds = time.perf_counter() - begun
        line.close()
    return ATTEMPTS / seconds


def _bare_postgres(url: str) -> Callable[[], Awaitable[float]]:
    """Over as many connections as the server keeps."""

    async def inserted() -> float:
        pool = await asyncpg.create_pool(url.replace("+asyncpg", ""), min_size=20, max_size=20)
        await pool.execute("drop table if exists bare")
        await pool.execute(TABLE.format(" generated always as identity"))
        begun = time.perf_counter()
        await asyncio.gather(*(pool.execute(INSERT.format(number)) for number in range(ATTEMPTS)))
        seconds = time.perf_counter() - begun
        await pool.close()
        return ATTEMPTS / seconds

    return inserted


SUBJECT = Subject(NAMES, measure)
