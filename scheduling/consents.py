"""Consents: one per purpose, to a version of a text, given and withdrawn at known instants (152-ФЗ)."""

import hashlib
from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from scheduling.access import Actor
from scheduling.db import Base, Tx
from scheduling.errors import NotFound
from scheduling.people import Client

Purpose = Literal["processing", "special", "handover", "third_person", "recording", "reminders"]
How = Literal["paper", "sms", "aloud"]


class ConsentText(Base):
    """A version of what a person agrees to; the hash proves that the words have not changed since."""

    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("purpose", "version", "language"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    language: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))


class Consent(Base):
    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("consent_text.id"))
    how: Mapped[str] = mapped_column(String(8))
    given_at: Mapped[datetime]
    taken_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]
    text: Mapped[ConsentText] = relationship()


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def publish(tx: Tx, purpose: Purpose, language: str, title: str, text: str) -> None:
    """Makes these words the newest text of a purpose; the same words again change nothing."""
    newest = await tx.scalar(
        select(ConsentText)
        .where(ConsentText.purpose == purpose, ConsentText.language == language)
        .order_by(ConsentText.version.desc())
        .limit(1)
    )
    if newest is not None and newest.hash == fingerprint(text):
        return
    version = newest.version + 1 if newest else 1
    tx.add(
        ConsentText(purpose=purpose, version=version, language=language, title=title, text=text, hash=fingerprint(text))
    )
    await tx.flush()


async def texts(tx: Tx) -> list[ConsentText]:
    """The newest version of each text, in every language."""
    rows = await tx.scalars(
        select(ConsentText).order_by(ConsentText.purpose, ConsentText.language, ConsentText.version)
    )
    return list({(row.purpose, row.language): row for row in rows}.values())


async def give(tx: Tx, actor: Actor, client: Client, purpose: Purpose, how: How, *, now: datetime) -> Consent:
    """Records consent to the newest text in the client's language (Russian where there is none)."""
    newest = {(text.purpose, text.language): text for text in await texts(tx)}
    text = newest.get((purpose, client.language)) or newest.get((purpose, "ru"))
    if text is None:
        raise NotFound
    given = Consent(client_id=client.id, text=text, how=how, given_at=now, taken_by=actor.account_id, withdrawn_at=None)
    tx.add(given)
    await tx.flush()
    return given


async def withdraw(tx: Tx, client: Client, consent_id: int, *, now: datetime) -> Consent:
    """Withdrawn, not erased: that it was given stays true."""
    found = await tx.scalar(
        select(Consent)
        .options(joinedload(Consent.text))
        .where(Consent.id == consent_id, Consent.client_id == client.id)
    )
    if found is None:
        raise NotFound
    found.withdrawn_at = found.withdrawn_at or now
    await tx.flush()
    return found


async def stands(tx: Tx, client_id: int, purpose: Purpose) -> bool:
    """Whether the client agreed to this and has not taken it back."""
    given = select(Consent.id).join(ConsentText).where(Consent.client_id == client_id, ConsentText.purpose == purpose)
    return await tx.scalar(given.where(Consent.withdrawn_at.is_(None)).limit(1)) is not None


async def of_client(tx: Tx, client_id: int) -> list[Consent]:
    return list(
        await tx.scalars(
            select(Consent).options(joinedload(Consent.text)).where(Consent.client_id == client_id).order_by(Consent.id)
        )
    )
