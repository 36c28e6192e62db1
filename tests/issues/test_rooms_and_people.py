"""Several people and things in one session: what went wrong in other products, and what holds here."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling import bookings, finding
from scheduling.errors import InvalidInput, NotFound
from scheduling.finding import Span, Warm, Wish
from scheduling.people import Account
from scheduling.resources import Resource
from tests.issues.edge import Edge
from tests.issues.office import Office, office, works
from tests.scheduling.region import Region

ZONE = "Asia/Novosibirsk"
NOW = "2026-11-23 07:30"
TUESDAY = date(2026, 11, 24)
TEN = "2026-11-24 10:00"


async def thing(region: Region, kind: str = "room") -> int:
    async with region.database.write() as tx:
        made = Resource(kind=kind, name=kind, languages=["tt"] if kind == "interpreter" else [], district_id=1)
        tx.add(made)
        await tx.flush()
        return made.id


async def two(region: Region, **more: int) -> tuple[Office, Office]:
    one = await office(region, ZONE, NOW, works("09:00-13:00"), **more)
    return one, await office(region, ZONE, NOW, works("09:00-13:00"), specialist=1, **more)


async def test_a_time_is_found_when_all_who_are_needed_are_free(region: Region) -> None:
    """calcom/cal.com#7460: an event for several listed a time at which some of them were busy."""
    one, other = await two(region)
    place, voice = await thing(region), await thing(region, "interpreter")
    await other.book("2026-11-24 09:00", 0)  # the client
    await other.book("2026-11-24 10:30", 1, with_resources=[place])
    await other.book("2026-11-24 12:00", 2, with_resources=[voice])
    found = await one.clocks(TUESDAY, client=region.clients[0], resources=frozenset({place, voice}))
    assert found == [], "nine: the client; ten and eleven: the room; twelve: the interpreter"
    assert await one.clocks(TUESDAY, client=region.clients[0]) == ["10:00", "10:30", "11:00", "11:30", "12:00"]
    assert await one.clocks(TUESDAY, resources=frozenset({place})) == ["09:00", "09:30", "11:30", "12:00"]


async def test_with_more_specialists_there_is_no_time_less(region: Region) -> None:
    """calcom/cal.com#6773: adding somebody to a pool made the last time of the day disappear."""
    one, _ = await two(region, lasts=45, step_min=15)
    found = []
    for number in range(1, 5):
        whom = frozenset(region.specialists[:number])
        async with region.database.read() as tx:
            look = await Warm().look(tx, now=one.now)
            items = (await finding.find(look, Wish("1739", specialists=whom), Span(ZONE, TUESDAY, 1), limit=200)).items
        found.append({each.starts for each in items})
    assert found[0]
    assert all(fewer <= more for fewer, more in pairwise(found))


async def test_a_session_with_companion_room_and_interpreter_is_one_booking(region: Region) -> None:
    """betagouv/rdv-service-public#1845: two agents had to be booked in two tabs, and the client got two notices."""
    one, other = await two(region)
    place, voice = await thing(region), await thing(region, "interpreter")
    booked = await one.book(TEN, 0, with_clients=[region.clients[1]], with_resources=[place, voice])
    async with region.database.read() as tx:
        whole = (await bookings.participants(tx, [booked.id]))[booked.id]
        stand = await bookings.between(tx, region.coordinator, starts=one.now, until=one.now + timedelta(days=3))
    assert [each.id for each in stand] == [booked.id]
    assert {each.role for each in whole} == {"companion", "room", "interpreter"}
    assert await other.tried(TEN, 1) == "client_busy", "the companion is a client too"
    for busy in (place, voice):
        assert await other.tried(TEN, 2, with_resources=[busy]) == "resource_busy"


async def test_when_a_session_moves_everybody_moves_with_it(region: Region) -> None:
    """calcom/cal.com#26389 and alextselegidis/easyappointments#1746: a move took people along who were not asked, or
    left things behind."""
    one, other = await two(region)
    place = await thing(region)
    booked = await one.book(TEN, 0, with_clients=[region.clients[1]], with_resources=[place])
    await one.move(booked, "2026-11-25 10:00")
    assert await other.tried(TEN, 1, with_resources=[place]) == "booked"
    assert await other.tried("2026-11-25 10:00", 1) == "client_busy"
    assert await other.tried("2026-11-25 10:00", 2, with_resources=[place]) == "resource_busy"


