"""Consents: one per purpose, to a version of a text, given and withdrawn at known instants (152-ФЗ)."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    String,
    Text,
    UniqueConstraint,
    and_,
    func,
    select,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from scheduling.access import Actor
from scheduling.coming import arrived
from scheduling.db import Base, Tx, padded
from scheduling.errors import ConsentNeeded, NotFound, invalid
from scheduling.people import Account, Client
from scheduling.relations import Relation

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
    __table_args__ = (
        Index(
            "ix_consent_list_id",
            "list_id",
            sqlite_where=sql("list_id IS NOT NULL"),
            postgresql_where=sql("list_id IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("consent_text.id"))
    how: Mapped[str] = mapped_column(String(8))
    given_at: Mapped[datetime]
    taken_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    # Who signed for the client, if not he himself.
    representative_id: Mapped[int | None] = mapped_column(ForeignKey("relation.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_how: Mapped[str | None] = mapped_column(String(8))
    withdrawn_because: Mapped[str] = mapped_column(String(200), default="")
    # The list that brought the paper; until it is accepted the consent counts for nothing.
    list_id: Mapped[int | None] = mapped_column(ForeignKey("list_upload.id"))
    text: Mapped[ConsentText] = relationship()
    representative: Mapped[Relation | None] = relationship()


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


async def give(
    tx: Tx,
    actor: Actor,
    client: Client,
    purpose: Purpose,
    how: How,
    *,
    now: datetime,
    representative: int | None = None,
) -> Consent:
    """Records consent to the newest text in the client's language (Russian where there is none), said by himself or by
    his representative. Refused: `invalid_input` for whoever may not speak for him."""
    text = newest(await texts(tx), purpose, client.language)
    if text is None:
        raise NotFound
    said_by = await speaker(tx, client, representative, now) if representative is not None else None
    given = Consent(client_id=client.id, text=text, how=how, given_at=now, taken_by=actor.account_id, withdrawn_at=None)
    given.representative = said_by
    tx.add(given)
    await tx.flush()
    return given


def newest(among: Sequence[ConsentText], purpose: str, language: str) -> ConsentText | None:
    """Of the newest texts the one in this language, else the Russian one."""
    known = {(text.purpose, text.language): text for text in among}
    return known.get((purpose, language)) or known.get((purpose, "ru"))


async def speaker(tx: Tx, client: Client, relation_id: int, now: datetime) -> Relation:
    """Whoever represents the client today, on the clock of his district."""
    found = await tx.get(Relation, relation_id)
    today = now.astimezone(ZoneInfo(client.district.zone)).date()
    if found is None or found.client_id != client.id or found.kind != "representative":
        raise invalid("representative", "unknown")
    if found.ended_at is not None or (found.until is not None and found.until < today):
        raise invalid("representative", "not_offered")
    return found


async def of_purpose(tx: Tx, client: Client, consent_id: int) -> list[Consent]:
    """That consent and whatever else stands for the same purpose: a newer text agreed to does not end the older word.
    Refused: `not_found`."""
    given = await of_client(tx, client.id)
    chosen = next((each for each in given if each.id == consent_id), None)
    if chosen is None:
        raise NotFound
    same = [each for each in given if each.text.purpose == chosen.text.purpose and each.withdrawn_at is None]
    return [chosen, *(each for each in same if each.id != chosen.id)]


async def stands(tx: Tx, client_id: int, purpose: Purpose) -> bool:
    """Whether the client agreed to this and has not taken it back."""
    return hold([each for each in await of_client(tx, client_id) if each.text.purpose == purpose])


async def of_client(tx: Tx, client_id: int) -> list[Consent]:
    return list(
        await tx.scalars(
            select(Consent)
            .options(joinedload(Consent.text), joinedload(Consent.representative))
            .where(Consent.client_id == client_id, arrived(Consent.list_id))
            .order_by(Consent.id)
            .execution_options(populate_existing=True)
        )
    )


def once_taken_back(client_id: SQLColumnExpression[int], purpose: Purpose) -> ColumnElement[bool]:
    """Whether the client of this row ever took back such a consent."""
    ended = select(Consent.id).join(ConsentText).where(Consent.client_id == client_id, ConsentText.purpose == purpose)
    return ended.where(Consent.withdrawn_at.is_not(None)).exists()


def never_taken_back(client_id: SQLColumnExpression[int], purpose: Purpose) -> ColumnElement[bool]:
    """That he did not, for a statement that writes. Once begun, on PostgreSQL it sees what stood when it began, however
    long it waits, but a row that it locks as it is now: as many must be locked as stood. The card is to be locked
    before, as `withdrawal` does it."""
    said = select(Consent.id).join(ConsentText).where(Consent.client_id == client_id, ConsentText.purpose == purpose)
    stood = said.where(Consent.withdrawn_at.is_(None))
    still = stood.with_for_update(read=True, of=Consent)
    return and_(~once_taken_back(client_id, purpose), _many(stood) == _many(still))


def _many(of: Select[int]) -> ScalarSelect[int]:
    return select(func.count()).select_from(of.subquery()).scalar_subquery()


async def hold_still(tx: Tx, clients: Collection[int]) -> None:
    """Nobody takes back a consent of these and none of their cards goes into another until this transaction ends; who
    is at it already is waited for, and the cards are read anew. Before any calendar: a withdrawal locks those later."""
    cards = select(Client).options(joinedload(Client.district, innerjoin=True)).order_by(Client.id)
    these = cards.where(Client.id.in_(padded(sorted(clients))))
    fresh = these.with_for_update(read=True, key_share=True, of=Client).execution_options(populate_existing=True)
    (await tx.scalars(fresh)).all()


async def must_hold(tx: Tx, client_id: int, purpose: Purpose) -> None:
    """Still so when this transaction ends. Refused: `consent_needed` when the client agreed to this once and took it
    back."""
    await hold_still(tx, [client_id])
    if await taken_back(tx, client_id, purpose):
        raise ConsentNeeded(purpose)


async def taken_back(tx: Tx, client_id: int, purpose: Purpose) -> bool:
    """Whether the client agreed to this once, and does not any more."""
    said = [each for each in await of_client(tx, client_id) if each.text.purpose == purpose]
    return bool(said) and not hold(said)


async def taken_back_by(tx: Tx, clients: Sequence[int] | Select[int | None]) -> dict[int, datetime]:
    """Of these clients whoever took back his consent to processing and has given none since, and when he did."""
    said = select(Consent).join(ConsentText).where(ConsentText.purpose == "processing", arrived(Consent.list_id))
    ended = select(Consent.client_id).where(Consent.client_id.in_(clients), Consent.withdrawn_at.is_not(None))
    of_each: dict[int, list[Consent]] = {}
    for each in await tx.scalars(said.where(Consent.client_id.in_(ended))):
        of_each.setdefault(each.client_id, []).append(each)
    last = {client: last_ended(each) for client, each in of_each.items() if not hold(each)}
    return {client: at for client, at in last.items() if at is not None}


def hold(said: Sequence[Consent]) -> bool:
    """Whether one of these, all to one purpose, was given after the last that was taken back. An older paper that turns
    up later, with a list or with another card of the same person, says nothing against his word."""
    ended = last_ended(said)
    return any(each.withdrawn_at is None and (ended is None or each.given_at >= ended) for each in said)


def last_ended(said: Sequence[Consent]) -> datetime | None:
    return max((each.withdrawn_at for each in said if each.withdrawn_at), default=None)


def is_outdated(paper: date, ended: datetime, zone: ZoneInfo) -> bool:
    """Whether a paper may be older than the withdrawal: of two on one day nobody knows which was the later."""
    return paper <= ended.astimezone(zone).date()


@dataclass(frozen=True)
class Recorded:
    """A consent as the client's page tells it: with names, and `newer`, the version of its text that is out now."""

    consent: Consent
    taken_by: str
    withdrawn_by: str
    newer: int | None
    again: bool
    """A later consent to the same purpose was given: this one is history."""


async def history(tx: Tx, client: Client) -> list[Recorded]:
    """All consents of a client, newest first."""
    given = await of_client(tx, client.id)
    people = {each.taken_by for each in given} | {each.withdrawn_by for each in given if each.withdrawn_by}
    names = {row.id: row.name for row in await tx.scalars(select(Account).where(Account.id.in_(people)))}
    known = await texts(tx)
    last = {each.text.purpose: each.id for each in given}

    def recorded(each: Consent) -> Recorded:
        text = newest(known, each.text.purpose, each.text.language)
        newer = text.version if text is not None and text.version > each.text.version else None
        again = last[each.text.purpose] != each.id
        return Recorded(each, names.get(each.taken_by, ""), names.get(each.withdrawn_by or 0, ""), newer, again)

    return [recorded(each) for each in reversed(given)]
