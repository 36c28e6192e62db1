"""The papers around a certificate: itself with its signed QR code, and the sheet on which a choice is signed."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduling.certificate_use.offers import admitted
from scheduling.certificates import reading
from scheduling.certificates.tables import Certificate, CertificateLine, ProviderListing
from scheduling.people import Institution
from scheduling.programmes import Programme
from scheduling.relations import Relation
from server import certificate_tokens
from server.certificate_check import Paper, Service
from server.documents import Document, pdf
from server.documents.papers import CertificatePaper, CertificateService, ChoicePaper, Offered, Office, Person
from server.endpoint import Ask
from server.security import origins

Way = dict[str, Any]


async def paper(ask: Ask, found: Certificate, code: str | None) -> Document:
    """`code`: the six digits, when they were just given out."""
    public = min(origins(ask.request))
    token = await certificate_tokens.issue(ask.tx, signed(found), key=ask.centre.key)
    assert found.issued_on is not None, "only what is issued is printed"
    made = CertificatePaper(
        number=found.number,
        issuer=office(found.issuer),
        district=found.district.name,
        holder=await holder(ask, found),
        issued_on=found.issued_on,
        valid_until=found.valid_until,
        services=tuple(_service(ask, line) for line in found.lines),
        providers=tuple(office(each) for each in await _providers(ask, found)),
        token=certificate_tokens.address(public, token),
        check_at=f"{public}/certificate/check",
        programme=await _programme(ask, found),
        code=code,
    )
    return pdf.document(f"certificate-{found.number}", made, ask.centre.words, ask.language, now=ask.now)


async def choice_sheet(ask: Ask, found: Certificate, listing: ProviderListing) -> Document:
    """The list in the order in which it was shown, to be marked and signed."""
    made = ChoicePaper(
        number=found.number,
        office=office(found.issuer),
        holder=await holder(ask, found),
        shown_at=_moment(ask, listing.at, found.district.zone),
        offers=tuple(_offered(ask, each, found.district.zone) for each in listing.items),
        instead_of=found.provider.name if found.provider else "",
        officer=ask.actor.name,
    )
    return pdf.document(f"choice-{found.number}", made, ask.centre.words, ask.language, now=ask.now)


def _offered(ask: Ask, item: dict[str, Any], zone: str) -> Offered:
    prices = [each["price_kopecks"] for each in item["services"] if each["given"]]
    free = item["next_free"]
    return Offered(
        name=item["name"],
        kind=item["kind"],
        price_kopecks=prices[0] if len(prices) == 1 else None,
        next_free=_moment(ask, datetime.fromisoformat(free), zone) if free else "",
        waiting_days=item["waiting_days"],
        rating=item["rating"],
        answers=item["answers"],
    )


def _moment(ask: Ask, at: datetime, zone: str) -> str:
    """ "23.11.2026 09:00" on the clock of the holder's district."""
    return f"{at.astimezone(ZoneInfo(zone)):{ask.centre.words(ask.language, 'paper.often.moment')}}"


def signed(found: Certificate) -> Paper:
    """What the QR code says of it."""
    assert found.issued_on is not None, "only what is issued is signed"
    return Paper(
        number=found.number,
        issuer=found.issuer.name,
        district=found.district.name,
        holder=found.client.name,
        birth_year=found.client.birth_year,
        issued_on=found.issued_on,
        valid_until=found.valid_until,
        services=tuple(Service(line.code, line.unit, line.quantity) for line in found.lines),  # type: ignore[arg-type]
    )


def office(house: Institution) -> Office:
    return Office(house.name, house.kind, house.address, house.phone, house.inn, house.director)


async def holder(ask: Ask, found: Certificate) -> Person:
    who = found.client
    stands = await ask.tx.get(Relation, found.representative_id) if found.representative_id else None
    return Person(
        name=who.name,
        birth_date=who.birth_date,
        birth_year=who.birth_year,
        address=who.address or who.settlement,
        representative=stands.name if stands else "",
        tie=_tie(ask, stands.tie) if stands else "",
        document=stands.document if stands else "",
    )


def _tie(ask: Ask, tie: str) -> str:
    """In words where there are some."""
    key = f"staff.tie.{tie}"
    return ask.centre.words(ask.language, key) if ask.centre.words.has(ask.language, key) else tie


def _service(ask: Ask, line: CertificateLine) -> CertificateService:
    return CertificateService(
        code=line.code,
        name=line.standard.name,
        unit=line.unit,  # type: ignore[arg-type]  # the column holds a Unit
        quantity=line.quantity,
        unit_kopecks=line.unit_kopecks,
        copay_kopecks=line.copay_kopecks,
        periodicity=periodicity(ask, line.periodicity),
    )


def periodicity(ask: Ask, ways: list[Way] | None) -> str:
    """ "2 раза в месяц или курс 10 дней, 2 раза в год": the alternatives in words."""
    words = [_way(ask, each) for each in ways or ()]
    return ask.centre.words(ask.language, "paper.often.or").join(words)


def _way(ask: Ask, way: Way) -> str:
    said, language = ask.centre.words, ask.language
    times = said(language, f"paper.often.times.{_form(way['times'], language)}", n=way["times"])
    if way.get("days"):
        days = said(language, f"paper.often.days.{_form(way['days'], language)}", n=way["days"])
        times = said(language, "paper.often.course", days=days, times=times)
    return said(language, f"paper.often.per_{way['per']}", times=times)


def _form(number: int, language: str) -> str:
    """The plural form of a number (CLDR)."""
    if language == "en":
        return "one" if number == 1 else "other"
    if number % 10 == 1 and number % 100 != 11:
        return "one"
    return "few" if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else "many"


async def _providers(ask: Ask, found: Certificate) -> list[Institution]:
    """Those named when it was formed, else all who give its services: by name, so that nobody stands first by rank."""
    named = await reading.admitted(ask.tx, found)
    if named:
        return named
    giving = select(Institution).where(Institution.id.in_(await admitted(ask.tx, found)))
    return list(await ask.tx.scalars(giving.order_by(Institution.name, Institution.id)))


async def _programme(ask: Ask, found: Certificate) -> str:
    which = await ask.tx.get(Programme, found.programme_id) if found.programme_id else None
    return which.number if which else ""
