"""Windows and the times laid into them: what went wrong in other products, and what holds here."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling import calendars, finding, slots
from scheduling.calendars import WeeklyHours
from scheduling.errors import BookingRefused, InvalidInput
from scheduling.finding import Span, Warm, Wish
from tests.issues.office import KNOWN, office
from tests.issues.office import works as writes
from tests.issues.wall import at, calendar, clocks, free, taken, works
from tests.scheduling.region import Region

ZONE = "Asia/Novosibirsk"
NOW = "2026-11-23 07:30"
MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)


def test_windows_that_overlap_are_their_union() -> None:
    """calcom/cal.com#21912: with 06:00–10:00 and 08:00–10:00 only two of four hourly times were offered."""
    assert clocks(calendar(ZONE, works("06:00-10:00"), works("08:00-10:00")), MONDAY) == [
        *("06:00", "07:00", "08:00", "09:00")
    ]
    two_grids = clocks(calendar(ZONE, works("06:00-10:00"), works("08:30-10:00")), MONDAY)
    assert two_grids == ["06:00", "07:00", "08:00", "08:30", "09:00"], "each start once, in order"


async def test_hours_of_one_form_that_overlap_are_refused_when_they_are_saved(region: Region) -> None:
    """calcom/cal.com#21382: Monday 09–17 and 10–16 were both saved, and what came of it failed later.

    it-at-m/eappointment#810 had the check on the page alone; here it is made where it is written."""
    rows = [WeeklyHours(0, 540, 1020), WeeklyHours(0, 600, 960)]
    async with region.database.write() as tx:
        with pytest.raises(InvalidInput) as refusal:
            await calendars.set_hours(tx, region.specialists[0], version=3, hours=rows, known_services=KNOWN)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("hours.1.start", "overlaps")]


def test_midnight_between_two_windows_is_no_wall() -> None:
    """calcom/cal.com#6323: with 22:30–24:00 and 00:00–02:00 a session of an hour was not offered at 23:30."""
    night = calendar(ZONE, works("22:30-24:00"), works("00:00-02:00"), step=30)
    found = clocks(night, MONDAY, 2, "%d %H:%M")
    assert "23 23:30" in found
    assert [each for each in found if each.startswith("24 0")] == ["24 00:00", "24 00:30", "24 01:00"]


def test_the_last_quarter_of_a_day_is_worked_to_its_end() -> None:
    """calcom/cal.com#5587: the day ended at 23:45, and its last quarter could not be used."""
    assert clocks(calendar(ZONE, works("23:00-24:00"), step=15), MONDAY, lasts=15)[-1] == "23:45"


def test_the_second_window_has_a_grid_of_its_own() -> None:
    """calcom/cal.com#22226: with 08:00–12:00 and 12:30–17:30 the afternoon of hourly times began at 13:00."""
    found = clocks(calendar(ZONE, works("08:00-12:00"), works("12:30-17:30")), MONDAY)
    assert found == [*("08:00", "09:00", "10:00", "11:00"), *("12:30", "13:30", "14:30", "15:30", "16:30")]


def test_the_first_time_is_the_opening() -> None:
    """calcom/cal.com#25011: an opening at 17:30 was rounded, and 18:00, 19:00 … were offered."""
    assert clocks(calendar(ZONE, works("17:30-21:30")), MONDAY) == ["17:30", "18:30", "19:30", "20:30"]


def test_a_booking_takes_times_away_and_makes_no_new_ones() -> None:
    """calcom/cal.com#7529: after one booking the starts that were left moved by half an hour."""
    rules = calendar(ZONE, works("09:00-17:00"))
    before = set(free(rules, MONDAY))
    for minutes in range(0, 480, 7):
        since = at(ZONE, "2026-11-23 09:00") + timedelta(minutes=minutes)
        left = set(free(rules, MONDAY, busy=[(since, since + timedelta(minutes=25))]))
        assert left < before, minutes


