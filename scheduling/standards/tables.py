"""The table of service standards: what a service is, how long it takes and what it costs, in versions."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base


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
    # Numbers of the districts it holds in; None: in all of them.
    districts: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    # Days from the application to the first session.
    deadline_days: Mapped[int | None]
    # What a provider is paid by: the tariff of a session, or its minutes ("minutes").
    payment: Mapped[str] = mapped_column(String(8), default="tariff")
    # What is aimed at, by indicator (`measured`): {"waiting_days": 10, "both_share": 800, "satisfaction": 400, …}.
    targets: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    conditions: Mapped[str] = mapped_column(Text, default="")
    staff_requirement: Mapped[str] = mapped_column(String(200), default="")
    because: Mapped[str] = mapped_column(String(200), default="")
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None]

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_min)

    def covers(self, district: int | None) -> bool:
        """Whether it holds in this district; None: whether it holds wherever somebody is."""
        return self.districts is None or district in self.districts
