"""What is done about an application: whose it is, who takes it, another specialist if the client agrees, its end."""

from typing import Any, Literal

from pydantic import Field

from scheduling import applications, audit, bookings, concluded, consents, people
from scheduling.applications import AgreedHow, CloseReason
from scheduling.errors import ConsentNeeded, NotFound, invalid
from scheduling.people import District
from server.api.applications import ApplicationView, Named, audited, named, whole
from server.api.bookings import gone_over, look
from server.api.consents import GivenConsent
from server.endpoint import Ask, endpoint
from server.shapes import Code, Form, Id, Instant, Line, View


class Linked(Form):
    """`client` is the card whose it is; null: the card that seemed to be his is somebody else's."""

    client: Id | None


class NewCard(Form):
    birth_year: int | None = Field(default=None, ge=1900, le=2100)
    consents: list[GivenConsent] = Field(max_length=12)


class Assigned(Form):
    specialist: Id | None


class Proposed(Form):
    specialist: Id
    because: Line = ""


class MovedBooking(Form):
    booking: Id
    version: int = Field(ge=1)
    starts: Instant


class Answered(Form):
    """What the client said; `moves` are the bookings that go to the new specialist, the others stay."""

    agreed: bool
    how: AgreedHow
    moves: list[MovedBooking] = Field(default=[], max_length=60)


class Closed(Form):
    reason: CloseReason
    because: Line = ""


class Reopened(Form):
    because: Line = Field(default="", max_length=120)


class ProposalQuery(Form):
    service: Code | Literal[""] | None = None


class ProposalView(View):
    """`starts` is her first time as wished, `first` her first at all; `load` her open bookings of two weeks."""

    specialist: Named
    institution: Named
    institution_kind: str
    starts: Instant | None
    first: Instant | None
    load: int
    because: list[str]


class ProposalList(View):
    items: list[ProposalView]
    zone: str
    fallback: Named | None


class FreeInstitution(View):
    """`load_tenths`: open bookings of one specialist in the next two weeks, in tenths."""

    id: int
    name: str
    load_tenths: int


class FallbackView(View):
    """The institution asked first for a district. Where none is named, `most_free` are those with least to do."""

    institution: Named | None
    most_free: list[FreeInstitution]


class NewFallback(Form):
    institution: Id | None


@endpoint("POST", "/applications/{application}/client", allow="applications", etag=True, if_match=True)
async def link(ask: Ask, application: int, body: Linked) -> ApplicationView:
    """It is this card's, or (null) the card that seemed to be his is another person's."""
    given: dict[str, Any] = {"version": ask.version, "now": ask.now}
    if body.client is None:
        told = await applications.another_person(ask.tx, ask.actor, application, **given)
    else:
        told = await applications.link(ask.tx, ask.actor, application, client=body.client, **given)
    audited(ask, "linked", told)
    return await whole(ask, application)


@endpoint("POST", "/applications/{application}/card", allow="applications", etag=True, if_match=True)
async def register(ask: Ask, application: int, body: NewCard) -> ApplicationView:
    """Makes a client's card of what he said of himself, and links it; without consent to processing there is none."""
    if "processing" not in {given.purpose for given in body.consents}:
        raise ConsentNeeded("processing")
    if len({given.purpose for given in body.consents}) < len(body.consents):
        raise invalid("consents", "doubled")
    one = await applications.to_change(ask.tx, ask.actor, application, version=ask.version)
    year = one.birth_year or body.birth_year
    if year is None:
        raise invalid("birth_year", "missing")
    plain = ("name", "phone", "email", "language", "settlement")
    card = await people.register_client(
        ask.tx, ask.actor, now=ask.now, birth_year=year, **{name: getattr(one, name) for name in plain}
    )
    card.birth_date = one.birth_date
    for given in body.consents:
        await consents.give(ask.tx, ask.actor, card, given.purpose, given.how, now=ask.now)
    linked = await applications.link(ask.tx, ask.actor, application, version=ask.version, now=ask.now, client=card.id)
    audited(ask, "registered", linked)
    return await whole(ask, application)


