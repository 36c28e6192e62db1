"""The load on a relay: 500 sockets in 250 rooms, in a process of its own; says one line of JSON when each part is done.

Parts: everybody connects and is quiet; 1,000 messages a second; then each sends as soon as the last was acknowledged.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Protocol

import uvloop

from bench.sockets import Socket, connect

ROOMS = 250
QUIET_S = 3
WINDOW_S = 4
WINDOWS = 3
PACED = 1000
# The house hangs up on a socket that says more than 30 messages a second.
MOST_PER_SOCKET = 28


class Dialect(Protocol):
    """How a message is put into a frame, and what a frame that came in was."""

    async def enter(self, host: str, member: "Member") -> Socket: ...
    def frame(self, number: int, other: int) -> str: ...
    def hear(self, member: "Member", text: str) -> None: ...


@dataclass
class Tally:
    """What arrived in the window that runs."""

    delays: list[float] = field(default_factory=list)

    def arrived(self, sent_ns: int) -> None:
        self.delays.append((time.perf_counter_ns() - sent_ns) / 1e6)


@dataclass
class Member:
    """One socket: the seat 1 or 2 of a room."""

    room: int
    seat: int
    dialect: Dialect
    tally: Tally
    number: int = 0
    socket: Socket | None = None
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    async def say(self) -> None:
        """Send one message and wait for its ack."""
        assert self.socket
        self.number += 1
        self.acknowledged.clear()
        self.socket.send(self.dialect.frame(self.number, 3 - self.seat))
        await asyncio.wait_for(self.acknowledged.wait(), 10)


class Raw:
    """`<number>|<sent>|<padding>`, acknowledged by `ack|<number>`."""

    async def enter(self, host: str, member: Member) -> Socket:
        return await connect(host, f"/relay?room={member.room}", lambda text: self.hear(member, text))

    def frame(self, number: int, other: int) -> str:
        return f"{number}|{time.perf_counter_ns()}|{_padding()}"

    def hear(self, member: Member, text: str) -> None:
        if text.startswith("ack|"):
            member.acknowledged.set()
        else:
            member.tally.arrived(int(text.split("|")[1]))


class House:
    """Socket.IO frames of namespace /room: `42/room,<number>["signal", …]`, acknowledged by `43/room,<number>[…]`."""

    async def enter(self, host: str, member: Member) -> Socket:
        socket = await connect(host, "/socket.io/?EIO=4&transport=websocket", lambda text: self.hear(member, text))
        member.socket = socket
        auth = {"v": 1, "ticket": f"{member.room}-{member.seat}", "instance": f"instance-{member.room}-{member.seat}"}
        socket.send("40/room," + json.dumps(auth))
        await self._answer(member, "40/room,")
        socket.send('42/room,0["enter",{"seq":1,"cursor":0,"epoch":""}]')
        entered = await self._answer(member, "43/room,0")
        if '"ok":true' not in entered:
            raise RuntimeError(entered)
        return socket

    async def _answer(self, member: Member, begins: str) -> str:
        while True:
            text = await asyncio.wait_for(member.answers.get(), 30)
            if text.startswith("44"):
                raise RuntimeError(text)
            if text.startswith(begins):
                return text

    def frame(self, number: int, other: int) -> str:
        data = {
            "pair": "instance-a instance-b",
            "generation": 0,
            "candidates": [{"candidate": f"candidate:{time.perf_counter_ns()} {_padding()}", "sdpMid": "0"}],
        }
        return f"42/room,{number}" + json.dumps(["signal", {"seq": number, "to": other, "data": data}])

    def hear(self, member: Member, text: str) -> None:
        if text == "2":
            assert member.socket
            member.socket.send("3")
        elif text.startswith("43/room,") and member.number:
            if '"ok":true' not in text:
                raise RuntimeError(text)
            member.acknowledged.set()
        elif '"candidate:' in text:
            member.tally.arrived(int(text.partition('"candidate:')[2].partition(" ")[0]))
        elif not member.number:
            member.answers.put_nowait(text)


def _padding() -> str:
    """A candidate line of a browser is about this long."""
    return "842163049 1 udp 1677729535 203.0.113.17 46154 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag Ry4d"


async def main() -> None:
    host, dialect = sys.argv[1], (Raw() if sys.argv[2] == "raw" else House())
    tally = Tally()
    members = [Member(room, seat, dialect, tally) for room in range(1, ROOMS + 1) for seat in (1, 2)]
    for member in members:
        member.socket = await dialect.enter(host, member)
    await asyncio.sleep(QUIET_S)
    await _tell({"part": "quiet", "sockets": len(members)})
    await _tell({"part": "paced", "p99": [await _paced(members, tally) for _ in range(WINDOWS)]})
    pause = 0.0 if isinstance(dialect, Raw) else 1 / MOST_PER_SOCKET
    await _tell({"part": "fastest", "rate": [await _fastest(members, tally, pause) for _ in range(WINDOWS)]})


async def _tell(line: dict[str, object]) -> None:
    """The part is over; the one who listens may look at the server now, and says when to go on."""
    print(json.dumps(line), flush=True)
    await asyncio.to_thread(sys.stdin.readline)


async def _paced(members: list[Member], tally: Tally) -> float:
    """The 99th percentile, in ms from sending to arriving, at 1,000 messages a second in all."""
    tally.delays.clear()
    start, loop = time.perf_counter(), asyncio.get_running_loop()
    pending = set()
    for index in range(PACED * WINDOW_S):
        late = start + index / PACED - time.perf_counter()
        if late > 0.001:
            await asyncio.sleep(late)
        task = loop.create_task(members[index % len(members)].say())
        pending.add(task)
        task.add_done_callback(pending.discard)
    await asyncio.gather(*pending)
    await asyncio.sleep(0.2)
    return sorted(tally.delays)[int(len(tally.delays) * 0.99)]


async def _fastest(members: list[Member], tally: Tally, pause: float) -> float:
    """Messages a second that arrived while everybody said the next as soon as the last was acknowledged."""
    tally.delays.clear()
    start = time.perf_counter()
    await asyncio.gather(*(_keep_saying(member, start + WINDOW_S, pause) for member in members))
    return len(tally.delays) / (time.perf_counter() - start)


async def _keep_saying(member: Member, until: float, pause: float) -> None:
    while (begun := time.perf_counter()) < until:
        await member.say()
        rest = pause - (time.perf_counter() - begun)
        if rest > 0:
            await asyncio.sleep(rest)


if __name__ == "__main__":
    uvloop.run(main())
