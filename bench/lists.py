"""Lists of a hundred thousand rows: how fast they are read, in how much memory, and how long others wait meanwhile."""

import asyncio
import contextlib
import io
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import TimeoutError as WaitedTooLong

from bench.figure import Figure, Subject, figure
from scheduling import audit
from scheduling.applications import Application
from scheduling.lists import accepting
from server.database import Database
from server.lists.applying import APPLIER
from tests.server.house import Browser, House, body, house
from tests.support.postgres import Postgres

NAMES = ("lists.accept_wait", "lists.read_rate", "lists.memory_mb")
ROWS = 100_000
WHOLE = "all rows in one transaction, on SQLite"
LETTERS = "абвгдежзиклмнопрстуф"
HEAD = "ФИО;Дата рождения;Телефон;Населённый пункт;Тема;Согласие"
OCTETS = {"Content-Type": "application/octet-stream"}


async def measure(wanted: frozenset[str]) -> list[Figure]:
    waits, rates, memory = [], [], []
    with Postgres() as postgres:
        for engine in ("sqlite", "postgres"):
            async with _house(engine, postgres) as ryadom:
                sokolova = await ryadom.staff("suzun")
                rate, most, seen = await _read(sokolova)
                rates.append(rate)
                memory.append(most)
                if "lists.accept_wait" in wanted:
                    waits.append(await _accept(ryadom, sokolova, seen))
        whole = [await _in_one(postgres)] if "lists.accept_wait" in wanted else []
    found = [figure("lists.read_rate", "rows/s", rates), figure("lists.memory_mb", "MB", memory)]
    return [*found, *([figure("lists.accept_wait", "ms", waits, (WHOLE, whole))] if waits else [])]


@contextlib.asynccontextmanager
async def _house(engine: str, postgres: Postgres) -> AsyncIterator[House]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        url = f"sqlite+aiosqlite:///{data / 'l.sqlite3'}" if engine == "sqlite" else postgres.url(postgres.create())
        made = Database(url)
        await made.migrate()
        await made.close()
        async with house(data, url) as ryadom:
            yield ryadom


def people(count: int) -> bytes:
    """So many people of whom nobody has heard."""
    rows = []
    for at in range(count):
        name = "".join(LETTERS[at // 20**power % 20] for power in range(4))
        born = f"{at % 28 + 1:02}.{at // 28 % 12 + 1:02}.{1930 + at // 336 % 60}"
        phone = f"+7 913 {at // 10_000:03}-{at // 100 % 100:02}-{at % 100:02}"
        rows.append(f"Ы{name}ова Мария Петровна;{born};{phone};с. Битки;;01.11.2026")
    return "\r\n".join([HEAD, *rows, ""]).encode("cp1251")


async def _read(staff: Browser) -> tuple[float, float, Any]:
    """Rows a second, the reading process's memory in MB at its height, and the list."""
    query = {"kind": "applications", "name": "список.csv"}
    begun = time.perf_counter()
    sent = await staff.post("/api/v1/lists", params=query, data=io.BytesIO(people(ROWS)), headers=OCTETS)
    seen, most = await body(sent, 201), 0.0
    while seen["status"] == "reading":
        await asyncio.sleep(0.1)  # as a page looks
        most = max(most, _memory_of_the_reader())
        seen = await body(await staff.get(f"/api/v1/lists/{seen['id']}"), 200)
    assert (seen["status"], seen["counts"]["new"]) == ("ready", ROWS), seen
    return ROWS / (time.perf_counter() - begun), most, seen


def _memory_of_the_reader() -> float:
    """As the kernel tells it, kB at its height; 0 while no such process is there."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if b"server.lists.apart" in (process / "cmdline").read_bytes():
                lines = (process / "status").read_text().splitlines()
                return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    return 0.0


async def _accept(ryadom: House, staff: Browser, seen: Any) -> float:
    """The longest wait of somebody who writes a line now and then while the list is accepted, in ms."""
    waits: list[float] = []
    over = asyncio.Event()
    writer = asyncio.create_task(_writes(ryadom, waits, over))
    version = {"If-Match": f'"{seen["version"]}"'}
    await body(await staff.post(f"/api/v1/lists/{seen['id']}/accept", headers=version), 200)
    await ryadom.app[APPLIER].waiting.join()
    over.set()
    await writer
    async with ryadom.centre.database.read() as tx:
        assert await tx.scalar(select(func.count()).where(Application.list_id == seen["id"])) == ROWS
    return max(waits)


async def _writes(ryadom: House, waits: list[float], over: asyncio.Event) -> None:
    while not over.is_set():
        begun = time.perf_counter()
        with contextlib.suppress(WaitedTooLong):  # after so long he is told that the house is busy
            async with ryadom.centre.database.write() as tx:
                audit.note(tx, "looked", "bench", 1, now=ryadom.now)
        waits.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(0.02)  # the pace of somebody who works


async def _in_one(postgres: Postgres) -> float:
    async with _house("sqlite", postgres) as ryadom:
        sokolova = await ryadom.staff("suzun")
        _, _, seen = await _read(sokolova)
        before, accepting.SHORT = accepting.SHORT, ROWS
        try:
            return await _accept(ryadom, sokolova, seen)
        finally:
            accepting.SHORT = before


SUBJECT = Subject(NAMES, measure)
