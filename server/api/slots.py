"""Free time: the search of the booking desk."""

from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field

from scheduling import search
from scheduling.errors import NotFound, invalid
from scheduling.search import By, Candidate, NoneBecause, Slot, Wish
from server.api.views import InstitutionView, SpecialistView
from server.endpoint import Ask, endpoint
from server.shapes import Code, Day, Form, Id, Instant, View

LONGEST_DAYS = 92


class SlotQuery(Form):
    service: Code
    first_day: Day | None = Field(default=None, alias="from")
    days: int = Field(default=14, ge=1, le=LONGEST_DAYS)
    specialist: Id | Literal[""] | None = None
    topic: Code | Literal[""] | None = None
    language: Code | Literal[""] | None = None
    institution: Id | Literal[""] | None = None
    by: By = "earliest"
    limit: int = Field(default=20, ge=1, le=200)


class SlotView(View):
    specialist: SpecialistView
    starts: Instant
    ends: Instant
    zone: str


class Searched(View):
    model_config = ConfigDict(serialize_by_alias=True)

    specialists: int
    since: Instant = Field(serialization_alias="from")
    until: Instant


class SlotList(View):
    items: list[SlotView]
    zone: str
    searched: Searched
    none_because: NoneBecause | None


@endpoint("GET", "/slots", allow="slots")
async def find(ask: Ask, query: SlotQuery) -> SlotList:
    """Free starts on days of the asker's zone; an empty list says why. Nothing here is held for anybody."""
    today = ask.now.astimezone(ZoneInfo(ask.actor.zone)).date()
    wish = Wish(
        service=query.service,
        specialist=query.specialist or None,
        topic=query.topic or None,
        language=query.language or None,
        institution=query.institution or None,
    )
    try:
        found = await search.find(
            ask.tx,
            wish,
            now=ask.now,
            zone=ask.actor.zone,
            first_day=max(query.first_day or today, today),
            days=query.days,
            by=query.by,
            limit=query.limit,
        )
    except NotFound:
        raise invalid("service", "unknown") from None
    return SlotList(
        items=[slot_view(slot) for slot in found.items],
        zone=ask.actor.zone,
        searched=Searched(specialists=found.specialists, since=found.since, until=found.until),
        none_because=found.none_because,
    )


def slot_view(slot: Slot) -> SlotView:
    return SlotView(
        specialist=_specialist(slot.specialist), starts=slot.starts, ends=slot.ends, zone=slot.specialist.zone
    )


def _specialist(candidate: Candidate) -> SpecialistView:
    institution = InstitutionView(
        id=candidate.institution_id, name=candidate.institution, kind=candidate.institution_kind
    )
    return SpecialistView(id=candidate.id, name=candidate.name, institution=institution)
