"""Service standards as data: what a service is, how long it takes and what it costs, in versions."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base, Tx
from scheduling.errors import NotFound


class ServiceStandard(Base):
    """One version of a service (стандарт услуги). A booking copies version and price, so the past never changes."""

    __tablename__ = "service_standard"
    __table_args__ = (UniqueConstraint("code", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(32))
    form: Mapped[str] = mapped_column(String(32))
    modes: Mapped[list[str]]
    duration_min: Mapped[int]
    # Minutes in which nothing else is booked: `buffer_min` after the session, `before_min` before it.
    buffer_min: Mapped[int]
    before_min: Mapped[int] = mapped_column(default=0)
    price_kopecks: Mapped[int]
    valid_from: Mapped[date]
    # Media goes through our own relay only, so that the other side never learns an address (protection of victims).
    relay_only: Mapped[bool] = mapped_column(default=False)
    # How often it may be given, in alternatives: [{"times": 6, "per": "year"}], and two courses of ten days are
    # {"days": 10, "times": 2, "per": "year"}.
    periodicity: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    # The share of the duration, 0…1, with both present from which a session counts as held; None: no such rule.
    least_share: Mapped[float | None]

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_min)


async def in_force(tx: Tx, on: date) -> list[ServiceStandard]:
    """The version of each service that holds on a day, by code."""
    rows = await tx.scalars(
        select(ServiceStandard)
        .where(ServiceStandard.valid_from <= on)
        .order_by(ServiceStandard.code, ServiceStandard.valid_from, ServiceStandard.version)
    )
    return list({row.code: row for row in rows}.values())


async def service(tx: Tx, code: str, on: date) -> ServiceStandard:
    """The version of one service that holds on a day. Refused: `not_found`."""
    found = await tx.scalar(
        select(ServiceStandard)
        .where(ServiceStandard.code == code, ServiceStandard.valid_from <= on)
        .order_by(ServiceStandard.valid_from.desc(), ServiceStandard.version.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


async def service_at(tx: Tx, code: str, zone: str, starts: datetime) -> ServiceStandard:
    """The version that holds on the local day of an instant. Refused: `not_found`."""
    return await service(tx, code, starts.astimezone(ZoneInfo(zone)).date())
