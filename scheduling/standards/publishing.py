"""Publishing a version of a standard from a day on, for all or some districts, and taking back what nobody used yet."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import column, exists, or_, select, table
from sqlalchemy.exc import IntegrityError

from scheduling.access import Actor
from scheduling.db import Tx, padded
from scheduling.errors import NotFound, StandardInUse, StandardUnchanged, VersionMoved, invalid
from scheduling.people import Account, District
from scheduling.standards.tables import ServiceStandard

# What is promised by a version, as far as this file reads it: all of these import this package.
_PROMISES = [table(name, column("standard_id")) for name in ("booking", "series", "certificate_line", "hold")]
# Of each indicator of `measured` that a standard may aim at: the least and the most its target can sensibly be.
# Days, minutes, thousandths, sessions, and the mean of the answers × 100.
TARGETS: dict[str, tuple[int, int]] = {
    "waiting_days": (0, 365),  # at most
    "length_min": (1, 480),  # at least
    "both_share": (0, 1000),  # at least
    "late_min": (0, 120),  # at most
    "video_share": (0, 1000),  # at least
    "course_sessions": (1, 100),  # at least
    "satisfaction": (100, 500),  # at least
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version says. `districts` None: everywhere."""

    name: str
    kind: str
    form: str
    modes: list[str]
    duration_min: int
    buffer_min: int
    before_min: int
    price_kopecks: int
    valid_from: date
    relay_only: bool = False
    periodicity: list[dict[str, Any]] | None = None
    least_share: float | None = None
    districts: list[int] | None = None
    deadline_days: int | None = None
    payment: str = "tariff"
    targets: dict[str, int] = field(default_factory=dict)
    conditions: str = ""
    staff_requirement: str = ""


async def versions(tx: Tx, code: str | None = None) -> list[tuple[ServiceStandard, str | None]]:
    """Every version with who published it, by code, the latest first."""
    every = select(ServiceStandard, Account.name).outerjoin(Account, Account.id == ServiceStandard.published_by)
    ordered = every.order_by(ServiceStandard.code, ServiceStandard.valid_from.desc(), ServiceStandard.version.desc())
    return [(row, name) for row, name in await tx.execute(ordered if code is None else ordered.where(_is(code)))]


async def version(tx: Tx, standard_id: int) -> tuple[ServiceStandard, str | None]:
    """Refused: `not_found`."""
    found = (
        await tx.execute(
            select(ServiceStandard, Account.name)
            .outerjoin(Account, Account.id == ServiceStandard.published_by)
            .where(ServiceStandard.id == standard_id)
        )
    ).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


async def publish(
    tx: Tx, actor: Actor, code: str, terms: Terms, *, after: int | None = None, today: date, now: datetime, because: str
) -> ServiceStandard:
    """A new version; what was booked keeps the one it was booked by. Refused: `version_moved` where `after`, the newest
    version that whoever wrote it saw, is not the newest any more; `invalid_input` with the first wrong field,
    `standard_unchanged` when it says nothing new wherever it would hold."""
    # Two who publish at once go one after the other, and the second sees what the first said.
    await tx.execute(select(ServiceStandard.id).where(_is(code)).with_for_update())
    before = [each for each, _ in await versions(tx, code)]
    newest = max((each.version for each in before), default=0)
    if after not in (None, newest):
        raise VersionMoved(newest)
    await _check(tx, terms, today)
    if _says_nothing_new(before, terms):
        raise StandardUnchanged
    made = ServiceStandard(
        code=code,
        version=newest + 1,
        **asdict(terms) | {"districts": None if terms.districts is None else sorted(set(terms.districts))},
        because=because,
        published_by=actor.account_id,
        published_at=now,
    )
    tx.add(made)
    await tx.flush()
    return made


async def take_back(tx: Tx, standard_id: int, *, today: date) -> ServiceStandard:
    """Removes a version that is not in force yet and by which nothing was promised. Refused: `standard_in_use`."""
    found, _ = await version(tx, standard_id)
    if found.valid_from <= today or await used(tx, [standard_id]):
        raise StandardInUse
    try:
        async with tx.begin_nested():
            await tx.delete(found)
    except IntegrityError:  # somebody has just booked by it
        raise StandardInUse from None
    return found


async def used(tx: Tx, ids: Collection[int]) -> set[int]:
    """Those of these versions by which something was promised: a booking, a course, a certificate, a held time."""
    wanted = select(ServiceStandard.id).where(ServiceStandard.id.in_(padded(ids))) if ids else None
    if wanted is None:
        return set()
    promised = [exists().where(one.c.standard_id == ServiceStandard.id) for one in _PROMISES]
    return set(await tx.scalars(wanted.where(or_(*promised))))


def _is(code: str) -> Any:
    return ServiceStandard.code == code


async def _check(tx: Tx, terms: Terms, today: date) -> None:
    if terms.valid_from < today:
        raise invalid("valid_from", "out_of_range", min=today.isoformat())
    check_targets(terms.targets, terms.duration_min)
    if terms.districts is not None:
        known = set(await tx.scalars(select(District.id)))
        if not terms.districts or not known.issuperset(terms.districts):
            raise invalid("districts", "unknown" if terms.districts else "missing")


def check_targets(targets: Mapping[str, int], duration_min: int) -> None:
    """Refused: `invalid_input` for what no session is measured by, and for what cannot be met."""
    for name, value in targets.items():
        if name not in TARGETS:
            raise invalid(f"targets.{name}", "unknown")
        least, most = TARGETS[name]
        most = duration_min if name == "length_min" else most
        if not least <= value <= most:
            raise invalid(f"targets.{name}", "out_of_range", min=least, max=most)


def _says_nothing_new(before: Sequence[ServiceStandard], terms: Terms) -> bool:
    """Whether the version that holds from this day on where it would hold says the same already."""
    same = asdict(terms)
    del same["valid_from"], same["districts"]
    wanted = None if terms.districts is None else set(terms.districts)
    for each in before:  # the latest first: whatever comes before the first one that holds there is hidden by it
        if each.valid_from > terms.valid_from:
            continue
        covers = each.districts is None or (wanted is not None and wanted <= set(each.districts))
        if covers:
            return all(getattr(each, name) == value for name, value in same.items())
        if wanted is None or wanted & set(each.districts or ()):
            return False
    return False
