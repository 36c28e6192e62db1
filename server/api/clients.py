"""Clients: registering, finding and changing them."""

from pydantic import Field

from scheduling import audit, bookings, consents, people
from scheduling.errors import ConsentNeeded, invalid
from scheduling.people import Client
from server.api.consents import GivenConsent, consent_view
from server.api.views import BookingList, ClientList, ClientView, booking_views, client_view
from server.endpoint import Ask, endpoint
from server.shapes import Birthday, Email, Form, Language, Line, Name, Phone, Remark, Sex, Snils, View


class NewClient(Form):
    name: Name
    birth_year: int = Field(ge=1900, le=2100)
    phone: Phone = ""
    email: Email = ""
    language: Language = "ru"
    remark: Remark = ""
    settlement: Line = ""
    birth_date: Birthday | None = None
    sex: Sex = ""
    snils: Snils = ""
    address: Line = ""
    consents: list[GivenConsent] = Field(max_length=12)


class ClientChange(Form):
    name: Name | None = None
    birth_year: int | None = Field(default=None, ge=1900, le=2100)
    phone: Phone | None = None
    email: Email | None = None
    language: Language | None = None
    remark: Remark | None = None
    settlement: Line | None = None
    birth_date: Birthday | None = None
    sex: Sex | None = None
    snils: Snils | None = None
    address: Line | None = None


class Settlements(View):
    items: list[str]


class ClientQuery(Form):
    query: Line = ""
    skip: int = Field(default=0, ge=0, le=1_000_000)
    limit: int = Field(default=20, ge=1, le=100)


@endpoint("GET", "/clients", allow="clients.read")
async def find(ask: Ask, query: ClientQuery) -> ClientList:
    """Newest first; a part of the name, or three digits and more of the phone."""
    found = await people.find_clients(ask.tx, ask.actor, query=query.query, skip=query.skip, limit=query.limit)
    return ClientList(items=[client_view(client) for client in found])


@endpoint("GET", "/settlements", allow="clients.read")
async def settlements(ask: Ask) -> Settlements:
    """Where the clients one sees live, each place once: a hint for the next card."""
    return Settlements(items=await people.settlements(ask.tx, ask.actor))


@endpoint("POST", "/clients", allow="clients.write", status=201, idempotent=True, etag=True)
async def register(ask: Ask, body: NewClient) -> ClientView:
    """A new client of the coordinator's district; without consent to processing nothing is kept."""
    if "processing" not in {given.purpose for given in body.consents}:
        raise ConsentNeeded("processing")
    if len({given.purpose for given in body.consents}) < len(body.consents):
        raise invalid("consents", "doubled")
    facts = body.model_dump(exclude={"consents"})
    registered = await people.register_client(ask.tx, ask.actor, now=ask.now, **facts)
    for given in body.consents:
        await consents.give(ask.tx, ask.actor, registered, given.purpose, given.how, now=ask.now)
    _audited(ask, "registered", registered)
    return await _whole(ask, registered)


@endpoint("GET", "/clients/{client}", allow="clients.read", etag=True, transaction="write")
async def show(ask: Ask, client: int) -> ClientView:
    """One client with all consents; that somebody looked is kept (152-ФЗ), hence the write transaction."""
    found = await people.client(ask.tx, ask.actor, client)
    _audited(ask, "looked_at", found)
    return await _whole(ask, found)


@endpoint("PATCH", "/clients/{client}", allow="clients.write", etag=True, if_match=True)
async def change(ask: Ask, client: int, body: ClientChange) -> ClientView:
    changes = body.model_dump(exclude_unset=True)
    empty = [name for name, value in changes.items() if value is None and name != "birth_date"]
    if empty:
        raise invalid(empty[0], "missing")
    changed = await people.change_client(ask.tx, ask.actor, client, version=ask.version, now=ask.now, changes=changes)
    _audited(ask, "changed", changed)
    return await _whole(ask, changed)


@endpoint("GET", "/clients/{client}/bookings", allow="bookings.read")
async def their_bookings(ask: Ask, client: int) -> BookingList:
    booked = await bookings.of_client(ask.tx, ask.actor, client)
    return BookingList(items=await booking_views(ask.tx, booked))


async def _whole(ask: Ask, client: Client) -> ClientView:
    given = await consents.of_client(ask.tx, client.id)
    return client_view(client, [consent_view(item) for item in given])


def _audited(ask: Ask, act: str, client: Client) -> None:
    audit.note(ask.tx, act, "client", client.id, now=ask.now, account=ask.actor.account_id)
