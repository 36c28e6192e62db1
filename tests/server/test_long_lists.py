"""Long lists: applied part by part, unseen until all of it is there; whatever stops it, nobody ever saw any of it."""

import asyncio
import contextlib
from typing import Any

import pytest
from sqlalchemy import func, select

from scheduling import lists
from scheduling.applications import Application
from scheduling.applications.tables import ApplicationChange
from scheduling.audit import AuditLine
from scheduling.consents import Consent
from scheduling.lists.applying import AT_ONCE, Part
from scheduling.people import Client
from server.lists.applying import APPLIER, Applier
from tests.server.house import Browser, House, body
from tests.server.test_lists import KNOWN, accept, brought, many, read, rows_left

LONG, HALF = 2_200, 2 * AT_ONCE
# Anna Vorobyova asked for help twice before, without a list.
NOBODY = {"clients": 0, "applications": 0, "hers": 2}
ALL = {"clients": 20, "applications": 50, "hers": 3}


async def seen_by(staff: Browser) -> dict[str, int]:
    """What a coordinator sees of those whom the list brings, and in the card of one whom the office knows."""
    clients = await body(await staff.get("/api/v1/clients", params={"query": "Мария Петровна"}), 200)
    work = await body(await staff.get("/api/v1/applications", params={"query": "Мария Петровна"}), 200)
    hers = await body(await staff.get("/api/v1/applications", params={"query": "Воробьева"}), 200)
    return {
        "clients": len(clients["items"]),
        "applications": len(work["items"]),
        "hers": len(hers["items"]),
    }


class Middle:
    """The applier stands in the middle of a list, between two transactions; `dies`: its server is gone there."""

    def __init__(self, patch: pytest.MonkeyPatch, *, dies: bool = False) -> None:
        self.reached, self.on = asyncio.Event(), asyncio.Event()
        real, parts = Applier._write, list[Part]()

        async def write(applier: Applier, work: Any) -> Any:
            done = await real(applier, work)
            parts.extend([done] if isinstance(done, Part) else [])
            if len(parts) == 2 and not self.reached.is_set():
                self.reached.set()
                if dies:
                    raise asyncio.CancelledError
                await self.on.wait()
            return done

        patch.setattr(Applier, "_write", write)


async def long_list(staff: Browser) -> Any:
    """One whom the office knows, and so many of whom nobody has heard."""
    head, rest = many(LONG).split(b"\r\n", 1)
    return await read(staff, await brought(staff, b"\r\n".join((head, KNOWN.encode("cp1251"), rest))))


async def half_way(house: House, staff: Browser, middle: Middle) -> Any:
    seen = await long_list(staff)
    begun = await accept(staff, seen)
    assert (begun["status"], begun["rows_applied"]) == ("accepting", 0)
    await middle.reached.wait()
    return begun


async def traces(house: House, number: int) -> dict[str, int]:
    """What stands in the database of a list, seen or not."""
    async with house.centre.database.read() as tx:
        ours = select(Application.id).where(Application.list_id == number)
        asked = {
            "applications": ours,
            "changes": select(ApplicationChange.id).where(ApplicationChange.after["list"].as_integer() == number),
            "people": select(Client.id).where(Client.list_id == number),
            "consents": select(Consent.id).where(Consent.list_id == number),
            "registered": select(AuditLine.id).where(AuditLine.act == "registered"),
        }
        counted = {name: select(func.count()).select_from(each.subquery()) for name, each in asked.items()}
        return {name: await tx.scalar(each) or 0 for name, each in counted.items()}


