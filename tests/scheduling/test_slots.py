"""Free time of one specialist, case by case, as a person would read it off a calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from scheduling import slots
from scheduling.calendars import WeeklyHours
from scheduling.slots import Service
from tests.scheduling.plain import DayException, Plain, whole

NOVOSIBIRSK = "Asia/Novosibirsk"  # UTC+7, no changes any more
MONDAY = date(2026, 11, 23)
TALK = Service("1739", duration_min=40, buffer_min=10)


def at(wall: str, day: date = MONDAY, zone: str = NOVOSIBIRSK) -> int:
    """The minute at which the wall clock of a zone shows this time (the first of two)."""
    hour, minute = map(int, wall.split(":"))
    days, hour = divmod(hour, 24)
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)) + timedelta(days=days)
    return slots.minute(local)


def span(first: str, last: str, day: date = MONDAY) -> slots.Interval:
    return at(first, day), at(last, day)


def weekdays(*windows: tuple[int, int], **more: date | frozenset[str]) -> tuple[WeeklyHours, ...]:
    return tuple(
        WeeklyHours(weekday, start * 60, end * 60, **more)  # type: ignore[arg-type]
        for weekday in range(5)
        for start, end in windows
    )


MORNINGS = Plain(NOVOSIBIRSK, weekdays((9, 12)), step_min=30)


def starts(
    rules: Plain,
    *busy: slots.Interval,
    service: Service = TALK,
    day: date = MONDAY,
    now: int | None = None,
    days: int = 1,
) -> list[str]:
    """The free starts of some days as the specialist's wall clock shows them."""
    midnight = at("00:00", day, rules.zone)
    found = slots.free_starts(
        rules.rules,
        service,
        whole(busy),
        now=midnight if now is None else now,
        since=midnight,
        until=midnight + days * slots.DAY,
    )
    return [slots.instant(start).astimezone(ZoneInfo(rules.zone)).strftime("%H:%M") for start in found]


def test_starts_lie_on_the_grid_and_the_talk_ends_by_closing_time() -> None:
    assert starts(MORNINGS) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_the_buffer_may_run_past_closing() -> None:
    assert starts(MORNINGS, service=Service("1739", 60, 30))[-1] == "11:00"


def test_the_grid_is_counted_from_the_opening() -> None:
    rules = replace(MORNINGS, weekly=(WeeklyHours(0, 9 * 60 + 10, 11 * 60),), step_min=45)
    assert starts(rules) == ["09:10", "09:55"]


@pytest.mark.parametrize(
    ("busy", "left"),
    [
        (("10:00", "10:50"), ["09:00", "11:00"]),  # 09:30 + 40 + 10 would run into it
        (("10:00", "10:51"), ["09:00", "11:00"]),
        (("10:00", "11:01"), ["09:00"]),
        (("09:50", "10:00"), ["09:00", "10:00", "10:30", "11:00"]),  # its buffer ends just in time
        (("09:49", "10:00"), ["10:00", "10:30", "11:00"]),
        (("11:50", "12:30"), ["09:00", "09:30", "10:00", "10:30", "11:00"]),
        (("08:00", "13:00"), []),
    ],
)
def test_a_booking_takes_its_time_and_what_would_run_into_it(busy: tuple[str, str], left: list[str]) -> None:
    assert starts(MORNINGS, span(*busy)) == left


def test_windows_that_touch_are_one_stretch_and_the_night_is_no_border() -> None:
    touching = replace(MORNINGS, weekly=(WeeklyHours(0, 9 * 60, 10 * 60), WeeklyHours(0, 10 * 60, 11 * 60)))
    assert starts(touching) == ["09:00", "09:30", "10:00"]
    night = replace(MORNINGS, weekly=(WeeklyHours(0, 23 * 60, 24 * 60), WeeklyHours(1, 0, 60)))
    assert starts(night, days=2) == ["23:00", "23:30", "00:00"]


def test_a_break_is_not_talked_through() -> None:
    assert starts(replace(MORNINGS, weekly=weekdays((9, 10), (11, 12)))) == ["09:00", "11:00"]


def test_an_exception_replaces_the_day_and_none_of_the_others() -> None:
    rules = replace(MORNINGS, exceptions=(DayException(MONDAY, ((14 * 60, 15 * 60),)),))
    assert starts(rules) == ["14:00"]
    assert starts(rules, day=MONDAY + timedelta(days=1))[0] == "09:00"
    assert starts(replace(MORNINGS, exceptions=(DayException(MONDAY),))) == []


def test_a_holiday_closes_unless_she_says_otherwise_for_that_very_day() -> None:
    closed = replace(MORNINGS, holidays=frozenset({MONDAY}))
    assert starts(closed) == []
    assert starts(replace(closed, exceptions=(DayException(MONDAY, ((540, 600),)),))) == ["09:00"]


def test_an_absence_is_closed_time_but_a_buffer_may_run_into_it() -> None:
    assert starts(replace(MORNINGS, absences=(span("09:40", "11:00"),))) == ["09:00", "11:00"]
    assert starts(replace(MORNINGS, absences=(span("09:39", "11:00"),))) == ["11:00"]


def test_hours_hold_from_a_day_until_a_day() -> None:
    rules = replace(MORNINGS, weekly=weekdays((9, 10), valid_from=MONDAY, valid_until=MONDAY + timedelta(days=1)))
    assert [len(starts(rules, day=MONDAY + timedelta(days=offset))) for offset in (-3, 0, 1, 2)] == [0, 1, 1, 0]


