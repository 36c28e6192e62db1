"""The tables of social certificates (189-ФЗ): the paper, its services, whom its holder may and did choose, its keys."""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.people import Client, District, Institution
from scheduling.standards import ServiceStandard

Status = Literal["forming", "issued", "chosen", "in_use", "used_up", "expired", "revoked", "replaced"]
Unit = Literal["session", "minute", "kopeck"]
ConfirmedBy = Literal["code", "paper", "aloud"]

# Its services can be booked only while it is one of these, and chosen for.
LIVE: tuple[Status, ...] = ("issued", "chosen", "in_use")


class Certificate(Base):
    """A social certificate. What is left of it stands in the ledger, never here."""

    __tablename__ = "certificate"
    __table_args__ = (Index("ix_certificate_district_year", "district_id", "year"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    status: Mapped[str] = mapped_column(String(12), default="forming")
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    representative_id: Mapped[int | None] = mapped_column(ForeignKey("relation.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    issuer_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    issued_on: Mapped[date | None]
    valid_until: Mapped[date]
    # Whose money it is: that of the district's budget of this year and source.
    year: Mapped[int]
    source: Mapped[str] = mapped_column(String(24), default="region")
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    ended_at: Mapped[datetime | None]
    because: Mapped[str] = mapped_column(String(200), default="")
    # The six digits on the paper by which its holder says that a choice is his: their keyed hash.
    code_hash: Mapped[str | None] = mapped_column(String(64))
    list_id: Mapped[int | None] = mapped_column(ForeignKey("list_upload.id"), index=True)
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    client: Mapped[Client] = relationship()
    district: Mapped[District] = relationship()
    issuer: Mapped[Institution] = relationship(foreign_keys=[issuer_id])
    provider: Mapped[Institution | None] = relationship(foreign_keys=[provider_id])
    lines: Mapped[list["CertificateLine"]] = relationship(order_by="CertificateLine.id")


class CertificateLine(Base):
    """So many units of a service. `unit_kopecks` is the normative cost of one unit (1 where the unit is the kopeck),
    of which the holder pays `copay_kopecks` himself."""

    __tablename__ = "certificate_line"
    __table_args__ = (UniqueConstraint("certificate_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    code: Mapped[str] = mapped_column(String(16))
    standard_id: Mapped[int] = mapped_column(ForeignKey("service_standard.id"))
    unit: Mapped[str] = mapped_column(String(8), default="session")
    quantity: Mapped[int]
    unit_kopecks: Mapped[int]
    copay_kopecks: Mapped[int] = mapped_column(default=0)
    periodicity: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    standard: Mapped[ServiceStandard] = relationship()

    @property
    def nominal_kopecks(self) -> int:
        return self.quantity * self.unit_kopecks

    @property
    def paid_kopecks(self) -> int:
        """What a budget pays of one unit at most: the normative cost without the holder's own part."""
        return 1 if self.unit == "kopeck" else max(0, self.unit_kopecks - self.copay_kopecks)


class AdmittedProvider(Base):
    """Whom the holder of a certificate may choose; without any line: every provider that gives its services."""

    __tablename__ = "admitted_provider"
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True, autoincrement=False)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True, autoincrement=False)


class ProviderListing(Base):
    """The list of providers as it was shown to one holder at one time: its order and all that it said of each."""

    __tablename__ = "provider_listing"
    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    seed: Mapped[int]
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class ProviderChoice(Base):
    """The holder's choice, from which list, and how it is known to be his."""

    __tablename__ = "provider_choice"
    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("provider_listing.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    from_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    at: Mapped[datetime]
    confirmed_by: Mapped[str] = mapped_column(String(8))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    because: Mapped[str] = mapped_column(String(200), default="")


class CertificateChange(Base):
    """One line of a certificate's history; it only grows."""

    __tablename__ = "certificate_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    what: Mapped[str] = mapped_column(String(24))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


class Tariff(Base):
    """What a provider takes for one session of a service from a day on; without one it takes the normative cost."""

    __tablename__ = "tariff"
    __table_args__ = (UniqueConstraint("institution_id", "code", "valid_from"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    code: Mapped[str] = mapped_column(String(16))
    kopecks: Mapped[int]
    valid_from: Mapped[date]


class SigningKey(Base):
    """A key that signs certificates (Ed25519): public for everybody, private only sealed."""

    __tablename__ = "signing_key"
    kid: Mapped[str] = mapped_column(String(16), primary_key=True)
    public: Mapped[str] = mapped_column(String(43))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
