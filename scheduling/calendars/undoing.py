"""Taking back the last changes of a calendar: what it was before each of them, kept whole, and put back as it was.

A change of rules can end one rule, begin another and carry single days from here to there; its exact opposite is the
calendar as it stood before. Holidays are nobody's own and are not among it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.calendars.changing import BOUNDS, hold_still, to_change
from scheduling.calendars.tables import Absence, Calendar, DayException, RuleOverride, WorkingRule
from scheduling.db import Base, Tx
from scheduling.errors import NothingToUndo
from scheduling.people import Account

MOST_STEPS = 20  # of each calendar
READ: Mapping[str, Callable[[str], date]] = {
    **dict.fromkeys(("day", "first_day", "last_day"), date.fromisoformat),
    **dict.fromkeys(("starts", "ends"), datetime.fromisoformat),
}

Row = dict[str, Any]


class CalendarChange(Base):
    """A calendar as it was before somebody changed it."""

    __tablename__ = "calendar_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    what: Mapped[str] = mapped_column(String(24))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)


@dataclass(frozen=True, slots=True)
class LastChange:
    """`what` as the audit names it (`rule_added`), and who made it."""

    what: str
    at: datetime
    who: str


async def remember(tx: Tx, specialist_id: int, *, what: str, by: int, now: datetime) -> None:
    """To be called before a change, in its transaction."""
    await hold_still(tx, specialist_id)  # what is kept must be what the change begins with
    before = await _snapshot(tx, specialist_id)
    tx.add(CalendarChange(specialist_id=specialist_id, at=now, account_id=by, what=what, before=before))
    await tx.flush()
    of_calendar = select(CalendarChange.id).where(CalendarChange.specialist_id == specialist_id)
    old = of_calendar.order_by(CalendarChange.id.desc()).offset(MOST_STEPS)
    await tx.execute(delete(CalendarChange).where(CalendarChange.id.in_(list(await tx.scalars(old)))))


async def last_change(tx: Tx, specialist_id: int) -> LastChange | None:
    """What `undo` would take back."""
    newest = select(CalendarChange.what, CalendarChange.at, Account.name).join(Account)
    own = newest.where(CalendarChange.specialist_id == specialist_id).order_by(CalendarChange.id.desc()).limit(1)
    row = (await tx.execute(own)).one_or_none()
    return None if row is None else LastChange(*row)


async def undo(tx: Tx, specialist_id: int, *, version: int) -> str:
    """Puts the calendar back to what it was before its last change, and answers which that was. Bookings stay.

    Refused: `version_moved`, `nothing_to_undo`.
    """
    calendar = await to_change(tx, specialist_id, version)
    own = select(CalendarChange).where(CalendarChange.specialist_id == specialist_id)
    change = await tx.scalar(own.order_by(CalendarChange.id.desc()).limit(1))
    if change is None:
        raise NothingToUndo
    for name, value in change.before["limits"].items():
        setattr(calendar, name, value)
    await _put_back(tx, specialist_id, change.before)
    await tx.delete(change)
    await tx.flush()
    return change.what


async def _snapshot(tx: Tx, specialist_id: int) -> Row:
    calendar = await tx.get_one(Calendar, specialist_id, populate_existing=True)
    rules = await _rows(tx, WorkingRule, specialist_id)
    singles = select(RuleOverride).where(RuleOverride.rule_id.in_([rule.id for rule in rules]))
    return {
        "limits": {name: getattr(calendar, name) for name in BOUNDS},
        "rules": [_plain(row) for row in rules],
        "days": [_plain(row) for row in await tx.scalars(singles.order_by(RuleOverride.id))],
        "exceptions": [_plain(row) for row in await _rows(tx, DayException, specialist_id)],
        "absences": [_plain(row) for row in await _rows(tx, Absence, specialist_id)],
    }


async def _put_back(tx: Tx, specialist_id: int, before: Row) -> None:
    """Rows that are still there are written over; the others come back under new numbers, because an engine may have
    given theirs away."""
    rules = await _restore(tx, WorkingRule, specialist_id, before["rules"])
    await _restore(tx, DayException, specialist_id, before["exceptions"])
    await _restore(tx, Absence, specialist_id, before["absences"])
    await tx.execute(delete(RuleOverride).where(RuleOverride.rule_id.in_(rules.values())))
    tx.add_all(RuleOverride(**_values(row | {"rule_id": rules[row["rule_id"]]})) for row in before["days"])
    await tx.flush()


async def _restore(
    tx: Tx, table: type[WorkingRule | DayException | Absence], specialist_id: int, wanted: Sequence[Row]
) -> dict[int, int]:
    """Makes the rows of a table these; answers under which number each of them stands now."""
    there = {row.id: row for row in await _rows(tx, table, specialist_id)}
    kept = {row["id"] for row in wanted}
    for number, row in there.items():
        if number not in kept:
            await tx.delete(row)
    await tx.flush()
    stands = {}
    for facts in wanted:
        row = there.get(facts["id"]) or table(specialist_id=specialist_id)
        for name, value in _values(facts).items():
            setattr(row, name, value)
        tx.add(row)
        await tx.flush()
        stands[facts["id"]] = row.id
    return stands


async def _rows(tx: Tx, table: type[Any], specialist_id: int) -> list[Any]:
    return list(await tx.scalars(select(table).where(table.specialist_id == specialist_id).order_by(table.id)))


def _plain(row: Base) -> Row:
    """A row as JSON can hold it."""
    values = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _values(facts: Row) -> Row:
    """The same back again, without its number."""
    return {
        name: READ[name](value) if name in READ and value is not None else value
        for name, value in facts.items()
        if name != "id"
    }
