"""Free time and calendars over HTTP, at a Monday morning that does not move."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from scheduling import calendars
from scheduling.people import Account
from server import app as house
from server.api.account import HASHER
from server.database import Database
from server.settings import Settings
from tests.scheduling.region import MONDAY, NOW, Region, settled, wall

Json = dict[str, Any]
PASSWORD = "утро понедельника"


@lru_cache
def hashed() -> str:
    return HASHER.hash(PASSWORD)


class Person:
    """A signed-in member of staff who asks."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client

    async def ask(self, method: str, path: str, body: Json | None = None, **more: Any) -> tuple[int, Json]:
        answer = await self.client.request(method, house.PREFIX + path, json=body, **more)
        text = await answer.text()
        return answer.status, await answer.json(content_type=None) if text else {}

    async def ok(self, method: str, path: str, body: Json | None = None, **more: Any) -> Json:
        status, said = await self.ask(method, path, body, **more)
        assert status < 300, said
        return said

    async def slots(self, **query: Any) -> Json:
        params = {"service": "1739"} | {name.rstrip("_"): str(value) for name, value in query.items()}
        return await self.ok("GET", "/slots", params=params)


@pytest.fixture
def engine() -> str:
    return "sqlite"  # both engines are compared in test_search and test_calendars; this is about the edge


@pytest.fixture
async def region(database: Database) -> Region:
    return await settled(database)


@pytest.fixture
async def house_at_work(region: Region, database_url: str, tmp_path: Path) -> AsyncIterator[TestServer]:
    async with region.database.write() as tx:
        for number in range(1, 6):
            account = await tx.get_one(Account, number)
            account.password_hash = hashed()
            account.roles = ["administrator"] if account.login == "vera" else account.roles
    settings = Settings(data=tmp_path / "data", database_url=database_url, demo=True)
    running = TestServer(house.build(settings, now=lambda: NOW))
    async with running:
        yield running


async def signed_in(server: TestServer, login: str) -> Person:
    client: TestClient[Any, Any] = TestClient(server, cookie_jar=CookieJar(unsafe=True))
    person = Person(client)
    await person.ok("POST", "/session", {"login": login, "password": PASSWORD})
    return person


@pytest.fixture
async def desk(house_at_work: TestServer) -> AsyncIterator[Person]:
    person = await signed_in(house_at_work, "desk")
    yield person
    await person.client.close()


@pytest.fixture
async def anna(house_at_work: TestServer) -> AsyncIterator[Person]:
    person = await signed_in(house_at_work, "anna")
    yield person
    await person.client.close()


def instant(clock: str, days: int = 0) -> str:
    return f"{wall(clock, MONDAY + timedelta(days=days)):%Y-%m-%dT%H:%M:%SZ}"


# --- free time --------------------------------------------------------------------------------------------------------
async def test_the_desk_finds_the_earliest_time(desk: Person, region: Region) -> None:
    found = await desk.slots(specialist=region.specialists[3], limit=1)
    assert found == {
        "items": [
            {
                "specialist": {
                    "id": region.specialists[3],
                    "name": "Юлия",
                    "institution": {"id": region.institutions[2], "name": "Опора", "kind": "state"},
                },
                "starts": instant("10:00"),
                "ends": instant("10:40"),
                "zone": "Asia/Omsk",
                "then": [],
            }
        ],
        "zone": "Asia/Novosibirsk",
        "searched": {"specialists": 1, "from": instant("00:00"), "until": instant("00:00", 14)},
        "none_because": None,
        "nearest": [],
    }


