"""Consents of a client: taken, shown with their history, printed, and taken back after saying what follows."""

from dataclasses import asdict, replace
from typing import Any

from pydantic import Field

from scheduling import audit, consents, people, withdrawal
from scheduling.consents import Consent, ConsentText, How, Purpose, Recorded
from scheduling.errors import NotFound
from scheduling.people import Client, Institution
from scheduling.relations import Relation
from server.api.bookings import moved, wake
from server.api.views import ConsentView
from server.documents import PDF, Document, pdf
from server.documents.papers import ConsentPaper, Office, Person
from server.endpoint import Ask, endpoint
from server.shapes import Form, Id, Line, View


class GivenConsent(Form):
    """`representative`: the number of the relation by which somebody else says it for him."""

    purpose: Purpose
    how: How
    representative: Id | None = None


class RepresentativeView(View):
    name: str
    tie: str
    document: str


class ConsentRecord(ConsentView):
    """`newer`: the version of its text that is out now; `again`: a later one to the same purpose was given."""

    title: str
    text: str
    hash: str
    taken_by_name: str
    representative: RepresentativeView | None
    withdrawn_by: str
    withdrawn_how: str | None
    withdrawn_because: str
    newer: int | None
    again: bool


class ConsentHistory(View):
    items: list[ConsentRecord]


class EffectView(View):
    code: str
    count: int
    items: list[dict[str, Any]]


class EffectList(View):
    """`stamp` goes back with the withdrawal: what is done is what was shown."""

    stamp: str
    items: list[EffectView]


class Withdrawal(Form):
    how: How
    because: Line = ""
    shown: str = Field(min_length=1, max_length=64)


class FormQuery(Form):
    purpose: Purpose
    representative: Id | None = None


@endpoint("GET", "/clients/{client}/consents", allow="clients.read", transaction="write")
async def listed(ask: Ask, client: int) -> ConsentHistory:
    """All of them, newest first, with the words that were agreed to; that somebody looked is kept."""
    found = await people.client(ask.tx, ask.actor, client)
    _audited(ask, "consents_looked_at", found)
    return ConsentHistory(items=[_record(each) for each in await consents.history(ask.tx, found)])


@endpoint("POST", "/clients/{client}/consents", allow="consents.take", status=201, idempotent=True)
async def consent(ask: Ask, client: int, body: GivenConsent) -> ConsentView:
    """One purpose, to the newest text; taken anew when the text has changed."""
    found = await people.client(ask.tx, ask.actor, client)
    given = await consents.give(
        ask.tx, ask.actor, found, body.purpose, body.how, now=ask.now, representative=body.representative
    )
    _audited(ask, "consent_given", found)
    return consent_view(given)


@endpoint("GET", "/clients/{client}/consents/{consent_id}/effects", allow="clients.write")
async def effects(ask: Ask, client: int, consent_id: int) -> EffectList:
    """What taking it back would do, to be said before it is done."""
    found = await people.client(ask.tx, ask.actor, client)
    chosen = (await consents.of_purpose(ask.tx, found, consent_id))[0]
    purpose: Purpose = chosen.text.purpose  # type: ignore[assignment]  # the table keeps it as text
    follow = await withdrawal.effects(ask.tx, found, purpose, now=ask.now)
    return EffectList(stamp=withdrawal.stamp(follow), items=[EffectView(**asdict(each)) for each in follow])


@endpoint("POST", "/clients/{client}/consents/{consent_id}/withdrawal", allow="clients.write", idempotent=True)
async def withdraw(ask: Ask, client: int, consent_id: int, body: Withdrawal) -> ConsentHistory:
    """Taken back, not erased; done is what was `shown`, else 409 `effects_moved` with what it would be now."""
    found = await people.client(ask.tx, ask.actor, client)
    done = await withdrawal.withdraw(
        *(ask.tx, ask.actor, found, consent_id), now=ask.now, how=body.how, because=body.because, shown=body.shown
    )
    if done.consents:
        _audited(ask, "consent_withdrawn", found)
    for booked in done.cancelled:
        ask.rights_changed.append(booked.id)
        moved(ask, booked, "cancelled")
    for booked, seat in done.left:
        who = {"account": ask.actor.account_id, "seat": seat.id}
        audit.note(ask.tx, "guest_revoked", "booking", booked.id, now=ask.now, **who)
        ask.rights_changed.append(booked.id)
        ask.wakes.append(wake(booked))
    return ConsentHistory(items=[_record(each) for each in await consents.history(ask.tx, found)])