async def test_nobody_sees_a_long_list_before_it_is_whole(ryadom: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sokolova = await ryadom.staff("suzun")
    middle = Middle(monkeypatch)
    begun = await half_way(ryadom, sokolova, middle)
    written = await traces(ryadom, begun["id"])
    assert (written["applications"], written["people"]) == (HALF, HALF - 1)
    assert await seen_by(sokolova) == NOBODY
    async with ryadom.centre.database.read() as tx:
        person = await tx.scalar(select(func.max(Client.id)).where(Client.list_id == begun["id"]))
        asked = await tx.scalar(select(func.max(Application.id)).where(Application.list_id == begun["id"]))
    for path in (f"/clients/{person}", f"/clients/{person}/consents", f"/applications/{asked}"):
        await body(await sokolova.get("/api/v1" + path), 404)
    facts = {"client": person, "specialist": 1, "service": "1739", "starts": "2026-11-24T02:00:00Z"}
    await body(await sokolova.post("/api/v1/bookings", json=facts), 404)
    async with ryadom.centre.database.read() as tx:  # of one who is known the request is as unseen as the others
        asked = await tx.scalar(
            select(Application.id).where(Application.list_id == begun["id"], Application.client_id == 1)
        )
    slots = await body(await sokolova.get("/api/v1/slots", params={"service": "1739", "specialist": "1"}), 200)
    facts |= {"client": 1, "starts": slots["items"][0]["starts"], "application": asked}
    await body(await sokolova.post("/api/v1/bookings", json=facts), 404)
    shown = await body(await sokolova.get(f"/api/v1/lists/{begun['id']}"), 200)
    assert (shown["status"], shown["rows_applied"], shown["counts"]["new"]) == ("accepting", HALF, LONG)
    middle.on.set()
    done = await read(sokolova, begun)
    assert (done["status"], done["rows_applied"], await seen_by(sokolova)) == ("accepted", LONG + 1, ALL)
    await body(await sokolova.get(f"/api/v1/clients/{person}"), 200)


async def test_a_long_list_is_cancelled_while_it_is_applied(ryadom: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sokolova = await ryadom.staff("suzun")
    before = await traces(ryadom, 1)
    middle = Middle(monkeypatch)
    begun = await half_way(ryadom, sokolova, middle)
    await body(await sokolova.delete(f"/api/v1/lists/{begun['id']}"), 204)
    assert (await body(await sokolova.get(f"/api/v1/lists/{begun['id']}"), 200))["status"] == "undoing"
    assert await seen_by(sokolova) == NOBODY
    middle.on.set()
    await ryadom.app[APPLIER].waiting.join()
    after = await body(await sokolova.get(f"/api/v1/lists/{begun['id']}"), 200)
    assert (after["status"], after["problem"], after["counts"]) == ("cancelled", None, None)
    assert (await traces(ryadom, begun["id"]), await seen_by(sokolova)) == (before, NOBODY)
    assert await rows_left(ryadom, begun["id"]) == (0, 0, 0)
    again = await long_list(sokolova)
    await accept(sokolova, again)
    assert ((await read(sokolova, again))["status"], await seen_by(sokolova)) == ("accepted", ALL)


async def test_what_a_dead_server_left_of_a_list_is_taken_away(ryadom: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sokolova = await ryadom.staff("suzun")
    before = await traces(ryadom, 1)
    with monkeypatch.context() as dying:
        begun = await half_way(ryadom, sokolova, Middle(dying, dies=True))
    assert await seen_by(sokolova) == NOBODY
    assert (await traces(ryadom, begun["id"]))["people"] == HALF - 1
    other = Applier(ryadom.centre)
    if not ryadom.centre.database.sqlite:  # another node might still be at it
        await other.look_back_once()
        assert other.waiting.empty()
        ryadom.later(minutes=3)
    await other.look_back_once()
    working = asyncio.create_task(other.run())
    await other.waiting.join()
    working.cancel()
    after = await body(await sokolova.get(f"/api/v1/lists/{begun['id']}"), 200)
    assert (after["status"], after["problem"]["code"]) == ("ready", "stopped")
    assert (await traces(ryadom, begun["id"]), await seen_by(sokolova)) == (before, NOBODY)
    assert (after["counts"]["new"], after["counts"]["known"]) == (LONG, 1)


async def test_a_long_list_is_accepted_once_whoever_tries_at_the_same_time(ryadom: House) -> None:
    sokolova, again = await ryadom.staff("suzun"), await ryadom.staff("suzun")
    seen = await long_list(sokolova)
    version = {"If-Match": f'"{seen["version"]}"'}
    place = f"/api/v1/lists/{seen['id']}/accept"
    answers = await asyncio.gather(*(each.post(place, headers=version) for each in (sokolova, again, sokolova)))
    assert sorted(each.status for each in answers) == [200, 409, 409]
    assert (await read(sokolova, seen))["status"] == "accepted"
    await ryadom.app[APPLIER].waiting.join()
    assert await rows_left(ryadom, seen["id"]) == (0, LONG + 1, LONG)


async def test_a_long_list_and_somebody_registered_meanwhile(ryadom: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sokolova = await ryadom.staff("suzun")
    middle = Middle(monkeypatch)
    begun = await half_way(ryadom, sokolova, middle)
    card = {
        "name": "Мария Петровна Ыааааова",
        "birth_year": 1930,
        "consents": [{"purpose": "processing", "how": "paper"}],
    }
    made = await body(await sokolova.post("/api/v1/clients", json=card), 201)
    middle.on.set()
    after = await read(sokolova, begun)
    assert (after["status"], after["problem"]["code"], after["problem"]["line"]) == ("ready", "client_known", 3)
    found = await body(await sokolova.get("/api/v1/clients", params={"query": "Мария Петровна"}), 200)
    assert [each["id"] for each in found["items"]] == [made["id"]]
    assert (await traces(ryadom, begun["id"]))["people"] == 0


async def test_a_list_that_waits_its_turn_is_not_left(ryadom: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sokolova = await ryadom.staff("suzun")
    middle = Middle(monkeypatch)
    begun = await half_way(ryadom, sokolova, middle)
    waits = await accept(sokolova, await read(sokolova, await brought(sokolova, many(LONG, first=LONG))))
    ryadom.later(minutes=3)
    await ryadom.app[APPLIER].look_back_once()
    async with ryadom.centre.database.read() as tx:
        seen = [each.seen_at for each in await lists.under_way(tx, "accepting")]
    assert seen == [ryadom.now] * 2
    if not ryadom.centre.database.sqlite:
        other = Applier(ryadom.centre)
        await other.look_back_once()
        assert other.waiting.empty()
    middle.on.set()
    assert [(await read(sokolova, each))["status"] for each in (begun, waits)] == ["accepted", "accepted"]


async def test_whoever_waits_too_long_is_told_when_to_come_again(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    database = ryadom.centre.database
    pool: Any = database._writers.sync_engine.pool
    pool._timeout = 0.05
    async with contextlib.AsyncExitStack() as others:
        for _ in range(pool.size()):
            await others.enter_async_context(database._writers.begin())
        answer = await sokolova.delete("/api/v1/lists/1")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert (await answer.json(content_type=None))["code"] == "unavailable"
    await body(await sokolova.delete("/api/v1/lists/1"), 404)
