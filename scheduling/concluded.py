"""What comes of a booking beside its time: who pays, what was rendered, how it is measured, whose request was met.

`bookings` knows of none of these. Whoever changes a booking calls the one of these functions that fits, in the same
transaction; each brings everything to what the booking is now, so that calling it once more changes nothing.
"""

from datetime import datetime

from scheduling import acts, allowance, applications, measured, paying
from scheduling.access import Actor
from scheduling.bookings.tables import Booking
from scheduling.certificates.tables import CertificateLine
from scheduling.db import Tx
from scheduling.pricing import terms


async def made(
    tx: Tx,
    booked: Booking,
    *,
    now: datetime,
    actor: Actor,
    certificate: int | None = None,
    application: int | None = None,
) -> None:
    """A booking just made answers `application` and is paid by `certificate`, at its provider's price. Refused: as
    `applications.booked`, `paying.line_for`, `allowance.must_allow` and `paying.reserve`."""
    if application is not None:
        await applications.booked(tx, actor, application, booked, now=now)
    if certificate is None:
        return
    provider, day = booked.specialist.institution_id, booked.day
    whose = {"client": booked.client_id, "provider": provider}
    line = await paying.line_for(tx, certificate, **whose, service=booked.standard.code, day=day)
    await allowance.must_allow(tx, booked.client, line.code, day, line=line, ignoring=booked.id)
    price = await terms.price_in_force(tx, booked.standard, line, institution=provider, day=day)
    booked.price_kopecks = price
    await paying.reserve(tx, booked, line, now=now, account=actor.account_id)


async def moved(tx: Tx, booked: Booking, *, now: datetime, account: int | None = None) -> None:
    """It has another time or another specialist. Refused: as `paying.must_fit` and
    `allowance.must_allow`."""
    await paying.must_fit(tx, booked, now=now, account=account)
    if booked.certificate_line_id is not None:
        line = await tx.get_one(CertificateLine, booked.certificate_line_id)
        await allowance.must_allow(tx, booked.client, line.code, booked.day, line=line, ignoring=booked.id)


async def follow(tx: Tx, booked: Booking, *, now: datetime, account: int | None = None) -> None:
    """It is over, was cancelled, or its end was corrected. Refused: as `paying.follow`."""
    rendered = await acts.propose(tx, booked, now=now)
    await paying.follow(tx, booked, rendered, now=now, account=account)
    await measured.keep(tx, booked, now=now)
    await applications.follow(tx, booked, now=now, account=account)


async def settled(tx: Tx, booked: Booking, *, now: datetime) -> None:
    """A dispute about what was rendered in it is over; the ledger has followed already."""
    await measured.keep(tx, booked, now=now)


async def answered(tx: Tx, booked: Booking, *, now: datetime) -> None:
    """The client said how it was, or somebody wrote down what he said."""
    await measured.keep(tx, booked, now=now)
