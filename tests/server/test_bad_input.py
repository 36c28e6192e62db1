"""Bad input: every wrong field at once, a stable code, nothing half-written, nothing told that was not asked."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from scheduling.people import Client
from tests.server.house import House, body, booked

SOUND = {"name": "Мария Котова", "birth_year": 1950, "consents": [{"purpose": "processing", "how": "paper"}]}


async def clients(house: House) -> int:
    async with house.centre.database.read() as tx:
        return await tx.scalar(select(func.count()).select_from(Client)) or 0


async def test_all_wrong_fields_are_named_at_once_in_the_persons_language(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    wrong = {**SOUND, "name": "", "birth_year": "soon", "phone": "call me", "email": "at", "nick": "x"}
    for language, word in (("ru", "поля"), ("en", "fields")):
        answer = await coordinator.post("/api/v1/clients", json=wrong, params={"lang": language})
        refused = await body(answer, 422)
        assert answer.content_type == "application/problem+json"
        assert {item["field"] for item in refused["errors"]} == {"name", "birth_year", "phone", "email", "nick"}
        assert all(item["message"] for item in refused["errors"])
        assert word in refused["title"]
    assert await clients(ryadom) == 6


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "А\u0000Б"}, "name"),
        ({"name": "\ud800\ud800"}, None),
        ({"birth_year": 1800}, "birth_year"),
        ({"birth_year": 2**70}, None),
        ({"name": "я" * 121}, "name"),
        ({"language": "xx"}, "language"),
        ({"consents": [{"purpose": "everything", "how": "paper"}]}, "consents.0.purpose"),
        ({"consents": [{"purpose": "processing", "how": "paper"}] * 2}, "consents"),
    ],
)
async def test_what_the_database_cannot_hold_stops_at_the_edge(
    ryadom: House, change: dict[str, Any], field: str | None
) -> None:
    coordinator = await ryadom.staff("suzun")
    refused = await body(await coordinator.post("/api/v1/clients", json={**SOUND, **change}), 422)
    assert refused["code"] == "invalid_input"
    assert field is None or refused["errors"][0]["field"] == field
    assert await clients(ryadom) == 6


async def test_without_consent_nobody_is_registered(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    refused = await body(await coordinator.post("/api/v1/clients", json={**SOUND, "consents": []}), 422)
    assert (refused["code"], refused["purpose"]) == ("consent_needed", "processing")
    assert await clients(ryadom) == 6


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"a":' * 2000, b'"text"', b"NaN"])
async def test_a_body_that_is_no_form_is_an_answer_not_a_crash(ryadom: House, raw: bytes) -> None:
    coordinator = await ryadom.staff("suzun")
    headers = {"Content-Type": "application/json"}
    refused = await body(await coordinator.post("/api/v1/clients", data=raw, headers=headers), 422)
    assert refused["code"] == "invalid_input"


async def test_too_much_and_the_wrong_kind_are_refused(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    large = b'{"name": "' + b"x" * 300_000 + b'"}'
    json_type = {"Content-Type": "application/json"}
    assert (await body(await coordinator.post("/api/v1/clients", data=large, headers=json_type), 413))[
        "code"
    ] == "too_large"
    assert (await body(await coordinator.post("/api/v1/clients", data={"name": "x"}), 415))["code"] == "json_needed"


@pytest.mark.parametrize(
    "path", ["/bookings/0", "/bookings/-1", "/bookings/99999999999999", "/bookings/x", "/bookings/1'", "/nothing"]
)
async def test_an_address_that_names_nothing_is_not_found(ryadom: House, path: str) -> None:
    coordinator = await ryadom.staff("suzun")
    refused = await body(await coordinator.get(f"/api/v1{path}"), 404)
    assert refused["code"] == "not_found"


async def test_a_repeated_write_answers_what_it_answered_first(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    headers = {"Idempotency-Key": "desk-1"}
    first = await body(await coordinator.post("/api/v1/clients", json=SOUND, headers=headers), 201)
    again = await body(await coordinator.post("/api/v1/clients", json=SOUND, headers=headers), 201)
    assert first == again
    assert await clients(ryadom) == 7
    other = {**SOUND, "name": "Другая Женщина"}
    refused = await body(await coordinator.post("/api/v1/clients", json=other, headers=headers), 409)
    assert refused["code"] == "key_reused"


async def test_ten_clicks_at_once_make_one_booking_and_one_code(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    slots = await body(await coordinator.get("/api/v1/slots", params={"service": "1739"}), 200)
    slot = slots["items"][0]
    facts = {"client": 2, "specialist": slot["specialist"]["id"], "service": "1739", "starts": slot["starts"]}
    headers = {"Idempotency-Key": "ten-clicks"}
    answers = await asyncio.gather(
        *(coordinator.post("/api/v1/bookings", json=facts, headers=headers) for _ in range(10))
    )
    made = [await body(answer, 201) for answer in answers]
    assert len({(item["booking"]["id"], item["code"]["digits"]) for item in made}) == 1


async def test_two_people_editing_one_thing_do_not_overwrite_each_other(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    change = {"remark": "звонить после обеда"}
    needed = await body(await coordinator.patch("/api/v1/clients/1", json=change), 428)
    assert needed["code"] == "version_needed"
    answer = await coordinator.patch("/api/v1/clients/1", json=change, headers={"If-Match": '"1"'})
    assert answer.headers["ETag"] == '"2"'
    stale = await body(await coordinator.patch("/api/v1/clients/1", json=change, headers={"If-Match": '"1"'}), 412)
    assert (stale["code"], stale["version"]) == ("version_moved", 2)


async def test_a_taken_time_comes_with_three_others(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    first = await booked(coordinator)
    facts = {"client": 3, "specialist": 1, "service": "1739", "starts": first["booking"]["starts"]}
    refused = await body(await coordinator.post("/api/v1/bookings", json=facts), 409)
    assert refused["code"] == "slot_taken"
    assert len(refused["alternatives"]) == 3
    chosen = refused["alternatives"][0]
    facts |= {"starts": chosen["starts"], "specialist": chosen["specialist"]["id"]}
    await body(await coordinator.post("/api/v1/bookings", json=facts), 201)


async def test_a_fault_of_ours_tells_nothing(ryadom: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from scheduling import people  # noqa: PLC0415 - what is broken here on purpose

    async def broken(*_args: object, **_facts: object) -> None:
        raise RuntimeError("Анна Петровна, +7 913 555-01-12")

    coordinator = await ryadom.staff("suzun")
    monkeypatch.setattr(people, "find_clients", broken)
    answer = await coordinator.get("/api/v1/clients")
    said = await answer.text()
    assert answer.status == 500
    assert "Анна" not in said
    assert "Traceback" not in said
    assert (await answer.json(content_type=None))["number"] == answer.headers["X-Request-Id"]