def test_after_a_short_visit_the_next_step_is_free() -> None:
    """calcom/cal.com#14107: a service of five minutes at 13:00 hid 13:05 and 13:10."""
    rules = calendar(ZONE, works("13:00-13:30"), step=5)
    one = (at(ZONE, "2026-11-23 13:00"), at(ZONE, "2026-11-23 13:05"))
    assert clocks(rules, MONDAY, lasts=5, busy=[one]) == ["13:05", "13:10", "13:15", "13:20", "13:25"]


async def test_two_whose_hours_are_out_of_step_are_each_offered_within_their_own(region: Region) -> None:
    """calcom/cal.com#18772: hosts from 11:00 and from 11:15 were merged into times that neither of them had.

    calcom/cal.com#6386 lost the times of the second one altogether."""
    one = await office(region, ZONE, NOW, writes("11:00-13:00"), lasts=45, step_min=45)
    other = await office(region, ZONE, NOW, writes("11:15-13:00"), specialist=1, lasts=45, step_min=45)
    async with region.database.read() as tx:
        both = Wish("1739", specialists=frozenset({one.who, other.who}))
        found = await finding.find(await Warm().look(tx, now=one.now), both, Span(ZONE, MONDAY, 1))
    offered = [(each.specialist.id, each.starts.astimezone(ZoneInfo(ZONE)).strftime("%H:%M")) for each in found.items]
    assert offered == [(one.who, "11:00"), (other.who, "11:15"), (one.who, "11:45"), (other.who, "12:00")]


async def test_two_who_are_free_at_one_time_are_both_named_and_a_day_is_named_once(region: Region) -> None:
    """betagouv/rdv-service-public#3402: where two were free at one place and time, the time stood there twice.

    Here the choice of the person is the client's, so both are named beside the time; asked for days, each day has one
    line."""
    one = await office(region, ZONE, NOW, writes("09:00-10:00"))
    other = await office(region, ZONE, NOW, writes("09:00-10:00"), specialist=1)
    both = Wish("1739", specialists=frozenset({one.who, other.who}))
    async with region.database.read() as tx:
        look = await Warm().look(tx, now=one.now)
        every = await finding.find(look, both, Span(ZONE, MONDAY, 1))
        by_day = await finding.find(look, both, Span(ZONE, MONDAY, 3), by="day")
    assert {each.specialist.id for each in every.items} == {one.who, other.who}
    assert len({each.starts for each in every.items}) == 1
    assert [each.starts.astimezone(ZoneInfo(ZONE)).day for each in by_day.items] == [23, 24, 25]


async def test_a_service_longer_than_the_step_is_held_against_its_whole_length(region: Region) -> None:
    """adamspd/django-appointment#261: with steps of half an hour and a service of three, 09:00 was offered and booked
    beside 09:30–12:30."""
    opened = await office(region, ZONE, NOW, writes("09:00-18:00"), lasts=180)
    await opened.book("2026-11-24 09:30")
    assert await opened.clocks(TUESDAY) == ["12:30", "13:00", "13:30", "14:00", "14:30", "15:00"]
    assert await opened.tried("2026-11-24 09:00") == "slot_taken"


@pytest.mark.parametrize(("first", "then"), [("11:00", "13:00"), ("13:00", "11:00")])
async def test_it_does_not_matter_which_of_two_was_booked_first(region: Region, first: str, then: str) -> None:
    """adamspd/django-appointment#3: between 11:00 and 14:00 booking 11:00 hid 13:00, but not the other way round."""
    opened = await office(region, ZONE, NOW, writes("11:00-14:00"), step_min=120)
    await opened.book(f"2026-11-24 {first}")
    assert await opened.clocks(TUESDAY) == [then]
    assert await opened.tried(f"2026-11-24 {then}") == "booked"


def test_a_session_ends_by_closing() -> None:
    """redguava/cliniko-api#199: 45 minutes were offered at 16:30 where closing is at 17:00."""
    assert clocks(calendar(ZONE, works("15:00-17:00"), step=15), MONDAY, lasts=45)[-1] == "16:15"


