"""The relay: messages a second and their slowest percent beside bare relays, and what a quiet socket costs."""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Any

import psutil  # type: ignore[import-untyped]
from aiohttp import ClientError, ClientSession

from bench.figure import Figure, Subject, figure
from tests.support.live_server import ROOT, free_port

BARE, NODE, RAW = "bare python-socketio", "bare Node socket.io", "raw aiohttp WebSockets"
FASTEST = ("relay.rate", "relay.rate_node", "relay.rate_raw", "relay.rate_p99", "relay.cpu_us")
NAMES = (*FASTEST, "relay.p99_500", "relay.idle_socket_kb")
PATIENCE_S = 180
# The server's command, and what it speaks.
SERVERS: dict[str, tuple[Sequence[str], str]] = {
    "ours": ((sys.executable, "-m", "bench.relay_house"), "house"),
    BARE: ((sys.executable, "-m", "bench.relay_socketio"), "socketio"),
    NODE: (("node", "bench/relay_node.mjs"), "socketio"),
    RAW: ((sys.executable, "-m", "bench.relay_raw"), "raw"),
}


async def measure(wanted: frozenset[str]) -> list[Figure]:
    figures = []
    if wanted & set(FASTEST):
        figures += await _fastest()
    if "relay.p99_500" in wanted:
        ours, bare = [(await _measured(server, "paced"))["p99"] for server in ("ours", BARE)]
        figures.append(figure("relay.p99_500", "ms", ours, (BARE, bare)))
    if "relay.idle_socket_kb" in wanted:
        ours, bare = [[(await _measured(server, "idle"))["kb"]] for server in ("ours", BARE)]
        figures.append(figure("relay.idle_socket_kb", "kB", ours, (BARE, bare)))
    return figures


async def _fastest() -> list[Figure]:
    seen = {server: await _measured(server, "fastest") for server in SERVERS}
    ours = seen["ours"]
    return [
        figure("relay.rate", "messages/s", ours["rate"], (BARE, seen[BARE]["rate"])),
        figure("relay.rate_node", "messages/s", ours["rate"], (NODE, seen[NODE]["rate"])),
        figure("relay.rate_raw", "messages/s", ours["rate"], (RAW, seen[RAW]["rate"])),
        figure("relay.rate_p99", "ms", ours["p99"], (BARE, seen[BARE]["p99"])),
        figure("relay.cpu_us", "µs a message", [ours["cpu_us"]], (BARE, [seen[BARE]["cpu_us"]])),
    ]


async def _measured(server: str, part: str) -> dict[str, Any]:
    """A new server for each part, so that none carries what another left."""
    command, dialect = SERVERS[server]
    port = free_port()
    process = await asyncio.create_subprocess_exec(*command, str(port), cwd=ROOT)
    try:
        await listening(port)
        return await _loaded(process.pid, port, dialect, part)
    finally:
        process.kill()
        await process.wait()


async def _loaded(server: int, port: int, dialect: str, part: str) -> dict[str, Any]:
    empty = kilobytes(server)
    load = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bench.relay_load", f"127.0.0.1:{port}", dialect, part),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    ready = await _said(load)
    seen: dict[str, Any] = {"kb": (kilobytes(server) - empty) / ready["sockets"]}
    begun = _busy_s(server)
    assert load.stdin
    load.stdin.write(b"go\n")
    if part != "idle":
        seen |= await _said(load)
        seen["cpu_us"] = (_busy_s(server) - begun) / seen["messages"] * 1e6
    if await load.wait():
        raise RuntimeError("the load generator failed")
    return seen


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
