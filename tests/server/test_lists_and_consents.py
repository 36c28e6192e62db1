"""Lists and what people said or asked since: a word taken back stays so, and no request comes twice."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from scheduling.applications import Application
from tests.server.house import Browser, House, body
from tests.server.test_lists import KNOWN, accept, brought, csv, read, rows_of
from tests.server.test_long_lists import Middle, half_way

ANNA = "/api/v1/clients/1"


async def takes_back(coordinator: Browser, client: str = ANNA) -> None:
    facts = {"purpose": "processing", "how": "paper"}
    kept = await body(await coordinator.post(f"{client}/consents", json=facts), 201)
    shown = await body(await coordinator.get(f"{client}/consents/{kept['id']}/effects"), 200)
    word = {"how": "aloud", "because": "", "shown": shown["stamp"]}
    await body(await coordinator.post(f"{client}/consents/{kept['id']}/withdrawal", json=word), 200)


async def books(coordinator: Browser, status: int, client: int = 1) -> Any:
    query = {"service": "1739", "specialist": "1", "from": "2026-11-25"}
    free = (await body(await coordinator.get("/api/v1/slots", params=query), 200))["items"][0]["starts"]
    facts = {"client": client, "specialist": 1, "service": "1739", "starts": free}
    return await body(await coordinator.post("/api/v1/bookings", json=facts), status)


async def open_requests(house: House) -> int:
    async with house.centre.database.read() as tx:
        asked = Application.client_id == 1, Application.status != "closed"
        return await tx.scalar(select(func.count()).where(*asked)) or 0


async def test_an_older_paper_does_not_bring_a_withdrawn_consent_back(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    before = await read(sokolova, await brought(sokolova, csv(KNOWN)))
    await takes_back(sokolova)
    refused = await accept(sokolova, before, 409)
    assert (refused["line"], refused["because"]) == (2, "consent_withdrawn")
    seen = await read(sokolova, await brought(sokolova, csv(KNOWN, KNOWN.replace("15.11.2026", "23.11.2026"))))
    assert [row["problems"][0]["code"] for row in await rows_of(sokolova, seen)] == ["consent_withdrawn", "doubled"]
    assert (await books(sokolova, 422))["code"] == "consent_needed"
    ryadom.later(days=1)
    sokolova = await ryadom.staff("suzun")
    newer = await read(sokolova, await brought(sokolova, csv(KNOWN.replace("15.11.2026", "24.11.2026"))))
    await accept(sokolova, newer)
    await books(sokolova, 201)


async def test_a_consent_is_taken_back_while_a_long_list_is_applied(
    ryadom: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sokolova = await ryadom.staff("suzun")
    middle = Middle(monkeypatch)
    begun = await half_way(ryadom, sokolova, middle)
    await takes_back(sokolova)
    middle.on.set()
    after = await read(sokolova, begun)
    assert (after["status"], after["problem"]["code"], after["problem"]["line"]) == ("ready", "consent_withdrawn", 2)
    assert await open_requests(ryadom) == 0
    assert (await books(sokolova, 422))["code"] == "consent_needed"


async def test_an_older_consent_of_the_other_card_does_not_bring_it_back(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    card = {"name": "Воробьева Анна", "birth_year": 1947, "consents": [{"purpose": "processing", "how": "paper"}]}
    gone = await body(await sokolova.post("/api/v1/clients", json=card), 201)
    ryadom.later(hours=1)
    await takes_back(sokolova)
    shown = await body(await sokolova.get(f"{ANNA}/merge/{gone['id']}"), 200)
    assert [(each["code"], each["purpose"]) for each in shown["conflicts"]] == [("consent_withdrawn", "processing")]
    await takes_back(sokolova, f"/api/v1/clients/{gone['id']}")
    shown = await body(await sokolova.get(f"{ANNA}/merge/{gone['id']}"), 200)
    assert shown["conflicts"] == []
    merge = {"gone": gone["id"], "gone_version": shown["gone"]["version"]}
    match = {"If-Match": f'"{shown["kept"]["version"]}"'}
    await body(await sokolova.post(f"{ANNA}/merge", json=merge, headers=match), 200)
    assert (await books(sokolova, 422))["code"] == "consent_needed"


async def test_two_lists_of_the_same_people_bring_no_request_twice(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    first = await read(sokolova, await brought(sokolova, csv(KNOWN)))
    second = await read(sokolova, await brought(sokolova, csv(KNOWN, encoding="utf-8")))
    assert (first["counts"]["known"], second["counts"]["known"]) == (1, 1)
    had = await open_requests(ryadom)
    await accept(sokolova, first)
    refused = await accept(sokolova, second, 409)
    assert (refused["line"], refused["because"]) == (2, "request_open")
    assert await open_requests(ryadom) == had + 1


async def test_of_two_lists_accepted_at_once_the_second_sees_the_first(ryadom: House) -> None:
    sokolova, again = await ryadom.staff("suzun"), await ryadom.staff("suzun")
    files = (csv(KNOWN), csv(KNOWN), csv(KNOWN, encoding="utf-8"))
    made = [await read(sokolova, await brought(sokolova, each)) for each in files]
    had = await open_requests(ryadom)
    answers = await asyncio.gather(
        *(
            staff.post(f"/api/v1/lists/{each['id']}/accept", headers={"If-Match": f'"{each["version"]}"'})
            for staff, each in zip((sokolova, again, sokolova), made, strict=True)
        )
    )
    assert sorted(each.status for each in answers) == [200, 409, 409]
    assert await open_requests(ryadom) == had + 1
