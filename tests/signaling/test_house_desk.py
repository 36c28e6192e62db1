"""The desk of the house on both engines: what it keeps, what it refuses, and which faults it calls passing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import exc, func, select, text

from scheduling import bookings, sessions, tickets
from server.desk import HouseDesk, is_passing
from signaling import rooms
from signaling.ice import IceSettings
from signaling.port import Refusal, Sample, SeatPass, Unavailable
from tests.server.house import Browser, House, body, booked, house


@dataclass
class Visit:
    """A booking in the demo house whose door is open, and the desk that serves its room."""

    house: House
    desk: HouseDesk
    coordinator: Browser
    booking: int
    link: str
    starts: datetime

    @property
    def now(self) -> datetime:
        return self.house.now

    async def passes(self) -> tuple[SeatPass, SeatPass]:
        """A redeemed ticket for each of the two seats; the client's is held by his phone."""
        await self.join()
        async with self.house.centre.database.write() as tx:
            seats = await sessions.seats(tx, self.booking)
            tokens = [(await tickets.issue(tx, seat.id, now=self.now))[0] for seat in seats]
        anna, ivan = [await self.desk.redeem(token) for token in tokens]
        return anna, ivan

    async def join(self) -> None:
        """A device opens the client's seat with the link."""
        phone = self.house.browser()
        await body(await phone.post("/api/v1/join", json={"secret": self.link}), 200)

    async def office(self, what: str, **facts: object) -> None:
        """The coordinator changes the booking."""
        path = f"/api/v1/bookings/{self.booking}"
        known = await self.coordinator.get(path)
        answer = await self.coordinator.post(f"{path}/{what}", json=facts, headers={"If-Match": known.headers["ETag"]})
        assert answer.status == 200, await answer.text()


@pytest.fixture
async def visit(tmp_path: Path, database_url: str) -> AsyncIterator[Visit]:
    async with house(tmp_path / "data", database_url) as opened:
        coordinator = await opened.staff("suzun")
        made = await booked(coordinator)
        starts = datetime.fromisoformat(made["booking"]["starts"])
        opened.at(starts)
        centre = opened.centre
        desk = HouseDesk(centre.database, centre.bus, centre.now, IceSettings())
        yield Visit(opened, desk, coordinator, made["booking"]["id"], made["link"].partition("#")[2], starts)


class Postgres(Exception):  # noqa: N818 - stands in for the driver's
    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (ConnectionRefusedError(), True),
        (exc.TimeoutError(), True),
        (exc.OperationalError("", {}, Exception("database is locked")), True),
        (exc.InterfaceError("", {}, Exception("connection is closed")), True),
        (exc.DBAPIError("", {}, Postgres("40P01")), True),
        (Postgres("57P03"), True),
        (exc.DBAPIError("", {}, Postgres("22021")), False),
        (exc.DBAPIError("", {}, Postgres("22001")), False),
        (exc.IntegrityError("", {}, Exception("fk")), False),
        (exc.DataError("", {}, Exception("too long")), False),
        (KeyError("ours"), False),
    ],
)
def test_a_fault_that_passes_is_told_from_one_that_stays(error: Exception, passing: bool) -> None:
    assert is_passing(error) is passing


async def test_what_the_database_cannot_take_is_no_passing_fault(visit: Visit) -> None:
    async def wrong(tx: sessions.Tx) -> None:
        await tx.execute(text("select * from no_such_table"))

    with pytest.raises(exc.DBAPIError):
        await visit.desk._written(wrong)
    await visit.house.centre.database.close()

    async def away(tx: sessions.Tx) -> None:
        raise ConnectionResetError

    with pytest.raises(Unavailable):
        await visit.desk._written(away)


async def talked(visit: Visit, **how_long: float) -> tuple[SeatPass, SeatPass]:
    """Both came, the client was let in, and some time passed."""
    anna, ivan = await visit.passes()
    await visit.desk.step(visit.booking, rooms.Entered(anna.seat, "tab-of-anna", anna.right), visit.now)
    await visit.desk.step(visit.booking, rooms.Entered(ivan.seat, "tab-of-ivan", ivan.right), visit.now)
    await visit.desk.step(visit.booking, rooms.Admitted(anna.seat, ivan.seat), visit.now)
    visit.house.later(**how_long)
    return anna, ivan