async def test_a_move_is_refused_when_only_the_room_cannot_follow(region: Region) -> None:
    """meeting-room-booking-system/mrbs-code#235 again: a move is held against everything that a session takes."""
    one, other = await two(region)
    place = await thing(region)
    booked = await one.book(TEN, 0, with_resources=[place])
    await other.book("2026-11-25 10:00", 1, with_resources=[place])
    assert await one.moved(booked, "2026-11-25 10:30") == "resource_busy"
    assert (await one.stands(booked)).starts == one.at(TEN)
    assert await other.tried(TEN, 2, with_resources=[place]) == "resource_busy", "and the old time is still its own"


async def test_a_room_is_free_when_the_session_ends_whatever_the_specialist_needs(region: Region) -> None:
    """OCA/calendar#221: the time to clear up belonged to the service, so rooms stood empty after each use.

    Here a buffer is the specialist's: back to back in one room is allowed for two of them."""
    one, other = await two(region, after=30, before=30)
    place = await thing(region)
    await one.book("2026-11-24 09:30", 0, with_resources=[place])
    assert await other.tried("2026-11-24 10:30", 1, with_resources=[place]) == "booked"
    assert await one.tried("2026-11-24 10:30", 2) == "slot_taken"


async def test_nobody_takes_part_twice(region: Region) -> None:
    """calcom/cal.com#17542: those who took part already were left out of the number of places, so the places were
    wrong. Here each stands in a session once, by name, and whoever is named twice is refused."""
    one, _ = await two(region)
    place = await thing(region)
    taken_twice: list[dict[str, Any]] = [{"with_clients": [region.clients[0]]}, {"with_resources": [place, place]}]
    for doubled in taken_twice:
        with pytest.raises(InvalidInput):
            await one.book(TEN, 0, **doubled)
    assert await one.tried(TEN, 1) == "booked", "nothing of it was kept"


async def test_a_room_that_is_out_of_use_is_not_booked(region: Region) -> None:
    """calcom/cal.com#16064: what had been taken out of the settings long ago was still used."""
    one, _ = await two(region)
    place = await thing(region)
    async with region.database.write() as tx:
        (await tx.get_one(Resource, place)).active = False
    with pytest.raises(InvalidInput) as refusal:
        await one.book(TEN, 0, with_resources=[place])
    assert [(error.field, error.code) for error in refusal.value.errors] == [("resources", "unknown")]


async def test_a_foreign_client_is_no_companion(region: Region) -> None:
    """calcom/cal.com#17246: people of one session saw each other's names.

    Whoever may not see a client does not take him along either: the answer is that of a client who is not there."""
    one, _ = await two(region)
    with pytest.raises(NotFound):
        await one.book(TEN, 0, with_clients=[10_000])
    await one.book(TEN, 1)
    stranger = replace(region.psychologist, specialist_id=region.specialists[1])
    with pytest.raises(NotFound):
        await one.book("2026-11-25 10:00", 1, actor=stranger)


async def test_of_another_districts_client_a_coordinator_sees_the_time_and_no_name(edge: Edge, region: Region) -> None:
    """SandeepVashishtha/Eventra#12436 and tine20/tine20#3155: with the right to see "busy" more than that was shown."""
    one, _ = await two(region)
    edge.at(one.now)
    await one.book(TEN, 0)
    far = await edge.person("yulia")
    async with region.database.write() as tx:
        account = await tx.get_one(Account, 5)
        account.roles = ["coordinator"]
    shown = await far.ok("GET", "/calendars", params={"from": "2026-11-24", "specialist": str(one.who)})
    (column,) = shown["items"]
    assert [each["client"] for each in column["bookings"]] == [None]
    assert column["bookings"][0]["starts"] == "2026-11-24T03:00:00Z"


async def test_times_of_two_zones_are_offered_in_the_order_in_which_they_come(region: Region) -> None:
    """calcom/cal.com#6386: hosts whose hours begin at different times came out doubled or lost."""
    one = await office(region, ZONE, NOW, works("09:00-12:00"), step_min=60)
    west = await office(region, "Asia/Omsk", "2026-11-23 06:30", works("09:15-12:15"), specialist=3, step_min=60)
    async with region.database.read() as tx:
        wish = Wish("1739", specialists=frozenset({one.who, west.who}))
        found = await finding.find(await Warm().look(tx, now=one.now), wish, Span(ZONE, TUESDAY, 1))
    said = [f"{each.starts.astimezone(ZoneInfo(ZONE)):%H:%M}" for each in found.items]
    assert said == ["09:00", "10:00", "10:15", "11:00", "11:15", "12:15"]
