"""Programmes over HTTP, and what remains of a service by standard, programme and certificate."""

from typing import Any

import pytest

from scheduling.standards import ServiceStandard
from tests.server.certified import certified
from tests.server.house import Browser, House, body, booked

TODAY = "2026-11-23"


def line(code: str = "1739", volume: int = 3, **more: Any) -> dict[str, Any]:
    return {"code": code, "volume": volume} | more


def facts(**more: Any) -> dict[str, Any]:
    return {
        "number": "ИППСУ 54-118",
        "issued_on": "2026-11-01",
        "valid_until": "2027-10-31",
        "lines": [line(), line("1740", 4, periodicity=[{"times": 1, "per": "month"}], until="2026-12-31")],
    } | more


async def somebody(desk: Browser) -> int:
    """A client of the desk's district who has never been here."""
    card = {"name": "Новая Клиентка", "birth_year": 1950, "consents": [{"purpose": "processing", "how": "paper"}]}
    number: int = (await body(await desk.post("/api/v1/clients", json=card), 201))["id"]
    return number


async def written(desk: Browser, client: int, **more: Any) -> dict[str, Any]:
    answer = await desk.post(f"/api/v1/clients/{client}/programmes", json=facts(**more))
    made: dict[str, Any] = await body(answer, 201)
    return made


async def allowance(desk: Browser, client: int, **query: Any) -> dict[str, Any]:
    asked = {"service": "1739"} | query
    found: dict[str, Any] = await body(await desk.get(f"/api/v1/clients/{client}/allowance", params=asked), 200)
    return found


def source(found: dict[str, Any], kind: str) -> dict[str, Any]:
    one: dict[str, Any] = next(each for each in found["sources"] if each["kind"] == kind)
    return one


async def book_on(desk: Browser, client: int, *days: str, service: str = "1739") -> list[dict[str, Any]]:
    made = []
    for day in days:
        query = {"service": service, "specialist": "1", "from": day, "client": str(client)}
        starts = (await body(await desk.get("/api/v1/slots", params=query), 200))["items"][0]["starts"]
        made.append((await booked(desk, client=client, starts=starts, service=service))["booking"])
    return made


