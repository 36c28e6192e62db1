"""Finding certificates as far as somebody may see them, and taking one to change it."""

from sqlalchemy import ColumnElement, Select, and_, column, false, func, or_, select, table
from sqlalchemy.orm import joinedload, selectinload

from scheduling.access import Actor
from scheduling.certificates.tables import Certificate, CertificateLine
from scheduling.db import Tx
from scheduling.errors import NotFound, VersionMoved
from scheduling.people import Client

# The booking table as far as this file reads it: bookings know certificates, not the other way round.
_booking = table("booking", column("client_id"), column("specialist_id"))


def whole() -> Select[Certificate]:
    """With everything that people read of it."""
    return select(Certificate).options(
        joinedload(Certificate.client).joinedload(Client.district),
        joinedload(Certificate.district),
        joinedload(Certificate.issuer),
        joinedload(Certificate.provider),
        selectinload(Certificate.lines).joinedload(CertificateLine.standard),
    )


def visible(actor: Actor) -> ColumnElement[bool]:
    """Those of the officer's and the coordinator's district; of a specialist those that chose her institution, of
    people who were ever booked with her."""
    reach: list[ColumnElement[bool]] = [false()]
    if actor.roles & {"officer", "coordinator"}:
        reach.append(Certificate.district_id == actor.district_id)
    if actor.specialist_id is not None:
        hers = select(_booking.c.client_id).where(_booking.c.specialist_id == actor.specialist_id)
        reach.append(and_(Certificate.provider_id == actor.institution_id, Certificate.client_id.in_(hers)))
    return or_(*reach)


async def certificate(tx: Tx, actor: Actor, certificate_id: int) -> Certificate:
    """Refused: `not_found`."""
    return await _found(tx, whole().where(Certificate.id == certificate_id, visible(actor)))


async def by_id(tx: Tx, certificate_id: int) -> Certificate:
    """For the holder himself. Refused: `not_found`."""
    return await _found(tx, whole().where(Certificate.id == certificate_id))


async def by_number(tx: Tx, number: str) -> Certificate | None:
    """The one of this number, given without the spaces that may stand in it on the paper; None also where two differ
    by their spaces alone."""
    found = list(await tx.scalars(whole().where(func.replace(Certificate.number, " ", "") == number).limit(2)))
    return found[0] if len(found) == 1 else None


async def to_change(tx: Tx, actor: Actor | None, certificate_id: int, *, version: int) -> Certificate:
    """Locked and read anew; `actor` None is the holder himself. Refused: `not_found`, `version_moved`."""
    await locked(tx, certificate_id)
    found = await (by_id(tx, certificate_id) if actor is None else certificate(tx, actor, certificate_id))
    if found.version != version:
        raise VersionMoved(found.version)
    return found


async def locked(tx: Tx, certificate_id: int) -> None:
    """Two who change one certificate at the same time go one after the other."""
    await tx.execute(select(Certificate.id).where(Certificate.id == certificate_id).with_for_update())


async def _found(tx: Tx, wanted: Select[Certificate]) -> Certificate:
    found = await tx.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found
