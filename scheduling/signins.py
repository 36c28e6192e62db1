"""Sign-ins: server-side sessions of staff, so that signing out and blocking work at once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base, Tx

LIFETIME = timedelta(hours=12)


class SignIn(Base):
    """One signed-in browser; the cookie's token is kept as a hash only."""

    __tablename__ = "sign_in"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def begin(tx: Tx, account_id: int, *, now: datetime) -> str:
    """A new signed-in browser; answers the token for its cookie."""
    token = secrets.token_urlsafe(32)
    tx.add(SignIn(token_hash=_hash(token), account_id=account_id, created_at=now, expires_at=now + LIFETIME))
    await tx.flush()
    return token


async def account_of(tx: Tx, token: str, *, now: datetime) -> int | None:
    found = await tx.get(SignIn, _hash(token))
    return found.account_id if found is not None and found.expires_at > now else None


async def end(tx: Tx, token: str) -> None:
    await tx.execute(delete(SignIn).where(SignIn.token_hash == _hash(token)))


async def forget_old(tx: Tx, *, now: datetime) -> None:
    await tx.execute(delete(SignIn).where(SignIn.expires_at < now))
