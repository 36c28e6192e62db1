"""Feedback: with one tap the client says how it was."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base, Tx


class Feedback(Base):
    """`score` is 1 (bad), 2 (so-so) or 3 (good); the last tap counts."""

    __tablename__ = "feedback"
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True, autoincrement=False)
    score: Mapped[int]
    at: Mapped[datetime]


async def say(tx: Tx, booking_id: int, score: int, *, now: datetime) -> None:
    kept = await tx.get(Feedback, booking_id)
    if kept is None:
        tx.add(Feedback(booking_id=booking_id, score=score, at=now))
    else:
        kept.score, kept.at = score, now
    await tx.flush()


async def of_bookings(tx: Tx, booking_ids: Sequence[int]) -> dict[int, Feedback]:
    rows = await tx.scalars(select(Feedback).where(Feedback.booking_id.in_(booking_ids)))
    return {row.booking_id: row for row in rows}
