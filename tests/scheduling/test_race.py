"""Many want the same hour at once: nobody is promised what another has, on both engines, down to the raw tables."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from scheduling import bookings, calendars, slots
from scheduling.db import Tx
from scheduling.errors import BookingRefused, NotOpen, VersionMoved
from scheduling.occupancy import Claim, Occupancy, guard
from scheduling.slots import Limits
from server.database import Database
from tests.scheduling.region import NOW, Region, settled, wall
from tests.support.parts import Engine, Serve
from tests.support.staff import Answer, signed_in

ATTEMPTS = 400
AT_ONCE = 40

SPECIALIST_ONCE, CLIENT_ONCE, RESOURCE_ONCE = guard("specialist"), guard("client"), guard("resource")

OVERLAPS = """
select count(*) from occupancy one join occupancy other
    on one.id < other.id and one.kind = other.kind and one.who = other.who
where one.since < other.until and other.since < one.until
"""
# What `occupancy` guards is what the bookings say.
BOOKED_TWICE = """
select count(*) from booking one join booking other on one.id < other.id
where one.status <> 'cancelled' and other.status <> 'cancelled' and (
    (one.specialist_id = other.specialist_id and one.starts < other.busy_until and other.starts < one.busy_until)
    or (one.client_id = other.client_id and one.starts < other.ends and other.starts < one.ends))
"""


async def crowd(attempt: Callable[[int], Awaitable[str]], attempts: int = ATTEMPTS) -> Counter[str]:
    """`attempts` people, `AT_ONCE` of them at the same time; how many ended in which way."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> str:
        async with gate:
            return await attempt(number)

    return Counter(await asyncio.gather(*(one(number) for number in range(attempts))))


async def overlaps(database: Database) -> int:
    async with database.read() as tx:
        return sum([int(await tx.scalar(text(query)) or 0) for query in (OVERLAPS, BOOKED_TWICE)])


async def kept(database: Database) -> int:
    async with database.read() as tx:
        return int(await tx.scalar(text("select count(*) from booking where status <> 'cancelled'")) or 0)


# --- by the rules -----------------------------------------------------------------------------------------------------
async def test_four_hundred_attempts_and_no_overlap(database: Database) -> None:
    region = await settled(database, clients=30)
    chance = random.Random(2)
    wishes = [
        (chance.randrange(3), chance.randrange(30), wall("09:00") + timedelta(minutes=30 * chance.randrange(7)))
        for _ in range(ATTEMPTS)
    ]

    async def attempt(number: int) -> str:
        who, client, starts = wishes[number]
        try:
            await database.written(lambda tx: region.book(tx, who, client, starts))
        except BookingRefused as refusal:
            return refusal.code
        return "booked"

    ended = await crowd(attempt)
    assert set(ended) <= {"booked", "slot_taken", "client_busy"}
    assert ended["booked"] == await kept(database) >= 9
    assert await overlaps(database) == 0


async def test_a_limit_of_one_a_day_lets_one_through(region: Region) -> None:
    async with region.database.write() as tx:
        await calendars.set_limits(tx, region.specialists[0], version=3, limits=Limits(0, 30, 30, 1))

    async def attempt(number: int) -> str:
        starts = wall("09:00") + timedelta(hours=number % 4)
        try:
            await region.database.written(lambda tx: region.book(tx, 0, number % 6, starts))
        except BookingRefused as refusal:
            return refusal.code
        return "booked"

    ended = await crowd(attempt, AT_ONCE)
    assert ended["booked"] == 1
    assert set(ended) <= {"booked", "day_full", "slot_taken"}


async def test_moving_and_cancelling_at_the_same_time_ends_one_way(region: Region) -> None:
    async with region.database.write() as tx:
        booked = [(await region.book(tx, 0, number, wall("09:00") + timedelta(hours=number))).id for number in range(3)]

    async def attempt(number: int) -> str:
        chosen = booked[number % 3]
        more: dict[str, Any] = {"version": 1, "now": NOW}

        async def work(tx: Tx) -> str:
            if number % 2:
                await bookings.cancel(tx, region.coordinator, chosen, reason="office", **more)
                return "cancelled"
            starts = wall("09:30") + timedelta(hours=number % 3)
            await bookings.move(tx, region.coordinator, chosen, starts=starts, specialist=region.specialists[1], **more)
            return "moved"

        try:
            return await region.database.written(work)
        except (BookingRefused, VersionMoved, NotOpen) as refusal:
            return refusal.code

    ended = await crowd(attempt, AT_ONCE)
    assert ended["moved"] + ended["cancelled"] == 3
    assert await overlaps(region.database) == 0
    async with region.database.read() as tx:
        histories = [[line.what for line, _ in await bookings.history(tx, number)] for number in booked]
    assert all(history in (["booked", "moved"], ["booked", "cancelled"]) for history in histories)


