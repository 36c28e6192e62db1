"""Idempotency keys: a write repeated by accident answers what it answered the first time."""

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base, Tx, padded
from scheduling.errors import KeyReused

KEPT = timedelta(days=1)


class KeptAnswer(Base):
    """The first answer under a key of one asker; written in the transaction of the write it belongs to."""

    __tablename__ = "kept_answer"
    __table_args__ = (UniqueConstraint("asker", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    asker: Mapped[str] = mapped_column(String(24))
    key: Mapped[str] = mapped_column(String(64))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    etag: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(index=True)


_KEPT = select(KeptAnswer.key).where(KeptAnswer.key.in_(bindparam("keys", expanding=True)))


@dataclass(frozen=True)
class Key:
    asker: str
    key: str
    request_hash: str


def key(asker: str, value: str, request: str) -> Key:
    """The key of a request: method, path and body together decide whether it is the same one."""
    return Key(asker, value, hashlib.sha256(request.encode()).hexdigest())


async def claim(tx: Tx, wanted: Key, *, now: datetime) -> KeptAnswer:
    """The first answer under this key, or an empty one (`status` 0) that is now ours to fill.

    The row is written before the work: a second request with the same key waits at the unique constraint until the
    first one is through, fails there, and finds its answer when it tries again.
    Refused: `key_reused` when the key came with another request.
    """
    found = await tx.scalar(select(KeptAnswer).where(KeptAnswer.asker == wanted.asker, KeptAnswer.key == wanted.key))
    if found is None:
        found = KeptAnswer(
            asker=wanted.asker,
            key=wanted.key,
            request_hash=wanted.request_hash,
            status=0,
            body="",
            etag=None,
            at=now,
        )
        tx.add(found)
        await tx.flush()
    if found.request_hash != wanted.request_hash:
        raise KeyReused
    return found


async def known(tx: Tx, keys: Collection[str]) -> set[str]:
    """Those of these keys under which an answer is kept, whoever asked."""
    return set(await tx.scalars(_KEPT, {"keys": padded(keys)})) if keys else set()


def row(kept: Key, *, status: int, body: str, etag: str | None, now: datetime) -> dict[str, Any]:
    """A first answer with its key, for whoever writes it together with what it tells of."""
    return {**asdict(kept), "status": status, "body": body, "etag": etag, "at": now}


async def forget_old(tx: Tx, *, now: datetime) -> None:
    await tx.execute(delete(KeptAnswer).where(KeptAnswer.at < now - KEPT))
