"""Holidays and moved working days: what went wrong in other products, and what holds here."""

from datetime import date, timedelta

import pytest

from scheduling import calendars, finding, series
from scheduling.calendars import Holiday
from scheduling.calendars.plan import Special
from scheduling.calendars.production import Day, Move, year
from scheduling.errors import BookingRefused, SeriesRefused
from scheduling.finding import Span, Warm, Wish
from scheduling.series import Wanted
from tests.issues.edge import Edge, stamp
from tests.issues.office import office
from tests.issues.office import works as writes
from tests.issues.wall import calendar, clocks, override, works
from tests.scheduling.region import Region

ZONE = "Asia/Novosibirsk"
NOW = "2026-11-23 07:30"
MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
WEEK = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


def special(days: list[Day]) -> list[Special]:
    return [Special(each.day, each.kind, each.like) for each in days]


async def set_year(region: Region, number: int, *moves: Move) -> None:
    async with region.database.write() as tx:
        await calendars.set_year(tx, number, year(number, moves))


DECREE = Move(date(2026, 12, 26), date(2027, 1, 11))


async def test_a_saturday_worked_for_a_day_of_the_next_year_is_worked_with_one_year_loaded(region: Region) -> None:
    """vacanza/holidays#2196: the rest of Saturday 28 December 1996 was taken on 2 January 1997, and asked for 1996
    alone the Saturday was said to be free."""
    opened = await office(region, ZONE, "2026-12-20 09:00", writes("09:00-11:00", WEEK))
    await set_year(region, 2026, DECREE)
    assert await opened.windows(date(2026, 12, 26), 2) == ["26.12 09:00-11:00"]
    await set_year(region, 2027, DECREE)
    assert await opened.windows(date(2027, 1, 11), 2) == ["12.01 09:00-11:00"]


@pytest.mark.parametrize("order", [(2026, 2027), (2027, 2026), (2026, 2027, 2026)])
async def test_in_whatever_order_two_years_are_loaded_a_day_moved_between_them_is_moved_once(
    region: Region, order: tuple[int, ...]
) -> None:
    """vacanza/holidays#2196 again: each year holds its own half of the move, and neither writes over the other's."""
    for number in order:
        await set_year(region, number, DECREE)
    async with region.database.read() as tx:
        found = await calendars.holidays(tx, first=DECREE.off, last=DECREE.to)
    assert [each.kind for each in found if each.day == DECREE.off] == ["working"]
    assert [each.kind for each in found if each.day == DECREE.to] == ["closed"]


def test_a_moved_working_day_has_the_hours_of_the_day_that_it_replaces() -> None:
    """bokmann/business_time#182: in 2018 Saturday 28 April was worked in Russia, and the library knew no way to say so.

    It stood in for Monday 30 April, the eve of a holiday, and so it is as short as that Monday would have been."""
    specials = special(year(2018, [Move(date(2018, 4, 28), date(2018, 4, 30))]))
    week = calendar(
        "Europe/Moscow",
        works("09:00-13:00", "FREQ=WEEKLY;BYDAY=MO"),
        works("14:00-18:00", "FREQ=WEEKLY;BYDAY=TU,WE,TH,FR"),
        specials=specials,
    )
    found = clocks(week, date(2018, 4, 27), 7, "%d %H")
    assert found == [
        *("27 14", "27 15", "27 16", "27 17"),
        *("28 09", "28 10", "28 11"),
        *("02 14", "02 15", "02 16", "02 17"),
        *("03 14", "03 15", "03 16", "03 17"),
    ]


def test_both_halves_of_a_swap_hold() -> None:
    """vacanza/holidays#298: in China Saturday 29 December 2018 was worked so that Monday the 31st was free; only one of
    the two was known."""
    specials = special(
        [Day(date(2018, 12, 29), "working", "", date(2018, 12, 31)), Day(date(2018, 12, 31), "closed", "")]
    )
    week = calendar("Asia/Shanghai", works("09:00-10:00", WEEK), specials=specials)
    assert clocks(week, date(2018, 12, 27), 7, "%d") == ["27", "28", "29", "01", "02"]


