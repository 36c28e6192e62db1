"""Paying for a session by a certificate: kept when it is booked, spent when it was held, given back in any other case.

What a booking holds in the ledger is always what its state asks for: `follow` compares the two and moves the
difference, so that whatever happened to a booking, and however often it is said, the ledger comes to the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from scheduling import budgets, consents, ledger
from scheduling.bookings.tables import OPEN, Booking
from scheduling.budgets import Budget
from scheduling.certificates import following, succession
from scheduling.certificates.tables import LIVE, Certificate, CertificateLine, Status
from scheduling.db import Tx
from scheduling.errors import (
    CertificateNotLive,
    CertificateOfAnother,
    CertificateUsedUp,
    NotFound,
    NotInCertificate,
    OtherProvider,
)
from scheduling.ledger import Act, Kind, Move, Of, Short
from scheduling.people import Institution
from scheduling.pricing import terms
from scheduling.pricing.rule import most

# Nothing can be booked on it any more; what is known of its sessions can still be corrected.
OVER: tuple[Status, ...] = ("expired", "revoked")


class Priced(Protocol):
    """A service rendered: so many units of the line, and what is paid for them in kopecks."""

    line_id: int | None
    quantity: int
    sum_kopecks: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a booking should hold: units of its line reserved or consumed, and the kopecks that were spent on those."""

    reserved: int = 0
    consumed: int = 0
    spent: int = 0


