"""Tidying: one round that fails is not the last one."""

import asyncio

import pytest
from aiohttp import web

from scheduling import tries
from server import app
from server.centre import CENTRE
from tests.server.house import House


async def test_a_failed_round_is_not_the_last(ryadom: House, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[str] = []

    async def forget(_centre: object) -> None:
        rounds.append("failed" if not rounds else "done")
        if rounds == ["failed"]:
            raise OSError("the database was away")

    monkeypatch.setattr(app, "TIDY_EVERY_S", 0.01)
    monkeypatch.setattr(tries, "forget_old", lambda _tx, *, now: forget(now))
    beside = web.Application()
    beside[CENTRE] = ryadom.centre
    tidying = app._tidying(beside)
    await anext(tidying)
    async with asyncio.timeout(5):
        while len(rounds) < 3:  # noqa: ASYNC110 - the rounds tell nobody
            await asyncio.sleep(0.01)
    with pytest.raises(StopAsyncIteration):
        await anext(tidying)
    assert rounds[:3] == ["failed", "done", "done"]
