"""A small server around /room: tickets for the asking, the project's static files, and its own presence."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import socketio
from aiohttp import web
from aiohttp.test_utils import TestServer

from signaling.presence import MemoryPresence, Presence
from signaling.server import Signaling, build
from tests.signaling.fake_desk import CLIENT, SPECIALIST, FakeDesk, room_of

STATIC = Path(__file__).resolve().parents[2] / "static"


@asynccontextmanager
async def served(
    desk: FakeDesk,
    presence: Presence | None = None,
    *,
    grace: timedelta = timedelta(seconds=8),
    port: int | None = None,
    more: Callable[[web.Application], None] = lambda _app: None,
    **limits: Any,
) -> AsyncIterator["House"]:
    """The namespace over real HTTP; closed without a word, like a process that ends."""
    signaling = build(
        desk, presence or MemoryPresence(), origins=lambda origin, _: "evil" not in origin, grace=grace, **limits
    )
    app = web.Application()
    signaling.sio.attach(app)
    app.router.add_get("/ticket/{room}/{seat}", partial(_ticket, desk))
    app.router.add_static("/static", STATIC)
    more(app)
    server = TestServer(app, port=port)
    await server.start_server(shutdown_timeout=0.1)
    await signaling.start()
    house = House(desk, signaling, server)
    try:
        yield house
    finally:
        for person in house.people:
            await person.gone()
        await signaling.stop()
        await server.close()


async def _ticket(desk: FakeDesk, request: web.Request) -> web.Response:
    return web.json_response({"ticket": desk.ticket(int(request.match_info["room"]), int(request.match_info["seat"]))})


class House:
    def __init__(self, desk: FakeDesk, signaling: Signaling, server: TestServer) -> None:
        self.desk = desk
        self.signaling = signaling
        self.server = server
        self.url = str(server.make_url("")).rstrip("/")
        self.people: list[Person] = []

    async def person(self, room: int, seat: int, instance: str = "", **options: Any) -> "Person":
        person = Person(self, room, seat, instance or f"tab-of-seat-{seat}")
        self.people.append(person)
        await person.come(**options)
        return person

    async def two(self, room: int = 7) -> tuple["Person", "Person"]:
        """A specialist and a client who was let in."""
        if room not in self.desk.rooms:
            self.desk.open(room_of(room))
        anna, ivan = await self.person(room, SPECIALIST), await self.person(room, CLIENT)
        await anna.ask("admit", seat=CLIENT)
        return anna, ivan


class Person:
    """A page without a browser: python-socketio's client, numbering its messages like lib/signaling.js."""

    def __init__(self, house: House, room: int, seat: int, instance: str) -> None:
        self.house, self.room, self.seat, self.instance = house, room, seat, instance
        self.entries: list[dict[str, Any]] = []
        self.value: dict[str, Any] = {}
        self.seq = 0
        self.client = socketio.AsyncClient(reconnection=False)

    async def come(self, *, cursor: int = 0, epoch: str = "", transports: tuple[str, ...] = ("websocket",)) -> None:
        await self.connect(transports=transports)
        answer = await self.say("enter", seq=self.seq + 1, cursor=cursor, epoch=epoch)
        self.value = answer["value"]

    async def connect(self, *, ticket: str = "", v: int = 1, transports: tuple[str, ...] = ("websocket",)) -> None:
        self.client = socketio.AsyncClient(reconnection=False)
        self.client.on("log", self._heard, namespace="/room")
        ticket = ticket or self.house.desk.ticket(self.room, self.seat)
        auth = {"v": v, "ticket": ticket, "instance": self.instance}
        await self.client.connect(self.house.url, namespaces=["/room"], auth=auth, transports=list(transports))

    async def _heard(self, entry: dict[str, Any]) -> None:
        self.entries.append(entry)

    async def say(self, event: str, /, **data: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await self.client.call(event, data, namespace="/room", timeout=5)
        return answer

    async def ask(self, event: str, /, **data: Any) -> dict[str, Any]:
        self.seq += 1
        return await self.say(event, seq=self.seq, **data)

    async def gone(self) -> None:
        if self.client.connected:
            await self.client.eio.disconnect(abort=True)

    def heard(self, kind: str) -> list[Any]:
        return [entry["data"] for entry in self.entries if entry["kind"] == kind]


Act = Callable[[], Awaitable[object]]
