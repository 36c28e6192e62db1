"""Writing a programme down, changing it, ending it: each line a service that is offered, within its term."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import combinations
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from scheduling import people, standards
from scheduling.access import Actor
from scheduling.db import Tx
from scheduling.errors import NotFound, ProgrammeEnded, VersionMoved, invalid
from scheduling.people import Client, Institution
from scheduling.programmes.tables import Programme, ProgrammeLine

MOST_LINES = 30
LONGEST_YEARS = 3  # it is looked over at least so often (ч. 4 ст. 16 442-ФЗ)


@dataclass(frozen=True, slots=True)
class Line:
    """`volume` sessions of a service from `since` to `until`, no more often than one of the alternatives."""

    code: str
    volume: int
    since: date
    until: date
    periodicity: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """`issuer` None: whoever writes it down."""

    number: str
    issued_on: date
    valid_until: date
    lines: Sequence[Line]
    issuer: int | None = None


async def of_client(tx: Tx, client_id: int) -> list[Programme]:
    """The latest first."""
    own = _whole().where(Programme.client_id == client_id)
    return list(await tx.scalars(own.order_by(Programme.issued_on.desc(), Programme.id.desc())))


async def programme(tx: Tx, actor: Actor, programme_id: int) -> Programme:
    """If this actor sees its client. Refused: `not_found`."""
    found = await tx.scalar(_whole().where(Programme.id == programme_id))
    if found is None:
        raise NotFound
    await people.client(tx, actor, found.client_id)
    return found


async def add(tx: Tx, actor: Actor, client: Client, facts: Facts, *, today: date, now: datetime) -> Programme:
    """Refused: `invalid_input` with the first wrong field."""
    await _check(tx, client, facts, None, today)
    made = Programme(
        client_id=client.id,
        number=facts.number,
        issuer_id=facts.issuer or actor.institution_id,
        issued_on=facts.issued_on,
        valid_until=facts.valid_until,
        created_at=now,
        created_by=actor.account_id,
        lines=_rows(facts),
    )
    tx.add(made)
    await tx.flush()
    await tx.refresh(made, ["issuer", "lines"])
    return made


async def change(tx: Tx, actor: Actor, programme_id: int, facts: Facts, *, version: int, today: date) -> Programme:
    """Everything it says anew. Refused: `version_moved`, `programme_ended`, `not_found`, `invalid_input`."""
    changed = await _to_change(tx, actor, programme_id, version)
    client = await people.client(tx, actor, changed.client_id)
    await _check(tx, client, facts, changed.id, today)
    changed.number, changed.issued_on, changed.valid_until = facts.number, facts.issued_on, facts.valid_until
    changed.issuer_id = facts.issuer or changed.issuer_id
    changed.lines = _rows(facts)
    changed.version += 1
    await tx.flush()
    await tx.refresh(changed, ["issuer", "lines"])
    return changed


async def end(tx: Tx, actor: Actor, programme_id: int, on: date, *, version: int, today: date) -> Programme:
    """It gives nothing from the day after `on`. Refused: `version_moved`, `programme_ended`, `invalid_input`."""
    ended = await _to_change(tx, actor, programme_id, version)
    last = min(today, ended.valid_until)
    if not ended.issued_on <= on <= last:
        raise invalid("on", "out_of_range", min=ended.issued_on.isoformat(), max=last.isoformat())
    ended.ended_on = on
    ended.version += 1
    await tx.flush()
    return ended


def _whole() -> Select[Programme]:
    return select(Programme).options(selectinload(Programme.lines), joinedload(Programme.issuer))


def _rows(facts: Facts) -> list[ProgrammeLine]:
    return [ProgrammeLine(**asdict(each)) for each in facts.lines]


async def _to_change(tx: Tx, actor: Actor, programme_id: int, version: int) -> Programme:
    """Two who change it at the same time go one after the other, and the second sees the new version."""
    await tx.execute(select(Programme.id).where(Programme.id == programme_id).with_for_update())
    found = await programme(tx, actor, programme_id)
    if found.version != version:
        raise VersionMoved(found.version)
    if found.ended_on is not None:
        raise ProgrammeEnded(found.ended_on)
    return found


async def _check(tx: Tx, client: Client, facts: Facts, own: int | None, today: date) -> None:
    if facts.issued_on > today:
        raise invalid("issued_on", "out_of_range", max=today.isoformat())
    latest = _years_later(facts.issued_on, LONGEST_YEARS)
    if not facts.issued_on <= facts.valid_until <= latest:
        raise invalid("valid_until", "out_of_range", min=facts.issued_on.isoformat(), max=latest.isoformat())
    if facts.issuer is not None and await tx.get(Institution, facts.issuer) is None:
        raise invalid("issuer", "unknown")
    same = select(Programme.id).where(Programme.client_id == client.id, Programme.number == facts.number)
    if await tx.scalar(same.where(Programme.id != (own or 0))) is not None:
        raise invalid("number", "doubled")
    if not 1 <= len(facts.lines) <= MOST_LINES:
        raise invalid("lines", "too_many" if facts.lines else "missing", max=MOST_LINES)
    offered = {each.code for each in await standards.in_force(tx, today, client.district_id)}
    for at, each in enumerate(facts.lines):
        _check_line(at, each, facts, offered)
    for (_, one), (at, other) in combinations(enumerate(facts.lines), 2):
        if one.code == other.code and one.since <= other.until and other.since <= one.until:
            raise invalid(f"lines.{at}.code", "doubled")


def _check_line(at: int, line: Line, facts: Facts, offered: set[str]) -> None:
    if line.code not in offered:
        raise invalid(f"lines.{at}.code", "unknown")
    first, last = facts.issued_on.isoformat(), facts.valid_until.isoformat()
    if not facts.issued_on <= line.since <= facts.valid_until:
        raise invalid(f"lines.{at}.since", "out_of_range", min=first, max=last)
    if not line.since <= line.until <= facts.valid_until:
        raise invalid(f"lines.{at}.until", "out_of_range", min=line.since.isoformat(), max=last)


def _years_later(day: date, years: int) -> date:
    """The same day of a later year; of 29 February the 28th."""
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)