async def test_nothing_is_said_into_a_closed_room(visit: Visit) -> None:
    anna, ivan = await talked(visit, minutes=2)
    await visit.desk.said(ivan, "line-0001", "слышно?", visit.now)
    await visit.desk.step(visit.booking, rooms.Closed(anna.seat), visit.now)
    with pytest.raises(Refusal, match="room_closed"):
        await visit.desk.said(ivan, "line-0002", "ещё одно", visit.now)
    assert await visit.desk.chat(visit.booking) == []


async def test_who_enters_after_much_was_pasted_is_shown_the_newest_lines(visit: Visit) -> None:
    anna, ivan = await talked(visit, minutes=2)
    for number in range(40):
        await visit.desk.said((anna, ivan)[number % 2], f"line-{number:04}", "ж" * 2000, visit.now)
    shown = await visit.desk.chat(visit.booking)
    assert [said.id for said in shown] == [f"line-{number:04}" for number in range(24, 40)]
    assert sum(len(said.text.encode()) for said in shown) <= 65_536


async def test_a_room_left_empty_is_closed_when_its_time_is_over(visit: Visit) -> None:
    _, ivan = await visit.passes()
    await visit.desk.step(visit.booking, rooms.Entered(ivan.seat, "tab-of-ivan", ivan.right), visit.now)
    await visit.desk.step(visit.booking, rooms.Left(ivan.seat, "tab-of-ivan"), visit.now)
    assert await visit.desk.open_rooms() == []
    visit.house.later(hours=3)
    assert [room.room for room in await visit.desk.open_rooms()] == [visit.booking]
    await visit.desk.step(visit.booking, rooms.TimeUp(visit.now), visit.now)
    assert await visit.desk.open_rooms() == []


async def test_who_waits_writes_no_journal_by_muting(visit: Visit) -> None:
    _, ivan = await visit.passes()
    await visit.desk.step(visit.booking, rooms.Entered(ivan.seat, "tab-of-ivan", ivan.right), visit.now)
    for on in (False, True, False):
        await visit.desk.step(visit.booking, rooms.MediaSet(ivan.seat, audio=on, video=on), visit.now)
    async with visit.house.centre.database.read() as tx:
        events, presences, _ = await sessions.journal(tx, visit.booking)
    assert [event.kind for event in events] == ["entered", "state"]
    assert len(presences) == 1


async def test_an_end_and_a_cancellation_at_once_leave_one_of_them(visit: Visit) -> None:
    """The end waits for the booking's row and then sees what became of it."""
    anna, _ = await talked(visit, minutes=20)
    if visit.house.centre.database.sqlite:
        await visit.desk.step(visit.booking, rooms.Closed(anna.seat), visit.now)
        return
    async with visit.house.centre.database.write() as tx:
        await sessions.lock_booking(tx, visit.booking)
        ending = asyncio.create_task(visit.desk.step(visit.booking, rooms.Closed(anna.seat), visit.now))
        await asyncio.sleep(0.3)
        assert not ending.done()
        booked = await bookings.by_id(tx, visit.booking)
        booked.status, booked.version = "cancelled", booked.version + 1
    await ending
    async with visit.house.centre.database.read() as tx:
        assert (await bookings.by_id(tx, visit.booking)).status == "cancelled"


async def test_two_who_enter_first_at_the_same_time_both_enter(visit: Visit) -> None:
    anna, ivan = await visit.passes()
    await asyncio.gather(
        *(
            visit.desk.step(visit.booking, rooms.Entered(seat.seat, f"tab-{seat.seat}", seat.right), visit.now)
            for seat in (anna, ivan)
        )
    )
    assert [seat.here for seat in (await visit.desk.look(visit.booking)).seats] == [True, True]


async def test_a_move_ends_the_presence_of_who_was_inside(visit: Visit) -> None:
    await talked(visit, minutes=1)
    async with visit.house.centre.database.write() as tx:
        await sessions.begin_anew(tx, visit.booking)
    async with visit.house.centre.database.read() as tx:
        _, presences, _ = await sessions.journal(tx, visit.booking)
    assert all(stay.left_at for stay in presences)


