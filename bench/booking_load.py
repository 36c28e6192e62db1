"""People who book, in a process of its own: `booking_load HOST PORT`, who and what on stdin, how it went on stdout.

Each person has a line of his own, open before the first of them asks, and asks anew as soon as he has his answer. Of an
answer no more is looked at than how long it is and its status: the answers that are no success are handed back whole.
"""

import asyncio
import json
import sys
import time
import uuid
from collections import Counter, deque
from typing import Any

import uvloop

PATIENCE_S = 300
OPENED_AT_ONCE = 50


class Person(asyncio.Protocol):
    """One line. Its questions come from the queue that all share."""

    def __init__(self, host: str, cookie: str, questions: deque[bytes], told: "Told") -> None:
        self._head = (
            f"POST /api/v1/bookings HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\n"
            "Content-Type: application/json\r\nAccept-Language: ru\r\nIdempotency-Key: "
        )
        self._questions = questions
        self._told = told
        self._line: asyncio.Transport | None = None
        self._heard = b""
        self._needed = 0
        self._asked_at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._line = transport  # type: ignore[assignment]  # uvloop's does what a Transport does, and is none by type

    def ask(self) -> None:
        if not self._questions:
            self.done.set_result(None)
            return
        body = self._questions.popleft()
        assert self._line
        self._asked_at = time.perf_counter()
        head = f"{self._head}{uuid.uuid4().hex}\r\nContent-Length: {len(body)}\r\n\r\n"
        self._line.write(head.encode() + body)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if not self._needed:
            end = self._heard.find(b"\r\n\r\n")
            if end < 0:
                return
            at = self._heard.index(b"Content-Length: ") + 16
            self._needed = end + 4 + int(self._heard[at : self._heard.index(b"\r", at)])
        if len(self._heard) < self._needed:
            return
        self._told.hear(self._heard, time.perf_counter() - self._asked_at)
        self._heard, self._needed = b"", 0
        self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server hung up"))


class Told:
    """What all have heard."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.delays: list[float] = []
        self.refusals: list[bytes] = []

    def hear(self, answer: bytes, seconds: float) -> None:
        status = answer[9:12].decode()
        self.statuses[status] += 1
        self.delays.append(seconds * 1000)
        if status != "201":
            self.refusals.append(answer)


async def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    task: dict[str, Any] = json.loads(sys.stdin.readline())
    questions = deque(json.dumps(body).encode() for body in task["bodies"])
    told = Told()
    loop = asyncio.get_running_loop()
    people: list[Person] = []
    cookies = task["cookies"]
    for first in range(0, len(cookies), OPENED_AT_ONCE):
        some = cookies[first : first + OPENED_AT_ONCE]
        lines = [
            loop.create_connection(lambda cookie=cookie: Person(f"{host}:{port}", cookie, questions, told), host, port)  # type: ignore[misc]
            for cookie in some
        ]
        people += [person for _, person in await asyncio.gather(*lines)]
    begun = time.perf_counter()
    for person in people:
        person.ask()
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(person.done for person in people))
    seconds = time.perf_counter() - begun
    refusals = [json.loads(answer.partition(b"\r\n\r\n")[2]) for answer in told.refusals]
    said = {"seconds": seconds, "statuses": told.statuses, "delays": told.delays, "refusals": refusals}
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
