"""Looking for free time across specialists, as a coordinator does while the client stands at the desk."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling import bookings, calendars, finding
from scheduling.errors import NotFound
from scheduling.finding import Found, Slot, Span, Warm, Wish
from scheduling.resources import Resource
from scheduling.slots import Limits
from tests.scheduling.region import MONDAY, NOW, ZONE, Region, office_hours, wall

TUESDAY = MONDAY + timedelta(days=1)


async def look(region: Region, *, days: int = 7, first_day: date = MONDAY, zone: str = ZONE, **wish: Any) -> Found:
    more = {name: wish.pop(name) for name in ("by", "limit", "weeks") if name in wish}
    for one, several in (("specialist", "specialists"), ("institution", "institutions")):
        if one in wish:
            wish[several] = frozenset({wish.pop(one)})
    async with region.database.read() as tx:
        seen = await Warm().look(tx, now=NOW)
        return await finding.find(seen, Wish("1739", **wish), Span(zone, first_day, days), **more)


def read(items: list[Slot]) -> list[str]:
    """Slots as somebody in Novosibirsk would say them: «Анна Mon 09:00»."""
    return [f"{slot.specialist.name} {slot.starts.astimezone(ZoneInfo(ZONE)):%a %H:%M}" for slot in items]


async def busy(region: Region, specialist: int, first: datetime, last: datetime) -> None:
    """Takes a stretch of a calendar away."""
    async with region.database.write() as tx:
        await calendars.add_absence(tx, region.specialists[specialist], starts=first, ends=last, kind="other", now=NOW)


async def test_the_earliest_starts_of_everybody_in_order_of_time(region: Region) -> None:
    found = await look(region, limit=8)
    assert [said.split(" ", 1)[1] for said in read(found.items)] == ["Mon 09:00"] * 3 + ["Mon 09:30"] * 3 + [
        "Mon 10:00"
    ] * 2
    assert {slot.specialist.name for slot in found.items[:3]} == {"Анна", "Вера", "Ольга"}
    assert (found.specialists, found.none_because) == (4, None)
    assert found.items[0].ends - found.items[0].starts == timedelta(minutes=40)
    assert (found.since, found.until) == (wall("00:00"), wall("00:00", MONDAY + timedelta(days=7)))


async def test_no_provider_always_stands_first(region: Region) -> None:
    found = await look(region, limit=200)
    first: dict[datetime, str] = {}
    for slot in found.items:
        first.setdefault(slot.starts, slot.specialist.name)
    assert set(first.values()) == {"Анна", "Вера", "Ольга", "Юлия"}


async def test_the_first_start_of_each_day_and_of_each_specialist(region: Region) -> None:
    await busy(region, 0, wall("00:00"), wall("12:00", TUESDAY))
    found = await look(region, by="specialist")
    assert sorted(read(found.items)) == ["Анна Tue 12:00", "Вера Mon 09:00", "Ольга Mon 09:00", "Юлия Mon 10:00"]
    found = await look(region, by="day", specialist=region.specialists[0])
    assert read(found.items) == ["Анна Tue 12:00", "Анна Wed 09:00", "Анна Thu 09:00", "Анна Fri 09:00"]
    assert read((await look(region, by="day", limit=2)).items)[1].endswith("Tue 09:00")


async def test_days_are_those_of_the_asker(region: Region) -> None:
    async with region.database.write() as tx:
        late = office_hours(23, 24)
        await calendars.set_hours(tx, region.specialists[0], version=3, hours=late, known_services=())
    only: dict[str, Any] = {"specialist": region.specialists[0], "by": "day", "first_day": TUESDAY, "days": 1}
    assert read((await look(region, **only)).items) == ["Анна Tue 23:00"]
    assert read((await look(region, **only, zone="Pacific/Auckland")).items) == ["Анна Mon 23:00"]


@pytest.mark.parametrize(
    ("wish", "names"),
    [
        ({"topic": "loss"}, {"Анна", "Ольга"}),
        ({"topic": "loss", "language": "tt"}, set()),
        ({"language": "tt"}, {"Вера"}),
        ({"institution": 0}, {"Анна", "Вера"}),
        ({"specialist": 3}, {"Юлия"}),
        ({"specialist": 3, "institution": 0}, set()),
        ({}, {"Анна", "Вера", "Ольга", "Юлия"}),
    ],
)
async def test_wishes_are_kept(region: Region, wish: dict[str, Any], names: set[str]) -> None:
    numbers = {"institution": region.institutions, "specialist": region.specialists}
    asked = {name: numbers[name][value] if name in numbers else value for name, value in wish.items()}
    found = await look(region, by="specialist", **asked)
    assert {slot.specialist.name for slot in found.items} == names
    assert found.none_because == (None if names else "no_specialist")


async def test_hours_kept_for_another_service_are_not_offered(region: Region) -> None:
    async with region.database.write() as tx:
        mixed = [replace(hours, services=frozenset({"1740"})) for hours in office_hours()]
        await calendars.set_hours(tx, region.specialists[0], version=3, hours=mixed, known_services=("1740",))
    assert (await look(region, specialist=region.specialists[0])).none_because == "no_hours"


async def test_an_empty_answer_says_why(region: Region) -> None:
    only = region.specialists[0]
    sunday = MONDAY + timedelta(days=6)
    assert (await look(region, specialist=only, first_day=sunday, days=1)).none_because == "no_hours"
    assert (await look(region, specialist=only, first_day=MONDAY + timedelta(days=31))).none_because == "beyond_horizon"
    async with region.database.write() as tx:
        await calendars.set_limits(tx, only, version=3, limits=Limits(60, 30, 30, 1))
        await region.book(tx, 0, 0, wall("09:00"))
    assert (await look(region, specialist=only, days=1)).none_because == "all_taken"
    async with region.database.read() as tx:
        with pytest.raises(NotFound):
            await finding.find(await Warm().look(tx, now=NOW), Wish("9999"), Span(ZONE, MONDAY, 1))


async def test_the_answer_far_ahead_is_found_too(region: Region) -> None:
    await busy(region, 3, NOW, wall("00:00", MONDAY + timedelta(days=20)))
    found = await look(region, specialist=region.specialists[3], days=28, limit=1)
    assert found.items[0].starts == wall("10:00", MONDAY + timedelta(days=21))


# --- alternatives -----------------------------------------------------------------------------------------------------
async def others(region: Region, specialist: int, starts: datetime, *, client: int = 0, **more: Any) -> list[str]:
    asked: dict[str, Any] = {"actor": region.coordinator, "service": "1739"} | more
    async with region.database.read() as tx:
        return read(
            await finding.alternatives(
                await Warm().look(tx, now=NOW),
                specialist=region.specialists[specialist],
                client=region.clients[client],
                starts=starts,
                **asked,
            )
        )


async def test_three_other_times_of_the_same_specialist_nearest_first(region: Region) -> None:
    async with region.database.write() as tx:
        await region.book(tx, 0, 1, wall("10:00"))
    assert await others(region, 0, wall("10:00")) == ["Анна Mon 09:00", "Анна Mon 11:00", "Анна Mon 11:30"]


async def test_other_specialists_when_she_has_no_time(region: Region) -> None:
    await busy(region, 0, NOW, wall("00:00", MONDAY + timedelta(days=25)))
    offered = await others(region, 0, wall("10:00"))
    assert len(offered) == 3
    assert {said.split(" ", 1)[1] for said in offered} == {"Mon 10:00"}
    assert all(not said.startswith("Анна") for said in offered)


async def test_times_when_the_client_is_with_somebody_are_not_offered(region: Region) -> None:
    async with region.database.write() as tx:
        await region.book(tx, 1, 0, wall("10:00"))
    assert await others(region, 0, wall("10:00")) == ["Анна Mon 09:00", "Анна Mon 11:00", "Анна Mon 11:30"]
    assert (await others(region, 0, wall("10:00"), client=1))[0] == "Анна Mon 10:00"


async def test_times_when_a_companion_or_a_room_is_taken_are_not_offered(region: Region) -> None:
    async with region.database.write() as tx:
        room = Resource(kind="room", name="Кабинет связи", languages=[])
        tx.add(room)
        await tx.flush()
        await region.book(tx, 1, 1, wall("10:00"))
        await bookings.book(
            tx,
            region.coordinator,
            now=NOW,
            client=region.clients[2],
            specialist=region.specialists[2],
            service="1739",
            starts=wall("11:30"),
            with_resources=[room.id],
        )
    assert await others(region, 0, wall("10:00")) == ["Анна Mon 10:00", "Анна Mon 09:30", "Анна Mon 10:30"]
    with_both = {"companions": [region.clients[1]], "resources": [room.id]}
    assert await others(region, 0, wall("10:00"), **with_both) == ["Анна Mon 09:00", "Анна Tue 09:00", "Анна Tue 09:30"]


async def test_a_psychologist_is_offered_only_her_own_time(region: Region) -> None:
    await busy(region, 0, NOW, wall("00:00", MONDAY + timedelta(days=18)))
    offered = await others(region, 0, wall("10:00"), actor=region.psychologist)
    assert offered == ["Анна Fri 09:00", "Анна Fri 09:30", "Анна Fri 10:00"]


async def test_a_booking_that_moves_offers_the_time_it_leaves(region: Region) -> None:
    async with region.database.write() as tx:
        booked = await region.book(tx, 0, 0, wall("10:00"))
    assert (await others(region, 0, wall("10:10"), ignoring=booked.id))[0] == "Анна Mon 10:00"


@pytest.mark.parametrize("years", [-5, 50])
async def test_absurd_times_still_get_three(region: Region, years: int) -> None:
    starts = NOW + timedelta(days=365 * years)
    offered = await others(region, 0, starts)
    assert [said[:8] for said in offered] == ["Анна Mon" if years < 0 else "Анна Wed"] * 3
