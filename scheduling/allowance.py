"""What remains of a service for a client, by its standard, his programmes and his certificates; what may be booked.

What counts is held or booked ahead: what was cancelled or missed leaves its place to another. Days and periods are
those of the client's own zone. Without certificate or programme a standard's periodicity only warns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from scheduling import ledger, standards
from scheduling.bookings.tables import OPEN, Booking
from scheduling.certificates.tables import LIVE, Certificate, CertificateLine
from scheduling.db import Tx
from scheduling.errors import NotFound, TooOften, VolumeUsedUp
from scheduling.people import Client
from scheduling.pricing import terms
from scheduling.pricing.rule import most
from scheduling.programmes.tables import Programme, ProgrammeLine
from scheduling.standards import ServiceStandard
from scheduling.standards.periodicity import Standing, allows, earliest, room, standing, ways

COUNTED = (*OPEN, "took_place")
MOST = 120  # beyond so many sessions nobody counts whether they still fit before the end
Kind = Literal["standard", "programme", "certificate"]


@dataclass(frozen=True, slots=True)
class Source:
    """One paper that says how much there is: its alternatives on the day asked for, its volume in sessions (None: no
    bound), the first day on which it allows another, and how many of what remains still `fit` before its end."""

    kind: Kind
    id: int
    name: str
    alternatives: Sequence[Standing]
    allowed: bool
    earliest: date | None
    since: date | None = None
    until: date | None = None
    volume: int | None = None
    remaining: int | None = None
    fit: int | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """All of them together: `earliest` is the first day that every one of them allows."""

    code: str
    name: str
    on: date
    sources: Sequence[Source]
    earliest: date | None


@dataclass(frozen=True, slots=True)
class Paper:
    """A source before anybody asks for a day."""

    kind: Kind
    id: int
    code: str
    name: str
    periodicity: list[dict[str, Any]] | None
    since: date | None = None
    until: date | None = None
    volume: int | None = None
    remaining: int | None = None

    def earliest(self, days: Sequence[date], on: date) -> date | None:
        if self.remaining == 0:
            return None
        return earliest(ways(self.periodicity), days, max(on, self.since or on), until=self.until)

    def seen(self, days: Sequence[date], on: date, free: date | None) -> Source:
        """`free`: the day of the next free time; nothing is held before it."""
        alternatives, first = ways(self.periodicity), max(on, self.since or on)
        bounded = self.remaining is not None and self.until is not None
        return Source(
            kind=self.kind,
            id=self.id,
            name=self.name,
            alternatives=[standing(each, days, on) for each in alternatives],
            allowed=allows(alternatives, days, on),
            earliest=self.earliest(days, on),
            since=self.since,
            until=self.until,
            volume=self.volume,
            remaining=self.remaining,
            fit=_fit(self, days, max(first, free or first)) if bounded else None,
        )


def _fit(paper: Paper, days: Sequence[date], since: date) -> int:
    wanted = min(paper.remaining or 0, MOST)
    return room(ways(paper.periodicity), days, since, paper.until or since, most=wanted)


async def of(
    tx: Tx,
    client: Client,
    code: str,
    *,
    on: date,
    certificate: int | None = None,
    free: date | None = None,
    ignoring: int | None = None,
) -> Allowance:
    """What there is of one service: by all of the client's certificates, or by one. Refused: `not_found`."""
    standard = await standards.service(tx, code, on, client.district_id)
    days = (await sessions(tx, client, ignoring=ignoring)).get(code, [])
    papers = [_of_standard(standard), *await _of_programmes(tx, client, days_of={code: days}, on=on)]
    papers += await _of_certificates(tx, client, {code: standard}, on=on, only=certificate)
    return _together(standard.name, [each for each in papers if each.code == code], code, days, on, free)


