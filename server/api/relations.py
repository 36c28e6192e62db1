"""Relations: who stands beside a client, as his representative or as a relative, and by what paper."""

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, StringConstraints

from scheduling import audit, people, relations
from scheduling.people import Client
from scheduling.relations import Facts, Kind, Relation
from server.endpoint import Ask, endpoint
from server.shapes import Day, Form, Id, Instant, Line, Phone, View, printable

# fmt: off
Tie = Literal[
    "daughter", "son", "spouse", "parent", "sibling", "grandchild", "relative",
    "guardian", "trusted", "social_worker", "neighbour", "other",
]
# fmt: on
Document = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(printable)]


class NewRelation(Form):
    """`other` is the card of whoever is a client himself; name and telephone are then his own where none are given. A
    representative acts by a `document`, `until` a day if it says one."""

    kind: Kind
    tie: Tie
    name: Line = ""
    phone: Phone = ""
    document: Document = ""
    until: Day | None = None
    other: Id | None = None


class RelationView(View):
    """`expired`: the paper's last day is over, he may not act any more."""

    id: int
    version: int
    kind: str
    tie: str
    name: str
    phone: str
    document: str
    until: date | None
    expired: bool
    other: int | None
    ended_at: Instant | None


class RelationList(View):
    items: list[RelationView]


@endpoint("GET", "/clients/{client}/relations", allow="clients.read")
async def of_client(ask: Ask, client: int) -> RelationList:
    """Representatives first, those whose relation has ended last."""
    found = await people.client(ask.tx, ask.actor, client)
    rows = await relations.of_client(ask.tx, found.id)
    return RelationList(items=[_view(ask, found, row) for row in rows])


@endpoint("POST", "/clients/{client}/relations", allow="clients.write", status=201, idempotent=True, etag=True)
async def add(ask: Ask, client: int, body: NewRelation) -> RelationView:
    found = await people.client(ask.tx, ask.actor, client)
    made = await relations.add(ask.tx, ask.actor, found, Facts(**body.model_dump()), now=ask.now)
    return _done(ask, "relation_added", found, made)


@endpoint("PUT", "/clients/{client}/relations/{relation}", allow="clients.write", etag=True, if_match=True)
async def change(ask: Ask, client: int, relation: int, body: NewRelation) -> RelationView:
    found = await people.client(ask.tx, ask.actor, client)
    facts = Facts(**body.model_dump())
    changed = await relations.change(ask.tx, ask.actor, found, relation, facts, version=ask.version, now=ask.now)
    return _done(ask, "relation_changed", found, changed)


@endpoint("POST", "/clients/{client}/relations/{relation}/end", allow="clients.write", etag=True, if_match=True)
async def end(ask: Ask, client: int, relation: int) -> RelationView:
    """He stands beside him no more; that he did stays known."""
    found = await people.client(ask.tx, ask.actor, client)
    ended = await relations.end(ask.tx, found, relation, version=ask.version, now=ask.now)
    return _done(ask, "relation_ended", found, ended)


def _done(ask: Ask, act: str, client: Client, relation: Relation) -> RelationView:
    audit.note(ask.tx, act, "client", client.id, now=ask.now, account=ask.actor.account_id)
    return _view(ask, client, relation)


def _view(ask: Ask, client: Client, relation: Relation) -> RelationView:
    today = ask.now.astimezone(ZoneInfo(client.district.zone)).date()
    plain = ("id", "version", "kind", "tie", "name", "phone", "document", "until", "ended_at")
    return RelationView(
        **{name: getattr(relation, name) for name in plain},
        expired=relation.ended_at is None and relations.has_expired(relation, today),
        other=relation.other_id,
    )
