"""A session that was held proposes itself as a service rendered: what was measured, and what it comes to."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from scheduling import outcomes
from scheduling.acts.tables import Rendered
from scheduling.bookings.reading import by_id
from scheduling.bookings.tables import Booking
from scheduling.certificates.tables import Certificate, CertificateLine
from scheduling.db import Tx
from scheduling.outcomes import Facts, Proposal
from scheduling.outcomes.stating import minutes
from scheduling.pricing import terms
from scheduling.pricing.rule import price

HELD = "took_place"
# What an act takes; all else waits for somebody's word.
AGREED = ("confirmed", "settled")


async def propose(tx: Tx, booked: Booking, *, now: datetime) -> Rendered | None:
    """The service rendered by a booking whose outcome is known or was corrected: proposed, brought up to date, or
    withdrawn. None: nothing was rendered, nothing is paid.

    What a person settled stays as he settled it; what the client has said stays his word whatever else changes.
    """
    booked = await by_id(tx, booked.id)
    row = await found(tx, booked.id)
    if booked.status != HELD:
        if row is not None and row.state != "withdrawn":
            row.state = "withdrawn"
            row.version += 1
            await tx.flush()
        return None
    row = row or await blank(tx, booked)
    if row.settled is None:
        facts = await outcomes.facts(tx, booked, now=now)
        row.provider_said = _evidence(booked, facts, now)
        await figure(tx, row, booked, row.provider_said["minutes"])
    row.state = stands(row)
    row.version += 1
    await tx.flush()
    return row


def stands(row: Rendered) -> str:
    """The state of a session that was held, by what has been said about it."""
    if row.settled is not None:
        return "settled"
    if row.confirmed_how is not None:
        return "confirmed"
    said = row.client_said
    return "disputed" if said is not None and not said["agrees"] else "proposed"


async def found(tx: Tx, booking_id: int) -> Rendered | None:
    """What is known of a booking as a service rendered, locked until the transaction ends."""
    row: Rendered | None = await tx.scalar(
        select(Rendered)
        .where(Rendered.booking_id == booking_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return row


async def blank(tx: Tx, booked: Booking) -> Rendered:
    """A row for a booking that has none: nothing is rendered yet, but somebody's word can be kept."""
    line = await _line(tx, booked)
    paid_by = await tx.get_one(Certificate, line.certificate_id) if line else None
    day = booked.day
    row = Rendered(
        booking_id=booked.id,
        state="withdrawn",
        client_id=booked.client_id,
        provider_id=booked.specialist.institution_id,
        district_id=paid_by.district_id if paid_by else booked.client.district_id,
        line_id=line.id if line else None,
        source=paid_by.source if paid_by else "",
        year=paid_by.year if paid_by else day.year,
        day=day,
        standard_id=booked.standard_id,
        norm_min=booked.standard.duration_min,
        payment=booked.standard.payment,
        unit=line.unit if line else "session",
        unit_kopecks=booked.price_kopecks,
        actual_min=0,
        quantity=0,
        sum_kopecks=0,
        copay_kopecks=0,
    )
    tx.add(row)
    await tx.flush()
    return row


async def figure(tx: Tx, row: Rendered, booked: Booking, actual_min: int, *, rendered: bool = True) -> None:
    """What the session comes to with so many minutes; not `rendered` at all, it comes to nothing."""
    line = await _line(tx, booked)
    _placed(row, booked)
    row.actual_min = actual_min
    row.quantity, row.sum_kopecks, row.copay_kopecks = int(rendered), 0, 0
    if line is None:
        return
    paid_by = terms.of_booking(booked, line)
    row.unit_kopecks = terms.per_unit(paid_by)
    if rendered:
        due = price(paid_by, actual_min)
        row.quantity, row.sum_kopecks, row.copay_kopecks = due.quantity, due.sum_kopecks, due.copay_kopecks


def _placed(row: Rendered, booked: Booking) -> None:
    """A booking may have been moved since somebody first spoke of it."""
    row.day = booked.day
    row.provider_id = booked.specialist.institution_id


async def _line(tx: Tx, booked: Booking) -> CertificateLine | None:
    number = booked.certificate_line_id
    return await tx.get_one(CertificateLine, number) if number is not None else None


def _evidence(booked: Booking, facts: Facts, now: datetime) -> dict[str, Any]:
    """What the house measured, as an act repeats it; of what it could not see, what was booked. `by_facts`: they alone
    speak for a session held by its standard; otherwise a person's word stands for it or against them. `share` is of
    the norm, in thousandths."""
    unseen = outcomes.unseen(booked, facts)
    together = booked.standard.duration if unseen else outcomes.length(facts.together)
    proposal = outcomes.proposed(facts)
    return {
        "took_place": True,
        "minutes": minutes(together),
        "of": booked.standard.duration_min,
        "share": min(1000, round(1000 * together / booked.standard.duration)),
        "mode": _mode(proposal) or booked.mode,
        "standard": booked.standard.version,
        "price_kopecks": booked.price_kopecks,
        "by_facts": proposal.outcome == HELD,
        "at": now.isoformat(),
    }


def _mode(proposal: Proposal) -> str | None:
    return next((str(each.data["mode"]) for each in proposal.evidence if each.code == "both_present"), None)
