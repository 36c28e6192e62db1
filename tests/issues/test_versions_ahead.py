"""A standard changes next Monday: what is offered, held and booked takes as long as the version of its own day says."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling import bookings, calendars, finding, holds, series
from scheduling.calendars import WeeklyHours
from scheduling.db import Tx
from scheduling.errors import NotFound
from scheduling.finding import Found, Slot, Span, Warm, Wish
from scheduling.series import Course, Preview, Wanted
from scheduling.standards import ServiceStandard
from tests.issues.edge import Edge, stamp
from tests.scheduling.region import MONDAY, NOW, ZONE, Region, wall

NEXT = MONDAY + timedelta(days=7)
FRIDAY, SUNDAY, NEXT_TUESDAY = NEXT - timedelta(days=3), NEXT - timedelta(days=1), NEXT + timedelta(days=1)
ANNA, YULIA = 0, 3


async def publish(region: Region, minutes: int = 60, since: date = NEXT, districts: list[int] | None = None) -> None:
    """Another version of 1739, with ten minutes after it as before."""
    async with region.database.write() as tx:
        facts = {"code": "1739", "version": 2, "valid_from": since, "duration_min": minutes, "buffer_min": 10}
        same = {"name": "Услуга 1739", "kind": "socio_psychological", "form": "at_home", "modes": ["video", "phone"]}
        tx.add(ServiceStandard(**facts, **same, price_kopecks=47429, districts=districts))


async def find(region: Region, *, first: date = MONDAY, days: int = 14, who: int | None = ANNA, **more: Any) -> Found:
    how: dict[str, Any] = {name: more.pop(name) for name in ("by", "limit", "weeks") if name in more}
    whom = frozenset[int]() if who is None else frozenset({region.specialists[who]})
    async with region.database.read() as tx:
        look = await Warm().look(tx, now=NOW)
        wish = Wish("1739", specialists=whom, **more)
        return await finding.find(look, wish, Span(ZONE, first, days), **({"limit": 200} | how))


async def away(region: Region, day: date, since: str, until: str, who: int = ANNA) -> None:
    async with region.database.write() as tx:
        whom = region.specialists[who]
        at = {"starts": wall(since, day), "ends": wall(until, day)}
        await calendars.add_absence(tx, whom, **at, kind="other", now=NOW)


def said(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(ZONE)):%d.%m %H:%M}"


def told(items: list[Slot]) -> list[str]:
    """«30.11 09:00 60»: when, and how many minutes."""
    return [f"{said(each.starts)} {(each.ends - each.starts) // timedelta(minutes=1)}" for each in items]


async def test_each_start_takes_as_long_as_on_its_own_day(region: Region) -> None:
    await publish(region)
    found = await find(region, by="day")
    week = [f"{day}.11 09:00 40" for day in range(23, 28)]
    assert told(found.items) == [*week, "30.11 09:00 60", *(f"0{day}.12 09:00 60" for day in range(1, 5))]


async def test_what_is_offered_can_be_held_and_booked_just_so(region: Region) -> None:
    await publish(region)
    await away(region, NEXT, "09:50", "11:00")  # fifty minutes before it: room for forty and ten, not for sixty
    offered = (await find(region, first=SUNDAY - timedelta(days=2), days=6)).items
    assert "30.11 09:00 60" not in told(offered)
    assert {each.starts.astimezone(ZoneInfo(ZONE)).date() for each in offered} >= {FRIDAY, NEXT, NEXT_TUESDAY}

    async def ends(tx: Tx, each: Slot) -> list[datetime]:
        whom: dict[str, Any] = {"specialist": region.specialists[ANNA], "service": "1739", "starts": each.starts}
        held = await holds.hold(tx, region.coordinator, now=NOW, **whom)
        made = await bookings.book(tx, region.coordinator, now=NOW, client=region.clients[0], hold=held.id, **whom)
        return [held.ends, made.ends]

    async with region.database.write() as tx:
        for each in offered:
            tried = await tx.begin_nested()
            assert await ends(tx, each) == [each.ends, each.ends]
            await tried.rollback()


async def test_a_shorter_version_finds_the_times_that_are_really_free(region: Region) -> None:
    await publish(region, minutes=20)
    await away(region, NEXT, "09:30", "13:00")
    assert told((await find(region, first=NEXT, days=1)).items) == ["30.11 09:00 20"]
    assert told((await find(region, first=SUNDAY, days=2, limit=1)).items) == ["30.11 09:00 20"]


async def test_a_service_that_begins_on_monday_is_found_from_monday_on(region: Region) -> None:
    async with region.database.write() as tx:
        (await tx.get_one(ServiceStandard, 1)).valid_from = NEXT
    assert told((await find(region, limit=1)).items) == ["30.11 09:00 40"]
    assert told((await find(region, by="specialist", who=None)).items)[0] == "30.11 09:00 40"
    with pytest.raises(NotFound):
        await find(region, days=7)


async def test_a_version_of_another_district_changes_nothing_here(region: Region) -> None:
    await publish(region, districts=[2])
    for district, minutes in ((1, 40), (2, 60)):
        found = await find(region, first=NEXT, days=1, limit=1, district=district)
        assert told(found.items) == [f"30.11 09:00 {minutes}"]


async def test_the_day_is_that_of_each_specialist(region: Region) -> None:
    await publish(region)
    async with region.database.write() as tx:
        for who, weekday, hour in ((ANNA, 0, 0), (YULIA, 6, 23)):  # the same hour in Novosibirsk and in Omsk
            hours = [WeeklyHours(weekday, hour * 60, (hour + 1) * 60)]
            await calendars.set_hours(tx, region.specialists[who], version=3, hours=hours, known_services=())
    both = [region.specialists[ANNA], region.specialists[YULIA]]
    found = await find(region, first=SUNDAY, days=2, who=None)
    hers = {each.specialist.name: told([each]) for each in found.items if each.specialist.id in both}
    assert hers == {"Анна": ["30.11 00:00 60"], "Юлия": ["30.11 00:00 40"]}
    early = await find(region, first=SUNDAY, days=2, who=None, part=(0, 45))
    assert [each.specialist.name for each in early.items] == ["Юлия"]


async def test_an_hour_for_weeks_is_free_in_each_of_them_for_as_long_as_it_takes_then(region: Region) -> None:
    await publish(region)
    await away(region, NEXT_TUESDAY, "09:45", "12:00")
    (course,) = (await find(region, by="course", weeks=2, weekdays=frozenset({1}))).items
    assert (told([course]), [said(each) for each in course.then]) == (["24.11 12:00 40"], ["01.12 12:00"])


async def test_where_nothing_is_free_the_reason_and_what_is_near_are_those_of_the_day(region: Region) -> None:
    await publish(region)
    await away(region, NEXT, "09:45", "13:00")
    found = await find(region, first=NEXT, days=1)
    assert (found.items, found.none_because) == ([], "absent")
    assert told(found.nearest) == ["01.12 09:00 60", "01.12 09:30 60", "01.12 10:00 60"]
    await away(region, FRIDAY, "09:00", "12:20")
    found = await find(region, first=FRIDAY, days=2, part=(600, 660))
    assert (found.none_because, told(found.nearest)[:1]) == ("absent", ["01.12 09:00 60"])


async def test_other_times_for_a_refused_one_are_as_long_as_on_their_days(region: Region) -> None:
    await publish(region)
    await away(region, NEXT, "09:45", "13:00")
    await away(region, NEXT_TUESDAY, "09:00", "13:00")
    async with region.database.read() as tx:
        seen = await Warm().look(tx, now=NOW)
        whom: dict[str, Any] = {"specialist": region.specialists[ANNA], "client": None, "service": "1739"}
        found = await finding.alternatives(seen, region.psychologist, starts=wall("09:00", NEXT), **whom)
    assert told(found) == ["02.12 09:00 60", "02.12 09:30 60", "02.12 10:00 60"]
    async with region.database.read() as tx:
        seen = await Warm().look(tx, now=NOW)
        found = await finding.alternatives(seen, region.psychologist, starts=wall("12:00", SUNDAY), **whom)
    assert told(found) == ["27.11 12:00 40", "27.11 11:30 40", "27.11 11:00 40"]


# --- courses ----------------------------------------------------------------------------------------------------------
def course(region: Region, **more: Any) -> Course:
    facts: dict[str, Any] = {"rrule": "FREQ=WEEKLY;BYDAY=TU", "first_day": MONDAY, "start_min": 600, "times": 3}
    whose = {"client": region.clients[0], "specialist": region.specialists[ANNA], "service": "1739"}
    return Course(**{**facts, **whose, **more})


async def preview(region: Region, *, others: bool = False, **more: Any) -> Preview:
    async with region.database.read() as tx:
        look = await Warm().look(tx, now=NOW) if others else None
        return await series.preview(tx, region.coordinator, course(region, **more), now=NOW, look=look)


async def accepted(region: Region, found: Preview, **more: Any) -> tuple[int, list[Any]]:
    times = [
        Wanted(each.day, each.instead or each.starts, each.by.id if each.by else each.specialist)
        for each in found.sessions
    ]
    async with region.database.write() as tx:
        made, booked = await series.accept(tx, region.coordinator, course(region, **more), times, now=NOW)
        return made.id, booked


def lengths(booked: list[Any]) -> list[str]:
    return [f"{said(each.starts)} {(each.ends - each.starts) // timedelta(minutes=1)}" for each in booked]


async def test_a_course_over_the_change_is_accepted_as_it_was_shown(region: Region) -> None:
    await publish(region)
    await away(region, NEXT_TUESDAY, "10:50", "13:00")
    found = await preview(region)
    assert [(said(each.starts), each.reason) for each in found.sessions] == [
        ("24.11 10:00", None),
        ("01.12 10:00", "absent"),
        ("08.12 10:00", None),
    ]
    assert found.sessions[1].instead == wall("09:30", NEXT_TUESDAY)
    _, booked = await accepted(region, found)
    assert lengths(booked) == ["24.11 10:00 40", "01.12 09:30 60", "08.12 10:00 60"]


async def test_who_stands_in_has_as_much_time_as_it_takes_then(region: Region) -> None:
    await publish(region)
    for day in range(-6, 8):  # whoever would look six days around it
        await away(region, NEXT_TUESDAY + timedelta(days=day), "09:00", "13:00")
    for who in (1, 2, YULIA):
        await away(region, NEXT_TUESDAY, "10:50", "14:00", who)
    found = await preview(region, others=True, first_day=NEXT - timedelta(days=6), times=2, start_min=600)
    assert [each.reason for each in found.sessions] == [None, "absent"]
    instead = found.sessions[1]
    assert (instead.by is not None, instead.instead) == (True, wall("09:30", NEXT_TUESDAY))
    _, booked = await accepted(region, found, first_day=NEXT - timedelta(days=6), times=2)
    assert lengths(booked) == ["24.11 10:00 40", "01.12 09:30 60"]


async def test_a_course_needs_its_service_only_from_its_first_session_on(region: Region) -> None:
    async with region.database.write() as tx:
        (await tx.get_one(ServiceStandard, 1)).valid_from = NEXT_TUESDAY
    with pytest.raises(NotFound):
        await preview(region)
    found = await preview(region, first_day=SUNDAY)
    _, booked = await accepted(region, found, first_day=SUNDAY)
    assert lengths(booked)[0] == "01.12 10:00 40"


async def test_how_often_is_held_against_the_version_of_each_day(region: Region) -> None:
    async with region.database.write() as tx:
        (await tx.get_one(ServiceStandard, 1)).periodicity = [{"times": 1, "per": "year"}]
    await publish(region)
    found = await preview(region)
    assert (found.too_often, [(each.way.times, each.before, each.after) for each in found.norm]) == (
        True,
        [(1, 0, 3)],
    )
    async with region.database.write() as tx:
        (await tx.get_one(ServiceStandard, 1)).periodicity = None
        (await tx.get_one(ServiceStandard, 3)).periodicity = [{"times": 2, "per": "month"}]
    found = await preview(region)
    assert (found.too_often, [(each.since, each.after) for each in found.norm]) == (False, [(date(2026, 12, 1), 2)])


async def test_a_session_that_moves_keeps_the_length_it_was_promised_with(region: Region) -> None:
    await publish(region)
    number, booked = await accepted(region, await preview(region))
    assert lengths(booked) == ["24.11 10:00 40", "01.12 10:00 60", "08.12 10:00 60"]
    for day in (24, 31):
        await away(
            region, MONDAY + timedelta(days=day - 22), "09:50", "13:00"
        )  # the 25th of November, the 2nd of December
    async with region.database.read() as tx:
        _, found = await series.plan_move(
            tx, region.coordinator, number, now=NOW, since=booked[0].id, days=1, start_min=540, scope="all"
        )
    assert [each.reason for each in found.sessions] == [None, "absent", None]


# --- over HTTP --------------------------------------------------------------------------------------------------------
async def test_the_desk_and_the_board_say_how_long_each_takes(edge: Edge, region: Region) -> None:
    await publish(region)
    await away(region, NEXT, "09:45", "13:00")
    desk, anna = await edge.person("desk"), region.specialists[ANNA]
    found = (await desk.ok("GET", f"/slots?service=1739&specialist={anna}&by=day&days=9"))["items"]
    spans = [datetime.fromisoformat(each["ends"]) - datetime.fromisoformat(each["starts"]) for each in found]
    assert [span // timedelta(minutes=1) for span in spans] == [40] * 5 + [60]
    for first, last, minutes in ((MONDAY, MONDAY, 40), (NEXT, NEXT, 60), (FRIDAY, NEXT_TUESDAY, 60)):
        asked = f"/calendars?service=1739&specialist={anna}&from={first}&until={last}"
        board = await desk.ok("GET", asked)
        assert board["duration_min"] == minutes
    free = board["items"][0]["free"]
    assert stamp(wall("12:00", FRIDAY)) in free
    assert stamp(wall("09:00", NEXT)) not in free
    assert stamp(wall("09:00", NEXT_TUESDAY)) in free
    nothing = await desk.ok("GET", f"/calendars?service=1739&specialist={anna}&from={NEXT}")
    assert nothing["items"][0]["next_free"] == stamp(wall("09:00", NEXT_TUESDAY))


async def test_who_is_refused_is_offered_times_that_can_be_had(edge: Edge, region: Region) -> None:
    await publish(region)
    for day in range(1, 5):
        await away(region, MONDAY + timedelta(days=day), "09:00", "13:00")
    await away(region, NEXT, "09:45", "13:00")
    anna = await edge.person("anna")
    wanted = {"specialist": region.specialists[ANNA], "service": "1739", "starts": stamp(wall("12:00", FRIDAY))}
    status, refused = await anna.ask("POST", "/holds", wanted)
    starts = [each["starts"] for each in refused["alternatives"]]
    assert (status, starts) == (409, [stamp(wall(clock, NEXT_TUESDAY)) for clock in ("09:00", "09:30", "10:00")])
