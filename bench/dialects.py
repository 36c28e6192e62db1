"""What the relays under measure speak: how a message is put into a frame, and what a frame that came in was."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bench.sockets import Socket, connect

SOCKET_IO = "/socket.io/?EIO=4&transport=websocket"
# A candidate line of a browser is about this long.
CANDIDATE = "842163049 1 udp 1677729535 203.0.113.17 46154 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag Ry4d"
PATIENCE_S = 30


@dataclass
class Member:
    """One socket: the seat 1 or 2 of a room. `arrived` gets the milliseconds a message took."""

    room: int
    seat: int
    arrived: Callable[[float], None]
    acknowledged: Callable[[], None] = lambda: None
    socket: Socket | None = None
    number: int = 0
    answers: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    def took(self, sent_ns: str) -> None:
        self.arrived((time.perf_counter_ns() - int(sent_ns)) / 1e6)

    async def answer(self, begins: str) -> str:
        """The next frame that begins so."""
        while True:
            text = await asyncio.wait_for(self.answers.get(), PATIENCE_S)
            if text.startswith("44"):
                raise RuntimeError(text)
            if text.startswith(begins):
                return text


class Dialect(Protocol):
    """`enter` opens the member's socket with these header lines more."""

    async def enter(self, host: str, member: Member, more: str = "") -> None: ...
    def frame(self, member: Member) -> str: ...
    def hear(self, member: Member, text: str) -> None: ...


class Raw:
    """`<number>|<sent>|<padding>`, acknowledged by `ack|<number>`."""

    async def enter(self, host: str, member: Member, more: str = "") -> None:
        path = f"/relay?room={member.room}"
        member.socket = await connect(host, path, lambda text: self.hear(member, text), more=more)

    def frame(self, member: Member) -> str:
        return f"{member.number}|{time.perf_counter_ns()}|{CANDIDATE}"

    def hear(self, member: Member, text: str) -> None:
        if text.startswith("ack|"):
            member.acknowledged()
        else:
            member.took(text.split("|")[1])


class SocketIo:
    """The same over Socket.IO: `42<namespace><number>["signal", …]`, acknowledged by `43<namespace><number>[…]`."""

    namespace = ""

    async def enter(self, host: str, member: Member, more: str = "") -> None:
        member.socket = await connect(host, SOCKET_IO, lambda text: self.hear(member, text), more=more)
        member.socket.send(f"40{self.namespace}" + json.dumps(self.auth(member)))
        await member.answer(f"40{self.namespace}")

    def auth(self, member: Member) -> dict[str, object]:
        return {"room": str(member.room)}

    def frame(self, member: Member) -> str:
        number, other = member.number, 3 - member.seat
        return (
            f'42{self.namespace}{number}["signal",{{"seq":{number},"to":{other},"data":{{"pair":"tab-a tab-b",'
            f'"generation":0,"candidates":[{{"candidate":"candidate:{time.perf_counter_ns()} {CANDIDATE}",'
            '"sdpMid":"0"}]}}]'
        )

    def hear(self, member: Member, text: str) -> None:
        if text == "2":
            assert member.socket
            member.socket.send("3")
        elif text.startswith("43") and member.number:
            if '"ok":true' not in text:
                raise RuntimeError(text)
            member.acknowledged()
        elif '"candidate:' in text:
            member.took(text.partition('"candidate:')[2].partition(" ")[0])
        elif not member.number:
            member.answers.put_nowait(text)


class House(SocketIo):
    """/room of docs/protocol.md; the ticket names room and seat, as bench/relay_house.py understands it."""

    namespace = "/room,"

    async def enter(self, host: str, member: Member, more: str = "") -> None:
        await super().enter(host, member, more)
        assert member.socket
        member.socket.send('42/room,0["enter",{"seq":1,"cursor":0,"epoch":""}]')
        entered = await member.answer("43/room,0")
        if '"ok":true' not in entered:
            raise RuntimeError(entered)

    def auth(self, member: Member) -> dict[str, object]:
        instance = f"instance-{member.room}-{member.seat}"
        return {"v": 1, "ticket": f"{member.room}-{member.seat}", "instance": instance}


DIALECTS: dict[str, Callable[[], Dialect]] = {"house": House, "socketio": SocketIo, "raw": Raw}
