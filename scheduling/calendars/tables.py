"""The tables of a calendar: limits, rules of work and their single days, exceptions, absences, holidays."""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base

AbsenceKind = Literal["vacation", "sick", "training", "other"]
DayKind = Literal["closed", "working", "short"]
Place = Literal["office", "point", "home"]


class Calendar(Base):
    """How a specialist may be booked; every specialist has one.

    `version` is what people edit against (If-Match). `rules_stamp` and `busy_stamp` rise with whatever changes her free
    time, in the same transaction: what is kept in memory of her is good as long as both are what they were.
    """

    __tablename__ = "calendar"
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(default=1)
    rules_stamp: Mapped[int] = mapped_column(default=1)
    busy_stamp: Mapped[int] = mapped_column(default=1)
    notice_min: Mapped[int] = mapped_column(default=120)
    horizon_days: Mapped[int] = mapped_column(default=60)
    step_min: Mapped[int] = mapped_column(default=15)
    max_per_day: Mapped[int | None]
    max_per_week: Mapped[int | None]
    longest_run_min: Mapped[int | None]
    break_min: Mapped[int] = mapped_column(default=15)
    # Until so long before the start a client moves or cancels by his own link; later he calls.
    change_notice_min: Mapped[int] = mapped_column(default=180)


class WorkingRule(Base):
    """When she works, again and again: days by an RRULE (`recurring`), hours in wall minutes since midnight."""

    __tablename__ = "working_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"), index=True)
    rrule: Mapped[str] = mapped_column(String(200))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    start_min: Mapped[int]
    end_min: Mapped[int]
    services: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    place: Mapped[str] = mapped_column(String(8), default="office")


class RuleOverride(Base):
    """One day of a rule as it really is: `[[day, start_min, end_min], …]` instead of its hours; none: not that day.

    `day` is the day the rule itself gives (RFC 5545 calls it RECURRENCE-ID); a window may lie on another.
    """

    __tablename__ = "rule_override"
    __table_args__ = (UniqueConstraint("rule_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("working_rule.id", ondelete="CASCADE"))
    day: Mapped[date]
    windows: Mapped[list[list[Any]]] = mapped_column(JSON)


class DayException(Base):
    """The windows of one whole day, whatever the rules say: `[[start_min, end_min], …]`, none when closed."""

    __tablename__ = "day_exception"
    __table_args__ = (UniqueConstraint("specialist_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"))
    day: Mapped[date]
    windows: Mapped[list[list[int]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(200), default="")


class Absence(Base):
    """A stretch of time without her: vacation, illness, training."""

    __tablename__ = "absence"
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"), index=True)
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16))


class Holiday(Base):
    """A day unlike its weekday, for the whole region or the institutions of one district, which then goes first.

    `closed`: no rule holds. `working`: the rules of `like_day` hold, because its work was moved here. `short`: the last
    hour falls away, as on the eve of a holiday (Labour Code, art. 95); such a day may be a moved one too.
    """

    __tablename__ = "holiday"
    __table_args__ = (UniqueConstraint("day", "district_id", postgresql_nulls_not_distinct=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(8), default="closed")
    like_day: Mapped[date | None]
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
