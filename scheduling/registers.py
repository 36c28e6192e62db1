"""The registers the law asks for: of recipients (ст. 26 442-ФЗ), of what was rendered, of providers (ст. 25), in parts.

Each is read so many rows at a time, so that a region's register neither fills the memory nor keeps others waiting.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased

from scheduling import people
from scheduling.acts.tables import Act, ActLine, Rendered
from scheduling.applications.tables import Application
from scheduling.bookings.tables import Booking
from scheduling.certificates.tables import Certificate, CertificateLine, ProviderChoice, Tariff
from scheduling.coming import arrived
from scheduling.db import Tx
from scheduling.people import Client, District, Institution, Specialist
from scheduling.programmes.tables import Programme, ProgrammeLine
from scheduling.standards import ServiceStandard

AT_ONCE = 500


@dataclass(frozen=True)
class _Period:
    """Its first and last day, and the instants at which it begins and is over in the district."""

    since: date
    until: date
    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, since: date, until: date, zone: str) -> "_Period":
        midnight = time(tzinfo=ZoneInfo(zone))
        over = datetime.combine(until + timedelta(days=1), midnight)
        return cls(since, until, datetime.combine(since, midnight), over)


@dataclass(frozen=True)
class Recipient:
    """A service that a recipient is to have, or had, in a period. `held` sessions came to `kopecks` from the budget."""

    client: Client
    applied: datetime
    programme: Programme | None
    code: str
    service: str
    volume: int | None
    unit: str | None
    periodicity: list[dict[str, Any]] | None
    since: date | None
    until: date | None
    certificate: str | None
    source: str | None
    price_kopecks: int | None
    providers: list[str]
    held: int
    last: date | None
    kopecks: int
    copay_kopecks: int


@dataclass(frozen=True)
class Service:
    """A session rendered, with the names that belong to it and the act it stands on."""

    row: Rendered
    client: Client
    code: str
    service: str
    version: int
    provider: str
    specialist: str
    certificate: str | None
    act: str | None
    n: int | None


@dataclass(frozen=True)
class Provider:
    """A service of a provider on a day: its tariff, or the normative cost where it has none."""

    institution: Institution
    code: str
    service: str
    price_kopecks: int
    own_tariff: bool
    specialists: int


async def recipients(tx: Tx, district: int, *, since: date, until: date) -> AsyncIterator[list[Recipient]]:
    """Of the clients of a district, each service that a programme or a certificate of the period names for them, or
    that was rendered to them in it. What becomes of a paper or of its provider later changes nothing of it."""
    names = await _service_names(tx)
    period = _Period.of(since, until, (await tx.get_one(District, district)).zone)
    after = 0
    while True:
        mine = (Client.district_id == district, people.present(), Client.id > after)
        clients = list(await tx.scalars(select(Client).where(*mine).order_by(Client.id).limit(AT_ONCE)))
        if not clients:
            return
        yield await _of_clients(tx, clients, names, period)
        after = clients[-1].id


async def services(tx: Tx, district: int, *, since: date, until: date) -> AsyncIterator[list[Service]]:
    """What was rendered in a district in a period, in the order of booking."""
    after = 0
    while True:
        part = [
            Service(*each)
            for each in await tx.execute(
                _rendered()
                .where(Rendered.district_id == district, Rendered.day.between(since, until))
                .where(Rendered.booking_id > after, Rendered.state != "withdrawn")
                .limit(AT_ONCE)
            )
        ]
        if not part:
            return
        yield part
        after = part[-1].row.booking_id


async def providers(tx: Tx, *, on: date) -> list[Provider]:
    """Every service of every provider as it is on a day."""
    standards = {each.code: each for each in await _in_force(tx, on)}
    tariffs: dict[tuple[int, str], int] = {}
    held = select(Tariff).where(Tariff.valid_from <= on).order_by(Tariff.valid_from)
    for each in await tx.scalars(held):
        tariffs[each.institution_id, each.code] = each.kopecks
    givers: dict[tuple[int, str], int] = defaultdict(int)
    for institution, codes in await tx.execute(
        select(Specialist.institution_id, Specialist.services).where(Specialist.active)
    ):
        for code in codes:
            givers[institution, code] += 1
    whole = select(Institution).where(Institution.kind != "authority").order_by(Institution.name, Institution.id)
    return [
        Provider(
            institution,
            code,
            standard.name,
            tariffs.get((institution.id, code), standard.price_kopecks),
            (institution.id, code) in tariffs,
            givers[institution.id, code],
        )
        for institution in await tx.scalars(whole)
        for code, standard in sorted(standards.items())
        if givers.get((institution.id, code))
    ]


def _rendered() -> Any:
    return (
        select(
            *(Rendered, Client, ServiceStandard.code, ServiceStandard.name, ServiceStandard.version),
            *(Institution.name, Specialist.name, Certificate.number, Act.number, ActLine.n),
        )
        .join(Client, Client.id == Rendered.client_id)
        .join(ServiceStandard, ServiceStandard.id == Rendered.standard_id)
        .join(Institution, Institution.id == Rendered.provider_id)
        .join(Booking, Booking.id == Rendered.booking_id)
        .join(Specialist, Specialist.id == Booking.specialist_id)
        .outerjoin(CertificateLine, CertificateLine.id == Rendered.line_id)
        .outerjoin(Certificate, Certificate.id == CertificateLine.certificate_id)
        .outerjoin(ActLine, (ActLine.booking_id == Rendered.booking_id) & ActLine.corrects_id.is_(None))
        .outerjoin(Act, (Act.id == ActLine.act_id) & (Act.status == "signed"))
        .order_by(Rendered.booking_id)
    )


async def _of_clients(tx: Tx, clients: Sequence[Client], names: dict[str, str], period: _Period) -> list[Recipient]:
    numbers = [each.id for each in clients]
    applied = dict(await _pairs(tx, _applied(numbers)))
    programmes = await _by_service(tx, _programmes(numbers, period))
    certificates = await _by_service(tx, _certificates(numbers, period))
    held = await _held(tx, numbers, period.since, period.until)
    wanted = sorted({*programmes, *certificates, *held})
    by_number = {each.id: each for each in clients}
    return [
        _recipient(
            by_number[who],
            applied.get(who, by_number[who].created_at),
            code,
            names.get(code, ""),
            programmes.get((who, code), [(None, None)])[-1],
            certificates.get((who, code), [(None, None, None)])[-1],
            held.get((who, code), []),
        )
        for who, code in wanted
    ]


def _recipient(
    client: Client,
    applied: datetime,
    code: str,
    service: str,
    programme: tuple[Any, ...],
    certificate: tuple[Any, ...],
    held: list[tuple[Any, ...]],
) -> Recipient:
    """Volume and term are the programme's where it names the service, else the certificate's."""
    paper, line = programme
    paid_by, units, chosen = certificate
    named = {provider for _, _, provider, _, _ in held} | ({chosen} if chosen else set())
    certified = (paid_by.issued_on, paid_by.valid_until) if paid_by else (None, None)
    since, until = (line.since, line.until) if line else certified
    return Recipient(
        client=client,
        applied=applied,
        programme=paper,
        code=code,
        service=service,
        volume=line.volume if line else units.quantity if units else None,
        unit="session" if line else units.unit if units else None,
        periodicity=line.periodicity if line else units.periodicity if units else None,
        since=since,
        until=until,
        certificate=paid_by.number if paid_by else None,
        source=paid_by.source if paid_by else None,
        price_kopecks=units.unit_kopecks if units and units.unit != "kopeck" else None,
        providers=sorted(named),
        held=sum(many for many, *_ in held),
        last=max((last for _, last, *_ in held), default=None),
        kopecks=sum(kopecks for *_, kopecks, _ in held),
        copay_kopecks=sum(copay for *_, copay in held),
    )


def _programmes(clients: Sequence[int], period: _Period) -> Any:
    """Those of which a day lies in the period; one that was ended gives nothing from the day after."""
    return (
        select(Programme.client_id, ProgrammeLine.code, Programme, ProgrammeLine)
        .join(ProgrammeLine, ProgrammeLine.programme_id == Programme.id)
        .where(Programme.client_id.in_(clients))
        .where(ProgrammeLine.since <= period.until, ProgrammeLine.until >= period.since)
        .where(or_(Programme.ended_on.is_(None), Programme.ended_on >= period.since))
        .order_by(ProgrammeLine.id)
    )


def _certificates(clients: Sequence[int], period: _Period) -> Any:
    """Those that were good for a day of the period, each with the provider that its holder had when it was over. Which
    were taken back in it come first: the last one of a service is the one that stands in the register."""
    later = aliased(ProviderChoice)
    gone_elsewhere = (
        select(func.min(later.id)).where(later.certificate_id == Certificate.id, later.at >= period.ends)
    ).scalar_subquery()
    taken_back = Certificate.status.in_(("revoked", "replaced"))
    had = case((ProviderChoice.id.is_(None), Certificate.provider_id), else_=ProviderChoice.from_id)
    in_it = case((and_(taken_back, Certificate.ended_at < period.ends), 0), else_=1)
    return (
        select(Certificate.client_id, CertificateLine.code, Certificate, CertificateLine, Institution.name)
        .join(CertificateLine, CertificateLine.certificate_id == Certificate.id)
        .outerjoin(ProviderChoice, ProviderChoice.id == gone_elsewhere)
        .outerjoin(Institution, Institution.id == had)
        .where(Certificate.client_id.in_(clients), Certificate.status != "forming")
        .where(or_(~taken_back, Certificate.ended_at >= period.begins))
        .where(Certificate.issued_on <= period.until, Certificate.valid_until >= period.since)
        .order_by(in_it, Certificate.issued_on, Certificate.id, CertificateLine.id)
    )


async def _held(
    tx: Tx, clients: Sequence[int], since: date, until: date
) -> dict[tuple[int, str], list[tuple[Any, ...]]]:
    """How many sessions of a service a client had of each provider, the last day, and what they came to."""
    sums = (func.count(), func.max(Rendered.day), Institution.name)
    money = (func.sum(Rendered.sum_kopecks), func.sum(Rendered.copay_kopecks))
    return await _by_service(
        tx,
        select(Rendered.client_id, ServiceStandard.code, *sums, *money)
        .join(ServiceStandard, ServiceStandard.id == Rendered.standard_id)
        .join(Institution, Institution.id == Rendered.provider_id)
        .where(Rendered.client_id.in_(clients), Rendered.state.in_(("proposed", "confirmed", "settled")))
        .where(Rendered.day.between(since, until), Rendered.quantity > 0)
        .group_by(Rendered.client_id, ServiceStandard.code, Institution.name),
    )


async def _by_service(tx: Tx, statement: Any) -> dict[tuple[int, str], list[tuple[Any, ...]]]:
    found: dict[tuple[int, str], list[tuple[Any, ...]]] = defaultdict(list)
    for who, code, *rest in await tx.execute(statement):
        found[who, code].append(tuple(rest))
    return found


def _applied(clients: Sequence[int]) -> Any:
    first = func.min(Application.received_at)
    return (
        select(Application.client_id, first)
        .where(Application.client_id.in_(clients), arrived(Application.list_id))
        .group_by(Application.client_id)
    )


async def _pairs(tx: Tx, statement: Any) -> list[tuple[Any, Any]]:
    return [(one, other) for one, other in await tx.execute(statement)]


async def _service_names(tx: Tx) -> dict[str, str]:
    """Each service's latest name."""
    rows = select(ServiceStandard.code, ServiceStandard.name).order_by(ServiceStandard.version)
    return dict(await _pairs(tx, rows))


async def _in_force(tx: Tx, on: date) -> list[ServiceStandard]:
    """The version of each service that holds on a day, of those for every district the latest."""
    rows = await tx.scalars(
        select(ServiceStandard)
        .where(ServiceStandard.valid_from <= on)
        .order_by(ServiceStandard.districts.is_not(None).desc(), ServiceStandard.valid_from, ServiceStandard.version)
    )
    return list({row.code: row for row in rows}.values())
