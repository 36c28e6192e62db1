"""The way in over HTTP, as docs/api.md describes it: signing in, a booking of one's own, a code, a ticket."""

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import ClientError, ClientSession, ClientTimeout, CookieJar
from yarl import URL

from server.probe.verdict import Stopped

Json = dict[str, Any]
PREFIX = "/api/v1"
# The one service that the probe's own specialist gives: whoever gives another one works with real people.
SERVICE = "probe"


@dataclass(frozen=True)
class Refusal(Exception):  # noqa: N818 - a refusal is no error
    """The server said no: the stable code of docs/api.md."""

    status: int
    code: str

    def __str__(self) -> str:
        return f"{self.status} {self.code}"


@dataclass(frozen=True)
class Appointment:
    """A booking of the probe's own, and the six digits that open it."""

    booking: int
    digits: str


class Door:
    """One device: its cookies, and the calls it makes."""

    def __init__(self, server: URL, client: ClientSession) -> None:
        self.server = server
        self._client = client

    async def ask(self, method: Literal["GET", "POST", "DELETE"], path: str, body: Json | None = None) -> Json:
        """The JSON of the answer (empty for 204). Raises Refusal; Stopped `unreachable` when nobody answers."""
        return (await self._asked(method, path, body, {}))[0]

    async def cancel(self, booking: int) -> None:
        """Nothing is left of the probe's booking but a cancelled line, which no statistic counts."""
        _, etag = await self._asked("GET", f"/bookings/{booking}", None, {})
        await self._asked("POST", f"/bookings/{booking}/cancel", {"reason": "office"}, {"If-Match": etag})

    async def _asked(self, method: str, path: str, body: Json | None, headers: dict[str, str]) -> tuple[Json, str]:
        own = {"Origin": str(self.server.origin()), "Idempotency-Key": uuid.uuid4().hex} if method != "GET" else {}
        # Even an empty write comes as JSON.
        sent = None if method == "GET" else (body or {})
        address = self.server.joinpath(*(PREFIX + path.partition("?")[0]).strip("/").split("/"))
        try:
            async with self._client.request(
                method, address.with_query(path.partition("?")[2]), json=sent, headers=own | headers
            ) as response:
                text = await response.text()
        except (ClientError, TimeoutError, OSError) as error:
            raise Stopped("unreachable", address=str(self.server), error=str(error) or type(error).__name__) from None
        found = _parsed(text)
        if response.status >= 400:
            raise Refusal(response.status, str(found.get("code") or "no_code"))
        return found, response.headers.get("ETag", "")


@asynccontextmanager
async def device(server: URL) -> AsyncIterator[Door]:
    """A device that nobody has used yet."""
    patience = ClientTimeout(total=10)
    # An address of digits keeps its cookies too: the probe may run beside the server.
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), timeout=patience) as client:
        yield Door(server, client)


async def sign_in(door: Door, login: str, password: str) -> Json:
    """Me of docs/api.md. Stops: `sign_in_refused`, and `real_account` when the account could touch real people."""
    try:
        me = await door.ask("POST", "/session", {"login": login, "password": password})
    except Refusal as refusal:
        raise Stopped("sign_in_refused", login=login, because=str(refusal)) from None
    specialists = (await door.ask("GET", "/specialists"))["items"]
    own = next((each for each in specialists if each["id"] == me.get("specialist_id")), None)
    if not own or own["services"] != [SERVICE]:
        raise Stopped("real_account", login=login)
    return me


async def book(door: Door, me: Json) -> Appointment:
    """The next free time of the probe's own calendar, for its own client; what an earlier run left is cancelled."""
    for status in ("booked", "confirmed"):
        for left in (await door.ask("GET", f"/bookings?status={status}"))["items"]:
            await door.cancel(left["id"])
    clients = (await door.ask("GET", "/clients?limit=1"))["items"]
    specialist = me["specialist_id"]
    slots = (await door.ask("GET", f"/slots?service={SERVICE}&specialist={specialist}&days=1&limit=1"))["items"]
    if not clients or not slots:
        raise Stopped("no_free_time")
    wish = {
        "client": clients[0]["id"],
        "specialist": specialist,
        "service": SERVICE,
        "starts": slots[0]["starts"],
        "mode": "video",
    }
    try:
        booked = await door.ask("POST", "/bookings", wish)
    except Refusal as refusal:
        raise Stopped("booking_refused", because=str(refusal)) from None
    return Appointment(booked["booking"]["id"], booked["code"]["digits"])


async def join(door: Door, digits: str) -> Json:
    """The Visit that the code opens on this device."""
    try:
        return await door.ask("POST", "/join", {"code": digits})
    except Refusal as refusal:
        raise Stopped("code_refused", because=str(refusal)) from None


def _parsed(text: str) -> Json:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
