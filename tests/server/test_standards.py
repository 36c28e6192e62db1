"""Service standards over HTTP: versions published for all or some districts, and what free time makes of them."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from tests.server.house import Browser, House, body, booked

TODAY, TOMORROW = "2026-11-23", "2026-11-24"
SUZUN, KUYBYSHEV = 1, 2


def facts(**more: Any) -> dict[str, Any]:
    return {
        "code": "1739",
        "name": "Социально-психологическое консультирование",
        "duration_min": 40,
        "buffer_min": 10,
        "price_kopecks": 47429,
        "valid_from": TODAY,
        "periodicity": [{"times": 2, "per": "month"}],
    } | more


async def published(analyst: Browser, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = await body(await analyst.post("/api/v1/standards", json=facts(**more)), 201)
    return made


async def refused(analyst: Browser, status: int = 422, **more: Any) -> Any:
    return await body(await analyst.post("/api/v1/standards", json=facts(**more)), status)


async def free(desk: Browser, **query: Any) -> list[tuple[str, str]]:
    asked = {"service": "1739", "specialist": 1, "from": TOMORROW, "days": 1, "limit": 50} | query
    found = await body(await desk.get("/api/v1/slots", params={key: str(value) for key, value in asked.items()}), 200)
    return [(each["starts"], each["ends"]) for each in found["items"]]


async def test_two_versions_side_by_side_give_two_districts_different_time_at_the_same_specialist(
    ryadom: House,
) -> None:
    analyst, suzun, kuybyshev = [await ryadom.staff(name) for name in ("analyst", "suzun", "kuybyshev")]
    assert await free(suzun) == await free(kuybyshev)
    made = await published(analyst, duration_min=90, districts=[KUYBYSHEV], because="пилот: длинный сеанс")
    assert (made["version"], made["districts"], made["state"]) == (2, [KUYBYSHEV], "in_force")
    assert (made["published_by"], made["because"]) == ("Дмитрий Олегович Громов", "пилот: длинный сеанс")
    theirs, longer = await free(suzun), await free(kuybyshev)
    assert longer
    assert len(longer) < len(theirs)
    assert {_minutes(*each) for each in theirs} == {40}
    assert {_minutes(*each) for each in longer} == {90}
    # The catalogue tells each desk what holds in its own district, and what holds in another.
    for desk, query, minutes in ((suzun, {}, 40), (kuybyshev, {}, 90), (suzun, {"district": str(KUYBYSHEV)}, 90)):
        services = (await body(await desk.get("/api/v1/services", params=query), 200))["items"]
        assert {each["duration_min"] for each in services if each["code"] == "1739"} == {minutes}


async def test_a_booking_keeps_the_version_that_held_in_its_clients_district(ryadom: House) -> None:
    analyst, suzun, kuybyshev = [await ryadom.staff(name) for name in ("analyst", "suzun", "kuybyshev")]
    await published(analyst, duration_min=90, price_kopecks=90_000, districts=[KUYBYSHEV])
    short = await booked(suzun, client=2, specialist=1, starts=(await free(suzun))[0][0])
    long = await booked(kuybyshev, client=5, specialist=1, starts=(await free(kuybyshev))[-1][0])
    for made, minutes, price in ((short, 40, 47429), (long, 90, 90_000)):
        booking = made["booking"]
        assert (_minutes(booking["starts"], booking["ends"]), booking["price_kopecks"]) == (minutes, price)
    # A third version changes neither; moved, each still takes what it took.
    await published(analyst, duration_min=20)
    starts, ends = (await free(kuybyshev, booking=long["booking"]["id"], client=5))[0]
    assert _minutes(starts, ends) == 90
    moved = await kuybyshev.post(
        f"/api/v1/bookings/{long['booking']['id']}/move",
        json={"starts": starts},
        headers={"If-Match": f'"{long["booking"]["version"]}"'},
    )
    changed = await body(moved, 200)
    assert _minutes(changed["starts"], changed["ends"]) == 90


async def test_a_specialist_sees_the_time_of_her_clients_district(ryadom: House) -> None:
    analyst, orlova = await ryadom.staff("analyst"), await ryadom.staff("orlova")
    await published(analyst, duration_min=90, districts=[KUYBYSHEV])
    # Her own house stands in the district of which client 1 is; client 5 is of the other one.
    assert {_minutes(*each) for each in await free(orlova, client=1)} == {40}
    assert {_minutes(*each) for each in await free(orlova, client=5)} == {90}
    asked = {"specialist": 1, "service": "1739", "starts": (await free(orlova, client=5))[0][0]}
    kept = await body(await orlova.post("/api/v1/holds", json=asked | {"client": 5}), 201)
    assert _minutes(kept["starts"], kept["ends"]) == 90


async def test_a_version_to_come_holds_from_its_day_on_and_can_be_taken_back(ryadom: House) -> None:
    analyst, suzun = await ryadom.staff("analyst"), await ryadom.staff("suzun")
    coming = await published(analyst, duration_min=60, valid_from="2026-11-25")
    assert (coming["state"], coming["removable"]) == ("coming", True)
    assert {_minutes(*each) for each in await free(suzun)} == {40}
    assert {_minutes(*each) for each in await free(suzun, **{"from": "2026-11-25"})} == {60}
    await body(await analyst.delete(f"/api/v1/standards/{coming['id']}"), 204)
    assert {_minutes(*each) for each in await free(suzun, **{"from": "2026-11-25"})} == {40}
    await body(await analyst.get(f"/api/v1/standards/{coming['id']}"), 404)


async def test_what_is_in_force_or_was_booked_by_stands_for_ever(ryadom: House) -> None:
    analyst, suzun = await ryadom.staff("analyst"), await ryadom.staff("suzun")
    coming = await published(analyst, duration_min=60, valid_from="2026-11-25")
    await booked(suzun, starts=(await free(suzun, **{"from": "2026-11-25"}))[0][0])
    now = await body(await analyst.get(f"/api/v1/standards/{coming['id']}"), 200)
    assert (now["used"], now["removable"]) == (True, False)
    for number in (coming["id"], 1):
        answer = await body(await analyst.delete(f"/api/v1/standards/{number}"), 409)
        assert answer["code"] == "standard_in_use"


async def test_all_versions_are_listed_with_what_they_say(ryadom: House) -> None:
    analyst = await ryadom.staff("analyst")
    said = {
        "targets": {"waiting_days": 7, "both_share": 900, "satisfaction": 420},
        "deadline_days": 7,
        "payment": "minutes",
        "conditions": "По направлению",
        "staff_requirement": "Психолог, стаж от 3 лет",
        "periodicity": [{"times": 6, "per": "year"}, {"days": 10, "times": 2, "per": "year"}],
    }
    await published(analyst, **said)
    listed = (await body(await analyst.get("/api/v1/standards", params={"code": "1739"}), 200))["items"]
    assert [(each["version"], each["state"]) for each in listed] == [(2, "in_force"), (1, "past")]
    assert {name: listed[0][name] for name in said} == said
    every = (await body(await analyst.get("/api/v1/standards"), 200))["items"]
    assert {each["code"] for each in every} > {"1739"}


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"valid_from": "2026-11-22"}, "valid_from", "out_of_range"),
        ({"targets": {"applause": 5}}, "targets.applause", "unknown"),
        ({"targets": {"both_share": 1001}}, "targets.both_share", "out_of_range"),
        ({"targets": {"length_min": 41}}, "targets.length_min", "out_of_range"),
        ({"districts": []}, "districts", "missing"),
        ({"districts": [1, 999]}, "districts", "unknown"),
        ({"duration_min": 0}, "duration_min", "out_of_range"),
        ({"periodicity": [{"times": 0, "per": "year"}]}, "periodicity.0.times", "out_of_range"),
        ({"periodicity": [{"times": 1, "per": "decade"}]}, "periodicity.0.per", "not_offered"),
        ({"code": "код"}, "code", "invalid"),
    ],
)
async def test_what_cannot_be_published_is_said_by_its_field(
    ryadom: House, wrong: dict[str, Any], field: str, code: str
) -> None:
    answer = await refused(await ryadom.staff("analyst"), **wrong)
    assert [(each["field"], each["code"]) for each in answer["errors"]] == [(field, code)]


async def test_the_same_once_more_is_no_version(ryadom: House) -> None:
    analyst = await ryadom.staff("analyst")
    await published(analyst, duration_min=60)
    assert (await refused(analyst, 409, duration_min=60))["code"] == "standard_unchanged"
    assert (await refused(analyst, 409, duration_min=60, districts=[SUZUN]))["code"] == "standard_unchanged"
    await published(analyst, duration_min=45, districts=[SUZUN])
    await published(analyst, duration_min=60, because="снова одинаково везде")  # Suzun had another one


async def test_two_who_publish_at_once_get_two_versions(ryadom: House) -> None:
    analyst = await ryadom.staff("analyst")
    made = await asyncio.gather(*(published(analyst, duration_min=40 + n) for n in range(1, 5)))
    assert sorted(each["version"] for each in made) == [2, 3, 4, 5]


async def test_of_two_who_wrote_on_one_version_the_second_hears_of_the_first(ryadom: House) -> None:
    analyst = await ryadom.staff("analyst")
    writing = [analyst.post("/api/v1/standards", json=facts(duration_min=40 + n, after=1)) for n in (5, 10)]
    answers = await asyncio.gather(*writing)
    assert sorted(each.status for each in answers) == [201, 412]
    late = next(each for each in answers if each.status == 412)
    assert (await body(late, 412))["code"] == "version_moved"
    assert (await published(analyst, duration_min=55, after=2))["version"] == 3


async def test_who_may_not_publish(ryadom: House) -> None:
    for login in ("suzun", "orlova", "officer", "admin"):
        assert (await refused(await ryadom.staff(login), 403))["code"] == "not_permitted"


def _minutes(starts: str, ends: str) -> int:
    return int((datetime.fromisoformat(ends) - datetime.fromisoformat(starts)).total_seconds() // 60)
