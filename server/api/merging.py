"""Two cards of one person: what would come of joining them, and joining them."""

from datetime import date

from pydantic import Field

from scheduling import audit
from scheduling.duplicates import merging
from scheduling.people import Client
from server.api.views import ClientView, client_view
from server.endpoint import Ask, endpoint
from server.shapes import Code, Form, Id, Instant, View


class Merge(Form):
    """`gone` is the card that goes, `gone_version` as it was seen; `take` the fields in which that card is right."""

    gone: Id
    gone_version: int = Field(ge=1)
    take: list[Code] = Field(default=[], max_length=20)


class Difference(View):
    field: str
    kept: str | int | date | None
    gone: str | int | date | None


class CardBrief(View):
    id: int
    version: int
    name: str
    birth_year: int
    created_at: Instant


class MovedRows(View):
    """`what` is a table's name."""

    what: str
    count: int


class Conflict(View):
    """`code` both_booked (`starts`, `bookings`), two_certificates (`service`, `numbers`), related (`name`, `tie`),
    consent_withdrawn in one card alone (`purpose`)."""

    code: str
    starts: Instant | None = None
    bookings: list[int] = Field(default=[])
    service: str | None = None
    numbers: list[str] = Field(default=[])
    name: str | None = None
    tie: str | None = None
    purpose: str | None = None


class MergePreview(View):
    kept: CardBrief
    gone: CardBrief
    differences: list[Difference]
    moves: list[MovedRows]
    conflicts: list[Conflict]


@endpoint("GET", "/clients/{client}/merge/{gone}", allow="applications", transaction="write")
async def preview(ask: Ask, client: int, gone: int) -> MergePreview:
    """What would move to the card, where the two differ, and what stands against it. That somebody looked is kept."""
    found = await merging.preview(ask.tx, ask.actor, client, gone, now=ask.now)
    for card in (found.kept, found.gone):
        _audited(ask, "looked_at", card.id)
    return MergePreview(
        kept=CardBrief.model_validate(found.kept),
        gone=CardBrief.model_validate(found.gone),
        differences=[Difference(field=name, kept=kept, gone=gone) for name, kept, gone in found.differences],
        moves=[MovedRows(what=table, count=count) for table, count in found.moves.items()],
        conflicts=[Conflict(**each) for each in found.conflicts],
    )


@endpoint("POST", "/clients/{client}/merge", allow="applications", idempotent=True, etag=True, if_match=True)
async def merge(ask: Ask, client: int, body: Merge) -> ClientView:
    """All that was the other card's is this one's from now on. Refused: `merge_refused` with what stands against it."""
    kept: Client = await merging.merge(
        ask.tx,
        ask.actor,
        client,
        body.gone,
        version=ask.version,
        gone_version=body.gone_version,
        take=body.take,
        now=ask.now,
    )
    _audited(ask, "merged", body.gone)
    _audited(ask, "merged_into", kept.id)
    return client_view(kept)


def _audited(ask: Ask, act: str, client: int) -> None:
    audit.note(ask.tx, act, "client", client, now=ask.now, account=ask.actor.account_id)
