"""A planned restart in the middle of a hundred consultations: everybody is back soon, and nothing said is lost."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import TypeVar

from tests.faults.steadfast import Steadfast, eventually, people
from tests.support.crowd import consultations
from tests.support.parts import Serve

T = TypeVar("T")

ROOMS = 100
PACE_S = 1.0
A_LINE_EACH = 10


async def test_two_hundred_people_are_back_after_a_planned_restart(serve: Serve, tell: Callable[[str], None]) -> None:
    server = await serve()
    pairs = await consultations(server, ROOMS)
    async with people([place for pair in pairs for place in pair], server.address) as crowd:
        talks = [Talk(*crowd[at : at + 2]) for at in range(0, len(crowd), 2)]
        speaking = [asyncio.create_task(talk.go_on()) for talk in talks]
        await asyncio.sleep(3)  # in the middle of their talk
        began = time.monotonic()
        await server.stop()
        stopped = time.monotonic() - began
        await server.start()
        started = time.monotonic() - began
        await eventually(lambda: all(len(person.ups) > 1 and person.up for person in crowd), 60)
        back = sorted(person.ups[-1] - began for person in crowd)
        await asyncio.sleep(2)  # the talk goes on
        for task in speaking:
            task.cancel()
        await eventually(lambda: not any(talk.lost() for talk in talks), 10)
        assert all(talk.in_order() for talk in talks)
    tell(
        f"planned restart: {len(crowd)} sockets back within {back[-1]:.1f} s of the signal, half of them within"
        f" {back[len(back) // 2]:.1f} s (gone after {stopped:.1f} s, ready again after {started:.1f} s);"
        " nothing acknowledged was lost, doubled or out of order"
    )
    assert back[-1] < 10


class Talk:
    """Both say numbered things to each other, now and then in the chat."""

    def __init__(self, anna: Steadfast, ivan: Steadfast) -> None:
        self.both = {anna: ivan, ivan: anna}
        self.acknowledged: dict[Steadfast, list[int]] = {anna: [], ivan: []}
        self.lines: dict[Steadfast, list[str]] = {anna: [], ivan: []}

    async def go_on(self) -> None:
        await asyncio.gather(*(self._speak(person) for person in self.both))

    async def _speak(self, person: Steadfast) -> None:
        for number in count(1):
            if number % A_LINE_EACH:
                data = {"pair": "of.two", "generation": number, "sync": {"remote": 0, "got": 0}}
                said = person.ask("signal", to=person.place.other, data=data)
                said.add_done_callback(partial(_keep, self.acknowledged[person], number))
            else:
                text = f"{person.place.seat}: {number}"
                said = person.ask("chat", id=f"line-{number:06}", text=text)
                said.add_done_callback(partial(_keep, self.lines[person], text))
            await asyncio.sleep(PACE_S)

    def in_order(self) -> bool:
        heard = [[said["generation"] for said in person.heard("signal")] for person in self.both]
        return all(numbers == sorted(set(numbers)) for numbers in heard)

    def lost(self) -> list[object]:
        """What was acknowledged and did not arrive."""
        return [thing for person, other in self.both.items() for thing in self._lost(person, other)]

    def _lost(self, person: Steadfast, other: Steadfast) -> list[object]:
        heard = {said["generation"] for said in other.heard("signal")}
        signals = [number for number in self.acknowledged[person] if number not in heard]
        return [*signals, *(text for text in self.lines[person] if text not in other.chat)]


def _keep(kept: list[T], thing: T, said: asyncio.Future[object]) -> None:
    if not said.cancelled() and not said.exception():
        kept.append(thing)
