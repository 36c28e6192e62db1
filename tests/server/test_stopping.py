"""Stopping: a SIGTERM ends the server within about a second, whoever still has a socket open."""

import asyncio
import time
from collections.abc import Callable

import socketio
from aiohttp import ClientSession

from server import demo
from tests.support.live_server import LiveServer

SOCKETS = 30


async def test_a_stop_does_not_wait_for_open_sockets(live_server: LiveServer, tell: Callable[[str], None]) -> None:
    token = await _signed_in(live_server.address)
    reasons: list[str] = []
    followers = [socketio.AsyncClient(reconnection=False) for _ in range(SOCKETS)]
    for follower in followers:
        follower.on("disconnect", reasons.append, namespace="/board")
        await follower.connect(
            live_server.address,
            namespaces=["/board"],
            headers={"Cookie": f"ryadom_session={token}"},
            transports=["websocket"],
        )
    began = time.perf_counter()
    await live_server.stop()
    took = time.perf_counter() - began
    tell(f"a stop with {SOCKETS} open sockets took {took:.2f} s")
    assert took < 2
    async with asyncio.timeout(5):
        await asyncio.gather(*(follower.wait() for follower in followers))
    # What makes a browser come back by itself; "server disconnect" would keep it away.
    assert set(reasons) <= {"transport close", "transport error"}, reasons
    assert "Traceback" not in live_server.log, live_server.log


async def _signed_in(address: str) -> str:
    async with ClientSession() as browser:
        facts = {"login": "suzun", "password": demo.PASSWORD}
        async with browser.post(f"{address}/api/v1/session", json=facts) as answer:
            return answer.cookies["ryadom_session"].value
