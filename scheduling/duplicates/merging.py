"""Two cards of one person made one: what would move is shown first, then all of it moves together, or nothing does.

What moves is found by the tables themselves: every column that names a client, also of a table that is added later.
What was signed or audited stays as it was written; the old number leads to the card that was kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, and_, delete, func, or_, select, update
from sqlalchemy.orm import aliased

from scheduling import consents, people, slots
from scheduling.access import Actor
from scheduling.applications.tables import ClientMerge
from scheduling.bookings.tables import Booking
from scheduling.certificates.tables import LIVE, Certificate, CertificateLine
from scheduling.consents import Consent
from scheduling.db import Base, Tx
from scheduling.errors import MergeRefused, VersionMoved, invalid
from scheduling.occupancy import Occupancy
from scheduling.people import Client
from scheduling.relations import Relation

# What two cards may say differently; of each one says which card is right.
FIELDS = ("name", "birth_year", "birth_date", "sex", "snils", "phone", "email", "address", "settlement")
MORE = ("language", "remark")
# The lines of acts stand as they were signed; what was joined before is said by its own rows.
_STAYS = {"act_line", "client_merge", "client"}


@dataclass(frozen=True)
class Preview:
    """What would become of it: the fields that differ as (field, kept, gone), how many rows of each table move, and
    what stands against it, {code, …}."""

    kept: Client
    gone: Client
    differences: list[tuple[str, Any, Any]]
    moves: dict[str, int]
    conflicts: list[dict[str, Any]]


async def preview(tx: Tx, actor: Actor, kept_id: int, gone_id: int, *, now: datetime) -> Preview:
    """Refused: `not_found`, `invalid_input` for a card and itself."""
    kept, gone = await _both(tx, actor, kept_id, gone_id)
    differences = [
        (name, getattr(kept, name), getattr(gone, name))
        for name in (*FIELDS, *MORE)
        if getattr(kept, name) != getattr(gone, name)
    ]
    moves = {}
    for table, columns in _naming_clients().items():
        named = or_(*(column == gone_id for column in columns))
        count = await tx.scalar(select(func.count()).select_from(columns[0].table).where(named))
        if count:
            moves[table] = count
    return Preview(kept, gone, differences, moves, await conflicts(tx, kept_id, gone_id, now=now))


async def merge(
    tx: Tx,
    actor: Actor,
    kept_id: int,
    gone_id: int,
    *,
    version: int,
    gone_version: int,
    take: Sequence[str],
    now: datetime,
) -> Client:
    """The kept card with all that was the other's; `take` are the fields in which the other card was right.

    Of two who join the same cards at once one wins. Refused: `not_found`, `card_merged`, `version_moved`,
    `merge_refused`.
    """
    locked = select(Client.id).where(Client.id.in_((kept_id, gone_id))).order_by(Client.id)
    await tx.execute(locked.with_for_update())
    kept, gone = await _both(tx, actor, kept_id, gone_id)
    for card, seen in ((kept, version), (gone, gone_version)):
        if card.version != seen:
            raise VersionMoved(card.version)
    against = await conflicts(tx, kept_id, gone_id, now=now)
    if against:
        raise MergeRefused(against)
    before = {name: _plain(getattr(gone, name)) for name in (*FIELDS, *MORE)}
    await _write_off(tx, kept, gone, take)
    moved = await _move(tx, kept_id, gone_id, now)
    tx.add(
        ClientMerge(kept_id=kept_id, gone_id=gone_id, at=now, account_id=actor.account_id, before=before, moved=moved)
    )
    await tx.flush()
    tx.expire_all()
    return await people.client(tx, actor, kept_id)


async def conflicts(tx: Tx, kept_id: int, gone_id: int, *, now: datetime) -> list[dict[str, Any]]:
    """What shows that they are two people, or must be settled by somebody first."""
    return [
        *await _both_booked(tx, kept_id, gone_id, now),
        *await _two_certificates(tx, kept_id, gone_id),
        *await _related(tx, kept_id, gone_id),
        *await _taken_back(tx, kept_id, gone_id),
    ]


async def merged_from(tx: Tx, kept_id: int) -> list[ClientMerge]:
    """The cards that became this one, oldest first."""
    return list(await tx.scalars(select(ClientMerge).where(ClientMerge.kept_id == kept_id).order_by(ClientMerge.id)))


async def _both(tx: Tx, actor: Actor, kept_id: int, gone_id: int) -> tuple[Client, Client]:
    if kept_id == gone_id:
        raise invalid("gone", "unknown")
    kept, gone = await people.client(tx, actor, kept_id), await people.client(tx, actor, gone_id)
    if kept.district_id != gone.district_id:
        raise invalid("gone", "unknown")
    return kept, gone


async def _both_booked(tx: Tx, kept_id: int, gone_id: int, now: datetime) -> list[dict[str, Any]]:
    """Nobody sits in two conversations at once, nor in one of them twice."""
    one, other = aliased(Occupancy), aliased(Occupancy)
    mine, his = aliased(Booking), aliased(Booking)
    same_time = and_(one.since < other.until, other.since < one.until)
    rows = await tx.execute(
        select(mine.id, his.id, mine.starts)
        .join(one, one.booking_id == mine.id)
        .join(other, and_(other.kind == "client", other.who == gone_id, same_time))
        .join(his, other.booking_id == his.id)
        .where(one.kind == "client", one.who == kept_id, one.until > slots.minute(now))
        .order_by(mine.starts)
    )
    return [
        {"code": "both_booked", "starts": starts.isoformat(), "bookings": [mine_id, his_id]}
        for mine_id, his_id, starts in rows
    ]


async def _two_certificates(tx: Tx, kept_id: int, gone_id: int) -> list[dict[str, Any]]:
    """Two live certificates for one service: the department says first which of them is good."""
    rows = await tx.execute(
        select(CertificateLine.code, Certificate.number, Certificate.client_id)
        .join(Certificate, Certificate.id == CertificateLine.certificate_id)
        .where(Certificate.client_id.in_((kept_id, gone_id)), Certificate.status.in_(LIVE))
        .order_by(CertificateLine.code, Certificate.number)
    )
    of_service: dict[str, dict[int, list[str]]] = {}
    for code, number, client in rows:
        of_service.setdefault(code, {}).setdefault(client, []).append(number)
    return [
        {
            "code": "two_certificates",
            "service": code,
            "numbers": sorted(each for those in numbers.values() for each in those),
        }
        for code, numbers in of_service.items()
        if len(numbers) == 2
    ]


async def _related(tx: Tx, kept_id: int, gone_id: int) -> list[dict[str, Any]]:
    """One stands in the other's card as a relative of his: then they are two."""
    both = (kept_id, gone_id)
    rows = await tx.execute(
        select(Relation.name, Relation.tie).where(
            Relation.client_id.in_(both), Relation.other_id.in_(both), Relation.ended_at.is_(None)
        )
    )
    return [{"code": "related", "name": name, "tie": tie} for name, tie in rows]


