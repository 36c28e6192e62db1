"""Recurrence: what went wrong in other products with intervals, counts, month ends and days left out."""

from datetime import date, timedelta

import pytest

from scheduling.calendars import recurring
from scheduling.errors import InvalidInput
from tests.issues.edge import Edge, match
from tests.issues.office import office
from tests.issues.wall import calendar, clocks, dates, days, override, works
from tests.scheduling.region import Region


def refused(text: str, since: date = date(2026, 11, 23)) -> list[tuple[str, object]]:
    """The code and the part of a rule that is not taken."""
    with pytest.raises(InvalidInput) as refusal:
        recurring.read(text, since)
    return [(error.code, error.data.get("part")) for error in refusal.value.errors]


def test_the_thirty_first_is_in_months_that_have_one_and_the_last_day_is_in_all() -> None:
    """dateutil/dateutil#1136: a monthly rule from 31 May 2020 skipped the short months, which nobody expected.

    Here the two are two rules: "the 31st", and "the last day" (−1)."""
    since, last = date(2020, 5, 31), date(2020, 10, 31)
    thirty_first = dates("FREQ=MONTHLY;BYMONTHDAY=31", since, since, last)
    assert [each.month for each in thirty_first] == [5, 7, 8, 10]
    assert [each.day for each in dates("FREQ=MONTHLY;BYMONTHDAY=-1", since, since, last)] == [31, 30, 31, 31, 30, 31]


def test_the_twenty_ninth_is_not_moved_to_the_twenty_eighth() -> None:
    """dateutil/dateutil#213: a monthly rule from 29 January 2009 until April gave January and March alone."""
    found = dates("FREQ=MONTHLY;BYMONTHDAY=29;UNTIL=20090401", date(2009, 1, 29), date(2009, 1, 1), date(2009, 12, 31))
    assert found == days("2009-01-29", "2009-03-29")
    leap = dates("FREQ=MONTHLY;BYMONTHDAY=29", date(2024, 1, 29), date(2024, 2, 1), date(2024, 2, 29))
    assert leap == days("2024-02-29")


