"""Certificates as people read them: a list with what is left, one with all that ever happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from scheduling import ledger, people
from scheduling.access import Actor
from scheduling.certificates.finding import visible, whole
from scheduling.certificates.tables import (
    LIVE,
    AdmittedProvider,
    Certificate,
    CertificateChange,
    CertificateLine,
    ProviderChoice,
    ProviderListing,
)
from scheduling.db import Tx
from scheduling.ledger import Balances, LedgerAccount, Moved
from scheduling.people import Account, Client, Institution

EXPIRES_SOON = timedelta(days=30)
# Whoever has used nothing for so long may need somebody who calls.
UNUSED_FOR = timedelta(days=60)


@dataclass(frozen=True)
class Sought:
    """Empty and None mean: no matter. `text` is part of a name or number; `soon` those that expire within a month,
    `unused` those of which nothing was used for two months; `before` the last number of the page before."""

    text: str = ""
    statuses: frozenset[str] = frozenset()
    client: int | None = None
    provider: int | None = None
    soon: bool = False
    unused: bool = False
    before: int | None = None


@dataclass(frozen=True)
class Told:
    """A change and who made it; None: it came by itself."""

    change: CertificateChange
    by: str | None


@dataclass(frozen=True)
class Choosing:
    """A choice with the list from which it was made."""

    choice: ProviderChoice
    listing: ProviderListing
    by: str | None


@dataclass(frozen=True)
class Counts:
    """How many there are, by state, and how many want attention."""

    by_status: dict[str, int] = field(default_factory=dict)
    soon: int = 0
    unused: int = 0


async def find(tx: Tx, actor: Actor, sought: Sought, *, today: date, limit: int) -> list[Certificate]:
    """The newest first."""
    return list(await tx.scalars(_sought(whole(), actor, sought, today).order_by(Certificate.id.desc()).limit(limit)))


async def counts(tx: Tx, actor: Actor, *, today: date) -> Counts:
    """Of all that this actor may see."""
    by_status = await tx.execute(
        select(Certificate.status, func.count()).where(visible(actor)).group_by(Certificate.status)
    )
    soon, unused = [await _count(tx, actor, kind, today) for kind in (Sought(soon=True), Sought(unused=True))]
    return Counts({status: many for status, many in by_status}, soon, unused)  # noqa: C416 - dict() would not know


async def _count(tx: Tx, actor: Actor, sought: Sought, today: date) -> int:
    found = await tx.execute(_sought(select(func.count(Certificate.id)), actor, sought, today))
    return int(found.scalar_one())


def _sought(statement: Select, actor: Actor, sought: Sought, today: date) -> Select:  # type: ignore[type-arg]
    wanted: list[ColumnElement[bool]] = [visible(actor)]
    if sought.text.strip():
        wanted.append(_named(sought.text))
    if sought.statuses:
        wanted.append(Certificate.status.in_(sought.statuses))
    if sought.client is not None:
        wanted.append(Certificate.client_id == sought.client)
    if sought.provider is not None:
        wanted.append(Certificate.provider_id == sought.provider)
    if sought.soon:
        until = today + EXPIRES_SOON
        wanted.append(and_(Certificate.status.in_(LIVE), Certificate.valid_until.between(today, until)))
    if sought.unused:
        wanted.append(_unused(today))
    if sought.before is not None:
        wanted.append(Certificate.id < sought.before)
    return statement.where(*wanted)


def _named(text: str) -> ColumnElement[bool]:
    named = select(Client.id).where(Client.name_folded.contains(people.folded(text), autoescape=True))
    return or_(Certificate.number.contains(text.strip(), autoescape=True), Certificate.client_id.in_(named))


def _unused(today: date) -> ColumnElement[bool]:
    used = (
        select(CertificateLine.certificate_id)
        .join(LedgerAccount, LedgerAccount.line_id == CertificateLine.id)
        .where(LedgerAccount.kind.in_(("reserved", "consumed")), LedgerAccount.balance > 0)
    )
    long_ago = Certificate.issued_on <= today - UNUSED_FOR
    return and_(Certificate.status.in_(LIVE), long_ago, Certificate.id.not_in(used))


async def balances(tx: Tx, found: Sequence[Certificate]) -> dict[int, Balances]:
    """What stands in the accounts of their lines, by line; a draft's lines have none."""
    return await ledger.of_lines(tx, [line.id for each in found for line in each.lines])


async def for_booking(tx: Tx, actor: Actor, client: int, service: str, *, on: date) -> list[Certificate]:
    """Those of a client that this service can be booked on: live on that day, the one that ends first first.
    Refused: `not_found` for a foreign client."""
    await people.client(tx, actor, client)
    lines = select(CertificateLine.certificate_id).where(CertificateLine.code == service)
    return list(
        await tx.scalars(
            whole()
            .where(Certificate.client_id == client, Certificate.status.in_(LIVE), Certificate.id.in_(lines))
            .where(Certificate.valid_until >= on)
            .order_by(Certificate.valid_until, Certificate.id)
        )
    )


async def history(tx: Tx, found: Certificate) -> list[Told]:
    """The oldest first."""
    rows = await tx.execute(
        select(CertificateChange, Account.name)
        .outerjoin(Account, Account.id == CertificateChange.account_id)
        .where(CertificateChange.certificate_id == found.id)
        .order_by(CertificateChange.id)
    )
    return [Told(change, name) for change, name in rows]


async def choices(tx: Tx, found: Certificate) -> list[Choosing]:
    rows = await tx.execute(
        select(ProviderChoice, ProviderListing, Account.name)
        .join(ProviderListing, ProviderListing.id == ProviderChoice.listing_id)
        .outerjoin(Account, Account.id == ProviderChoice.account_id)
        .where(ProviderChoice.certificate_id == found.id)
        .order_by(ProviderChoice.id)
    )
    return [Choosing(*row) for row in rows]


async def movements(tx: Tx, found: Certificate) -> list[Moved]:
    return await ledger.history(tx, "line", [each.id for each in found.lines])


async def admitted(tx: Tx, found: Certificate) -> list[Institution]:
    """Who was named when it was formed; nobody: all who give its services are admitted."""
    return list(
        await tx.scalars(
            select(Institution)
            .join(AdmittedProvider, AdmittedProvider.institution_id == Institution.id)
            .where(AdmittedProvider.certificate_id == found.id)
            .order_by(Institution.name, Institution.id)
        )
    )


async def names(tx: Tx, accounts: Sequence[int]) -> dict[int, str]:
    rows = await tx.execute(select(Account.id, Account.name).where(Account.id.in_(accounts)))
    return {number: name for number, name in rows}  # noqa: C416 - dict() would not know the types


async def listing(tx: Tx, found: Certificate, number: int) -> ProviderListing | None:
    return await tx.scalar(
        select(ProviderListing).where(ProviderListing.id == number, ProviderListing.certificate_id == found.id)
    )


async def institutions(tx: Tx, numbers: Sequence[int]) -> dict[int, Institution]:
    rows = await tx.scalars(select(Institution).where(Institution.id.in_(numbers)))
    return {each.id: each for each in rows}


async def beside(tx: Tx, found: Certificate) -> tuple[str | None, str | None]:
    """The numbers of the certificate it replaces, and of the one that replaced it."""
    old = select(Certificate.number).where(Certificate.id == found.replaces_id)
    new = select(Certificate.number).where(Certificate.replaces_id == found.id)
    return (await tx.scalar(old) if found.replaces_id else None), await tx.scalar(new)
