"""Resources: what a session needs beside people of its own, each in one place at a time: rooms and interpreters."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.access import Actor
from scheduling.db import Base, Tx
from scheduling.errors import NotFound, VersionMoved, invalid
from scheduling.people import District

ResourceKind = Literal["room", "interpreter"]


class Resource(Base):
    """A room of an assisted point (компьютер в КЦСОН, в сельсовете), or an interpreter who serves many sessions."""

    __tablename__ = "resource"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(200), default="")
    languages: Mapped[list[str]]
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


async def known(tx: Tx) -> list[Resource]:
    """All there are, rooms first, by name; those out of use last."""
    found = select(Resource).order_by(Resource.active.desc(), Resource.kind.desc(), Resource.name, Resource.id)
    return list(await tx.scalars(found))


async def add(
    tx: Tx,
    actor: Actor,
    *,
    kind: ResourceKind,
    name: str,
    address: str,
    languages: Sequence[str],
    district_id: int | None,
) -> Resource:
    """One more of the actor's district, of any district or of the whole region for an administrator. Refused:
    `invalid_input`, `not_found` for a foreign district."""
    _must_be_own(actor, district_id)
    if district_id is not None and await tx.get(District, district_id) is None:
        raise invalid("district_id", "unknown")
    added = Resource(kind=kind, name=name, address=address, languages=[*languages], district_id=district_id)
    tx.add(added)
    await tx.flush()
    return added


async def change(
    tx: Tx, actor: Actor, number: int, *, version: int, name: str, address: str, languages: Sequence[str], active: bool
) -> Resource:
    """What is out of use is booked no more; bookings that have it keep it. Refused: `not_found`, `version_moved`."""
    changed = await tx.scalar(select(Resource).where(Resource.id == number).with_for_update())
    if changed is None:
        raise NotFound
    _must_be_own(actor, changed.district_id)
    if changed.version != version:
        raise VersionMoved(changed.version)
    changed.name, changed.address, changed.languages, changed.active = name, address, [*languages], active
    changed.version += 1
    await tx.flush()
    return changed


def _must_be_own(actor: Actor, district_id: int | None) -> None:
    if "administrator" not in actor.roles and (district_id is None or district_id != actor.district_id):
        raise NotFound


async def chosen(tx: Tx, ids: list[int]) -> list[Resource]:
    """These, each of them active and named once. Refused: `invalid_input`."""
    found = {row.id: row for row in await tx.scalars(select(Resource).where(Resource.id.in_(ids), Resource.active))}
    if len(found) != len(ids):
        raise invalid("resources", "unknown")
    return [found[number] for number in ids]