@pytest.mark.parametrize("client", [0, 1])
async def test_what_is_listed_is_booked_and_what_is_not_is_refused(region: Region, client: int) -> None:
    """betagouv/rdv-service-public#6599: the list and the confirmation were made by two programs that did not mean the
    same people, so what was shown was refused."""
    opened = await office(
        region, ZONE, NOW, writes("09:00-12:00"), writes("13:20-15:00"), lasts=40, after=10, step_min=20, notice_min=60
    )
    await opened.book("2026-11-24 09:40", 2)
    listed = set(await opened.find(TUESDAY, client=region.clients[client]))
    assert len(listed) == 7
    for minutes in range(0, 24 * 60, 10):
        starts = at(ZONE, "2026-11-24 00:00") + timedelta(minutes=minutes)
        async with region.database.write() as tx:
            try:
                await region.book(tx, 0, client, starts, now=opened.now)
                ended = "booked"
            except BookingRefused as refusal:
                ended = refusal.code
            assert (ended == "booked") is (starts in listed), (minutes, ended)
            await tx.rollback()


async def test_the_only_hour_of_a_day_without_any_other_entry_is_found_and_booked(region: Region) -> None:
    """openemr/openemr#6234: a day with one opening and nothing else gave an error when it was booked."""
    opened = await office(region, ZONE, NOW)
    await opened.day(TUESDAY, "12:00-13:00")
    assert await opened.clocks(MONDAY, 60) == ["12:00"]
    assert await opened.tried("2026-11-24 12:00") == "booked"
    assert (await opened.found(MONDAY, 60)).none_because == "all_taken"


def test_a_break_is_not_sat_through() -> None:
    """Crocoblock/suggestions#2554: an hour was offered at 11:30 with lunch at 12:00."""
    day = calendar(ZONE, works("09:00-12:00"), works("13:00-15:00"), step=30)
    found = clocks(day, MONDAY)
    assert found == ["09:00", "09:30", "10:00", "10:30", "11:00", "13:00", "13:30", "14:00"]


async def test_hours_that_end_before_they_begin_are_saved_nowhere(region: Region) -> None:
    """alextselegidis/easyappointments#1758: plans with an end before the start and breaks outside the hours were
    saved."""
    opened = await office(region, ZONE, NOW, writes("09:00-12:00"))
    wrong = "12:00-09:00"
    for write in (
        opened.add(writes(wrong)),
        opened.change(opened.rules[0], writes(wrong)),
        opened.one(opened.rules[0], TUESDAY, wrong),
        opened.day(TUESDAY, wrong),
    ):
        with pytest.raises(InvalidInput) as refusal:
            await write
        assert [error.code for error in refusal.value.errors] == ["end_before_start"]
    assert await opened.windows(TUESDAY, 1) == ["24.11 09:00-12:00"]


def test_overlapping_stretches_that_are_taken_free_nothing_before_the_last_of_them_ends() -> None:
    """SergeyMosin/Appointments#282: two private entries that overlap made the time between look free.

    microsoftgraph/microsoft-graph-docs-contrib#1725: after 10–14 and 12–13 the calendar was said to be free from 13."""
    day = [at(ZONE, f"2026-11-23 {hour}:00") for hour in range(10, 15)]
    rules = calendar(ZONE, works("10:00-15:00"))
    nested = [(day[0], day[4]), (day[2], day[3])]
    assert clocks(rules, MONDAY, busy=nested) == ["14:00"]
    away = replace(rules, absences=tuple((since, until) for since, until, *_ in taken(nested)))
    assert clocks(away, MONDAY) == ["14:00"]
    backwards = replace(rules, absences=tuple(reversed(away.absences)))
    assert clocks(backwards, MONDAY) == ["14:00"]
    for each in (away, backwards):
        open_time = slots.open_time(each, since=slots.minute(day[0]), until=slots.minute(day[4]) + 60)
        assert open_time == [(slots.minute(day[4]), slots.minute(day[4]) + 60)]
