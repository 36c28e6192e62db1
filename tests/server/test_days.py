"""Days unlike their weekday: a year filled in by law and decree, what cannot be meant, and whom they touch."""

from datetime import date, datetime
from typing import Any

import pytest

from tests.server.house import Browser, House, body, booked

YEAR = "/api/v1/holidays/year"
DAYS = "/api/v1/holidays"
# What the house's clock shows is 2026; the decree is that of 24 September 2025, No. 1466.
MOVES = [{"off": "2026-01-03", "to": "2026-01-09"}, {"off": "2026-01-04", "to": "2026-12-31"}]


async def listed(who: Browser, year: int = 2026) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await body(await who.get(DAYS, params={"year": str(year)}), 200))["items"]
    return found


async def close(admin: Browser, day: str, district: int | None = None, **more: str) -> dict[str, Any]:
    form = {"day": day, "name": "День района", "district_id": district, **more}
    made: dict[str, Any] = await body(await admin.post(DAYS, json=form), 201)
    return made


async def test_a_year_is_filled_in_by_law_and_decree(ryadom: House) -> None:
    admin = await ryadom.staff("admin")
    own = await close(admin, "2026-06-15", district=1)
    filled = (await body(await admin.post(YEAR, json={"year": 2026, "moves": MOVES}), 200))["items"]
    kinds = {each["day"]: each["kind"] for each in filled}
    assert kinds["2026-01-09"] == kinds["2026-12-31"] == kinds["2026-03-09"] == "closed"
    assert kinds["2026-04-30"] == "short"
    assert [each for each in filled if each["district_id"]] == [own], "days of districts stay"
    assert await listed(admin) == filled
    again = (await body(await admin.post(YEAR, json={"year": 2026, "moves": MOVES}), 200))["items"]
    assert [each["day"] for each in again] == [each["day"] for each in filled], "filled twice there is nothing twice"


@pytest.mark.parametrize(
    ("off", "to", "field", "code"),
    [
        ("2026-01-05", "2026-01-10", "to", "not_working_day"),
        ("2026-01-14", "2026-01-16", "off", "not_day_off"),
        ("2028-01-01", "2028-01-10", "off", "other_year"),
        ("2026-01-10", "2026-01-10", "to", "not_working_day"),
        ("2026-01-03", "2026-03-10", "off", "doubled"),
        ("2026-01-10", "2026-12-31", "to", "doubled"),
    ],
)
async def test_what_no_decree_can_mean_is_refused_by_its_field(
    ryadom: House, off: str, to: str, field: str, code: str
) -> None:
    admin = await ryadom.staff("admin")
    before = await listed(admin)
    asked = await admin.post(YEAR, json={"year": 2026, "moves": [*MOVES, {"off": off, "to": to}]})
    refused = await body(asked, 422)
    assert {(each["field"], each["code"]) for each in refused["errors"]} == {(f"moves.2.{field}", code)}
    assert all(each["message"] for each in refused["errors"])
    assert await listed(admin) == before, "nothing is kept of a year with a fault in it"


async def test_a_decree_may_reach_into_the_next_year(ryadom: House) -> None:
    admin = await ryadom.staff("admin")
    move = {"off": "2026-12-26", "to": "2027-01-11"}
    for year, day, kind in ((2026, "2026-12-26", "working"), (2027, "2027-01-11", "closed")):
        filled = (await body(await admin.post(YEAR, json={"year": year, "moves": [move]}), 200))["items"]
        assert {each["day"]: each["kind"] for each in filled}[day] == kind
        assert {date.fromisoformat(each["day"]).year for each in filled} == {year}


async def test_who_closes_a_day_is_told_how_many_bookings_stand_on_it(ryadom: House) -> None:
    coordinator, admin = await ryadom.staff("suzun"), await ryadom.staff("admin")
    made = await booked(coordinator, starts="2026-12-15T03:00:00Z")
    await booked(coordinator, client=3, starts="2026-12-15T05:00:00Z")
    await booked(await ryadom.staff("kuybyshev"), client=5, specialist=2, starts="2026-12-15T05:00:00Z")
    await booked(coordinator, client=3, starts="2026-12-16T05:00:00Z")
    assert (await close(admin, "2026-12-15", district=1))["bookings"] == 2, "of Suzun's institutions"
    assert (await close(admin, "2026-12-15"))["bookings"] == 1, "Suzun's own word goes before the region's"
    assert (await close(admin, "2026-12-16", kind="short"))["bookings"] == 0, "on a short day one is at work"
    path = f"/api/v1/bookings/{made['booking']['id']}/cancel"
    await body(await coordinator.post(path, json={"reason": "office"}, headers={"If-Match": '"1"'}), 200)
    standing = {(each["day"], each["district_id"]): each["bookings"] for each in await listed(admin)}
    assert standing["2026-12-15", 1] == 1
    assert standing["2026-12-15", None] == 1
    assert {each["bookings"] for each in await listed(coordinator)} == {None}, "that is the administrator's to know"


async def test_a_district_that_works_on_the_regions_day_off_has_nobody_to_call(ryadom: House) -> None:
    coordinator, admin = await ryadom.staff("suzun"), await ryadom.staff("admin")
    await booked(coordinator, starts="2026-12-15T03:00:00Z")
    await close(admin, "2026-12-15", district=1, kind="working", like_day="2026-12-14")
    assert (await close(admin, "2026-12-15"))["bookings"] == 0


async def test_what_is_past_touches_nobody(ryadom: House) -> None:
    coordinator, admin = await ryadom.staff("suzun"), await ryadom.staff("admin")
    await booked(coordinator, starts="2026-12-15T03:00:00Z")
    assert (await close(admin, "2026-12-15"))["bookings"] == 1
    ryadom.at(datetime.fromisoformat("2026-12-15T03:00:01Z"))
    admin = await ryadom.staff("admin")
    assert {each["day"]: each["bookings"] for each in await listed(admin)}["2026-12-15"] == 0


async def test_a_removed_day_is_worked_again(ryadom: House) -> None:
    admin = await ryadom.staff("admin")
    day = await close(admin, "2026-12-15")
    query = {"service": "1739", "specialist": "1", "from": "2026-12-15", "days": "1"}
    assert (await body(await admin.get("/api/v1/slots", params=query), 403))["code"] == "not_permitted"
    coordinator = await ryadom.staff("suzun")
    closed = await body(await coordinator.get("/api/v1/slots", params=query), 200)
    assert (closed["items"], closed["none_because"]) == ([], "holiday")
    await body(await admin.delete(f"{DAYS}/{day['id']}"), 204)
    assert (await body(await coordinator.get("/api/v1/slots", params=query), 200))["items"]