def test_hours_may_be_kept_for_some_services() -> None:
    weekly = (WeeklyHours(0, 540, 600, services=frozenset({"1740"})), WeeklyHours(0, 600, 660))
    assert starts(replace(MORNINGS, weekly=weekly)) == ["10:00"]
    assert starts(replace(MORNINGS, weekly=weekly), service=Service("1740", 30)) == ["09:00", "09:30", "10:00", "10:30"]


def test_notice_and_horizon() -> None:
    rules = replace(MORNINGS, notice_min=60, horizon_days=1)
    assert starts(rules, now=at("09:00")) == ["10:00", "10:30", "11:00"]
    assert starts(rules, now=at("09:01"))[0] == "10:30"
    assert starts(rules, now=at("23:59", MONDAY - timedelta(days=1)))[0] == "09:00"
    assert starts(rules, now=at("23:59", MONDAY - timedelta(days=2))) == []


def test_a_full_day_is_full_on_the_specialists_own_calendar() -> None:
    rules = replace(MORNINGS, max_per_day=2)
    early = at("00:30"), at("01:00")  # Sunday evening in UTC, Monday in Novosibirsk
    assert starts(rules, early) != []
    assert starts(rules, early, span("09:00", "09:50")) == []
    assert starts(rules, span("22:00", "22:50", MONDAY - timedelta(days=1)), span("09:00", "09:50")) == [
        "10:00",
        "10:30",
        "11:00",
    ]


# --- clock changes ----------------------------------------------------------------------------------------------------
BERLIN = Plain("Europe/Berlin", (WeeklyHours(6, 0, 5 * 60),), step_min=60)


def test_a_skipped_hour_holds_nothing_and_time_before_and_after_it_touches() -> None:
    assert starts(BERLIN, day=date(2026, 3, 29)) == ["00:00", "01:00", "03:00", "04:00"]
    night = Service("long", 90)
    assert starts(BERLIN, service=night, day=date(2026, 3, 29)) == ["00:00", "01:00", "03:00"]


def test_a_doubled_hour_is_open_twice() -> None:
    assert starts(BERLIN, day=date(2026, 10, 25)) == ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00"]
    within = replace(BERLIN, weekly=(WeeklyHours(6, 130, 170),), step_min=40)
    assert starts(within, day=date(2026, 10, 25)) == ["02:10", "02:10"]


def test_a_day_that_never_was_is_skipped_whole() -> None:
    samoa = Plain("Pacific/Apia", tuple(WeeklyHours(day, 540, 600) for day in range(7)), step_min=60)
    since = slots.minute(datetime(2011, 12, 28, tzinfo=UTC))
    found = slots.free_starts(samoa.rules, TALK, (), now=since, since=since, until=since + 4 * slots.DAY)
    days = [slots.instant(start).astimezone(ZoneInfo("Pacific/Apia")).day for start in found]
    assert days == [28, 29, 31, 1]


# --- refusals, open time, conversions ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wall", "reason"),
    [
        ("08:30", "too_soon"),
        ("09:30", None),
        ("09:40", "outside_hours"),  # off the grid
        ("11:30", "outside_hours"),
        ("13:00", "outside_hours"),
        ("10:00", "slot_taken"),
        ("57:30", "day_full"),
        ("81:30", "beyond_horizon"),
    ],
)
def test_why_a_start_is_refused(wall: str, reason: slots.Reason | None) -> None:
    rules = replace(MORNINGS, max_per_day=2, horizon_days=2)
    wednesday = MONDAY + timedelta(days=2)
    busy = [span("10:20", "11:10"), span("09:00", "09:30", wednesday), span("14:00", "14:30", wednesday)]
    assert slots.refusal(rules.rules, TALK, whole(busy), now=at("09:00"), start=at(wall)) == reason


def test_open_time_is_what_the_calendar_shows() -> None:
    rules = replace(MORNINGS, weekly=weekdays((9, 12), (13, 17)), absences=(span("10:00", "14:00"),))
    assert slots.open_time(rules.rules, since=at("00:00"), until=at("24:00")) == [
        span("09:00", "10:00"),
        span("14:00", "17:00"),
    ]
    assert slots.open_time(rules.rules, since=at("09:30"), until=at("09:45")) == [span("09:30", "09:45")]
    assert slots.open_time(rules.rules, since=at("18:00"), until=at("24:00")) == []


def test_seconds_round_towards_caution() -> None:
    precise = datetime(2026, 11, 23, 9, 0, 1, tzinfo=timezone(timedelta(hours=7)))
    assert slots.minute_after(precise) == slots.minute(precise) + 1
    assert slots.instant(slots.minute(precise)) == datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert slots.minute(datetime(1969, 12, 31, 23, 59, 30, tzinfo=UTC)) == -1


def test_a_month_of_a_specialist_is_quick() -> None:
    """Far above the target of a fraction of a millisecond, so that only a wrong order of growth trips it."""
    rules = replace(MORNINGS, weekly=weekdays((9, 13), (14, 18)), max_per_day=8, horizon_days=60)
    busy = [
        (day + hour * 60, day + hour * 60 + 50)
        for day in range(at("00:00"), at("720:00"), slots.DAY)
        for hour in (9, 11, 14)
    ]
    took = []
    for _ in range(5):
        before = perf_counter()
        slots.free_starts(rules.rules, TALK, whole(busy), now=at("00:00"), since=at("00:00"), until=at("720:00"))
        took.append(perf_counter() - before)
    assert min(took) < 0.005