@endpoint(
    "GET", "/clients/{client}/consents/{consent_id}/paper", allow="clients.read", transaction="write", produces=(PDF,)
)
async def paper(ask: Ask, client: int, consent_id: int) -> Document:
    """The consent as it was given, as PDF, and whether it was taken back."""
    found = await people.client(ask.tx, ask.actor, client)
    chosen = next((each for each in await consents.history(ask.tx, found) if each.consent.id == consent_id), None)
    if chosen is None:
        raise NotFound
    given, speaker = chosen.consent, chosen.consent.representative
    made = _paper(given.text, await _operator(ask, found), _person(ask, found, speaker))
    zone, language = found.district.zone, given.text.language
    taken_back = given.withdrawn_at and pdf.moment(given.withdrawn_at, zone, ask.centre.words, language)
    made |= {
        "given_on": pdf.moment(given.given_at, zone, ask.centre.words, language),
        "how": given.how,
        "taken_by": chosen.taken_by,
        "withdrawn_on": taken_back,
        "withdrawn_how": given.withdrawn_how,
        "withdrawn_by": chosen.withdrawn_by,
        "because": given.withdrawn_because,
    }
    return _printed(ask, found, given.text, made)


@endpoint("GET", "/clients/{client}/consent-form", allow="clients.read", transaction="write", produces=(PDF,))
async def form(ask: Ask, client: int, query: FormQuery) -> Document:
    """The newest text as a form to sign by hand, with the client's name already in it."""
    found = await people.client(ask.tx, ask.actor, client)
    text = consents.newest(await consents.texts(ask.tx), query.purpose, found.language)
    if text is None:
        raise NotFound
    speaker = None
    if query.representative is not None:
        speaker = await consents.speaker(ask.tx, found, query.representative, ask.now)
    return _printed(ask, found, text, _paper(text, await _operator(ask, found), _person(ask, found, speaker)))


def consent_view(given: Consent) -> ConsentView:
    return ConsentView(**_brief(given))


def _brief(given: Consent) -> dict[str, Any]:
    return {
        "id": given.id,
        "purpose": given.text.purpose,
        "version": given.text.version,
        "given_at": given.given_at,
        "how": given.how,
        "taken_by": given.taken_by,
        "withdrawn_at": given.withdrawn_at,
    }


def _record(each: Recorded) -> ConsentRecord:
    given, text, speaker = each.consent, each.consent.text, each.consent.representative
    return ConsentRecord(
        **_brief(given),
        title=text.title,
        text=text.text,
        hash=text.hash,
        taken_by_name=each.taken_by,
        representative=RepresentativeView(name=speaker.name, tie=speaker.tie, document=speaker.document)
        if speaker
        else None,
        withdrawn_by=each.withdrawn_by,
        withdrawn_how=given.withdrawn_how,
        withdrawn_because=given.withdrawn_because,
        newer=each.newer,
        again=each.again,
    )


def _paper(text: ConsentText, operator: Office, person: Person) -> dict[str, Any]:
    words = {"title": text.title, "text": text.text, "version": text.version, "hash": text.hash}
    return words | {"operator": operator, "client": person}


def _person(ask: Ask, client: Client, speaker: Relation | None) -> Person:
    who = Person(client.name, client.birth_date, client.birth_year, client.address or client.settlement)
    if speaker is None:
        return who
    words, key = ask.centre.words, f"staff.tie.{speaker.tie}"
    tie = words(client.language, key) if words.has(client.language, key) else ""
    return replace(who, representative=speaker.name, tie=tie, document=speaker.document)


async def _operator(ask: Ask, client: Client) -> Office:
    """Whoever takes consents for the client's district, on the paper."""
    office: Institution | None = await people.office(ask.tx, client.district_id)
    if office is None:
        return Office(client.district.name)
    return Office(office.name, office.kind, office.address, office.phone, office.inn, office.director)


def _printed(ask: Ask, client: Client, text: ConsentText, facts: dict[str, Any]) -> Document:
    _audited(ask, "consent_printed", client)
    name = f"{text.title} {client.name}"
    return pdf.document(name, ConsentPaper(**facts), ask.centre.words, text.language, now=ask.now)


def _audited(ask: Ask, act: str, client: Client) -> None:
    audit.note(ask.tx, act, "client", client.id, now=ask.now, account=ask.actor.account_id)
