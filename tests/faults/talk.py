"""Two people without browsers in the middle of their talk: what each was told is kept must reach the other."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from typing import TypeVar

from tests.faults.steadfast import Steadfast, eventually

T = TypeVar("T")

PACE_S = 1.0
A_LINE_EACH = 10


class Talk:
    """Both say numbered things to each other, each tenth of them in the chat."""

    def __init__(self, anna: Steadfast, ivan: Steadfast, *, pace_s: float = PACE_S) -> None:
        self.both = {anna: ivan, ivan: anna}
        self._pace_s = pace_s
        self._signals: dict[Steadfast, list[int]] = {anna: [], ivan: []}
        self._lines: dict[Steadfast, list[str]] = {anna: [], ivan: []}
        self._waiting: list[asyncio.Future[object]] = []

    @property
    def said(self) -> int:
        """How many messages were acknowledged."""
        return sum(len(self._signals[person]) + len(self._lines[person]) for person in self.both)

    async def go_on(self, messages: int | None = None) -> None:
        """Each says so many, for ever when none is given."""
        await asyncio.gather(*(self._speak(person, messages) for person in self.both))

    async def is_acknowledged(self) -> None:
        """All that was said."""
        await asyncio.gather(*self._waiting)

    def in_order(self) -> bool:
        """Nobody heard anything twice or before its turn."""
        heard = [[said["generation"] for said in person.heard("signal")] for person in self.both]
        return all(numbers == sorted(set(numbers)) for numbers in heard)

    def lost(self) -> list[object]:
        """What was acknowledged and did not arrive."""
        return [thing for person, other in self.both.items() for thing in self._lost(person, other)]

    def _lost(self, person: Steadfast, other: Steadfast) -> list[object]:
        heard = {said["generation"] for said in other.heard("signal")}
        signals = [number for number in self._signals[person] if number not in heard]
        return [*signals, *(text for text in self._lines[person] if text not in other.chat.values())]

    async def _speak(self, person: Steadfast, messages: int | None) -> None:
        for number in range(1, messages + 1) if messages else count(1):
            self._waiting.append(self._say(person, number))
            await asyncio.sleep(self._pace_s)  # people speak in turns

    def _say(self, person: Steadfast, number: int) -> asyncio.Future[object]:
        if number % A_LINE_EACH:
            data = {"pair": "of.two", "generation": number, "sync": {"remote": 0, "got": 0}}
            said = person.ask("signal", to=person.place.other, data=data)
            said.add_done_callback(partial(_keep, self._signals[person], number))
        else:
            text = f"{person.place.seat}: {number}"
            said = person.ask("chat", id=f"line-{number:06}", text=text)
            said.add_done_callback(partial(_keep, self._lines[person], text))
        return said


def talks_of(crowd: Sequence[Steadfast], *, pace_s: float = PACE_S) -> list[Talk]:
    """Neighbours belong together, as `consultations` gives them."""
    return [Talk(*crowd[at : at + 2], pace_s=pace_s) for at in range(0, len(crowd), 2)]


@asynccontextmanager
async def talking(talks: Sequence[Talk]) -> AsyncIterator[None]:
    """They talk as long as this lasts."""
    speaking = [asyncio.create_task(talk.go_on()) for talk in talks]
    try:
        yield
    finally:
        for task in speaking:
            task.cancel()
        await asyncio.gather(*speaking, return_exceptions=True)


async def all_hear_each_other(crowd: Sequence[Steadfast]) -> float:
    """Seconds until something everybody says now has reached the other of his room."""
    began = time.monotonic()
    texts = [f"слышите? {began:.3f} {person.place.seat}" for person in crowd]
    for person, text in zip(crowd, texts, strict=True):
        person.ask("chat", id=f"hear-{began:.3f}".replace(".", "-"), text=text)
    others = [crowd[at ^ 1] for at in range(len(crowd))]
    await eventually(lambda: all(text in other.chat.values() for text, other in zip(texts, others, strict=True)), 60)
    return time.monotonic() - began


def _keep(kept: list[T], thing: T, said: asyncio.Future[object]) -> None:
    if not said.cancelled() and not said.exception():
        kept.append(thing)
