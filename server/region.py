"""A region's facts from a file: districts, institutions, services, rooms and the days of its years, by which an empty
installation begins.

What is there already is known by its name (a service by code and day) and brought up to the file, so that loading the
same file again changes nothing. Only the terms of a service stand for ever, because bookings refer to them: other terms
are a new version with a later `valid_from`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import PydanticCustomError
from sqlalchemy import func, select

from scheduling import calendars
from scheduling.bookings import Mode
from scheduling.calendars import production
from scheduling.calendars.production import Move
from scheduling.db import Base, Tx
from scheduling.people import District, Institution, InstitutionKind
from scheduling.resources import Resource, ResourceKind
from scheduling.standards import ServiceStandard
from server.shapes import Code, Day, Form, Line, Name, Phone


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


class Periodicity(Form):
    """So many `times` a week, month or year; with `days` so many courses of so many days."""

    times: int = Field(ge=1, le=366)
    per: Literal["week", "month", "year"]
    days: int | None = Field(default=None, ge=2, le=60)


class ServiceFacts(Form):
    code: Code = Field(max_length=16)
    name: Name
    kind: Code = "socio_psychological"
    form: Code = "semi_residential"
    modes: list[Mode] = Field(default=list(get_args(Mode)), min_length=1)
    duration_min: int = Field(ge=5, le=480)
    buffer_min: int = Field(default=10, ge=0, le=120)
    before_min: int = Field(default=0, ge=0, le=120)
    price_kopecks: int = Field(ge=0, le=100_000_000)
    valid_from: Day
    relay_only: bool = False
    """Media goes through our own relay only: the other side never learns an address."""
    least_share: float | None = Field(default=None, ge=0, le=1)
    """From which share of the duration with both present a session counts as held."""
    periodicity: list[Periodicity] | None = Field(default=None, min_length=1, max_length=10)
    """How often it may be had; any of these ways."""


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
        *_twice("services", (f"{each.code} from {each.valid_from}" for each in region.services)),
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
    wrong += await _services(tx, region, done)
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


async def _services(tx: Tx, region: Region, done: Loaded) -> list[str]:
    """Adds the new versions; answers what contradicts a version that stands."""
    wrong = []
    there = {(each.code, each.valid_from): each for each in await tx.scalars(select(ServiceStandard))}
    for facts in sorted(region.services, key=lambda each: each.valid_from):
        terms = facts.model_dump(exclude={"periodicity"})
        ways = facts.periodicity
        terms["periodicity"] = None if ways is None else [each.model_dump(exclude_none=True) for each in ways]
        stands = there.get((facts.code, facts.valid_from))
        if stands is None:
            newest = await tx.scalar(
                select(func.max(ServiceStandard.version)).where(ServiceStandard.code == facts.code)
            )
            _bring(tx, ServiceStandard(), terms | {"version": (newest or 0) + 1}, done, "services")
            await tx.flush()
        elif any(getattr(stands, name) != value for name, value in terms.items()):
            wrong.append(f"services: {facts.code} from {facts.valid_from} has other terms already; give a later day")
    return wrong


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
