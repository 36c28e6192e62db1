"""Applications as the office sees them: the work-list, what needs doing counted, one with its history."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from scheduling.access import Actor
from scheduling.applications.needs import NEEDS, Around, Need, conditions, flags, needs, rank, standing_of
from scheduling.applications.tables import OPEN, Application, ApplicationChange, Status
from scheduling.coming import arrived
from scheduling.db import Tx, padded
from scheduling.errors import NotFound
from scheduling.people import Account, digits, folded


@dataclass(frozen=True)
class Listed:
    """An application with what it needs, the first first."""

    application: Application
    needs: list[Need]


_URGENT = {"urgent": 0, "soon": 1}
# So many digits are looked for in telephones; numbers of applications end where the column does.
_OF_TELEPHONE, _LAST_NUMBER = 5, 2**31 - 1


def _visible(actor: Actor) -> ColumnElement[bool]:
    """Those of the coordinator's district that have come."""
    if "coordinator" not in actor.roles or actor.district_id is None:
        return Application.id.is_(None)
    return and_(Application.district_id == actor.district_id, arrived(Application.list_id))


def _whole() -> Select[Application]:
    return select(Application).options(
        joinedload(Application.district, innerjoin=True),
        joinedload(Application.client),
        joinedload(Application.specialist),
        joinedload(Application.proposed),
    )


async def find(
    tx: Tx,
    actor: Actor,
    around: Around,
    *,
    need: Need | None = None,
    status: Status | None = None,
    query: str = "",
    skip: int = 0,
    limit: int = 50,
) -> list[Listed]:
    """Open ones (or of one status), what must be done first at the top; `query` is a number, a name or a telephone."""
    asked = conditions(around)
    first = select(Application.id).where(_visible(actor))
    first = first.where(Application.status == status if status else Application.status.in_(OPEN))
    if need is not None:
        first = first.where(asked[need])
    if query.strip():
        first = first.where(_asked_for(query))
    if status == "closed":
        first = first.order_by(Application.closed_at.desc(), Application.id.desc())
    else:
        first = first.order_by(rank(asked), _urgency(), Application.due_on.is_(None), Application.due_on)
        first = first.order_by(Application.received_at, Application.id)
    # Numbers first: what is sorted is small, and whole rows are read of one page only.
    numbers = list(await tx.scalars(first.offset(skip).limit(limit)))
    return await _listed(tx, numbers, around)


async def _listed(tx: Tx, numbers: Sequence[int], around: Around) -> list[Listed]:
    facts = [each.label(name) for name, each in flags(around).items()]
    rows = await tx.execute(_whole().add_columns(*facts).where(Application.id.in_(padded(numbers))))
    by_number = {row[0].id: Listed(row[0], needs(standing_of(row[0], row[1:]), around)) for row in rows}
    return [by_number[number] for number in numbers]


async def counts(tx: Tx, actor: Actor, around: Around) -> dict[str, int]:
    """How many need what, and how many are open at all (`open`), in one query."""
    asked = conditions(around)
    columns = [func.count().filter(asked[need]).label(need) for need in NEEDS]
    row = await tx.execute(
        select(func.count().label("open"), *columns)
        .select_from(Application)
        .where(_visible(actor), Application.status.in_(OPEN))
    )
    return dict(zip(row.keys(), row.one(), strict=True))


async def application(tx: Tx, actor: Actor, number: int) -> Application:
    """One of the own district. Refused: `not_found`."""
    found = await tx.scalar(_whole().where(_visible(actor), Application.id == number))
    if found is None:
        raise NotFound
    return found


async def needs_of(tx: Tx, one: Application, around: Around) -> list[Need]:
    facts = await tx.execute(
        select(*(each.label(name) for name, each in flags(around).items())).where(Application.id == one.id)
    )
    return needs(standing_of(one, facts.one()), around)


async def history(tx: Tx, number: int) -> list[tuple[ApplicationChange, str | None]]:
    """What was done about it, oldest first, each with who did it."""
    rows = await tx.execute(
        select(ApplicationChange, Account.name)
        .outerjoin(Account, Account.id == ApplicationChange.account_id)
        .where(ApplicationChange.application_id == number)
        .order_by(ApplicationChange.id)
    )
    return [(row[0], row[1]) for row in rows]


async def others_of(tx: Tx, one: Application) -> Sequence[Application]:
    """Other open applications that are his too: of the same card, or with the same telephone or name and year."""
    same: list[ColumnElement[bool]] = []
    if one.client_id is not None:
        same.append(Application.client_id == one.client_id)
    if len(one.phone_digits) >= 10:
        same.append((Application.phone_digits == one.phone_digits) & (Application.birth_year == one.birth_year))
    if one.birth_year is not None:
        same.append((Application.name_folded == one.name_folded) & (Application.birth_year == one.birth_year))
    if not same:
        return []
    theirs = _whole().where(Application.district_id == one.district_id, Application.status.in_(OPEN), or_(*same))
    theirs = theirs.where(arrived(Application.list_id))
    return list(await tx.scalars(theirs.where(Application.id != one.id).order_by(Application.id).limit(10)))


def _asked_for(query: str) -> ColumnElement[bool]:
    asked: list[ColumnElement[bool]] = []
    number = digits(query)
    if len(number) >= _OF_TELEPHONE:
        asked.append(Application.phone_digits.contains(number))
    # A long number may be either: which of the two it is only the work-list can tell.
    numbered = re.fullmatch(r"№?\s*([0-9]+)", query.strip())
    if numbered and int(numbered[1]) <= _LAST_NUMBER:
        asked.append(Application.id == int(numbered[1]))
    return or_(*asked) if asked else Application.name_folded.contains(folded(query), autoescape=True)


def _urgency() -> ColumnElement[int]:
    return case(_URGENT, value=Application.urgency, else_=2)
