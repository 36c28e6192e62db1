"""The relay under measure: the namespace /room with a desk in memory, so that signalling alone is measured.

`relay_house PORT [faulty]`: with `faulty` every tenth step of a room fails by a fault of ours. `/left` tells what is
there now, after a sweep as of an hour later.
"""

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import uvloop
from aiohttp import web

from bench.relay_load import SOCKETS
from server import collector
from signaling import rooms
from signaling.port import SeatPass
from signaling.presence import MemoryPresence
from signaling.rooms import Room, Seat
from signaling.server import Signaling, build
from tests.signaling.fake_desk import FakeDesk


class OpenDesk(FakeDesk):
    """Every room is there, everybody let in; the ticket `17-2` opens the second seat of room 17."""

    def __init__(self) -> None:
        super().__init__()
        for number in range(1, max(SOCKETS.values()) // 2 + 1):
            self.open(_room(number))

    async def redeem(self, ticket: str) -> SeatPass:
        room, seat = map(int, ticket.split("-"))
        kept = self.rooms[room]
        return SeatPass(room, seat, kept.seat(seat).role, kept.seat(seat).name, kept.closes_at)


class FaultyDesk(OpenDesk):
    """Fails as a bug of ours would."""

    def __init__(self) -> None:
        super().__init__()
        self._steps = count(1)
        logging.disable(logging.CRITICAL)

    async def step(self, room: int, event: rooms.Event, at: datetime) -> Room:
        if not next(self._steps) % 10:
            raise ValueError("a fault of ours")
        return await super().step(room, event, at)


def _room(number: int) -> Room:
    seats = (Seat(1, "specialist", "Анна Петровна"), Seat(2, "client", "Иван Кузьмич", admitted=True))
    return rooms.opened(number, datetime.now(UTC) + timedelta(hours=1), seats)


def main() -> None:
    uvloop.install()
    app = web.Application()
    desk = FaultyDesk() if "faulty" in sys.argv else OpenDesk()
    signaling = build(desk, MemoryPresence(), origins=lambda _origin, _environ: True)
    signaling.sio.attach(app)
    app.router.add_get("/left", partial(_left, signaling))
    app.cleanup_ctx.append(lambda _: _running(signaling))
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


async def _left(signaling: Signaling, _request: web.Request) -> web.Response:
    await signaling.rooms.sweep(asyncio.get_running_loop().time() + 3601)
    gc.collect()
    sockets = signaling.sio.eio.sockets
    waiting = max((socket.waiting for socket in signaling.sio.eio.direct), default=0)
    tasks = len(asyncio.all_tasks())
    return web.json_response({"sockets": len(sockets), "tasks": tasks, "waiting": waiting, **signaling.rooms.kept()})


async def _running(signaling: Signaling) -> AsyncIterator[None]:
    await signaling.start()
    collector.spare()
    yield
    await signaling.stop()


if __name__ == "__main__":
    main()
