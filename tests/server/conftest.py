"""A house on each engine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.house import House, house


@pytest.fixture
async def ryadom(tmp_path: Path, database_url: str) -> AsyncIterator[House]:
    async with house(tmp_path / "data", database_url) as opened:
        yield opened
