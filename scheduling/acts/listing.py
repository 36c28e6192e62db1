"""Services rendered as people look at them: of a district or a specialist, by state, and how many wait too long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from scheduling.access import Actor
from scheduling.acts.confirming import WAITS_DAYS
from scheduling.acts.due import lines_of
from scheduling.acts.near import must_be_near
from scheduling.acts.tables import Act, ActLine, Rendered, State
from scheduling.bookings.tables import Booking
from scheduling.certificates.tables import Certificate, CertificateLine
from scheduling.db import Tx
from scheduling.people import Client, Institution, Specialist
from scheduling.standards import ServiceStandard


@dataclass(frozen=True)
class Told:
    """A session rendered with the names that belong to it, and where it stands on acts."""

    row: Rendered
    client: str
    provider: str
    specialist: str
    code: str
    service: str
    certificate: str | None
    acts: list[tuple[Act, ActLine]]


@dataclass(frozen=True)
class Counts:
    """How many of a district wait for a word, are disputed, agreed upon or settled; `overdue` have waited too long."""

    proposed: int = 0
    overdue: int = 0
    disputed: int = 0
    confirmed: int = 0
    settled: int = 0


async def of_state(
    tx: Tx,
    actor: Actor,
    *,
    states: Sequence[State],
    since: date | None = None,
    until: date | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[Told]:
    """The newest first; `after` is the number of the last one seen."""
    wanted = [*_reach(actor), Rendered.state.in_(states)]
    wanted += [Rendered.day >= since] if since else []
    wanted += [Rendered.day <= until] if until else []
    wanted += [Rendered.booking_id < after] if after else []
    rows = await tx.scalars(select(Rendered).where(*wanted).order_by(Rendered.booking_id.desc()).limit(limit))
    return await told(tx, list(rows))


async def one(tx: Tx, actor: Actor, booking_id: int) -> Told | None:
    """What is known of one booking; None while nothing was rendered and nobody has spoken. Refused: `not_found`."""
    row = await tx.scalar(select(Rendered).where(*_reach(actor), Rendered.booking_id == booking_id))
    if row is not None:
        return (await told(tx, [row]))[0]
    await must_be_near(tx, actor, booking_id)
    return None


async def counts(tx: Tx, actor: Actor, *, today: date) -> Counts:
    late = case((Rendered.day < today - timedelta(days=WAITS_DAYS), 1), else_=0)
    statement = (
        select(Rendered.state, func.count(), func.sum(late))
        .where(*_reach(actor), Rendered.state != "withdrawn")
        .group_by(Rendered.state)
    )
    found = {state: (many, int(overdue or 0)) for state, many, overdue in await tx.execute(statement)}
    by_state = {state: many for state, (many, _) in found.items()}
    return Counts(**by_state, overdue=found.get("proposed", (0, 0))[1])


def _reach(actor: Actor) -> list[ColumnElement[bool]]:
    """A coordinator and an officer see those of their district, a specialist her own."""
    reach: list[ColumnElement[bool]] = []
    if actor.roles & {"coordinator", "officer"} and actor.district_id is not None:
        reach.append(Rendered.district_id == actor.district_id)
    if actor.specialist_id is not None:
        own = select(Booking.id).where(Booking.specialist_id == actor.specialist_id)
        reach.append(Rendered.booking_id.in_(own))
    return [or_(*reach)] if reach else [Rendered.booking_id.is_(None)]


async def told(tx: Tx, rows: Sequence[Rendered]) -> list[Told]:
    """The rows with their names, in their order."""
    if not rows:
        return []
    numbers = [row.booking_id for row in rows]
    acts = await lines_of(tx, numbers)
    statement = (
        select(
            Rendered.booking_id,
            *(Client.name, Institution.name, Specialist.name, ServiceStandard.code, ServiceStandard.name),
            Certificate.number,
        )
        .join(Client, Client.id == Rendered.client_id)
        .join(Institution, Institution.id == Rendered.provider_id)
        .join(Booking, Booking.id == Rendered.booking_id)
        .join(Specialist, Specialist.id == Booking.specialist_id)
        .join(ServiceStandard, ServiceStandard.id == Rendered.standard_id)
        .outerjoin(CertificateLine, CertificateLine.id == Rendered.line_id)
        .outerjoin(Certificate, Certificate.id == CertificateLine.certificate_id)
        .where(Rendered.booking_id.in_(numbers))
    )
    names = {number: tuple(rest) for number, *rest in await tx.execute(statement)}
    return [_told(row, names[row.booking_id], acts.get(row.booking_id, [])) for row in rows]


def _told(row: Rendered, names: tuple[Any, ...], acts: list[tuple[Act, ActLine]]) -> Told:
    client, provider, specialist, code, service, certificate = names
    return Told(row, client, provider, specialist, code, service, certificate, acts)
