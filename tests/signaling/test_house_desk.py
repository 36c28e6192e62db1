"""The desk of the house on both engines: what it keeps, what it refuses, and which faults it calls passing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import exc, text

from scheduling import sessions, tickets
from server.desk import HouseDesk, is_passing
from signaling.ice import IceSettings
from signaling.port import SeatPass, Unavailable
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
        """A redeemed ticket for each of the two seats."""
        async with self.house.centre.database.write() as tx:
            seats = await sessions.seats(tx, self.booking)
            tokens = [(await tickets.issue(tx, seat.id, now=self.now))[0] for seat in seats]
        anna, ivan = [await self.desk.redeem(token) for token in tokens]
        return anna, ivan

    async def join(self) -> Browser:
        """A device that opens the client's seat with the link."""
        phone = self.house.browser()
        await body(await phone.post("/api/v1/join", json={"secret": self.link}), 200)
        return phone


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
