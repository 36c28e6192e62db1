"""What a certificate is to hold, as it was asked for, and everything that must be so before it can be written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from scheduling import people, standards
from scheduling.certificates.tables import LIVE, Certificate, CertificateLine, Unit
from scheduling.db import Tx
from scheduling.errors import CertificateOverlaps, NotFound, ProviderNotAdmitted, StandardNotInForce, invalid
from scheduling.people import Client, Institution, Specialist
from scheduling.programmes import Programme
from scheduling.relations import Relation
from scheduling.standards import ServiceStandard

MOST_LINES, MOST_PROVIDERS = 12, 60
LONGEST_DAYS = 3 * 366
MOST_UNITS = 10_000_000


@dataclass(frozen=True)
class WantedLine:
    """`quantity` units of a service; where the cost of a unit is None it is the standard's."""

    code: str
    quantity: int
    unit: Unit = "session"
    unit_kopecks: int | None = None
    copay_kopecks: int = 0
    periodicity: list[dict[str, Any]] | None = None


@dataclass(frozen=True)
class Wanted:
    """`number`: one that was given elsewhere (a list, a programme that is the certificate); None: the next one.
    `providers`: who is admitted; nobody named: all who give its services."""

    client: int
    valid_until: date
    lines: Sequence[WantedLine]
    representative: int | None = None
    programme: int | None = None
    providers: Sequence[int] = ()
    source: str = "region"
    year: int | None = None
    number: str | None = None
    list_id: int | None = None


async def checked_lines(tx: Tx, wanted: Wanted, client: Client, *, on: date) -> list[CertificateLine]:
    """The lines as rows. Refused: `standard_not_in_force`, `invalid_input`."""
    if not 1 <= len(wanted.lines) <= MOST_LINES:
        raise invalid("lines", "too_many" if wanted.lines else "missing", max=MOST_LINES)
    if len({each.code for each in wanted.lines}) < len(wanted.lines):
        raise invalid("lines", "doubled")
    made = []
    for at, each in enumerate(wanted.lines):
        try:
            standard = await standards.service(tx, each.code, on, client.district_id)
        except NotFound:
            raise StandardNotInForce(each.code, on) from None
        made.append(_line(at, each, standard))
    return made


def _line(at: int, wanted: WantedLine, standard: ServiceStandard) -> CertificateLine:
    cost = unit_cost(standard, wanted.unit) if wanted.unit_kopecks is None else wanted.unit_kopecks
    if not 1 <= wanted.quantity <= MOST_UNITS:
        raise invalid(f"lines.{at}.quantity", "out_of_range", min=1, max=MOST_UNITS)
    if cost < 1 or (wanted.unit == "kopeck" and cost != 1):
        raise invalid(f"lines.{at}.unit_kopecks", "out_of_range", min=1)
    if not 0 <= wanted.copay_kopecks <= cost:
        raise invalid(f"lines.{at}.copay_kopecks", "out_of_range", min=0, max=cost)
    return CertificateLine(
        code=standard.code,
        standard_id=standard.id,
        unit=wanted.unit,
        quantity=wanted.quantity,
        unit_kopecks=cost,
        copay_kopecks=wanted.copay_kopecks,
        periodicity=standard.periodicity if wanted.periodicity is None else wanted.periodicity,
    )


def unit_cost(standard: ServiceStandard, unit: Unit) -> int:
    """The normative cost of one unit in kopecks, that of a minute rounded half up."""
    if unit == "session":
        return standard.price_kopecks
    if unit == "minute":
        return (2 * standard.price_kopecks + standard.duration_min) // (2 * standard.duration_min)
    return 1


def check_days(wanted: Wanted, on: date) -> None:
    latest = on + timedelta(days=LONGEST_DAYS)
    if not on <= wanted.valid_until <= latest:
        raise invalid("valid_until", "out_of_range", min=on.isoformat(), max=latest.isoformat())


async def check_beside(tx: Tx, wanted: Wanted, client: Client, *, on: date) -> None:
    """The representative and the programme are the holder's own, and stand. Refused: `invalid_input`."""
    if wanted.representative is not None:
        stands = or_(Relation.until.is_(None), Relation.until >= on)
        his = select(Relation.id).where(Relation.id == wanted.representative, Relation.client_id == client.id, stands)
        if await tx.scalar(his.where(Relation.kind == "representative", Relation.ended_at.is_(None))) is None:
            raise invalid("representative", "unknown")
    if wanted.programme is not None:
        his_own = select(Programme.id).where(Programme.id == wanted.programme, Programme.client_id == client.id)
        if await tx.scalar(his_own.where(Programme.ended_on.is_(None), Programme.valid_until >= on)) is None:
            raise invalid("programme", "unknown")


async def check_providers(tx: Tx, wanted: Wanted) -> None:
    """Each gives at least one of the services. Refused: `provider_not_admitted`, `invalid_input`."""
    if len(wanted.providers) > MOST_PROVIDERS:
        raise invalid("providers", "too_many", max=MOST_PROVIDERS)
    if not wanted.providers:
        return
    giving = await providers_of(tx, [each.code for each in wanted.lines])
    for each in wanted.providers:
        if each not in giving:
            raise ProviderNotAdmitted(each)


async def providers_of(tx: Tx, codes: Sequence[str]) -> dict[int, set[str]]:
    """Of each institution of the register that gives some of these services: which of them."""
    rows = await tx.execute(
        select(Specialist.institution_id, Specialist.services)
        .join(Institution, Institution.id == Specialist.institution_id)
        .where(Specialist.active, Institution.kind.in_(("state", "ngo", "sole_trader")))
    )
    found: dict[int, set[str]] = {}
    for institution, services in rows:
        given = set(codes).intersection(services)
        if given:
            found.setdefault(institution, set()).update(given)
    return found


async def must_not_overlap(tx: Tx, client: Client, codes: Sequence[str], on: date, *, but: int | None = None) -> None:
    """Two certificates for one service at the same time would pay for it twice. Refused: `certificate_overlaps`.

    The holder's row is locked until the transaction ends, so two who issue at once see each other.
    """
    await tx.execute(select(Client.id).where(Client.id == client.id).with_for_update())
    others = (
        select(Certificate.number, CertificateLine.code, Certificate.valid_until)
        .join(CertificateLine, CertificateLine.certificate_id == Certificate.id)
        .where(Certificate.client_id == client.id, Certificate.status.in_(("forming", *LIVE)))
        .where(CertificateLine.code.in_(codes), Certificate.valid_until >= on)
        .order_by(Certificate.id)
    )
    if but is not None:
        others = others.where(Certificate.id != but)
    other = (await tx.execute(others)).first()
    if other is not None:
        raise CertificateOverlaps(*other)


async def holder(tx: Tx, client_id: int) -> Client:
    """With the district. Refused: `not_found`."""
    found = await tx.scalar(select(Client).where(Client.id == client_id, people.present()))
    if found is None:
        raise NotFound
    await tx.refresh(found, ["district"])
    return found
