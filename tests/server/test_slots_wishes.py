"""Wishes, holds and courses over HTTP: what is found, why nothing is, who is busy, what a course answers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.server.house import Browser, House, body

ZONE = ZoneInfo("Asia/Novosibirsk")
TUESDAY = date(2026, 11, 24)
ZIMIN, LEBEDEVA, VORONOVA = 2, 3, 5


def at(clock: str, day: date = TUESDAY) -> str:
    hour, minute = map(int, clock.split(":"))
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)
    return f"{local.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


async def slots(who: Browser, **query: str) -> Any:
    asked = {"service": "1739", "from": f"{TUESDAY}", "days": "7", "limit": "200"} | query
    return await body(await who.get("/api/v1/slots", params=asked), 200)


def wall(starts: str) -> datetime:
    return datetime.fromisoformat(starts).astimezone(ZONE)


async def room(ryadom: House) -> int:
    admin = await ryadom.staff("admin")
    facts = {"kind": "room", "name": "Комната в сельсовете", "address": "с. Битки"}
    return int((await body(await admin.post("/api/v1/resources", json=facts), 201))["id"])


async def test_part_of_the_day_and_weekdays_are_on_the_askers_clock(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    found = await slots(desk, part="09:00-12:00", weekday="1,3")
    starts = [wall(each["starts"]) for each in found["items"]]
    assert {each.weekday() for each in starts} == {1, 3}
    assert all((9, 0) <= (each.hour, each.minute) <= (11, 20) for each in starts), "a session ends before the part does"


async def test_several_specialists_and_kinds_of_providers(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    several = await slots(desk, specialist=f"{ZIMIN},{LEBEDEVA}")
    assert {each["specialist"]["id"] for each in several["items"]} == {ZIMIN, LEBEDEVA}
    ngo = await slots(desk, kind="ngo")
    assert {each["specialist"]["institution"]["kind"] for each in ngo["items"]} == {"ngo"}
    both = await slots(desk, kind="ngo,state", by="specialist")
    assert {each["specialist"]["institution"]["kind"] for each in both["items"]} == {"ngo", "state"}


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"language": "xx"}, "no_specialist"),
        ({"part": "20:00-22:00"}, "not_at_that_time"),
        ({"from": "2027-03-01"}, "beyond_horizon"),
        ({"from": "2026-11-29", "days": "1"}, "no_hours"),
        ({"from": "2027-01-04", "days": "2"}, "holiday"),
    ],
)
async def test_where_nothing_is_free_the_reason_is_said(ryadom: House, query: dict[str, str], reason: str) -> None:
    desk = await ryadom.staff("suzun")
    found = await slots(desk, **query)
    assert (found["items"], found["none_because"]) == ([], reason)


async def test_what_is_near_to_a_wish_is_offered(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    found = await slots(desk, part="20:00-22:00", specialist=str(ZIMIN))
    assert [each["specialist"]["id"] for each in found["nearest"]] == [ZIMIN] * 3
    assert found["nearest"][0]["starts"] == at("10:00")


async def test_a_companion_and_a_room_are_free_in_what_is_found(ryadom: House) -> None:
    desk, place = await ryadom.staff("suzun"), await room(ryadom)
    busy = {"client": 4, "specialist": LEBEDEVA, "service": "1739", "starts": at("10:00"), "with_resources": [place]}
    await body(await desk.post("/api/v1/bookings", json=busy), 201)
    asked = {"specialist": str(ZIMIN), "part": "10:00-11:00"}
    assert at("10:00") in [each["starts"] for each in (await slots(desk, **asked, client="1"))["items"]]
    for more in ({"companion": "4"}, {"resource": str(place)}, {"client": "4"}):
        assert at("10:00") not in [each["starts"] for each in (await slots(desk, **asked, **more))["items"]], more


async def test_the_time_of_a_booking_that_moves_counts_as_free(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    facts = {"client": 1, "specialist": ZIMIN, "service": "1739", "starts": at("10:00")}
    made = await body(await desk.post("/api/v1/bookings", json=facts), 201)
    asked = {"specialist": str(ZIMIN), "part": "10:00-11:30", "client": "1"}
    assert [
        wall(each["starts"]).minute for each in (await slots(desk, **asked))["items"] if each["starts"] < at("10:50")
    ] == []
    moving = await slots(desk, **asked, booking=str(made["booking"]["id"]))
    assert [f"{wall(each['starts']):%H:%M}" for each in moving["items"]][:3] == ["10:00", "10:15", "10:30"]
    stranger = await ryadom.staff("kuybyshev")
    foreign = {"service": "1739", "booking": str(made["booking"]["id"])}
    await body(await stranger.get("/api/v1/slots", params=foreign), 404)


async def test_a_held_room_is_named_to_the_next_who_wants_it(ryadom: House) -> None:
    desk, other, place = await ryadom.staff("suzun"), await ryadom.staff("kuybyshev"), await room(ryadom)
    first = {"specialist": ZIMIN, "service": "1739", "starts": at("10:00"), "resources": [place]}
    held = await body(await desk.post("/api/v1/holds", json=first), 201)
    second = first | {"specialist": LEBEDEVA}
    refused = await body(await other.post("/api/v1/holds", json=second), 409)
    assert (refused["code"], refused["busy"]) == ("resource_busy", ["Комната в сельсовете"])
    ryadom.later(minutes=8)
    kept = await body(await desk.post(f"/api/v1/holds/{held['id']}/keep", json={}), 200)
    assert kept["expires_at"] > held["expires_at"]
    ryadom.later(minutes=11)
    gone = await body(await desk.post(f"/api/v1/holds/{held['id']}/keep", json={}), 410)
    assert gone["code"] == "hold_gone"
    await body(await other.post("/api/v1/holds", json=second), 201)


async def test_whoever_is_busy_is_named_when_a_booking_is_refused(ryadom: House) -> None:
    desk, place = await ryadom.staff("suzun"), await room(ryadom)
    facts = {"client": 4, "specialist": LEBEDEVA, "service": "1739", "starts": at("10:00"), "with_resources": [place]}
    await body(await desk.post("/api/v1/bookings", json=facts), 201)
    wanted = {"client": 1, "specialist": ZIMIN, "service": "1739", "starts": at("10:15")}
    for more, code, names in (
        ({"with_clients": [2, 4]}, "client_busy", ["Надежда Фёдоровна Жукова"]),
        ({"with_resources": [place]}, "resource_busy", ["Комната в сельсовете"]),
        ({"client": 4}, "client_busy", ["Надежда Фёдоровна Жукова"]),
    ):
        refused = await body(await desk.post("/api/v1/bookings", json=wanted | more), 409)
        assert (refused["code"], refused["busy"], len(refused["alternatives"])) == (code, names, 3)
    made = await body(await desk.post("/api/v1/bookings", json=wanted | {"with_clients": [2]}), 201)
    shown = [(each["role"], each["name"]) for each in made["booking"]["participants"]]
    assert shown == [("companion", "Виктор Семёнович Лапин")]


COURSE = {"client": 1, "specialist": ZIMIN, "service": "1739", "rrule": "FREQ=WEEKLY;BYDAY=TU,TH", "start": "11:00"}


async def test_a_course_is_looked_over_with_everybody_who_takes_part(ryadom: House) -> None:
    desk, place = await ryadom.staff("suzun"), await room(ryadom)
    busy = {"client": 4, "specialist": LEBEDEVA, "service": "1739", "starts": at("11:00"), "with_resources": [place]}
    await body(await desk.post("/api/v1/bookings", json=busy), 201)
    course = COURSE | {"first_day": f"{TUESDAY}", "times": 3}
    for more, reason, name in (
        ({"with_resources": [place]}, "resource_busy", "Комната в сельсовете"),
        ({"with_clients": [4]}, "client_busy", "Надежда Фёдоровна Жукова"),
    ):
        found = await body(await desk.post("/api/v1/series/preview", json=course | more), 200)
        first = found["sessions"][0]
        assert (first["reason"], first["of"], first["instead_by"]) == (reason, [name], None)
        assert wall(first["instead"]).date() == TUESDAY


async def test_chosen_times_are_looked_over_instead_of_those_of_the_rule(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    course: dict[str, Any] = COURSE | {"first_day": f"{TUESDAY}", "times": 3}
    days = [TUESDAY, TUESDAY + timedelta(days=2)]
    chosen = [{"day": f"{day}", "starts": at("12:00", day)} for day in days]
    found = await body(await desk.post("/api/v1/series/preview", json=course | {"sessions": chosen}), 200)
    assert [(each["starts"], each["reason"]) for each in found["sessions"]] == [
        (at("12:00", day), None) for day in days
    ]
    foreign = [{"day": "2026-11-25", "starts": at("12:00")}, *chosen]
    refused = await body(await desk.post("/api/v1/series/preview", json=course | {"sessions": foreign}), 422)
    assert [(each["field"], each["code"]) for each in refused["errors"]] == [("sessions", "not_an_occurrence")]


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"times": 10_000}, "times", "course_length"),
        ({"times": -5}, "times", "course_length"),
        ({"rrule": "FREQ=SECONDLY"}, "rrule", "not_supported"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rrule", "not_supported"),
        ({"rrule": "FREQ=WEEKLY;BYDAY=TU;INTERVAL=9999"}, "rrule", "out_of_range"),
        ({"rrule": "FREQ=MONTHLY;BYDAY=5TU", "times": 20}, "times", "too_few_days"),
        ({"rrule": "nonsense"}, "rrule", "malformed"),
        ({"start": "25:00"}, "start", "invalid"),
        ({"first_day": "2026-02-30"}, "first_day", "invalid"),
    ],
)
async def test_an_absurd_course_is_refused_in_words(
    ryadom: House, wrong: dict[str, Any], field: str, code: str
) -> None:
    desk = await ryadom.staff("suzun")
    course = COURSE | {"first_day": f"{TUESDAY}", "times": 3} | wrong
    refused = await body(await desk.post("/api/v1/series/preview", json=course), 422)
    [error] = refused["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert error["message"]
    assert "{" not in error["message"]


async def test_the_version_of_a_course_moves_with_each_of_its_bookings(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    course: dict[str, Any] = COURSE | {"first_day": f"{TUESDAY}", "times": 3}
    days = [TUESDAY, TUESDAY + timedelta(days=2), TUESDAY + timedelta(days=7)]
    chosen = [{"day": f"{day}", "starts": at("11:00", day)} for day in days]
    made = await body(await desk.post("/api/v1/series", json=course | {"sessions": chosen}), 201)
    number, first = made["series"]["id"], made["series"]["bookings"][0]
    version = {"If-Match": f'"{made["series"]["version"]}"'}
    moved = {"starts": at("15:00"), "specialist": ZIMIN}
    own = {"If-Match": f'"{first["version"]}"'}
    await body(await desk.post(f"/api/v1/bookings/{first['id']}/move", json=moved, headers=own), 200)
    shift = {"since": first["id"], "scope": "all", "days": 0, "start": "12:00"}
    stale = await body(await desk.post(f"/api/v1/series/{number}/move", json=shift, headers=version), 412)
    assert stale["code"] == "version_moved"
    shown = await body(await desk.get(f"/api/v1/series/{number}"), 200)
    planned = await body(await desk.post(f"/api/v1/series/{number}/move/preview", json=shift), 200)
    assert [(each["was"], each["starts"], each["reason"]) for each in planned["sessions"]] == [
        (at("15:00"), at("12:00"), None),
        (at("11:00", days[1]), at("12:00", days[1]), None),
        (at("11:00", days[2]), at("12:00", days[2]), None),
    ]
    fresh = {"If-Match": f'"{shown["version"]}"'}
    stays = {"booking": first["id"], "starts": at("15:00"), "specialist": ZIMIN}
    done = await desk.post(f"/api/v1/series/{number}/move", json=shift | {"sessions": [stays]}, headers=fresh)
    assert [each["starts"] for each in (await body(done, 200))["bookings"]] == [
        at("15:00"),
        at("12:00", days[1]),
        at("12:00", days[2]),
    ]