async def every(tx: Tx, client: Client, *, on: date, since: date) -> list[Allowance]:
    """Of each service that a programme or certificate gives him, or of which he had a session from `since` on."""
    days_of = await sessions(tx, client)
    offered = await standards.in_force(tx, on, client.district_id)
    by_code = {each.code: each for each in offered}
    given = await _of_programmes(tx, client, days_of=days_of, on=on)
    given += await _of_certificates(tx, client, by_code, on=on)
    wanted = {each.code for each in given} | {code for code, days in days_of.items() if max(days) >= since}
    return [
        _together(
            standard.name,
            [_of_standard(standard), *(each for each in given if each.code == standard.code)],
            standard.code,
            days_of.get(standard.code, []),
            on,
            None,
        )
        for standard in offered
        if standard.code in wanted
    ]


async def must_allow(
    tx: Tx,
    client: Client,
    code: str,
    day: date,
    *,
    line: CertificateLine | None = None,
    programme: ProgrammeLine | None = None,
    ignoring: int | None = None,
) -> None:
    """What is booked by a certificate or programme keeps to it; a booking by neither is never refused here. `ignoring`
    is the booking itself, if it stands already. Refused: `too_often`, `volume_used_up`."""
    if line is None and programme is None:
        return
    days = (await sessions(tx, client, ignoring=ignoring)).get(code, [])
    papers = await _binding(tx, client, code, day, days, line, programme)
    for each in papers:
        if each.remaining == 0 and each.volume is not None:
            raise VolumeUsedUp(each.kind, each.name, each.volume, each.until or day)
    for each in papers:
        if each.earliest(days, day) != day:
            norm = [plain(one) for one in each.seen(days, day, None).alternatives]
            raise TooOften(each.kind, _first(papers, days, day), norm)


async def sessions(tx: Tx, client: Client, *, ignoring: int | None = None) -> dict[str, list[date]]:
    """The local days of what counts, by service."""
    rows = await tx.execute(
        select(ServiceStandard.code, Booking.starts)
        .join(ServiceStandard, ServiceStandard.id == Booking.standard_id)
        .where(Booking.client_id == client.id, Booking.status.in_(COUNTED), Booking.id != (ignoring or 0))
        .order_by(Booking.starts)
    )
    zone = ZoneInfo(client.district.zone)
    found: dict[str, list[date]] = {}
    for code, starts in rows:
        found.setdefault(code, []).append(starts.astimezone(zone).date())
    return found


def plain(one: Standing) -> dict[str, Any]:
    """An alternative as it travels."""
    way = {"times": one.way.times, "per": one.way.per, "days": one.way.days}
    until = {"since": one.since.isoformat(), "until": one.until.isoformat()}
    return {**way, **until, "used": one.used, "left": one.left, "allowed": one.allowed}


def _together(
    name: str, papers: Sequence[Paper], code: str, days: Sequence[date], on: date, free: date | None
) -> Allowance:
    return Allowance(code, name, on, [each.seen(days, on, free) for each in papers], _first(papers, days, on))


def _first(papers: Iterable[Paper], days: Sequence[date], on: date) -> date | None:
    """The first day from `on` that all of them allow: whoever says a later day moves it on, until nobody does."""
    papers, day = list(papers), on
    while True:
        said = [each.earliest(days, day) for each in papers]
        known = [each for each in said if each is not None]
        if len(known) < len(said):
            return None
        latest = max(known, default=day)
        if latest == day:
            return day
        day = latest


def _of_standard(standard: ServiceStandard) -> Paper:
    return Paper("standard", standard.id, standard.code, str(standard.version), standard.periodicity)


async def _of_programmes(tx: Tx, client: Client, *, days_of: Mapping[str, Sequence[date]], on: date) -> list[Paper]:
    """The lines that give something on that day or later."""
    rows = await tx.execute(
        select(Programme, ProgrammeLine)
        .join(ProgrammeLine, ProgrammeLine.programme_id == Programme.id)
        .where(Programme.client_id == client.id, Programme.ended_on.is_(None), ProgrammeLine.until >= on)
        .order_by(ProgrammeLine.until, ProgrammeLine.id)
    )
    return [_of_line(programme, line, days_of.get(line.code, ())) for programme, line in rows]


