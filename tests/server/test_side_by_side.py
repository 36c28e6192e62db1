"""Many calendars side by side: who and what is shown, what is kept back, and what is refused."""

import asyncio
from typing import Any

import pytest

from server.bus import Wake
from tests.server.house import House, body, booked

TUESDAY = "2026-11-24"
DAY = {"from": TUESDAY, "service": "1739"}


async def board(browser: Any, **query: str) -> Any:
    return await body(await browser.get("/api/v1/calendars", params=query), 200)


async def refused(browser: Any, status: int, query: dict[str, str]) -> Any:
    return await body(await browser.get("/api/v1/calendars", params=query), status)


def names(shown: Any) -> list[str]:
    return [column["specialist"]["name"].split()[-1] for column in shown["items"]]


async def test_everybody_of_the_region_stands_by_institution_with_what_is_free(ryadom: House) -> None:
    office = await ryadom.staff("suzun")
    shown = await board(office, **DAY)
    institutions = [column["specialist"]["institution"]["name"] for column in shown["items"]]
    assert institutions == sorted(institutions)
    assert {column["specialist"]["institution"]["kind"] for column in shown["items"]} == {"state", "ngo"}
    assert shown["of"] == 5
    assert shown["duration_min"] == 40
    for column in shown["items"]:
        assert column["open"]
        assert all(column["open"][0]["starts"] <= start < column["open"][-1]["ends"] for start in column["free"])


async def test_a_booking_of_another_district_keeps_its_name_and_stays_where_it_is(ryadom: House) -> None:
    office, other = await ryadom.staff("suzun"), await ryadom.staff("kuybyshev")
    made = (await booked(office, starts="2026-11-24T04:00:00Z"))["booking"]
    own, foreign = [
        next(
            each
            for column in (await board(browser, **DAY))["items"]
            for each in column["bookings"]
            if each["id"] == made["id"]
        )
        for browser in (office, other)
    ]
    assert own["client"] == {"id": made["client"]["id"], "name": made["client"]["name"]}
    assert own["movable"]
    assert own["version"] == made["version"]
    assert foreign["client"] is None
    assert not foreign["movable"]


async def test_a_time_in_hand_is_seen_by_everybody_until_it_is_given_back(ryadom: House) -> None:
    office, other = await ryadom.staff("suzun"), await ryadom.staff("kuybyshev")
    wanted = {"specialist": 1, "service": "1739", "starts": "2026-11-24T04:00:00Z"}
    hold = await body(await office.post("/api/v1/holds", json=wanted), 201)
    (column,) = (await board(other, **DAY, specialist="1"))["items"]
    assert column["held"] == [{"starts": hold["starts"], "ends": hold["ends"]}]
    assert hold["starts"] not in column["free"]
    await body(await office.delete(f"/api/v1/holds/{hold['id']}"), 204)
    (column,) = (await board(other, **DAY, specialist="1"))["items"]
    assert column["held"] == []
    assert hold["starts"] in column["free"]


async def test_what_is_on_the_move_may_overlap_itself_but_not_another_of_its_client(ryadom: House) -> None:
    office = await ryadom.staff("suzun")
    made = (await booked(office, client=1, specialist=1, starts="2026-11-24T04:00:00Z"))["booking"]
    await booked(office, client=1, specialist=5, starts="2026-11-24T07:00:00Z")
    shown = await board(office, moving=str(made["id"]), **{"from": TUESDAY})
    free = {column["specialist"]["id"]: column["free"] for column in shown["items"]}
    assert "2026-11-24T04:15:00Z" in free[1]
    assert shown["duration_min"] == 40
    meeting = [start for starts in free.values() for start in starts if "T06:20" < start[10:] < "T07:40"]
    assert meeting == []
    assert any(start > "2026-11-24T07:40" for start in free[2])


async def test_only_who_may_move_a_booking_learns_where_to(ryadom: House) -> None:
    office, other = await ryadom.staff("suzun"), await ryadom.staff("kuybyshev")
    made = (await booked(office, starts="2026-11-24T04:00:00Z"))["booking"]
    assert (await refused(other, 404, {"moving": str(made["id"])}))["code"] == "not_found"


@pytest.mark.parametrize(
    ("wish", "fits"),
    [
        ({"kind": "ngo"}, ["Воронова"]),
        ({"topic": "memory", "language": "en", "kind": "state"}, ["Лебедева"]),
        ({"name": "зими"}, ["Зимин"]),
        ({"specialist": "1,4"}, ["Орлова", "Ким"]),
        ({"topic": "no-such-topic"}, []),
    ],
)
async def test_wishes_leave_out_who_does_not_fit(ryadom: House, wish: dict[str, str], fits: list[str]) -> None:
    shown = await board(await ryadom.staff("suzun"), **DAY, **wish)
    assert sorted(names(shown)) == sorted(fits)
    assert shown["of"] == len(fits)


