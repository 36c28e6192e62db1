"""Idempotency keys: a write repeated by accident answers what it answered the first time."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, Text, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base, Tx
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


@dataclass(frozen=True)
class Key:
    asker: str
    key: str
    request_hash: str


def key(asker: str, value: str, request: str) -> Key:
    """The key of a request: method, path and body together decide whether it is the same one."""
    return Key(asker, value, hashlib.sha256(request.encode()).hexdigest())


async def kept(tx: Tx, wanted: Key) -> KeptAnswer | None:
    """The first answer, if there was one. Refused: `key_reused` when the key came with another request."""
    found = await tx.scalar(select(KeptAnswer).where(KeptAnswer.asker == wanted.asker, KeptAnswer.key == wanted.key))
    if found is not None and found.request_hash != wanted.request_hash:
        raise KeyReused
    return found


async def keep(tx: Tx, used: Key, *, status: int, body: str, etag: str | None, now: datetime) -> None:
    """Keeps the answer. Two at once under one key: the unique constraint lets one through, the other tries again."""
    tx.add(
        KeptAnswer(
            asker=used.asker, key=used.key, request_hash=used.request_hash, status=status, body=body, etag=etag, at=now
        )
    )
    await tx.flush()


async def forget_old(tx: Tx, *, now: datetime) -> None:
    await tx.execute(delete(KeptAnswer).where(KeptAnswer.at < now - KEPT))
