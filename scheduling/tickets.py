"""Socket tickets: short-lived, single use; each opens one connection for one seat."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, update
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base, Tx
from scheduling.errors import TicketSpent

LIFETIME = timedelta(seconds=30)


class Ticket(Base):
    __tablename__ = "ticket"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def issue(tx: Tx, seat_id: int, *, now: datetime) -> tuple[str, datetime]:
    """A new ticket for a seat: the token, which only its hash remembers, and when it expires."""
    token = secrets.token_urlsafe(24)
    tx.add(Ticket(token_hash=_hash(token), seat_id=seat_id, expires_at=now + LIFETIME))
    await tx.flush()
    return token, now + LIFETIME


async def redeem(tx: Tx, token: str, *, now: datetime) -> int:
    """Spends the ticket and answers its seat. Refused: `ticket_spent` when used, expired or never issued."""
    seat_id: int | None = await tx.scalar(
        update(Ticket)
        .where(Ticket.token_hash == _hash(token), Ticket.used_at.is_(None), Ticket.expires_at > now)
        .values(used_at=now)
        .returning(Ticket.seat_id)
    )
    if seat_id is None:
        raise TicketSpent
    return seat_id


async def forget_old(tx: Tx, *, now: datetime) -> None:
    await tx.execute(delete(Ticket).where(Ticket.expires_at < now - timedelta(hours=1)))