async def test_who_is_away_or_off_says_so_and_when_next(ryadom: House) -> None:
    hers, office = await ryadom.staff("orlova"), await ryadom.staff("suzun")
    absence = {"starts": "2026-11-23T17:00:00Z", "ends": "2026-11-24T17:00:00Z", "kind": "sick"}
    await body(await hers.post("/api/v1/specialists/1/absences", json=absence), 201)
    (column,) = (await board(office, **DAY, specialist="1"))["items"]
    assert column["away"] == [{"starts": absence["starts"], "ends": absence["ends"]}]
    assert "sick" not in str(column)
    assert column["open"] == column["free"] == []
    assert column["next_free"] == "2026-11-25T02:00:00Z"
    assert len((await board(office, **DAY, only_free="true"))["items"]) == 4
    (column,) = (await board(office, specialist="1", **{"from": "2027-01-04"}))["items"]
    assert column["off"] == [{"day": "2027-01-04", "why": "holiday", "name": "Новогодние каникулы"}]
    (column,) = (await board(office, specialist="1", **{"from": "2026-11-29"}))["items"]
    assert column["off"] == [{"day": "2026-11-29", "why": "no_hours", "name": ""}]


async def test_a_specialist_sees_her_own_column_alone(ryadom: House) -> None:
    shown = await board(await ryadom.staff("kim"), **DAY)
    assert [column["specialist"]["id"] for column in shown["items"]] == [4]


async def test_the_rest_comes_after_the_first_of_many(ryadom: House) -> None:
    office = await ryadom.staff("suzun")
    whole = names(await board(office, **DAY))
    rest = await board(office, **DAY, skip="3")
    assert names(rest) == whole[3:]
    assert rest["of"] == 5
    assert (await board(office, **DAY, skip="5"))["items"] == []


@pytest.mark.parametrize(
    "absurd",
    [
        {"from": "1066-10-14"},
        {"from": "2026-02-30"},
        {"from": "tomorrow"},
        {"from": TUESDAY, "until": "2026-11-23"},
        {"from": TUESDAY, "until": "2026-12-01"},
        {"from": TUESDAY, "until": "9999-12-31"},
        {"specialist": ",".join(str(number) for number in range(1, 1001))},
        {"specialist": "one"},
        {"specialist": "0"},
        {"institution": "99999999999999999999"},
        {"service": "no-such-service"},
        {"service": "'; drop table booking"},
        {"kind": "private"},
        {"name": "я" * 121},
        {"name": "a\x00b"},
        {"moving": "-1"},
        {"skip": "-1"},
        {"skip": "9" * 30},
        {"unheard": "of"},
    ],
    ids=str,
)
async def test_an_absurd_board_is_refused_with_the_field(ryadom: House, absurd: dict[str, str]) -> None:
    answer = await refused(await ryadom.staff("suzun"), 422, absurd)
    assert answer["code"] == "invalid_input"
    assert answer["errors"]
    assert answer["errors"][0]["message"]


async def test_the_last_and_the_first_day_there_are_can_be_looked_at(ryadom: House) -> None:
    office = await ryadom.staff("suzun")
    for day in ("2000-01-01", "2100-12-31"):
        shown = await board(office, service="1739", **{"from": day})
        assert all(column["free"] == [] for column in shown["items"])


async def test_a_move_wakes_the_calendar_it_leaves_and_the_one_it_comes_to(ryadom: House) -> None:
    """Coordinators of other districts hear of calendars alone: without it they would go on showing what has left."""
    office = await ryadom.staff("suzun")
    made = (await booked(office, starts="2026-11-24T04:00:00Z"))["booking"]
    heard: list[int] = []
    both = asyncio.Event()

    def hear(wake: Wake) -> None:
        if wake.kind == "calendar":
            heard.append(wake.specialist)
        if len(heard) == 2:
            both.set()

    ryadom.centre.bus.listen(hear)
    move = {"starts": "2026-11-24T05:00:00Z", "specialist": 5}
    moved = await office.post(f"/api/v1/bookings/{made['id']}/move", json=move, headers={"If-Match": '"1"'})
    await body(moved, 200)
    async with asyncio.timeout(5):
        await both.wait()
    assert sorted(heard) == [1, 5]
