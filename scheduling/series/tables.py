"""The table of series: a course as it was meant."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base

Scope = Literal["one", "following", "all"]


class Series(Base):
    """The course as it was meant: days by an RRULE, the hour on the clock of `zone`. Its bookings may differ."""

    __tablename__ = "series"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"))
    standard_id: Mapped[int] = mapped_column(ForeignKey("service_standard.id"))
    rrule: Mapped[str] = mapped_column(String(200))
    first_day: Mapped[date]
    start_min: Mapped[int]
    times: Mapped[int]
    zone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
