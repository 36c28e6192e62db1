"""Resources: what a session needs beside people of its own, each in one place at a time: rooms and interpreters."""

from typing import Literal

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base, Tx
from scheduling.errors import invalid

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


async def known(tx: Tx) -> list[Resource]:
    """All that can be booked, rooms first, by name."""
    found = select(Resource).where(Resource.active).order_by(Resource.kind.desc(), Resource.name, Resource.id)
    return list(await tx.scalars(found))


async def chosen(tx: Tx, ids: list[int]) -> list[Resource]:
    """These, each of them active and named once. Refused: `invalid_input`."""
    found = {row.id: row for row in await tx.scalars(select(Resource).where(Resource.id.in_(ids), Resource.active))}
    if len(found) != len(ids):
        raise invalid("resources", "unknown")
    return [found[number] for number in ids]
