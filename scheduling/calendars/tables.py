"""The tables of a calendar: limits, weekly hours, exceptions, absences, holidays."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base

AbsenceKind = Literal["vacation", "sick", "training", "other"]


class Calendar(Base):
    """How a specialist may be booked. `version` guards her weekly hours and these limits; no row means the defaults."""

    __tablename__ = "calendar"
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(default=1)
    notice_min: Mapped[int] = mapped_column(default=120)
    horizon_days: Mapped[int] = mapped_column(default=60)
    max_per_day: Mapped[int | None]
    step_min: Mapped[int] = mapped_column(default=15)


class WorkingHours(Base):
    """A weekly window on the specialist's own clock, in minutes since midnight."""

    __tablename__ = "working_hours"
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"), index=True)
    weekday: Mapped[int]
    start_min: Mapped[int]
    end_min: Mapped[int]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    services: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))


class DayException(Base):
    """The windows of one day instead of its weekly hours: `[[start_min, end_min], …]`, none when closed."""

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
    """A day without weekly hours for the whole region, or for the institutions of one district."""

    __tablename__ = "holiday"
    __table_args__ = (UniqueConstraint("day", "district_id", postgresql_nulls_not_distinct=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(120))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))


def defaults(specialist_id: int) -> Calendar:
    """The limits of a calendar that nobody has touched."""
    return Calendar(
        specialist_id=specialist_id, version=1, notice_min=120, horizon_days=60, max_per_day=None, step_min=15
    )
