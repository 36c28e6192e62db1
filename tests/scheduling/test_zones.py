"""Free time around every clock change of every IANA zone, 2020–2035, against the definition read minute by minute."""

import hashlib
import zoneinfo
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import slots
from scheduling.calendars import WeeklyHours
from scheduling.slots import DAY, Service, Taken
from tests.scheduling.by_definition import by_definition
from tests.scheduling.plain import DayException, Plain, whole

FROM, UNTIL = (slots.minute(datetime(year, 1, 1, tzinfo=UTC)) for year in (2020, 2036))
PARTS = 8  # so that parallel runners share the work

ALL_WEEK = range(7)
RULES = (
    Plain("", tuple(WeeklyHours(day, 0, 24 * 60) for day in ALL_WEEK), step_min=20),
    Plain("", tuple(WeeklyHours(day, 9 * 60, 17 * 60) for day in ALL_WEEK), step_min=15),
    Plain("", tuple(WeeklyHours(day, *w) for day in ALL_WEEK for w in ((0, 45), (95, 145), (150, 215))), step_min=5),
    Plain(
        "",
        tuple(WeeklyHours(day, *w) for day in ALL_WEEK for w in ((1, 119), (119, 200), (23 * 60, 24 * 60))),
        step_min=7,
    ),
    Plain("", tuple(WeeklyHours(day, 0, 24 * 60) for day in ALL_WEEK), step_min=30, max_per_day=2),
)
SERVICES = (Service("40", 40, 10), Service("10", 10), Service("60", 60, 15), Service("5", 5, 5))


@lru_cache
def distinct_zones() -> tuple[str, ...]:
    """One name for each different clock: many zones are other names of the same data."""
    names: dict[str, str] = {}
    for name in sorted(zoneinfo.available_timezones()):
        data = resources.files("tzdata.zoneinfo").joinpath(*name.split("/"))
        key = hashlib.sha256(data.read_bytes()).hexdigest() if data.is_file() else name
        names.setdefault(key, name)
    return tuple(names.values())


def changes(zone: ZoneInfo) -> list[int]:
    """The first minute after every change of the offset, found by bisection between probes six hours apart."""
    found = []
    after = offset(zone, FROM)
    for probe in range(FROM, UNTIL, 360):
        before, after = after, offset(zone, probe + 360)
        if before == after:
            continue
        low, high = probe, probe + 360
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
        found.append(high)
    return found


def offset(zone: ZoneInfo, at: int) -> timedelta | None:
    return datetime.fromtimestamp(at * 60, zone).utcoffset()


@pytest.mark.parametrize("part", range(PARTS))
def test_around_every_clock_change_the_slots_are_those_of_the_wall_clock(part: int) -> None:
    checked, deviations = 0, []
    for name in distinct_zones()[part::PARTS]:
        for number, change in enumerate([*changes(ZoneInfo(name)), FROM + 12 * 60]):
            rules = replace(RULES[(number + part) % len(RULES)], zone=name, horizon_days=3)
            service = SERVICES[(number // 2) % len(SERVICES)]
            near = [(change - 200, change - 150), (change - 30, change + 25), (change + 90, change + 130)]
            busy = whole(near[: number % 4])
            span = {"now": change - 2 * DAY, "since": change - 6 * 60, "until": change + 8 * 60}
            checked += 1
            if slots.free_starts(rules.rules, service, busy, **span) != by_definition(rules, service, busy, **span):
                deviations.append((name, slots.instant(change), rules, service, busy))
    assert deviations == []
    assert checked >= len(distinct_zones()) // PARTS


def test_the_database_of_zones_is_the_one_we_think() -> None:
    assert len(zoneinfo.available_timezones()) > 500
    assert len(distinct_zones()) > 250
    assert sum(len(changes(ZoneInfo(name))) for name in ("Europe/Berlin", "Australia/Lord_Howe")) == 64
    assert changes(ZoneInfo("Asia/Novosibirsk")) == []


# --- any rules at all -------------------------------------------------------------------------------------------------
PLACES = (
    "Asia/Novosibirsk",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "America/Havana",
    "Africa/Cairo",
)
DAYS = (
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 10, 25),
    date(2026, 10, 30),
    date(2026, 11, 1),
)
windows = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda window: window[0] < window[1])


@st.composite
def situations(draw: st.DrawFn) -> tuple[Plain, Service, list[Taken], dict[str, int]]:
    day = draw(st.sampled_from(DAYS))
    noon = slots.minute(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    near = st.builds(
        lambda start, length: (noon + start, noon + start + length), st.integers(-2000, 2000), st.integers(1, 300)
    )
    booked = st.builds(
        lambda span, before, after: Taken(*span, span[0] - before, span[1] + after),
        near,
        st.integers(0, 30),
        st.integers(0, 30),
    )
    a_day = st.integers(-2, 2).map(lambda days: day + timedelta(days=days))
    weekly = st.builds(
        lambda weekday, window, *rest: WeeklyHours(weekday, window[0], window[1], *rest),
        st.integers(0, 6),
        windows,
        st.none() | a_day,
        st.none() | a_day,
        st.sampled_from((None, frozenset({"1739"}), frozenset({"1740"}))),
        st.sampled_from((1, 1, 2, 3)),
    )
    rules = Plain(
        zone=draw(st.sampled_from(PLACES)),
        weekly=tuple(draw(st.lists(weekly, max_size=12))),
        exceptions=tuple(
            {
                on: DayException(on, tuple(draw(st.lists(windows, max_size=2))))
                for on in draw(st.lists(a_day, max_size=2))
            }.values()
        ),
        absences=tuple(draw(st.lists(near, max_size=2))),
        holidays=frozenset(draw(st.lists(a_day, max_size=1))),
        notice_min=draw(st.integers(0, 1500)),
        horizon_days=draw(st.integers(0, 4)),
        max_per_day=draw(st.none() | st.integers(1, 3)),
        step_min=draw(st.sampled_from((5, 10, 15, 25, 60))),
        max_per_week=draw(st.none() | st.integers(1, 4)),
        longest_run_min=draw(st.none() | st.integers(30, 400)),
        break_min=draw(st.integers(5, 60)),
    )
    service = Service("1739", draw(st.integers(1, 120)), draw(st.integers(0, 30)), draw(st.integers(0, 30)))
    now = noon - draw(st.integers(0, 2 * DAY))
    return rules, service, draw(st.lists(booked, max_size=4)), {"now": now, "since": noon - 1200, "until": noon + 1200}


@settings(max_examples=150, deadline=None)
@given(situations())
def test_any_rules_give_the_slots_of_the_wall_clock(
    situation: tuple[Plain, Service, list[Taken], dict[str, int]],
) -> None:
    rules, service, busy, span = situation
    found = slots.free_starts(rules.rules, service, busy, **span)
    assert found == by_definition(rules, service, busy, **span)
    for start in found[:3]:
        assert slots.refusal(rules.rules, service, busy, now=span["now"], start=start) is None
