"""The weak line measures true: what it was asked for is what comes out, and the same seed gives the same line."""

import asyncio
import socket
import time
from collections.abc import Iterator
from random import Random
from statistics import fmean, median

import pytest

from tests.support.link import HEADERS, NO_LINE, Line, Wire, link

SIZE = 200
PACKETS = 20_000


def sent(
    line: Line, *, every_ms: float = 20, count: int = PACKETS, size: int = SIZE, seed: int = 1
) -> list[float | None]:
    """How long each packet took in seconds, None for a lost one, when one comes every `every_ms`."""
    wire = Wire(Random(seed), line)
    starts = [number * every_ms / 1000 for number in range(count)]
    arrived = [wire.send(size, at) for at in starts]
    return [None if there is None else there - at for at, there in zip(starts, arrived, strict=True)]


def losses(took: list[float | None]) -> Iterator[int]:
    """The lengths of the runs of losses."""
    run = 0
    for each in [*took, 0.0]:
        if each is None:
            run += 1
        elif run:
            yield run
            run = 0


@pytest.mark.parametrize("loss", [0.05, 0.15, 0.3])
def test_as_much_is_lost_as_was_asked_for(loss: float) -> None:
    took = sent(Line(loss=loss))
    assert took.count(None) / PACKETS == pytest.approx(loss, abs=0.01)
    assert fmean(losses(took)) == pytest.approx(1 / (1 - loss), rel=0.05), "each packet for itself"


@pytest.mark.parametrize(("loss", "burst"), [(0.15, 4), (0.3, 3), (0.05, 10)])
def test_bursts_are_as_long_and_as_many_as_was_asked_for(loss: float, burst: float) -> None:
    took = sent(Line(loss=loss, burst=burst), count=100_000)
    assert took.count(None) / 100_000 == pytest.approx(loss, rel=0.1)
    assert fmean(losses(took)) == pytest.approx(burst, rel=0.1)


def test_delay_and_jitter_lie_in_their_range_and_nothing_overtakes() -> None:
    wire = Wire(Random(1), Line(delay_ms=50, jitter_ms=30))
    starts = [number / 100 for number in range(PACKETS)]
    arrived = [wire.send(SIZE, at) or 0 for at in starts]
    took = [there - at for at, there in zip(starts, arrived, strict=True)]
    assert 0.05 <= min(took) < 0.051
    assert 0.079 < max(took) <= 0.0801
    assert arrived == sorted(arrived)


def test_no_more_comes_through_than_the_bottleneck_lets_and_the_queue_holds() -> None:
    line = Line(kbit=100, queue_ms=400)
    took = sent(line, every_ms=8, count=2000)  # 228 kbit/s with headers
    through = [each for each in took if each is not None]
    seconds = 2000 * 0.008
    assert len(through) * (SIZE + HEADERS) * 8 / seconds / 1000 == pytest.approx(100, rel=0.04)
    assert max(through) == pytest.approx(0.4, abs=0.02), "the last one in waits for the whole queue"


def test_a_line_that_is_wide_enough_loses_nothing() -> None:
    took = sent(Line(kbit=100), every_ms=20, count=2000)  # 91 kbit/s with headers
    assert None not in took
    assert max(each or 0 for each in took) == pytest.approx((SIZE + HEADERS) * 8 / 100_000)


def test_a_narrow_line_still_takes_two_full_packets_at_once() -> None:
    took = sent(Line(kbit=30, queue_ms=100), every_ms=0, count=4, size=1400)
    assert [each is None for each in took] == [False, False, True, True]


def test_the_same_seed_is_the_same_line_and_another_is_another() -> None:
    line = Line(loss=0.2, burst=2, jitter_ms=10)
    assert sent(line, count=500) == sent(line, count=500)
    assert sent(line, count=500) != sent(line, count=500, seed=2)


def test_what_waits_keeps_its_time_when_the_line_gets_better() -> None:
    wire = Wire(Random(1), Line(kbit=10, queue_ms=10_000))
    waiting = [wire.send(SIZE - HEADERS, 0) for _ in range(5)]
    assert waiting[-1] == pytest.approx(0.8)
    wire.line = Line()
    assert wire.send(SIZE, 0.1) == pytest.approx(0.8), "behind it, not before it"
    assert wire.send(SIZE, 1) == 1


async def test_over_real_sockets_the_line_does_to_both_directions_what_each_was_told() -> None:
    async with Echo() as echo, link(("127.0.0.1", echo.port), seed=3) as line:
        assert await there_and_back(line.port, 50) == pytest.approx((0, 0.0), abs=0.02), "a perfect line at first"
        await line.set(up=Line(loss=0.3, delay_ms=20), down=Line(delay_ms=40))
        lost, took = await there_and_back(line.port, 600)
        assert lost / 600 == pytest.approx(0.3, abs=0.06)
        assert took == pytest.approx(0.06, abs=0.02)
        await line.set(NO_LINE)
        assert await there_and_back(line.port, 20) == (20, None)
        await line.set(Line())
        assert (await there_and_back(line.port, 20))[0] == 0, "and back"
        up, down = await line.counts()
        assert (up.came, up.dropped) == (690, 20)
        assert down.came == up.handed_on
        assert up.lost == lost


async def test_each_browser_socket_has_an_address_of_its_own_behind_the_line() -> None:
    async with Echo() as echo, link(("127.0.0.1", echo.port)) as line:
        await asyncio.gather(there_and_back(line.port, 1), there_and_back(line.port, 1))
        assert len(echo.seen) == 2


async def test_tcp_waits_while_there_is_no_line_and_loses_nothing() -> None:
    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while word := await reader.readline():
            writer.write(word.upper())
        writer.close()

    server = await asyncio.start_server(shout, "127.0.0.1", 0)
    web = server.sockets[0].getsockname()
    async with server, Echo() as echo, link(("127.0.0.1", echo.port), web=web) as line:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.web_port)
        writer.write(b"one\n")
        assert await reader.readline() == b"ONE\n"
        await line.set(NO_LINE)
        writer.write(b"two\n")
        answer = asyncio.create_task(reader.readline())
        await asyncio.sleep(0.3)
        assert not answer.done()
        await line.set(Line())
        assert await answer == b"TWO\n"
        writer.close()


class Echo(asyncio.DatagramProtocol):
    """Sends everything back to where it came from."""

    def __init__(self) -> None:
        self.seen: set[object] = set()

    async def __aenter__(self) -> "Echo":
        self._line, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        self.port = int(self._line.get_extra_info("sockname")[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._line.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.seen.add(addr)
        self._line.sendto(data, addr)


async def there_and_back(port: int, count: int) -> tuple[int, float | None]:
    """How many of `count` packets never came back, and the median time of the others in seconds."""
    loop = asyncio.get_running_loop()
    took: list[float] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mine:
        mine.setblocking(False)
        mine.connect(("127.0.0.1", port))

        async def hear() -> None:
            while len(took) < count:
                data = await loop.sock_recv(mine, 100)
                took.append(time.monotonic() - float(data))

        hearing = asyncio.create_task(hear())
        for _ in range(count):
            await loop.sock_sendall(mine, str(time.monotonic()).encode())
            await asyncio.sleep(0.001)
        await asyncio.wait([hearing], timeout=1)
        hearing.cancel()
    return count - len(took), median(took) if took else None
