"""Hard work for a relay, in a process of its own: `load_work HOST WHAT` says one line of JSON when it is done.

`churn`: people come and go; `slow_reader`: somebody reads no more; `noisy`: one shouts, another wants to be heard;
`handshakes`: sockets that never say why they came.
"""

import asyncio
import contextlib
import json
import sys
import time
from itertools import count

import uvloop

from bench.dialects import SOCKET_IO, House, Member
from bench.sockets import Socket, connect

CYCLES_WARM, CYCLES = 200, 1000
AT_ONCE = 20
SHOUTED_A_SECOND, SHOUTING_S = 1000, 10
BEAT_EVERY_S = 0.02
HANDSHAKES = 2000
# About the longest description the wire takes.
LONG = "a=candidate:842163049 1 udp 1677729535 203.0.113.17 46154 typ srflx\\r\\n" * 330


async def churn(host: str) -> dict[str, object]:
    """Come, enter, perhaps leave, go; a tab of his own each time, all in fifty rooms."""
    await _cycles(host, CYCLES_WARM, "warm")
    _tell(warm=CYCLES_WARM)
    await asyncio.to_thread(sys.stdin.readline)
    faults = await _cycles(host, CYCLES, "then")
    return {"cycles": CYCLES, "faults": faults}


async def _cycles(host: str, number: int, name: str) -> int:
    turns = asyncio.Semaphore(AT_ONCE)

    async def cycle(index: int) -> bool:
        async with turns:
            member = Member(index % 50 + 1, index % 2 + 1, _ignored)
            return await _come_and_go(host, member, f"{name}-{index:05}")

    return sum(await asyncio.gather(*(cycle(index) for index in range(number))))


async def _come_and_go(host: str, member: Member, instance: str) -> bool:
    """Whether something was answered by a fault."""
    house = House()
    socket = member.socket = await connect(host, SOCKET_IO, lambda text: house.hear(member, text))
    socket.send("40/room," + json.dumps({**house.auth(member), "instance": instance}))
    await member.answer("40/room,")
    socket.send('42/room,0["enter",{"seq":1,"cursor":0,"epoch":""}]')
    answers = [await member.answer("43/room,0")]
    socket.send('42/room,1["leave",{"seq":1}]')
    answers.append(await member.answer("43/room,1"))
    socket.close()
    return any('"ok":false' in answer for answer in answers)


async def slow_reader(host: str) -> dict[str, object]:
    """Says how many kB of descriptions were sent his way before he was hung up on."""
    anna, ivan = [await _entered(host, 1, seat) for seat in (1, 2)]
    assert anna.socket
    assert ivan.socket
    ivan.socket.read_no_more()
    _tell(begun=True)
    for number in count(1):
        data = {"pair": "a b", "generation": number, "description": {"type": "offer", "sdp": LONG}}
        anna.number = number
        anna.socket.send(f"42/room,{number}" + json.dumps(["signal", {"seq": number, "to": 2, "data": data}]))
        await asyncio.sleep(1 / 25)
        if number % 25 == 0 and await _is_gone(host, ivan):
            return {"said_kb": number * len(LONG) / 1000}
    raise AssertionError


async def _is_gone(host: str, member: Member) -> bool:
    """Seen from the other side: a reader who reads nothing does not notice."""
    left = await _left(host)
    return left["lines"] < 2


async def noisy(host: str) -> dict[str, object]:
    """The bystander's answers, in ms, while one shouts; hung up on, he comes again at once."""
    bystander = await _entered(host, 1, 1)
    quiet = await _beats(bystander, 3.0)
    shouting = asyncio.create_task(_shout(host))
    delays = await _beats(bystander, SHOUTING_S)
    shouting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await shouting
    return {"quiet": quiet, "delays": delays}


async def _beats(member: Member, for_s: float) -> list[float]:
    delays: list[float] = []
    answered = asyncio.Event()
    member.acknowledged = answered.set
    until = time.perf_counter() + for_s
    assert member.socket
    while time.perf_counter() < until:
        member.number += 1
        answered.clear()
        sent = time.perf_counter()
        member.socket.send(f'42/room,{member.number}["beat",{{"cursor":0}}]')
        await asyncio.wait_for(answered.wait(), 10)
        delays.append((time.perf_counter() - sent) * 1000)
        await asyncio.sleep(max(BEAT_EVERY_S, 1 / 28))
    return delays


async def _shout(host: str) -> None:
    for life in count():
        member = await _entered(host, 2, 1, instance=f"shouting-{life:05}")
        socket = member.socket
        assert socket
        start = time.perf_counter()
        for number in count(1):
            socket.send(f'42/room,{number}["signal",{{"seq":{number},"to":2,"data":{{"pair":"a","generation":0}}}}]')
            if socket.lost.is_set():
                break
            await asyncio.sleep(max(0.0, start + number / SHOUTED_A_SECOND - time.perf_counter()))


async def handshakes(host: str) -> dict[str, object]:
    """How many of the sockets opened from one address are open when all were tried."""
    turns = asyncio.Semaphore(AT_ONCE * 5)
    opened: list[Socket] = []

    async def shake() -> None:
        async with turns:
            with contextlib.suppress(ConnectionError, TimeoutError):
                opened.append(await connect(host, SOCKET_IO, _ignored))

    await asyncio.gather(*(shake() for _ in range(HANDSHAKES)))
    return {"open": sum(not socket.lost.is_set() for socket in opened), "at_server": (await _left(host))["sockets"]}


async def _entered(host: str, room: int, seat: int, instance: str = "") -> Member:
    member = Member(room, seat, _ignored)
    house = House()
    if instance:
        house.auth = lambda member: {"v": 1, "ticket": f"{member.room}-{member.seat}", "instance": instance}  # type: ignore[method-assign]
    house.hear = lambda member, text: _heard(house, member, text)  # type: ignore[method-assign]
    await house.enter(host, member)
    return member


def _heard(house: House, member: Member, text: str) -> None:
    """Faults are expected here: whoever shouts is told so."""
    if text.startswith("43") and member.number:
        member.acknowledged()
    elif text.startswith("43") or not member.number or text == "2":
        House.hear(house, member, text)


async def _left(host: str) -> dict[str, int]:
    address, port = host.split(":")
    reader, writer = await asyncio.open_connection(address, int(port))
    writer.write(f"GET /left HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    found: dict[str, int] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return found


def _ignored(_heard: object) -> None:
    """Nobody looks at it."""


def _tell(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


async def main() -> None:
    work = {"churn": churn, "slow_reader": slow_reader, "noisy": noisy, "handshakes": handshakes}
    _tell(**await work[sys.argv[2]](sys.argv[1]))


if __name__ == "__main__":
    uvloop.run(main())
