"""The windows of a block of days, found all at once, are those that each day's own story tells."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.calendars.plan import Override, Plan, Rule, Special
from scheduling.calendars.recurring import Recurrence, weekly
from scheduling.slots import Window, day_number

FIRST = date(2026, 10, 1)
DAYS = 200

days = st.integers(0, DAYS - 1).map(lambda number: FIRST + timedelta(days=number))
ends = st.none() | days
hours = st.tuples(st.integers(0, 22), st.integers(1, 6)).map(lambda pair: (pair[0] * 60, min(24, sum(pair)) * 60))
windows = st.builds(
    lambda span, place: Window(span[0], span[1], None, place), hours, st.sampled_from(("office", "home"))
)
recurrences = st.builds(
    lambda of, every, first, last: Recurrence(weekly(of, every=every), first, last),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(1, 3),
    days,
    ends,
)
specials = st.builds(Special, days, st.sampled_from(("closed", "working", "short")), ends)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    pairs = draw(st.lists(st.tuples(recurrences, windows), max_size=5))
    rules = [Rule(number, recurrence, window) for number, (recurrence, window) in enumerate(pairs)]
    placed = st.lists(st.tuples(days, hours).map(lambda pair: (pair[0], *pair[1])), max_size=2).map(tuple)
    overrides = draw(st.lists(st.builds(Override, st.integers(0, 5), days, placed), max_size=6))
    exceptions = draw(st.dictionaries(days, st.lists(windows, max_size=2), max_size=4))
    return Plan(rules, overrides, exceptions, draw(st.lists(specials, max_size=6, unique_by=lambda each: each.day)))


@settings(max_examples=200, deadline=None)
@given(plans())
def test_windows_are_those_of_the_days_origins(plan: Plan) -> None:
    first = day_number(FIRST)
    for day in range(first - 10, first + DAYS + 10):
        assert tuple(plan.windows(day)) == tuple(origin.window for origin in plan.origins(day))


def test_one_week_of_work_is_the_same_for_everybody_who_has_it() -> None:
    week = weekly({0, 1, 2, 3, 4})
    one, other = (Plan([Rule(number, Recurrence(week, FIRST), Window(540, 1020))]) for number in (1, 2))
    day = day_number(date(2027, 1, 11))
    assert one.windows(day) == (Window(540, 1020),)
    assert one.windows(day) is other.windows(day), "a thousand calendars with the same hours keep them once"