async def line_for(
    tx: Tx, certificate_id: int, *, client: int, service: str, provider: int, day: date
) -> CertificateLine:
    """The line of a certificate that pays this. Refused: `not_found`, `certificate_of_another`, `certificate_not_live`,
    `other_provider`, `not_in_certificate`."""
    found = await tx.scalar(
        select(Certificate)
        .where(Certificate.id == certificate_id)
        .options(selectinload(Certificate.lines), joinedload(Certificate.provider))
        .with_for_update(of=Certificate)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    if found.client_id != client:
        raise CertificateOfAnother
    if found.status not in LIVE or day > found.valid_until or (found.issued_on or date.max) > day:
        raise CertificateNotLive(found.status, found.valid_until)
    if found.provider_id != provider:
        raise OtherProvider(found.provider.name if found.provider else None)
    line = next((each for each in found.lines if each.code == service), None)
    if line is None:
        raise NotInCertificate([each.code for each in found.lines])
    return line


async def papers(tx: Tx, booked: Sequence[Booking]) -> dict[int, Certificate]:
    """The certificates that pay those of these bookings that are paid by one, by the number of the booking."""
    lines = {each.certificate_line_id for each in booked if each.certificate_line_id is not None}
    if not lines:
        return {}
    of_line = select(CertificateLine.id, Certificate).join(Certificate).where(CertificateLine.id.in_(lines))
    found = {line: certificate for line, certificate in await tx.execute(of_line)}  # noqa: C416 - rows are no pairs to mypy
    return {each.id: found[each.certificate_line_id] for each in booked if each.certificate_line_id in found}


async def reserve(tx: Tx, booked: Booking, line: CertificateLine, *, now: datetime, account: int | None) -> None:
    """This line pays a booking just made. Refused: `certificate_used_up`, `budget_short`, `consent_needed` (the client
    took back that his data go to a provider)."""
    await consents.must_hold(tx, booked.client_id, "handover")
    booked.certificate_line_id = line.id
    await tx.flush()
    await follow(tx, booked, None, now=now, account=account)


async def must_fit(tx: Tx, moved: Booking, *, now: datetime, account: int | None) -> None:
    """A booking that was moved is still one that its certificate pays, and its money is kept in the budget of whoever
    holds it now, at that one's price. Refused: `other_provider`, `certificate_not_live`, `budget_short`."""
    if moved.certificate_line_id is None:
        return
    certificate = await _certificate(tx, moved.certificate_line_id)
    if moved.day > certificate.valid_until:
        raise CertificateNotLive(certificate.status, certificate.valid_until)
    provider = moved.specialist.institution_id
    if provider in {
        each.provider_id for each in await _funds(tx, certificate, moved, await ledger.of_booking(tx, moved.id))
    }:
        return
    if provider != certificate.provider_id:
        chosen = await tx.get(Institution, certificate.provider_id) if certificate.provider_id else None
        raise OtherProvider(chosen.name if chosen else None)
    await _hold(tx, moved, Wanted(), now=now, account=account)
    line = await tx.get_one(CertificateLine, moved.certificate_line_id)
    moved.price_kopecks = await terms.price_in_force(tx, moved.standard, line, institution=provider, day=moved.day)
    await follow(tx, moved, None, now=now, account=account)


async def let_go(tx: Tx, booked: Booking, *, now: datetime, account: int | None) -> None:
    """The certificate pays this booking no more; what was kept for it is there again."""
    await _hold(tx, booked, Wanted(), now=now, account=account)
    booked.certificate_line_id = None
    await tx.flush()


async def follow(tx: Tx, booked: Booking, rendered: Priced | None, *, now: datetime, account: int | None) -> None:
    """Brings the ledger to what the booking's state asks for: open, reserved; held (`rendered`), consumed; else
    nothing. Refused: `certificate_used_up`, `budget_short`, when more is asked for than is left."""
    if booked.certificate_line_id is None:
        return
    line = await tx.get_one(CertificateLine, booked.certificate_line_id)
    await _hold(tx, booked, _wanted(booked, rendered, line), now=now, account=account)
    if rendered is not None:
        rendered.line_id = booked.certificate_line_id  # of the paper that stands in the place of a replaced one


def _wanted(booked: Booking, rendered: Priced | None, line: CertificateLine) -> Wanted:
    if booked.status == "took_place" and rendered is not None:
        return Wanted(consumed=rendered.quantity, spent=rendered.sum_kopecks)
    return Wanted(reserved=units_of(line, booked)) if booked.status in OPEN else Wanted()


def units_of(line: CertificateLine, booked: Booking) -> int:
    """What a booking takes of a line before anybody knows how long it lasts: one session, its minutes, or what the
    budget pays of its price."""
    return most(terms.of_booking(booked, line)).quantity


async def _hold(tx: Tx, booked: Booking, wanted: Wanted, *, now: datetime, account: int | None) -> None:
    if booked.certificate_line_id is None:
        return
    line = await tx.get_one(CertificateLine, booked.certificate_line_id)
    certificate = await _certificate(tx, line.id)
    if certificate.status == "replaced":
        certificate, line = await succession.take_over(tx, booked, certificate, line, now=now, account=account)
    stands = await ledger.of_booking(tx, booked.id)
    funds = await _funds(tx, certificate, booked, stands)
    moves = _between(ledger.line(line.id), stands, _units(wanted))
    for each in funds:
        back = _between(ledger.budget(each.id), stands, _money(wanted, line.paid_kopecks))
        moves += back if _must_give_back(certificate, each) else await _as_far_as_there_is(tx, each, back)
    if not moves:
        return
    covers = await _covers(tx, certificate, line, funds, moves)
    try:
        await ledger.post(tx, covers, now=now, account=account)  # none of what the booking itself holds
        await ledger.post(tx, moves, now=now, booking=booked.id, account=account)
    except Short as short:
        if short.move.of.what == "budget":
            raise await budgets.shortage(tx, short, funds) from None
        raise CertificateUsedUp(short.move.amount - short.missing, short.move.amount, line.unit) from None
    await _settled(tx, certificate, line, funds, moves, now=now, account=account)
    await following.follow(tx, certificate, now=now, account=account)


def _units(wanted: Wanted) -> dict[Kind, int]:
    taken = wanted.reserved + wanted.consumed
    return {"available": -taken, "reserved": wanted.reserved, "consumed": wanted.consumed}


def _money(wanted: Wanted, unit_kopecks: int) -> dict[Kind, int]:
    """Money of a unit that cost less than was set aside for it is left over for others."""
    taken, whole = (wanted.reserved + wanted.consumed) * unit_kopecks, wanted.consumed * unit_kopecks
    spent = min(wanted.spent, whole)
    return {"issued": -taken, "reserved": wanted.reserved * unit_kopecks, "consumed": spent, "left": whole - spent}


# In this order units and money leave accounts and enter them, where several ways lead from what is to what should be.
_FROM: tuple[Kind, ...] = ("reserved", "consumed", "left", "available", "issued")
_INTO: tuple[Kind, ...] = ("consumed", "reserved", "available", "issued", "left")


def _between(of: Of, stands: Mapping[Of, Mapping[str, int]], wanted: Mapping[Kind, int]) -> list[Move]:
    """The movements from what a booking holds to what it should hold; sums of both are nought."""
    has = stands.get(of, {})
    less = {kind: wanted.get(kind, 0) - has.get(kind, 0) for kind in _FROM}
    moves = []
    for source in _FROM:
        for target in _INTO:
            amount = min(-less[source], less[target])
            if amount > 0:
                moves.append(Move(_act(source, target), of, source, target, amount))
                less[source] += amount
                less[target] -= amount
    return moves


def _must_give_back(certificate: Certificate, fund: Budget) -> bool:
    """A certificate that can be used on must be worth its money in its district. What a provider's budget lacks is
    promised when it is needed, and what is over needs none."""
    return fund.provider_id is None and certificate.status not in OVER


async def _as_far_as_there_is(tx: Tx, fund: Budget, moves: Sequence[Move]) -> list[Move]:
    """What was saved on a session may have been promised to others since; then it does not come back."""
    left = (await ledger.of_budgets(tx, [fund.id]))[fund.id]["left"]
    return [replace(each, amount=min(each.amount, left)) if each.source == "left" else each for each in moves]


def _act(source: Kind, target: Kind) -> Act:
    if source == "reserved":
        return "consume" if target == "consumed" else "release"
    if source in {"available", "issued"}:
        return "reserve" if target == "reserved" else "consume"
    return "correct"


async def _certificate(tx: Tx, line_id: int) -> Certificate:
    """Locked: its state and its provider do not change before this transaction ends."""
    of_line = select(CertificateLine.certificate_id).where(CertificateLine.id == line_id).scalar_subquery()
    found = select(Certificate).where(Certificate.id == of_line).options(selectinload(Certificate.lines))
    return (await tx.scalars(found.with_for_update(of=Certificate).execution_options(populate_existing=True))).one()


async def _funds(
    tx: Tx, certificate: Certificate, booked: Booking, stands: Mapping[Of, Mapping[str, int]]
) -> list[Budget]:
    """Whose money stands for a booking: the budgets it was kept in, or the district's and that of the provider whose
    session it is. This need not be the one that the certificate's holder has chosen since."""
    kept = [of.id for of, kinds in stands.items() if of.what == "budget" and any(kinds.values())]
    if kept:
        return list(await tx.scalars(select(Budget).where(Budget.id.in_(kept)).order_by(Budget.id)))
    district, year, source = certificate.district_id, certificate.year, certificate.source
    return [
        await budgets.find_or_make(tx, district=district, year=year, source=source, provider=each)
        for each in (None, booked.specialist.institution_id)
    ]


async def _covers(
    tx: Tx, certificate: Certificate, line: CertificateLine, funds: Sequence[Budget], moves: Sequence[Move]
) -> list[Move]:
    """What must be brought to where it is taken from: units that expired before it was known that their session was
    held, and money that was not promised to the provider whose session it is."""
    covers = []
    expired = 0
    if certificate.status in OVER:
        of, holds = ledger.line(line.id), (await ledger.of_lines(tx, [line.id]))[line.id]
        expired = min(max(0, _out_of(moves, of, "available") - holds["available"]), holds["expired"])
        covers.append(Move("correct", of, "expired", "available", expired))
    stands = await ledger.of_budgets(tx, [each.id for each in funds])
    for each in funds:
        of, holds = ledger.budget(each.id), stands[each.id]
        again = min(expired * line.paid_kopecks, holds["expired"])
        # Of a budget that promises this certificate nothing any more, what is issued is other people's.
        own = holds["issued"] if _promises(each, certificate) else 0
        lacks = max(0, _out_of(moves, of, "issued") - own - again)
        covers.append(Move("correct", of, "expired", "issued", again))
        covers.append(Move("issue" if each.provider_id is None else "choose", of, "left", "issued", lacks))
    return covers


def _promises(fund: Budget, certificate: Certificate) -> bool:
    return certificate.status not in OVER and fund.provider_id in {None, certificate.provider_id}


def _out_of(moves: Sequence[Move], of: Of, kind: Kind) -> int:
    return sum(each.amount for each in moves if (each.of, each.source) == (of, kind))


def _came_to(moves: Sequence[Move], of: Of, kind: Kind) -> int:
    """How much more there is of it after these movements; below zero, how much less."""
    came = sum(each.amount for each in moves if (each.of, each.target) == (of, kind))
    return came - _out_of(moves, of, kind)


async def _settled(
    tx: Tx,
    certificate: Certificate,
    line: CertificateLine,
    funds: Sequence[Budget],
    moves: Sequence[Move],
    *,
    now: datetime,
    account: int | None,
) -> None:
    """What came back goes where the certificate is by now: to the provider it has now, or to nobody when it is over.
    And what a session at another provider took was promised to the present one, and is so no more."""
    of = ledger.line(line.id)
    units = _came_to(moves, of, "available")
    if certificate.status in OVER:
        accounts: list[tuple[Of, Kind]] = [(of, "available"), *((ledger.budget(each.id), "issued") for each in funds)]
        more = [Move("expire", *each, "expired", max(0, _came_to(moves, *each))) for each in accounts]
    else:
        more = await _at_another(tx, certificate, funds, moves, units * line.paid_kopecks)
    await ledger.post(tx, more, now=now, account=account)


async def _at_another(
    tx: Tx, certificate: Certificate, funds: Sequence[Budget], moves: Sequence[Move], money: int
) -> list[Move]:
    """Money that came back (below zero: that was taken) in the budget of another provider than the certificate's."""
    other = next((each for each in funds if each.provider_id not in {None, certificate.provider_id}), None)
    if other is None or money == 0:
        return []
    of = ledger.budget(other.id)
    back = [Move("leave", of, "issued", "left", max(0, _came_to(moves, of, "issued")))]
    if certificate.provider_id is None:
        return back
    new = (await budgets.funds_of(tx, certificate))[1]
    holds = (await ledger.of_budgets(tx, [new.id]))[new.id]
    if money > 0:  # what its budget lacks is promised when it is needed
        return [*back, Move("choose", ledger.budget(new.id), "left", "issued", min(money, holds["left"]))]
    return [Move("leave", ledger.budget(new.id), "issued", "left", min(-money, holds["issued"]))]
