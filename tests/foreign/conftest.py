"""Fixtures of the foreign ends: a Firefox, and windows of either browser for two people."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Literal

import pytest
from playwright.async_api import Browser as Chromium

from tests.foreign.people import Window
from tests.support.chromium import chromium, person
from tests.support.firefox import Firefox, firefox

Browser = Literal["chromium", "firefox"]
Opens = Callable[[Browser], Awaitable[Window]]


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
