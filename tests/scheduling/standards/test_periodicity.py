"""How often a service may be given: alternatives side by side, the first day allowed, what still fits before an end."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.standards import periodicity
from scheduling.standards.periodicity import Way, allows, earliest, room, standing, too_often, ways

TWICE_A_MONTH = [{"times": 2, "per": "month"}]
SIX_OR_COURSES = [{"times": 6, "per": "year"}, {"days": 10, "times": 2, "per": "year"}]
TWICE_A_WEEK_OR_COURSES = [{"times": 2, "per": "week"}, {"days": 10, "times": 2, "per": "year"}]


def days(*said: str) -> list[date]:
    """Days of 2026: `11-23`, or `11-23..11-27`."""
    found = []
    for each in said:
        first, _, last = each.partition("..")
        day, end = (date.fromisoformat(f"2026-{part}") for part in (first, last or first))
        found += [day + timedelta(days=number) for number in range((end - day).days + 1)]
    return found


@pytest.mark.parametrize(
    ("alternatives", "taken", "on", "first"),
    [
        (None, ["11-01", "11-02", "11-03"], "11-04", "2026-11-04"),
        (TWICE_A_MONTH, ["11-03"], "11-23", "2026-11-23"),
        (TWICE_A_MONTH, ["11-03", "11-10"], "11-23", "2026-12-01"),
        (TWICE_A_MONTH, ["11-03", "11-10", "12-01", "12-30"], "11-23", "2027-01-01"),
        ([{"times": 1, "per": "week"}], ["11-23"], "11-25", "2026-11-30"),
        ([{"times": 1, "per": "week"}], ["12-28"], "12-31", "2027-01-04"),  # the week goes on over the new year
        (SIX_OR_COURSES, ["03-01", "04-01", "05-01", "06-01", "07-01", "08-01"], "11-23", "2027-01-01"),
        (SIX_OR_COURSES, ["03-01..03-10"], "03-11", "2026-03-11"),  # the second course begins
        (SIX_OR_COURSES, ["03-01..03-10", "09-01..09-10"], "09-11", "2027-01-01"),
        (SIX_OR_COURSES, ["03-01..03-10", "09-01..09-04"], "09-05", "2026-09-05"),  # it is not full yet
        (SIX_OR_COURSES, ["03-01..03-10", "09-01..09-04"], "09-20", "2027-01-01"),  # it rested too long
        (TWICE_A_WEEK_OR_COURSES, ["11-23..11-24"], "11-25", "2026-11-25"),
        (SIX_OR_COURSES, ["03-01..03-10", "12-01..12-04"], "11-01", "2026-11-17"),  # it joins the one that was booked
    ],
)
def test_the_first_day_that_is_allowed(
    alternatives: list[dict[str, Any]] | None, taken: list[str], on: str, first: str
) -> None:
    assert str(earliest(ways(alternatives), days(*taken), days(on)[0])) == first


def test_each_alternative_says_what_it_leaves() -> None:
    taken = days("03-01..03-10", "09-01..09-04")
    six, courses = (standing(way, taken, date(2026, 9, 5)) for way in ways(SIX_OR_COURSES))
    assert (six.used, six.left, six.allowed) == (14, 0, False)
    assert (courses.used, courses.left, courses.allowed) == (2, 6, True)
    assert (courses.since, courses.until) == (date(2026, 1, 1), date(2026, 12, 31))
    later = standing(ways(SIX_OR_COURSES)[1], taken, date(2026, 11, 23))
    assert (later.used, later.left, later.allowed) == (2, 0, False)


@pytest.mark.parametrize(
    ("alternatives", "taken", "since", "until", "fit"),
    [
        (None, [], "12-01", "12-05", 5),
        (TWICE_A_MONTH, ["11-03"], "11-23", "12-31", 3),
        (TWICE_A_MONTH, ["11-03", "11-10"], "11-23", "11-30", 0),
        (SIX_OR_COURSES, [], "03-01", "12-31", 20),
        (SIX_OR_COURSES, ["02-01", "03-01"], "12-20", "12-31", 4),
    ],
)
def test_what_still_fits_before_the_end(
    alternatives: list[dict[str, Any]] | None, taken: list[str], since: str, until: str, fit: int
) -> None:
    assert room(ways(alternatives), days(*taken), days(since)[0], days(until)[0], most=50) == fit


def test_a_course_that_is_wished_is_held_against_what_was_booked_before() -> None:
    twice = ways(TWICE_A_MONTH)
    wished = days("11-24", "12-08")
    assert not too_often(twice, wished)
    assert not too_often(twice, wished, days("11-03"))
    assert too_often(twice, wished, days("11-03", "11-10"))


WAYS = st.lists(
    st.one_of(
        st.builds(Way, st.integers(1, 4), st.sampled_from(["week", "month", "year"])),
        st.builds(Way, st.integers(1, 3), st.sampled_from(["month", "year"]), st.integers(2, 12)),
    ),
    max_size=3,
)
SOME_DAYS = st.lists(st.dates(date(2026, 6, 1), date(2027, 6, 1)), max_size=25)


@given(WAYS, SOME_DAYS, st.dates(date(2026, 6, 1), date(2027, 3, 1)))
def test_no_day_before_the_first_one_is_allowed_and_that_one_is(
    alternatives: list[Way], taken: list[date], on: date
) -> None:
    found = earliest(alternatives, taken, on)
    assert found is not None  # every period ends
    assert allows(alternatives, taken, found)
    before = [on + timedelta(days=number) for number in range((found - on).days)]
    assert [day for day in before if allows(alternatives, taken, day)] == []


@given(WAYS, SOME_DAYS, st.dates(date(2026, 6, 1), date(2027, 3, 1)))
def test_an_alternative_allows_a_day_exactly_where_it_leaves_something(
    alternatives: list[Way], taken: list[date], on: date
) -> None:
    counted = [way for way in alternatives if way.days is None]
    for way in counted:
        said = standing(way, taken, on)
        inside = [day for day in taken if said.since <= day <= said.until]
        assert (said.used, said.allowed) == (len(inside), said.left > 0)
        assert said.since <= on <= said.until


@given(WAYS, SOME_DAYS, st.dates(date(2026, 6, 1), date(2027, 3, 1)), st.integers(0, 60), st.integers(0, 12))
def test_what_fits_can_really_be_put_one_after_the_other(
    alternatives: list[Way], taken: list[date], since: date, length: int, most: int
) -> None:
    until = since + timedelta(days=length)
    fit = room(alternatives, taken, since, until, most=most)
    placed = list(taken)
    for day in (since + timedelta(days=number) for number in range(length + 1)):
        if len(placed) - len(taken) < most and allows(alternatives, placed, day):
            placed.append(day)
    assert fit == len(placed) - len(taken)


@given(WAYS, st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_a_period_holds_its_day_and_the_next_one_begins_right_after_it(alternatives: list[Way], day: date) -> None:
    for way in alternatives:
        first, last = periodicity.period(way.per, day)
        assert first <= day <= last
        assert periodicity.period(way.per, last + timedelta(days=1))[0] == last + timedelta(days=1)
        assert periodicity.period(way.per, first) == (first, last)
