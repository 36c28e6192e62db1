"""Ten thousand frames of nonsense: nobody is shown a traceback, and a bystander hardly notices."""

import asyncio
import json
import logging
import random
import time
from collections.abc import Iterator

import pytest
from aiohttp import ClientError, ClientSession, ClientWebSocketResponse

from signaling import wire
from tests.signaling.conftest import eventually
from tests.signaling.fake_desk import CLIENT, SPECIALIST, FakeDesk
from tests.signaling.house import House, Person
from tests.signaling.test_wire import GOOD

FRAMES = 10_000
SENDERS = 4


def nonsense(chance: random.Random) -> Iterator[str | bytes]:
    """Frames wrong at every layer: Engine.IO, Socket.IO, JSON, the name of the event, the message."""
    ready = '42/room,1["enter",{"seq":1,"cursor":0,"epoch":""}]'
    names = [*wire.ASKED, "nothing", "connect", "disconnect", "on_enter", "__class__", ""]
    values = [None, True, -1, 1e308, "x", [], {}, [[]], {"seq": 10**40}, {"seq": "1"}, "\ud83d\ude00", {"a" * 999: 1}]
    while True:
        yield chance.choice(
            ["", "9", "4", "6", "0{}", "2", "bAAAA", "4-1", "42", "43[]", "4²", "40/nowhere,", "41/room,"]
        )
        yield bytes(chance.randrange(256) for _ in range(chance.randrange(40)))
        yield "".join(chr(chance.randrange(1, 0x2FFF)) for _ in range(chance.randrange(60)))
        cut = chance.randrange(len(ready))
        yield ready[:cut] + chance.choice(["", "\x00", "}", "["]) + ready[cut + 1 :]
        yield "42/room,7" + json.dumps([chance.choice(names), chance.choice(values)])
        name = chance.choice(list(GOOD))
        spoilt = {**GOOD[name], chance.choice(["seq", "to", "more", *GOOD[name]]): chance.choice(values)}
        yield "42/room,8" + json.dumps([name, spoilt])
        yield "42/room,9" + json.dumps([name, GOOD[name], GOOD[name]])
        yield f"45{chance.randrange(3)}-/room,1" + json.dumps([name, {"_placeholder": True, "num": 0}])
        yield "42/room," + "[" * chance.choice([10, 5000, 30000])
        yield "42/room,5" + json.dumps(["chat", {"seq": 1, "id": "line-0001", "text": "я" * chance.choice([1, 3000])}])


async def attack(house: House, seed: int, share: int) -> None:
    """One client after the other, each as far as the server lets him."""
    frames = nonsense(random.Random(seed))
    sent = 0
    address = house.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    async with ClientSession() as session:
        while sent < share:
            try:
                async with session.ws_connect(address) as socket:
                    await join(socket, house, seed)
                    sent += await pour(socket, frames, share - sent)
            except (ClientError, ConnectionError):
                sent += 1


async def join(socket: ClientWebSocketResponse, house: House, seed: int) -> None:
    """Half of them sit in the room before they begin."""
    await socket.receive()
    if seed % 2:
        auth = {
            "v": 1,
            "ticket": house.desk.ticket(7, CLIENT),
            "instance": f"attacker-{seed}-{random.randrange(10**9)}",
        }
        await socket.send_str("40/room," + json.dumps(auth))
        await socket.send_str('42/room,0["enter",{"seq":1,"cursor":0,"epoch":""}]')


async def pour(socket: ClientWebSocketResponse, frames: Iterator[str | bytes], most: int) -> int:
    sent = 0
    while sent < most and not socket.closed:
        frame = next(frames)
        await (socket.send_bytes(frame) if isinstance(frame, bytes) else socket.send_str(frame))
        sent += 1
        if sent % 3 == 0:
            await asyncio.sleep(0)
            await drain(socket)
    return sent


async def drain(socket: ClientWebSocketResponse) -> None:
    try:
        await asyncio.wait_for(socket.receive(), 0.002)
    except TimeoutError:
        return


async def still_here(person: Person) -> None:
    """Two attackers come and go in her room until its log is full and begins anew: then she enters again, as a page."""
    answer = await person.say("beat", cursor=0)
    if not answer["ok"] and answer["fault"]["code"] == "not_entered":
        answer = await person.say("enter", seq=person.seq + 1, cursor=0, epoch="")
    assert answer["ok"], answer


