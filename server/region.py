"""A region's facts from a file: districts, institutions, services, rooms and the days of its years, by which an empty
installation begins.

What is there already is known by its name (a service by code, day and districts) and brought up to the file, so that
loading the same file again changes nothing. Only the terms of a service stand for ever, because bookings refer to them:
other terms are a new version with a later `valid_from`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import PydanticCustomError
from sqlalchemy import func, select

from scheduling import calendars, standards
from scheduling.calendars import production
from scheduling.calendars.production import Move
from scheduling.db import Base, Tx
from scheduling.errors import InvalidInput
from scheduling.people import District, Institution, InstitutionKind
from scheduling.resources import Resource, ResourceKind
from scheduling.standards import ServiceStandard
from server.shapes import Code, Day, Form, Line, Name, Phone
from server.standard_facts import StandardFacts, alternatives


def zone_name(name: str) -> str:
    if name not in available_timezones():
        raise PydanticCustomError("zone", "not a time zone such as Asia/Novosibirsk")
    return name


Zone = Annotated[str, AfterValidator(zone_name)]


class DistrictFacts(Form):
    name: Name
    kind: Literal["district", "city"] = "district"
    zone: Zone


class InstitutionFacts(Form):
    name: Name
    district: Name
    kind: InstitutionKind
    intake: bool = False
    """Whether it is the office of its district that takes applications: its phone stands on slips."""
    phone: Phone = Field(min_length=5)
    address: Line = ""


class ServiceFacts(StandardFacts):
    code: Code = Field(max_length=16)
    districts: list[Name] | None = Field(default=None, min_length=1, max_length=200)
    """Where it holds; null: everywhere."""


class ResourceFacts(Form):
    kind: ResourceKind
    name: Name
    district: Name | None = None
    """None: of the whole region."""
    address: Line = ""
    languages: list[Code] = Field(default=[], max_length=20)


class MoveFacts(Form):
    off: Day
    to: Day


class YearFacts(Form):
    """A year's production calendar: the Labour Code's days and what the decree of that year moves."""

    year: int = Field(ge=2020, le=2100)
    moves: list[MoveFacts] = Field(default=[], max_length=20)


class Region(Form):
    districts: list[DistrictFacts] = Field(default_factory=list)
    institutions: list[InstitutionFacts] = Field(default_factory=list)
    services: list[ServiceFacts] = Field(default_factory=list)
    resources: list[ResourceFacts] = Field(default_factory=list)
    years: list[YearFacts] = Field(default_factory=list)


@dataclass
class Loaded:
    """What a load did, counted by kind: `added["districts"]`, `changed["institutions"]`."""

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        said = [f"{count} {kind} {did}" for did in ("added", "changed") for kind, count in getattr(self, did).items()]
        return (", ".join(said) or "nothing new") + "."


def read(path: Path) -> Region:
    """The file's facts. SystemExit: all that is wrong with it, a line each."""
    try:
        region = Region.model_validate_json(path.read_bytes())
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}") from None
    except ValidationError as error:
        places = error.errors(include_url=False, include_input=False)
        raise _wrong(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in places) from None
    twice = [
        *_twice("districts", (each.name for each in region.districts)),
        *_twice("institutions", (f"{each.name} ({each.district})" for each in region.institutions)),
        *_twice("services", (_said(each) for each in region.services)),
        *_twice("resources", (each.name for each in region.resources)),
        *_twice("years", (str(each.year) for each in region.years)),
    ]
    if twice:
        raise _wrong(twice)
    return region


async def load(tx: Tx, region: Region) -> Loaded:
    """Brings the tables up to the file. SystemExit, and nothing is to be kept: what does not fit, a line each."""
    done = Loaded()
    districts = {each.name: each for each in await tx.scalars(select(District))}
    for facts in region.districts:
        found = districts.setdefault(facts.name, District())
        _bring(tx, found, facts.model_dump(), done, "districts")
    await tx.flush()
    wrong = [
        f"{kind}: {each.name}: there is no district {each.district}"
        for kind, group in (("institutions", region.institutions), ("resources", region.resources))
        for each in group
        if each.district is not None and each.district not in districts
    ]
    if not wrong:
        await _institutions(tx, region, districts, done)
        await _resources(tx, region, districts, done)
    unknown = {name for each in region.services for name in each.districts or () if name not in districts}
    wrong += [f"services: there is no district {name}" for name in sorted(unknown)]
    wrong += [line for each in region.services for line in _wrong_targets(each)]
    wrong += [] if unknown else await _services(tx, region, districts, done)
    if wrong:
        raise _wrong(wrong)
    for year in region.years:
        await _year(tx, year, done)
    return done


