"""Social certificates: formed, issued, found, printed, replaced and revoked by the department; read by the desk."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from sqlalchemy import select

from scheduling import audit
from scheduling.bookings import Booking
from scheduling.certificate_use import life
from scheduling.certificate_use.life import Why
from scheduling.certificate_use.sessions import Decided
from scheduling.certificates import finding, issuing, reading
from scheduling.certificates.issuing import Issued
from scheduling.certificates.tables import Certificate, Status, Unit
from scheduling.certificates.wanted import MOST_LINES, MOST_PROVIDERS, MOST_UNITS, Wanted, WantedLine
from scheduling.errors import NotFound
from scheduling.programmes import Programme
from server.api.bookings import wake
from server.api.certificate_papers import paper
from server.api.certificate_views import (
    CertificateBrief,
    CertificateList,
    CertificateView,
    CountsView,
    IssuedView,
    briefs,
    view,
)
from server.bus import of_calendar
from server.documents import PDF, Document
from server.endpoint import Ask, endpoint
from server.shapes import Code, Day, Digits6, Form, Id, Line, Several, View, printable
from server.standard_facts import Periodicity

Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200), AfterValidator(printable)
]
MostKopecks = 10**12


class NewLine(Form):
    """`unit_kopecks` null: what the standard in force says. `periodicity` null: the standard's own."""

    code: Code
    quantity: int = Field(ge=1, le=MOST_UNITS)
    unit: Unit = "session"
    unit_kopecks: int | None = Field(default=None, ge=1, le=MostKopecks)
    copay_kopecks: int = Field(default=0, ge=0, le=MostKopecks)
    periodicity: list[Periodicity] | None = Field(default=None, max_length=10)


class NewCertificate(Form):
    """No `providers`: everybody who gives its services is admitted. `number`: where it was given elsewhere, as that of
    a programme that is the certificate itself; else the next one. `year`: of the budget; null: this one."""

    client: Id
    valid_until: Day
    lines: list[NewLine] = Field(min_length=1, max_length=MOST_LINES)
    representative: Id | None = None
    programme: Id | None = None
    providers: list[Id] = Field(default=[], max_length=MOST_PROVIDERS)
    source: Code = Field(default="region", max_length=24)
    year: int | None = Field(default=None, ge=2000, le=2100)
    number: Line | None = Field(default=None, min_length=1, max_length=40)
    as_programme: bool = False
    """The programme itself is the certificate: it has the programme's number."""


class CertificateQuery(Form):
    """`attention`: `soon` expires within a month, of `unused` nothing was used for two months."""

    text: Line = ""
    status: Several[Status] = frozenset()
    client: Id | Literal[""] | None = None
    provider: Id | Literal[""] | None = None
    attention: Literal["", "soon", "unused"] = ""
    before: Id | None = None
    limit: int = Field(default=50, ge=1, le=200)


class PayingQuery(Form):
    service: Code
    on: Day | None = None


class Revocation(Form):
    """What becomes of its open bookings: each is either kept or cancelled."""

    because: Reason
    keep: list[Id] = Field(default=[], max_length=500)
    cancel: list[Id] = Field(default=[], max_length=500)


class Replacement(Form):
    because: Why


class PaperWithCode(Form):
    code: Digits6


class Paying(View):
    items: list[CertificateBrief]


@endpoint("GET", "/certificates", allow="certificates.read")
async def find(ask: Ask, query: CertificateQuery) -> CertificateList:
    """The newest first."""
    sought = reading.Sought(
        text=query.text,
        statuses=frozenset[str](query.status),
        client=query.client or None,
        provider=query.provider or None,
        soon=query.attention == "soon",
        unused=query.attention == "unused",
        before=query.before,
    )
    today = ask.today
    found = await reading.find(ask.tx, ask.actor, sought, today=today, limit=query.limit + 1)
    counted = await reading.counts(ask.tx, ask.actor, today=today)
    return CertificateList(
        items=await briefs(ask, found[: query.limit]),
        more=len(found) > query.limit,
        counts=CountsView.model_validate(counted),
    )


@endpoint("GET", "/clients/{client}/certificates", allow="certificates.read")
async def paying(ask: Ask, client: int, query: PayingQuery) -> Paying:
    """Those that could pay for a service on a day, the one that ends first first."""
    on = query.on or ask.today
    found = await reading.for_booking(ask.tx, ask.actor, client, query.service, on=on)
    return Paying(items=await briefs(ask, found))


@endpoint("POST", "/certificates", allow="certificates.write", status=201, idempotent=True, etag=True)
async def form(ask: Ask, body: NewCertificate) -> CertificateView:
    """A draft with a number: nothing is set aside for it yet."""
    lines = [WantedLine(**each.model_dump(exclude_none=True)) for each in body.lines]
    facts = body.model_dump(exclude={"lines", "as_programme"})
    if body.as_programme and body.programme is not None:
        facts["number"] = await ask.tx.scalar(select(Programme.number).where(Programme.id == body.programme))
    region = ask.centre.settings.region_code
    made = await issuing.form(ask.tx, ask.actor, Wanted(lines=lines, **facts), now=ask.now, region=region)
    return await _noted(ask, "certificate_formed", made.id)