async def test_what_remains_follows_what_is_booked_cancelled_and_booked_again(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    client = await somebody(desk)
    await written(desk, client)
    first, _ = await book_on(desk, client, "2026-11-24", "2026-11-25")
    found = await allowance(desk, client)
    month = source(found, "standard")["alternatives"][0]
    assert (month["times"], month["per"], month["used"], month["left"]) == (2, "month", 2, 0)
    assert (month["since"], month["until"], month["allowed"]) == ("2026-11-01", "2026-11-30", False)
    programme = source(found, "programme")
    assert (programme["name"], programme["volume"], programme["remaining"]) == ("ИППСУ 54-118", 3, 1)
    assert (found["on"], found["earliest"]) == (TODAY, "2026-12-01")
    cancelled = await desk.post(
        f"/api/v1/bookings/{first['id']}/cancel", json={"reason": "client_asked"}, headers={"If-Match": '"1"'}
    )
    await body(cancelled, 200)
    again = await allowance(desk, client)
    assert (source(again, "programme")["remaining"], again["earliest"]) == (2, TODAY)
    assert source(again, "standard")["alternatives"][0]["used"] == 1


async def test_a_booking_without_certificate_is_warned_of_and_never_refused(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    client = await somebody(desk)
    await written(desk, client, lines=[line(volume=1)])
    await book_on(desk, client, "2026-11-24", "2026-11-25", "2026-11-26")
    found = await allowance(desk, client)
    assert (source(found, "programme")["remaining"], found["earliest"]) == (0, None)


async def test_a_booking_that_is_moved_does_not_stand_in_its_own_way(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    client = await somebody(desk)
    first, _ = await book_on(desk, client, "2026-11-24", "2026-11-25")
    assert (await allowance(desk, client))["earliest"] == "2026-12-01"
    assert (await allowance(desk, client, booking=first["id"]))["earliest"] == TODAY


async def test_what_will_not_fit_before_the_end_is_said_beforehand(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    client = await somebody(desk)
    await written(desk, client)
    tests = source(await allowance(desk, client, service="1740"), "programme")
    assert (tests["remaining"], tests["until"], tests["fit"]) == (4, "2026-12-31", 2)  # one a month
    late = source(await allowance(desk, client, service="1740", free="2026-12-01"), "programme")
    assert late["fit"] == 1


async def test_every_service_of_a_client_is_listed_with_what_remains(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    client = await somebody(desk)
    await written(desk, client, lines=[line("1740", 2)])
    await book_on(desk, client, "2026-11-24")
    listed = (await body(await desk.get(f"/api/v1/clients/{client}/allowances"), 200))["items"]
    assert {each["code"]: [one["kind"] for one in each["sources"]] for each in listed} == {
        "1739": ["standard"],
        "1740": ["standard", "programme"],
    }


async def test_a_programme_is_written_changed_and_ended(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    client = await somebody(desk)
    made = await written(desk, client)
    assert (made["state"], made["issuer"]["name"]) == ("in_force", "КЦСОН Сузунского района")
    assert [(each["code"], each["volume"], each["remaining"], each["until"]) for each in made["lines"]] == [
        ("1739", 3, 3, "2027-10-31"),
        ("1740", 4, 4, "2026-12-31"),
    ]
    path = f"/api/v1/programmes/{made['id']}"
    longer = facts(lines=[line(volume=12)])
    changed = await body(await desk.put(path, json=longer, headers={"If-Match": '"1"'}), 200)
    assert [(each["code"], each["volume"]) for each in changed["lines"]] == [("1739", 12)]
    late = await body(await desk.put(path, json=longer, headers={"If-Match": '"1"'}), 412)
    assert late["code"] == "version_moved"
    ended = await body(await desk.post(f"{path}/end", json={"on": TODAY}, headers={"If-Match": '"2"'}), 200)
    assert (ended["state"], ended["ended_on"]) == ("ended", TODAY)
    over = await body(await desk.put(path, json=longer, headers={"If-Match": '"3"'}), 409)
    assert over["code"] == "programme_ended"
    assert [each["kind"] for each in (await allowance(desk, client))["sources"]] == ["standard"]


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"issued_on": "2026-11-24"}, "issued_on", "out_of_range"),
        ({"valid_until": "2026-10-31"}, "valid_until", "out_of_range"),
        ({"valid_until": "2029-11-02"}, "valid_until", "out_of_range"),
        ({"lines": []}, "lines", "too_short"),
        ({"lines": [line("9999")]}, "lines.0.code", "unknown"),
        ({"lines": [line(), line()]}, "lines.1.code", "doubled"),
        ({"lines": [line(volume=0)]}, "lines.0.volume", "out_of_range"),
        ({"lines": [line(since="2026-10-01")]}, "lines.0.since", "out_of_range"),
        ({"lines": [line(until="2028-01-01")]}, "lines.0.until", "out_of_range"),
        ({"issuer": 999}, "issuer", "unknown"),
    ],
)
async def test_what_no_programme_can_say_is_refused_by_its_field(
    ryadom: House, wrong: dict[str, Any], field: str, code: str
) -> None:
    desk = await ryadom.staff("suzun")
    answer = await desk.post("/api/v1/clients/1/programmes", json=facts(**wrong))
    errors = (await body(answer, 422))["errors"]
    assert [(each["field"], each["code"]) for each in errors] == [(field, code)]


async def test_a_number_stands_once_in_a_clients_papers(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    client = await somebody(desk)
    await written(desk, client)
    again = await body(await desk.post(f"/api/v1/clients/{client}/programmes", json=facts()), 422)
    assert [each["field"] for each in again["errors"]] == ["number"]
    await written(desk, await somebody(desk))  # another person's paper may have it


async def test_programmes_of_another_district_are_not_there(ryadom: House) -> None:
    desk, other = await ryadom.staff("suzun"), await ryadom.staff("kuybyshev")
    made = await written(desk, await somebody(desk))
    path = f"/api/v1/programmes/{made['id']}"
    for answer in (
        await other.get(f"/api/v1/clients/{made['client']}/programmes"),
        await other.put(path, json=facts(), headers={"If-Match": '"1"'}),
        await other.post(f"{path}/end", json={"on": TODAY}, headers={"If-Match": '"1"'}),
        await other.get(f"/api/v1/clients/{made['client']}/allowances"),
    ):
        assert (await body(answer, 404))["code"] == "not_found"


async def test_by_a_certificate_no_more_is_booked_than_it_allows(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    client = await somebody(desk)
    certificate = await certified(ryadom, client=client)
    async with ryadom.centre.database.write() as tx:
        (await tx.get_one(ServiceStandard, 1)).periodicity = [{"times": 2, "per": "month"}]
    query = {
        "service": "1739",
        "specialist": "1",
        "from": "2026-11-24",
        "days": "7",
        "by": "day",
        "client": str(client),
    }
    slots = (await body(await desk.get("/api/v1/slots", params=query), 200))["items"]
    facts = {"client": client, "specialist": 1, "service": "1739", "certificate": certificate}
    for slot in slots[:2]:
        await body(await desk.post("/api/v1/bookings", json=facts | {"starts": slot["starts"]}), 201)
    third = facts | {"starts": slots[2]["starts"]}
    refused = await body(await desk.post("/api/v1/bookings", json=third), 409)
    assert (refused["code"], refused["of"], refused["earliest"]) == ("too_often", "standard", "2026-12-01")
    assert [(each["used"], each["times"], each["per"]) for each in refused["norm"]] == [(2, 2, "month")]
    paid = source(await allowance(desk, client, certificate=str(certificate)), "certificate")
    assert (paid["volume"], paid["remaining"]) == (10, 8)
    del third["certificate"]
    await body(await desk.post("/api/v1/bookings", json=third), 201)  # nobody is turned away who pays himself


async def test_a_course_is_held_against_what_the_client_has_already(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    client = await somebody(desk)
    await book_on(desk, client, "2026-12-01")
    course = {
        "client": client,
        "specialist": 1,
        "service": "1739",
        "rrule": "FREQ=WEEKLY;BYDAY=TU",
        "first_day": "2026-11-24",
        "start": "10:00",
        "times": 3,
    }
    found = await body(await desk.post("/api/v1/series/preview", json=course), 200)
    assert found["too_often"] is True
    december = {"times": 2, "per": "month", "days": None, "since": "2026-12-01", "until": "2026-12-31"}
    assert found["norm"] == [december | {"used": 1, "wanted": 3}]
