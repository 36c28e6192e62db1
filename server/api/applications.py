"""Applications: the work-list, taking one at the desk or by telephone, what is known of one, and its own facts."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import select

from scheduling import applications, audit, bookings, consents, duplicates, people
from scheduling.applications import Application, Listed, Need, Status, Urgency
from scheduling.bookings import Mode
from scheduling.consents import How
from scheduling.errors import ConsentNeeded, invalid
from scheduling.people import Client, Institution, Specialist
from server.api.bookings import Topic, look
from server.endpoint import Ask, endpoint
from server.shapes import Code, Email, Form, Id, Instant, Language, Line, Name, Phone, Remark, View, printable

Tie = Literal["self", "daughter", "son", "spouse", "parent", "relative", "guardian", "social_worker", "other"]
PARTS = ("09:00-12:00", "12:00-15:00", "15:00-18:00", "18:00-20:00")


def _part(text: str) -> str:
    if text not in PARTS:
        raise PydanticCustomError("unknown", "not a part of the day")
    return text


class Wishes(Form):
    """Each if wished: `weekdays` (Monday = 0), parts of the day, of whom, where, and in the person's own words."""

    weekdays: list[Annotated[int, Field(ge=0, le=6)]] = Field(default=[], max_length=7)
    parts: list[Annotated[str, AfterValidator(_part)]] = Field(default=[], max_length=4)
    specialist: Id | None = None
    institution: Id | None = None
    text: Annotated[Line, Field(max_length=120)] = ""

    def kept(self) -> dict[str, Any]:
        return {name: value for name, value in self.model_dump().items() if value not in (None, "", [])}


class NewApplication(Form):
    """`client` is his card where it is known; else, or where he took it back, `consent` says how he agreed to the
    processing of his data."""

    source: Literal["desk", "phone"]
    client: Id | None = None
    name: Name
    birth_year: int | None = Field(default=None, ge=1900, le=2100)
    birth_date: date | None = None
    phone: Phone = ""
    email: Email = ""
    settlement: Line = ""
    language: Language = "ru"
    speaker: Line = ""
    speaker_tie: Tie = "self"
    speaker_phone: Phone = ""
    topic: Topic | None = None
    service: Code | None = None
    urgency: Urgency = "usual"
    mode: Mode | None = None
    wishes: Wishes = Wishes()
    remark: Remark = ""
    consent: How | None = None


class ApplicationChange(Form):
    name: Name | None = None
    birth_year: int | None = Field(default=None, ge=1900, le=2100)
    birth_date: date | None = None
    phone: Phone | None = None
    email: Email | None = None
    settlement: Line | None = None
    language: Language | None = None
    topic: Topic | None = None
    service: Code | None = None
    urgency: Urgency | None = None
    mode: Mode | None = None
    wishes: Wishes | None = None
    remark: Remark | None = None


class ApplicationQuery(Form):
    needs: Need | Literal[""] | None = None
    status: Status | Literal[""] | None = None
    query: Line = ""
    skip: int = Field(default=0, ge=0, le=1_000_000)
    limit: int = Field(default=50, ge=1, le=200)


class Named(View):
    id: int
    name: str


class ApplicationItem(View):
    """`needs` are what the office has to do, the first first; `likely`: it may be somebody who has a card."""

    id: int
    version: int
    status: str
    needs: list[str]
    setback: str | None
    name: str
    birth_year: int | None
    birth_date: date | None
    phone: str
    settlement: str
    source: str
    urgency: str
    topic: str | None
    service: str | None
    received_at: Instant
    due_on: date | None
    specialist: Named | None
    proposed: Named | None
    client: int | None
    likely: bool


class ApplicationList(View):
    """`counts` are of all open ones of the district: by need, and `open`."""

    items: list[ApplicationItem]
    counts: dict[str, int]
    today: date


class CandidateView(View):
    """A card that may be his: 0…100, and the codes of what speaks for it and against it."""

    client: int
    name: str
    birth_year: int
    birth_date: date | None
    phone: str
    settlement: str
    score: int
    because: list[str]


class HistoryLine(View):
    at: Instant
    what: str
    by: str | None
    before: dict[str, Any]
    after: dict[str, Any]


class BookingBrief(View):
    id: int
    version: int
    status: str
    starts: Instant
    zone: str
    specialist: Named


