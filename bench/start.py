"""The start: from the command to the first answer of a server that has run before."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from bench.figure import Figure, Subject, figure
from tests.support.live_server import ROOT, LiveServer, command

REFERENCE = "Python importing aiohttp and SQLAlchemy"
RUNS = 5


async def measure(wanted: frozenset[str]) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="ryadom-bench-") as folder:
        await command(Path(folder), "demo")
        ours = [await _started(Path(folder)) for _ in range(RUNS)]
    theirs = [await _imported() for _ in range(RUNS)]
    return [figure("start.next_s", "s", ours, (REFERENCE, theirs))]


async def _started(data: Path) -> float:
    server = LiveServer(data)
    begun = time.perf_counter()
    await server.start()
    seconds = time.perf_counter() - begun
    await server.kill()
    return seconds


async def _imported() -> float:
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import aiohttp.web, sqlalchemy.ext.asyncio", cwd=ROOT
    )
    await process.wait()
    return time.perf_counter() - begun


SUBJECT = Subject(("start.next_s",), measure)