async def _taken_back(tx: Tx, kept_id: int, gone_id: int) -> list[dict[str, Any]]:
    """Taken back in one card, and in the other an older consent to the same stands: it is taken back there too, hearing
    what follows, or given anew."""
    kept, gone = await consents.of_client(tx, kept_id), await consents.of_client(tx, gone_id)

    def holds(said: list[Consent], purpose: str) -> bool:
        return consents.hold([each for each in said if each.text.purpose == purpose])

    purposes = sorted({each.text.purpose for each in (*kept, *gone)})
    apart = [each for each in purposes if holds(kept, each) or holds(gone, each)]
    return [{"code": "consent_withdrawn", "purpose": each} for each in apart if not holds([*kept, *gone], each)]


async def _write_off(tx: Tx, kept: Client, gone: Client, take: Sequence[str]) -> None:
    """The fields that were right go over, the card itself out of sight."""
    for name in take:
        if name not in (*FIELDS, *MORE):
            raise invalid("take", "unknown")
        setattr(kept, name, getattr(gone, name))
    if kept.birth_date is not None:
        kept.birth_year = kept.birth_date.year
    kept.name_folded, kept.phone_digits = people.folded(kept.name), people.digits(kept.phone)
    kept.version += 1
    gone.version += 1
    gone.merged_into = kept.id
    # Whoever knows a number that led to the card that goes now is led on at once.
    await tx.execute(update(Client).where(Client.merged_into == gone.id).values(merged_into=kept.id))
    await tx.flush()


async def _move(tx: Tx, kept_id: int, gone_id: int, now: datetime) -> dict[str, list[int]]:
    """Everything that names the card that goes, by table the numbers of what was moved."""
    moved: dict[str, list[int]] = {}
    for name, columns in _naming_clients().items():
        table = columns[0].table
        if "id" in table.c:
            named = select(table.c.id).where(or_(*(column == gone_id for column in columns)))
            numbers = list(await tx.scalars(named.order_by(table.c.id)))
            if numbers:
                moved[name] = numbers
        for column in columns:
            await tx.execute(update(table).where(column == gone_id).values({column: kept_id}))
    await _move_time(tx, kept_id, gone_id, now)
    return moved


async def _move_time(tx: Tx, kept_id: int, gone_id: int, now: datetime) -> None:
    """What is over takes nobody's time; of what lies ahead the guards say the last word."""
    his = and_(Occupancy.kind == "client", Occupancy.who == gone_id)
    await tx.execute(delete(Occupancy).where(his, Occupancy.until <= slots.minute(now)))
    await tx.execute(update(Occupancy).where(his).values(who=kept_id))


def _naming_clients() -> Mapping[str, list[Column[Any]]]:
    found: dict[str, list[Column[Any]]] = {}
    for table in Base.metadata.sorted_tables:
        columns = [
            each for each in table.columns if any(key.column.table.name == "client" for key in each.foreign_keys)
        ]
        if columns and table.name not in _STAYS:
            found[table.name] = columns
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
