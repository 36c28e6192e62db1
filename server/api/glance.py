"""The pilot at a glance: one page of figures for ministry and department, also as a workbook and as CSV."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import select

from scheduling import glance
from scheduling.errors import NotFound
from scheduling.glance import Glance
from scheduling.people import District, Institution
from server.documents import CSV, XLSX, Document
from server.documents.figures import Say, glance_tables, long_table
from server.documents.tables import separated, workbook
from server.endpoint import Ask, endpoint
from server.shapes import Form, Id, View


class GlanceQuery(Form):
    """`year`: when not given the newest with certificates, else the running one. `district`: any for an analyst."""

    year: int | None = Field(default=None, ge=2000, le=2100)
    district: Id | None = None


class PartView(View):
    """All null: too few people, or it would tell of another that has too few. `kopecks` alone: of too few was paid."""

    key: int | str
    people: int | None
    sessions: int | None
    minutes: int | None
    kopecks: int | None


class WaitingView(View):
    """`median` in days; `within`: the share, 0…1, of those with a deadline that kept it."""

    sessions: int
    median: float
    within: float | None


class DistrictRow(View):
    """`id` is null for the `merged` districts with too few people, taken together."""

    id: int | None
    name: str
    merged: int
    held: PartView
    missed: int | None
    waiting: WaitingView | None
    certificates: int | None
    to_ngo: int | None


class ProviderRow(View):
    id: int
    name: str
    kind: str
    specialists: int
    open_minutes: int
    held: PartView


class IssuedView(View):
    """`kinds`: by the kind of the provider that was chosen, "" for none yet; `providers`: how many of each kind. Of
    `units` what is null beside an `available` is counted in it."""

    certificates: int | None
    people: int | None
    months: list[PartView]
    kinds: list[PartView]
    providers: dict[str, int]
    used: int | None
    used_people: int | None
    units: dict[str, dict[str, int | None]]


class PurseView(View):
    """Kopecks of a source of money, or of the budgets of providers of a kind. All null but `planned`: too few people.
    Where `reserved` or `expired` alone is null it is counted in `issued`."""

    name: str
    planned: int
    issued: int | None
    reserved: int | None
    consumed: int | None
    expired: int | None
    left: int | None


class Place(View):
    id: int
    name: str


class GlanceView(View):
    """`withheld`: no session of this district is told apart. `choices`: the districts the asker may look at."""

    year: int
    district: Place | None
    withheld: bool
    mask_below: int
    choices: list[Place]
    held: PartView
    missed: PartView
    waiting: WaitingView | None
    months: list[PartView]
    modes: list[PartView]
    reasons: list[PartView]
    districts: list[DistrictRow]
    providers: list[ProviderRow]
    issued: IssuedView
    sources: list[PurseView]
    support: list[PurseView]


@endpoint("GET", "/glance", allow="glance")
async def at_a_glance(ask: Ask, query: GlanceQuery) -> GlanceView:
    """What was done in a year and what it cost, without names; small numbers are not told, nor what tells of them."""
    return await _shown(ask, query)


@endpoint("GET", "/glance.xlsx", allow="glance", produces=(XLSX,))
async def as_workbook(ask: Ask, query: GlanceQuery) -> Document:
    """The same as a workbook, a sheet for each table."""
    shown = await _shown(ask, query)
    tables = glance_tables(shown.model_dump(), _say(ask), ask.language)
    return workbook(_file_name(shown), tables, now=ask.now)


@endpoint("GET", "/glance.csv", allow="glance", produces=(CSV,))
async def as_csv(ask: Ask, query: GlanceQuery) -> Document:
    """The same as one long table: part, row, figure, value."""
    shown = await _shown(ask, query)
    tables = glance_tables(shown.model_dump(), _say(ask), ask.language)
    return separated(_file_name(shown), long_table(tables, _say(ask), ask.language))


def _say(ask: Ask) -> Say:
    """The page's own words; a source of money that has none is called by its code."""
    words, language = ask.centre.words, ask.language

    def say(key: str) -> str:
        whole = f"staff.glance.{key}"
        return words(language, whole) if words.has(language, whole) else key.partition("_")[2]

    return say


def _file_name(shown: GlanceView) -> str:
    return f"glance-{shown.year}" + (f"-{shown.district.id}" if shown.district else "")


async def _shown(ask: Ask, query: GlanceQuery) -> GlanceView:
    actor = ask.actor
    region = "analyst" in actor.roles
    district = query.district if region else actor.district_id
    if query.district is not None and query.district != district:
        raise NotFound
    names = {row.id: row.name for row in await ask.tx.scalars(select(District).order_by(District.name))}
    if district is not None and district not in names:
        raise NotFound
    year = query.year or await glance.newest_year(ask.tx, ask.now.astimezone(ZoneInfo(actor.zone)).year)
    told = await glance.at_a_glance(
        ask.tx,
        year,
        district=district,
        alone=not region,
        opened=ask.centre.opened,
        least=ask.centre.settings.mask_below,
        now=ask.now,
    )
    houses = {row.id: row for row in await ask.tx.scalars(select(Institution))}
    return _view(told, names, houses, ask.centre.settings.mask_below, names if region else {district or 0: ""})


def _view(
    told: Glance,
    names: Mapping[int, str],
    houses: Mapping[int, Institution],
    least: int,
    choices: Mapping[int, str],
) -> GlanceView:
    facts: dict[str, Any] = asdict(told)
    facts["district"] = {"id": told.district, "name": names[told.district]} if told.district is not None else None
    facts["choices"] = [{"id": number, "name": names[number]} for number in choices if number in names]
    for row in facts["districts"]:
        row["name"] = names.get(row["id"], "")
    for row in facts["providers"]:
        row |= {"name": houses[row["id"]].name, "kind": houses[row["id"]].kind}
    return GlanceView.model_validate({**facts, "mask_below": least})
