"""Rules of work: added, changed and taken away; one day of a rule, that day and all that follow, or all of it."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from scheduling import calendars, standards
from scheduling.calendars import Place, Wanted, recurring
from scheduling.errors import invalid
from server.api.calendar_views import SettingsView, WallIn
from server.api.calendars import settings_of, to_keep
from server.endpoint import Ask, endpoint
from server.shapes import Code, Day, Form

Weekday = Annotated[int, Field(ge=0, le=6)]
Rrule = Annotated[str, StringConstraints(max_length=recurring.LONGEST_TEXT)]


class RuleForm(Form):
    """On which days: `days` of the week (Monday = 0) `every` so many weeks, or an `rrule` (RFC 5545) that says more.
    `first_day` anchors the interval; `last_day` is inclusive."""

    days: list[Weekday] = Field(default=[], max_length=7)
    every: int = Field(default=1, ge=1, le=52)
    rrule: Rrule = ""
    first_day: Day
    last_day: Day | None = None
    start: WallIn
    end: WallIn
    services: list[Code] | None = Field(default=None, max_length=100)
    place: Place = "office"

    @property
    def wanted(self) -> Wanted:
        if bool(self.days) is bool(self.rrule):
            raise invalid("days", "missing")
        text = self.rrule or recurring.weekly(frozenset(self.days), every=self.every)
        services = None if self.services is None else frozenset(self.services)
        return Wanted(text, self.first_day, self.start, self.end, self.last_day, services, self.place)


class Since(Form):
    """From this day of the rule on; the whole rule when not given."""

    since: Day | None = None


class DayWindow(Form):
    day: Day
    start: WallIn
    end: WallIn


class DayForm(Form):
    """`day` is a day of the rule; the windows stand in its place, on that day or another. None: not that day."""

    day: Day
    windows: list[DayWindow] = Field(max_length=calendars.MOST_WINDOWS)


@endpoint("POST", "/specialists/{specialist}/rules", allow="calendars.write", etag=True, if_match=True)
async def add_rule(ask: Ask, specialist: int, body: RuleForm) -> SettingsView:
    kept = await to_keep(ask, specialist, "rule_added")
    await calendars.add_rule(ask.tx, kept.id, body.wanted, version=ask.version, known_services=await _known(ask))
    return await settings_of(ask, kept)


@endpoint("PUT", "/specialists/{specialist}/rules/{rule}", allow="calendars.write", etag=True, if_match=True)
async def change_rule(ask: Ask, specialist: int, rule: int, query: Since, body: RuleForm) -> SettingsView:
    """With `since` the rule ends the day before and a new one begins. Bookings that stand stay."""
    kept = await to_keep(ask, specialist, "rule_changed")
    known = await _known(ask)
    await calendars.change_rule(
        ask.tx, kept.id, rule, body.wanted, version=ask.version, known_services=known, since=query.since
    )
    return await settings_of(ask, kept)


@endpoint("DELETE", "/specialists/{specialist}/rules/{rule}", allow="calendars.write", etag=True, if_match=True)
async def remove_rule(ask: Ask, specialist: int, rule: int, query: Since) -> SettingsView:
    kept = await to_keep(ask, specialist, "rule_removed")
    await calendars.remove_rule(ask.tx, kept.id, rule, version=ask.version, since=query.since)
    return await settings_of(ask, kept)


@endpoint("PUT", "/specialists/{specialist}/rules/{rule}/day", allow="calendars.write", etag=True, if_match=True)
async def override_day(ask: Ask, specialist: int, rule: int, body: DayForm) -> SettingsView:
    """One day of the rule: later, shorter, in parts, on another day, or not at all. Its own hours again end that."""
    kept = await to_keep(ask, specialist, "rule_day_changed")
    windows: list[tuple[date, int, int]] = [(each.day, each.start, each.end) for each in body.windows]
    await calendars.override_day(ask.tx, kept.id, rule, body.day, windows, version=ask.version)
    return await settings_of(ask, kept)


async def _known(ask: Ask) -> list[str]:
    return await standards.codes(ask.tx, ask.today)
