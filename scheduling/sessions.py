"""Sessions: what really happened in a booking's room, who was present when, by which mode, at what quality."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, and_, delete, func, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.bookings import Booking
from scheduling.db import Base, Tx
from scheduling.joincodes import Seat
from scheduling.tickets import Ticket

# A presence that was silent for longer than this ended when it was last seen, not when that was found out.
SILENCE = timedelta(seconds=30)
# Bytes of text and lines of chat that who enters is shown: a socket whose queue is longer than 256 kB is cut.
CHAT_SHOWN, CHAT_LINES_SHOWN = 64 * 1024, 500


class Session(Base):
    """The room of one booking. `state` is empty, waiting, live, paused or closed."""

    __tablename__ = "session"
    # The sweep asks every two seconds for the rooms that are not closed: few, however many years there are.
    __table_args__ = (
        Index(
            "ix_session_open",
            "state",
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
    )
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8), default="empty")
    version: Mapped[int] = mapped_column(default=0)
    was_live: Mapped[bool] = mapped_column(default=False)
    ended: Mapped[str | None] = mapped_column(String(8))
    waiting_since: Mapped[datetime | None]
    live_since: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    help_at: Mapped[datetime | None]
    help_why: Mapped[str | None] = mapped_column(String(8))
    help_seat: Mapped[int | None]
    help_answered_at: Mapped[datetime | None]
    phone: Mapped[bool] = mapped_column(default=False)


class Presence(Base):
    """One stretch of a person's being there. `last_seen_at` closes it if the server dies before it is left."""

    __tablename__ = "presence"
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    mode: Mapped[str] = mapped_column(String(8))
    entered_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    left_at: Mapped[datetime | None] = mapped_column(index=True)


class JournalEvent(Base):
    """One thing that happened in the room; it only grows. `seat_id` is None for what the room itself did."""

    __tablename__ = "journal_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(24))
    data: Mapped[dict[str, Any]]


