"""A WebSocket proxy that does one wrong thing: drops, doubles or swaps with its next the k-th message through it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Literal

from aiohttp import ClientError, ClientSession, WSMsgType, web
from aiohttp.test_utils import TestServer

Wrong = Literal["drop", "double", "swap"]
Send = Callable[[str], Awaitable[None]]


@dataclass
class Fault:
    """Counts the messages of all connections and both directions together; only number `at` (from 0) suffers."""

    wrong: Wrong
    at: int
    passed: int = 0
    hit: str = ""

    def strikes(self, message: str) -> bool:
        number, self.passed = self.passed, self.passed + 1
        if number != self.at:
            return False
        self.hit = message[:60]
        return True


class _Direction:
    """One way through one connection; a message held back goes out behind the next one."""

    def __init__(self, fault: Fault, send: Send) -> None:
        self._fault = fault
        self._send = send
        self._held: str | None = None

    async def take(self, message: str) -> None:
        if not self._fault.strikes(message):
            await self._send(message)
            await self._release()
        elif self._fault.wrong == "double":
            await self._send(message)
            await self._send(message)
        elif self._fault.wrong == "swap":
            self._held = message

    async def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            await self._send(held)


@asynccontextmanager
async def wrong_way(upstream: str, fault: Fault) -> AsyncIterator[str]:
    """The address of a proxy to `upstream` with this fault."""
    async with ClientSession() as session:

        async def carry(request: web.Request) -> web.WebSocketResponse:
            page = web.WebSocketResponse(compress=False, timeout=0.5)
            await page.prepare(request)
            headers = {"Origin": request.headers.get("Origin", "")}
            with suppress(ClientError):
                async with session.ws_connect(f"{upstream}{request.path_qs}", headers=headers) as server:
                    await _both_ways(page, server, fault)
            return page

        app = web.Application()
        app.router.add_get("/socket.io/", carry)
        server = TestServer(app)
        await server.start_server(shutdown_timeout=0.1)
        try:
            yield str(server.make_url("")).rstrip("/")
        finally:
            await server.close()


async def _both_ways(page: web.WebSocketResponse, server: object, fault: Fault) -> None:
    ways = [
        asyncio.create_task(_pass_on(page, _Direction(fault, server.send_str))),  # type: ignore[attr-defined]
        asyncio.create_task(_pass_on(server, _Direction(fault, page.send_str))),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        await page.close()


async def _pass_on(source: object, way: _Direction) -> None:
    async for message in source:  # type: ignore[attr-defined]
        if message.type is not WSMsgType.TEXT:
            return
        await way.take(message.data)
