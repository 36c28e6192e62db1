"""The board's live side: who hears of a booking, and for how long."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import socketio

from scheduling.people import Account, account_by_login
from server import live
from tests.server.house import Browser, House, booked

Follow = Callable[[Browser], Awaitable[tuple[socketio.AsyncClient, list[int]]]]


@pytest.fixture
async def follow(ryadom: House) -> AsyncIterator[Follow]:
    """`client, heard = await follow(browser)`: the browser's board, and the bookings it hears of."""
    clients: list[socketio.AsyncClient] = []

    async def connect(browser: Browser) -> tuple[socketio.AsyncClient, list[int]]:
        token = next(cookie.value for cookie in browser.session.cookie_jar if cookie.key == "ryadom_session")
        client = socketio.AsyncClient(reconnection=False)
        heard: list[int] = []
        client.on("changed", lambda wake: heard.append(wake["booking"]), namespace="/board")
        headers = {"Cookie": f"ryadom_session={token}"}
        await client.connect(ryadom.url, namespaces=["/board"], headers=headers, transports=["websocket"])
        clients.append(client)
        return client, heard

    yield connect
    for client in clients:
        await client.disconnect()


async def test_a_board_stays_for_whoever_stays_signed_in(ryadom: House, follow: Follow) -> None:
    office = await ryadom.staff("suzun")
    _, heard = await follow(office)
    ryadom.later(minutes=30)
    made = await booked(office)
    await asyncio.sleep(0.3)
    assert heard == [made["booking"]["id"]]


async def test_a_board_ends_soon_after_the_sign_out(ryadom: House, follow: Follow) -> None:
    office, elsewhere = await ryadom.staff("suzun"), await ryadom.staff("suzun")
    client, heard = await follow(elsewhere)
    assert (await elsewhere.delete("/api/v1/session")).status == 204
    ryadom.later(minutes=2)
    await booked(office)
    await asyncio.sleep(0.3)
    assert heard == []
    assert client.connected is False


async def test_a_board_ends_soon_after_the_account_is_blocked(ryadom: House, follow: Follow) -> None:
    hers = await ryadom.staff("orlova")
    client, heard = await follow(hers)
    async with ryadom.centre.database.write() as tx:
        account = await account_by_login(tx, "orlova")
        assert isinstance(account, Account)
        account.active = False
    ryadom.later(minutes=2)
    await booked(await ryadom.staff("suzun"), specialist=1)
    await asyncio.sleep(0.3)
    assert heard == []
    assert client.connected is False


async def test_who_cannot_be_looked_up_keeps_the_news_from_nobody_else(
    ryadom: House, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first has to be looked up again while the database refuses connections, the second is known still."""
    office, elsewhere = await ryadom.staff("suzun"), await ryadom.staff("suzun")
    first, heard_first = await follow(elsewhere)
    ryadom.later(minutes=2)
    _, heard = await follow(office)

    async def refused(*_: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as while_away:
        while_away.setattr(live, "_follows", refused)
        made = await booked(office)
        await asyncio.sleep(0.3)
    assert (heard_first, heard) == ([], [made["booking"]["id"]])
    assert first.connected, "nothing was found out against the first"
