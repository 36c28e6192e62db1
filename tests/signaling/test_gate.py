"""The gate: who came in by a good ticket is held to the same as a stranger."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from tests.signaling.conftest import eventually
from tests.signaling.fake_desk import CLIENT
from tests.signaling.house import House

Knock = Callable[[ClientWebSocketResponse], Awaitable[None]]


@asynccontextmanager
async def seated(house: House) -> AsyncIterator[ClientWebSocketResponse]:
    """A socket that is in /room."""
    address = house.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    async with ClientSession() as session, session.ws_connect(address, autoping=False) as socket:
        await socket.receive()
        auth = {"v": 1, "ticket": house.desk.ticket(7, CLIENT), "instance": "tab-of-seat-2"}
        await socket.send_str("40/room," + json.dumps(auth))
        assert (await socket.receive_str()).startswith("40/room")
        yield socket


async def is_hung_up_on(socket: ClientWebSocketResponse) -> None:
    async with asyncio.timeout(5):
        while (await socket.receive()).type not in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR}:
            pass


async def test_who_asks_for_a_namespace_that_is_none_is_hung_up_on(house: House) -> None:
    async with seated(house) as socket:
        await socket.send_str("40/invented-1,{}")
        await is_hung_up_on(socket)


async def test_one_that_is_asked_for_again_and_again_is_remembered_once(house: House) -> None:
    async with seated(house) as socket:
        (line,) = house.signaling.gate._lines.values()
        await socket.send_str("41/room,")
        for _ in range(3):
            await socket.send_str('40/room,{"v":1,"ticket":"none","instance":"tab-of-seat-2"}')
            assert (await socket.receive_str()).startswith("44/room")
        assert line.named == {"/room"}


@pytest.mark.parametrize("by", ["himself", "the server"])
async def test_who_left_is_counted_again_and_hung_up_on(house: House, by: str) -> None:
    gate = house.signaling.gate
    gate._within = 0.3
    async with seated(house) as socket:
        assert not gate._unproven
        if by == "himself":
            await socket.send_str("41/room,")
        else:
            (sid,) = house.signaling.rooms._lines
            await house.signaling.sio.disconnect(sid, namespace="/room")
        await eventually(lambda: sum(gate._unproven.values()) == 1)
        await is_hung_up_on(socket)
    await eventually(lambda: not gate._unproven)


KNOCKS: list[Knock] = [lambda socket: socket.send_str("3"), lambda socket: socket.ping(), lambda socket: socket.pong()]


async def is_too_much(socket: ClientWebSocketResponse, knock: Knock) -> None:
    with suppress(ConnectionError):  # hung up on in the middle of it
        for _ in range(900):
            await knock(socket)
            await asyncio.sleep(0)
    await is_hung_up_on(socket)


@pytest.mark.parametrize("knock", KNOCKS, ids=["3", "ping", "pong"])
async def test_signs_of_life_are_counted_too(house: House, knock: Knock) -> None:
    async with seated(house) as socket:
        await socket.ping(b"once")
        assert (await socket.receive()).type is WSMsgType.PONG
        await is_too_much(socket, knock)


@pytest.mark.parametrize("knock", KNOCKS, ids=["3", "ping", "pong"])
async def test_they_are_counted_after_long_polling_too(house: House, knock: Knock) -> None:
    house.signaling.gate._within = 60
    polling = f"{house.url}/socket.io/?EIO=4&transport=polling"
    async with ClientSession() as session:
        async with session.get(polling) as opened:
            sid = json.loads((await opened.text())[1:])["sid"]
        address = polling.replace("http", "ws", 1).replace("polling", "websocket") + f"&sid={sid}"
        async with session.ws_connect(address, autoping=False) as socket:
            await socket.send_str("2probe")
            assert await socket.receive_str() == "3probe"
            await socket.send_str("5")
            await socket.ping(b"once")
            while (await socket.receive()).type is not WSMsgType.PONG:
                pass
            await is_too_much(socket, knock)


async def test_they_are_counted_in_long_polling_too(house: House) -> None:
    house.signaling.gate._within = 60
    polling = f"{house.url}/socket.io/?EIO=4&transport=polling"
    async with ClientSession() as session:
        async with session.get(polling) as opened:
            sid = json.loads((await opened.text())[1:])["sid"]
        for _ in range(60):
            async with session.post(f"{polling}&sid={sid}", data=b"\x1e".join([b"3"] * 16)) as answer:
                if answer.status == 400:
                    return
    raise AssertionError("nobody minded")
