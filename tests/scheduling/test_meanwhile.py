"""Two who are at one person, request or session in the same moment: the second decides by what the first left."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from scheduling import applications, bookings, consents, measured, withdrawal
from scheduling.applications import Application, ApplicationChange
from scheduling.bookings import Booking, Participant
from scheduling.bookings.tables import OPEN
from scheduling.consents import Consent
from scheduling.db import Tx
from scheduling.duplicates import merging
from scheduling.errors import CardMerged, ConsentNeeded, VersionMoved
from scheduling.measured import Measured
from scheduling.people import Client
from server import remeasuring
from server.database import Database
from server.settings import Settings
from tests.scheduling.region import NOW, Region, wall
from tests.scheduling.test_promising import Desk, desk

__all__ = ["desk"]

AFTER = NOW + timedelta(hours=9)
WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


class Meanwhile:
    """A transaction that has done its work and is not over yet."""

    def __init__(self, database: Database, work: Callable[[Tx], Awaitable[Any]]) -> None:
        self._database, self._work = database, work
        self._at_it, self._over = asyncio.Event(), asyncio.Event()

    async def __aenter__(self) -> "Meanwhile":
        self._task = asyncio.create_task(self._database.written(self._held))
        at_it = asyncio.create_task(self._at_it.wait())
        await asyncio.wait([self._task, at_it], return_when=asyncio.FIRST_COMPLETED)
        assert not self._task.done(), self._task.result()
        return self

    async def _held(self, tx: Tx) -> None:
        await self._work(tx)
        self._at_it.set()
        await self._over.wait()

    async def ends_when_waited_for(self, *others: "asyncio.Task[Any]") -> None:
        """On PostgreSQL one of the others stands before a lock, or all have their answer; SQLite has one writer."""
        for _ in range(20 if self._database.sqlite else 400):
            if all(each.done() for each in others):
                break
            await asyncio.sleep(0.02)
            if not self._database.sqlite:
                async with self._database.read() as tx:
                    if await tx.scalar(text(WAITING)):
                        break
        self._over.set()
        await self._task

    async def __aexit__(self, *_: object) -> None:
        self._over.set()
        await asyncio.gather(self._task, return_exceptions=True)


async def agreed(region: Region, client: int) -> int:
    """The client agreed to the processing of his data."""

    async def work(tx: Tx) -> int:
        await consents.publish(tx, "processing", "ru", "Согласие", "Слова согласия")
        card = await tx.get_one(Client, region.clients[client])
        return (await consents.give(tx, region.coordinator, card, "processing", "paper", now=NOW)).id

    return await region.database.written(work)


def taking_back(region: Region, client: int, consent: int) -> Callable[[Tx], Awaitable[Any]]:
    async def work(tx: Tx) -> None:
        card = await tx.get_one(Client, region.clients[client])
        await tx.refresh(card, ["district"])
        shown = withdrawal.stamp(await withdrawal.effects(tx, card, "processing", now=NOW))
        how: dict[str, Any] = {"how": "aloud", "because": "", "shown": shown}
        await withdrawal.withdraw(tx, region.coordinator, card, consent, now=NOW, **how)

    return work


def joining(region: Region, kept: int, gone: int) -> Callable[[Tx], Awaitable[Any]]:
    async def work(tx: Tx) -> None:
        ids = region.clients[kept], region.clients[gone]
        await merging.merge(tx, region.coordinator, *ids, version=1, gone_version=1, take=[], now=NOW)

    return work


def booking(region: Region, client: int, clock: str, **more: Any) -> "asyncio.Task[Booking]":
    async def work(tx: Tx) -> Booking:
        whom: dict[str, Any] = {
            "client": region.clients[client],
            "specialist": region.specialists[0],
            "service": "1739",
        }
        return await bookings.book(tx, region.coordinator, now=NOW, starts=wall(clock), **whom, **more)

    return asyncio.create_task(region.database.written(work))


async def open_ones(region: Region) -> list[int]:
    async with region.database.read() as tx:
        return list(await tx.scalars(select(Booking.client_id).where(Booking.status.in_(OPEN))))


# --- a consent is taken back, a card goes into another ----------------------------------------------------------------
async def test_nobody_is_booked_whose_consent_is_just_being_taken_back(region: Region) -> None:
    said = await agreed(region, 0)
    async with region.database.write() as tx:
        await region.book(tx, 0, 0, wall("10:00"))
    async with Meanwhile(region.database, taking_back(region, 0, said)) as leaving:
        booked = booking(region, 0, "11:00")
        await leaving.ends_when_waited_for(booked)
        with pytest.raises(ConsentNeeded):
            await booked
    assert await open_ones(region) == []


@pytest.mark.parametrize("ahead", [True, False], ids=["with a booking of hers", "without"])
async def test_nor_the_short_way(desk: Desk, region: Region, ahead: bool) -> None:
    said = await agreed(region, 0)
    if ahead:
        assert (await desk.book(0, "10:00"))[0] == 201
    async with Meanwhile(region.database, taking_back(region, 0, said)) as leaving:
        asked = asyncio.create_task(desk.book(0, "11:00"))
        await leaving.ends_when_waited_for(asked)
        status, answer = await asked
    assert (status, answer["code"]) == (422, "consent_needed")
    assert await open_ones(region) == []


async def test_whoever_never_signed_or_signed_and_stays_is_booked_the_short_way(
    desk: Desk, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def long(*_: Any, **__: Any) -> None:
        raise AssertionError("the long way")

    await agreed(region, 0)
    await agreed(region, 0)
    monkeypatch.setattr(bookings, "book", long)
    assert [(await desk.book(client, clock))[0] for client, clock in ((0, "10:00"), (1, "11:00"))] == [201, 201]


async def test_nobody_is_booked_by_a_card_that_is_just_joined_with_another(desk: Desk, region: Region) -> None:
    async with Meanwhile(region.database, joining(region, 0, 1)) as merging_:
        both = asyncio.create_task(desk.book(1, "11:00")), booking(region, 1, "12:00")
        await merging_.ends_when_waited_for(*both)
        status, answer = await both[0]
        with pytest.raises(CardMerged):
            await both[1]
    assert (status, answer["code"], answer["merged_into"]) == (410, "card_merged", region.clients[0])
    assert await open_ones(region) == []


async def test_nor_does_he_come_along_by_such_a_card(region: Region) -> None:
    async with Meanwhile(region.database, joining(region, 0, 1)) as merging_:
        booked = booking(region, 2, "11:00", with_clients=[region.clients[1]])
        await merging_.ends_when_waited_for(booked)
        with pytest.raises(CardMerged):
            await booked
    async with region.database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(Participant)) == 0


async def test_a_consent_is_not_taken_back_by_a_card_that_goes(region: Region) -> None:
    said = await agreed(region, 1)
    async with Meanwhile(region.database, joining(region, 0, 1)) as merging_:
        left = asyncio.create_task(region.database.written(taking_back(region, 1, said)))
        await merging_.ends_when_waited_for(left)
        with pytest.raises(CardMerged):
            await left
    async with region.database.read() as tx:
        consent = await tx.get_one(Consent, said)
        assert (consent.client_id, consent.withdrawn_at) == (region.clients[0], None)


async def test_no_request_is_linked_to_whoever_is_just_taking_his_consent_back(region: Region) -> None:
    said, number = await agreed(region, 0), await asked_for_help(region)
    linking: dict[str, Any] = {"version": 1, "now": NOW, "client": region.clients[0]}
    async with Meanwhile(region.database, taking_back(region, 0, said)) as leaving:
        linked = asyncio.create_task(
            region.database.written(lambda tx: applications.link(tx, region.coordinator, number, **linking))
        )
        await leaving.ends_when_waited_for(linked)
        with pytest.raises(ConsentNeeded):
            await linked


# --- one request, two coordinators ------------------------------------------------------------------------------------
async def asked_for_help(region: Region) -> int:
    async with region.database.write() as tx:
        facts: dict[str, Any] = {"source": "phone", "received_at": NOW, "wishes": {}, "birth_year": 1950}
        name = {"name": "Анна Воробьёва", "name_folded": "анна воробьева"}
        made = Application(district_id=region.coordinator.district_id, **name, **facts)
        tx.add(made)
        await consents.publish(tx, "processing", "ru", "Согласие", "Слова согласия")
        await tx.flush()
        return made.id


async def test_of_two_who_make_a_card_of_one_request_the_second_hears_of_the_first(desk: Desk, region: Region) -> None:
    number = await asked_for_help(region)
    card = {"consents": [{"purpose": "processing", "how": "aloud"}]}

    async def asks() -> int:
        path, match = f"{desk.address}/api/v1/applications/{number}/card", {"If-Match": '"1"'}
        async with desk.client.post(path, json=card, headers=match) as answer:
            return answer.status

    async def in_the_way(tx: Tx) -> None:
        await tx.execute(select(Application.id).where(Application.id == number).with_for_update())

    async with Meanwhile(region.database, in_the_way) as somebody:
        both = [asyncio.create_task(asks()) for _ in range(2)]
        await somebody.ends_when_waited_for(*both)
        assert Counter(await asyncio.gather(*both)) == {200: 1, 412: 1}
    async with region.database.read() as tx:
        cards = list(await tx.scalars(select(Client.id).where(Client.name == "Анна Воробьёва")))
        assert [await tx.scalar(select(Application.client_id).where(Application.id == number))] == cards


async def test_what_was_read_before_the_lock_is_read_again_behind_it(region: Region) -> None:
    """Both know the request already when they want to change it."""
    number = await asked_for_help(region)
    read = [asyncio.Event(), asyncio.Event()]

    async def changes(at: int) -> str:
        async def work(tx: Tx) -> str:
            known = await applications.application(tx, region.coordinator, number)
            read[at].set()
            if not region.database.sqlite:
                await read[1 - at].wait()
            told: dict[str, Any] = {"version": 1, "now": NOW, "changes": {"phone": f"8 913 000-00-0{at}"}}
            try:
                assert await applications.change(tx, region.coordinator, number, **told) is known
            except VersionMoved as moved:
                return moved.code
            return "changed"

        return await region.database.written(work)

    assert Counter(await asyncio.gather(changes(0), changes(1))) == {"changed": 1, "version_moved": 1}


async def test_a_request_is_seen_for_the_first_time_once(region: Region) -> None:
    number = await asked_for_help(region)

    async def looks(tx: Tx) -> None:
        await applications.look_at(tx, region.coordinator, number, now=NOW)

    async with Meanwhile(region.database, looks) as somebody:
        other = asyncio.create_task(region.database.written(looks))
        await somebody.ends_when_waited_for(other)
        await other
    async with region.database.read() as tx:
        seen = await tx.scalars(select(ApplicationChange.what).where(ApplicationChange.application_id == number))
        assert list(seen) == ["seen"]
        assert await tx.scalar(select(Application.version).where(Application.id == number)) == 2


async def test_a_booking_that_was_read_before_is_moved_as_it_is_now(region: Region) -> None:
    async with region.database.write() as tx:
        number = (await region.book(tx, 0, 0, wall("10:00"))).id
    read = [asyncio.Event(), asyncio.Event()]

    async def confirms(at: int) -> str:
        async def work(tx: Tx) -> str:
            known = await bookings.by_id(tx, number)
            read[at].set()
            if not region.database.sqlite:
                await read[1 - at].wait()
            try:
                assert await bookings.confirm(tx, region.coordinator, number, version=1, now=NOW) is known
            except VersionMoved as moved:
                return moved.code
            return "confirmed"

        return await region.database.written(work)

    assert Counter(await asyncio.gather(confirms(0), confirms(1))) == {"confirmed": 1, "version_moved": 1}


# --- figures ----------------------------------------------------------------------------------------------------------
async def two_of_one_request(region: Region) -> list[int]:
    number = await asked_for_help(region)
    async with region.database.write() as tx:
        both = [await region.book(tx, 0, 0, wall(clock)) for clock in ("09:00", "10:00")]
        for each in both:
            each.application_id = number
        return [each.id for each in both]


def ending(number: int, status: str = "took_place") -> Callable[[Tx], Awaitable[Any]]:
    async def work(tx: Tx) -> None:
        booked = await bookings.by_id(tx, number)
        booked.status = status
        await measured.keep(tx, booked, now=AFTER)

    return work


async def figures(region: Region) -> dict[int, tuple[str, int | None]]:
    async with region.database.read() as tx:
        rows = await tx.execute(select(Measured.booking_id, Measured.outcome, Measured.waiting_days))
        return {number: (outcome, waited) for number, outcome, waited in rows}


async def test_two_sessions_of_one_request_that_end_at_once_are_one_first_and_one_second(region: Region) -> None:
    first, second = await two_of_one_request(region)
    async with Meanwhile(region.database, ending(first)) as one:
        other = asyncio.create_task(region.database.written(ending(second)))
        await one.ends_when_waited_for(other)
        await other
    assert await figures(region) == {first: ("took_place", 0), second: ("took_place", None)}


async def test_neither_of_many_who_keep_one_request_at_once_is_lost(region: Region) -> None:
    both = await two_of_one_request(region)
    work = [ending(number, status) for status in ("took_place", "missed", "took_place") for number in both]
    await asyncio.gather(*(region.database.written(each) for each in work))
    async with region.database.read() as tx:
        stands = {each.id: each.status for each in await tx.scalars(select(Booking))}
    assert {number: outcome for number, (outcome, _) in (await figures(region)).items()} == stands


async def test_a_rebuild_beside_a_server_at_work_overwrites_no_correction(
    region: Region, database_url: str, tmp_path: Path
) -> None:
    first, second = await two_of_one_request(region)
    for number in (first, second):
        await region.database.written(ending(number))
    settings = Settings(data=tmp_path / "data", database_url=database_url)
    async with Meanwhile(region.database, ending(first, "missed")) as corrected:
        rebuilt = asyncio.create_task(remeasuring.rebuild(settings, now=AFTER))
        await corrected.ends_when_waited_for(rebuilt)
        assert await rebuilt == 2
    assert await figures(region) == {first: ("missed", None), second: ("took_place", 0)}


async def test_what_ends_while_a_rebuild_is_at_it_is_kept_behind_it(region: Region) -> None:
    first, second = await two_of_one_request(region)
    await region.database.written(ending(second))

    async def rebuilds(tx: Tx) -> None:
        await measured.rebuild(tx, NOW - timedelta(days=9), NOW + timedelta(days=9), now=AFTER)

    async with Meanwhile(region.database, rebuilds) as rebuilding:
        corrected = asyncio.create_task(region.database.written(ending(first)))
        await rebuilding.ends_when_waited_for(corrected)
        await corrected
    assert await figures(region) == {first: ("took_place", 0), second: ("took_place", None)}


async def test_a_card_that_only_changes_meanwhile_is_in_nobodys_way(desk: Desk, region: Region) -> None:
    await agreed(region, 0)

    async def changes(tx: Tx) -> None:
        await tx.execute(select(Client.id).where(Client.id == region.clients[0]).with_for_update())
        await tx.execute(update(Client).where(Client.id == region.clients[0]).values(version=2, remark="звонить утром"))

    async with Meanwhile(region.database, changes) as somebody:
        asked = asyncio.create_task(desk.book(0, "11:00"))
        await somebody.ends_when_waited_for(asked)
        assert (await asked)[0] == 201