def test_the_last_of_some_days_of_the_month_is_refused_rather_than_guessed() -> None:
    """kewisch/ical.js#960: BYMONTHDAY=28,29,30 with BYSETPOS=−1 returned more than one date a month.

    Here such a rule is refused by its part; "the last day" (−1) says what was meant."""
    assert refused("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1") == [("not_supported", "BYSETPOS")]
    found = dates("FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 1, 1), date(2026, 1, 1), date(2026, 4, 30))
    assert found == days("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30")


def test_the_last_working_day_of_a_month_is_one_day() -> None:
    """libical/libical#21: BYDAY=MO…FR with BYSETPOS=−1 from 27 May 2004 gave every working day."""
    found = dates(
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", date(2004, 5, 27), date(2004, 5, 27), date(2004, 7, 31)
    )
    assert found == days("2004-05-31", "2004-06-30", "2004-07-30")


def test_the_fifth_monday_and_the_last_monday_are_different_rules() -> None:
    """dmfs/lib-recur#142: BYDAY=5MO from 29 September 2025 has a day in four months of ten, where every month was
    expected."""
    since, last = date(2025, 9, 29), date(2026, 6, 30)
    assert dates("FREQ=MONTHLY;BYDAY=5MO", since, since, last) == days(
        "2025-09-29", "2025-12-29", "2026-03-30", "2026-06-29"
    )
    lasts = dates("FREQ=MONTHLY;BYDAY=-1MO", since, since, last)
    assert [each.month for each in lasts] == [9, 10, 11, 12, 1, 2, 3, 4, 5, 6]


def test_the_fourth_stays_the_fourth_although_it_was_the_last() -> None:
    """discourse/discourse#42852: a rule made on the fourth Thursday of February, the last of that month, jumped to the
    fifth one later on."""
    found = dates("FREQ=MONTHLY;BYDAY=4TH", date(2026, 2, 26), date(2026, 2, 1), date(2026, 4, 30))
    assert found == days("2026-02-26", "2026-03-26", "2026-04-23")


def test_every_second_week_is_counted_from_the_week_of_the_first_day() -> None:
    """rlanvin/php-rrule#39: every second Friday from Saturday 7 October 2017 was expected on the 13th; the first day
    belongs to a week whose Friday is over."""
    found = dates("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", date(2017, 10, 7), date(2017, 10, 1), date(2017, 11, 10))
    assert found == days("2017-10-20", "2017-11-03")


def test_a_week_begins_on_monday_and_another_week_is_refused_by_its_part() -> None:
    """jkbrzt/rrule#72 quotes the two lists of RFC 5545 for WKST; the answers differ, and pages left it to chance.

    Here a week begins on Monday, as it does for everybody who works here, and WKST=SU is refused and not ignored."""
    rule = "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU"
    monday = dates(rule + ";WKST=MO", date(1997, 8, 5), date(1997, 8, 1), date(1997, 9, 30))
    assert [each.day for each in monday] == [5, 10, 19, 24]
    assert refused(rule + ";WKST=SU", date(1997, 8, 5)) == [("not_supported", "WKST")]


def test_the_stretch_that_is_asked_for_does_not_choose_the_weeks() -> None:
    """JonasWanke/rrule#71: every second Sunday from 7 February 2024, asked for only after the 12th, gave the 18th
    instead of the 25th."""
    rule, since = "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", date(2024, 2, 7)
    whole = dates(rule, since, since, date(2024, 6, 30))
    assert whole[:3] == days("2024-02-11", "2024-02-25", "2024-03-10")
    for late in range(100):
        first = since + timedelta(days=late)
        assert dates(rule, since, first, date(2024, 6, 30)) == [each for each in whole if each >= first]


def test_every_twentieth_day_that_is_a_weekday_is_refused_because_nobody_means_it() -> None:
    """jkbrzt/rrule#291: DAILY with INTERVAL=20 and BYDAY=MO…FR leaves out whole months; its users meant "every 20
    working days" and were told it is right."""
    assert refused("FREQ=DAILY;INTERVAL=20;BYDAY=MO,TU,WE,TH,FR", date(2018, 11, 6)) == [("not_supported", "BYDAY")]
    plain = dates("FREQ=DAILY;INTERVAL=20", date(2018, 11, 6), date(2018, 11, 6), date(2018, 12, 31))
    assert plain == days("2018-11-06", "2018-11-26", "2018-12-16")


def test_a_count_is_of_days_and_not_of_weeks() -> None:
    """rlanvin/php-rrule#82: three days a week with COUNT=10 end after ten days, within the fourth week."""
    found = dates("FREQ=WEEKLY;BYDAY=WE,TH,FR;COUNT=10", date(2021, 3, 3), date(2021, 3, 1), date(2021, 6, 30))
    assert len(found) == 10
    assert found[-1] == date(2021, 3, 24)


def test_the_day_of_the_end_belongs_to_the_rule() -> None:
    """fmeringdal/rust-rrule#13: an UNTIL equal to the last time, 2021-03-08 08:30Z, lost that time.

    Here a rule ends with a day, so that all of its hours on it stand."""
    found = dates("FREQ=DAILY;UNTIL=20210308T083000Z", date(2021, 3, 1), date(2021, 3, 6), date(2021, 3, 12))
    assert found == days("2021-03-06", "2021-03-07", "2021-03-08")
    last = works("09:30-12:30", "FREQ=DAILY;UNTIL=20210308T083000Z", date(2021, 3, 1))
    assert clocks(calendar("Europe/Berlin", last), date(2021, 3, 8), 2, "%d %H:%M") == [
        "08 09:30",
        "08 10:30",
        "08 11:30",
    ]


def test_an_end_that_is_only_a_date_includes_that_whole_local_day() -> None:
    """rlanvin/php-rrule#13: UNTIL=20160628 was read as midnight in Helsinki, which is the 27th in UTC, and the last
    date was gone."""
    rule = works("09:00-24:00", "FREQ=DAILY;UNTIL=20160628", date(2016, 6, 1))
    assert clocks(calendar("Europe/Helsinki", rule), date(2016, 6, 28), 3, "%d %H")[-1] == "28 23"


def test_an_end_that_cannot_be_read_is_refused_when_it_is_written_and_not_when_it_is_read() -> None:
    """dateutil/dateutil#620: a rule with an UNTIL of another kind was taken and broke in the middle of reading it."""
    for until in ("2018-08-19", "20181319", "soon", "20180819-soon", "20180819T250000Z"):
        assert refused(f"FREQ=DAILY;UNTIL={until}", date(2018, 8, 1)) == [("malformed", None)], until
    assert dates("FREQ=DAILY;UNTIL=20180819", date(2018, 8, 1), date(2018, 8, 18), date(2018, 8, 25)) == days(
        "2018-08-18", "2018-08-19"
    )


def test_one_line_of_a_calendar_that_cannot_be_read_says_so_and_spoils_no_other() -> None:
    """dateutil/dateutil#1390: one rule out of a real calendar raised an error in the middle of reading all of them."""
    lines = ["FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=TU;UNTIL=", "FREQ=HOURLY", "RRULE:FREQ=DAILY;COUNT=2"]
    taken, left = [], []
    for number, line in enumerate(lines):
        try:
            taken.append(recurring.read(line, date(2026, 11, 23), field=f"lines.{number}").text)
        except InvalidInput as refusal:
            left += [(error.field, error.code) for error in refusal.errors]
    assert left == [("lines.1", "malformed"), ("lines.2", "not_supported")]
    assert len(taken) == 2


def test_a_day_is_left_out_on_both_sides_of_the_clock_change() -> None:
    """jkbrzt/rrule#292: of two days to leave out in Los Angeles, 1 and 7 November 2018, the second did not match
    because its hour was written with the other offset."""
    rule = works("07:00-08:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", date(2018, 10, 29))
    left_out = [override(rule, day) for day in days("2018-11-01", "2018-11-07")]
    found = clocks(calendar("America/Los_Angeles", rule, overrides=left_out), date(2018, 10, 29), 12, "%d %H")
    assert found == ["29 07", "30 07", "31 07", "02 07", "05 07", "06 07", "08 07", "09 07"]


def test_a_day_is_left_out_in_the_zone_of_who_works_and_in_no_other() -> None:
    """Jorricks/iCal-library#8: an exclusion of 2022-12-30 11:15 in Amsterdam was read an hour off and excluded
    nothing."""
    rule = works("11:15-12:15", "FREQ=WEEKLY;BYDAY=FR", date(2022, 12, 2))
    weekly = calendar("Europe/Amsterdam", rule, overrides=[override(rule, date(2022, 12, 30))])
    assert clocks(weekly, date(2022, 12, 19), 21, "%d %H:%M") == ["23 11:15", "06 11:15"]


def test_a_date_that_is_left_out_loses_all_its_hours() -> None:
    """kewisch/ical.js#670: an exclusion that was only a date left out nothing of what had a time."""
    rules = calendar("Europe/Berlin", works("09:00-11:00"), works("20:00-22:00"), exceptions={date(2026, 11, 24): []})
    assert clocks(rules, date(2026, 11, 24), 2, "%d %H") == ["25 09", "25 10", "25 20", "25 21"]


def test_the_second_of_march_is_left_out_and_not_the_third() -> None:
    """tutao/tutanota#5318: with an exclusion of 2 March 2023 at 00:00, in Berlin the third was gone."""
    rule = works("00:00-24:00", "FREQ=DAILY", date(2023, 2, 27))
    daily = calendar("Europe/Berlin", rule, overrides=[override(rule, date(2023, 3, 2))])
    assert sorted(set(clocks(daily, date(2023, 2, 28), 5, "%m-%d"))) == ["02-28", "03-01", "03-03", "03-04"]


async def test_what_is_saved_is_answered_with_the_rule_and_its_days(edge: Edge, region: Region) -> None:
    """betagouv/rdv-service-public#6329: a fault of a form stored an opening that should repeat as a single one, and the
    answer did not show it."""
    opened = await office(region, "Asia/Novosibirsk", "2026-11-23 07:30")
    edge.at(opened.now)
    anna = await edge.person("anna")
    form = {"days": [1, 3], "every": 2, "first_day": "2026-11-23", "start": "09:00", "end": "12:00"}
    path = f"/specialists/{opened.who}"
    said = await anna.ok("POST", f"{path}/rules", form, **match(await opened.version()))
    (rule,) = said["rules"]
    assert (rule["plain"], rule["first_day"], rule["last_day"]) == ({"days": [1, 3], "every": 2}, "2026-11-23", None)
    shown = await anna.ok("GET", f"{path}/calendar", params={"from": "2026-11-23", "until": "2026-12-13"})
    assert [each["day"][5:] for each in shown["windows"]] == ["11-24", "11-26", "12-08", "12-10"]