def test_what_is_said_of_a_day_goes_before_what_is_said_of_days_like_it() -> None:
    """OpenGamma/Strata#1958: data that could not turn a weekend into working days had no order of what goes first.

    Here: a whole day of hers, then a single day of a rule, then holidays and moved days, then the rules."""
    saturday, friday = date(2026, 11, 28), date(2026, 11, 27)
    rule = works("09:00-10:00", WEEK)
    moved = [Special(saturday, "working", friday), Special(friday, "closed")]

    def found(**more: object) -> list[str]:
        return clocks(calendar(ZONE, rule, specials=moved, **more), friday, 2, "%a %H")  # type: ignore[arg-type]

    assert found() == ["Sat 09"]
    assert found(overrides=[override(rule, friday, "12:00-13:00")]) == ["Fri 12"], "and Friday's work is not Saturday's"
    assert found(exceptions={saturday: ["15:00-16:00"]}) == ["Sat 15"]
    assert found(exceptions={friday: ["16:00-17:00"]}, overrides=[override(rule, friday, "12:00-13:00")]) == ["Fri 16"]
    assert clocks(calendar(ZONE, rule), friday, 2, "%a %H") == ["Fri 09"]


def test_what_was_decreed_goes_before_what_the_law_would_make_of_it() -> None:
    """workalendar/workalendar#477: a formula that moves holidays off weekends closed 28 December 2020 in Hong Kong,
    where only Sundays are moved."""
    by_law = {each.day for each in year(2025) if each.kind == "closed"}
    assert {date(2025, 2, 24), date(2025, 3, 10)} <= by_law
    decreed = [Move(date(2025, 2, 23), date(2025, 5, 8)), Move(date(2025, 3, 8), date(2025, 6, 13))]
    free = {each.day for each in year(2025, decreed) if each.kind == "closed"}
    assert not {date(2025, 2, 24), date(2025, 3, 10)} & free
    assert {date(2025, 5, 8), date(2025, 6, 13)} <= free


async def test_who_works_on_a_holiday_says_so_for_that_day_and_only_she_is_open(region: Region) -> None:
    """betagouv/rdv-service-public#4946: one service had to be open on holidays, which were closed for all or for
    none."""
    one = await office(region, ZONE, NOW, writes("09:00-11:00", WEEK))
    other = await office(region, ZONE, NOW, writes("09:00-11:00", WEEK), specialist=1)
    async with region.database.write() as tx:
        await calendars.add_holiday(tx, day=TUESDAY, name="День области")
    await one.one(one.rules[0], TUESDAY, "10:00-11:00")
    assert await one.clocks(TUESDAY) == ["10:00"]
    assert await other.clocks(TUESDAY) == []
    assert await one.tried("2026-11-24 10:00") == "booked"


async def test_a_holiday_that_is_today_is_one(region: Region) -> None:
    """crossroads/api.goodcity#613: a holiday was offered when it was the current day."""
    opened = await office(region, ZONE, NOW, writes("09:00-11:00", WEEK))
    async with region.database.write() as tx:
        await calendars.add_holiday(tx, day=MONDAY, name="Сегодня")
    assert await opened.clocks(MONDAY, 2, "%d %H") == ["24 09", "24 09", "24 10"]
    assert await opened.tried("2026-11-23 09:00") == "outside_hours"


async def test_no_way_in_leads_to_a_closed_day(region: Region) -> None:
    """openemr/openemr#13808: from one of several pages a visit could be made on a closed day."""
    opened = await office(region, ZONE, NOW, writes("09:00-11:00", WEEK))
    booked = await opened.book("2026-11-25 09:00")
    async with region.database.write() as tx:
        await calendars.add_holiday(tx, day=TUESDAY, name="День области")
    closed = opened.at("2026-11-24 09:00")
    assert await opened.tried(closed) == "outside_hours"
    assert await opened.moved(booked, closed) == "outside_hours"
    with pytest.raises(BookingRefused) as held:
        await opened.hold(closed)
    assert held.value.code == "outside_hours"
    course = series.Course(
        client=region.clients[1],
        specialist=opened.who,
        service="1739",
        rrule="FREQ=WEEKLY;BYDAY=TU",
        first_day=MONDAY,
        start_min=540,
        times=2,
    )
    wanted = [Wanted(TUESDAY + timedelta(weeks=week), closed + timedelta(weeks=week), opened.who) for week in (0, 1)]
    async with region.database.write() as tx:
        with pytest.raises(SeriesRefused) as refused:
            await series.accept(tx, region.coordinator, course, wanted, now=opened.now)
        await tx.rollback()
    assert [(each["day"], each["code"]) for each in refused.value.sessions] == [("2026-11-24", "outside_hours")]


