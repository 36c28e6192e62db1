"""Two cards become one: two coordinators at once, somebody who books meanwhile, everything that names a client."""

import asyncio
from typing import Any

import pytest

from scheduling import people
from scheduling.bookings import Booking
from scheduling.duplicates import merging
from scheduling.errors import CardMerged, ClientBusy, MergeRefused, Refused
from scheduling.people import Client
from tests.scheduling.region import NOW, Region, wall


async def joined(region: Region, kept: int, gone: int) -> Client:
    async def work(tx: Any) -> Client:
        versions = {"version": 1, "gone_version": 1}
        ids = region.clients[kept], region.clients[gone]
        return await merging.merge(tx, region.coordinator, *ids, **versions, take=[], now=NOW)

    return await region.database.written(work)


async def test_of_two_coordinators_at_once_one_wins(region: Region) -> None:
    answers = await asyncio.gather(joined(region, 0, 1), joined(region, 1, 0), return_exceptions=True)
    won = [answer for answer in answers if isinstance(answer, Client)]
    [lost] = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(won) == 1
    assert isinstance(lost, CardMerged)
    async with region.database.read() as tx:
        cards = [await tx.get_one(Client, number) for number in region.clients[:2]]
        assert sorted(card.merged_into is None for card in cards) == [False, True]


async def test_the_time_that_came_along_is_taken_for_the_card_that_stays(region: Region) -> None:
    async with region.database.write() as tx:
        await region.book(tx, 0, 1, wall("10:00"))
    await joined(region, 0, 1)
    with pytest.raises(ClientBusy):
        async with region.database.write() as tx:
            await region.book(tx, 1, 0, wall("10:00"))


async def test_booked_at_the_same_time_they_stay_two(region: Region) -> None:
    async with region.database.write() as tx:
        await region.book(tx, 0, 0, wall("10:00"))
        await region.book(tx, 1, 1, wall("10:30"))
    with pytest.raises(MergeRefused) as refused:
        await joined(region, 0, 1)
    assert [each["code"] for each in refused.value.conflicts] == ["both_booked"]


async def test_a_chain_of_cards_leads_to_the_last(region: Region) -> None:
    await joined(region, 1, 0)

    async def again(tx: Any) -> None:
        ids = region.clients[2], region.clients[1]
        await merging.merge(tx, region.coordinator, *ids, version=1, gone_version=2, take=[], now=NOW)

    await region.database.written(again)
    async with region.database.read() as tx:
        with pytest.raises(CardMerged) as led_on:
            await people.client(tx, region.coordinator, region.clients[0])
        assert led_on.value.merged_into == region.clients[2]


async def test_whoever_books_for_a_card_that_goes_in_the_same_moment_loses_nothing(region: Region) -> None:
    async def book(minute: int) -> Booking:
        async def work(tx: Any) -> Booking:
            return await region.book(tx, 0, 1, wall(f"{9 + minute // 60:02}:{minute % 60:02}"))

        return await region.database.written(work)

    answers = await asyncio.gather(
        *(book(minute) for minute in (0, 60, 120)), joined(region, 0, 1), return_exceptions=True
    )
    assert all(isinstance(answer, Booking | Client | Refused) for answer in answers), answers
    async with region.database.read() as tx:
        for answer in answers:
            if isinstance(answer, Booking):
                kept = await tx.get_one(Booking, answer.id)
                assert kept.client_id == region.clients[0], "nothing is booked for a card that is no more"


def test_everything_that_names_a_client_is_known() -> None:
    named = set(merging._naming_clients())
    assert {
        "booking",
        "application",
        "consent",
        "relation",
        "programme",
        "certificate",
        "series",
        "participant",
    } <= named
    assert "act_line" not in named, "what was signed stays as it was signed"
