"""Staff and clients over the HTTP interface: signing in, finding free time, booking, as a page would ask for it."""

import html
import json
import re
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, CookieJar
from playwright.async_api import BrowserContext

Json = dict[str, Any]
DEMO = re.compile(r'data-demo="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the JSON (empty for 204) and the ETag."""

    status: int
    body: Json
    etag: str | None

    def ok(self) -> Json:
        assert self.status < 400, f"{self.status} {self.body}"
        return self.body


class Staff:
    """One signed-in browser without a window. Every write bears a fresh Idempotency-Key unless one is given."""

    def __init__(self, address: str, client: ClientSession, me: Json) -> None:
        self.address = address
        self.me = me
        self._client = client

    async def get(self, path: str, **query: str | int) -> Json:
        return (await self.ask("GET", path, query=query)).ok()

    async def post(self, path: str, body: Json | None = None, **headers: str) -> Answer:
        return await self.ask("POST", path, body or {}, headers=headers)

    async def ask(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        query: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """`headers` may hold If-Match and an Idempotency-Key of one's own."""
        own = {"Origin": self.address, "Idempotency-Key": uuid.uuid4().hex} if method != "GET" else {}
        request = self._client.request(
            method,
            f"{self.address}/api/v1{path}",
            json=body,
            params={name: str(value) for name, value in (query or {}).items()},
            headers={**own, **{name.replace("_", "-"): value for name, value in (headers or {}).items()}},
        )
        async with request as response:
            text = await response.text()
            return Answer(response.status, json.loads(text) if text else {}, response.headers.get("ETag"))

    async def register(self, name: str, *, phone: str | None = None) -> Json:
        """A client of the coordinator's district, who agreed to what is asked."""
        consents = [{"purpose": "processing", "how": "paper"}]
        body: Json = {"name": name, "birth_year": 1949, "language": "ru", "consents": consents}
        return (await self.post("/clients", body | ({"phone": phone} if phone else {}))).ok()

    async def slots(self, query: Mapping[str, str | int] | None = None) -> list[Json]:
        """Free starts of the ordinary consultation; `query` as in docs/api.md."""
        asked = {"service": "1739", **(query or {})}
        return list((await self.ask("GET", "/slots", query=asked)).ok()["items"])

    async def book(self, client: int, slot: Json, *, service: str = "1739") -> Answer:
        body = {
            "client": client,
            "specialist": slot["specialist"]["id"],
            "service": service,
            "starts": slot["starts"],
            "mode": "video",
        }
        return await self.post("/bookings", body)


@asynccontextmanager
async def signed_in(address: str, role: str) -> AsyncIterator[Staff]:
    """The first demo person of that role: coordinator, specialist, officer, analyst, administrator."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
        person = await demo_person(client, address, role)
        staff = Staff(address, client, {})
        staff.me = (await staff.post("/session", _credentials(person))).ok()
        yield staff


@asynccontextmanager
async def signed_in_as(address: str, login: str, password: str) -> AsyncIterator[Staff]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
        staff = Staff(address, client, {})
        staff.me = (await staff.post("/session", {"login": login, "password": password})).ok()
        yield staff


async def works_round_the_clock(address: str, login: str) -> None:
    """A specialist sets it herself, so that the earliest free time is within minutes, whenever a test runs."""
    async with signed_in_as(address, login, "ryadom-demo") as her:
        mine = f"/specialists/{her.me['specialist_id']}"
        limits = {"notice_min": 0, "horizon_days": 30, "max_per_day": None, "step_min": 5}
        hours = [
            {
                "weekday": day,
                "start": "00:00",
                "end": "24:00",
                "valid_from": None,
                "valid_until": None,
                "services": None,
            }
            for day in range(7)
        ]
        for path, body in ((f"{mine}/limits", limits), (f"{mine}/hours", {"hours": hours})):
            found = await her.ask("GET", f"{mine}/calendar")
            (await her.ask("PUT", path, body, headers={"If-Match": found.etag or ""})).ok()


async def sign_in(context: BrowserContext, address: str, role: str) -> Json:
    """Signs a browser's profile in without the form; returns Me."""
    async with ClientSession() as client:
        person = await demo_person(client, address, role)
    headers = {"Origin": address}
    response = await context.request.post(f"{address}/api/v1/session", data=_credentials(person), headers=headers)
    assert response.ok, await response.text()
    return dict(await response.json())


async def demo_person(client: ClientSession, address: str, role: str) -> Json:
    """Login, password, role and name as the sign-in page of a demo server offers them."""
    async with client.get(f"{address}/staff/sign-in") as response:
        page = await response.text()
    offered = DEMO.search(page)
    assert offered, "the sign-in page of a demo server offers people"
    people: list[Json] = json.loads(html.unescape(offered[1]))
    return next(person for person in people if person["role"] == role)


def _credentials(person: Json) -> Json:
    return {"login": person["login"], "password": person["password"]}
