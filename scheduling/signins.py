"""Sign-ins: server-side sessions of staff, so that signing out and blocking work at once."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, bindparam, delete
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.access import Actor
from scheduling.db import Base, Tx, padded
from scheduling.people import ACTOR, Account, actor_of

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


_ASKING = ACTOR.add_columns(SignIn.token_hash).join(SignIn, SignIn.account_id == Account.id)
_ASKING = _ASKING.where(
    SignIn.token_hash.in_(bindparam("hashes", expanding=True)), SignIn.expires_at > bindparam("now")
)


async def actors(tx: Tx, tokens: Collection[str], *, now: datetime) -> dict[str, Actor]:
    """Who signed in with these tokens and is still to be let in, in one query."""
    by_hash = {_hash(token): token for token in tokens}
    rows = await tx.execute(_ASKING, {"hashes": padded(by_hash), "now": now})
    return {by_hash[hashed]: actor_of(row) for *row, hashed in rows.all()}


async def end(tx: Tx, token: str) -> None:
    await tx.execute(delete(SignIn).where(SignIn.token_hash == _hash(token)))


async def forget_old(tx: Tx, *, now: datetime) -> None:
    await tx.execute(delete(SignIn).where(SignIn.expires_at < now))
