"""Reports over HTTP: the pilot at a glance and the workbench over 100,000 sessions, equal to what raw journals say.

Each engine gets a region with a year of raw journals; what was measured of them is first compared, session by session,
with an independent reckoning (`tests/scheduling/plain_measured.py`), and the answers with plain sums of that
(`tests/scheduling/plain_reports.py`). What differs ends the bench.
"""

import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench import data_year
from bench.figure import Figure, Subject, figure
from scheduling.standards import ServiceStandard
from scheduling.workbench import INDICATORS
from server.database import Database
from tests.scheduling import plain_reports
from tests.scheduling.plain_measured import kept, recount
from tests.support.live_server import LiveServer
from tests.support.postgres import Postgres
from tests.support.staff import Staff, signed_in

SESSIONS, ASKED, RUNS, SEED = 100_000, 30, 3, 6
LIMIT_MS = 300
CODES = ("1739", "1740", "1741")
NAMES = {"glance": "report.glance_p95", "workbench": "report.workbench_p95"}
ENGINES = ("sqlite", "postgres")


async def measure(wanted: frozenset[str]) -> list[Figure]:
    found: list[Figure] = []
    for engine in ENGINES:
        with _engine(engine) as url:
            now = datetime.now(UTC)
            database = Database(url)
            begun = time.perf_counter()
            await data_year.make(database, SESSIONS, size=data_year.PLACES, seed=SEED, now=now)
            _told(f"{engine}: {SESSIONS:,} sessions made and measured", begun)
            begun = time.perf_counter()
            rows, deadlines = await _as_the_journals_say(database, now)
            _told(f"{engine}: {len(rows):,} measured as their journals say", begun)
            await database.close()
            async with _node(url) as server, signed_in(server.address, "analyst") as staff:
                found += await _asked(staff, engine, rows, deadlines, now, wanted)
    return found


def _told(what: str, begun: float) -> None:
    print(f"{what} in {time.perf_counter() - begun:.0f} s", file=sys.stderr)


async def _as_the_journals_say(database: Database, now: datetime) -> tuple[list[dict[str, Any]], dict[int, int | None]]:
    """What every session came to, and the deadlines of the standards."""
    async with database.read() as tx:
        ours, theirs = await kept(tx), await recount(tx, now=now)
        deadlines = {each.id: each.deadline_days for each in await tx.scalars(select(ServiceStandard))}
    if ours != theirs:
        wrong = [number for number in theirs if ours.get(number) != theirs[number]]
        raise AssertionError(
            f"{len(wrong)} sessions were measured otherwise than their journals say, first {wrong[:3]}"
        )
    return list(theirs.values()), deadlines


async def _asked(
    staff: Staff,
    engine: str,
    rows: list[dict[str, Any]],
    deadlines: dict[int, int | None],
    now: datetime,
    wanted: frozenset[str],
) -> list[Figure]:
    year = now.year if now.month > 6 else now.year - 1
    districts = sorted({row["district_id"] for row in rows})[:3]
    span = {"from": f"{now - timedelta(days=364):%Y-%m-%d}", "until": f"{now:%Y-%m-%d}"}
    await _glance_agrees(staff, rows, year, districts, deadlines)
    await _workbench_agrees(staff, rows, districts[0], span)
    asked: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "glance": [
            ("/glance", {"year": year}),
            *(("/glance", {"year": year, "district": each}) for each in districts),
        ],
        "workbench": [
            *(("/workbench", {"code": code, **span}) for code in CODES),
            *(("/workbench", {"code": CODES[0], "indicator": name, **span}) for name in INDICATORS),
            ("/workbench", {"code": CODES[0], "district": districts[0], **span}),
        ],
    }
    found = []
    for what, name in NAMES.items():
        if wanted & {name, f"{name}_{engine}"}:
            delays = [await _p95(staff, asked[what]) for _ in range(RUNS)]
            found.append(figure(f"{name}_{engine}", "ms", delays, ("limit", [LIMIT_MS])))
            if engine == "sqlite":
                found.append(figure(name, "ms", delays, ("limit", [LIMIT_MS])))
    return found


async def _p95(staff: Staff, asked: list[tuple[str, dict[str, Any]]]) -> float:
    delays = []
    for (path, query), _ in zip(cycle(asked), range(ASKED), strict=False):
        begun = time.perf_counter()
        (await staff.ask("GET", path, query=query)).ok()
        delays.append((time.perf_counter() - begun) * 1000)
    return sorted(delays)[int(len(delays) * 0.95)]


async def _glance_agrees(
    staff: Staff, rows: list[dict[str, Any]], year: int, districts: list[int], deadlines: dict[int, int | None]
) -> None:
    for district in (None, *districts):
        asked = {"year": year} | ({"district": district} if district is not None else {})
        seen = await staff.get("/glance", **asked)
        compared = plain_reports.glance(seen, rows, deadlines, district=district)
        _agrees(f"glance {asked}", compared, least=60 if district else 200)


async def _workbench_agrees(staff: Staff, rows: list[dict[str, Any]], district: int, span: dict[str, str]) -> None:
    for code in CODES:
        seen = await staff.get("/workbench", code=code, **span)
        _agrees(f"workbench {code}", plain_reports.workbench(seen, rows), least=3 * len(INDICATORS))
    seen = await staff.get("/workbench", code=CODES[0], district=district, **span)
    _agrees(f"workbench of {district}", plain_reports.workbench(seen, rows, district_id=district), least=6)
    for name in INDICATORS:
        seen = await staff.get("/workbench", code=CODES[0], indicator=name, **span)
        _agrees(f"workbench {name}", plain_reports.workbench(seen, rows), least=100)


def _agrees(what: str, compared: plain_reports.Compared, *, least: int) -> None:
    if compared.differ or compared.figures < least:
        raise AssertionError(f"{what}: {compared.figures} figures compared, of which differ {compared.differ[:5]}")


@contextmanager
def _engine(name: str) -> Iterator[str]:
    if name == "sqlite":
        with tempfile.TemporaryDirectory(prefix="ryadom-bench-") as folder:
            yield f"sqlite+aiosqlite:///{Path(folder) / 'region.sqlite3'}"
        return
    with Postgres(durable=False) as server:
        yield server.url(server.create())


@asynccontextmanager
async def _node(url: str) -> AsyncIterator[LiveServer]:
    with tempfile.TemporaryDirectory(prefix="ryadom-bench-") as folder:
        server = LiveServer(Path(folder), {"RYADOM_DATABASE_URL": url})
        await server.start()
        try:
            yield server
        finally:
            await server.kill()


SUBJECT = Subject((*NAMES.values(), *(f"{name}_{engine}" for name in NAMES.values() for engine in ENGINES)), measure)
