"""The application in this process, on a database of its own, with a clock that a test can set."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from server import app, certificate_tokens, consent_texts, demo
from server.centre import CENTRE, Centre
from server.settings import Settings

Browser = TestClient[Any, Any]
# A Monday morning of the pilot's region, 08:00 in Novosibirsk.
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class House:
    """`now` is what the application's clock shows; `browser()` is a person with cookies of her own."""

    def __init__(self, server: TestServer, clock: list[datetime]) -> None:
        self._server = server
        self._clock = clock
        self._browsers: list[Browser] = []

    @property
    def centre(self) -> Centre:
        return self._server.app[CENTRE]

    @property
    def app(self) -> web.Application:
        return self._server.app

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    @property
    def router(self) -> web.UrlDispatcher:
        return self._server.app.router

    @property
    def now(self) -> datetime:
        return self._clock[0]

    def later(self, **how_much: float) -> datetime:
        self._clock[0] += timedelta(**how_much)
        return self._clock[0]

    def at(self, instant: datetime) -> None:
        self._clock[0] = instant

    def browser(self) -> Browser:
        opened: Browser = TestClient(self._server, cookie_jar=CookieJar(unsafe=True))
        self._browsers.append(opened)
        return opened

    async def staff(self, login: str, password: str = demo.PASSWORD) -> Browser:
        opened = self.browser()
        answer = await opened.post("/api/v1/session", json={"login": login, "password": password})
        assert answer.status == 200, await answer.text()
        return opened

    async def close(self) -> None:
        for opened in self._browsers:
            await opened.close()


@asynccontextmanager
async def house(data: Path, url: str, *, is_demo: bool = True, **settings: Any) -> AsyncIterator[House]:
    """A house with the demo data on the (empty, migrated) database at `url`."""
    clock = [MONDAY]
    built = app.build(Settings(data=data, database_url=url, demo=is_demo, **settings), now=lambda: clock[0])
    async with built[CENTRE].database.write() as tx:
        await consent_texts.publish(tx, built[CENTRE].words)
        await certificate_tokens.ensure_key(tx, key=built[CENTRE].key, now=MONDAY)
        await demo.load(tx, now=MONDAY)
    server = TestServer(built)
    async with server:
        opened = House(server, clock)
        yield opened
        await opened.close()


async def body(answer: Any, status: int) -> Any:
    """The JSON of an answer that has this status."""
    text = await answer.text()
    assert answer.status == status, text
    return await answer.json(content_type=None) if text else None


async def booked(
    coordinator: Browser,
    *,
    client: int = 2,
    specialist: int = 1,
    starts: str | None = None,
    service: str = "1739",
    certificate: int | None = None,
    application: int | None = None,
) -> Any:
    """A booking at the specialist's earliest free time, or at `starts`: the answer with code and link."""
    if starts is None:
        query = {"service": service, "specialist": str(specialist), "from": "2026-11-23"}
        found = await body(await coordinator.get("/api/v1/slots", params=query), 200)
        starts = found["items"][0]["starts"]
    facts: dict[str, Any] = {"client": client, "specialist": specialist, "service": service, "starts": starts}
    more = {"certificate": certificate, "application": application}
    facts |= {name: number for name, number in more.items() if number is not None}
    return await body(await coordinator.post("/api/v1/bookings", json=facts), 201)
