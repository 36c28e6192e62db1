"""What /readyz said while something was wrong: when it turned red, and when green again."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, ClientTimeout

from tests.support.live_server import LiveServer

EACH_S = 0.1


@dataclass
class Readiness:
    """Instants and answers, in their order."""

    seen: list[tuple[float, bool, dict[str, Any]]] = field(default_factory=list)

    def red_after(self, began: float) -> float | None:
        """Seconds from `began` to the first red."""
        return next((at - began for at, green, _ in self.seen if at >= began and not green), None)

    def green_after(self, began: float) -> float | None:
        """Seconds from `began` to the first green."""
        return next((at - began for at, green, _ in self.seen if at >= began and green), None)


@asynccontextmanager
async def watched(*servers: LiveServer) -> AsyncIterator[Readiness]:
    """Green is when all of them say so."""
    found = Readiness()
    async with ClientSession(timeout=ClientTimeout(total=10)) as http:

        async def ask(server: LiveServer) -> tuple[bool, dict[str, Any]]:
            async with http.get(f"{server.address}/readyz") as answer:
                return answer.status == 200, dict((await answer.json())["parts"])

        async def watch() -> None:
            while True:
                answers = await asyncio.gather(*(ask(server) for server in servers))
                parts = {name: all(said[name] for _, said in answers) for name in answers[0][1]}
                found.seen.append((time.monotonic(), all(green for green, _ in answers), parts))
                await asyncio.sleep(EACH_S)

        task = asyncio.create_task(watch())
        try:
            yield found
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
