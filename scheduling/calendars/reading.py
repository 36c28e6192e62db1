"""What calendars hold, one by one for people and many at once as rules for `slots`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import or_, select

from scheduling import slots
from scheduling.calendars.plan import Override, Plan, Rule, Special, by_day
from scheduling.calendars.recurring import Recurrence
from scheduling.calendars.tables import Absence, Calendar, DayException, Holiday, RuleOverride, WorkingRule
from scheduling.db import Tx
from scheduling.occupancy import MARGIN
from scheduling.slots import Interval, Limits, Rules, Window

Item = TypeVar("Item")

FARTHEST_MOVE = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar it is, as far as its rules need to know."""

    id: int
    zone: str
    district_id: int


async def settings(tx: Tx, specialist_id: int) -> Calendar:
    """The limits of a calendar."""
    return await tx.get_one(Calendar, specialist_id)


async def working_rules(tx: Tx, specialist_id: int) -> list[WorkingRule]:
    """The rules of a calendar in the order of their first day."""
    found = select(WorkingRule).where(WorkingRule.specialist_id == specialist_id)
    return list(await tx.scalars(found.order_by(WorkingRule.first_day, WorkingRule.start_min, WorkingRule.id)))


async def overrides(tx: Tx, specialist_id: int) -> list[RuleOverride]:
    """The single days of her rules that differ, in the order of those days."""
    own = select(RuleOverride).join(WorkingRule).where(WorkingRule.specialist_id == specialist_id)
    return list(await tx.scalars(own.order_by(RuleOverride.day, RuleOverride.id)))


async def exceptions(tx: Tx, specialist_id: int, *, first: date, last: date) -> list[DayException]:
    return list(
        await tx.scalars(
            select(DayException)
            .where(DayException.specialist_id == specialist_id, DayException.day.between(first, last))
            .order_by(DayException.day)
        )
    )


async def absences(tx: Tx, specialist_id: int, *, since: datetime, until: datetime) -> list[Absence]:
    return list(
        await tx.scalars(
            select(Absence)
            .where(Absence.specialist_id == specialist_id, Absence.starts < until, Absence.ends > since)
            .order_by(Absence.starts, Absence.id)
        )
    )


async def holidays(tx: Tx, *, first: date, last: date, district_id: int | None = None) -> list[Holiday]:
    """Holidays of a span of days: all of them, or (`district_id`) those that close this district."""
    statement = select(Holiday).where(Holiday.day.between(first, last)).order_by(Holiday.day, Holiday.id)
    if district_id is not None:
        statement = statement.where(or_(Holiday.district_id.is_(None), Holiday.district_id == district_id))
    return list(await tx.scalars(statement))


async def rules(tx: Tx, owners: Sequence[Owner], *, since: datetime, until: datetime) -> dict[int, Rules]:
    """The rules of many calendars for [since, until), by specialist, in six queries however many there are."""
    ids = [owner.id for owner in owners]
    since, until = since - MARGIN, until + MARGIN
    limits = {
        row.specialist_id: row for row in await tx.scalars(select(Calendar).where(Calendar.specialist_id.in_(ids)))
    }
    again = await _again(tx, ids)
    single = await _single(tx, ids, since.date(), until.date())
    special = await _special(tx, ids, since.date(), until.date())
    away = await _away(tx, ids, since, until)
    closed = await holidays(tx, first=since.date(), last=until.date())
    specials = {district: by_day(_specials(closed, district)) for district in {owner.district_id for owner in owners}}

    def of(owner: Owner) -> Rules:
        plan = Plan(
            rules=again.get(owner.id, ()),
            overrides=single.get(owner.id, ()),
            exceptions=dict(special.get(owner.id, ())),
            specials=specials[owner.district_id],
        )
        return Rules(owner.zone, plan, tuple(away.get(owner.id, ())), limits_of(limits[owner.id]))

    return {owner.id: of(owner) for owner in owners}


def limits_of(calendar: Calendar) -> Limits:
    return Limits(
        notice_min=calendar.notice_min,
        horizon_days=calendar.horizon_days,
        step_min=calendar.step_min,
        max_per_day=calendar.max_per_day,
        max_per_week=calendar.max_per_week,
        longest_run_min=calendar.longest_run_min,
        break_min=calendar.break_min,
    )


async def _again(tx: Tx, ids: Sequence[int]) -> dict[int, list[Rule]]:
    rows = await tx.execute(
        select(
            *(WorkingRule.specialist_id, WorkingRule.id, WorkingRule.rrule, WorkingRule.first_day),
            *(WorkingRule.last_day, WorkingRule.start_min, WorkingRule.end_min, WorkingRule.services),
            WorkingRule.place,
        ).where(WorkingRule.specialist_id.in_(ids))
    )
    return _grouped(
        (
            owner,
            Rule(
                number,
                _recurrence(text, first, last),
                _window(start, end, None if services is None else tuple(services), place),
            ),
        )
        for owner, number, text, first, last, start, end, services, place in rows
    )


# A thousand calendars are kept in memory and say much the same: what is equal stands there once.
_recurrence = lru_cache(maxsize=4096)(Recurrence)


@lru_cache(maxsize=4096)
def _window(start: int, end: int, services: tuple[str, ...] | None, place: str) -> Window:
    return Window(start, end, None if services is None else frozenset(services), place)


async def _single(tx: Tx, ids: Sequence[int], first: date, last: date) -> dict[int, list[Override]]:
    """Those that can reach these days: a window lies at most `FARTHEST_MOVE` from the day it belongs to."""
    rows = await tx.execute(
        select(WorkingRule.specialist_id, RuleOverride.rule_id, RuleOverride.day, RuleOverride.windows)
        .join(WorkingRule, WorkingRule.id == RuleOverride.rule_id)
        .where(
            WorkingRule.specialist_id.in_(ids), RuleOverride.day.between(first - FARTHEST_MOVE, last + FARTHEST_MOVE)
        )
    )
    return _grouped(
        (owner, Override(rule, day, tuple((date.fromisoformat(at), start, end) for at, start, end in windows)))
        for owner, rule, day, windows in rows
    )


async def _special(
    tx: Tx, ids: Sequence[int], first: date, last: date
) -> dict[int, list[tuple[date, tuple[Window, ...]]]]:
    rows = await tx.execute(
        select(DayException.specialist_id, DayException.day, DayException.windows).where(
            DayException.specialist_id.in_(ids), DayException.day.between(first, last)
        )
    )
    return _grouped(
        (owner, (day, tuple(Window(start, end) for start, end in sorted(windows)))) for owner, day, windows in rows
    )


def _specials(rows: Iterable[Holiday], district_id: int) -> list[Special]:
    """What is said of a district stands in place of what is said of the region."""
    found = {row.day: row for row in rows if row.district_id is None}
    found.update({row.day: row for row in rows if row.district_id == district_id})
    return [Special(row.day, row.kind, row.like_day) for row in found.values()]  # type: ignore[arg-type]  # checked when written


async def _away(tx: Tx, ids: Sequence[int], since: datetime, until: datetime) -> dict[int, list[Interval]]:
    rows = await tx.execute(
        select(Absence.specialist_id, Absence.starts, Absence.ends).where(
            Absence.specialist_id.in_(ids), Absence.starts < until, Absence.ends > since
        )
    )
    return _grouped((owner, (slots.minute(starts), slots.minute_after(ends))) for owner, starts, ends in rows)


def _grouped(rows: Iterable[tuple[int, Item]]) -> dict[int, list[Item]]:
    groups: dict[int, list[Item]] = {}
    for owner, item in rows:
        groups.setdefault(owner, []).append(item)
    return groups
