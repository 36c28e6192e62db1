"""What sessions came to: kept as they end, rebuilt for a year, and reckoned once more from the raw rows."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from bench import data_year
from bench.data import Size
from scheduling import feedback, measured
from scheduling.bookings import Booking
from scheduling.measured import Measured
from scheduling.sessions import Presence
from server.database import Database
from tests.scheduling.plain_measured import UTC_NOW as NOW
from tests.scheduling.plain_measured import kept, recount

SMALL = Size(specialists=12, clients=120, past=0, years=1, districts=6, institutions=14)


@pytest.fixture
async def year(database: Database) -> Database:
    """Six hundred sessions of a year, in raw journals alone: nothing of them is measured yet."""
    await data_year.places(database, SMALL, seed=5, now=NOW)
    await data_year.sit(database, 600, seed=5, now=NOW)
    async with database.write() as tx:
        await tx.execute(delete(Measured))
    return database


async def test_a_year_rebuilt_is_what_the_raw_rows_say(year: Database) -> None:
    await _rebuilt(year)
    async with year.read() as tx:
        ours, theirs = await kept(tx), await recount(tx, now=NOW)
    assert len(ours) >= 600
    assert ours == theirs
    told = {name: {row[name] for row in ours.values()} for name in next(iter(ours.values()))}
    assert {"video", "voice", "phone", ""} <= told["mode"]
    assert len(told["outcome"]) == 6
    for name in ("waiting_days", "length_min", "both_share", "late_min", "video_share", "satisfaction"):
        assert len(told[name]) > 4, f"{name} is hardly told: nothing was compared"


async def test_what_is_kept_session_by_session_is_what_a_rebuild_makes(year: Database) -> None:
    async with year.write() as tx:
        for booked in await tx.scalars(select(Booking).order_by(Booking.starts.desc())):
            await measured.keep(tx, booked, now=NOW)
        ours = await kept(tx)
    await _rebuilt(year)
    async with year.read() as tx:
        assert ours == await kept(tx)


async def test_a_corrected_outcome_moves_the_first_session_of_its_application(year: Database) -> None:
    """The first session turns out to be missed: now the second is the one that was waited for."""
    await _rebuilt(year)
    async with year.write() as tx:
        first, second = await _two_held(tx)
        before = await kept(tx)
        assert (before[first.id]["waiting_days"] is None, before[second.id]["waiting_days"]) == (False, None)
        first.status = "missed"
        await measured.keep(tx, first, now=NOW)
        after = await kept(tx)
        assert after[first.id]["waiting_days"] is None
        assert after[second.id]["waiting_days"] > before[first.id]["waiting_days"]
        assert after == await recount(tx, now=NOW)


async def test_a_booking_that_is_to_come_again_leaves_nothing(year: Database) -> None:
    await _rebuilt(year)
    async with year.write() as tx:
        booked = await tx.scalar(select(Booking).where(Booking.status == "took_place").limit(1))
        assert booked
        booked.status = "booked"
        await measured.keep(tx, booked, now=NOW)
        assert booked.id not in await kept(tx)


async def test_a_tap_and_five_answers_are_told_on_the_same_scale(year: Database) -> None:
    async with year.write() as tx:
        held = await tx.scalar(
            select(Booking)
            .join(Presence, Presence.booking_id == Booking.id)
            .where(Booking.status == "took_place", Booking.id.not_in(select(feedback.Feedback.booking_id)))
            .limit(1)
        )
        assert held
        await feedback.say(tx, held.id, 2, now=NOW)
        await measured.keep(tx, held, now=NOW)
        assert (await kept(tx))[held.id]["satisfaction"] == 300
        said = await tx.get(feedback.Feedback, held.id)
        assert said
        said.openness, said.goodwill, said.accessibility = 5, 4, 4
        await measured.keep(tx, held, now=NOW)
        assert (await kept(tx))[held.id]["satisfaction"] == 433


async def _rebuilt(year: Database) -> None:
    async with year.write() as tx:
        await measured.rebuild(tx, NOW - timedelta(days=800), NOW + timedelta(days=60), now=NOW)


async def _two_held(tx: Any) -> tuple[Booking, Booking]:
    """The first two sessions of an application of which two were held."""
    held = select(Booking).where(Booking.application_id.is_not(None), Booking.status == "took_place")
    found: dict[int, list[Booking]] = {}
    for booked in await tx.scalars(held.order_by(Booking.starts)):
        found.setdefault(booked.application_id, []).append(booked)
    first, second, *_ = next(both for both in found.values() if len(both) > 1)
    return first, second
