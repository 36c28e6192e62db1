"""Audit: who looked at or changed what, kept beside the change in the same transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base, Tx


class AuditLine(Base):
    """It only grows. It names the subject by number, never by content."""

    __tablename__ = "audit_line"
    __table_args__ = (Index("ix_audit_line_subject", "subject", "subject_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    act: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int | None]


def note(
    tx: Tx,
    act: str,
    subject: str,
    subject_id: int | None,
    *,
    now: datetime,
    account: int | None = None,
    seat: int | None = None,
) -> None:
    tx.add(AuditLine(**line(act, subject, subject_id, now=now, account=account, seat=seat)))


def line(
    act: str,
    subject: str,
    subject_id: int | None,
    *,
    now: datetime,
    account: int | None = None,
    seat: int | None = None,
) -> dict[str, Any]:
    """The same as a row, for whoever writes it together with others."""
    subjects = {"act": act, "subject": subject, "subject_id": subject_id}
    return {"at": now, "account_id": account, "seat_id": seat, **subjects}
