"""By what a booking is paid: its certificate's line, its standard and the price that was in force when it was made."""

from datetime import date
from typing import cast

from sqlalchemy import select

from scheduling.bookings.tables import Booking
from scheduling.certificates.tables import CertificateLine, Tariff, Unit
from scheduling.db import Tx
from scheduling.pricing.rule import Payment, Terms, half_up, most
from scheduling.standards import ServiceStandard


def of_booking(booked: Booking, line: CertificateLine) -> Terms:
    """The terms of a booking that this line pays: with the price that the booking copied."""
    return between(booked.standard, line, booked.price_kopecks)


def between(standard: ServiceStandard, line: CertificateLine, price_kopecks: int) -> Terms:
    """The same before there is a booking, for who wants to know what it would cost."""
    unit = cast(Unit, line.unit)
    return Terms(
        unit=unit,
        payment=cast(Payment, standard.payment),
        norm_min=standard.duration_min,
        price_kopecks=price_kopecks,
        unit_kopecks=standard.price_kopecks if unit == "kopeck" else line.unit_kopecks,
        copay_kopecks=line.copay_kopecks,
    )


def per_unit(paid_by: Terms) -> int:
    """What the budget pays for one unit as an act states it, kopecks: a minute's share, or a whole session."""
    whole = most(paid_by).sum_kopecks
    return half_up(whole, paid_by.norm_min) if paid_by.unit == "minute" else whole


async def price_in_force(
    tx: Tx, standard: ServiceStandard, line: CertificateLine, *, institution: int | None, day: date
) -> int:
    """What this provider takes for a whole session on a day, kopecks: its tariff, or the normative cost; that too where
    nobody is chosen yet (None)."""
    own = None if institution is None else await tariff(tx, institution, line.code, day)
    if own is not None:
        return own
    per_session = {"session": line.unit_kopecks, "minute": line.unit_kopecks * standard.duration_min}
    return per_session.get(line.unit, standard.price_kopecks)


async def tariff(tx: Tx, institution: int, code: str, day: date) -> int | None:
    """The tariff of a provider that holds on a day, kopecks; None where it has none."""
    held = (Tariff.institution_id == institution, Tariff.code == code, Tariff.valid_from <= day)
    return await tx.scalar(select(Tariff.kopecks).where(*held).order_by(Tariff.valid_from.desc()).limit(1))
