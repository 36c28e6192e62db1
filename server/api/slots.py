"""Free time: the search of the booking desk."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from scheduling import bookings, calendars, finding, slots, standards
from scheduling.calendars import Place
from scheduling.errors import NotFound, invalid
from scheduling.finding import By, Candidate, NoneBecause, Slot, Span, Wish
from scheduling.people import InstitutionKind
from server.api.bookings import look
from server.api.views import InstitutionView, SpecialistView
from server.endpoint import Ask, endpoint
from server.shapes import Code, Day, Form, Id, Instant, Several, View

LONGEST_DAYS = 92
Weekday = Annotated[int, Field(ge=0, le=6)]


def _part_of_day(text: str) -> str:
    if text and _minutes(text) is None:
        raise PydanticCustomError("wall_time", "not a part of the day")
    return text


def _minutes(text: str) -> slots.Interval | None:
    """`09:00-12:00` as minutes of the day."""
    found = re.fullmatch(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", text)
    if found is None:
        return None
    hour, minute, last_hour, last_minute = map(int, found.groups())
    since, until = hour * 60 + minute, last_hour * 60 + last_minute
    return (since, until) if since < until <= slots.DAY else None


class SlotQuery(Form):
    """Empty means: no matter. `weekday` (Monday = 0) and `part` ("09:00-12:00") are on the asker's clock; of `course`
    the same weekday and hour is free for so many `weeks`; `client`, `companion` and `resource` are free in what is
    found. `booking` is one that is being moved: its own time counts as free."""

    service: Code
    first_day: Day | None = Field(default=None, alias="from")
    days: int = Field(default=14, ge=1, le=LONGEST_DAYS)
    specialist: Several[Id] = frozenset()
    topic: Code | Literal[""] | None = None
    language: Code | Literal[""] | None = None
    institution: Several[Id] = frozenset()
    kind: Several[InstitutionKind] = frozenset()
    place: Place | Literal[""] | None = None
    weekday: Several[Weekday] = frozenset()
    part: Annotated[str, Field(max_length=11), AfterValidator(_part_of_day)] = ""
    client: Id | Literal[""] | None = None
    companion: Several[Id] = frozenset()
    resource: Several[Id] = frozenset()
    booking: Id | Literal[""] | None = None
    by: By = "earliest"
    weeks: int = Field(default=1, ge=1, le=53)
    limit: int = Field(default=20, ge=1, le=200)


class SlotView(View):
    """`then` are the starts of the weeks after, of a course."""

    specialist: SpecialistView
    starts: Instant
    ends: Instant
    zone: str
    then: list[Instant] = Field(default=[])


class Searched(View):
    model_config = ConfigDict(serialize_by_alias=True)

    specialists: int
    since: Instant = Field(serialization_alias="from")
    until: Instant


class SlotList(View):
    """Where nothing is as wished, `none_because` says why and `nearest` is what comes close."""

    items: list[SlotView]
    zone: str
    searched: Searched
    none_because: NoneBecause | None
    nearest: list[SlotView]


@endpoint("GET", "/slots", allow="slots")
async def find(ask: Ask, query: SlotQuery) -> SlotList:
    """Free starts on days of the asker's zone; an empty list says why. Nothing here is held for anybody."""
    today = ask.today
    moving = await bookings.booking(ask.tx, ask.actor, query.booking) if query.booking else None
    wish = Wish(
        service=query.service,
        specialists=query.specialist,
        topic=query.topic or None,
        language=query.language or None,
        institutions=query.institution,
        kinds=frozenset[str](query.kind),
        place=query.place or None,
        weekdays=query.weekday,
        part=_minutes(query.part),
        client=query.client or None,
        companions=query.companion,
        resources=query.resource,
        ignoring=None if moving is None else moving.id,
        district=await standards.district_for(ask.tx, ask.actor, query.client or None),
        terms=None if moving is None else calendars.as_service(moving.standard),
    )
    span = Span(ask.actor.zone, max(query.first_day or today, today), query.days)
    try:
        found = await finding.find(await look(ask), wish, span, by=query.by, limit=query.limit, weeks=query.weeks)
    except NotFound:
        raise invalid("service", "unknown") from None
    return SlotList(
        items=[slot_view(slot) for slot in found.items],
        zone=ask.actor.zone,
        searched=Searched(specialists=found.specialists, since=found.since, until=found.until),
        none_because=found.none_because,
        nearest=[slot_view(slot) for slot in found.nearest],
    )


def slot_view(slot: Slot) -> SlotView:
    return SlotView(
        specialist=candidate_view(slot.specialist),
        starts=slot.starts,
        ends=slot.ends,
        zone=slot.specialist.zone,
        then=list(slot.then),
    )


def candidate_view(candidate: Candidate) -> SpecialistView:
    institution = InstitutionView(
        id=candidate.institution_id, name=candidate.institution, kind=candidate.institution_kind
    )
    return SpecialistView(id=candidate.id, name=candidate.name, institution=institution)
