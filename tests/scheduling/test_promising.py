"""Booking the short way: many who ask at once, each with his own answer; whatever moved meanwhile is seen in time."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, event, select, update

from scheduling import bookings, calendars, holds, signins
from scheduling.access import Actor
from scheduling.audit import AuditLine
from scheduling.bookings import Booking, BookingChange, promising
from scheduling.db import Tx
from scheduling.idempotency import KeptAnswer
from scheduling.joincodes import Seat
from scheduling.occupancy import Occupancy
from scheduling.people import Account
from scheduling.slots import Limits
from server import app as house
from server.settings import Settings
from tests.scheduling.region import NOW, Region, office_hours, wall
from tests.scheduling.test_race import overlaps

CROWD = 60


class Desk:
    """A coordinator's browser at a real server."""

    def __init__(self, address: str, client: ClientSession, region: Region) -> None:
        self.address, self.client, self.region = address, client, region

    async def book(
        self, client: int, starts: str, *, specialist: int = 0, key: str | None = None, **more: Any
    ) -> tuple[int, dict[str, Any]]:
        body = {
            "client": self.region.clients[client],
            "specialist": self.region.specialists[specialist],
            "service": "1739",
            "starts": wall(starts).isoformat(),
            **more,
        }
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        async with self.client.post(f"{self.address}/api/v1/bookings", json=body, headers=headers) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def desk(region: Region, database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    token = await region.database.written(lambda tx: signins.begin(tx, region.coordinator.account_id, now=NOW))
    settings = Settings(data=tmp_path / "data", database_url=database_url, demo=True)
    async with TestServer(house.build(settings, now=lambda: NOW)) as server:
        cookies = {"ryadom_session": token}
        async with ClientSession(cookie_jar=CookieJar(unsafe=True), cookies=cookies) as client:
            yield Desk(str(server.make_url("")).rstrip("/"), client, region)


async def rows(region: Region, table: type[Any]) -> list[Any]:
    async with region.database.read() as tx:
        return list(await tx.scalars(select(table).order_by(table.id)))


async def test_a_booking_stands_whole_in_the_database(desk: Desk, region: Region) -> None:
    status, answer = await desk.book(0, "10:00", topic="loss")
    assert status == 201
    number = answer["booking"]["id"]
    [booking] = await rows(region, Booking)
    assert (booking.id, booking.status, booking.version, booking.topic) == (number, "booked", 1, "loss")
    assert (booking.wall, booking.zone, booking.price_kopecks) == ("2026-11-23T10:00", "Asia/Novosibirsk", 47429)
    assert booking.created_by == region.coordinator.account_id
    taken = [(row.kind, row.who, row.until - row.since, row.booking_id) for row in await rows(region, Occupancy)]
    assert taken == [("specialist", region.specialists[0], 50, number), ("client", region.clients[0], 40, number)]
    assert [(line.what, line.booking_id) for line in await rows(region, BookingChange)] == [("booked", number)]
    lines = [(line.act, line.subject_id, line.account_id) for line in await rows(region, AuditLine)]
    assert lines == [("booked", number, region.coordinator.account_id)]
    hers, his = await rows(region, Seat)
    assert (hers.role, hers.code_hash, his.role) == ("specialist", None, "client")
    assert his.code_hash
    assert his.secret_hash
    assert his.replaced == []
    assert (his.audio, his.here, his.rung) == (True, False, "high")
    async with desk.client.get(f"{desk.address}/api/v1/bookings/{number}") as shown:
        assert await shown.json() == answer["booking"]


async def test_the_code_that_was_handed_out_opens_the_seat(desk: Desk) -> None:
    _, answer = await desk.book(0, "09:00", specialist=1, mode="phone")
    assert answer["link"].startswith(desk.address)
    async with ClientSession() as phone:
        body = {"secret": answer["link"].partition("#")[2]}
        async with phone.post(f"{desk.address}/api/v1/join", json=body) as opened:
            assert opened.status == 200
            assert (await opened.json())["booking"] == answer["booking"]["id"]


async def test_of_many_who_want_one_time_one_gets_it_and_all_know_at_once(desk: Desk, region: Region) -> None:
    answers = await asyncio.gather(*(desk.book(number % 6, "10:00") for number in range(CROWD)))
    assert Counter(status for status, _ in answers) == {201: 1, 409: CROWD - 1}
    lost = [answer for status, answer in answers if status == 409]
    assert {answer["code"] for answer in lost} <= {"slot_taken", "client_busy"}
    assert all(len(answer["alternatives"]) == 3 for answer in lost)
    assert await overlaps(region.database) == 0


async def test_what_is_offered_instead_is_free_for_this_client_too(desk: Desk) -> None:
    assert (await desk.book(1, "11:00", specialist=1))[0] == 201
    assert (await desk.book(0, "10:00"))[0] == 201
    lost = await asyncio.gather(*(desk.book(client, "10:00") for client in (1, 2, 3)))
    offered = [[each["starts"] for each in answer["alternatives"]] for _, answer in lost]
    eleven = f"{wall('11:00'):%Y-%m-%dT%H:%M:%SZ}"
    assert offered[1] == offered[2]
    assert eleven in offered[1]
    assert eleven not in offered[0]
    assert len(offered[0]) == 3


async def test_one_key_is_one_booking_however_often_it_is_sent_at_once(desk: Desk, region: Region) -> None:
    answers = await asyncio.gather(*(desk.book(0, "10:00", key="the same") for _ in range(8)))
    assert {status for status, _ in answers} == {201}
    assert len({answer["booking"]["id"] for _, answer in answers}) == 1
    assert len({answer["code"]["digits"] for _, answer in answers}) == 1
    assert len(await rows(region, Booking)) == len(await rows(region, KeptAnswer)) == 1
    status, refused = await desk.book(1, "11:00", key="the same")
    assert (status, refused["code"]) == (409, "key_reused")


async def test_a_full_day_stays_full_when_all_ask_at_once(desk: Desk, region: Region) -> None:
    async with region.database.write() as tx:
        await calendars.set_limits(tx, region.specialists[0], version=3, limits=Limits(0, 30, 30, 2))
    times = [f"{hour:02}:{minute}" for hour in range(9, 12) for minute in ("00", "30")]
    answers = await asyncio.gather(*(desk.book(at % 6, times[at % len(times)]) for at in range(CROWD)))
    assert Counter(status for status, _ in answers)[201] == 2
    assert {answer["code"] for status, answer in answers if status == 409} <= {"slot_taken", "client_busy", "day_full"}
    assert await overlaps(region.database) == 0


async def test_changed_hours_hold_for_the_next_booking(desk: Desk, region: Region) -> None:
    assert (await desk.book(0, "12:00"))[0] == 201
    whose = region.specialists[0]
    known = ["1739", "1740"]
    async with region.database.write() as tx:
        await calendars.set_hours(tx, whose, version=3, hours=office_hours(9, 11), known_services=known)
    assert (await desk.book(1, "11:00"))[1]["code"] == "outside_hours"
    async with region.database.write() as tx:
        await calendars.set_hours(tx, whose, version=4, hours=office_hours(9, 13), known_services=known)
    assert (await desk.book(1, "11:00"))[0] == 201


async def test_what_moves_between_the_look_and_the_booking_is_obeyed(
    desk: Desk, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    see, known = promising.see, ["1739", "1740"]
    moved: list[Any] = []

    async def seen_and_then_moved(*args: Any, **more: Any) -> Any:
        found = await see(*args, **more)
        if not moved:
            moved.append(found)
            async with region.database.write() as tx:
                hours = office_hours(9, 10)
                await calendars.set_hours(tx, region.specialists[0], version=3, hours=hours, known_services=known)
        return found

    monkeypatch.setattr(promising, "see", seen_and_then_moved)
    assert (await desk.book(0, "11:00"))[1]["code"] == "outside_hours"
    assert moved
    assert await rows(region, Booking) == []


async def test_another_node_that_was_faster_is_seen(
    desk: Desk, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    see = promising.see
    faster: list[Booking] = []

    async def seen_and_then_taken(*args: Any, **more: Any) -> Any:
        found = await see(*args, **more)
        if not faster:
            async with region.database.write() as tx:
                faster.append(await region.book(tx, 0, 1, wall("10:00")))
        return found

    monkeypatch.setattr(promising, "see", seen_and_then_taken)
    status, answer = await desk.book(0, "10:00")
    assert (status, answer["code"], len(answer["alternatives"])) == (409, "slot_taken", 3)
    assert len(await rows(region, Booking)) == 1


async def hold_ten(tx: Tx, region: Region, now: datetime, actor: Actor | None = None) -> int:
    whose, ten = region.specialists[0], wall("10:00")
    kept = await holds.hold(tx, actor or region.psychologist, now=now, specialist=whose, service="1739", starts=ten)
    return kept.id


async def test_an_expired_hold_is_in_nobodys_way(desk: Desk, region: Region) -> None:
    async with region.database.write() as tx:
        earlier = NOW - holds.LASTS - timedelta(minutes=1)
        await hold_ten(tx, region, earlier)
    assert (await desk.book(0, "10:00"))[0] == 201


async def test_a_hold_of_somebody_else_keeps_its_time(desk: Desk, region: Region) -> None:
    async with region.database.write() as tx:
        await hold_ten(tx, region, NOW)
    status, answer = await desk.book(0, "10:00")
    assert (status, answer["code"]) == (409, "slot_taken")


async def test_a_hold_of_ones_own_becomes_a_booking_once(desk: Desk, region: Region) -> None:
    own = await region.database.written(lambda tx: hold_ten(tx, region, NOW, region.coordinator))
    assert (await desk.book(0, "10:00"))[1]["code"] == "slot_taken"
    answers = await asyncio.gather(*(desk.book(client, "10:00", hold=own) for client in range(6)))
    assert Counter(status for status, _ in answers)[201] == 1
    assert {answer["code"] for status, answer in answers if status != 201} <= {"slot_taken", "hold_gone"}
    assert await rows(region, holds.Hold) == []
    assert [row.booking_id for row in await rows(region, Occupancy)] == [1, 1]


async def test_a_foreign_hold_is_no_way_to_its_time(desk: Desk, region: Region) -> None:
    foreign = await region.database.written(lambda tx: hold_ten(tx, region, NOW))
    status, answer = await desk.book(0, "10:00", hold=foreign)
    assert (status, answer["code"]) == (410, "hold_gone")
    assert len(await rows(region, holds.Hold)) == 1
    assert await rows(region, Booking) == []


async def test_whoever_was_blocked_a_moment_ago_books_nothing(desk: Desk, region: Region) -> None:
    assert (await desk.book(0, "10:00"))[0] == 201
    async with region.database.write() as tx:
        await tx.execute(update(Account).where(Account.id == region.coordinator.account_id).values(active=False))
    status, answer = await desk.book(1, "11:00")
    assert (status, answer["code"]) == (401, "sign_in_needed")


async def test_a_plain_booking_goes_the_short_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def long(*_: Any, **__: Any) -> None:
        raise AssertionError("the long way")

    own = await desk.region.database.written(lambda tx: hold_ten(tx, desk.region, NOW, desk.region.coordinator))
    monkeypatch.setattr(bookings, "book", long)
    assert (await desk.book(0, "10:00", hold=own))[0] == 201
    statements: list[str] = []

    def count(*args: Any) -> None:
        statements.append(args[2])

    event.listen(Engine, "before_cursor_execute", count)
    try:
        assert (await desk.book(0, "11:00"))[0] == 201
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    writes = [each for each in statements if "INSERT" in each or "UPDATE" in each]
    assert len(writes) == (7 if desk.region.database.sqlite else 1), writes
