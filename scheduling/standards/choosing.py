"""Which version of a service holds: for a client of this district, on this day."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduling.access import Actor
from scheduling.db import Tx
from scheduling.errors import NotFound
from scheduling.people import Client
from scheduling.standards.tables import ServiceStandard


def chosen(versions: Sequence[ServiceStandard], on: date, district: int | None) -> ServiceStandard | None:
    """Of the versions of one service, ascending, the last that covers day and district."""
    return next((each for each in reversed(versions) if each.valid_from <= on and each.covers(district)), None)


async def in_force(tx: Tx, on: date, district: int | None) -> list[ServiceStandard]:
    """The version of each service that holds in a district on a day, by code."""
    of_code: dict[str, list[ServiceStandard]] = {}
    for each in await _begun(tx, on):
        of_code.setdefault(each.code, []).append(each)
    found = (chosen(versions, on, district) for versions in of_code.values())
    return [each for each in found if each is not None]


async def in_force_anywhere(tx: Tx, on: date) -> list[ServiceStandard]:
    """Every version that holds in some district on a day, by code: two side by side are both here."""
    begun = await _begun(tx, on)
    return [each for each in begun if not _replaced(each, begun)]


async def codes(tx: Tx, on: date) -> list[str]:
    """The services there are somewhere in the region."""
    return sorted({each.code for each in await _begun(tx, on)})


async def service(tx: Tx, code: str, on: date, district: int | None) -> ServiceStandard:
    """The version of one service that holds in a district on a day. Refused: `not_found`."""
    versions = await tx.scalars(
        select(ServiceStandard)
        .where(ServiceStandard.code == code, ServiceStandard.valid_from <= on)
        .order_by(ServiceStandard.valid_from.desc(), ServiceStandard.version.desc())
    )
    found = next((each for each in versions if each.covers(district)), None)
    if found is None:
        raise NotFound
    return found


async def service_at(tx: Tx, code: str, zone: str, starts: datetime, district: int | None) -> ServiceStandard:
    """The version that holds on the local day of an instant. Refused: `not_found`."""
    return await service(tx, code, starts.astimezone(ZoneInfo(zone)).date(), district)


async def over(tx: Tx, code: str, first: date, last: date, district: int | None) -> list[tuple[date, ServiceStandard]]:
    """The versions of one service that hold in a district on the days from `first` to `last`, one after the other, each
    with its first day among them. Refused: `not_found` when there is none on any of these days."""
    rows = await tx.scalars(
        select(ServiceStandard)
        .where(ServiceStandard.code == code, ServiceStandard.valid_from <= last)
        .order_by(ServiceStandard.valid_from, ServiceStandard.version)
    )
    begun = list(rows)
    found: list[tuple[date, ServiceStandard]] = []
    for day in sorted({max(each.valid_from, first) for each in begun}):
        holds = chosen(begun, day, district)
        if holds is not None and (not found or holds is not found[-1][1]):
            found.append((day, holds))
    if not found:
        raise NotFound
    return found


async def district_for(tx: Tx, actor: Actor, client: int | None) -> int | None:
    """Whose standards count when this actor looks for time: the client's district, else the actor's own. Clients of a
    coordinator are of her district; those of a specialist can be of any."""
    if client is None or actor.specialist_id is None:
        return actor.district_id
    return await tx.scalar(select(Client.district_id).where(Client.id == client)) or actor.district_id


async def _begun(tx: Tx, on: date) -> list[ServiceStandard]:
    rows = await tx.scalars(
        select(ServiceStandard)
        .where(ServiceStandard.valid_from <= on)
        .order_by(ServiceStandard.code, ServiceStandard.valid_from, ServiceStandard.version)
    )
    return list(rows)


def _replaced(old: ServiceStandard, begun: Iterable[ServiceStandard]) -> bool:
    """Whether later versions of it hold wherever it did."""
    later = [
        each
        for each in begun
        if each.code == old.code and (each.valid_from, each.version) > (old.valid_from, old.version)
    ]
    if any(each.districts is None for each in later):
        return True
    gone = {district for each in later for district in each.districts or ()}
    return old.districts is not None and gone.issuperset(old.districts)
