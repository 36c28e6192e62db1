"""Every event of the room × every kind of seat, and the board × every role: on the real server with its real desk."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import socketio  # type: ignore[import-untyped]  # the library ships no types

from scheduling.access import PERMISSIONS, ROLES, Role
from signaling import wire
from tests.permissions.test_http_matrix import PEOPLE
from tests.server.house import Browser, House, body, booked

ALL = {"specialist", "admitted", "waiting"}
# Who may say what; every event of the wire must stand here.
POLICY: dict[str, set[str]] = {
    "enter": ALL,
    "replay": ALL,
    "beat": ALL,
    "media": ALL,
    "leave": ALL,
    "signal": ALL,  # the waiting only with the specialist, below
    "help": ALL,
    "chat": {"specialist", "admitted"},
    "seen": {"specialist", "admitted"},
    "quality": {"specialist", "admitted"},
    "admit": {"specialist"},
    "takeover": {"specialist"},
    "phone": {"specialist"},
    "dismiss": {"specialist"},
    "close": {"specialist"},
}
SAMPLE = {
    "loss": 0.0,
    "rtt_ms": 20.0,
    "in_kbps": 300.0,
    "out_kbps": 300.0,
    "codec": "VP8",
    "width": 640,
    "height": 480,
    "fps": 25.0,
    "path": "direct",
}
NO = {"not_permitted", "not_admitted"}


@dataclass
class Sitter:
    """Somebody in a seat, without a browser."""

    client: Any
    seat: int
    seq: int = 0
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def say(self, event: str, **data: Any) -> dict[str, Any]:
        numbered = {} if event in {"replay", "beat"} else {"seq": self.seq + 1}
        if event not in {"enter", "replay", "beat"}:  # `enter` names the next number without taking it
            self.seq += 1
        answer: dict[str, Any] = await self.client.call(event, {**numbered, **data}, namespace="/room", timeout=5)
        return answer


class Rooms:
    """Two rooms: the one looked at, and a foreign one with a talk going on."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.sitters: list[Sitter] = []

    async def book(self, client: int, **when: Any) -> dict[str, Any]:
        made: dict[str, Any] = await booked(await self.house.staff("suzun"), client=client, **when)
        return made

    async def sit(self, browser: Browser, path: str) -> Sitter:
        ticket = (await body(await browser.post(f"/api/v1{path}"), 200))["ticket"]
        client = socketio.AsyncClient(reconnection=False)
        auth = {"v": wire.VERSION, "ticket": ticket, "instance": f"tab-{len(self.sitters)}-of-the-matrix"}
        await client.connect(self.house.url, namespaces=["/room"], auth=auth, transports=["websocket"])
        answer = await client.call("enter", {"seq": 1, "cursor": 0, "epoch": ""}, namespace="/room", timeout=5)
        sitter = Sitter(client, answer["value"]["you"]["seat"])
        client.on("log", sitter.heard.append, namespace="/room")
        self.sitters.append(sitter)
        return sitter

    async def talk(self, made: dict[str, Any], login: str, *, admit: bool) -> tuple[Sitter, Sitter]:
        """A specialist and a client in a room of their own five minutes before the hour, the client let in or not."""
        self.house.at(datetime.fromisoformat(made["booking"]["starts"]) - timedelta(minutes=5))
        phone = self.house.browser()
        await body(await phone.post("/api/v1/join", json={"secret": made["link"].partition("#")[2]}), 200)
        hers = await self.sit(await self.house.staff(login), f"/bookings/{made['booking']['id']}/ticket")
        his = await self.sit(phone, "/join/ticket")
        if admit:
            let_in = await hers.say("admit", seat=his.seat)
            assert let_in["ok"], let_in
        return hers, his

    async def close(self) -> None:
        for sitter in self.sitters:
            await sitter.client.disconnect()


@pytest.fixture
async def rooms(ryadom: House) -> AsyncIterator[Rooms]:
    opened = Rooms(ryadom)
    yield opened
    await opened.close()


