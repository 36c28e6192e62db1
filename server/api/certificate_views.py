"""What the edges say of certificates: in a list, one with its whole past, the list of providers, the choice."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from scheduling.certificate_use.sessions import open_bookings
from scheduling.certificates import reading
from scheduling.certificates.reading import Choosing, Told
from scheduling.certificates.tables import Certificate, CertificateLine, ProviderListing, Status, Unit
from scheduling.ledger import Balances, Moved
from scheduling.people import Institution
from scheduling.programmes import Programme
from scheduling.relations import Relation
from server.api.views import DistrictView, InstitutionView, district_view, institution_view
from server.endpoint import Ask
from server.shapes import Day, Instant, View


class HolderRef(View):
    id: int
    name: str
    birth_year: int
    phone: str


class LineView(View):
    """Amounts in its unit; money of one unit in kopecks. Of a draft nothing stands anywhere yet."""

    id: int
    code: str
    name: str
    unit: Unit
    quantity: int
    unit_kopecks: int
    copay_kopecks: int
    duration_min: int
    periodicity: list[dict[str, Any]] | None
    available: int
    reserved: int
    consumed: int
    expired: int


class CertificateBrief(View):
    id: int
    version: int
    number: str
    status: Status
    holder: HolderRef
    issued_on: Day | None
    valid_until: Day
    provider: InstitutionView | None
    lines: list[LineView]
    nominal_kopecks: int


class CountsView(View):
    by_status: dict[str, int]
    soon: int
    unused: int


class CertificateList(View):
    """`more`: there are others beyond these; ask with `before`, the last id of this page."""

    items: list[CertificateBrief]
    more: bool
    counts: CountsView


class RepresentativeView(View):
    id: int
    name: str
    tie: str
    document: str


class ProgrammeRef(View):
    id: int
    number: str


class OpenBooking(View):
    id: int
    starts: Instant
    zone: str
    specialist: str
    service: str


class ChangeView(View):
    """`before` and `after` hold only what this step changed."""

    at: Instant
    by: str | None
    what: str
    before: dict[str, Any]
    after: dict[str, Any]


class OfferedService(View):
    """What the provider takes for one unit, of which the holder pays `copay_kopecks`; null where it is not `given`."""

    code: str
    name: str
    unit: Unit
    given: bool
    price_kopecks: int | None
    copay_kopecks: int | None
    next_free: Instant | None


class OfferView(View):
    """A provider as the list says it. `rating` is of 5, null below the least number of answers; `waiting_days` the
    median of the last three months, null below five people."""

    provider: int
    name: str
    kind: str
    phone: str
    address: str
    district: str
    own_district: bool
    modes: list[str]
    services: list[OfferedService]
    next_free: Instant | None
    waiting_days: float | None
    rating: float | None
    answers: int


class ListingView(View):
    """The list in the order of this one view."""

    id: int
    at: Instant
    items: list[OfferView]


class ChoiceView(View):
    at: Instant
    by: str | None
    confirmed_by: str
    provider: InstitutionView
    before: InstitutionView | None = Field(description="the provider until then")
    because: str
    listing: ListingView


class MovementView(View):
    at: Instant
    by: str | None
    act: str
    service: str
    unit: Unit
    source: str
    target: str
    amount: int
    booking: int | None
    because: str


class CertificateView(CertificateBrief):
    district: DistrictView
    issuer: InstitutionView
    representative: RepresentativeView | None
    programme: ProgrammeRef | None
    year: int
    source: str
    because: str
    created_at: Instant
    replaces: str | None
    replaced_by: str | None
    admitted: list[InstitutionView]
    bookings: list[OpenBooking]
    changes: list[ChangeView]
    choices: list[ChoiceView]
    movements: list[MovementView]


class IssuedView(View):
    """The only answer that holds the six digits: the server keeps their hash."""

    version: int
    certificate: CertificateView
    code: str


def brief(found: Certificate, balances: Mapping[int, Balances]) -> dict[str, Any]:
    return {
        "id": found.id,
        "version": found.version,
        "number": found.number,
        "status": found.status,
        "holder": HolderRef.model_validate(found.client),
        "issued_on": found.issued_on,
        "valid_until": found.valid_until,
        "provider": institution_view(found.provider) if found.provider else None,
        "lines": [line_view(line, balances.get(line.id, {})) for line in found.lines],
        "nominal_kopecks": sum(line.nominal_kopecks for line in found.lines),
    }


def line_view(line: CertificateLine, stands: Balances) -> LineView:
    return LineView(
        id=line.id,
        code=line.code,
        name=line.standard.name,
        unit=line.unit,
        quantity=line.quantity,
        unit_kopecks=line.unit_kopecks,
        copay_kopecks=line.copay_kopecks,
        duration_min=line.standard.duration_min,
        periodicity=line.periodicity,
        **{kind: stands.get(kind, 0) for kind in ("available", "reserved", "consumed", "expired")},
    )


async def briefs(ask: Ask, found: Sequence[Certificate]) -> list[CertificateBrief]:
    balances = await reading.balances(ask.tx, found)
    return [CertificateBrief(**brief(each, balances)) for each in found]


async def view(ask: Ask, found: Certificate) -> CertificateView:
    """The certificate with its whole past."""
    tx = ask.tx
    balances = await reading.balances(tx, [found])
    old, new = await reading.beside(tx, found)
    chosen = await reading.choices(tx, found)
    moved = await reading.movements(tx, found)
    houses = await reading.institutions(
        tx, [n for each in chosen for n in (each.choice.provider_id, each.choice.from_id) if n]
    )
    by = await reading.names(tx, [each.account_id for each in moved if each.account_id is not None])
    return CertificateView(
        **brief(found, balances),
        district=district_view(found.district),
        issuer=institution_view(found.issuer),
        representative=await _representative(ask, found),
        programme=await _programme(ask, found),
        year=found.year,
        source=found.source,
        because=found.because,
        created_at=found.created_at,
        replaces=old,
        replaced_by=new,
        admitted=[institution_view(each) for each in await reading.admitted(tx, found)],
        bookings=await bookings_view(ask, found),
        changes=[_change(each) for each in await reading.history(tx, found)],
        choices=[_choice(each, houses) for each in chosen],
        movements=[_movement(each, {line.id: line for line in found.lines}, by) for each in moved],
    )


async def bookings_view(ask: Ask, found: Certificate) -> list[OpenBooking]:
    return [
        OpenBooking(
            id=each.id,
            starts=each.starts,
            zone=found.district.zone,
            specialist=each.specialist.name,
            service=each.standard.name,
        )
        for each in await open_bookings(ask.tx, found, now=ask.now)
    ]


def listing_view(listing: ProviderListing) -> ListingView:
    return ListingView(id=listing.id, at=listing.at, items=[OfferView.model_validate(each) for each in listing.items])


async def _representative(ask: Ask, found: Certificate) -> RepresentativeView | None:
    who = await ask.tx.get(Relation, found.representative_id) if found.representative_id else None
    return RepresentativeView.model_validate(who) if who else None


async def _programme(ask: Ask, found: Certificate) -> ProgrammeRef | None:
    which = await ask.tx.get(Programme, found.programme_id) if found.programme_id else None
    return ProgrammeRef.model_validate(which) if which else None


def _change(told: Told) -> ChangeView:
    change = told.change
    return ChangeView(at=change.at, by=told.by, what=change.what, before=change.before, after=change.after)


def _choice(made: Choosing, houses: Mapping[int, Institution]) -> ChoiceView:
    choice = made.choice
    return ChoiceView(
        at=choice.at,
        by=made.by,
        confirmed_by=choice.confirmed_by,
        provider=institution_view(houses[choice.provider_id]),
        before=institution_view(houses[choice.from_id]) if choice.from_id else None,
        because=choice.because,
        listing=listing_view(made.listing),
    )


def _movement(moved: Moved, lines: Mapping[int, CertificateLine], by: Mapping[int, str]) -> MovementView:
    line = lines[moved.of.id]
    return MovementView(
        at=moved.at,
        by=by.get(moved.account_id or 0),
        act=moved.act,
        service=line.standard.name,
        unit=line.unit,
        source=moved.source,
        target=moved.target,
        amount=moved.amount,
        booking=moved.booking_id,
        because=moved.because,
    )