async def test_filters_and_reasons_travel(desk: Person) -> None:
    assert (await desk.slots(topic="nothing"))["none_because"] == "no_specialist"
    assert (await desk.slots(from_="2026-11-28", days=2))["none_because"] == "no_hours"
    assert (await desk.slots(from_="2027-06-01"))["none_because"] == "beyond_horizon"
    assert len((await desk.slots(by="day", days=7))["items"]) == 5
    assert len((await desk.slots(by="specialist", topic="", language=""))["items"]) == 4
    past = await desk.slots(from_="2026-11-01", days=1)
    assert past["searched"]["from"] == instant("00:00")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"service": "9999"}, "service"),
        ({"days": 93}, "days"),
        ({"days": 0}, "days"),
        ({"limit": 201}, "limit"),
        ({"by": "price"}, "by"),
        ({"from": "tomorrow"}, "from"),
        ({"from": "9999-12-31"}, "from"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_wrong_question_is_refused_by_its_field(desk: Person, query: Json, field: str) -> None:
    params = {"service": "1739"} | {name: str(value) for name, value in query.items()}
    status, said = await desk.ask("GET", "/slots", params=params)
    assert (status, said["code"], said["errors"][0]["field"]) == (422, "invalid_input", field)


# --- a calendar -------------------------------------------------------------------------------------------------------
async def test_a_week_of_a_calendar(anna: Person, region: Region) -> None:
    who = region.specialists[0]
    async with region.database.write() as tx:
        booked = await region.book(tx, 0, 0, wall("09:00"))
    away = {"starts": instant("12:00"), "ends": instant("10:00", 1), "kind": "sick"}
    assert (await anna.ok("POST", f"/specialists/{who}/absences", away))["affected"] == []
    closed = {"day": "2026-11-25", "windows": [{"start": "22:00", "end": "24:00"}], "reason": "вечерний приём"}
    path = f"/specialists/{who}/exceptions"
    assert (await anna.ask("POST", path, closed, headers={"If-Match": '"3"'}))[0] == 412  # she was away by then
    await anna.ok("POST", path, closed, headers={"If-Match": '"4"'})
    shown = await anna.ok("GET", f"/specialists/{who}/calendar", params={"from": "2026-11-23", "until": "2026-11-25"})
    assert shown["open"] == [
        {"starts": instant("09:00"), "ends": instant("12:00")},
        {"starts": instant("10:00", 1), "ends": instant("13:00", 1)},
        {"starts": instant("22:00", 2), "ends": instant("00:00", 3)},
    ]
    assert shown["bookings"] == [
        {
            "id": booked.id,
            "starts": instant("09:00"),
            "ends": instant("09:40"),
            "busy_until": instant("09:50"),
            "status": "booked",
            "client": {"id": region.clients[0], "name": "Получатель 0"},
            "service": {"code": "1739", "version": 1, "name": "Услуга 1739", "duration_min": 40},
        }
    ]
    assert [(item["kind"], item["starts"]) for item in shown["absences"]] == [("sick", instant("12:00"))]
    assert [(item["windows"], item["reason"]) for item in shown["exceptions"]] == [
        ([{"start": "22:00", "end": "24:00"}], "вечерний приём")
    ]
    assert (shown["zone"], shown["step_min"], shown["version"]) == ("Asia/Novosibirsk", 30, 5)
    assert shown["hours"][0] == {
        "rule": 1,
        "weekday": 0,
        "start": "09:00",
        "end": "13:00",
        "valid_from": None,
        "valid_until": None,
        "services": None,
        "every": 1,
        "place": "office",
    }


async def test_of_a_foreign_calendar_one_sees_when_but_not_why(desk: Person, anna: Person, region: Region) -> None:
    other, own = region.specialists[2], region.specialists[0]
    async with region.database.write() as tx:
        await calendars.add_absence(tx, other, starts=wall("09:00"), ends=wall("10:00"), kind="sick", now=NOW)
    assert (await desk.ok("GET", f"/specialists/{other}/calendar"))["absences"][0]["kind"] == "other"
    assert (await anna.ask("GET", f"/specialists/{other}/calendar"))[0] == 404
    assert (await anna.ask("GET", f"/specialists/{own}/calendar"))[0] == 200
    absence = {"starts": instant("09:00"), "ends": instant("10:00"), "kind": "other"}
    for person in (desk, anna):
        assert (await person.ask("POST", f"/specialists/{other}/absences", absence))[0] == 404
        assert (await person.ask("POST", f"/specialists/{own}/absences", absence))[0] == 201


async def test_an_absence_names_the_bookings_it_meets(desk: Person, region: Region) -> None:
    who = region.specialists[0]
    async with region.database.write() as tx:
        inside = await region.book(tx, 0, 0, wall("11:30"))
        await region.book(tx, 0, 1, wall("09:00"))
    away = {"starts": instant("12:00"), "ends": instant("10:00", 1), "kind": "training"}
    said = await desk.ok("POST", f"/specialists/{who}/absences", away)
    assert [(item["id"], item["status"]) for item in said["affected"]] == [(inside.id, "booked")]
    number = said["absence"]["id"]
    assert (await desk.ask("DELETE", f"/specialists/{who}/absences/{number}"))[0] == 204
    assert (await desk.ask("DELETE", f"/specialists/{who}/absences/{number}"))[0] == 404


async def test_hours_change_for_whoever_saw_the_newest(desk: Person, region: Region) -> None:
    path = f"/specialists/{region.specialists[0]}"
    body = {"hours": [{"weekday": 0, "start": "08:00", "end": "24:00", "services": ["1740"]}]}
    assert (await desk.ask("PUT", f"{path}/hours", body))[0] == 428
    changed = await desk.ok("PUT", f"{path}/hours", body, headers={"If-Match": '"3"'})
    assert (changed["version"], changed["hours"][0]["end"], changed["hours"][0]["services"]) == (4, "24:00", ["1740"])
    status, said = await desk.ask("PUT", f"{path}/hours", body, headers={"If-Match": '"3"'})
    assert (status, said["code"]) == (412, "version_moved")
    limits = {"notice_min": 0, "horizon_days": 90, "max_per_day": 6, "step_min": 20}
    changed = await desk.ok("PUT", f"{path}/limits", limits, headers={"If-Match": '"4"'})
    assert {name: changed[name] for name in limits} == limits


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("hours", {"hours": [{"weekday": 7, "start": "9:00", "end": "25:00"}]}, {"weekday", "start", "end"}),
        ("hours", {"hours": [{"weekday": 1, "start": "10:00", "end": "09:00"}]}, {"end"}),
        ("hours", {"hours": [{"weekday": 1, "start": "10:00", "end": "24:01"}]}, {"end"}),
        ("limits", {"notice_min": -1, "horizon_days": 999, "max_per_day": 0, "step_min": 1}, None),
    ],
)
async def test_wrong_hours_are_refused_all_at_once(
    desk: Person, region: Region, path: str, body: Json, fields: set[str] | None
) -> None:
    status, said = await desk.ask(
        "PUT", f"/specialists/{region.specialists[0]}/{path}", body, headers={"If-Match": '"3"'}
    )
    assert status == 422
    assert {error["field"].split(".")[-1] for error in said["errors"]} == (fields or set(body))
    assert all(error["message"] for error in said["errors"])


