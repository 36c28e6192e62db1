"""The load on a relay, in a process of its own: `relay_load HOST DIALECT PART` says lines of JSON.

The first when all are connected and quiet, then one for each window of seconds it is told to load. Parts: `idle`, 2,000
sockets as a browser opens them; `paced`, 1,000 messages a second from 500 sockets in pairs; `fastest`, 64 messages on
their way at any time, from 1,000 sockets in turn.
"""

import asyncio
import json
import sys
import time
from itertools import cycle

import uvloop

from bench.dialects import DIALECTS, Dialect, Member
from bench.sockets import DEFLATE

QUIET_S = 3
WINDOW_S = 4
PACED = 1000
UNDER_WAY = 64
SOCKETS = {"idle": 2000, "paced": 500, "fastest": 1000}
PATIENCE_S = 10


async def main() -> None:
    host, dialect, part = sys.argv[1], DIALECTS[sys.argv[2]](), sys.argv[3]
    delays: list[float] = []
    members = [Member(number // 2 + 1, number % 2 + 1, delays.append) for number in range(SOCKETS[part])]
    for member in members:
        await dialect.enter(host, member, DEFLATE if part == "idle" else "")
    await asyncio.sleep(QUIET_S)
    _tell(sockets=len(members))
    load = _Load(dialect, members, delays)
    while await asyncio.to_thread(sys.stdin.readline):
        rate, p99 = await (load.paced() if part == "paced" else load.fastest())
        _tell(rate=rate, p99=p99, messages=load.said)


def _tell(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


class _Load:
    """Messages from all members in turn, without a task for any of them: the generator must not be what is measured."""

    def __init__(self, dialect: Dialect, members: list[Member], delays: list[float]) -> None:
        self._dialect = dialect
        self._next = cycle(members).__next__
        self._delays = delays
        self.said = 0
        self._under_way = 0
        self._until = 0.0
        self._all_back = asyncio.Event()
        for member in members:
            member.acknowledged = self._acknowledged

    async def paced(self) -> tuple[float, float]:
        """Messages that arrived a second, and the 99th percentile of their delays in ms, at 1,000 a second."""
        self._begin()
        start = time.perf_counter()
        for index in range(PACED * WINDOW_S):
            late = start + index / PACED - time.perf_counter()
            if late > 0.001:
                await asyncio.sleep(late)
            self._say()
        return await self._seen(start)

    async def fastest(self) -> tuple[float, float]:
        """The same with the next message said as soon as one was acknowledged."""
        self._begin()
        start = time.perf_counter()
        self._until = start + WINDOW_S
        for _ in range(UNDER_WAY):
            self._say()
        return await self._seen(start)

    def _begin(self) -> None:
        self._delays.clear()
        self._all_back.clear()
        self._until = 0.0

    async def _seen(self, start: float) -> tuple[float, float]:
        await asyncio.wait_for(self._all_back.wait(), WINDOW_S + PATIENCE_S)
        took = time.perf_counter() - start
        await asyncio.sleep(0.2)
        return len(self._delays) / took, sorted(self._delays)[int(len(self._delays) * 0.99)]

    def _say(self) -> None:
        member = self._next()
        assert member.socket
        member.number += 1
        self.said += 1
        self._under_way += 1
        member.socket.send(self._dialect.frame(member))

    def _acknowledged(self) -> None:
        self._under_way -= 1
        if time.perf_counter() < self._until:
            self._say()
        elif not self._under_way:
            self._all_back.set()


if __name__ == "__main__":
    uvloop.run(main())
