"""The relay under measure: the namespace /room with a desk in memory, so that signalling alone is measured."""

import gc
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import uvloop
from aiohttp import web

from bench.relay_load import SOCKETS
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


def _room(number: int) -> Room:
    seats = (Seat(1, "specialist", "Анна Петровна"), Seat(2, "client", "Иван Кузьмич", admitted=True))
    return rooms.opened(number, datetime.now(UTC) + timedelta(hours=1), seats)


def main() -> None:
    uvloop.install()
    app = web.Application()
    signaling = build(OpenDesk(), MemoryPresence(), origins=lambda _origin, _environ: True)
    signaling.sio.attach(app)
    app.cleanup_ctx.append(lambda _: _running(signaling))
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


async def _running(signaling: Signaling) -> AsyncIterator[None]:
    await signaling.start()
    gc.collect()
    gc.freeze()
    yield
    await signaling.stop()


if __name__ == "__main__":
    main()
