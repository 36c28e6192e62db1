"""Calendars in the database: what they hold, what they refuse, and whether a start may be booked."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from scheduling import calendars, occupancy, people, standards
from scheduling.calendars import Calendar, Owner, WeeklyHours
from scheduling.errors import (
    BeyondHorizon,
    DayFull,
    InvalidInput,
    NotFound,
    OutsideHours,
    SlotTaken,
    TooSoon,
    VersionMoved,
)
from scheduling.slots import DAY, Limits, Rules, day_number
from tests.scheduling.region import MONDAY, NOW, ZONE, Region, office_hours, wall

KNOWN = ("1739", "1740")


async def wrong(region: Region, **given: object) -> list[tuple[str, str]]:
    """The fields and codes with which a calendar refuses hours or limits."""
    async with region.database.write() as tx:
        who = region.specialists[0]
        if "hours" in given:
            asked = calendars.set_hours(tx, who, version=3, known_services=KNOWN, **given)  # type: ignore[arg-type]
        else:
            asked = calendars.set_limits(tx, who, version=3, limits=Limits(**given))  # type: ignore[arg-type]
        with pytest.raises(InvalidInput) as refusal:
            await asked
    return [(error.field, error.code) for error in refusal.value.errors]


async def test_all_rules_come_back_as_slots_needs_them(region: Region) -> None:
    one, _, other, western = region.specialists
    tuesday = MONDAY + timedelta(days=1)
    async with region.database.write() as tx:
        special = replace(office_hours()[0], valid_from=MONDAY, valid_until=tuesday, services=frozenset({"1740"}))
        await calendars.set_hours(tx, one, version=3, hours=[special], known_services=KNOWN)
        await calendars.set_limits(tx, one, version=4, limits=Limits(0, 90, 20, 4))
        await calendars.add_exception(tx, one, day=tuesday, windows=[(700, 800), (540, 600)], today=MONDAY)
        await calendars.add_absence(tx, one, starts=wall("12:00"), ends=wall("13:00"), kind="sick", now=NOW)
        await calendars.add_holiday(tx, day=MONDAY, name="День области")
        await calendars.add_holiday(tx, day=tuesday, name="День района", district_id=2)
    async with region.database.read() as tx:
        owners = [Owner(one, ZONE, 1), Owner(other, ZONE, 1), Owner(western, "Asia/Omsk", 2)]
        rules = await calendars.rules(tx, owners, since=NOW, until=NOW + timedelta(days=7))
    noon = int(wall("12:00").timestamp()) // 60
    assert rules[one].limits == Limits(0, 90, 20, 4)
    assert rules[one].absences == ((noon, noon + 60),)
    assert shown(rules[one], MONDAY, 3) == [[], [(540, 600), (700, 800)], []]
    assert list(rules[one].days.windows(day_number(MONDAY + timedelta(days=7)))) == []
    assert (rules[other].limits.step_min, rules[other].absences) == (30, ())
    assert shown(rules[other], MONDAY, 6) == [[], *[[(540, 780)]] * 4, []]
    assert shown(rules[western], MONDAY, 3) == [[], [], [(540, 780)]]


def shown(rules: Rules, first: date, days: int) -> list[list[tuple[int, int]]]:
    """The windows of some days."""
    numbers = range(day_number(first), day_number(first) + days)
    return [[(window.start, window.end) for window in rules.days.windows(number)] for number in numbers]


async def test_the_number_of_queries_does_not_grow_with_the_specialists(region: Region) -> None:
    async def queries(owners: list[Owner]) -> int:
        seen: list[str] = []
        async with region.database.read() as tx:
            connection = (await tx.connection()).sync_connection
            event.listen(connection, "before_cursor_execute", lambda *said: seen.append(said[2]))
            await calendars.rules(tx, owners, since=NOW, until=NOW + timedelta(days=7))
            ids = [owner.id for owner in owners]
            await occupancy.taken(tx, "specialist", ids, since=NOW, until=NOW + timedelta(days=7), now=NOW)
        return len(seen)

    four = [Owner(who, ZONE, 1) for who in region.specialists]
    assert await queries(four) == await queries(four[:1]) == 7


async def test_a_new_calendar_has_defaults_and_can_be_changed(region: Region) -> None:
    async with region.database.write() as tx:
        specialist = await people.specialist(tx, region.specialists[0])
        fresh = type(specialist)(
            account_id=region.coordinator.account_id,
            institution_id=specialist.institution_id,
            name="Новая",
            zone=ZONE,
            services=[],
            topics=[],
            languages=[],
        )
        tx.add(fresh)
        await tx.flush()
        tx.add(Calendar(specialist_id=fresh.id))
        await tx.flush()
        limits = await calendars.settings(tx, fresh.id)
        assert (limits.version, limits.horizon_days, limits.max_per_day) == (1, 60, None)
        changed = await calendars.set_hours(tx, fresh.id, version=1, hours=office_hours(), known_services=KNOWN)
        assert changed.version == 2
        assert len(await calendars.working_rules(tx, fresh.id)) == 5


# --- refused input ----------------------------------------------------------------------------------------------------
async def test_hours_that_make_no_sense_are_refused_row_by_row(region: Region) -> None:
    rows = [
        WeeklyHours(0, 540, 720),
        WeeklyHours(0, 700, 800),  # overlaps the first
        WeeklyHours(1, 720, 540),
        WeeklyHours(2, 540, 545),
        WeeklyHours(3, 540, DAY + 1),
        WeeklyHours(7, 540, 600),
        WeeklyHours(4, 540, 600, valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 1)),
        WeeklyHours(5, 540, 600, services=frozenset({"9999"})),
    ]
    assert await wrong(region, hours=rows) == [
        ("hours.1.start", "overlaps"),
        ("hours.2.end", "end_before_start"),
        ("hours.3.end", "too_short"),
        ("hours.4.end", "out_of_range"),
        ("hours.5.weekday", "out_of_range"),
        ("hours.6.valid_until", "end_before_start"),
        ("hours.7.services", "unknown"),
    ]
    assert await wrong(region, hours=[WeeklyHours(0, 0, 60)] * 101) == [("hours", "too_many")]


async def test_windows_may_touch_and_may_take_turns(region: Region) -> None:
    rows = [
        WeeklyHours(0, 0, 540),
        WeeklyHours(0, 540, DAY),
        WeeklyHours(1, 540, 600, valid_until=date(2026, 12, 31)),
        WeeklyHours(1, 570, 700, valid_from=date(2027, 1, 1)),
    ]
    async with region.database.write() as tx:
        await calendars.set_hours(tx, region.specialists[0], version=3, hours=rows, known_services=KNOWN)
        assert [row.end_min for row in await calendars.working_rules(tx, region.specialists[0])] == [540, DAY, 600, 700]


async def test_limits_have_bounds(region: Region) -> None:
    good = {"notice_min": 60, "horizon_days": 30, "step_min": 15, "max_per_day": 5}
    bad = {"notice_min": -1, "horizon_days": 367, "step_min": 4, "max_per_day": 0, "max_per_week": 201, "break_min": 4}
    assert await wrong(region, **bad) == [(field, "out_of_range") for field in bad]
    assert await wrong(region, **good | {"notice_min": DAY, "horizon_days": 1}) == [("notice_min", "beyond_horizon")]


async def test_only_the_newest_version_is_changed(region: Region) -> None:
    async with region.database.write() as tx:
        with pytest.raises(VersionMoved) as refusal:
            await calendars.set_hours(tx, region.specialists[0], version=2, hours=[], known_services=())
    assert refusal.value.version == 3


async def test_exceptions_and_absences_that_make_no_sense_are_refused(region: Region) -> None:
    who = region.specialists[0]
    refused = []
    async with region.database.write() as tx:
        for day, windows in ((MONDAY, [(600, 540)]), (MONDAY, [(540, 600), (590, 700)]), (date(2026, 11, 22), [])):
            with pytest.raises(InvalidInput) as refusal:
                await calendars.add_exception(tx, who, day=day, windows=windows, today=MONDAY)
            refused.append((refusal.value.errors[0].field, refusal.value.errors[0].code))
        for starts, ends in ((2, 1), (1, 1200), (-5, -1), (2000, 2001)):
            with pytest.raises(InvalidInput) as refusal:
                await calendars.add_absence(
                    tx, who, starts=NOW + timedelta(starts), ends=NOW + timedelta(ends), kind="other", now=NOW
                )
            refused.append((refusal.value.errors[0].field, refusal.value.errors[0].code))
    assert refused == [
        ("windows.0.end", "end_before_start"),
        ("windows.1.start", "overlaps"),
        ("day", "out_of_range"),
        ("ends", "end_before_start"),
        ("ends", "too_long"),
        ("starts", "out_of_range"),
        ("starts", "out_of_range"),
    ]


async def test_a_new_exception_takes_the_place_of_the_days_former_one(region: Region) -> None:
    who = region.specialists[0]
    async with region.database.write() as tx:
        await calendars.add_exception(tx, who, day=MONDAY, windows=[], today=MONDAY)
        second = await calendars.add_exception(
            tx, who, day=MONDAY, windows=[(600, 660)], today=MONDAY, reason="обучение"
        )
        kept = await calendars.exceptions(tx, who, first=MONDAY, last=MONDAY)
        assert [(item.id, item.windows, item.reason) for item in kept] == [(second.id, [[600, 660]], "обучение")]


async def test_only_the_calendars_own_things_are_removed(region: Region) -> None:
    one, other, *_ = region.specialists
    async with region.database.write() as tx:
        absence = await calendars.add_absence(
            tx, one, starts=NOW, ends=NOW + timedelta(days=1), kind="vacation", now=NOW
        )
        exception = await calendars.add_exception(tx, one, day=MONDAY, windows=[], today=MONDAY)
        for remove, number in ((calendars.remove_absence, absence.id), (calendars.remove_exception, exception.id)):
            with pytest.raises(NotFound):
                await remove(tx, other, number)
            await remove(tx, one, number)
            with pytest.raises(NotFound):
                await remove(tx, one, number)


async def test_a_holiday_is_entered_once(region: Region) -> None:
    async with region.database.write() as tx:
        kept = await calendars.add_holiday(tx, day=MONDAY, name="День народного единства")
        await calendars.add_holiday(tx, day=MONDAY, name="День района", district_id=1)
        for again in (None, 1, 99):
            with pytest.raises(InvalidInput):
                await calendars.add_holiday(tx, day=MONDAY, name="Ещё раз", district_id=again)
        await calendars.remove_holiday(tx, kept.id)
        left = await calendars.holidays(tx, first=MONDAY, last=MONDAY)
        assert [item.name for item in left] == ["День района"]
        assert await calendars.holidays(tx, first=MONDAY, last=MONDAY, district_id=2) == []


# --- may this start be booked? ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("clock", "days", "refusal"),
    [
        ("08:00", 0, TooSoon),
        ("09:10", 0, OutsideHours),
        ("12:30", 0, OutsideHours),
        ("09:30", 0, SlotTaken),
        ("09:00", 30, None),
        ("09:00", 31, BeyondHorizon),
        ("10:30", 0, None),
    ],
)
async def test_a_start_is_decided(region: Region, clock: str, days: int, refusal: type[Exception] | None) -> None:
    starts = wall(clock, MONDAY + timedelta(days=days))
    async with region.database.write() as tx:
        await region.book(tx, 0, 0, wall("09:30"))
        if refusal is None:
            await region.book(tx, 0, 1, starts)
            return
        with pytest.raises(refusal):
            await region.book(tx, 0, 1, starts)


async def test_refusals_say_what_would_do(region: Region) -> None:
    who = region.specialists[0]
    async with region.database.write() as tx:
        await calendars.set_limits(tx, who, version=3, limits=Limits(60, 2, 30, 1))
        await region.book(tx, 0, 0, wall("09:00"))
        with pytest.raises(DayFull) as full:
            await region.book(tx, 0, 1, wall("11:00"))
        with pytest.raises(TooSoon) as soon:
            await region.book(tx, 0, 1, wall("08:00"))
        with pytest.raises(BeyondHorizon) as beyond:
            await region.book(tx, 0, 1, wall("09:00", MONDAY + timedelta(days=3)))
    assert (full.value.day, full.value.max_per_day) == (MONDAY, 1)
    assert soon.value.earliest == NOW + timedelta(hours=1)
    assert beyond.value.latest == wall("00:00", MONDAY + timedelta(days=3))


async def test_a_moved_booking_is_not_in_its_own_way(region: Region) -> None:
    async with region.database.write() as tx:
        booked = await region.book(tx, 0, 0, wall("09:30"))
        specialist = await people.specialist(tx, region.specialists[0])
        service = await standards.service(tx, "1739", MONDAY, None)
        with pytest.raises(SlotTaken):
            await calendars.must_be_open(tx, specialist=specialist, service=service, starts=wall("10:00"), now=NOW)
        await calendars.must_be_open(
            tx, specialist=specialist, service=service, starts=wall("10:00"), now=NOW, ignoring=booked.id
        )
        with pytest.raises(OutsideHours):
            await calendars.must_be_open(
                tx, specialist=specialist, service=service, starts=wall("11:00") + timedelta(seconds=1), now=NOW
            )


async def test_a_service_she_does_not_give_is_refused(region: Region) -> None:
    async with region.database.write() as tx:
        specialist = await people.specialist(tx, region.specialists[0])
        specialist.services = ["1740"]
        with pytest.raises(InvalidInput) as refusal:
            await region.book(tx, 0, 0, wall("10:00"))
    assert [(error.field, error.code) for error in refusal.value.errors] == [("specialist", "not_offered")]