async def _institutions(tx: Tx, region: Region, districts: dict[str, District], done: Loaded) -> None:
    there = {(each.name, each.district_id): each for each in await tx.scalars(select(Institution))}
    for facts in region.institutions:
        district = districts[facts.district].id
        found = there.get((facts.name, district)) or Institution()
        _bring(tx, found, facts.model_dump(exclude={"district"}) | {"district_id": district}, done, "institutions")
    await tx.flush()


async def _resources(tx: Tx, region: Region, districts: dict[str, District], done: Loaded) -> None:
    there = {each.name: each for each in await tx.scalars(select(Resource))}
    for facts in region.resources:
        district = None if facts.district is None else districts[facts.district].id
        found = there.get(facts.name) or Resource()
        _bring(tx, found, facts.model_dump(exclude={"district"}) | {"district_id": district}, done, "resources")
    await tx.flush()


async def _year(tx: Tx, facts: YearFacts, done: Loaded) -> None:
    """Sets the special days of a year; days of single districts stay as they are."""
    wanted = production.year(facts.year, [Move(each.off, each.to) for each in facts.moves])
    stands = await calendars.holidays(tx, first=date(facts.year, 1, 1), last=date(facts.year, 12, 31))
    known = {(each.day, each.kind, each.name, each.like_day) for each in stands if each.district_id is None}
    if known != {(each.day, each.kind, each.name, each.like) for each in wanted}:
        await calendars.set_year(tx, facts.year, wanted)
        (done.changed if known else done.added)["years"] += 1


async def _services(tx: Tx, region: Region, districts: dict[str, District], done: Loaded) -> list[str]:
    """Adds the new versions; answers what contradicts a version that stands."""
    wrong = []
    there = {(each.code, each.valid_from, _named(each)): each for each in await tx.scalars(select(ServiceStandard))}
    for facts in sorted(region.services, key=lambda each: each.valid_from):
        where = None if facts.districts is None else sorted(districts[name].id for name in facts.districts)
        terms = facts.model_dump(exclude={"periodicity"})
        terms |= {"districts": where, "periodicity": alternatives(facts.periodicity)}
        stands = there.get((facts.code, facts.valid_from, tuple(where or ())))
        if stands is None:
            newest = await tx.scalar(
                select(func.max(ServiceStandard.version)).where(ServiceStandard.code == facts.code)
            )
            _bring(tx, ServiceStandard(), terms | {"version": (newest or 0) + 1}, done, "services")
            await tx.flush()
        elif any(getattr(stands, name) != value for name, value in terms.items()):
            wrong.append(f"services: {_said(facts)} has other terms already; give a later day")
    return wrong


def _wrong_targets(facts: ServiceFacts) -> list[str]:
    try:
        standards.check_targets(facts.targets, facts.duration_min)
    except InvalidInput as refused:
        return [f"services: {_said(facts)}: {each.field}: {each.code}" for each in refused.errors]
    return []


def _named(stands: ServiceStandard) -> tuple[int, ...]:
    """The districts of a version; none: everywhere."""
    return tuple(stands.districts or ())


def _said(facts: ServiceFacts) -> str:
    where = f" in {', '.join(facts.districts)}" if facts.districts else ""
    return f"{facts.code} from {facts.valid_from}{where}"


def _bring(tx: Tx, row: Base, facts: dict[str, Any], done: Loaded, kind: str) -> None:
    changes = {name: value for name, value in facts.items() if getattr(row, name) != value}
    if not changes:
        return
    (done.changed if row in tx else done.added)[kind] += 1
    for name, value in changes.items():
        setattr(row, name, value)
    tx.add(row)


def _twice(kind: str, names: Iterable[str]) -> list[str]:
    return [f"{kind}: {name} stands there {times} times" for name, times in Counter(names).items() if times > 1]


def _wrong(lines: Iterable[str]) -> SystemExit:
    return SystemExit("Nothing was loaded:\n" + "\n".join(f"  {line}" for line in lines))
