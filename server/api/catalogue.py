"""The catalogue: districts, institutions, services, specialists, topics, consent texts."""

from datetime import date
from typing import Any, Literal

from sqlalchemy import select

from scheduling import consents, people, standards
from scheduling.people import District, Institution
from server.api.views import InstitutionView
from server.endpoint import Ask, endpoint
from server.shapes import Form, Id, View

# What people come with; the names are words of the locales. Which of them a specialist takes is data.
TOPICS = ("anxiety", "loss", "family", "loneliness", "illness", "care", "crisis", "memory")


class DistrictItem(View):
    id: int
    name: str
    zone: str
    kind: str


class DistrictList(View):
    items: list[DistrictItem]


class InstitutionItem(View):
    id: int
    name: str
    kind: str
    intake: bool
    district_id: int
    phone: str
    address: str


class InstitutionList(View):
    items: list[InstitutionItem]


class ServiceItem(View):
    id: int
    code: str
    version: int
    name: str
    duration_min: int
    buffer_min: int
    price_kopecks: int
    modes: list[str]
    valid_from: date
    relay_only: bool
    least_share: float | None
    before_min: int
    periodicity: list[dict[str, Any]] | None


class ServiceQuery(Form):
    district: Id | Literal[""] | None = None


class ServiceList(View):
    items: list[ServiceItem]


class SpecialistItem(View):
    id: int
    name: str
    institution: InstitutionView
    zone: str
    topics: list[str]
    languages: list[str]
    services: list[str]


class SpecialistList(View):
    items: list[SpecialistItem]


class TopicItem(View):
    code: str
    name: str


class TopicList(View):
    items: list[TopicItem]


class ConsentTextItem(View):
    purpose: str
    version: int
    language: str
    title: str
    text: str
    hash: str


class ConsentTextList(View):
    items: list[ConsentTextItem]


@endpoint("GET", "/districts", allow="catalogue")
async def districts(ask: Ask) -> DistrictList:
    rows = await ask.tx.scalars(select(District).order_by(District.name))
    return DistrictList(items=[DistrictItem.model_validate(row) for row in rows])


@endpoint("GET", "/institutions", allow="catalogue")
async def institutions(ask: Ask) -> InstitutionList:
    rows = await ask.tx.scalars(select(Institution).order_by(Institution.name))
    return InstitutionList(items=[InstitutionItem.model_validate(row) for row in rows])


@endpoint("GET", "/services", allow="catalogue")
async def services(ask: Ask, query: ServiceQuery) -> ServiceList:
    """What holds today in the asker's district, or in another."""
    rows = await standards.in_force(ask.tx, ask.today, query.district or ask.actor.district_id)
    return ServiceList(items=[ServiceItem.model_validate(row) for row in rows])


@endpoint("GET", "/specialists", allow="catalogue")
async def specialists(ask: Ask) -> SpecialistList:
    rows = await people.specialists(ask.tx)
    return SpecialistList(items=[SpecialistItem.model_validate(row) for row in rows])


@endpoint("GET", "/topics", allow="catalogue")
async def topics(ask: Ask) -> TopicList:
    name = ask.centre.words
    return TopicList(items=[TopicItem(code=code, name=name(ask.language, f"topic.{code}")) for code in TOPICS])


@endpoint("GET", "/consent-texts", allow="catalogue")
async def consent_texts(ask: Ask) -> ConsentTextList:
    rows = await consents.texts(ask.tx)
    return ConsentTextList(items=[ConsentTextItem.model_validate(row) for row in rows])
