"""What these tests may ask for: a small region in an empty database on each engine, and the edge over it."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from scheduling.people import Account
from server import app
from server.database import Database
from server.settings import Settings
from tests.issues.edge import Edge
from tests.scheduling.region import NOW, Region, settled
from tests.scheduling.test_slots_http import hashed


@pytest.fixture
async def region(database: Database) -> Region:
    return await settled(database)


@pytest.fixture
async def edge(region: Region, database_url: str, tmp_path: Path) -> AsyncIterator[Edge]:
    """`edge.at(instant)` sets its clock; `edge.person("desk")` is somebody signed in: desk, anna, vera (who is an
    administrator here), olga, yulia."""
    async with region.database.write() as tx:
        for number in range(1, 6):
            account = await tx.get_one(Account, number)
            account.password_hash = hashed()
            account.roles = ["administrator"] if account.login == "vera" else account.roles
    clock: list[datetime] = [NOW]
    settings = Settings(data=tmp_path / "data", database_url=database_url, demo=True)
    running = TestServer(app.build(settings, now=lambda: clock[0]))

    def browser() -> TestClient[Any, Any]:
        return TestClient(running, cookie_jar=CookieJar(unsafe=True))

    async with running:
        opened = Edge(clock, browser)
        yield opened
        await opened.close()
