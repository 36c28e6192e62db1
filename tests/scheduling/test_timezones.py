"""A zone whose clock law changes: which bookings would move, and moving them without two in one place."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling import bookings, timezones
from scheduling.errors import SlotTaken
from scheduling.timezones import instant, is_skipped
from tests.scheduling.region import MONDAY, NOW, ZONE, Region, wall

# As if Novosibirsk were to follow Omsk: six hours ahead of Greenwich instead of seven.
OTHER = ZoneInfo("Asia/Omsk")


@pytest.fixture
def changed_law(monkeypatch: pytest.MonkeyPatch) -> None:
    def zone(name: str) -> ZoneInfo:
        return OTHER if name == ZONE else ZoneInfo(name)

    monkeypatch.setattr(timezones, "ZoneInfo", zone)


async def drifted(region: Region) -> list[tuple[datetime, datetime, str | None]]:
    async with region.database.read() as tx:
        found = await timezones.drifted(tx, now=NOW)
        return [(each.booking.starts, each.now_at, each.doubt) for each in found]


async def test_nothing_moves_while_the_law_is_what_it_was(region: Region) -> None:
    async with region.database.write() as tx:
        await region.book(tx, 0, 0, wall("10:00"))
    assert await drifted(region) == []


@pytest.mark.usefixtures("changed_law")
async def test_each_booking_that_would_move_is_named_and_the_others_are_not(region: Region) -> None:
    async with region.database.write() as tx:
        await region.book(tx, 0, 0, wall("10:00"))
        await region.book(tx, 3, 1, wall("11:00"))  # her clock is Omsk's: her law did not change
        gone = await region.book(tx, 1, 2, wall("10:00"))
        await bookings.cancel(tx, region.coordinator, gone.id, version=1, now=NOW, reason="office")
    assert await drifted(region) == [(wall("10:00"), wall("10:00") + timedelta(hours=1), None)]


@pytest.mark.usefixtures("changed_law")
async def test_a_row_of_bookings_moves_together(region: Region) -> None:
    async with region.database.write() as tx:
        for hour in (9, 10, 11, 12):
            await region.book(tx, 0, hour - 9, wall(f"{hour:02}:00"))
    async with region.database.write() as tx:
        assert await timezones.follow(tx, await timezones.drifted(tx, now=NOW), now=NOW) == []
    async with region.database.read() as tx:
        stand = await bookings.between(tx, region.coordinator, starts=NOW, until=NOW + timedelta(days=1))
        assert [each.starts for each in stand] == [wall(f"{hour:02}:00") for hour in (10, 11, 12, 13)]
        history = await bookings.history(tx, stand[0].id)
    assert [(change.what, change.after.get("because")) for change, _ in history] == [
        ("booked", None),
        ("moved", "timezone"),
    ]
    assert await drifted(region) == []


@pytest.mark.usefixtures("changed_law")
async def test_what_cannot_follow_stays_and_is_named(region: Region) -> None:
    """The client is with somebody whose clock did not change."""
    async with region.database.write() as tx:
        await region.book(tx, 0, 0, wall("10:00"))
        await region.book(tx, 3, 0, wall("11:00"))
    async with region.database.write() as tx:
        left = await timezones.follow(tx, await timezones.drifted(tx, now=NOW), now=NOW)
        assert [(each.booking.starts, each.doubt) for each in left] == [(wall("10:00"), "in_the_way")]
    async with region.database.write() as tx:
        with pytest.raises(SlotTaken):
            await region.book(tx, 0, 1, wall("10:00"))


@pytest.mark.parametrize(
    ("zone", "at", "fold", "expected"),
    [
        ("Europe/Berlin", "2026-10-25T02:30", 0, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("Europe/Berlin", "2026-10-25T02:30", 1, datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("Asia/Novosibirsk", "2026-11-23T09:00", 0, datetime(2026, 11, 23, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_wall_time_is_one_instant(zone: str, at: str, fold: int, expected: datetime) -> None:
    assert instant(zone, at, fold) == expected


def test_a_time_that_the_clock_skips_is_known() -> None:
    assert is_skipped("Europe/Berlin", "2026-03-29T02:30")
    assert not is_skipped("Europe/Berlin", "2026-03-29T03:00")
    assert not is_skipped(ZONE, f"{MONDAY}T02:30")
