"""People of many rooms at the real server, in a process of its own: `load_rooms ADDRESS WHAT`, their places on stdin.

`join`: all come within ten seconds, the answer is how long each took to be seated; `talk`: all are there and let in,
then each room sets up its call in twenty messages and tells its quality each five seconds; the answer is how long each
acknowledgement and each relayed message took.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field

import uvloop
from aiohttp import ClientSession, DummyCookieJar, TCPConnector

from bench.dialects import CANDIDATE, SOCKET_IO, House, Member
from bench.sockets import connect
from tests.support.crowd import Place

COMING_S = 10.0
TALK_S = 20.0
QUALITY_EVERY_S = 5.0
MESSAGES = 20
AT_ONCE = 20
PATIENCE_S = 30


@dataclass(eq=False)
class Person(Member):
    """A member whose every act waits for its own acknowledgement."""

    delays: list[float] = field(default_factory=list)
    answer_of: dict[str, asyncio.Future[str]] = field(default_factory=dict)

    async def come(self, http: ClientSession, address: str, place: Place) -> None:
        headers = {"Cookie": place.cookie, "Origin": address}
        async with http.post(address + place.ticket_path, headers=headers, json={}) as answer:
            answer.raise_for_status()
            ticket = (await answer.json())["ticket"]
        self.socket = await connect(address.removeprefix("http://"), SOCKET_IO, self.hear)
        self.socket.send("40/room," + json.dumps({"v": 1, "ticket": ticket, "instance": f"tab-of-{place.seat:08}"}))
        await self.answer("40/room,")
        await self.say("enter", seq=1, cursor=0, epoch="")

    async def act(self, event: str, **data: object) -> None:
        self.number += 1
        await self.say(event, seq=self.number, **data)

    async def say(self, event: str, **data: object) -> None:
        name = str(len(self.answer_of))
        answered = self.answer_of[name] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        assert self.socket
        self.socket.send(f"42/room,{name}" + json.dumps([event, data]))
        text = await asyncio.wait_for(answered, PATIENCE_S)
        self.delays.append((time.perf_counter() - began) * 1000)
        if '"ok":true' not in text:
            raise RuntimeError(text)

    def hear(self, text: str) -> None:
        if text.startswith("43/room,"):
            name, _, value = text[len("43/room,") :].partition("[")
            self.answer_of[name].set_result(value)
        elif '"candidate:' in text:
            self.took(text.partition('"candidate:')[2].partition(" ")[0])
        else:
            House().hear(self, text)


async def main() -> None:
    address, what = sys.argv[1:]
    places = [[Place(**place) for place in pair] for pair in json.loads(sys.stdin.readline())]
    async with ClientSession(connector=TCPConnector(limit=0), cookie_jar=DummyCookieJar()) as http:
        rooms = _Rooms(http, address, places)
        print(json.dumps(await (rooms.join() if what == "join" else rooms.talk())), flush=True)


class _Rooms:
    def __init__(self, http: ClientSession, address: str, places: list[list[Place]]) -> None:
        self._http = http
        self._address = address
        self._relayed: list[float] = []
        self._people = [(Person(place.booking, place.seat, self._relayed.append), place) for p in places for place in p]

    async def join(self) -> dict[str, object]:
        """Somebody new every fiftieth of a second."""

        async def come(number: int) -> float:
            await asyncio.sleep(number * COMING_S / len(self._people))
            person, place = self._people[number]
            began = time.perf_counter()
            await person.come(self._http, self._address, place)
            return time.perf_counter() - began

        took = await asyncio.gather(*(come(number) for number in range(len(self._people))))
        return {"seated": len(took), "took": took}

    async def talk(self) -> dict[str, object]:
        turns = asyncio.Semaphore(AT_ONCE)

        async def come(person: Person, place: Place) -> None:
            async with turns:
                await person.come(self._http, self._address, place)

        await asyncio.gather(*(come(person, place) for person, place in self._people))
        pairs = [self._people[at : at + 2] for at in range(0, len(self._people), 2)]
        for pair in pairs:
            await pair[0][0].act("admit", seat=pair[1][0].seat)
        for person, _ in self._people:
            person.delays.clear()
        share = TALK_S / 2 / len(pairs)
        await asyncio.gather(*(_talk(pair, number * share) for number, pair in enumerate(pairs)))
        return {"acks": [delay for person, _ in self._people for delay in person.delays], "relayed": self._relayed}


async def _talk(pair: list[tuple[Person, Place]], late: float) -> None:
    """Twenty messages there and back, then how the line is."""
    await asyncio.sleep(late)
    for number in range(MESSAGES):
        person, place = pair[number % 2]
        candidate = {"candidate": f"candidate:{time.perf_counter_ns()} {CANDIDATE}", "sdpMid": "0"}
        await person.act("signal", to=place.other, data={"pair": "a b", "generation": 0, "candidates": [candidate]})
    for _ in range(int(TALK_S / 2 / QUALITY_EVERY_S)):
        for person, place in pair:
            sample = {"seat": place.other, "loss": 0.01, "rtt_ms": 60.0, "in_kbps": 700.0, "out_kbps": 650.0}
            await person.act("quality", samples=[sample])
        await asyncio.sleep(QUALITY_EVERY_S)


if __name__ == "__main__":
    uvloop.run(main())
