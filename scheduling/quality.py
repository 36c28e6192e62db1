"""Quality over time: how sessions were, by settlement, district and week, with too few of them never told apart.

That holds within one answer. It does not stop whoever sets answers side by side: for the same days the sum by district
less the sum by week is what the withheld weeks held, and two spans that differ by a day differ by that day's sessions.
Who may ask, coordinators for their own district and analysts, is therefore part of the protection.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from statistics import median
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select

from scheduling.access import Actor
from scheduling.bookings import OUTCOMES, Booking
from scheduling.db import Tx
from scheduling.people import Client, District
from scheduling.sessions import Presence, QualitySample, Session

By = Literal["settlement", "district", "week"]
Key = tuple[str, str]
# With fewer sessions a figure could be about one person.
LEAST = 3
RUNGS = ("high", "low", "tiny", "voice")


@dataclass(frozen=True)
class Figures:
    """The samples of one session: shares 0…1, means; `rungs`: how many were sent at each."""

    loss: float | None = None
    rtt_ms: float | None = None
    concealed: float | None = None
    rungs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Held:
    """One session that began."""

    district: str
    settlement: str
    week: date
    failed: bool
    phoned: bool
    figures: Figures = Figures()


@dataclass(frozen=True)
class Cell:
    """Sessions taken together. `merged`: small places or districts as one; `withheld`: still too few to tell."""

    key: str
    district: str
    sessions: int
    merged: bool = False
    withheld: bool = False
    loss: float | None = None
    rtt_ms: float | None = None
    concealed: float | None = None
    failed: float | None = None
    phoned: float | None = None
    rungs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """Sessions that make one cell; the key is district and place, or nothing and week."""

    key: Key
    sessions: Sequence[Held]
    merged: bool = False


@dataclass(frozen=True)
class Table:
    """The cells, and what they tell taken together: a figure a cell withholds is in no sum of the same answer.

    Another grouping or another span withholds other sessions, so a difference of two answers can tell of them.
    """

    cells: Sequence[Cell]
    total: Cell


def table(held: Sequence[Held], by: By) -> Table:
    """Pure: the sessions as cells in order. Settlements come as district, then place; weeks in order of time."""
    groups: dict[Key, list[Held]] = defaultdict(list)
    for each in held:
        groups[_key(each, by)].append(each)
    parts = [Part(key, groups[key]) for key in sorted(groups)]
    if by != "week":
        parts = _merged(parts, by)
    told = [part.sessions for part in parts if len(part.sessions) >= LEAST]
    return Table([_cell(part.key, [part.sessions], merged=part.merged) for part in parts], _cell(("", ""), told))


def _key(held: Held, by: By) -> Key:
    if by == "week":
        return "", held.week.isoformat()
    return held.district, held.settlement if by == "settlement" else ""


def _merged(parts: Sequence[Part], by: By) -> list[Part]:
    """Small places of one district become one part, small districts likewise; see `_apart`."""
    wholes: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        wholes[part.key[0] if by == "settlement" else ""].append(part)
    merged: list[Part] = []
    for whole, own in sorted(wholes.items()):
        alone, together = _apart(own)
        merged += alone + ([Part((whole, ""), together, merged=True)] if together else [])
    return merged


def _apart(parts: Sequence[Part]) -> tuple[list[Part], list[Held]]:
    """Those that stand alone, and the sessions of the small ones; while those are too few, the next smallest joins."""
    ordered = sorted(parts, key=lambda part: (len(part.sessions), part.key))
    together: list[Held] = []
    while ordered and (len(ordered[0].sessions) < LEAST or 0 < len(together) < LEAST):
        together += ordered.pop(0).sessions
    return sorted(ordered, key=lambda part: part.key), together


def _cell(key: Key, groups: Sequence[Sequence[Held]], *, merged: bool = False) -> Cell:
    """One group as a cell, or several as their sum: each figure of those groups alone that tell it themselves."""
    (district, name), sessions = key, list(chain.from_iterable(groups))
    if len(sessions) < LEAST:
        return Cell(name, district, 0, merged=merged, withheld=bool(sessions))
    return Cell(
        name,
        district,
        len(sessions),
        merged=merged,
        loss=_median([each.figures.loss for each in group] for group in groups),
        rtt_ms=_median([each.figures.rtt_ms for each in group] for group in groups),
        concealed=_median([each.figures.concealed for each in group] for group in groups),
        failed=sum(each.failed for each in sessions) / len(sessions),
        phoned=sum(each.phoned for each in sessions) / len(sessions),
        rungs=_sent(groups),
    )


def _median(groups: Iterable[Iterable[float | None]]) -> float | None:
    known = [[value for value in group if value is not None] for group in groups]
    told = [value for group in known if len(group) >= LEAST for value in group]
    return median(told) if told else None


def _sent(groups: Iterable[Sequence[Held]]) -> dict[str, float]:
    """Shares of what was sent, where enough sessions have said it."""
    known = [[rungs for each in group if any((rungs := each.figures.rungs).values())] for group in groups]
    sent = Counter[str]()
    for rungs in chain.from_iterable(group for group in known if len(group) >= LEAST):
        sent.update(rungs)
    return {rung: sent[rung] / sent.total() for rung in RUNGS} if sent.total() else {}


async def held(tx: Tx, actor: Actor, *, since: datetime, until: datetime) -> list[Held]:
    """Sessions of this actor's sight that began in [since, until): a coordinator's own district, else the region."""
    sessions = (
        select(Booking.id, Booking.starts, Booking.status, District.name, District.zone, Client.settlement)
        .join(Client, Client.id == Booking.client_id)
        .join(District, District.id == Client.district_id)
        .outerjoin(Session, Session.booking_id == Booking.id)
        .where(Booking.starts >= since, Booking.starts < until, Booking.status != "cancelled")
        .where(Session.was_live | Booking.status.in_([each for each in OUTCOMES if each != "missed"]))
        .order_by(Booking.id)
    )
    if "analyst" not in actor.roles:
        sessions = sessions.where(Client.district_id == actor.district_id)
    rows = (await tx.execute(sessions)).all()
    figures = await _figures(tx, since, until)
    phoned = await _phoned(tx, since, until)
    return [
        Held(
            district=district,
            settlement=settlement,
            week=_monday(starts, zone),
            failed=status == "failed_technically",
            phoned=number in phoned,
            figures=figures.get(number, Figures()),
        )
        for number, starts, status, district, zone, settlement in rows
    ]


async def _figures(tx: Tx, since: datetime, until: datetime) -> dict[int, Figures]:
    """The means of each session's samples and how many were sent at each rung, reckoned by the database."""
    sums = (
        select(
            QualitySample.booking_id,
            func.avg(QualitySample.loss),
            func.avg(QualitySample.rtt_ms),
            func.avg(QualitySample.concealed),
            *(func.sum(case((QualitySample.rung == rung, 1), else_=0)) for rung in RUNGS),
        )
        .join(Booking, Booking.id == QualitySample.booking_id)
        .where(Booking.starts >= since, Booking.starts < until)
        .group_by(QualitySample.booking_id)
    )
    found: dict[int, Figures] = {}
    for number, loss, rtt, concealed, *sent in await tx.execute(sums):
        rungs = {rung: int(count) for rung, count in zip(RUNGS, sent, strict=True)}
        found[number] = Figures(loss, rtt, concealed, rungs)
    return found


async def _phoned(tx: Tx, since: datetime, until: datetime) -> set[int]:
    """Sessions of which a part was held by telephone."""
    by_phone = (
        select(Presence.booking_id)
        .join(Booking, Booking.id == Presence.booking_id)
        .where(Presence.mode == "phone", Booking.starts >= since, Booking.starts < until)
    )
    return set(await tx.scalars(by_phone.distinct()))


def _monday(at: datetime, zone: str) -> date:
    day = at.astimezone(ZoneInfo(zone)).date()
    return day - timedelta(days=day.weekday())
