"""A weak line to measure with: a UDP forwarder that loses, delays, jitters and narrows, each direction apart.

It stands between a browser with `iceTransportPolicy: "relay"` and its TURN server: the page names the link's port, the
link hands on to the relay's. It runs in a process of its own, so that a busy test cannot starve it, and draws from a
seeded source: the nth packet of a direction meets the same luck each time. Beside it stands a way for TCP to the server
of the page, on which bytes wait while there is no line (and only then: it is neither narrow nor late).

    async with link(("127.0.0.1", 3478), seed=1) as line:      # line.port; line.web_port with web=("127.0.0.1", 8080)
        await line.set(Line(loss=0.3, delay_ms=30))            # both ways; or up=…, down=…
        await line.set(NO_LINE)                                # and back again
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# IPv4 and UDP: they take their share of a narrow line, though no socket shows them.
HEADERS = 28
LARGEST = 1500
Address = tuple[str, int]


@dataclass(frozen=True)
class Line:
    """One direction. `loss` is a share; `burst` the mean length of a run of losses (1: each packet for itself).

    `kbit` is the rate of the bottleneck; what waits before it is bounded by `queue_ms` of that rate (two full packets
    at the least), and what comes then is dropped. Packets do not overtake each other.
    """

    loss: float = 0.0
    burst: float = 1.0
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    kbit: float | None = None
    queue_ms: float = 300.0
    up: bool = True


NO_LINE = Line(up=False)


@dataclass
class Count:
    """What became of the packets of one direction."""

    came: int = 0
    handed_on: int = 0
    lost: int = 0
    dropped: int = 0
    bytes: int = 0


@dataclass
class Wire:
    """One direction without sockets or clocks: when a packet that comes now arrives at the other end, if at all."""

    random: Random
    line: Line = field(default_factory=Line)
    count: Count = field(default_factory=Count)
    _free_at: float = 0.0
    _last: float = 0.0
    _losing: bool = False

    def send(self, size: int, now: float) -> float | None:
        """The instant of arrival in seconds; None for a packet that never does."""
        self.count.came += 1
        # Drawn for every packet, so that a change of the line does not shift the luck of all later ones.
        luck, jitter = self.random.random(), self.random.random()
        left = self._through_the_bottleneck(size + HEADERS, now)
        if left is None:
            self.count.dropped += 1
            return None
        if self._is_lost(luck):
            self.count.lost += 1
            return None
        self.count.handed_on += 1
        self.count.bytes += size + HEADERS
        self._last = max(self._last, left + (self.line.delay_ms + jitter * self.line.jitter_ms) / 1000)
        return self._last

    def _through_the_bottleneck(self, size: int, now: float) -> float | None:
        if not self.line.up:
            return None
        if self.line.kbit is None:
            return now
        a_second = self.line.kbit * 1000 / 8
        waiting = max(0.0, self._free_at - now) * a_second
        if waiting + size > max(a_second * self.line.queue_ms / 1000, 2 * LARGEST):
            return None
        self._free_at = max(now, self._free_at) + size / a_second
        return self._free_at

    def _is_lost(self, luck: float) -> bool:
        """Gilbert's two states: in the bad one everything is lost, and it lasts `burst` packets on the average."""
        line = self.line
        if line.burst <= 1:
            return luck < line.loss
        if self._losing:
            self._losing = luck >= 1 / line.burst
        else:
            self._losing = luck < line.loss / (line.burst * (1 - line.loss))
        return self._losing


