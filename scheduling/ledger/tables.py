"""The tables of the ledger: accounts with their balances, and movements between them, which only grow."""

from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base

# Of a certificate's line: outside → available → reserved → consumed, or expired. Of a budget: outside → left → issued
# → reserved → consumed, or expired. What is outside has no bottom: all that ever came in came from there.
LineKind = Literal["outside", "available", "reserved", "consumed", "expired"]
BudgetKind = Literal["outside", "left", "issued", "reserved", "consumed", "expired"]
Act = Literal["grant", "reserve", "release", "consume", "correct", "expire", "plan", "issue", "choose", "leave", "free"]

LINE_KINDS: tuple[LineKind, ...] = ("outside", "available", "reserved", "consumed", "expired")
BUDGET_KINDS: tuple[BudgetKind, ...] = ("outside", "left", "issued", "reserved", "consumed", "expired")


class LedgerAccount(Base):
    """`balance` is written by the database alone, with each movement; but for what is outside never below zero."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("line_id", "kind"),
        UniqueConstraint("budget_id", "kind"),
        CheckConstraint("(line_id IS NULL) <> (budget_id IS NULL)", name="of_one"),
        CheckConstraint("balance >= 0 OR kind = 'outside'", name="not_below_zero"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_line.id"))
    budget_id: Mapped[int | None] = mapped_column(ForeignKey("budget.id"))
    kind: Mapped[str] = mapped_column(String(12))
    unit: Mapped[str] = mapped_column(String(8))
    balance: Mapped[int] = mapped_column(BigInteger, default=0)


class Movement(Base):
    """`amount` units of `source` that became those of `target`: both sides of the entry in one row."""

    __tablename__ = "ledger_movement"
    __table_args__ = (
        CheckConstraint("amount > 0", name="something"),
        CheckConstraint("source_id <> target_id", name="somewhere"),
        Index("ix_ledger_movement_source_id", "source_id"),
        Index("ix_ledger_movement_target_id", "target_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(8))
    source_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    because: Mapped[str] = mapped_column(String(200), default="")