async def test_ten_thousand_malformed_frames(house: House, tracebacks: list[logging.LogRecord]) -> None:
    anna, _ = await house.two()
    attacking = [asyncio.create_task(attack(house, seed, FRAMES // SENDERS)) for seed in range(SENDERS)]
    acks: list[float] = []
    while not all(task.done() for task in attacking):
        begun = time.perf_counter()
        await still_here(anna)
        acks.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(0.05)
    await asyncio.gather(*attacking)
    acks.sort()
    print(f"\n{FRAMES} malformed frames; a bystander's acks: median {acks[len(acks) // 2]:.1f} ms, ", end="")
    print(f"p99 {acks[int(len(acks) * 0.99)]:.1f} ms, worst {acks[-1]:.1f} ms of {len(acks)}")
    assert [record.getMessage() for record in tracebacks] == []
    assert acks[-1] < 5000
    await eventually(lambda: len(house.signaling.sio.eio.sockets) <= 2 + SENDERS, seconds=40)


async def test_long_polling_with_nonsense_is_refused_quietly(house: House, tracebacks: list[logging.LogRecord]) -> None:
    address = f"{house.url}/socket.io/?EIO=4&transport=polling"
    async with ClientSession() as session:
        for body in ["", "9", "4{", "42/room,[", "bAAAA", "d=4", "x" * 70_000, "3\x1e" * 40 + "3", "\x1e"]:
            async with session.get(address) as opened:
                sid = json.loads((await opened.text())[1:])["sid"]
            async with session.post(f"{address}&sid={sid}", data=body.encode()) as answer:
                assert answer.status in {200, 400, 413}, body[:20]
    assert tracebacks == []


async def test_a_flood_is_hung_up_on_and_haste_is_told_so(house: House) -> None:
    _, ivan = await house.two()
    answers = await asyncio.gather(*(ivan.say("beat", cursor=0) for _ in range(100)))
    assert {answer["fault"]["code"] for answer in answers if not answer["ok"]} == {"too_fast"}
    for _ in range(600):
        await ivan.client.emit("beat", {"cursor": 0}, namespace="/room")
    await eventually(lambda: not ivan.client.connected)


async def test_what_costs_much_is_not_answered_often(house: House) -> None:
    _, ivan = await house.two()
    for event in ("replay", "media"):
        answers = []
        for n in range(14):
            data = {"cursor": 0} if event == "replay" else {"seq": n + 1, "audio": n % 2 == 0, "video": True}
            answers.append(await ivan.say(event, **data))
        assert 8 <= sum(answer["ok"] for answer in answers) <= 11, event
        assert answers[-1]["fault"]["code"] == "too_fast"


@pytest.mark.parametrize(("event", "most"), [("help", 5), ("quality", 12), ("seen", 12), ("chat", 70)])
async def test_what_is_kept_is_not_taken_in_haste_and_nothing_of_it_is_lost(
    house: House, desk: FakeDesk, event: str, most: int
) -> None:
    anna, ivan = await house.two()
    seat = {"seat": SPECIALIST}
    bodies = {"help": {}, "quality": {"samples": [seat]}, "seen": seat, "chat": {"text": "раз"}}
    done, code = 0, ""
    while done < 90 and not code:
        more = {"id": f"line-{done:04}"} if event == "chat" else {}
        answer = await ivan.say(event, seq=done + 1, **bodies[event], **more)
        if answer["ok"]:
            done += 1
        elif done < most // 2 or answer["fault"]["code"] != "too_fast":
            raise AssertionError(answer)
        elif event == "chat" and len(desk.lines.get(7, [])) < 60:
            await asyncio.sleep(0.1)  # haste of all kinds together
        else:
            code = answer["fault"]["code"]
    assert code == "too_fast"
    assert done <= most
    if event == "help":
        return  # ten seconds for the next
    async with asyncio.timeout(5):
        while not answer["ok"]:
            await asyncio.sleep(0.2)
            answer = await ivan.say(event, seq=done + 1, **bodies[event], **more)
    assert anna.client.connected


async def test_whoever_does_not_say_why_he_came_is_sent_away(house: House) -> None:
    house.signaling.gate._within = 0.2
    address = house.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    async with ClientSession() as session, session.ws_connect(address) as socket:
        await socket.receive()
        async with asyncio.timeout(3):
            while not socket.closed:
                await socket.receive()


async def test_a_foreign_page_cannot_connect(house: House) -> None:
    address = f"{house.url}/socket.io/?EIO=4&transport=polling"
    async with ClientSession() as session:
        async with session.get(address, headers={"Origin": "https://evil.example"}) as answer:
            assert answer.status == 400
        async with session.get(address, headers={"Origin": "https://good.example"}) as answer:
            assert answer.status == 200


async def test_no_line_is_compressed(house: House) -> None:
    address = house.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    async with ClientSession() as session, session.ws_connect(address, compress=15) as socket:
        assert not socket.compress
