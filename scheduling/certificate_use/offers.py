"""What is said of each provider that a holder may choose: facts, the same ones of all, and nothing that praises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select

from scheduling import finding
from scheduling.bookings import Booking
from scheduling.certificates.tables import AdmittedProvider, Certificate, CertificateLine, Tariff
from scheduling.certificates.wanted import providers_of
from scheduling.db import Tx
from scheduling.feedback import Feedback
from scheduling.finding import Look, Span, Wish
from scheduling.measured.tables import Measured
from scheduling.people import Institution, Specialist

# What is looked ahead for free time, and back for how long people waited.
AHEAD_DAYS, BACK_DAYS = 60, 91
ANSWERS_OF = timedelta(days=365)
# Of fewer people than this a waiting time says nothing, and might say something of one of them.
LEAST_WAITED = 5


@dataclass(frozen=True)
class Terms:
    """What a provider takes for a unit of a line (where that is the kopeck, for a session): `price_kopecks`, of which
    the holder pays `copay_kopecks` himself."""

    price_kopecks: int
    copay_kopecks: int


def terms(line: CertificateLine, tariff: int | None) -> Terms:
    """Without a tariff it takes the normative cost. The budget pays the lower of the two less the holder's own part;
    that and what is above the normative cost is the holder's (ст. 20 189-ФЗ): as an act will say (pricing/rule.py)."""
    minutes = line.standard.duration_min if line.unit == "minute" else 1
    in_money = line.unit == "kopeck"
    normative = line.standard.price_kopecks if in_money else line.unit_kopecks * minutes
    whole = normative if tariff is None else tariff
    paid = max(0, min(whole, normative) - (0 if in_money else line.copay_kopecks * minutes))
    return Terms(_of_each(whole, minutes), _of_each(whole - paid, minutes))


def _of_each(whole: int, parts: int) -> int:
    """One part in kopecks; the half goes up."""
    return (2 * whole + parts) // (2 * parts)


async def admitted(tx: Tx, found: Certificate) -> dict[int, set[str]]:
    """The providers its holder may choose, each with those of its services that it gives."""
    giving = await providers_of(tx, [each.code for each in found.lines])
    named = set(
        await tx.scalars(select(AdmittedProvider.institution_id).where(AdmittedProvider.certificate_id == found.id))
    )
    return {provider: codes for provider, codes in giving.items() if not named or provider in named}


async def offers(tx: Tx, look: Look, found: Certificate, *, now: datetime, least_answers: int) -> list[dict[str, Any]]:
    """Of each admitted provider, in the order of their numbers, what a listing keeps of it:

    `provider name kind phone address district own_district modes services[{code name given price_kopecks
    copay_kopecks next_free}] next_free waiting_days rating answers`; `rating` is of 5 and None below `least_answers`.
    """
    giving = await admitted(tx, found)
    on = now.astimezone(ZoneInfo(found.district.zone)).date()
    houses = await _houses(tx, list(giving))
    free = {each.code: await _next_free(look, each.code, found, on) for each in found.lines}
    prices = await tariffs(tx, list(giving), on)
    waited = await waiting(tx, list(giving), [each.code for each in found.lines], on)
    said = await satisfaction(tx, list(giving), now=now, least=least_answers)
    made = []
    for house in houses:
        services = [
            _service(line, line.code in giving[house.id], prices.get((house.id, line.code)), free[line.code], house.id)
            for line in found.lines
        ]
        rating, answers = said.get(house.id, (None, 0))
        made.append(
            _house(house, found)
            | {
                "services": services,
                "next_free": min(filter(None, (each["next_free"] for each in services)), default=None),
            }
            | {"waiting_days": waited.get(house.id), "rating": rating, "answers": answers}
        )
    return made


def _house(house: Institution, found: Certificate) -> dict[str, Any]:
    return {
        "provider": house.id,
        "name": house.name,
        "kind": house.kind,
        "phone": house.phone,
        "address": house.address,
        "district": house.district.name,
        "own_district": house.district_id == found.district_id,
        "modes": sorted({mode for line in found.lines for mode in line.standard.modes}),
    }


