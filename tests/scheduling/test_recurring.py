"""Recurrence of working hours, against python-dateutil running from each rule's own beginning."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.calendars import recurring
from scheduling.calendars.recurring import Recurrence, read
from scheduling.errors import InvalidInput

NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MONDAY = date(2026, 11, 23)

names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)
places = st.sampled_from(("1", "2", "3", "4", "5", "-1", "-2"))
nth = st.builds(lambda place, name: f"{place}{name}", places, st.sampled_from(NAMES))
month_days = st.lists(st.sampled_from([*range(1, 32), -1, -2, -31]), min_size=1, max_size=3, unique=True)


@st.composite
def texts(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(("daily", "weekly", "by day", "by month day", "last of set")))
    if kind == "daily":
        every = draw(st.integers(1, 366))
        return f"FREQ=DAILY;INTERVAL={every}" + (f";BYDAY={','.join(draw(names))}" if every == 1 else "")
    if kind == "weekly":
        return f"FREQ=WEEKLY;INTERVAL={draw(st.integers(1, 52))};BYDAY={','.join(draw(names))}"
    every = draw(st.integers(1, 6))
    if kind == "by day":
        days = draw(names | st.lists(nth, min_size=1, max_size=3, unique=True))
        return f"FREQ=MONTHLY;INTERVAL={every};BYDAY={','.join(days)}"
    if kind == "by month day":
        return f"FREQ=MONTHLY;INTERVAL={every};BYMONTHDAY={','.join(map(str, draw(month_days)))}"
    return f"FREQ=MONTHLY;INTERVAL={every};BYDAY={','.join(draw(names))};BYSETPOS={draw(st.sampled_from((1, -1)))}"


@settings(max_examples=300, deadline=None)
@given(texts(), st.dates(date(2020, 1, 1), date(2027, 12, 31)), st.integers(-40, 900), st.integers(1, 120))
def test_any_stretch_is_what_the_library_says_from_the_beginning_on(
    text: str, first_day: date, offset: int, length: int
) -> None:
    since = first_day + timedelta(days=offset)
    until = since + timedelta(days=length)
    rule = rrulestr(text + ";WKST=MO", dtstart=midnight(first_day))
    expected = [at.date() for at in rule.between(midnight(since), midnight(until), inc=True)]
    assert list(Recurrence(text, first_day).days(since, until)) == [day for day in expected if since <= day <= until]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


@settings(max_examples=100, deadline=None)
@given(texts(), st.integers(1, 40))
def test_a_count_ends_with_its_last_day(text: str, count: int) -> None:
    found = read(f"{text};COUNT={count}", MONDAY)
    assert found.last_day is not None
    assert "COUNT" not in found.text
    assert len(list(found.days(MONDAY, found.last_day + timedelta(days=800)))) == count


def test_until_is_the_last_day_also_where_it_is_written_as_an_instant() -> None:
    for until in ("20261204", "20261204T235959Z"):
        found = read(f"FREQ=DAILY;UNTIL={until}", MONDAY)
        assert list(found.days(MONDAY, MONDAY + timedelta(days=99)))[-1] == date(2026, 12, 4)


def test_the_earlier_of_two_ends_holds() -> None:
    assert read("FREQ=DAILY;UNTIL=20261204", MONDAY, date(2026, 12, 1)).last_day == date(2026, 12, 1)
    assert read("FREQ=DAILY;COUNT=3", MONDAY, date(2026, 12, 1)).last_day == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed"),
        ("каждый вторник", "malformed"),
        ("FREQ=WEEKLY;BYDAY=TU;BYDAY=WE", "malformed"),
        ("FREQ=WEEKLY;BYDAY=XX", "malformed"),
        ("A" * 201, "malformed"),
        ("FREQ=SECONDLY", "not_supported"),
        ("FREQ=YEARLY", "not_supported"),
        ("FREQ=WEEKLY", "not_supported"),
        ("FREQ=WEEKLY;BYDAY=2TU", "not_supported"),
        ("FREQ=WEEKLY;BYDAY=TU;BYHOUR=9", "not_supported"),
        ("FREQ=MONTHLY", "not_supported"),
        ("FREQ=MONTHLY;BYDAY=6MO", "not_supported"),
        ("FREQ=MONTHLY;BYDAY=WE,3FR", "not_supported"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "not_supported"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "not_supported"),
        ("FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1", "not_supported"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9", "not_supported"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "not_supported"),
        ("FREQ=WEEKLY;BYDAY=TU;WKST=SU", "not_supported"),
        ("FREQ=DAILY;INTERVAL=0", "out_of_range"),
        ("FREQ=DAILY;INTERVAL=100000", "out_of_range"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "out_of_range"),
        ("FREQ=DAILY;COUNT=100000", "out_of_range"),
        ("FREQ=DAILY;UNTIL=20200101", "never_occurs"),
        ("FREQ=DAILY;UNTIL=yesterday", "malformed"),
    ],
)
def test_what_is_absurd_or_not_ours_is_refused_in_words(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(text, MONDAY)
    assert [error.code for error in refusal.value.errors] == [code]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="FREQ=DAILYWKMONTHBYSETPS;,-0123456789", max_size=60))
def test_no_text_at_all_is_more_than_refused(text: str) -> None:
    with suppress(InvalidInput):
        assert read(text, MONDAY).text


def test_the_plain_form_says_what_it_can_and_nothing_else() -> None:
    assert recurring.plain(recurring.weekly({0, 3}, every=2)) == (frozenset({0, 3}), 2)
    assert recurring.plain(read("FREQ=WEEKLY;BYDAY=TU", MONDAY).text) == (frozenset({1}), 1)
    assert recurring.plain("FREQ=MONTHLY;INTERVAL=1;BYDAY=2TU;WKST=MO") is None