class ApplicationView(ApplicationItem):
    """`bookings` are those made for it, `standing` the client's open ones with whoever has it."""

    email: str
    language: str
    speaker: str
    speaker_tie: str
    speaker_phone: str
    mode: str | None
    wishes: dict[str, Any]
    wished: dict[str, str]
    remark: str
    assigned_at: Instant | None
    proposed_at: Instant | None
    closed_at: Instant | None
    close_reason: str | None
    consent_given: bool
    zone: str
    candidates: list[CandidateView]
    others: list[ApplicationItem]
    bookings: list[BookingBrief]
    standing: list[BookingBrief]
    history: list[HistoryLine]


class DuplicateQuery(Form):
    """What is known of somebody while he is being written down."""

    name: Name
    birth_year: int | None = Field(default=None, ge=1900, le=2100)
    birth_date: date | None = None
    phone: Annotated[str, Field(max_length=32), AfterValidator(printable)] = ""


class DuplicateList(View):
    items: list[CandidateView]


@endpoint("GET", "/applications", allow="applications")
async def work_list(ask: Ask, query: ApplicationQuery) -> ApplicationList:
    """Open ones of the own district, what must be done first at the top; `counts` say how many need what."""
    around = await applications.around(await look(ask), ask.actor)
    found = await applications.find(
        ask.tx,
        ask.actor,
        around,
        need=query.needs or None,
        status=query.status or None,
        query=query.query,
        skip=query.skip,
        limit=query.limit,
    )
    counts = await applications.counts(ask.tx, ask.actor, around)
    return ApplicationList(items=[item_view(each) for each in found], counts=counts, today=around.today)


@endpoint("GET", "/duplicates", allow="applications")
async def likely(ask: Ask, query: DuplicateQuery) -> DuplicateList:
    """Cards of the own district that may be the same person's, the likeliest first."""
    person = duplicates.Person(**query.model_dump())
    found = await duplicates.candidates(ask.tx, person, district=ask.actor.district_id or 0)
    return DuplicateList(items=await candidate_views(ask, found))


@endpoint("POST", "/applications", allow="applications", status=201, idempotent=True, etag=True)
async def take(ask: Ask, body: NewApplication) -> ApplicationView:
    """Taken at the desk or by telephone. Consent is given here without a card of his, or where he took it back."""
    await _must_agree(ask, body)
    facts = body.model_dump(exclude={"wishes", "consent", "client"})
    await _must_exist(ask, body.wishes)
    text = consents.newest(await consents.texts(ask.tx), "processing", body.language)
    asking = applications.Asking(
        district=ask.actor.district_id or 0,
        wishes=body.wishes.kept(),
        client=body.client,
        consent_hash=text.hash if text is not None and body.consent is not None else None,
        consent_how=body.consent,
        **facts,
    )
    taken = await applications.receive(ask.tx, ask.actor, asking, now=ask.now)
    audited(ask, "received", taken)
    return await whole(ask, taken.id)


@endpoint("GET", "/applications/{application}", allow="applications", etag=True, transaction="write")
async def show(ask: Ask, application: int) -> ApplicationView:
    """One with its history; that somebody looked is kept, and it is new to nobody any more."""
    found = await applications.look_at(ask.tx, ask.actor, application, now=ask.now)
    audited(ask, "looked_at", found)
    return await whole(ask, application)


@endpoint("PATCH", "/applications/{application}", allow="applications", etag=True, if_match=True)
async def change(ask: Ask, application: int, body: ApplicationChange) -> ApplicationView:
    """What was asked for, corrected or made more exact; topic, service, mode and birth may be null again."""
    changes = body.model_dump(exclude_unset=True)
    free = {"topic", "service", "mode", "birth_year", "birth_date"}
    empty = [name for name, value in changes.items() if value is None and name not in free]
    if empty:
        raise invalid(empty[0], "missing")
    if body.wishes is not None:
        await _must_exist(ask, body.wishes)
        changes["wishes"] = body.wishes.kept()
    changed = await applications.change(
        ask.tx, ask.actor, application, version=ask.version, now=ask.now, changes=changes
    )
    audited(ask, "changed", changed)
    return await whole(ask, application)