@endpoint("GET", "/applications/{application}/specialists", allow="applications")
async def specialists(ask: Ask, application: int, query: ProposalQuery) -> ProposalList:
    """Who could take it: as wished first, then by topic, nearness, the first free time, and how much she has to do."""
    one = await applications.application(ask.tx, ask.actor, application)
    found = await applications.proposals(await look(ask), one, service=query.service or None)
    asked_first = await applications.fallback(ask.tx, one.district_id)
    items = [
        ProposalView(
            specialist=Named(id=each.who.id, name=each.who.name),
            institution=Named(id=each.who.institution_id, name=each.who.institution),
            institution_kind=each.who.institution_kind,
            starts=each.starts,
            first=each.first,
            load=each.load,
            because=list(each.because),
        )
        for each in found
    ]
    return ProposalList(items=items, zone=one.district.zone, fallback=named(asked_first))


@endpoint("POST", "/applications/{application}/specialist", allow="applications", etag=True, if_match=True)
async def assign(ask: Ask, application: int, body: Assigned) -> ApplicationView:
    """To a specialist where nobody has it; null takes it back as long as nothing was booked. Refused:
    `consent_to_change_needed`, `application_not_there`."""
    given: dict[str, Any] = {"version": ask.version, "now": ask.now}
    if body.specialist is None:
        assigned = await applications.release(ask.tx, ask.actor, application, **given)
    else:
        assigned = await applications.assign(ask.tx, ask.actor, application, specialist=body.specialist, **given)
    audited(ask, "assigned", assigned)
    return await whole(ask, application)


@endpoint("POST", "/applications/{application}/proposal", allow="applications", etag=True, if_match=True)
async def propose(ask: Ask, application: int, body: Proposed) -> ApplicationView:
    """Another specialist is proposed to the client; nothing moves before he has agreed."""
    proposed = await applications.propose(
        ask.tx, ask.actor, application, version=ask.version, now=ask.now, **body.model_dump()
    )
    audited(ask, "proposed", proposed)
    return await whole(ask, application)


@endpoint("POST", "/applications/{application}/answer", allow="applications", etag=True, if_match=True)
async def answer(ask: Ask, application: int, body: Answered) -> ApplicationView:
    """What the client said to another specialist. All chosen bookings move with it, or nothing does."""
    given: dict[str, Any] = {"version": ask.version, "now": ask.now, "how": body.how}
    if body.agreed:
        moves = [applications.Move(**move.model_dump()) for move in body.moves]
        told = await applications.agree(ask.tx, ask.actor, application, moves=moves, **given)
        for each in await bookings.by_ids(ask.tx, [move.booking for move in moves]):
            await concluded.moved(ask.tx, each, now=ask.now, account=ask.actor.account_id)
            await gone_over(ask, each)
    else:
        told = await applications.decline(ask.tx, ask.actor, application, **given)
    audited(ask, "answered", told)
    return await whole(ask, application)


@endpoint("POST", "/applications/{application}/close", allow="applications", etag=True, if_match=True)
async def close(ask: Ask, application: int, body: Closed) -> ApplicationView:
    """Nothing more is done about it; bookings that stand are not touched."""
    given: dict[str, Any] = {"version": ask.version, "now": ask.now}
    audited(ask, "closed", await applications.close(ask.tx, ask.actor, application, **given, **body.model_dump()))
    return await whole(ask, application)


@endpoint("POST", "/applications/{application}/reopen", allow="applications", etag=True, if_match=True)
async def reopen(ask: Ask, application: int, body: Reopened) -> ApplicationView:
    given: dict[str, Any] = {"version": ask.version, "now": ask.now}
    audited(ask, "reopened", await applications.reopen(ask.tx, ask.actor, application, **given, because=body.because))
    return await whole(ask, application)


@endpoint("GET", "/districts/{district}/fallback", allow="catalogue")
async def fallback(ask: Ask, district: int) -> FallbackView:
    """Who is asked first for a district without a specialist of its own."""
    return await _fallback(ask, district)


@endpoint("PUT", "/districts/{district}/fallback", allow="fallbacks.write")
async def set_fallback(ask: Ask, district: int, body: NewFallback) -> FallbackView:
    """Names that institution, or (null) takes it back."""
    await applications.set_fallback(ask.tx, district, body.institution)
    audit.note(ask.tx, "fallback_named", "district", district, now=ask.now, account=ask.actor.account_id)
    return await _fallback(ask, district)


async def _fallback(ask: Ask, district: int) -> FallbackView:
    if await ask.tx.get(District, district) is None:
        raise NotFound
    free = [
        FreeInstitution(id=number, name=name, load_tenths=load)
        for number, name, load in await applications.most_free(await look(ask))
    ]
    return FallbackView(institution=named(await applications.fallback(ask.tx, district)), most_free=free)