class QualitySample(Base):
    """How well a seat received another, each 5 s: loss and concealed voice as shares 0…1, ms, rates in kbit/s."""

    __tablename__ = "quality_sample"
    __table_args__ = (Index("ix_quality_sample_booking_at", "booking_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    at: Mapped[datetime]
    loss: Mapped[float | None]
    rtt_ms: Mapped[float | None]
    in_kbps: Mapped[float | None]
    out_kbps: Mapped[float | None]
    codec: Mapped[str | None] = mapped_column(String(32))
    width: Mapped[int | None]
    height: Mapped[int | None]
    fps: Mapped[float | None]
    path: Mapped[str | None] = mapped_column(String(8))
    concealed: Mapped[float | None]
    frozen_ms: Mapped[float | None]
    rung: Mapped[str | None] = mapped_column(String(8))


class ChatLine(Base):
    """A line of the room's chat, kept so that nothing acknowledged is lost, and erased when the room closes."""

    __tablename__ = "chat_line"
    __table_args__ = (UniqueConstraint("seat_id", "said_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    said_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)


async def lock_booking(tx: Tx, booking_id: int) -> None:
    """The booking's row, taken before the room's own: the order in which moving a booking takes the two."""
    await tx.execute(select(Booking.id).where(Booking.id == booking_id).with_for_update())


async def met(tx: Tx, booking_id: int) -> bool:
    """Whether the two were let talk in its room, be it before the booked hour."""
    room = await tx.get(Session, booking_id)
    return room is not None and room.was_live


async def opened(tx: Tx, booking_id: int) -> Session:
    """The room's row, locked until the transaction ends, so that its events happen one after the other."""
    found = await tx.scalar(select(Session).where(Session.booking_id == booking_id).with_for_update())
    if found is None:
        found = Session(booking_id=booking_id, state="empty", was_live=False)
        tx.add(found)
        await tx.flush()
    return found


async def held_still(tx: Tx, booking_id: int) -> None:
    """No event of the room before this transaction ends: a seat that is given to another holder is read here without
    what an event under way writes back afterwards. A room nobody entered gets no row by this, and nobody makes one
    meanwhile: the new row would name its booking, which is locked."""
    room = select(Session.booking_id).where(Session.booking_id == booking_id).with_for_update()
    if await tx.scalar(room) is None:
        await lock_booking(tx, booking_id)
        await tx.scalar(room)


async def seats(tx: Tx, booking_id: int) -> list[Seat]:
    """The seats of the room as it is now."""
    return [seat for seat in await all_seats(tx, booking_id) if seat.revoked_at is None]


async def all_seats(tx: Tx, booking_id: int) -> list[Seat]:
    """With those taken back from guests: the journal speaks of them."""
    return list(await tx.scalars(select(Seat).where(Seat.booking_id == booking_id).order_by(Seat.id)))


async def begin_anew(tx: Tx, booking_id: int) -> None:
    """An empty room for a booking that was moved: letting in and ending were for another time.

    Its chat was between two of whom one may be another now, and a ticket says a seat, not whose: both go.
    """
    await tx.execute(delete(Ticket).where(Ticket.seat_id.in_(select(Seat.id).where(Seat.booking_id == booking_id))))
    room = await tx.get(Session, booking_id, with_for_update=True)
    if room is None:
        return
    await erase_chat(tx, booking_id)
    room.state, room.was_live, room.ended, room.version = "empty", False, None, room.version + 1
    room.waiting_since = room.live_since = room.closed_at = room.help_at = None
    room.help_why = room.help_seat = room.help_answered_at = None
    room.phone = False
    for seat in await seats(tx, booking_id):
        seat.here, seat.admitted_at = False, None
        present = await _open_presence(tx, seat.id)
        if present is not None:
            present.left_at = present.last_seen_at
    await tx.flush()


async def of_bookings(tx: Tx, booking_ids: Sequence[int]) -> dict[int, Session]:
    rows = await tx.scalars(select(Session).where(Session.booking_id.in_(booking_ids)))
    return {row.booking_id: row for row in rows}


async def seats_of(tx: Tx, booking_ids: Sequence[int]) -> dict[int, list[Seat]]:
    found: dict[int, list[Seat]] = {booking_id: [] for booking_id in booking_ids}
    standing = select(Seat).where(Seat.booking_id.in_(booking_ids), Seat.revoked_at.is_(None))
    for seat in await tx.scalars(standing.order_by(Seat.id)):
        found[seat.booking_id].append(seat)
    return found


async def latest_quality(tx: Tx, booking_ids: Sequence[int]) -> dict[int, QualitySample]:
    """The newest sample of each booking, the worst of those taken together first."""
    newest = (
        select(func.max(QualitySample.id))
        .where(QualitySample.booking_id.in_(booking_ids))
        .group_by(QualitySample.booking_id, QualitySample.seat_id)
    )
    rows = await tx.scalars(select(QualitySample).where(QualitySample.id.in_(newest)).order_by(QualitySample.loss))
    return {row.booking_id: row for row in rows}


def remember(tx: Tx, booking_id: int, seat_id: int | None, kind: str, *, now: datetime, **data: Any) -> None:
    tx.add(JournalEvent(booking_id=booking_id, seat_id=seat_id, at=now, kind=kind, data=data))


async def came(tx: Tx, seat: Seat, mode: str, *, now: datetime) -> None:
    """Begins a presence, or goes on with the open one: a reload or a restart of the server makes no hole."""
    present = await _open_presence(tx, seat.id)
    if present is not None:
        present.last_seen_at = now
        return
    tx.add(
        Presence(booking_id=seat.booking_id, seat_id=seat.id, mode=mode, entered_at=now, last_seen_at=now, left_at=None)
    )
    await tx.flush()


async def changed_mode(tx: Tx, seat: Seat, mode: str, *, now: datetime) -> None:
    """A new mode is a new stretch of presence that begins where the old one ends."""
    present = await _open_presence(tx, seat.id)
    if present is None or present.mode == mode:
        return
    present.left_at = present.last_seen_at = now
    await tx.flush()
    await came(tx, seat, mode, now=now)


async def went(tx: Tx, seat_id: int, *, now: datetime, silence: timedelta) -> datetime:
    """Ends the presence and answers when: now, or when it was last seen if that is longer ago than `silence`."""
    present = await _open_presence(tx, seat_id)
    if present is None:
        return now
    left_at = present.last_seen_at if now - present.last_seen_at > silence else now
    present.left_at = left_at
    return left_at


async def everybody_seen(tx: Tx, *, now: datetime) -> None:
    """Whoever is in a room is seen there now: who waits, listens or telephones measures nothing that would tell.

    A presence already silent for too long is left alone: its person must come back by himself, or was gone before.
    """
    seated = select(Seat.id).where(Seat.id == Presence.seat_id, Seat.here).exists()
    fresh = Presence.last_seen_at > now - SILENCE
    found = select(Presence).where(Presence.left_at.is_(None), fresh, seated).order_by(Presence.id)
    for present in await tx.scalars(found.with_for_update(skip_locked=True)):  # another node may be at it too
        present.last_seen_at = max(present.last_seen_at, now)


async def still_here(tx: Tx, seat_ids: Iterable[int], *, now: datetime) -> None:
    """What `last_seen_at` is for: called while the seat is connected."""
    for seat_id in seat_ids:
        present = await _open_presence(tx, seat_id)
        if present is not None:
            present.last_seen_at = now


async def _open_presence(tx: Tx, seat_id: int) -> Presence | None:
    return await tx.scalar(
        select(Presence).where(Presence.seat_id == seat_id, Presence.left_at.is_(None)).order_by(Presence.id.desc())
    )


async def unclosed(tx: Tx, *, now: datetime) -> list[int]:
    """Bookings whose room was entered and is not closed: those where somebody is or was talking, and those left empty
    once their time may be over or the booking was cancelled."""
    over = or_(Booking.ends <= now, Booking.status == "cancelled")
    wanted = or_(Session.state.in_(("waiting", "live", "paused")), and_(Session.state == "empty", over))
    found = select(Session.booking_id).join(Booking, Booking.id == Session.booking_id).where(Session.state != "closed")
    return list(await tx.scalars(found.where(wanted)))


async def said(tx: Tx, seat: Seat, said_id: str, text: str, *, now: datetime) -> ChatLine:
    """Keeps a chat line; said twice under one id it is kept once."""
    kept = await tx.scalar(select(ChatLine).where(ChatLine.seat_id == seat.id, ChatLine.said_id == said_id))
    if kept is None:
        kept = ChatLine(booking_id=seat.booking_id, seat_id=seat.id, said_id=said_id, at=now, text=text)
        tx.add(kept)
        await tx.flush()
    return kept


async def chat(tx: Tx, booking_id: int) -> list[ChatLine]:
    """The newest lines, in their order: what a page can take at once, however much was pasted into a long talk."""
    lines: list[ChatLine] = []
    room_left = CHAT_SHOWN
    newest = select(ChatLine).where(ChatLine.booking_id == booking_id).order_by(ChatLine.id.desc())
    for line in await tx.scalars(newest.limit(CHAT_LINES_SHOWN)):
        room_left -= len(line.text.encode())
        if room_left < 0:
            break
        lines.append(line)
    return lines[::-1]


async def erase_chat(tx: Tx, booking_id: int) -> None:
    await tx.execute(delete(ChatLine).where(ChatLine.booking_id == booking_id))


async def journal(tx: Tx, booking_id: int) -> tuple[list[JournalEvent], list[Presence], list[QualitySample]]:
    """Everything the room remembers, each part in order of time."""
    events = select(JournalEvent).where(JournalEvent.booking_id == booking_id).order_by(JournalEvent.id)
    presences = select(Presence).where(Presence.booking_id == booking_id).order_by(Presence.entered_at, Presence.id)
    quality = select(QualitySample).where(QualitySample.booking_id == booking_id).order_by(QualitySample.id)
    return list(await tx.scalars(events)), list(await tx.scalars(presences)), list(await tx.scalars(quality))
