"""The tables of applications: what somebody asks for, all that was done about it, who helps a lonely district."""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.people import Client, District, Specialist

Status = Literal["new", "assigned", "scheduled", "closed"]
Source = Literal["desk", "phone", "site", "list"]
Urgency = Literal["usual", "soon", "urgent"]
CloseReason = Literal["helped", "withdrawn", "not_reached", "duplicate", "elsewhere"]
Setback = Literal["missed", "failed", "cancelled"]

OPEN: tuple[Status, ...] = ("new", "assigned", "scheduled")


class Application(Base):
    """A request for help (обращение). `client_id` is None until the office knows whose it is.

    What the person said of himself stays as he said it, also when a client's card says otherwise.
    """

    __tablename__ = "application"
    # All that decides what it needs: the work-list is counted and sorted without looking at the rows themselves.
    __table_args__ = (
        Index(
            "ix_application_work",
            *("district_id", "status", "service", "due_on", "seen_at", "specialist_id", "proposed_id", "likely_id"),
            *("setback", "urgency", "received_at", "list_id"),
        ),
        Index(
            "ix_application_likely_id",
            "likely_id",
            sqlite_where=text("likely_id IS NOT NULL"),
            postgresql_where=text("likely_id IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(String(12), default="new")
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
    source: Mapped[str] = mapped_column(String(8))
    list_id: Mapped[int | None] = mapped_column(ForeignKey("list_upload.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    name_folded: Mapped[str] = mapped_column(String(120), index=True)
    birth_year: Mapped[int | None]
    birth_date: Mapped[date | None]
    phone: Mapped[str] = mapped_column(String(32), default="")
    phone_digits: Mapped[str] = mapped_column(String(16), default="", index=True)
    email: Mapped[str] = mapped_column(String(200), default="")
    settlement: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(8), default="ru")
    # Who asks for him, if not he himself: his name, his tie to the person, his phone.
    speaker: Mapped[str] = mapped_column(String(120), default="")
    speaker_tie: Mapped[str] = mapped_column(String(24), default="")
    speaker_phone: Mapped[str] = mapped_column(String(32), default="")
    topic: Mapped[str | None] = mapped_column(String(32))
    service: Mapped[str | None] = mapped_column(String(16))
    urgency: Mapped[str] = mapped_column(String(8), default="usual")
    mode: Mapped[str | None] = mapped_column(String(16))
    # {"weekdays": [0…6], "parts": ["09:00-12:00"], "specialist": id, "institution": id, "text": "…"}, each if wished.
    wishes: Mapped[dict[str, Any]]
    remark: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[datetime]
    # When somebody of the office looked at it for the first time.
    seen_at: Mapped[datetime | None]
    # The last day for the first session, by the standard in force when it came; None: the standard names none.
    due_on: Mapped[date | None]
    specialist_id: Mapped[int | None] = mapped_column(ForeignKey("specialist.id"), index=True)
    assigned_at: Mapped[datetime | None]
    # Why it has to be booked again: its last booking was missed, failed or cancelled.
    setback: Mapped[str | None] = mapped_column(String(12))
    # Another specialist in place of the assigned one, as long as the client has not said what he thinks of it.
    proposed_id: Mapped[int | None] = mapped_column(ForeignKey("specialist.id"))
    proposed_at: Mapped[datetime | None]
    # A card that may be the same person's, until somebody has said whether it is.
    likely_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None] = mapped_column(String(16))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    # Consent to processing given with it on the site, where nobody takes it: the text's hash and when.
    consent_hash: Mapped[str | None] = mapped_column(String(64))
    client: Mapped[Client | None] = relationship(foreign_keys=[client_id])
    district: Mapped[District] = relationship()
    specialist: Mapped[Specialist | None] = relationship(foreign_keys=[specialist_id])
    proposed: Mapped[Specialist | None] = relationship(foreign_keys=[proposed_id])


class ApplicationChange(Base):
    """One line of an application's history; it only grows."""

    __tablename__ = "application_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    what: Mapped[str] = mapped_column(String(24))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


class Fallback(Base):
    """Who helps a district that has no specialist of its own: an institution, asked first."""

    __tablename__ = "fallback"
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), primary_key=True, autoincrement=False)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))


class ClientMerge(Base):
    """Two cards that were one person: what was moved, so that history says which card a thing came from."""

    __tablename__ = "client_merge"
    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    gone_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    # What the card that went said, and the numbers of what was moved, by table.
    before: Mapped[dict[str, Any]]
    moved: Mapped[dict[str, Any]] = mapped_column(JSON)
