"""Parts shared by the tests of signaling."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from tests.signaling.fake_desk import FakeDesk, room_of
from tests.signaling.house import House, served


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk()
    desk.open(room_of(7))
    return desk


@pytest.fixture
async def house(desk: FakeDesk) -> AsyncIterator[House]:
    async with served(desk) as house:
        yield house


@pytest.fixture
def until() -> Callable[..., object]:
    return eventually


async def eventually(what: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for something that happens soon; says what did not."""
    async with asyncio.timeout(seconds):
        while not what():  # noqa: ASYNC110 - the thing waited for has no event
            await asyncio.sleep(0.01)


@pytest.fixture
def tracebacks() -> Iterator[list[logging.LogRecord]]:
    """Every log record with a traceback, of any logger, quiet ones too."""
    found: list[logging.LogRecord] = []

    class Watch(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info:
                found.append(record)

    watch = Watch(level=logging.DEBUG)
    quiet = logging.getLogger("signaling.transport")
    logging.getLogger().addHandler(watch)
    yield found
    logging.getLogger().removeHandler(watch)
    del quiet