class Link:
    """The forwarder itself, as it runs in its process: one socket to the relay for each socket of a browser."""

    def __init__(self, to: Address, seed: int, port: int = 0) -> None:
        self._to = to
        self._loop = asyncio.get_running_loop()
        self.up, self.down = Wire(Random(f"{seed} up")), Wire(Random(f"{seed} down"))
        self._face = _socket()
        self._face.bind(("127.0.0.1", port))
        self.port = int(self._face.getsockname()[1])
        self._behind: dict[Address, socket.socket] = {}
        self._there = asyncio.Event()
        self._there.set()
        self._loop.add_reader(self._face, self._from_browser)

    def set(self, up: Line, down: Line) -> None:
        """From the next packet on; what waits already keeps its time."""
        self.up.line, self.down.line = up, down
        if up.up and down.up:
            self._there.set()
        else:
            self._there.clear()

    async def serve(self, to: Address) -> int:
        """Lets TCP through to that address while there is a line; returns the port."""

        async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError):
                await self._there.wait()
                theirs, ours = await asyncio.open_connection(*to)
                await asyncio.gather(self._pump(reader, ours), self._pump(theirs, writer))

        server = await asyncio.start_server(joined, "127.0.0.1", 0)
        return int(server.sockets[0].getsockname()[1])

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await self._there.wait()
                writer.write(data)
                await writer.drain()
        writer.close()

    def _from_browser(self) -> None:
        for data, browser in _waiting(self._face):
            behind = self._behind.get(browser) or self._open(browser)
            self._pass(self.up, data, lambda data=data, behind=behind: behind.send(data))  # type: ignore[misc]

    def _open(self, browser: Address) -> socket.socket:
        behind = self._behind[browser] = _socket()
        behind.connect(self._to)
        self._loop.add_reader(behind, self._from_relay, behind, browser)
        return behind

    def _from_relay(self, behind: socket.socket, browser: Address) -> None:
        for data, _ in _waiting(behind):
            self._pass(self.down, data, lambda data=data: self._face.sendto(data, browser))  # type: ignore[misc]

    def _pass(self, wire: Wire, data: bytes, hand_on: Callable[[], object]) -> None:
        arrives = wire.send(len(data), self._loop.time())
        if arrives is not None:
            self._loop.call_at(arrives, _quietly, hand_on)


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    return made


def _waiting(line: socket.socket) -> list[tuple[bytes, Address]]:
    found = []
    while True:
        try:
            found.append(line.recvfrom(65536))
        except BlockingIOError:
            return found
        except OSError:  # "connection refused" of a relay that is gone: as on any network, nobody is told
            return found


def _quietly(hand_on: Callable[[], object]) -> None:
    """A full buffer or a closed end loses the packet, as a network would."""
    try:
        hand_on()
    except OSError:
        return


class Remote:
    """The link as a test holds it: its process, its port, and how to change it while it runs."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, web_port: int) -> None:
        self._process = process
        self.port = port
        self.web_port = web_port

    async def set(self, both: Line | None = None, *, up: Line | None = None, down: Line | None = None) -> None:
        """In force when this returns. `up` leads away from the browser, `down` to it."""
        sides = {"up": up or both or Line(), "down": down or both or Line()}
        await self._say({"set": {name: asdict(line) for name, line in sides.items()}})

    async def counts(self) -> tuple[Count, Count]:
        """Up and down, since the start."""
        told = await self._say({})
        return Count(**told["up"]), Count(**told["down"])

    async def _say(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        answer: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return answer


@asynccontextmanager
async def link(to: Address, *, web: Address | None = None, seed: int = 1) -> AsyncIterator[Remote]:
    """A perfect line at first. With `web`, TCP to that address goes the same way."""
    words = ["-m", "tests.support.link", "--to", f"{to[0]}:{to[1]}", "--seed", str(seed)]
    words += ["--web", f"{web[0]}:{web[1]}"] if web else []
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        ports = json.loads(await process.stdout.readline())
        yield Remote(process, ports["port"], ports["web_port"])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def main() -> None:
    """Says its port as one line of JSON, then answers each order with what it has counted."""
    parser = argparse.ArgumentParser(prog="link", description=__doc__)
    parser.add_argument("--to", required=True, help="host:port of the relay")
    parser.add_argument("--web", help="host:port of the server of the page, to be reached by TCP")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    with contextlib.suppress(OSError):  # only root may
        os.nice(-10)
    running = Link(_address(asked.to), asked.seed, asked.port)
    _tell({"port": running.port, "web_port": await running.serve(_address(asked.web)) if asked.web else 0})
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while order := await orders.readline():
        wanted = json.loads(order).get("set")
        if wanted:
            running.set(Line(**wanted["up"]), Line(**wanted["down"]))
        _tell({"up": asdict(running.up.count), "down": asdict(running.down.count), "at": time.time()})


def _address(text: str) -> Address:
    host, port = text.rsplit(":", 1)
    return host, int(port)


def _tell(words: dict[str, Any]) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
