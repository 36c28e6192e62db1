"""A server that is killed in the middle of a list: nothing of it was seen, and nothing of it stays."""

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from scheduling.applications import Application
from scheduling.people import Client
from server.database import Database
from tests.server.test_lists import many
from tests.support.live_server import LiveServer, command
from tests.support.staff import Staff, signed_in

ROWS = 6_000


async def _until(staff: Staff, number: int, *status: str) -> Any:
    while True:
        found = await staff.get(f"/lists/{number}")
        if found["status"] in status:
            return found
        await asyncio.sleep(0.02)  # between two looks, as a page would


async def _begun(staff: Staff, number: int) -> None:
    """Its first part is written."""
    while True:
        if (await staff.get(f"/lists/{number}"))["rows_applied"]:
            return
        await asyncio.sleep(0.01)  # between two looks


async def test_a_killed_server_leaves_nothing_of_a_list_that_it_was_applying(tmp_path: Path) -> None:
    await command(tmp_path, "demo")
    server = LiveServer(tmp_path)
    await server.start()
    async with signed_in(server.address, "coordinator") as sokolova:
        number = await _brought(sokolova, server.address)
        seen = await _until(sokolova, number, "ready")
        (await sokolova.post(f"/lists/{number}/accept", If_Match=f'"{seen["version"]}"')).ok()
        await _begun(sokolova, number)
        await server.kill()
        written = await _written(server.database_url, number)
        assert 0 < written[0] < ROWS
        await server.start()
        after = await _until(sokolova, number, "ready", "accepted")
    assert (after["status"], after["problem"]["code"], after["counts"]["new"]) == ("ready", "stopped", ROWS)
    await server.kill()
    assert await _written(server.database_url, number) == (0, 0)


async def _brought(staff: Staff, address: str) -> int:
    query = {"kind": "applications", "name": "список.csv"}
    headers = {"Content-Type": "application/octet-stream", "Origin": address}
    sent = staff._client.post(f"{address}/api/v1/lists", params=query, data=many(ROWS), headers=headers)
    async with sent as answer:
        assert answer.status == 201, await answer.text()
        return int((await answer.json())["id"])


async def _written(url: str, number: int) -> tuple[int, int]:
    """Applications and people of the list, seen or not."""
    database = Database(url)
    async with database.read() as tx:
        asked = await tx.scalar(select(func.count()).where(Application.list_id == number))
        people = await tx.scalar(select(func.count()).where(Client.list_id == number))
    await database.close()
    return asked or 0, people or 0