@pytest.mark.parametrize(
    "query", [{"from": "2026-11-25", "until": "2026-11-23"}, {"from": "2026-11-01", "until": "2027-11-01"}]
)
async def test_a_span_of_days_has_bounds(desk: Person, region: Region, query: Json) -> None:
    status, said = await desk.ask("GET", f"/specialists/{region.specialists[0]}/calendar", params=query)
    assert (status, said["errors"][0]["field"]) == (422, "until")


async def test_holidays_are_read_by_all_and_written_by_administrators(
    house_at_work: TestServer, desk: Person, region: Region
) -> None:
    day = {"day": "2026-11-24", "name": "День матери", "district_id": None}
    assert (await desk.ask("POST", "/holidays", day))[0] == 403
    administrator = await signed_in(house_at_work, "vera")
    kept = await administrator.ok("POST", "/holidays", day)
    assert (await administrator.ask("POST", "/holidays", day))[0] == 422
    assert (await desk.ok("GET", "/holidays", params={"year": "2026"}))["items"] == [kept | {"bookings": None}]
    assert (await desk.ok("GET", "/holidays", params={"year": "2027"}))["items"] == []
    free = await desk.slots(by="day", days=2, specialist=region.specialists[0])
    assert [item["starts"] for item in free["items"]] == [instant("09:00")]
    assert (await administrator.ask("DELETE", f"/holidays/{kept['id']}"))[0] == 204
    assert len((await desk.slots(by="day", days=2))["items"]) == 2
    await administrator.client.close()