async def test_a_new_code_takes_the_right_of_the_old_device(visit: Visit) -> None:
    anna, ivan = await talked(visit, minutes=1)
    async with visit.house.centre.database.write() as tx:
        token, _ = await tickets.issue(tx, ivan.seat, now=visit.now)
    answer = await visit.coordinator.post(f"/api/v1/bookings/{visit.booking}/code", json={})
    assert answer.status == 200
    stands = await visit.desk.look(visit.booking)
    assert stands.seat(anna.seat).right == anna.right
    assert stands.seat(ivan.seat).right != ivan.right
    with pytest.raises(Refusal, match="replaced"):
        await visit.desk.step(visit.booking, rooms.Entered(ivan.seat, "spare-tab", ivan.right), visit.now)
    with pytest.raises(Refusal, match="ticket_spent"):
        await visit.desk.redeem(token)


async def test_a_move_takes_the_right_of_everybody(visit: Visit) -> None:
    anna, ivan = await talked(visit, minutes=1)
    starts = visit.starts + timedelta(days=7)
    await visit.office("move", starts=starts.isoformat())
    stands = await visit.desk.look(visit.booking)
    assert all(stands.seat(held.seat).right != held.right for held in (anna, ivan))
    assert [seat.admitted for seat in stands.seats] == [True, False]
    assert stands.state == "empty"


async def test_a_cancelled_booking_has_a_closed_room(visit: Visit) -> None:
    _, ivan = await talked(visit, minutes=1)
    before = await visit.desk.look(visit.booking)
    async with visit.house.centre.database.write() as tx:  # and nobody has told the room yet
        (await bookings.by_id(tx, visit.booking)).status = "cancelled"
    stands = await visit.desk.look(visit.booking)
    assert (stands.ended, stands.version) == ("cancelled", before.version + 1)
    with pytest.raises(Refusal, match="room_closed"):
        await visit.desk.step(visit.booking, rooms.Entered(ivan.seat, "tab-of-ivan", ivan.right), visit.now)
    assert [room.ended for room in await visit.desk.open_rooms()] == ["cancelled"]
    await visit.desk.step(visit.booking, rooms.Reviewed(), visit.now)
    assert await visit.desk.open_rooms() == []
    assert (await visit.desk.look(visit.booking)).ended == "cancelled"


async def test_an_open_request_of_another_device_is_told_until_it_is_answered(visit: Visit) -> None:
    anna, ivan = await talked(visit, minutes=1)
    tablet = visit.house.browser()
    asked = await body(await tablet.post("/api/v1/join/takeover", json={"secret": visit.link}), 202)
    assert await visit.desk.takeovers(visit.booking) == [str(asked["request"])]
    await visit.desk.takeover(anna, str(asked["request"]), True, visit.now)
    assert await visit.desk.takeovers(visit.booking) == []
    assert (await visit.desk.look(visit.booking)).seat(ivan.seat).right != ivan.right


async def test_samples_that_come_together_are_written_together(visit: Visit) -> None:
    """And one that cannot be kept takes none of the others with it."""
    anna, ivan = await visit.passes()
    for seat, tab in ((anna, "her-first-tab"), (ivan, "his-first-tab")):
        await visit.desk.step(seat.room, rooms.Entered(seat.seat, tab, seat.right), visit.now)
    written = 0
    inner = visit.desk._samples._written

    async def counted(work: Any) -> Any:
        nonlocal written
        written += 1
        return await inner(work)

    visit.desk._samples._written = counted
    sample = Sample(ivan.seat, 0.01, 60.0, 700.0, 650.0, "VP8", 640, 360, 24.0, "direct")
    told = [visit.desk.measured(seat, [sample], visit.now) for seat in (anna, ivan) * 20]
    await asyncio.gather(*told)
    assert written <= 4
    nobody = replace(anna, room=10**9)
    last = [visit.desk.measured(seat, [sample], visit.now) for seat in (anna, nobody, ivan)]
    kept = await asyncio.gather(*last, return_exceptions=True)
    assert [isinstance(answer, Exception) for answer in kept] == [False, True, False]
    async with visit.house.centre.database.read() as tx:
        ours = sessions.QualitySample.booking_id == visit.booking
        assert await tx.scalar(select(func.count()).where(ours)) == 42
