"""The holder's choice of a provider: before an officer or a coordinator, or by himself with the number and the six
digits of his paper, without an account."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from scheduling import audit, joincodes, people, tries
from scheduling.certificate_use import choosing
from scheduling.certificate_use.choosing import Choice
from scheduling.certificate_use.sessions import Decided
from scheduling.certificates import codes, finding, reading
from scheduling.certificates.tables import Certificate, ConfirmedBy, Status, Unit
from scheduling.db import Tx
from scheduling.errors import CertificateCodeWrong, HolderUnknown, NotFound, Refused
from server import certificate_tokens, cookies, security
from server.api.bookings import look
from server.api.certificate_papers import choice_sheet
from server.api.certificate_views import (
    CertificateView,
    ListingView,
    OpenBooking,
    bookings_view,
    listing_view,
    view,
)
from server.api.certificates import noted, told
from server.api.views import InstitutionView, institution_view
from server.documents import PDF, Document
from server.endpoint import Ask, endpoint
from server.shapes import Day, Digits6, Form, Id, Line, View, printable

T = TypeVar("T")
# Wrong numbers and digits: of one address, of one certificate, of everybody together. A guesser who knows a number
# finds its digits in half a million tries: at eight an hour that takes seven years.
PER_ADDRESS, PER_CERTIFICATE, OVER_ALL = 10, 8, 60
WINDOW, CERTIFICATE_WINDOW = timedelta(minutes=10), timedelta(hours=1)


DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")


def _number(text: object) -> object:
    """As it is printed, however it was typed: any dash, no spaces."""
    if not isinstance(text, str):
        return text
    return "".join(text.translate(DASHES).split())


Number = Annotated[
    str, BeforeValidator(_number), StringConstraints(min_length=1, max_length=40), AfterValidator(printable)
]


class Providers(View):
    """`provider` is the one he has; its open `bookings` are to be decided of before he goes elsewhere."""

    listing: ListingView
    provider: InstitutionView | None
    bookings: list[OpenBooking]


class Elsewhere(Form):
    """Each open booking with the provider before is kept (held there all the same) or cancelled; `since` is the day
    from which the new one is to serve."""

    listing: Id
    provider: Id
    because: Line = ""
    since: Day | None = None
    keep: list[Id] = Field(default=[], max_length=500)
    cancel: list[Id] = Field(default=[], max_length=500)


class SaidChoice(Elsewhere):
    """How it is known to be the holder's: the six `code` digits of his paper, his signature on paper, or his word
    before whoever writes it down."""

    confirmed_by: ConfirmedBy
    code: Digits6 | None = None

    @model_validator(mode="after")
    def digits_where_they_confirm(self) -> "SaidChoice":
        if (self.confirmed_by == "code") != (self.code is not None):
            raise ValueError("digits with confirmed_by code, and only then")
        return self


class Key(Form):
    """What stands on the paper."""

    number: Number
    code: Digits6


class OwnLine(View):
    name: str
    unit: Unit
    quantity: int
    left: int
    reserved: int
    used: int


class OwnProvider(View):
    id: int
    name: str
    phone: str


class OwnOffice(View):
    name: str
    phone: str


class OwnCertificate(View):
    """`holder` is the surname with initials. `may_choose`: he may choose, or go to another provider."""

    version: int
    number: str
    status: Status
    holder: str
    valid_until: Day
    zone: str
    lines: list[OwnLine]
    provider: OwnProvider | None
    may_choose: bool
    office: OwnOffice


@endpoint("GET", "/certificates/{certificate}/providers", allow="choice", transaction="write")
async def providers(ask: Ask, certificate: int) -> Providers:
    """The list for this one view, in an order of its own, kept as it is shown."""
    found = await finding.certificate(ask.tx, ask.actor, certificate)
    return await _shown(ask, found, ask.actor.account_id)


@endpoint(
    "GET", "/certificates/{certificate}/listings/{listing}/sheet.pdf", allow="choice", transaction="write",
    produces=(PDF,),
)  # fmt: skip
async def sheet(ask: Ask, certificate: int, listing: int) -> Document:
    """A list as it was shown, on paper, for the holder to mark and sign."""
    found = await finding.certificate(ask.tx, ask.actor, certificate)
    shown = await reading.listing(ask.tx, found, listing)
    if shown is None:
        raise NotFound
    noted(ask, "choice_printed", found, account=ask.actor.account_id)
    return await choice_sheet(ask, found, shown)


@endpoint("POST", "/certificates/{certificate}/choice", allow="choice", etag=True, if_match=True, transaction="own")
async def choose(ask: Ask, certificate: int, body: SaidChoice) -> CertificateView:
    """The choice, or the change of the provider with the balance kept. 409 `bookings_undecided`, `budget_short` (it
    names what the new provider's budget lacks), 404 `certificate_code_wrong`; in each case nothing has changed."""
    actor, wish = ask.actor, _wish(body, body.confirmed_by)

    async def work(tx: Tx) -> CertificateView:
        within = replace(ask, tx=tx)
        found = await finding.certificate(tx, actor, certificate)
        if body.code is not None and not codes.fits(found, body.code, key=ask.centre.key):
            raise CertificateCodeWrong
        chosen = await choosing.choose(tx, actor, certificate, wish, version=ask.version, now=ask.now)
        noted(within, "provider_chosen", chosen.certificate, account=actor.account_id)
        told(within, chosen.cancelled)
        return await view(within, await finding.certificate(tx, actor, certificate))

    if body.code is None:
        return await ask.centre.database.written(work)
    return await _tried(ask, f"id:{certificate}", work)


@endpoint("POST", "/own-certificate", allow="public", transaction="own")
async def open_own(ask: Ask, body: Key) -> OwnCertificate:
    """His certificate opens for half an hour on this device. A failed try is counted, whatever was wrong."""
    key = ask.centre.key

    async def work(tx: Tx) -> tuple[str, OwnCertificate]:
        found = await finding.by_number(tx, body.number)
        if found is None or not codes.fits(found, body.code, key=key):
            raise CertificateCodeWrong
        audit.note(tx, "opened_by_holder", "certificate", found.id, now=ask.now)
        return codes.pass_for(found, key=key, now=ask.now), await _own_view(replace(ask, tx=tx), found)

    shown, seen = await _tried(ask, f"number:{body.number}", work)
    ask.set_cookies.append(cookies.Change(cookies.CERTIFICATE, shown, int(codes.OPEN_FOR.total_seconds())))
    return seen


@endpoint("GET", "/own-certificate", allow="public")
async def own(ask: Ask) -> OwnCertificate:
    return await _own_view(ask, await _own(ask))


@endpoint("DELETE", "/own-certificate", allow="public", transaction="own")
async def forget(ask: Ask) -> None:
    """Quick exit: this device forgets at once, whatever the server thinks."""
    ask.set_cookies.append(cookies.Change(cookies.CERTIFICATE, None))


@endpoint("GET", "/own-certificate/providers", allow="public", transaction="write")
async def own_providers(ask: Ask) -> Providers:
    """The same list as before an officer, in an order of this view alone."""
    return await _shown(ask, await _own(ask), None)


@endpoint("POST", "/own-certificate/choice", allow="public", etag=True, if_match=True, transaction="write")
async def choose_own(ask: Ask, body: Elsewhere) -> OwnCertificate:
    """By himself, confirmed by the digits that opened it."""
    number = (await _own(ask)).id
    chosen = await choosing.choose(ask.tx, None, number, _wish(body, "code"), version=ask.version, now=ask.now)
    noted(ask, "provider_chosen", chosen.certificate, account=None)
    told(ask, chosen.cancelled)
    return await _own_view(ask, await finding.by_id(ask.tx, number))


async def _shown(ask: Ask, found: Certificate, account: int | None) -> Providers:
    listing = await choosing.show(
        ask.tx,
        found,
        await look(ask),
        now=ask.now,
        seed=choosing.a_seed(),
        account=account,
        least_answers=ask.centre.settings.least_answers,
    )
    noted(ask, "providers_shown", found, account=account)
    return Providers(
        listing=listing_view(listing),
        provider=institution_view(found.provider) if found.provider else None,
        bookings=await bookings_view(ask, found),
    )


def _wish(body: Elsewhere, confirmed_by: ConfirmedBy) -> Choice:
    decided = Decided(body.keep, body.cancel)
    return Choice(body.listing, body.provider, confirmed_by, decided, body.because, body.since)


async def _own(ask: Ask) -> Certificate:
    """The certificate that this device opened. Refused: `holder_unknown`."""
    shown = cookies.read(ask.request, cookies.CERTIFICATE) or ""
    number = codes.number_in(shown)
    try:
        found = await finding.by_id(ask.tx, number or 0)
    except NotFound:
        raise HolderUnknown from None
    if not codes.is_open_to(found, shown, key=ask.centre.key, now=ask.now):
        raise HolderUnknown
    return found


async def _own_view(ask: Ask, found: Certificate) -> OwnCertificate:
    balances = await reading.balances(ask.tx, [found])
    office = await people.office(ask.tx, found.district_id)
    house = found.provider
    return OwnCertificate(
        version=found.version,
        number=found.number,
        status=found.status,
        holder=certificate_tokens.holder_as_shown(found.client.name),
        valid_until=found.valid_until,
        zone=found.district.zone,
        lines=[
            OwnLine(
                name=line.standard.name,
                unit=line.unit,
                quantity=line.quantity,
                left=stands.get("available", 0),
                reserved=stands.get("reserved", 0),
                used=stands.get("consumed", 0),
            )
            for line in found.lines
            for stands in [balances.get(line.id, {})]
        ],
        provider=OwnProvider(id=house.id, name=house.name, phone=house.phone) if house else None,
        may_choose=choosing.may_choose(found, now=ask.now),
        office=OwnOffice(name=office.name if office else "", phone=office.phone if office else ""),
    )


async def _tried(ask: Ask, which: str, work: Callable[[Tx], Awaitable[T]]) -> T:
    """Does the work unless too many tries failed before; a wrong number or wrong digits are counted, and the count is
    kept although the answer is a no."""
    key = ask.centre.key
    who = joincodes.keyed_hash(key, "address", tries.origin(security.address(ask.request)))
    what = joincodes.keyed_hash(key, "certificate", which)

    async def counted(tx: Tx) -> T | Refused:
        await tries.in_turn(tx, "certificate")
        await tries.must_have_left(tx, "certificate", who, now=ask.now, limit=PER_ADDRESS, window=WINDOW)
        await tries.must_have_left(tx, "certificate", None, now=ask.now, limit=OVER_ALL, window=WINDOW)
        await tries.must_have_left(
            tx, "certificate_one", what, now=ask.now, limit=PER_CERTIFICATE, window=CERTIFICATE_WINDOW
        )
        try:
            return await work(tx)
        except CertificateCodeWrong as refusal:
            await tries.failed(tx, "certificate", who, now=ask.now)
            await tries.failed(tx, "certificate_one", what, now=ask.now)
            return refusal

    answer = await ask.centre.database.written(counted)
    if isinstance(answer, Refused):
        raise answer
    return answer
