"""Courses: looked over with what is in the way, accepted all or none, moved and cancelled from one of them on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling import bookings, calendars, occupancy, series
from scheduling.access import Actor
from scheduling.errors import InvalidInput, NotFound, SeriesRefused, VersionMoved
from scheduling.finding import Warm
from scheduling.resources import Resource
from scheduling.series import Course, Preview, Scope, Wanted
from scheduling.slots import Limits
from scheduling.standards import ServiceStandard
from tests.scheduling.region import MONDAY, NOW, ZONE, Region, office_hours, wall

TUESDAYS = "FREQ=WEEKLY;BYDAY=TU"
FIRST = MONDAY + timedelta(days=1)


def course(region: Region, **more: Any) -> Course:
    facts: dict[str, Any] = {"rrule": TUESDAYS, "first_day": MONDAY, "start_min": 600, "times": 4}
    whose = {"client": region.clients[0], "specialist": region.specialists[0], "service": "1739"}
    return Course(**{**facts, **whose, **more})


async def preview(
    region: Region, *, chosen: Sequence[Wanted] = (), others: bool = False, actor: Actor | None = None, **more: Any
) -> Preview:
    """`others`: with those who could stand in."""
    async with region.database.read() as tx:
        look = await Warm().look(tx, now=NOW) if others else None
        who = actor or region.coordinator
        return await series.preview(tx, who, course(region, **more), now=NOW, chosen=chosen, look=look)


async def accepted(region: Region, times: Sequence[tuple[date, datetime]] | None = None) -> int:
    times = times or [(each.day, each.starts) for each in (await preview(region)).sessions]
    wanted = [Wanted(day, starts, region.specialists[0]) for day, starts in times]
    async with region.database.write() as tx:
        made, _ = await series.accept(tx, region.coordinator, course(region), wanted, now=NOW)
        return made.id


async def stand(region: Region, number: int) -> list[str]:
    """The open sessions of a series: «24.11 10:00»."""
    async with region.database.read() as tx:
        _, own = await series.series(tx, region.coordinator, number)
        return [said(each.starts) for each in own if each.status == "booked"]


def said(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(ZONE)):%d.%m %H:%M}"


async def test_a_course_without_anything_in_the_way(region: Region) -> None:
    found = await preview(region)
    assert [said(each.starts) for each in found.sessions] == [
        "24.11 10:00",
        "01.12 10:00",
        "08.12 10:00",
        "15.12 10:00",
    ]
    assert (found.fits, found.zone, {each.reason for each in found.sessions}) == (True, ZONE, {None})


async def test_what_is_in_the_way_is_named_with_the_nearest_time(region: Region) -> None:
    async with region.database.write() as tx:
        await region.book(tx, 0, 1, wall("10:00", FIRST))
        await region.book(tx, 1, 0, wall("10:00", FIRST + timedelta(days=7)))
        await calendars.add_holiday(tx, day=FIRST + timedelta(days=14), name="День района")
    found = await preview(region)
    assert [(each.reason, each.instead and said(each.instead)) for each in found.sessions] == [
        ("slot_taken", "24.11 09:00"),
        ("client_busy", "01.12 09:00"),
        ("holiday", "09.12 10:00"),
        (None, None),
    ]
    assert found.fits


async def test_two_sessions_of_a_course_do_not_take_one_time(region: Region) -> None:
    async with region.database.write() as tx:
        await calendars.set_hours(
            tx, region.specialists[0], version=3, hours=office_hours(9, 10)[:2], known_services=("1739",)
        )
    found = await preview(region, rrule="FREQ=DAILY", first_day=MONDAY, start_min=540, times=4)
    taken = [each.starts if each.reason is None else each.instead for each in found.sessions]
    assert [at and said(at) for at in taken] == ["23.11 09:00", "24.11 09:00", "30.11 09:00", "01.12 09:00"]


async def test_what_would_be_too_late_is_warned_of(region: Region) -> None:
    found = await preview(region, before=date(2026, 12, 7))
    assert [each.late for each in found.sessions] == [False, False, True, True]


async def test_beyond_the_horizon_nothing_is_offered_and_it_does_not_fit(region: Region) -> None:
    found = await preview(region, times=8)
    assert [each.reason for each in found.sessions[5:]] == ["beyond_horizon"] * 3
    assert not found.fits


@pytest.mark.parametrize(
    ("periodicity", "too_often"),
    [
        ([{"times": 1, "per": "month"}], True),
        ([{"times": 3, "per": "month"}], False),
        ([{"times": 1, "per": "week"}], False),
        ([{"times": 1, "per": "month"}, {"days": 10, "per": "year"}], False),
        ([{"times": 3, "per": "year"}, {"days": 3, "per": "year"}], True),
        (None, False),
    ],
)
async def test_more_often_than_the_standard_allows_is_said(
    region: Region, periodicity: list[dict[str, Any]] | None, too_often: bool
) -> None:
    async with region.database.write() as tx:
        (await tx.get_one(ServiceStandard, 1)).periodicity = periodicity
    assert (await preview(region)).too_often is too_often


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"times": 1}, "times course_length"),
        ({"times": 10_000}, "times course_length"),
        ({"start_min": 1440}, "start out_of_range"),
        ({"rrule": "FREQ=SECONDLY"}, "rrule not_supported"),
        ({"rrule": "FREQ=DAILY;UNTIL=20261124", "times": 5}, "times too_few_days"),
    ],
)
async def test_an_absurd_course_is_refused(region: Region, asked: dict[str, Any], wrong: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await preview(region, **asked)
    assert [f"{error.field} {error.code}" for error in refusal.value.errors] == [wrong]


async def test_all_of_it_is_booked_or_nothing(region: Region) -> None:
    wanted = [(each.day, each.starts) for each in (await preview(region)).sessions]
    async with region.database.write() as tx:
        await region.book(tx, 0, 1, wall("10:00", FIRST + timedelta(days=7)))
    with pytest.raises(SeriesRefused) as refusal:
        await accepted(region, wanted)
    assert [(each["day"], each["code"]) for each in refusal.value.sessions] == [("2026-12-01", "slot_taken")]
    async with region.database.read() as tx:
        own = await bookings.of_client(tx, region.coordinator, region.clients[0])
        taken = await occupancy.taken(tx, "client", [region.clients[0]], since=NOW, until=wall("00:00"), now=NOW)
    assert (own, taken) == ([], {})
    wanted[1] = (wanted[1][0], wall("11:00", FIRST + timedelta(days=7)))
    number = await accepted(region, wanted)
    assert await stand(region, number) == ["24.11 10:00", "01.12 11:00", "08.12 10:00", "15.12 10:00"]


async def moved(region: Region, number: int, scope: Scope, *, at: int = 1, version: int = 1, days: int = 0) -> None:
    async with region.database.write() as tx:
        _, own = await series.series(tx, region.coordinator, number)
        await series.move(
            tx,
            region.coordinator,
            number,
            version=version,
            now=NOW,
            since=own[at].id,
            scope=scope,
            days=days,
            start_min=660,
        )


@pytest.mark.parametrize(
    ("scope", "days", "left"),
    [
        ("one", 1, ["24.11 10:00", "02.12 11:00", "08.12 10:00", "15.12 10:00"]),
        ("following", 1, ["24.11 10:00", "02.12 11:00", "09.12 11:00", "16.12 11:00"]),
        ("all", 7, ["01.12 11:00", "08.12 11:00", "15.12 11:00", "22.12 11:00"]),
    ],
)
async def test_one_or_these_and_following_or_all_are_moved(
    region: Region, scope: Scope, days: int, left: list[str]
) -> None:
    number = await accepted(region)
    await moved(region, number, scope, days=days)
    assert await stand(region, number) == left


async def test_a_move_that_one_session_cannot_follow_moves_none(region: Region) -> None:
    number = await accepted(region)
    async with region.database.write() as tx:
        await region.book(tx, 0, 1, wall("11:00", FIRST + timedelta(days=14)))
    with pytest.raises(SeriesRefused) as refusal:
        await moved(region, number, "all")
    assert [(each["day"], each["code"]) for each in refusal.value.sessions] == [("2026-12-08", "slot_taken")]
    assert await stand(region, number) == ["24.11 10:00", "01.12 10:00", "08.12 10:00", "15.12 10:00"]


async def test_the_rest_of_a_course_is_cancelled_and_its_time_is_free(region: Region) -> None:
    number = await accepted(region)
    async with region.database.write() as tx:
        _, own = await series.series(tx, region.coordinator, number)
        await series.cancel(
            tx,
            region.coordinator,
            number,
            version=1,
            now=NOW,
            since=own[2].id,
            scope="following",
            reason="client_asked",
        )
        await region.book(tx, 0, 1, wall("10:00", FIRST + timedelta(days=14)))
    assert await stand(region, number) == ["24.11 10:00", "01.12 10:00"]


async def test_two_who_move_one_course_do_not_undo_each_other(region: Region) -> None:
    number = await accepted(region)
    await moved(region, number, "all")
    with pytest.raises(VersionMoved):
        await moved(region, number, "all", days=1)


async def test_a_course_is_seen_by_those_who_see_its_bookings(region: Region) -> None:
    number = await accepted(region)
    stranger = replace(region.psychologist, specialist_id=region.specialists[1])
    async with region.database.read() as tx:
        assert len((await series.series(tx, region.psychologist, number))[1]) == 4
        with pytest.raises(NotFound):
            await series.series(tx, stranger, number)


async def test_a_limit_a_day_counts_the_sessions_of_the_course_too(region: Region) -> None:
    async with region.database.write() as tx:
        await calendars.set_limits(tx, region.specialists[0], version=3, limits=Limits(60, 30, 30, max_per_week=2))
    found = await preview(region, rrule="FREQ=DAILY", times=3)
    assert [each.reason for each in found.sessions] == [None, None, "week_full"]


def proposed(found: Preview) -> list[tuple[str | None, str | None]]:
    return [(each.reason, said(each.instead) if each.instead else None) for each in found.sessions]


async def away(region: Region, since: datetime, until: datetime) -> None:
    async with region.database.write() as tx:
        await calendars.add_absence(tx, region.specialists[0], starts=since, ends=until, kind="sick", now=NOW)


async def test_somebody_else_stands_in_where_the_same_specialist_has_nothing_near(region: Region) -> None:
    await away(region, wall("00:00", FIRST), wall("00:00", FIRST + timedelta(days=13)))
    alone = await preview(region, times=2)
    assert proposed(alone) == [("absent", None), ("absent", "07.12 10:00")]
    assert not alone.fits
    found = await preview(region, times=2, others=True)
    assert found.fits
    assert proposed(found) == [("absent", "24.11 10:00"), ("absent", "07.12 10:00")]
    assert [each.by and each.by.id in region.specialists[1:] for each in found.sessions] == [True, None]


async def test_a_specialist_is_offered_nobody_else_for_a_course_of_her_own(region: Region) -> None:
    async with region.database.write() as tx:
        await region.book(tx, 0, 0, wall("09:00", FIRST))
    await away(region, wall("00:00", FIRST), wall("00:00", FIRST + timedelta(days=14)))
    found = await preview(region, times=2, others=True, actor=region.psychologist)
    assert [each.by for each in found.sessions] == [None, None]


async def test_who_stands_in_is_not_given_two_sessions_at_once(region: Region) -> None:
    await away(region, wall("00:00", FIRST), wall("00:00", FIRST + timedelta(days=20)))
    found = await preview(region, rrule="FREQ=DAILY", first_day=FIRST, times=3, others=True)
    taken = [each.instead for each in found.sessions if each.instead]
    assert len({*taken}) == 3
    wanted = [Wanted(each.day, each.instead, each.by.id) for each in found.sessions if each.instead and each.by]
    async with region.database.write() as tx:
        asked = course(region, rrule="FREQ=DAILY", first_day=FIRST, times=3)
        _, booked = await series.accept(tx, region.coordinator, asked, wanted, now=NOW)
        assert {each.specialist_id for each in booked} == {each.specialist for each in wanted}


async def test_what_falls_out_of_a_course_of_days_is_put_behind_it(region: Region) -> None:
    """Not before it, and not upon the day of another session."""
    async with region.database.write() as tx:
        await calendars.add_holiday(tx, day=MONDAY + timedelta(days=2), name="День района")
        await region.book(tx, 0, 1, wall("10:00", MONDAY + timedelta(days=3)))
    found = await preview(region, rrule="FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", times=10)
    assert [each for each in proposed(found) if each[0]] == [("holiday", "07.12 10:00"), ("slot_taken", "26.11 09:00")]


async def test_nothing_is_proposed_before_the_first_day(region: Region) -> None:
    async with region.database.write() as tx:
        for clock in ("09:00", "10:00", "11:00", "12:00"):
            await region.book(tx, 0, 1, wall(clock, FIRST))
    found = await preview(region, times=2)
    assert proposed(found)[0] == ("slot_taken", "25.11 10:00")


async def test_rooms_and_companions_of_a_course_are_taken_for_each_session(region: Region) -> None:
    async with region.database.write() as tx:
        place = Resource(kind="room", name="Комната", languages=[], district_id=None)
        tx.add(place)
        await tx.flush()
        await bookings.book(
            tx,
            region.coordinator,
            now=NOW,
            client=region.clients[3],
            specialist=region.specialists[1],
            service="1739",
            starts=wall("10:00", FIRST),
            with_clients=[region.clients[2]],
            with_resources=[place.id],
        )
    beside: dict[str, Any] = {"with_clients": (region.clients[2],), "with_resources": (place.id,), "times": 2}
    found = await preview(region, **beside)
    assert [(each.reason, each.of) for each in found.sessions] == [("client_busy", ("Получатель 2",)), (None, ())]
    wanted = [Wanted(each.day, each.instead or each.starts, each.specialist) for each in found.sessions]
    async with region.database.write() as tx:
        _, booked = await series.accept(tx, region.coordinator, course(region, **beside), wanted, now=NOW)
        others = await bookings.participants(tx, [each.id for each in booked])
    assert [[one.role for one in each] for each in others.values()] == [["companion", "room"]] * 2
    taken = await preview(region, client=region.clients[1], with_resources=(place.id,), times=2)
    assert [each.reason for each in taken.sessions] == ["resource_busy", "slot_taken"]


async def test_a_lost_race_leaves_the_others_as_they_were_chosen(region: Region) -> None:
    """What was accepted is looked over again as it stands: one is gone, the rest is still to be had."""
    first = await preview(region)
    chosen = [Wanted(each.day, each.starts, each.specialist) for each in first.sessions]
    chosen[2] = replace(chosen[2], starts=wall("12:00", FIRST + timedelta(days=14)))
    async with region.database.write() as tx:
        await region.book(tx, 0, 1, wall("10:00", FIRST + timedelta(days=7)))
    found = await preview(region, chosen=chosen)
    assert [(said(each.starts), each.reason) for each in found.sessions] == [
        ("24.11 10:00", None),
        ("01.12 10:00", "slot_taken"),
        ("08.12 12:00", None),
        ("15.12 10:00", None),
    ]


async def test_days_that_the_rule_does_not_know_are_not_booked(region: Region) -> None:
    wanted = [(FIRST, wall("10:00", FIRST)), (MONDAY, wall("10:00", FIRST + timedelta(days=7)))]
    with pytest.raises(InvalidInput):
        await accepted(region, wanted)


async def test_a_move_is_looked_over_with_what_is_near_and_what_may_stay(region: Region) -> None:
    number = await accepted(region)
    async with region.database.write() as tx:
        await region.book(tx, 0, 1, wall("11:00", FIRST + timedelta(days=14)))
    async with region.database.read() as tx:
        kept, own = await series.series(tx, region.coordinator, number)
        moving, found = await series.plan_move(
            tx, region.coordinator, number, now=NOW, since=own[1].id, days=0, start_min=660, scope="following"
        )
    assert [each.id for each in moving] == [each.id for each in own[1:]]
    assert proposed(found) == [(None, None), ("slot_taken", "08.12 10:00"), (None, None)]
    instead = {own[2].id: (own[2].starts, own[2].specialist_id)}
    async with region.database.write() as tx:
        changed = await series.move(
            tx,
            region.coordinator,
            number,
            version=series.seen(kept, own),
            now=NOW,
            since=own[1].id,
            days=0,
            start_min=660,
            scope="following",
            instead=instead,
        )
    assert [each.id for each in changed] == [own[1].id, own[3].id], "what stays is not touched"
    assert await stand(region, number) == ["24.11 10:00", "01.12 11:00", "08.12 10:00", "15.12 11:00"]


async def test_whoever_moves_a_course_has_seen_each_of_its_sessions(region: Region) -> None:
    """One of them was moved alone meanwhile: the course is not moved over it."""
    number = await accepted(region)
    async with region.database.write() as tx:
        _, own = await series.series(tx, region.coordinator, number)
        await bookings.move(
            tx,
            region.coordinator,
            own[2].id,
            version=1,
            now=NOW,
            starts=wall("12:00", own[2].series_day or FIRST),
            specialist=None,
        )
    with pytest.raises(VersionMoved):
        await moved(region, number, "all")
    await moved(region, number, "all", version=2)
