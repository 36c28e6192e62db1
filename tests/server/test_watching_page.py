"""The page that watches over, in a real browser: a client calls for help, the coordinator sees it and acts."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import socketio
from aiohttp import ClientSession, CookieJar
from playwright.async_api import Browser, expect

from tests.support.chromium import person
from tests.support.consultation import open_consultation
from tests.support.live_server import LiveServer
from tests.support.staff import sign_in

Say = Callable[..., Awaitable[Any]]
Heard = asyncio.Queue[dict[str, Any]]


@asynccontextmanager
async def in_the_room(server: LiveServer, code: str) -> AsyncIterator[tuple[Say, Heard]]:
    """The client's end without a window: `say(event, **message)`, and the entries of the room's log as they come."""
    own = {"Origin": server.address}
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as phone:
        joined = await phone.post(f"{server.address}/api/v1/join", json={"code": code}, headers=own)
        assert joined.status == 200
        ticket = await (await phone.post(f"{server.address}/api/v1/join/ticket", json={}, headers=own)).json()
    client = socketio.AsyncClient(reconnection=False)
    heard: Heard = asyncio.Queue()
    client.on("log", heard.put_nowait, namespace="/room")
    auth = {"v": 1, "ticket": ticket["ticket"], "instance": uuid.uuid4().hex}
    await client.connect(server.address, headers=own, auth=auth, namespaces=["/room"], transports=["websocket"])

    async def say(event: str, **message: Any) -> Any:
        answer = await client.call(event, message, namespace="/room", timeout=10)
        assert answer["ok"], answer
        return answer["value"]

    try:
        await say("enter", seq=1, cursor=0, epoch="")
        yield say, heard
    finally:
        await client.disconnect()


async def by_phone(heard: Heard, *, on: bool) -> None:
    async with asyncio.timeout(10):
        while True:
            entry = await heard.get()
            if entry["kind"] == "room" and entry["data"]["phone"] is on:
                return


async def test_a_call_for_help_reaches_the_coordinators_page_and_is_answered(
    live_server: LiveServer, browser: Browser
) -> None:
    visit = await open_consultation(live_server)
    context = await person(browser)
    await sign_in(context, live_server.address, "coordinator")
    page = await context.new_page()
    await page.goto(f"{live_server.address}/staff/live")
    await page.wait_for_selector(".empty")
    card = page.locator(f"[data-live='{visit.booking}']")
    async with in_the_room(live_server, visit.code) as (say, heard):
        await card.wait_for()
        assert await card.get_attribute("data-state") == "waiting"
        await say("help", seq=1, why="phone")
        await page.wait_for_selector(f"[data-live='{visit.booking}'][data-needs=help]")
        assert "Просит позвонить: получатель" in await card.locator(".going-call").inner_text()
        assert await card.locator("[data-act=call]").get_attribute("href") == "tel:+7 913 555-01-12"
        await expect(page).to_have_title(re.compile("Зовут на помощь"))
        await card.locator("[data-act=answered]").click()
        await page.wait_for_selector(f"[data-live='{visit.booking}'][data-needs=none]")
        assert "взято в работу" in await card.locator(".going-call").inner_text()
        await card.locator("[data-act=phone]").click()
        await by_phone(heard, on=True)
        await page.wait_for_selector(f"[data-live='{visit.booking}'] [data-act=phone][aria-pressed=true]")
        await card.locator("[data-act=phone]").click()
        await by_phone(heard, on=False)
        await say("leave", seq=2)
        await card.wait_for(state="detached")
