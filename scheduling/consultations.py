"""Consultation records: the psychologist's protected note, read by its author alone."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.access import Actor
from scheduling.bookings import Booking
from scheduling.db import Base, Tx
from scheduling.errors import NotFound, VersionMoved


class Note(Base):
    """One author's note on one booking: when the booking moves to another specialist, she begins her own."""

    __tablename__ = "note"
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True, autoincrement=False)
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    saved_at: Mapped[datetime]


async def note(tx: Tx, actor: Actor, booked: Booking) -> Note | None:
    """The note of a booking, None while there is none. Refused: `not_found` for everybody but its specialist."""
    if actor.specialist_id != booked.specialist_id:
        raise NotFound
    return await tx.get(Note, (booked.id, actor.account_id), populate_existing=True)


async def write_note(tx: Tx, actor: Actor, booked: Booking, text: str, *, version: int, now: datetime) -> Note:
    """Replaces the text; `version` is the one that was read, 0 for a first note. Refused: `version_moved`."""
    # The booking is locked, not the note: a first note has no row yet.
    await tx.execute(select(Booking.id).where(Booking.id == booked.id).with_for_update())
    kept = await note(tx, actor, booked)
    current = kept.version if kept else 0
    if current != version:
        raise VersionMoved(current)
    if kept is None:
        kept = Note(booking_id=booked.id, author_id=actor.account_id, text=text, version=0, saved_at=now)
        tx.add(kept)
    kept.text, kept.version, kept.saved_at = text, current + 1, now
    await tx.flush()
    return kept