@endpoint("GET", "/certificates/{certificate}", allow="certificates.read", etag=True, transaction="write")
async def show(ask: Ask, certificate: int) -> CertificateView:
    """With its whole past; that somebody looked is kept (152-ФЗ), hence the write transaction."""
    return await _noted(ask, "looked_at", certificate)


@endpoint(
    "POST",
    "/certificates/{certificate}/issue",
    allow="certificates.write",
    idempotent=True,
    etag=True,
    if_match=True,
)
async def issue(ask: Ask, certificate: int) -> IssuedView:
    """Its money is set aside, its units are there, and its holder gets six digits. 409 `budget_short` names what is
    missing; then it stays a draft."""
    issued = await issuing.issue(ask.tx, ask.actor, certificate, version=ask.version, now=ask.now, key=ask.centre.key)
    return await _handed_out(ask, "certificate_issued", issued)


@endpoint(
    "POST", "/certificates/{certificate}/code", allow="certificates.write", idempotent=True, etag=True, if_match=True
)
async def renew_code(ask: Ask, certificate: int) -> IssuedView:
    """Other digits; the old ones, and whatever they opened, stop working."""
    issued = await issuing.renew_code(
        ask.tx, ask.actor, certificate, version=ask.version, now=ask.now, key=ask.centre.key
    )
    return await _handed_out(ask, "certificate_code", issued)


@endpoint(
    "POST", "/certificates/{certificate}/revoke", allow="certificates.write", idempotent=True, etag=True, if_match=True
)
async def revoke(ask: Ask, certificate: int, body: Revocation) -> CertificateView:
    """409 `bookings_undecided` lists the open bookings of which nothing was said."""
    printable(body.because)
    decided = Decided(body.keep, body.cancel)
    done = await life.revoke(
        ask.tx, ask.actor, certificate, decided, version=ask.version, now=ask.now, because=body.because
    )
    told(ask, done.cancelled)
    return await _noted(ask, "certificate_revoked", certificate)


@endpoint(
    "POST", "/certificates/{certificate}/replace", allow="certificates.write", idempotent=True, etag=True, if_match=True
)
async def replace(ask: Ask, certificate: int, body: Replacement) -> IssuedView:
    """Another paper with a number and digits of its own; the balance and the open bookings go over to it."""
    issued = await life.replace(
        ask.tx,
        ask.actor,
        certificate,
        version=ask.version,
        now=ask.now,
        why=body.because,
        region=ask.centre.settings.region_code,
        key=ask.centre.key,
    )
    return await _handed_out(ask, "certificate_replaced", issued)


@endpoint(
    "GET", "/certificates/{certificate}/paper.pdf", allow="certificates.read", transaction="write", produces=(PDF,)
)
async def print_it(ask: Ask, certificate: int) -> Document:
    """The paper without the digits: nobody here knows them any more."""
    return await _printed(ask, certificate, None)


@endpoint("POST", "/certificates/{certificate}/paper.pdf", allow="certificates.write", produces=(PDF,))
async def print_with_code(ask: Ask, certificate: int, body: PaperWithCode) -> Document:
    """The paper with the digits that were just given out; they are printed as they come and kept nowhere."""
    return await _printed(ask, certificate, body.code)


async def _printed(ask: Ask, number: int, code: str | None) -> Document:
    found = await finding.certificate(ask.tx, ask.actor, number)
    if found.issued_on is None:
        raise NotFound
    audit.note(ask.tx, "certificate_printed", "certificate", number, now=ask.now, account=ask.actor.account_id)
    return await paper(ask, found, code)


async def _handed_out(ask: Ask, act: str, issued: Issued) -> IssuedView:
    seen = await _noted(ask, act, issued.certificate.id)
    return IssuedView(version=seen.version, certificate=seen, code=issued.digits)


async def _noted(ask: Ask, act: str, number: int) -> CertificateView:
    """The certificate as it is now, with a line of the audit for it and for its holder."""
    found = await finding.certificate(ask.tx, ask.actor, number)
    noted(ask, act, found, account=ask.actor.account_id)
    return await view(ask, found)


def noted(ask: Ask, act: str, found: Certificate, *, account: int | None) -> None:
    audit.note(ask.tx, act, "certificate", found.id, now=ask.now, account=account)
    audit.note(ask.tx, act, "client", found.client_id, now=ask.now, account=account)


def told(ask: Ask, cancelled: list[Booking]) -> None:
    """What follows when bookings were given up: the pages that show them wake up, their rooms close."""
    by = ask.caller.account_id if ask.caller else None
    for each in cancelled:
        audit.note(ask.tx, "cancelled", "booking", each.id, now=ask.now, account=by)
        ask.rights_changed.append(each.id)
        ask.wakes += [wake(each), of_calendar(each.specialist_id)]