def _service(
    line: CertificateLine, given: bool, tariff: int | None, free: Mapping[int, datetime], house: int
) -> dict[str, Any]:
    what = {"code": line.code, "name": line.standard.name, "unit": line.unit, "given": given}
    if not given:
        return what | {"price_kopecks": None, "copay_kopecks": None, "next_free": None}
    cost, first = terms(line, tariff), free.get(house)
    more = {"price_kopecks": cost.price_kopecks, "copay_kopecks": cost.copay_kopecks}
    return what | more | {"next_free": first.isoformat() if first else None}


async def _houses(tx: Tx, ids: Sequence[int]) -> list[Institution]:
    rows = await tx.scalars(select(Institution).where(Institution.id.in_(ids)).order_by(Institution.id))
    found = list(rows)
    for each in found:
        await tx.refresh(each, ["district"])
    return found


async def _next_free(look: Look, code: str, found: Certificate, on: date) -> dict[int, datetime]:
    """The first free start of each institution. One search of the region for all of them."""
    span = Span(found.district.zone, on, AHEAD_DAYS)
    everybody = len(look.candidates) or 1
    firsts = await finding.find(look, Wish(code), span, by="specialist", limit=everybody)
    earliest: dict[int, datetime] = {}
    for each in firsts.items:
        house = each.specialist.institution_id
        earliest[house] = min(earliest.get(house, each.starts), each.starts)
    return earliest


async def tariffs(tx: Tx, providers: Sequence[int], on: date) -> dict[tuple[int, str], int]:
    """What each takes for a session on this day, by provider and service."""
    rows = await tx.scalars(
        select(Tariff)
        .where(Tariff.institution_id.in_(providers), Tariff.valid_from <= on)
        .order_by(Tariff.valid_from, Tariff.id)
    )
    return {(each.institution_id, each.code): each.kopecks for each in rows}


async def waiting(tx: Tx, providers: Sequence[int], codes: Sequence[str], on: date) -> dict[int, float]:
    """The median of the days from the application to the first session, over the last three months; of fewer than
    `LEAST_WAITED` people nothing."""
    rows = await tx.execute(
        select(Measured.provider_id, Measured.waiting_days, func.count())
        .where(Measured.provider_id.in_(providers), Measured.code.in_(codes), Measured.waiting_days.is_not(None))
        .where(Measured.day > on - timedelta(days=BACK_DAYS), Measured.day <= on)
        .group_by(Measured.provider_id, Measured.waiting_days)
    )
    counted: dict[int, dict[int, int]] = {}
    for provider, days, count in rows:
        counted.setdefault(provider, {})[days or 0] = count
    return {who: median(each) for who, each in counted.items() if sum(each.values()) >= LEAST_WAITED}


async def satisfaction(
    tx: Tx, providers: Sequence[int], *, now: datetime, least: int
) -> dict[int, tuple[float | None, int]]:
    """What was said of it in the last year, of 5, and how many answers that is; the mean only when so many people have
    answered: one may have answered ten times."""
    people = func.count(case((Feedback.satisfaction.is_not(None), Booking.client_id)).distinct())
    rows = await tx.execute(
        select(Specialist.institution_id, func.sum(Feedback.satisfaction), func.count(Feedback.satisfaction), people)
        .join(Booking, Booking.id == Feedback.booking_id)
        .join(Specialist, Specialist.id == Booking.specialist_id)
        .where(Specialist.institution_id.in_(providers), Feedback.at > now - ANSWERS_OF)
        .group_by(Specialist.institution_id)
    )
    return {
        house: (round(int(total or 0) / count, 1) if many >= least else None, count)
        for house, total, count, many in rows
        if count
    }


def median(counted: Mapping[int, int]) -> float:
    """Of values with how often each stands there."""
    total = sum(counted.values())
    places = ((total - 1) // 2, total // 2)
    found = []
    for place in places:
        before = 0
        for value in sorted(counted):
            before += counted[value]
            if before > place:
                found.append(value)
                break
    return sum(found) / 2
