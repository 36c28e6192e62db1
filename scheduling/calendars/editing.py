"""Editing rules of work: one day of a rule, that day and all that follow, or all of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import func, or_, select

from scheduling import slots
from scheduling.calendars import recurring
from scheduling.calendars.changing import MOST_WINDOWS, to_change, wrong_window
from scheduling.calendars.reading import FARTHEST_MOVE
from scheduling.calendars.recurring import Recurrence
from scheduling.calendars.tables import Calendar, Place, RuleOverride, WorkingRule
from scheduling.db import Tx
from scheduling.errors import FieldError, InvalidInput, NotFound, invalid

Scope = Literal["one", "following", "all"]
MOST_RULES = 100  # that hold on one day or after it
MOST_EVER = 2000
MOST_OVERRIDES = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule as it shall be. `last_day` is inclusive; an `rrule` may end itself by COUNT or UNTIL."""

    rrule: str
    first_day: date
    start: int
    end: int
    last_day: date | None = None
    services: frozenset[str] | None = None
    place: Place = "office"


async def add_rule(
    tx: Tx, specialist_id: int, wanted: Wanted, *, version: int, known_services: Iterable[str]
) -> WorkingRule:
    """One more rule. Refused: `version_moved`, `invalid_input`."""
    recurrence = _checked(wanted, frozenset(known_services))
    await to_change(tx, specialist_id, version)
    await _must_have_room(tx, specialist_id, wanted.first_day)
    added = WorkingRule(specialist_id=specialist_id, **_columns(wanted, recurrence))
    tx.add(added)
    await tx.flush()
    return added


async def change_rule(
    tx: Tx,
    specialist_id: int,
    rule_id: int,
    wanted: Wanted,
    *,
    version: int,
    known_services: Iterable[str],
    since: date | None = None,
) -> WorkingRule:
    """The whole rule, or (`since`, a day of it) that day and all that follow: the rule ends the day before, a new one
    begins. Single days go along where the rule still gives them.

    Refused: `version_moved`, `not_found`, `invalid_input`.
    """
    if since is not None:
        wanted = Wanted(wanted.rrule, since, wanted.start, wanted.end, wanted.last_day, wanted.services, wanted.place)
    recurrence = _checked(wanted, frozenset(known_services))
    await to_change(tx, specialist_id, version)
    rule = await _rule(tx, specialist_id, rule_id)
    changed = rule
    if since is not None and not _begins(rule, since):
        changed = WorkingRule(specialist_id=specialist_id, **_columns(wanted, recurrence))
        tx.add(changed)
        await tx.flush()
        rule.last_day = since - timedelta(days=1)
    for column, value in _columns(wanted, recurrence).items():
        setattr(changed, column, value)
    await tx.flush()
    for override in await _overrides(tx, rule.id, since):
        if recurrence.on(slots.day_number(override.day)):
            override.rule_id = changed.id
        else:
            await tx.delete(override)
    await tx.flush()
    return changed


async def remove_rule(tx: Tx, specialist_id: int, rule_id: int, *, version: int, since: date | None = None) -> Calendar:
    """The whole rule, or its days from `since` on. Refused: `version_moved`, `not_found`, `invalid_input`."""
    calendar = await to_change(tx, specialist_id, version)
    rule = await _rule(tx, specialist_id, rule_id)
    if since is None or _begins(rule, since):
        await tx.delete(rule)
    else:
        rule.last_day = since - timedelta(days=1)
        for override in await _overrides(tx, rule.id, since):
            await tx.delete(override)
    await tx.flush()
    return calendar


