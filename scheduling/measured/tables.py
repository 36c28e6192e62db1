"""The table of what each session came to, by the indicators that standards and reports speak of."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base


class Measured(Base):
    """One booking that is over, as figures. Everything here can be computed again from the journal, and is when the
    journal moves. Shares are thousandths; None: not measured, or it does not apply."""

    __tablename__ = "measured"
    __table_args__ = (
        # Each holds all that its figure asks for: a year is read without the rows themselves, and the people of a cell
        # stand together and in order, so that they are counted without being sorted.
        Index(
            "ix_measured_month",
            *("year", "outcome", "district_id", "month", "client_id", "length_min", "paid_kopecks"),
        ),
        Index("ix_measured_mode", *("year", "outcome", "district_id", "mode", "client_id")),
        Index("ix_measured_reason", *("year", "outcome", "because", "district_id", "client_id")),
        Index("ix_measured_waiting", *("year", "district_id", "waiting_days", "standard_id", "client_id")),
        Index("ix_measured_provider", *("year", "outcome", "provider_id", "client_id", "length_min", "district_id")),
        Index(
            "ix_measured_workbench",
            *("code", "day", "outcome", "district_id", "provider_id", "standard_id", "client_id"),
            *("waiting_days", "length_min", "both_share", "late_min", "video_share", "course_sessions", "satisfaction"),
        ),
    )
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True, autoincrement=False)
    day: Mapped[date]
    month: Mapped[int]  # 202611
    year: Mapped[int]
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    standard_id: Mapped[int] = mapped_column(ForeignKey("service_standard.id"))
    code: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(20))
    because: Mapped[str] = mapped_column(String(20), default="")  # of a cancelled one
    mode: Mapped[str] = mapped_column(String(12), default="")  # in which most of it was held
    waiting_days: Mapped[int | None]  # from the application to this, its first session
    length_min: Mapped[int | None]  # both present
    both_share: Mapped[int | None]  # of the standard's duration
    late_min: Mapped[int | None]  # from the booked start until both were there; 0: in time
    video_share: Mapped[int | None]  # of the time with both present
    course_sessions: Mapped[int | None]  # of the last session of a course: how many were held
    satisfaction: Mapped[int | None]  # mean of the five answers × 100, or of the one
    paid_kopecks: Mapped[int | None]  # by a certificate