async def whole(ask: Ask, number: int) -> ApplicationView:
    """One as the office sees it, read again after whatever was done."""
    one = await applications.application(ask.tx, ask.actor, number)
    around = await applications.around(await look(ask), ask.actor)
    listed = Listed(one, await applications.needs_of(ask.tx, one, around))
    of_it = select(bookings.Booking.id).where(bookings.Booking.application_id == number)
    booked = await bookings.by_ids(ask.tx, list(await ask.tx.scalars(of_it)))
    standing = await applications.standing(ask.tx, one, now=ask.now)
    others = await applications.others_of(ask.tx, one)
    plain = ("email", "language", "speaker", "speaker_tie", "speaker_phone", "mode", "wishes", "remark")
    times = ("assigned_at", "proposed_at", "closed_at", "close_reason")
    return ApplicationView(
        **item_view(listed).model_dump(),
        **{name: getattr(one, name) for name in (*plain, *times)},
        wished=await _wished(ask, one),
        consent_given=one.consent_hash is not None,
        zone=one.district.zone,
        candidates=await candidate_views(ask, await applications.candidates(ask.tx, one)),
        others=[item_view(Listed(each, [])) for each in others],
        bookings=[_brief(each) for each in booked],
        standing=[_brief(each) for each in standing],
        history=[
            HistoryLine(at=line.at, what=line.what, by=by, before=line.before, after=line.after)
            for line, by in await applications.history(ask.tx, number)
        ],
    )


def item_view(listed: Listed) -> ApplicationItem:
    one = listed.application
    plain = ("id", "version", "status", "setback", "name", "birth_year", "birth_date", "phone", "settlement")
    more = ("source", "urgency", "topic", "service", "received_at", "due_on")
    return ApplicationItem(
        **{name: getattr(one, name) for name in (*plain, *more)},
        needs=list(listed.needs),
        specialist=named(one.specialist),
        proposed=named(one.proposed),
        client=one.client_id,
        likely=one.likely_id is not None,
    )


def named(whose: Specialist | Institution | None) -> Named | None:
    return None if whose is None else Named(id=whose.id, name=whose.name)


async def candidate_views(ask: Ask, found: list[duplicates.Candidate]) -> list[CandidateView]:
    rows = await ask.tx.scalars(select(Client).where(Client.id.in_([each.client_id for each in found])))
    cards = {row.id: row for row in rows}
    plain = ("name", "birth_year", "birth_date", "phone", "settlement")
    return [
        CandidateView(
            client=each.client_id,
            score=each.score,
            because=list(each.because),
            **{name: getattr(cards[each.client_id], name) for name in plain},
        )
        for each in found
    ]


def audited(ask: Ask, act: str, one: Application) -> None:
    audit.note(ask.tx, act, "application", one.id, now=ask.now, account=ask.actor.account_id)


async def _must_agree(ask: Ask, body: NewApplication) -> None:
    if body.client is None:
        if body.consent is None:
            raise ConsentNeeded("processing")
        return
    card = await people.client(ask.tx, ask.actor, body.client)
    if body.consent is None:
        await consents.must_hold(ask.tx, card.id, "processing")
    else:
        await consents.give(ask.tx, ask.actor, card, "processing", body.consent, now=ask.now)
        audit.note(ask.tx, "consent_given", "client", card.id, now=ask.now, account=ask.actor.account_id)


async def _must_exist(ask: Ask, wishes: Wishes) -> None:
    if wishes.specialist is not None and await ask.tx.get(Specialist, wishes.specialist) is None:
        raise invalid("wishes.specialist", "unknown")
    if wishes.institution is not None and await ask.tx.get(Institution, wishes.institution) is None:
        raise invalid("wishes.institution", "unknown")


async def _wished(ask: Ask, one: Application) -> dict[str, str]:
    """The names behind the numbers of wishes."""
    found = {}
    specialist = await ask.tx.get(Specialist, one.wishes.get("specialist") or 0)
    institution = await ask.tx.get(Institution, one.wishes.get("institution") or 0)
    if specialist is not None:
        found["specialist"] = specialist.name
    if institution is not None:
        found["institution"] = institution.name
    return found


def _brief(booked: bookings.Booking) -> BookingBrief:
    return BookingBrief(
        id=booked.id,
        version=booked.version,
        status=booked.status,
        starts=booked.starts,
        zone=booked.client.district.zone,
        specialist=Named(id=booked.specialist_id, name=booked.specialist.name),
    )
