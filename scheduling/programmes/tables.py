"""The tables of programmes (ИППСУ): the paper, and a line for each service that its holder is to have."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.people import Institution


class Programme(Base):
    """An individual programme; a certificate may name it, or be it (`certificate.programme_id`)."""

    __tablename__ = "programme"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    number: Mapped[str] = mapped_column(String(40))
    issuer_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    issued_on: Mapped[date]
    valid_until: Mapped[date]
    ended_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    lines: Mapped[list["ProgrammeLine"]] = relationship(order_by="ProgrammeLine.id", cascade="all, delete-orphan")
    issuer: Mapped[Institution] = relationship()


class ProgrammeLine(Base):
    """`volume` sessions of a service within its term, no more often than one of the `periodicity` alternatives."""

    __tablename__ = "programme_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    code: Mapped[str] = mapped_column(String(16))
    volume: Mapped[int]
    periodicity: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    since: Mapped[date]
    until: Mapped[date]
