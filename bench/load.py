"""Load: many rooms, many comers, and those who read too slowly, shout, come and go, or only knock."""

import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bench.figure import Figure, Subject, figure
from bench.relay import kilobytes, listening
from tests.support.crowd import consultations
from tests.support.live_server import ROOT, LiveServer, command, free_port

PATIENCE_S = 300
ROOMS, COMERS = 500, 500
# Whoever went is noticed, and what was to be told is told.
GOING_S = 3


async def measure(wanted: frozenset[str]) -> list[Figure]:
    return [await each() for name, each in MEASURES.items() if name in wanted]


async def _rooms() -> Figure:
    """500 rooms set up their calls and tell their quality; how long the relayed messages took."""
    seen = await _people(ROOMS, "talk")
    return figure(
        "load.rooms_500_p99",
        "ms",
        [_share(seen["relayed"], 0.99)],
        ("until each act was acknowledged, with its writing", [_share(seen["acks"], 0.99)]),
    )


async def _join() -> Figure:
    """From asking for a ticket to the answer that one is seated."""
    took = (await _people(COMERS // 2, "join"))["took"]
    if len(took) < COMERS:
        raise RuntimeError(f"only {len(took)} of {COMERS} were seated")
    return figure("load.join_500", "s", [max(took)], ("its median", took))


async def _churn() -> Figure:
    async with _house("faulty") as (host, pid), _work(host, "churn") as work:
        await _said(work)
        before, warm = await _left(host), kilobytes(pid)
        assert work.stdin
        work.stdin.write(b"go\n")
        told = await _said(work)
        await asyncio.sleep(GOING_S)
        after = await _left(host)
        if not told["faults"] or any(after[what] > before[what] for what in after):
            raise RuntimeError(f"left behind: {after}, before: {before}, faults: {told['faults']}")
        return figure("load.churn_kb", "kB", [kilobytes(pid) - warm])


async def _slow_reader() -> Figure:
    """The most that waited for him in the server before he was hung up on."""
    async with _house() as (host, _), _work(host, "slow_reader") as work:
        await _said(work)
        waiting = [0]
        telling = asyncio.create_task(_said(work))
        while not telling.done():
            waiting.append((await _left(host))["waiting"])
            await asyncio.sleep(0.01)
        told = await telling
        return figure("load.slow_reader", "kB", [max(waiting) / 1000], ("sent his way", [told["said_kb"]]))


async def _noisy() -> Figure:
    async with _house() as (host, _), _work(host, "noisy") as work:
        told = await _said(work)
        quiet, delays = _share(told["quiet"], 0.95), _share(told["delays"], 0.95)
        return figure("load.noisy_neighbour_p95", "ms", [delays], ("nobody shouts", [quiet]))


async def _handshakes() -> Figure:
    async with _house() as (host, _), _work(host, "handshakes") as work:
        told = await _said(work)
        return figure("load.handshakes", "sockets", [max(told["open"], told["at_server"])], ("handshakes", [2000]))


MEASURES: dict[str, Callable[[], Coroutine[Any, Any, Figure]]] = {
    "load.rooms_500_p99": _rooms,
    "load.join_500": _join,
    "load.churn_kb": _churn,
    "load.slow_reader": _slow_reader,
    "load.noisy_neighbour_p95": _noisy,
    "load.handshakes": _handshakes,
}


@asynccontextmanager
async def _house(*more: str) -> AsyncIterator[tuple[str, int]]:
    """The namespace with a desk in memory: its host and process."""
    port = free_port()
    server = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.relay_house", str(port), *more, cwd=ROOT)
    try:
        await listening(port)
        yield f"127.0.0.1:{port}", server.pid
    finally:
        server.kill()
        await server.wait()


@asynccontextmanager
async def _work(host: str, what: str) -> AsyncIterator[asyncio.subprocess.Process]:
    async with _process("bench.load_work", host, what) as process:
        yield process


@asynccontextmanager
async def _process(module: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, stdin=pipe, stdout=pipe, limit=2**26
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _people(rooms: int, what: str) -> dict[str, Any]:
    """So many rooms at a real server with its database."""
    with tempfile.TemporaryDirectory(prefix="ryadom-bench-") as folder:
        await command(Path(folder), "demo")
        server = LiveServer(Path(folder))
        await server.start()
        try:
            places = [[asdict(place) for place in pair] for pair in await consultations(server, rooms)]
            async with _process("bench.load_rooms", server.address, what) as process:
                assert process.stdin
                process.stdin.write(json.dumps(places).encode() + b"\n")
                return await _said(process)
        finally:
            await server.kill()


async def _said(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout
    line = await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)
    if not line:
        raise RuntimeError("the load generator failed")
    said: dict[str, Any] = json.loads(line)
    return said


async def _left(host: str) -> dict[str, int]:
    async with ClientSession() as http, http.get(f"http://{host}/left") as answer:
        left: dict[str, int] = await answer.json()
    return left


def _share(delays: list[float], share: float) -> float:
    return sorted(delays)[int(len(delays) * share)]


SUBJECT = Subject(tuple(MEASURES), measure)