# --- by the database itself -------------------------------------------------------------------------------------------
async def raw(tx: Tx, region: Region, specialist: int, client: int, room: int, starts: datetime) -> None:
    """Rows written past all rules."""
    claim = Claim(
        starts,
        starts + timedelta(minutes=40),
        before=timedelta(minutes=5),
        after=timedelta(minutes=10),
        specialist=region.specialists[specialist],
        clients=[region.clients[client]],
        resources=[room],
    )
    await tx.execute(insert(Occupancy), claim.rows())


@pytest.mark.parametrize(
    ("specialist", "client", "room", "minutes", "guard"),
    [
        (0, 1, 1, 0, SPECIALIST_ONCE),
        (0, 1, 1, 54, SPECIALIST_ONCE),
        (0, 1, 1, -54, SPECIALIST_ONCE),
        (0, 1, 1, 55, None),
        (0, 1, 1, -55, None),
        (1, 0, 1, 0, CLIENT_ONCE),
        (1, 0, 1, 39, CLIENT_ONCE),
        (1, 0, 1, 40, None),
        (1, 1, 0, -39, RESOURCE_ONCE),
        (1, 1, 0, -40, None),
        (1, 1, 1, 0, None),
    ],
)
async def test_the_table_takes_no_second_row_for_one_time(
    region: Region, specialist: int, client: int, room: int, minutes: int, guard: str | None
) -> None:
    async with region.database.write() as tx:
        await raw(tx, region, 0, 0, 0, wall("10:00"))
        if guard is None:
            await raw(tx, region, specialist, client, room, wall("10:00") + timedelta(minutes=minutes))
            return
        with pytest.raises(IntegrityError, match=guard):
            await raw(tx, region, specialist, client, room, wall("10:00") + timedelta(minutes=minutes))
        await tx.rollback()


async def test_the_table_lets_no_row_be_changed_into_an_overlap(region: Region) -> None:
    changes: tuple[dict[str, Any], ...] = ({"who": region.specialists[0]}, {"since": slots.minute(wall("09:30"))})
    async with region.database.write() as tx:
        await raw(tx, region, 0, 0, 0, wall("10:00"))
        await raw(tx, region, 1, 1, 1, wall("10:10"))
        await raw(tx, region, 1, 2, 2, wall("09:00"))
    for change in changes:
        async with region.database.write() as tx:
            later = (Occupancy.kind == "specialist", Occupancy.starts == slots.minute(wall("10:10")))
            with pytest.raises(IntegrityError, match=SPECIALIST_ONCE):
                await tx.execute(update(Occupancy).where(*later).values(**change))
            await tx.rollback()
    assert await overlaps(region.database) == 0


async def test_a_crowd_that_writes_past_the_rules_overlaps_nowhere(region: Region) -> None:
    chance = random.Random(3)
    wishes = [
        (*(chance.randrange(each) for each in (3, 6, 4)), wall("09:00") + timedelta(minutes=chance.randrange(240)))
        for _ in range(ATTEMPTS)
    ]

    async def attempt(number: int) -> str:
        try:
            async with region.database.write() as tx:
                await raw(tx, region, *wishes[number])  # type: ignore[arg-type]  # three numbers and an instant
        except DBAPIError:  # a guard, or PostgreSQL's own way out when two guards wait for each other
            return "refused"
        return "written"

    ended = await crowd(attempt)
    assert ended["written"] >= 6
    assert await overlaps(region.database) == 0


# --- at the HTTP edge -------------------------------------------------------------------------------------------------
async def test_every_loser_gets_three_other_times(serve: Serve, engine: Engine) -> None:
    server = await serve(engine)
    chance = random.Random(4)
    async with signed_in(server.address, "coordinator") as desk:
        clients = [(await desk.register(f"Получатель {number}"))["id"] for number in range(AT_ONCE)]
        free = (await desk.slots({"limit": 12, "days": 30}))[:12]
        answers: list[Answer] = []

        async def attempt(number: int) -> str:
            answer = await desk.book(clients[number % AT_ONCE], chance.choice(free))
            answers.append(answer)
            return str(answer.status)

        ended = await crowd(attempt)
        assert set(ended) == {"201", "409"}
        assert ended["201"] + ended["409"] == ATTEMPTS
        lost = [answer.body for answer in answers if answer.status == 409]
        assert {body["code"] for body in lost} <= {"slot_taken", "client_busy"}
        assert all(len(body["alternatives"]) == 3 for body in lost)
        won = [answer.body["booking"] for answer in answers if answer.status == 201]
        assert len({(one["specialist"]["id"], one["starts"]) for one in won}) == len(won)
        offered = lost[-1]["alternatives"][0]
        assert (await desk.book((await desk.register("Поздний гость"))["id"], offered)).status == 201
    database = Database(server.database_url)
    assert await overlaps(database) == 0
    await database.close()
