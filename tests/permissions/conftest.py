"""A house on one engine: who may what is decided before any table is asked."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.house import House, house


@pytest.fixture
async def ryadom(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[House]:
    path = tmp_path / "ryadom.sqlite3"
    shutil.copy(migrated_sqlite, path)
    async with house(tmp_path / "data", f"sqlite+aiosqlite:///{path}") as opened:
        yield opened