async def test_a_holiday_closes_one_calendar_as_it_closes_several(region: Region) -> None:
    """openemr/openemr#731: with several providers at once the warning of a holiday was missing."""
    one = await office(region, ZONE, NOW, writes("09:00-11:00", WEEK))
    other = await office(region, ZONE, NOW, writes("09:00-11:00", WEEK), specialist=1)
    async with region.database.write() as tx:
        await calendars.add_holiday(tx, day=TUESDAY, name="День области")
    for who in ({one.who}, {other.who}, {one.who, other.who}, set(region.specialists)):
        async with region.database.read() as tx:
            wish = Wish("1739", specialists=frozenset(who))
            found = await finding.find(await Warm().look(tx, now=one.now), wish, Span(ZONE, TUESDAY, 1))
        assert (found.items, found.none_because) == ([], "holiday")


async def test_a_day_of_one_district_closes_that_district(region: Region) -> None:
    """guiguiabloc/api-domogeek#4: days that are holidays in Alsace alone were missing from the national list."""
    here = await office(region, ZONE, NOW, writes("09:00-11:00", WEEK))
    there = await office(region, "Asia/Omsk", NOW, writes("09:00-11:00", WEEK), specialist=3)
    async with region.database.write() as tx:
        await calendars.add_holiday(tx, day=TUESDAY, name="День района", district_id=2)
        await calendars.add_holiday(tx, day=TUESDAY + timedelta(days=1), name="День области")
        await calendars.add_holiday(
            tx, day=TUESDAY + timedelta(days=1), name="Рабочий день района", kind="short", district_id=2
        )
    assert await here.windows(TUESDAY, 2) == ["24.11 09:00-11:00"]
    assert await there.windows(TUESDAY, 2) == ["25.11 09:00-10:00"], "what is said of the district goes first"


async def test_a_new_holiday_leaves_what_was_promised_and_says_no_to_everything_new(edge: Edge, region: Region) -> None:
    """openemr/openemr#13808 and calcom/cal.com#8768: a day that is closed afterwards cancels nobody by itself."""
    opened = await office(region, ZONE, NOW, writes("09:00-11:00", WEEK))
    edge.at(opened.now)
    booked = await opened.book("2026-11-24 09:00")
    administrator, desk = await edge.person("vera"), await edge.person("desk")
    await administrator.ok("POST", "/holidays", {"day": "2026-11-24", "name": "День области"})
    assert (await opened.stands(booked)).status == "booked"
    form = {"client": region.clients[1], "specialist": opened.who, "service": "1739"}
    status, said = await desk.ask("POST", "/bookings", {**form, "starts": stamp(opened.at("2026-11-24 10:00"))})
    assert (status, said["code"]) == (409, "outside_hours")


async def test_a_year_that_is_written_again_leaves_the_days_of_districts(region: Region) -> None:
    """guiguiabloc/api-domogeek#4 again: the list of the whole country must not wipe out what one place has of its
    own."""
    async with region.database.write() as tx:
        await calendars.add_holiday(tx, day=date(2026, 12, 26), name="День района", district_id=2)
    await set_year(region, 2026)
    await set_year(region, 2026)
    async with region.database.read() as tx:
        own = await calendars.holidays(tx, first=date(2026, 12, 26), last=date(2026, 12, 26), district_id=2)
        found: list[Holiday] = await calendars.holidays(tx, first=date(2026, 1, 1), last=date(2026, 12, 31))
    assert [each.name for each in own] == ["День района"]
    assert len({each.day for each in found}) == len(found)