def _of_line(programme: Programme, line: ProgrammeLine, days: Sequence[date]) -> Paper:
    return Paper(
        *("programme", line.id, line.code, programme.number, line.periodicity, line.since, line.until, line.volume),
        remaining=left_of(line, days),
    )


def left_of(line: ProgrammeLine, days: Sequence[date]) -> int:
    """What of its volume is neither held nor booked, of the days on which its service was."""
    return max(line.volume - sum(line.since <= day <= line.until for day in days), 0)


async def _of_certificates(
    tx: Tx, client: Client, offered: Mapping[str, ServiceStandard], *, on: date, only: int | None = None
) -> list[Paper]:
    """The lines of services that are `offered` on that day, by code."""
    live = (
        select(Certificate)
        .where(Certificate.client_id == client.id, Certificate.status.in_(LIVE), Certificate.valid_until >= on)
        .options(selectinload(Certificate.lines))
        .order_by(Certificate.valid_until, Certificate.id)
    )
    rows = list(await tx.scalars(live if only is None else live.where(Certificate.id == only)))
    if only is not None and not rows:
        raise NotFound
    lines = [(each, line) for each in rows for line in each.lines if line.code in offered]
    balances = await ledger.of_lines(tx, [line.id for _, line in lines])
    return [
        _of_certificate(each, line, balances.get(line.id, {}), await _one(tx, each, line, offered[line.code], on=on))
        for each, line in lines
    ]


async def _one(tx: Tx, certificate: Certificate, line: CertificateLine, standard: ServiceStandard, *, on: date) -> int:
    """The units that a session booked for this day takes: as many minutes, or as many kopecks of the price of the
    provider that is chosen, as `paying` would keep."""
    if line.unit == "session":
        return 1
    price = await terms.price_in_force(tx, standard, line, institution=certificate.provider_id, day=on)
    return most(terms.between(standard, line, price)).quantity or 1


def _of_certificate(certificate: Certificate, line: CertificateLine, balances: Mapping[str, int], one: int) -> Paper:
    """In sessions, whatever its unit is; one of them takes `one` of it."""
    return Paper(
        *("certificate", line.id, line.code, certificate.number, line.periodicity),
        *(certificate.issued_on, certificate.valid_until),
        volume=line.quantity // one,
        remaining=balances.get("available", 0) // one,
    )


async def _binding(
    tx: Tx,
    client: Client,
    code: str,
    day: date,
    days: Sequence[date],
    line: CertificateLine | None,
    programme: ProgrammeLine | None,
) -> list[Paper]:
    """What a booking is held against: the papers it is made by, and the standard where they say nothing of how often.
    What a certificate still holds the ledger itself guards."""
    papers: list[Paper] = []
    linked: int | None = None
    if line is not None:
        certificate = await tx.get_one(Certificate, line.certificate_id, options=[joinedload(Certificate.client)])
        linked = certificate.programme_id
        papers.append(Paper("certificate", line.id, code, certificate.number, line.periodicity))
    wanted = [] if programme is None else [programme.id]
    rows = await tx.execute(
        select(Programme, ProgrammeLine)
        .join(ProgrammeLine, ProgrammeLine.programme_id == Programme.id)
        .where(ProgrammeLine.code == code, ProgrammeLine.since <= day, ProgrammeLine.until >= day)
        .where(or_(Programme.id == (linked or 0), ProgrammeLine.id.in_(wanted)))
        .where(or_(Programme.ended_on.is_(None), Programme.ended_on >= day))
    )
    papers += [_of_line(each, one, days) for each, one in rows]
    if all(each.periodicity is None for each in papers):
        papers.append(_of_standard(await standards.service(tx, code, day, client.district_id)))
    return papers
