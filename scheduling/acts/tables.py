"""The tables of what was rendered and what is paid for it: one line a session, one act a month."""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base

State = Literal["proposed", "confirmed", "disputed", "settled", "withdrawn"]
ConfirmedHow = Literal["tap", "code", "coordinator"]


class Rendered(Base):
    """One session that met its standard, as a service rendered. Who disputes it keeps his version beside the other."""

    __tablename__ = "rendered"
    __table_args__ = (Index("ix_rendered_provider_day", "provider_id", "day"),)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(12), default="proposed")
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    # None: paid by no certificate; it stands in the registers and in no act.
    line_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_line.id"), index=True)
    source: Mapped[str] = mapped_column(String(24), default="")
    year: Mapped[int]
    day: Mapped[date]
    standard_id: Mapped[int] = mapped_column(ForeignKey("service_standard.id"))
    norm_min: Mapped[int]
    actual_min: Mapped[int]
    payment: Mapped[str] = mapped_column(String(8))
    unit: Mapped[str] = mapped_column(String(8))
    quantity: Mapped[int]
    unit_kopecks: Mapped[int]
    sum_kopecks: Mapped[int]
    copay_kopecks: Mapped[int] = mapped_column(default=0)
    confirmed_how: Mapped[str | None] = mapped_column(String(12))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    # {"minutes", "took_place", "text", "at"} of each side; then {"minutes", "sum", "because", "by", "at"}.
    client_said: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    provider_said: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    settled: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Act(Base):
    """The statement of a month (акт сдачи-приёмки): one provider, district, source of money and budget year."""

    __tablename__ = "act"
    __table_args__ = (
        Index(
            "uq_act_draft",
            *("provider_id", "district_id", "source", "year", "month"),
            unique=True,
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    status: Mapped[str] = mapped_column(String(8), default="draft")
    provider_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    source: Mapped[str] = mapped_column(String(24))
    # The year of the budget that pays, and the month of the services: its first day.
    year: Mapped[int]
    month: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    signed_for: Mapped[str] = mapped_column(String(120), default="")
    lines: Mapped[list["ActLine"]] = relationship(order_by="ActLine.n")


class ActLine(Base):
    """A service as it stands on the act: copied, so that nothing that changes later changes it. A correction names the
    line it corrects and may be below zero."""

    __tablename__ = "act_line"
    __table_args__ = (
        Index(
            "uq_act_line_booking",
            "booking_id",
            unique=True,
            sqlite_where=text("corrects_id IS NULL"),
            postgresql_where=text("corrects_id IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), index=True)
    n: Mapped[int]
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    day: Mapped[date]
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(8))
    quantity: Mapped[int]
    minutes: Mapped[int]
    unit_kopecks: Mapped[int]
    sum_kopecks: Mapped[int]
    evidence: Mapped[dict[str, Any]]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("act_line.id"))
    because: Mapped[str] = mapped_column(String(200), default="")
