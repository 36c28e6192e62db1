"""The production calendar against the published ones: days off, short days, moved days, and how many are worked."""

from datetime import date, timedelta

import pytest

from scheduling.calendars.production import Day, Move, year

# Decrees of the Government: 4 October 2024 No. 1335 and 24 September 2025 No. 1466.
MOVES = {
    2025: [
        Move(date(2025, 1, 4), date(2025, 5, 2)),
        Move(date(2025, 1, 5), date(2025, 12, 31)),
        Move(date(2025, 2, 23), date(2025, 5, 8)),
        Move(date(2025, 3, 8), date(2025, 6, 13)),
        Move(date(2025, 11, 1), date(2025, 11, 3)),
    ],
    2026: [Move(date(2026, 1, 3), date(2026, 1, 9)), Move(date(2026, 1, 4), date(2026, 12, 31))],
}
SHORT = {2025: ["03-07", "04-30", "06-11", "11-01"], 2026: ["04-30", "05-08", "06-11", "11-03"]}
WORKED = {2025: 247, 2026: 247}


def worked(number: int, days: list[Day]) -> int:
    special = {each.day: each.kind for each in days}
    every = (
        date(number, 1, 1) + timedelta(days=at) for at in range((date(number + 1, 1, 1) - date(number, 1, 1)).days)
    )
    return sum(special.get(day, "closed" if day.weekday() >= 5 else "working") != "closed" for day in every)


@pytest.mark.parametrize("number", MOVES)
def test_a_year_is_the_published_one(number: int) -> None:
    days = year(number, MOVES[number])
    assert worked(number, days) == WORKED[number]
    assert [f"{each.day:%m-%d}" for each in days if each.kind == "short"] == SHORT[number]
    assert len({each.day for each in days}) == len(days)


def test_a_saturday_worked_for_a_monday_has_the_mondays_hours_and_is_as_short() -> None:
    saturday = next(each for each in year(2025, MOVES[2025]) if each.day == date(2025, 11, 1))
    assert (saturday.kind, saturday.like) == ("short", date(2025, 11, 3))


def test_without_a_decree_holidays_on_weekends_go_to_the_next_working_day_but_not_in_january() -> None:
    free = {each.day for each in year(2027) if each.kind == "closed"}
    assert {date(2027, 5, 3), date(2027, 5, 10), date(2027, 6, 14)} <= free
    assert date(2027, 1, 11) not in free


def test_new_years_eve_is_an_hour_shorter_where_no_decree_frees_it() -> None:
    """Labour Code, art. 95: the day before a holiday, also before one of the next year."""
    last = {each.day: each.kind for each in year(2027)}
    assert last[date(2027, 12, 31)] == "short"
    assert date(2028, 12, 31) not in {each.day for each in year(2028)}  # a Sunday
