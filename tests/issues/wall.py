"""A calendar in any zone written down in a line, and its free time as the clock on the wall shows it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from scheduling import slots
from scheduling.calendars import recurring
from scheduling.calendars.plan import Override, Plan, Rule, Special
from scheduling.slots import Interval, Limits, Rules, Service, Taken, Window

EVERY_DAY = "FREQ=DAILY"
SINCE = date(2001, 1, 1)
_numbers = count(1)


def minutes(clock: str) -> int:
    """ "09:30" as minutes of the day."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def hours(text: str) -> Interval:
    """ "09:00-13:00" as minutes of the day."""
    start, end = text.split("-")
    return minutes(start), minutes(end)


def works(
    open_at: str,
    on: str = EVERY_DAY,
    since: date = SINCE,
    until: date | None = None,
    services: frozenset[str] | None = None,
) -> Rule:
    """A rule of work: from when to when, on which days (an RRULE as people write it), from which day on."""
    start, end = hours(open_at)
    return Rule(next(_numbers), recurring.read(on, since, until), Window(start, end, services))


def calendar(
    zone: str,
    *rules: Rule,
    overrides: Sequence[Override] = (),
    exceptions: Mapping[date, Sequence[str]] | None = None,
    specials: Sequence[Special] = (),
    absences: Sequence[tuple[datetime, datetime]] = (),
    step: int = 60,
    notice: int = 0,
    horizon: int = 400,
    a_day: int | None = None,
    a_week: int | None = None,
    run: int | None = None,
    pause: int = 15,
) -> Rules:
    """A specialist's whole calendar. `exceptions` give days their own hours."""
    whole = {day: tuple(Window(*hours(each)) for each in texts) for day, texts in (exceptions or {}).items()}
    return Rules(
        zone,
        Plan(rules, overrides, whole, specials),
        tuple((slots.minute(since), slots.minute_after(until)) for since, until in absences),
        Limits(notice, horizon, step, a_day, a_week, run, pause),
    )


def override(rule: Rule, day: date, *windows: str, on: date | None = None) -> Override:
    """One day of a rule as it really is, on that day or on another."""
    return Override(rule.id, day, tuple((on or day, *hours(each)) for each in windows))


def at(zone: str, text: str, *, second: bool = False) -> datetime:
    """The instant at which a wall clock shows "2026-11-01 01:00"; `second` of the two times of a doubled hour."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=int(second)).astimezone(UTC)


def free(
    rules: Rules,
    first: date,
    days: int = 1,
    *,
    lasts: int = 60,
    after: int = 0,
    before: int = 0,
    busy: Sequence[tuple[datetime, datetime]] = (),
    now: datetime | None = None,
    seen_from: str | None = None,
) -> list[datetime]:
    """The free starts of some days, which are days of `seen_from` or else of the specialist."""
    zone = seen_from or rules.zone
    since, until = (at(zone, f"{first + timedelta(days=number)}T00:00") for number in (0, days))
    found = slots.free_starts(
        rules,
        Service("1739", lasts, after, before),
        taken(busy),
        now=slots.minute_after(now or since),
        since=slots.minute(since),
        until=slots.minute(until),
    )
    return [slots.instant(start) for start in found]


def taken(busy: Sequence[tuple[datetime, datetime]]) -> list[Taken]:
    """Sessions without buffers."""
    whole = [(slots.minute(since), slots.minute_after(until)) for since, until in busy]
    return [Taken(since, until, since, until) for since, until in sorted(whole)]


def shown(zone: str, instants: Sequence[datetime], form: str = "%H:%M") -> list[str]:
    """Instants as the clock on the wall of a zone shows them."""
    return [each.astimezone(ZoneInfo(zone)).strftime(form) for each in instants]


def clocks(rules: Rules, first: date, days: int = 1, form: str = "%H:%M", **more: object) -> list[str]:
    """The same in one go: free starts on the specialist's own clock."""
    return shown(rules.zone, free(rules, first, days, **more), form)  # type: ignore[arg-type]  # of `free`


def dates(text: str, since: date, first: date, last: date) -> list[date]:
    """The days of a rule within a stretch."""
    return list(recurring.read(text, since).days(first, last))


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(each) for each in texts]
