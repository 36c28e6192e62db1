"""Line checks: what a client's camera, microphone and line were like before the session."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base, Tx
from scheduling.joincodes import Seat


class LineCheck(Base):
    """One check, kept with the booking so that coordinator and specialist see it beforehand."""

    __tablename__ = "line_check"
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(String(16))
    microphone: Mapped[str] = mapped_column(String(8))
    camera: Mapped[str] = mapped_column(String(8))
    measured: Mapped[dict[str, Any]]


async def keep(tx: Tx, check: LineCheck) -> None:
    """Keeps a seat's newest check in place of the one before."""
    await tx.execute(delete(LineCheck).where(LineCheck.seat_id == check.seat_id))
    tx.add(check)
    await tx.flush()


async def of_role(tx: Tx, booking_ids: Sequence[int], role: str) -> dict[int, LineCheck]:
    """The newest check of the one who sits in a seat of that role, by booking."""
    own = select(LineCheck).join(Seat, Seat.id == LineCheck.seat_id)
    rows = await tx.scalars(own.where(LineCheck.booking_id.in_(booking_ids), Seat.role == role).order_by(LineCheck.id))
    return {row.booking_id: row for row in rows}
