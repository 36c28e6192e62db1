"""Relations: who stands beside a client, as his representative or as a relative, and by what paper."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String, column, select, table
from sqlalchemy.orm import Mapped, mapped_column

from scheduling import people
from scheduling.access import Actor
from scheduling.db import Base, Tx
from scheduling.errors import NotFound, RelationSigned, VersionMoved, invalid
from scheduling.people import Client

Kind = Literal["representative", "relative"]
# As far as this file reads it: `consents` imports this one.
_consent = table("consent", column("representative_id"))


class Relation(Base):
    """`tie` says what he is to the client (daughter, guardian, …); a representative acts by `document`, until a day."""

    __tablename__ = "relation"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    tie: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(32), default="")
    document: Mapped[str] = mapped_column(String(200), default="")
    until: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("account.id"))


@dataclass(frozen=True)
class Facts:
    """What is said of a relation; `other` is the card of whoever is a client himself, whose name it then bears."""

    kind: Kind
    tie: str
    name: str
    phone: str = ""
    document: str = ""
    until: date | None = None
    other: int | None = None


async def of_client(tx: Tx, client_id: int) -> list[Relation]:
    """Those who stand beside him, representatives first; ended ones last."""
    rows = await tx.scalars(select(Relation).where(Relation.client_id == client_id).order_by(Relation.id))
    return sorted(rows, key=lambda each: (each.ended_at is not None, each.kind != "representative", each.id))


def has_expired(relation: Relation, today: date) -> bool:
    """His paper says until when he may act, and that day is over."""
    return relation.until is not None and relation.until < today


async def add(tx: Tx, actor: Actor, client: Client, facts: Facts, *, now: datetime) -> Relation:
    """Refused: `invalid_input` for a representative without a paper or with one that has expired."""
    made = Relation(client_id=client.id, created_at=now, created_by=actor.account_id, version=1)
    await _write(tx, actor, made, client, facts, today=_today(client, now))
    tx.add(made)
    await tx.flush()
    return made


async def change(
    tx: Tx, actor: Actor, client: Client, number: int, facts: Facts, *, version: int, now: datetime
) -> Relation:
    """All of it anew. Refused: `not_found`, `version_moved`, `invalid_input`, and `relation_signed` where another would
    stand under what he has signed."""
    changed = await _to_change(tx, client, number, version)
    before = _signature(changed)
    await _write(tx, actor, changed, client, facts, today=_today(client, now))
    if _signature(changed) != before and await _has_signed(tx, number):
        raise RelationSigned
    changed.version += 1
    await tx.flush()
    return changed


async def end(tx: Tx, client: Client, number: int, *, version: int, now: datetime) -> Relation:
    """From now on he stands beside him no more; that he did stays known."""
    ended = await _to_change(tx, client, number, version)
    ended.ended_at = ended.ended_at or now
    ended.version += 1
    await tx.flush()
    return ended


async def _write(tx: Tx, actor: Actor, row: Relation, client: Client, facts: Facts, *, today: date) -> None:
    if facts.kind == "representative" and not facts.document:
        raise invalid("document", "missing")
    if facts.until is not None and facts.until < today and facts.until != row.until:
        raise invalid("until", "out_of_range", min=today.isoformat())
    if facts.other == client.id:
        raise invalid("other", "unknown")
    other = None if facts.other is None else await people.client(tx, actor, facts.other)
    row.kind, row.tie, row.document, row.until = facts.kind, facts.tie, facts.document, facts.until
    row.other_id = None if other is None else other.id
    row.name = facts.name or (other.name if other else "")
    row.phone = facts.phone or (other.phone if other else "")
    if not row.name:
        raise invalid("name", "missing")


async def _to_change(tx: Tx, client: Client, number: int, version: int) -> Relation:
    found = await tx.scalar(
        select(Relation).where(Relation.id == number, Relation.client_id == client.id).with_for_update()
    )
    if found is None or found.ended_at is not None:
        raise NotFound
    if found.version != version:
        raise VersionMoved(found.version)
    return found


def _signature(relation: Relation) -> tuple[str, ...]:
    """What a consent that he gave for the client says of him, on the page and on paper."""
    return relation.kind, relation.tie, relation.name, relation.document


async def _has_signed(tx: Tx, number: int) -> bool:
    signed = select(_consent.c.representative_id).where(_consent.c.representative_id == number).limit(1)
    return await tx.scalar(signed) is not None


def _today(client: Client, now: datetime) -> date:
    return now.astimezone(ZoneInfo(client.district.zone)).date()
