"""Papers that take the place of others, and sessions of which more becomes known after their paper was replaced."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from scheduling import ledger
from scheduling.bookings.tables import Booking
from scheduling.certificates.tables import Certificate, CertificateLine
from scheduling.db import Tx
from scheduling.ledger import LineKind, Move

TAKEN: tuple[LineKind, ...] = ("reserved", "consumed")


def copied(line: CertificateLine, units: int) -> CertificateLine:
    names = ("code", "standard_id", "unit", "unit_kopecks", "copay_kopecks", "periodicity")
    return CertificateLine(**{name: getattr(line, name) for name in names}, quantity=units)


async def take_over(
    tx: Tx, booked: Booking, old: Certificate, line: CertificateLine, *, now: datetime, account: int | None
) -> tuple[Certificate, CertificateLine]:
    """What a booking took of a paper that was replaced it took of the one that stands in its place now: of that one a
    correction gives back, and of that one it takes. Both are locked, the older first."""
    new = await _heir(tx, old)
    becomes = next((each for each in new.lines if each.code == line.code), None) or await _added(tx, new, line)
    holds = (await ledger.of_booking(tx, booked.id)).get(ledger.line(line.id), {})
    taken = {kind: holds.get(kind, 0) for kind in TAKEN}
    units = sum(taken.values())
    was, of = ledger.line(line.id), ledger.line(becomes.id)
    over = [Move("expire", was, "available", "expired", units), Move("grant", of, "outside", "available", units)]
    given_back = [Move("correct", was, kind, "available", taken[kind]) for kind in TAKEN]
    taken_anew = [Move("correct", of, "available", kind, taken[kind]) for kind in TAKEN]
    for moves, booking in ((given_back, booked.id), (over, None), (taken_anew, booked.id)):
        await ledger.post(tx, moves, now=now, booking=booking, account=account, because="replaced")
    becomes.quantity += units
    booked.certificate_line_id = becomes.id
    await tx.flush()
    return new, becomes


async def _heir(tx: Tx, old: Certificate) -> Certificate:
    while old.status == "replaced":
        found = select(Certificate).where(Certificate.replaces_id == old.id).options(selectinload(Certificate.lines))
        fresh = found.with_for_update(of=Certificate).execution_options(populate_existing=True)
        old = (await tx.scalars(fresh)).one()
    return old


async def _added(tx: Tx, new: Certificate, line: CertificateLine) -> CertificateLine:
    """Nothing was left of it when the paper was replaced, so the new one does not name it yet."""
    added = copied(line, 0)
    new.lines.append(added)
    await tx.flush()
    await ledger.open_accounts(tx, ledger.line(added.id), added.unit)
    return added
