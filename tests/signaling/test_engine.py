"""The engine's own WebSocket: what RFC 6455 allows arrives, what no page sends is hung up on, ends are proper."""

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from signaling.gate import UNPROVEN_MOST
from signaling.websocket import QUEUED_MOST
from tests.signaling.conftest import eventually
from tests.signaling.fake_desk import CLIENT, SPECIALIST
from tests.signaling.house import House
from tests.signaling.test_namespace import OFFER

SOCKET_IO = "/socket.io/?EIO=4&transport=websocket"
ENTER = '42/room,0["enter",{"seq":1,"cursor":0,"epoch":""}]'


def frame(body: bytes, first: int, *, masked: bool = True) -> bytes:
    """A frame of a client, put together by hand."""
    size = len(body)
    length = bytes((size,)) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
    if not masked:
        return bytes((first,)) + length + body
    mask = os.urandom(4)
    hidden = bytes(byte ^ mask[at % 4] for at, byte in enumerate(body))
    return bytes((first, length[0] | 0x80)) + length[1:] + mask + hidden


class Bare:
    """A TCP connection after the handshake: bytes out, bytes in."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))

    async def text(self) -> str:
        """The next text, or the code of a close as a number."""
        head = await self.reader.readexactly(2)
        size = head[1]
        if size == 126:
            size = int.from_bytes(await self.reader.readexactly(2), "big")
        body = await self.reader.readexactly(size)
        return str(int.from_bytes(body, "big")) if head[0] & 0x0F == 8 else body.decode()

    async def until(self, begins: str) -> str:
        async with asyncio.timeout(5):
            while not (text := await self.text()).startswith(begins):
                pass
        return text


@asynccontextmanager
async def bare(house: House) -> AsyncIterator[Bare]:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
    lines = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Host: 127.0.0.1"]
    key = "Sec-WebSocket-Key: cnlhZG9tLXJ5YWRvbS1yeQ=="
    writer.write(("\r\n".join([f"GET {SOCKET_IO} HTTP/1.1", *lines, key]) + "\r\n\r\n").encode())
    await reader.readuntil(b"\r\n\r\n")
    try:
        yield Bare(reader, writer)
    finally:
        writer.close()


def connect_packet(house: House, seat: int, instance: str = "tab-by-hand") -> bytes:
    auth = {"v": 1, "ticket": house.desk.ticket(7, seat), "instance": instance}
    return f"40/room,{json.dumps(auth)}".encode()


async def test_a_message_may_come_in_pieces_with_a_ping_between(house: House) -> None:
    async with bare(house) as line:
        assert json.loads((await line.text())[1:])["upgrades"] == []
        packet = connect_packet(house, SPECIALIST)
        for byte in frame(packet[:9], 0x01):
            line.send(bytes((byte,)))
            await asyncio.sleep(0)
        line.send(frame(b"still here?", 0x89), frame(packet[9:30], 0x00), frame(packet[30:], 0x80))
        assert await line.until("still") == "still here?"
        await line.until("40/room,")
        line.send(frame(ENTER.encode(), 0x81), frame(b'42/room,1["beat",{"cursor":0}]', 0x81))
        assert '"ok":true' in await line.until("43/room,0")
        assert '"ok":true' in await line.until("43/room,1")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(b"3", 0x81, masked=False), 1002),
        (frame(b"3", 0xC1), 1002),
        (frame(b"3", 0x80), 1002),
        (frame(b"3", 0x83), 1002),
        (frame(b"bAAAA", 0x82), 1003),
        (frame(b"\xff\xfe", 0x81), 1007),
        (frame(b"p" * 126, 0x89), 1002),
        (frame(b"x" * 60_000, 0x01) + frame(b"x" * 60_000, 0x80), 1009),
        (b"\x81\xff" + (2**40).to_bytes(8, "big") + b"mask", 1009),
        (frame(b"\x03\xe8", 0x88), 1000),
    ],
    ids=[
        "not masked",
        "a reserved bit",
        "going on with nothing",
        "an unknown kind",
        "binary",
        "no text",
        "a long ping",
        "too long in parts",
        "too long",
        "a farewell",
    ],
)
async def test_what_no_page_sends_ends_the_line(
    house: House, tracebacks: list[logging.LogRecord], sent: bytes, code: int
) -> None:
    async with bare(house) as line:
        await line.text()
        line.send(sent)
        assert await line.until(str(code)) == str(code)
        assert await line.reader.read() == b""
    await eventually(lambda: not house.signaling.sio.eio.sockets)
    assert tracebacks == []


async def test_a_slow_reader_is_hung_up_on_and_the_others_notice_nothing(house: House) -> None:
    anna, ivan = await house.two()
    direct = next(line.direct for line in house.signaling.rooms._lines.values() if line.seat.seat == CLIENT)
    assert direct
    assert ivan.client.eio.ws
    ivan.client.eio.ws._response.connection.transport.pause_reading()
    long = {**OFFER, "description": {"type": "offer", "sdp": "a=candidate:" * 2000}}
    most = 0
    for _ in range(60):
        assert (await anna.ask("signal", to=CLIENT, data=long))["ok"]
        most = max(most, direct.waiting)
        if len(house.signaling.sio.eio.sockets) < 2:
            break
    await eventually(lambda: len(house.signaling.sio.eio.sockets) == 1)
    assert QUEUED_MOST // 2 < most < QUEUED_MOST + 64 * 1024
    assert anna.client.connected


async def test_an_address_has_only_so_many_sockets_that_did_not_say_why_they_came(house: House) -> None:
    address = house.url.replace("http", "ws") + SOCKET_IO
    anna, ivan = await house.two()
    async with ClientSession() as session:
        tries = [asyncio.create_task(session.ws_connect(address)) for _ in range(UNPROVEN_MOST * 3)]
        came = await asyncio.gather(*tries, return_exceptions=True)
        opened = [socket for socket in came if isinstance(socket, ClientWebSocketResponse)]
        refused = [error for error in came if isinstance(error, WSServerHandshakeError)]
        assert len(opened) == UNPROVEN_MOST
        assert {error.status for error in refused} == {429}
        assert len(refused) == UNPROVEN_MOST * 2
        assert len(house.signaling.sio.eio.sockets) == UNPROVEN_MOST + 2
        # Those inside are not counted, and whoever goes makes room.
        assert (await anna.say("beat", cursor=0))["ok"]
        await opened[0].close()
        await eventually(lambda: len(house.signaling.sio.eio.sockets) == UNPROVEN_MOST + 1)
        async with session.ws_connect(address) as another:
            await another.receive()
            assert ivan.client.connected
        for socket in opened:
            await socket.close()
    assert not house.signaling.gate._unproven or await _soon_empty(house)


async def _soon_empty(house: House) -> bool:
    await eventually(lambda: not house.signaling.gate._unproven)
    return True


async def test_who_comes_and_goes_leaves_nothing_behind(house: House) -> None:
    """Also when every tenth step of a room fails by a fault of ours."""
    steps, inner = 0, house.desk.step

    async def faulty(*args: object) -> object:
        nonlocal steps
        steps += 1
        if not steps % 10:
            raise ValueError("a fault of ours")
        return await inner(*args)  # type: ignore[arg-type]

    logging.getLogger("signaling.namespace").disabled = True
    tasks = len(asyncio.all_tasks())
    house.desk.step = faulty  # type: ignore[assignment, method-assign]
    faults = 0
    for number in range(60):
        async with bare(house) as line:
            line.send(frame(connect_packet(house, number % 2 + 1, f"tab-{number:06}"), 0x81))
            line.send(frame(ENTER.encode(), 0x81), frame(b'42/room,1["leave",{"seq":1}]', 0x81))
            answers = [await line.until("43/room,0"), await line.until("43/room,1")]
            faults += sum('"ok":false' in answer for answer in answers)
    house.desk.step = inner  # type: ignore[method-assign]
    logging.getLogger("signaling.namespace").disabled = False
    assert faults
    await eventually(lambda: not house.signaling.sio.eio.sockets)
    await house.signaling.rooms.sweep(asyncio.get_running_loop().time() + 3601)
    await house.signaling.rooms.sweep(asyncio.get_running_loop().time() + 3601)
    assert house.signaling.rooms.kept() == {"lines": 0, "tabs": 0, "rooms": 0}
    assert not house.signaling.gate._lines
    assert not house.signaling.sio.environ
    await eventually(lambda: len(asyncio.all_tasks()) <= tasks + 1)  # the engine's round began with the first socket


async def test_a_stop_answers_what_came_and_says_that_the_server_restarts(house: House) -> None:
    async with ClientSession() as session, session.ws_connect(house.url.replace("http", "ws") + SOCKET_IO) as socket:
        await socket.receive()
        await socket.send_str(connect_packet(house, SPECIALIST).decode())
        await socket.send_str(ENTER)
        while "43/room,0" not in (await socket.receive()).data:
            pass
        await socket.send_str('42/room,1["chat",{"seq":1,"id":"line-0001","text":"до встречи"}]')
        await eventually(lambda: bool(house.desk.lines))
        await house.signaling.let_go()
        heard = []
        while (message := await socket.receive()).type is WSMsgType.TEXT:
            heard.append(message.data)
        assert any(text.startswith('43/room,1[{"ok":true') for text in heard), heard
        assert message.data == 1012
    assert not house.signaling.sio.eio.sockets
