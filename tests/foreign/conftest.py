"""Fixtures of the foreign ends: windows of either browser for two people, and servers with settings of their own."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser as Chromium

from tests.foreign.people import Window
from tests.support.chromium import chromium, person
from tests.support.firefox import Firefox, firefox
from tests.support.live_server import LiveServer

Browser = Literal["chromium", "firefox"]
Opens = Callable[[Browser], Awaitable[Window]]
Stands = Callable[..., Awaitable[LiveServer]]


@pytest.fixture
async def window() -> AsyncIterator[Opens]:
    """`await window("firefox")`: a fresh person's window. One process of each browser serves all of a test's people."""
    async with AsyncExitStack() as open_now:
        chromiums: list[Chromium] = []
        firefoxes: list[Firefox] = []

        async def opens(kind: Browser) -> Window:
            if kind == "firefox":
                if not firefoxes:
                    firefoxes.append(await open_now.enter_async_context(firefox()))
                return await firefoxes[0].person()
            if not chromiums:
                chromiums.append(await open_now.enter_async_context(chromium()))
            return await (await person(chromiums[0])).new_page()

        yield opens


@pytest.fixture
async def stands(demo_data: Path, tmp_path: Path) -> AsyncIterator[Stands]:
    """`server = await stands(RYADOM_…=…)`: a running server with demo data."""
    running: list[LiveServer] = []

    async def start(**environment: str) -> LiveServer:
        data = tmp_path / f"server-{len(running)}"
        await asyncio.to_thread(shutil.copytree, demo_data, data)
        running.append(LiveServer(data, environment))
        await running[-1].start()
        return running[-1]

    yield start
    for server in running:
        await server.kill()
