"""The relay: messages a second and their slowest percent beside bare relays, and what a quiet socket costs."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil  # type: ignore[import-untyped]
from aiohttp import ClientError, ClientSession

from bench.figure import Figure, Subject, figure
from tests.support.live_server import ROOT, free_port

BARE, NODE, RAW = "bare python-socketio", "bare Node socket.io", "raw aiohttp WebSockets"
FASTEST = ("relay.rate", "relay.rate_node", "relay.rate_raw", "relay.rate_p99", "relay.cpu_us")
NAMES = (*FASTEST, "relay.p99_500", "relay.idle_socket_kb")
PATIENCE_S = 180
WINDOWS = 5
# The server's command, and what it speaks.
SERVERS: dict[str, tuple[Sequence[str], str]] = {
    "ours": ((sys.executable, "-m", "bench.relay_house"), "house"),
    BARE: ((sys.executable, "-m", "bench.relay_socketio"), "socketio"),
    NODE: (("node", "bench/relay_node.mjs"), "socketio"),
    RAW: ((sys.executable, "-m", "bench.relay_raw"), "raw"),
}


@dataclass(slots=True)
class Seen:
    """What one server did in each window."""

    kb: float
    rate: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)


async def measure(wanted: frozenset[str]) -> list[Figure]:
    figures = []
    if wanted & set(FASTEST):
        figures += await _fastest()
    if "relay.p99_500" in wanted:
        seen = await _measured("paced", "ours", BARE)
        figures.append(figure("relay.p99_500", "ms", seen["ours"].p99, (BARE, seen[BARE].p99)))
    if "relay.idle_socket_kb" in wanted:
        seen = await _measured("idle", "ours", BARE)
        figures.append(figure("relay.idle_socket_kb", "kB", [seen["ours"].kb], (BARE, [seen[BARE].kb])))
    return figures


async def _fastest() -> list[Figure]:
    seen = await _measured("fastest", *SERVERS)
    ours = seen["ours"]
    return [
        figure("relay.rate", "messages/s", ours.rate, (BARE, seen[BARE].rate)),
        figure("relay.rate_node", "messages/s", ours.rate, (NODE, seen[NODE].rate)),
        figure("relay.rate_raw", "messages/s", ours.rate, (RAW, seen[RAW].rate)),
        figure("relay.rate_p99", "ms", ours.p99, (BARE, seen[BARE].p99)),
        figure("relay.cpu_us", "µs a message", ours.cpu_us, (BARE, seen[BARE].cpu_us)),
    ]


async def _measured(part: str, *servers: str) -> dict[str, Seen]:
    """All are up and connected, and loaded in turns: what else the machine does meets them alike."""
    async with AsyncExitStack() as stack:
        loads = {name: await stack.enter_async_context(_loaded(name, part)) for name in servers}
        for _ in range(WINDOWS if part != "idle" else 0):
            for load in loads.values():
                await load.window()
        return {name: load.seen for name, load in loads.items()}


class _Loaded:
    """One server and its load generator, all sockets connected."""

    def __init__(self, server: int, load: asyncio.subprocess.Process, kb: float) -> None:
        self._server = server
        self._load = load
        self._messages = 0
        self.seen = Seen(kb)

    async def window(self) -> None:
        assert self._load.stdin
        begun = _busy_s(self._server)
        self._load.stdin.write(b"go\n")
        told = await _said(self._load)
        self.seen.rate.append(told["rate"])
        self.seen.p99.append(told["p99"])
        self.seen.cpu_us.append((_busy_s(self._server) - begun) / (told["messages"] - self._messages) * 1e6)
        self._messages = told["messages"]


@asynccontextmanager
async def _loaded(server: str, part: str) -> AsyncIterator[_Loaded]:
    """A new server for each part, so that none carries what another left."""
    command, dialect = SERVERS[server]
    port = free_port()
    process = await asyncio.create_subprocess_exec(*command, str(port), cwd=ROOT)
    try:
        await listening(port)
        empty = kilobytes(process.pid)
        async with _generator(port, dialect, part) as load:
            ready = await _said(load)
            yield _Loaded(process.pid, load, (kilobytes(process.pid) - empty) / ready["sockets"])
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def _generator(port: int, dialect: str, part: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    arguments = ("-m", "bench.relay_load", f"127.0.0.1:{port}", dialect, part)
    load = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdin=pipe, stdout=pipe)
    try:
        yield load
    finally:
        if load.returncode is None:
            load.kill()
        await load.wait()


async def _said(load: asyncio.subprocess.Process) -> dict[str, Any]:
    assert load.stdout
    line = await asyncio.wait_for(load.stdout.readline(), PATIENCE_S)
    said: dict[str, Any] = json.loads(line or "{}")
    if not said:
        raise RuntimeError("the load generator failed")
    return said


async def listening(port: int) -> None:
    async with asyncio.timeout(20), ClientSession() as client:
        while True:
            try:
                await client.get(f"http://127.0.0.1:{port}/")
            except ClientError:
                await asyncio.sleep(0.05)
            else:
                return


def _busy_s(process: int) -> float:
    times = psutil.Process(process).cpu_times()
    return float(times.user + times.system)


def kilobytes(process: int) -> float:
    return float(psutil.Process(process).memory_info().rss) / 1000


SUBJECT = Subject(NAMES, measure)
