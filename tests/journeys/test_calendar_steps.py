"""One day, this and the following, all: what the page asks of the server for each, held against a month on paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.async_api import Browser, Page

from tests.journeys.calendar_hands import changes, quiet_month, without_hours
from tests.support.chromium import person
from tests.support.live_server import LiveServer
from tests.support.staff import Json, Staff, sign_in, signed_in

WEEKS = 3
DAY = timedelta(days=1)
PLANNED = """async ([calendar, key, targets, scope]) => {
  const { windowsOf } = await import("/s/any/pages/staff/calendar/plan.js");
  const { scopesOf, toChange } = await import("/s/any/pages/staff/calendar/steps.js");
  const found = windowsOf(calendar).find((each) => `${each.rule} ${each.day} ${each.start}` === key);
  return { scopes: scopesOf(calendar, found, targets), steps: toChange(calendar, found, targets, scope) };
}"""
CLOCKS = """async (days) => {
  const { clockChange, piecesOf } = await import("/s/any/pages/staff/calendar/plan.js");
  return {
    changes: days.map(([day, zone]) => clockChange(day, zone)),
    twice: piecesOf("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "Europe/Berlin"),
    midnight: piecesOf("2026-11-24T16:00:00Z", "2026-11-24T18:00:00Z", "Asia/Novosibirsk"),
  };
}"""


@dataclass(frozen=True, order=True)
class Window:
    """As it stands on paper, in minutes of its day."""

    day: date
    start: int
    end: int
    rule: int

    @property
    def key(self) -> str:
        return f"{self.rule} {self.day} {self.start}"


# What is done to a window: its new pieces as (days later, start later, end later). None at all: it is taken away.
ACTS: dict[str, list[tuple[int, int, int]]] = {
    "an hour later": [(0, 60, 60)],
    "half an hour longer at both ends": [(0, -30, 30)],
    "taken away": [],
    "the day after": [(1, 0, 0)],
    "the day before": [(-1, 15, 15)],
    "with a break": [(0, 0, -150), (0, 180, 0)],
}


@pytest.mark.parametrize("act", ACTS)
async def test_what_was_meant_is_what_stands_there(live_server: LiveServer, browser: Browser, act: str) -> None:
    context = await person(browser)
    await sign_in(context, live_server.address, "specialist")
    page = await context.new_page()
    await page.goto(f"{live_server.address}/staff/today")
    async with signed_in(live_server.address, "specialist") as her:
        await without_hours(her)
        first = await quiet_month(her)
        for body in _rules(first):
            await changes(her, "POST", "/rules", body, await _calendar(her, first))
        calendar = await _calendar(her, first)
        before = _windows(calendar)
        # Of every rule one day: of all weekdays the second week's Thursday, every second Tuesday, the Saturday.
        days = (first + 10 * DAY, first + 15 * DAY, first + 5 * DAY)
        seen: set[str] = set()
        for rule, day in zip(sorted({each.rule for each in before}), days, strict=True):
            chosen = next(each for each in before if each.rule == rule and each.day == day)
            for scope in await _scopes(page, calendar, chosen, act):
                await _is_as_on_paper(page, her, first, chosen, act, scope)
                seen.add(scope)
        assert {"one", "following", "all"} <= seen


async def test_a_day_on_which_the_clocks_change_has_its_hours(live_server: LiveServer, browser: Browser) -> None:
    page = await (await person(browser)).new_page()
    await page.goto(f"{live_server.address}/staff/sign-in")
    days = [
        ["2026-03-29", "Europe/Berlin"],
        ["2026-10-25", "Europe/Berlin"],
        ["2014-10-26", "Asia/Novosibirsk"],
        ["2026-11-24", "Asia/Novosibirsk"],
        ["2026-10-04", "Australia/Lord_Howe"],
    ]
    found = await page.evaluate(CLOCKS, days)
    assert found["changes"] == [
        {"kind": "gap", "start": 120, "end": 180},
        {"kind": "twice", "start": 120, "end": 180},
        {"kind": "twice", "start": 60, "end": 120},
        None,
        {"kind": "gap", "start": 120, "end": 150},
    ]
    assert found["twice"] == [{"day": "2026-10-25", "start": 150, "end": 210}], "what has a length keeps it"
    assert [(each["day"], each["start"], each["end"]) for each in found["midnight"]] == [
        ("2026-11-24", 1380, 1440),
        ("2026-11-25", 0, 60),
    ]


async def _is_as_on_paper(page: Page, her: Staff, first: date, chosen: Window, act: str, scope: str) -> None:
    """The change, what stands there then, and what stands there when it was taken back."""
    calendar = await _calendar(her, first)
    before = _windows(calendar)
    chosen = next(each for each in before if (each.day, each.start) == (chosen.day, chosen.start))
    planned = await page.evaluate(PLANNED, [calendar, chosen.key, _targets(chosen, act), scope])
    for step in planned["steps"]:
        await changes(her, step["method"], step["path"], step.get("body"), await _calendar(her, first))
    after = _windows(await _calendar(her, first))
    assert _hours(after) == _hours(_on_paper(before, chosen, act, scope)), f"{act}, {scope}, {planned['steps']}"
    for _ in planned["steps"]:
        await changes(her, "POST", "/calendar/undo", {}, await _calendar(her, first))
    assert _hours(_windows(await _calendar(her, first))) == _hours(before), f"{act}, {scope}, taken back"


def _on_paper(before: list[Window], chosen: Window, act: str, scope: str) -> list[Window]:
    """Each window that is meant gives way to its new pieces; the others stay."""
    found = []
    for each in before:
        found += _pieces(each, act) if _is_meant(each, chosen, scope) else [each]
    return found


def _is_meant(each: Window, chosen: Window, scope: str) -> bool:
    if scope == "one":
        return each == chosen
    same = each.rule == chosen.rule and (scope.endswith("_whole") or each.day.weekday() == chosen.day.weekday())
    return same and (scope.startswith("all") or each.day >= chosen.day)


def _pieces(each: Window, act: str) -> list[Window]:
    return [
        Window(each.day + days * DAY, each.start + later, each.end + longer, each.rule)
        for days, later, longer in ACTS[act]
    ]


async def _scopes(page: Page, calendar: Json, chosen: Window, act: str) -> list[str]:
    targets = _targets(chosen, act)
    return list((await page.evaluate(PLANNED, [calendar, chosen.key, targets, "one"]))["scopes"])


def _targets(chosen: Window, act: str) -> list[Json]:
    return [{"day": str(each.day), "start": each.start, "end": each.end} for each in _pieces(chosen, act)]


def _rules(first: date) -> list[Json]:
    last = str(first + (7 * WEEKS - 1) * DAY)
    saturday = first + 5 * DAY
    return [
        {"days": [0, 1, 2, 3, 4], "first_day": str(first), "last_day": last, "start": "09:00", "end": "13:00"},
        {"days": [1], "every": 2, "first_day": str(first), "last_day": last, "start": "14:00", "end": "18:00"},
        {
            "days": [5],
            "first_day": str(saturday),
            "last_day": str(saturday),
            "start": "10:00",
            "end": "14:00",
            "place": "home",
        },
    ]


async def _calendar(her: Staff, first: date) -> Json:
    last = first + (7 * WEEKS - 1) * DAY
    return await her.get(f"/specialists/{her.me['specialist_id']}/calendar", **{"from": str(first), "until": str(last)})


def _windows(calendar: Json) -> list[Window]:
    return sorted(
        Window(date.fromisoformat(each["day"]), _minutes(each["start"]), _minutes(each["end"]), each["rule"])
        for each in calendar["windows"]
    )


def _hours(windows: Iterable[Window]) -> list[tuple[date, int, int]]:
    return sorted((each.day, each.start, each.end) for each in windows)


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
