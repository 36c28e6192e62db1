"""The HTTP edge over the small region, with a clock that a test can set and people who are signed in."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp.test_utils import TestClient

from tests.scheduling.test_slots_http import PASSWORD, Json, Person

Browser = TestClient[Any, Any]


class Edge:
    def __init__(self, clock: list[datetime], browser: Callable[[], Browser]) -> None:
        self._clock = clock
        self._browser = browser
        self._people: dict[str, Person] = {}
        self._visitors: list[Browser] = []

    def at(self, instant: datetime) -> None:
        self._clock[0] = instant

    async def person(self, login: str) -> Person:
        """Somebody of the staff, signed in once."""
        if login not in self._people:
            self._people[login] = Person(self._browser())
            await self._people[login].ok("POST", "/session", {"login": login, "password": PASSWORD})
        return self._people[login]

    async def visitor(self, link: str) -> Person:
        """The client himself, who opened the link that he was given."""
        browser = self._browser()
        self._visitors.append(browser)
        person = Person(browser)
        await person.ok("POST", "/join", {"secret": link.partition("#")[2]})
        return person

    async def close(self) -> None:
        for person in self._people.values():
            await person.client.close()
        for browser in self._visitors:
            await browser.close()


def stamp(instant: datetime) -> str:
    """An instant as the interface writes it."""
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def match(version: int) -> dict[str, Json]:
    """The header of whoever saw this version."""
    return {"headers": {"If-Match": f'"{version}"'}}