def said(event: str, other: int) -> dict[str, Any]:
    """A sound message of this kind about another seat."""
    facts: dict[str, dict[str, Any]] = {
        "enter": {"cursor": 0, "epoch": ""},
        "replay": {"cursor": 0},
        "beat": {"cursor": 0},
        "admit": {"seat": other},
        "signal": {"to": other, "data": {"pair": "a:b", "generation": 1, "candidates": []}},
        "chat": {"id": f"line-{event}", "text": "Здравствуйте"},
        "media": {"audio": True, "video": False},
        "seen": {"seat": other},
        "quality": {"samples": [{"seat": other, **SAMPLE}]},
        "takeover": {"request": "1", "allow": True},
        "leave": {},
        "close": {},
        "dismiss": {"seat": other},
        "phone": {"on": False},
        "help": {},
    }
    return facts[event]


def test_every_event_of_the_wire_has_a_policy() -> None:
    assert set(POLICY) == set(wire.ASKED)


@pytest.mark.parametrize("kind", sorted(ALL))
async def test_a_seat_may_say_what_the_policy_says(rooms: Rooms, kind: str) -> None:
    hers, his = await rooms.talk(await rooms.book(2), "orlova", admit=kind != "waiting")
    speaker, other = (hers, his) if kind == "specialist" else (his, hers)
    leaks: dict[str, Any] = {}
    ending = ["dismiss", "close", "leave"]  # nothing can be said after them
    for event in [name for name in POLICY if name not in ending] + ending:
        answer = await speaker.say(event, **said(event, other.seat))
        refused = not answer["ok"] and answer["fault"]["code"] in NO
        if refused is (kind in POLICY[event]):
            leaks[event] = answer
    assert leaks == {}


async def test_nothing_reaches_a_seat_of_another_room(rooms: Rooms) -> None:
    there = await rooms.book(3, specialist=2)
    here = await rooms.book(2, starts=there["booking"]["starts"])  # another hour would close one of them
    hers, his = await rooms.talk(here, "orlova", admit=True)
    foreign_hers, foreign_his = await rooms.talk(there, "zimin", admit=True)
    await asyncio.sleep(0.2)
    before = [len(sitter.heard) for sitter in (foreign_hers, foreign_his)]
    for speaker in (hers, his):
        for target in (foreign_hers, foreign_his):
            for event in ("signal", "admit", "dismiss", "seen", "quality"):
                answer = await speaker.say(event, **said(event, target.seat))
                assert not answer["ok"], (event, answer)
        answer = await speaker.say("chat", id=f"said-by-{speaker.seat}", text="сюда, и никуда больше")
        assert answer["ok"], answer
    await asyncio.sleep(0.3)
    assert [len(sitter.heard) for sitter in (foreign_hers, foreign_his)] == before


@pytest.mark.parametrize("role", ROLES)
async def test_only_those_who_follow_the_day_get_onto_the_board(ryadom: House, role: Role) -> None:
    browser = await ryadom.staff(PEOPLE[role])
    token = next(cookie.value for cookie in browser.session.cookie_jar if cookie.key == "ryadom_session")
    client = socketio.AsyncClient(reconnection=False)
    headers = {"Cookie": f"ryadom_session={token}"}
    try:
        await client.connect(ryadom.url, namespaces=["/board"], headers=headers, transports=["websocket"])
        came = True
    except socketio.exceptions.ConnectionError:
        came = False
    await client.disconnect()
    assert came is ("board" in PERMISSIONS[role])


async def test_nobody_signed_in_gets_onto_the_board(ryadom: House) -> None:
    client = socketio.AsyncClient(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(ryadom.url, namespaces=["/board"], transports=["websocket"])
    await client.disconnect()


async def test_the_board_tells_of_ones_own_district_only(ryadom: House) -> None:
    coordinators = {login: await ryadom.staff(login) for login in ("suzun", "kuybyshev")}
    heard: dict[str, list[int]] = {login: [] for login in coordinators}
    listening = []
    for login, browser in coordinators.items():
        token = next(cookie.value for cookie in browser.session.cookie_jar if cookie.key == "ryadom_session")
        client = socketio.AsyncClient(reconnection=False)

        def hear(wake: dict[str, Any], login: str = login) -> None:
            heard[login].append(wake["booking"])

        client.on("changed", hear, namespace="/board")
        await client.connect(
            ryadom.url,
            namespaces=["/board"],
            headers={"Cookie": f"ryadom_session={token}"},
            transports=["websocket"],
        )
        listening.append(client)
    made = await booked(coordinators["suzun"])
    await asyncio.sleep(0.5)
    assert heard == {"suzun": [made["booking"]["id"]], "kuybyshev": []}
    for client in listening:
        await client.disconnect()