async def override_day(
    tx: Tx,
    specialist_id: int,
    rule_id: int,
    day: date,
    windows: Sequence[tuple[date, int, int]],
    *,
    version: int,
) -> Calendar:
    """That day of the rule as it really is: later, shorter, in two parts, on another day, or (no windows) not at all.
    What the rule says itself is no override. Refused: `version_moved`, `not_found`, `invalid_input`."""
    _check_windows(day, windows)
    calendar = await to_change(tx, specialist_id, version)
    rule = await _rule(tx, specialist_id, rule_id)
    _must_occur(rule, day)
    known = await tx.scalar(select(RuleOverride).where(RuleOverride.rule_id == rule_id, RuleOverride.day == day))
    if list(windows) == [(day, rule.start_min, rule.end_min)]:
        if known is not None:
            await tx.delete(known)
        await tx.flush()
        return calendar
    written = [[at.isoformat(), start, end] for at, start, end in sorted(windows)]
    if known is not None:
        known.windows = written
    else:
        own = select(func.count()).select_from(RuleOverride).join(WorkingRule)
        if (await tx.scalar(own.where(WorkingRule.specialist_id == specialist_id)) or 0) >= MOST_OVERRIDES:
            raise invalid("day", "too_many", max=MOST_OVERRIDES)
        tx.add(RuleOverride(rule_id=rule_id, day=day, windows=written))
    await tx.flush()
    return calendar


def recurrence(rule: WorkingRule) -> Recurrence:
    return Recurrence(rule.rrule, rule.first_day, rule.last_day)


async def _must_have_room(tx: Tx, specialist_id: int, first_day: date) -> None:
    """A single day drawn into a calendar is a rule too: those that have ended by then stand in nobody's way."""
    own = select(func.count()).where(WorkingRule.specialist_id == specialist_id)
    lasting = own.where(or_(WorkingRule.last_day.is_(None), WorkingRule.last_day >= first_day))
    for most, count in ((MOST_RULES, lasting), (MOST_EVER, own)):
        if (await tx.scalar(count) or 0) >= most:
            raise invalid("rrule", "too_many", max=most)


async def _rule(tx: Tx, specialist_id: int, rule_id: int) -> WorkingRule:
    found = await tx.get(WorkingRule, rule_id)
    if found is None or found.specialist_id != specialist_id:
        raise NotFound
    return found


async def _overrides(tx: Tx, rule_id: int, since: date | None) -> list[RuleOverride]:
    found = select(RuleOverride).where(RuleOverride.rule_id == rule_id)
    return list(await tx.scalars(found if since is None else found.where(RuleOverride.day >= since)))


def _begins(rule: WorkingRule, since: date) -> bool:
    """Whether nothing of the rule lies before that day, which must be one of its days."""
    _must_occur(rule, since)
    return not any(recurrence(rule).days(rule.first_day, since - timedelta(days=1)))


def _must_occur(rule: WorkingRule, day: date) -> None:
    if not recurrence(rule).on(slots.day_number(day)):
        raise invalid("day", "not_an_occurrence")


def _checked(wanted: Wanted, known_services: frozenset[str]) -> Recurrence:
    """Refused: `invalid_input` with every wrong field."""
    errors = wrong_window("", wanted.start, wanted.end)
    if wanted.services is not None and (not wanted.services or wanted.services - known_services):
        errors.append(FieldError("services", "unknown", {}))
    if wanted.last_day is not None and wanted.last_day < wanted.first_day:
        errors.append(FieldError("last_day", "end_before_start", {}))
    if errors:
        raise InvalidInput(errors)
    return recurring.read(wanted.rrule, wanted.first_day, wanted.last_day)


def _check_windows(day: date, windows: Sequence[tuple[date, int, int]]) -> None:
    if len(windows) > MOST_WINDOWS:
        raise invalid("windows", "too_many", max=MOST_WINDOWS)
    errors = []
    for index, (at, start, end) in enumerate(windows):
        errors += wrong_window(f"windows.{index}", start, end)
        if abs(at - day) > FARTHEST_MOVE:
            errors.append(FieldError(f"windows.{index}.day", "out_of_range", {"max_days": FARTHEST_MOVE.days}))
        if any(at == other and start < closes and begins < end for other, begins, closes in windows[:index]):
            errors.append(FieldError(f"windows.{index}.start", "overlaps", {}))
    if errors:
        raise InvalidInput(errors)


def _columns(wanted: Wanted, recurrence: Recurrence) -> dict[str, object]:
    return {
        "rrule": recurrence.text,
        "first_day": recurrence.first_day,
        "last_day": recurrence.last_day,
        "start_min": wanted.start,
        "end_min": wanted.end,
        "services": None if wanted.services is None else sorted(wanted.services),
        "place": wanted.place,
    }
