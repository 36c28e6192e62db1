"""The relay: messages a second, the delay of the slowest percent, and what a quiet socket costs, with 500 sockets."""

import asyncio
import json
import sys
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]
from aiohttp import ClientError, ClientSession

from bench.figure import Figure, Subject, figure
from tests.support.live_server import ROOT, free_port

REFERENCE = "raw aiohttp WebSockets"
NAMES = ("relay.rate", "relay.p99_500", "relay.idle_socket_kb")


@dataclass(frozen=True, slots=True)
class Relayed:
    """What one server did."""

    rate: list[float]
    p99: list[float]
    socket_kb: float


async def measure(wanted: frozenset[str]) -> list[Figure]:
    house, raw = await _measured("bench.relay_house", "house"), await _measured("bench.relay_raw", "raw")
    return [
        figure("relay.rate", "messages/s", house.rate, (REFERENCE, raw.rate)),
        figure("relay.p99_500", "ms", house.p99, (REFERENCE, raw.p99)),
        figure("relay.idle_socket_kb", "kB", [house.socket_kb], (REFERENCE, [raw.socket_kb])),
    ]


async def _measured(server_module: str, dialect: str) -> Relayed:
    port = free_port()
    server = await asyncio.create_subprocess_exec(sys.executable, "-m", server_module, str(port), cwd=ROOT)
    try:
        await _listening(port)
        return await _loaded(server.pid, port, dialect)
    finally:
        server.kill()
        await server.wait()


async def _loaded(server: int, port: int, dialect: str) -> Relayed:
    empty = _kilobytes(server)
    load = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bench.relay_load", f"127.0.0.1:{port}", dialect),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    said: dict[str, object] = {}
    assert load.stdin
    assert load.stdout
    while line := await asyncio.wait_for(load.stdout.readline(), 120):
        part = json.loads(line)
        if part["part"] == "quiet":
            part["kb"] = (_kilobytes(server) - empty) / part["sockets"]
        said |= part
        load.stdin.write(b"go on\n")
    if await load.wait():
        raise RuntimeError("the load generator failed")
    return Relayed(said["rate"], said["p99"], said["kb"])  # type: ignore[arg-type] # as relay_load says it


async def _listening(port: int) -> None:
    async with asyncio.timeout(20), ClientSession() as client:
        while True:
            try:
                await client.get(f"http://127.0.0.1:{port}/")
            except ClientError:
                await asyncio.sleep(0.05)
            else:
                return


def _kilobytes(process: int) -> float:
    return float(psutil.Process(process).memory_info().rss) / 1000


SUBJECT = Subject(NAMES, measure)
