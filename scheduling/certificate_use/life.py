"""The end of certificates: revoked, replaced by another paper, expired. What is left goes through the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduling import audit, budgets, ledger
from scheduling.access import Actor
from scheduling.bookings import OPEN, Booking
from scheduling.certificate_use import sessions
from scheduling.certificate_use.sessions import Decided
from scheduling.certificates import codes, history, numbers, states
from scheduling.certificates.finding import by_id, locked, to_change
from scheduling.certificates.issuing import Issued, today
from scheduling.certificates.succession import copied
from scheduling.certificates.tables import LIVE, AdmittedProvider, Certificate, CertificateLine
from scheduling.db import Tx
from scheduling.errors import CertificateNotOpen
from scheduling.ledger import Act, LineKind, Move

Why = Literal["lost", "damaged", "error"]
# Where the day is furthest ahead of UTC.
FIRST_MIDNIGHT = timedelta(hours=14)


@dataclass(frozen=True)
class Revoked:
    certificate: Certificate
    cancelled: list[Booking]


async def revoke(
    tx: Tx, actor: Actor, certificate_id: int, decided: Decided, *, version: int, now: datetime, because: str
) -> Revoked:
    """Nothing can be booked on it any more; of the open bookings is so as `decided`: those kept are held and paid.
    Refused: `version_moved`, `certificate_not_open`, `bookings_undecided`."""
    found = await to_change(tx, actor, certificate_id, version=version)
    states.after(found.status, "revoke")  # type: ignore[arg-type]  # the column holds a Status
    issued = found.status != "forming"
    gone = await sessions.settle(tx, found, decided, reason="office", now=now, account=actor.account_id)
    found.because = because
    after = {"because": because, "cancelled": [each.id for each in gone]}
    history.step(tx, found, "revoke", now=now, account=actor.account_id, after=after)
    if issued:
        await budgets.expire(tx, found, found.lines, now=now, account=actor.account_id, because="revoked")
    await tx.flush()
    return Revoked(found, gone)


async def replace(
    tx: Tx, actor: Actor, certificate_id: int, *, version: int, now: datetime, why: Why, region: str, key: bytes
) -> Issued:
    """Another paper with a number and a code of its own takes the place of a lost, damaged or wrong one. What is left,
    the provider and the open bookings are the new one's. Refused: `version_moved`, `certificate_not_open`."""
    old = await to_change(tx, actor, certificate_id, version=version)
    on = today(old.client, now)
    if old.valid_until < on:
        raise CertificateNotOpen("expired")
    was = old.status
    states.after(was, "replace")  # type: ignore[arg-type]  # the column holds a Status
    lines = await _left_lines(tx, old)
    new = await _successor(tx, actor, old, lines, was=was, on=on, now=now, region=region)
    await _carry(tx, lines, new, now=now, account=actor.account_id, because=why)
    digits = codes.issue(new, key=key)
    old.because = why
    history.step(tx, old, "replace", now=now, account=actor.account_id, after={"by": new.number, "because": why})
    taken = {"instead_of": old.number, "because": why, "status": new.status}
    history.remember(tx, new, "took_over", now=now, account=actor.account_id, after=taken)
    await tx.flush()
    return Issued(await by_id(tx, new.id), digits)


async def _left_lines(tx: Tx, old: Certificate) -> list[tuple[CertificateLine, int]]:
    """The lines of which something is left, each with how much: available or kept for bookings."""
    balances = await ledger.of_lines(tx, [each.id for each in old.lines])
    left = [(each, balances[each.id]["available"] + balances[each.id]["reserved"]) for each in old.lines]
    return [(line, units) for line, units in left if units]


async def _successor(
    tx: Tx,
    actor: Actor,
    old: Certificate,
    lines: Sequence[tuple[CertificateLine, int]],
    *,
    was: str,
    on: date,
    now: datetime,
    region: str,
) -> Certificate:
    new = Certificate(
        **_same(old),
        number=await numbers.following(tx, old.district_id, old.year, region=region),
        status=was,
        issuer_id=actor.institution_id,
        issued_on=on,
        replaces_id=old.id,
        created_at=now,
        created_by=actor.account_id,
        lines=[copied(line, units) for line, units in lines],
    )
    tx.add(new)
    await tx.flush()
    admitted = select(AdmittedProvider.institution_id).where(AdmittedProvider.certificate_id == old.id)
    for each in list(await tx.scalars(admitted)):
        tx.add(AdmittedProvider(certificate_id=new.id, institution_id=each))
    await tx.flush()
    return new


def _same(old: Certificate) -> dict[str, Any]:
    names = ("client_id", "representative_id", "district_id", "valid_until", "year", "source", "programme_id")
    return {name: getattr(old, name) for name in (*names, "provider_id")}


async def _carry(
    tx: Tx,
    lines: Sequence[tuple[CertificateLine, int]],
    new: Certificate,
    *,
    now: datetime,
    account: int,
    because: str,
) -> None:
    """The units go over: those kept for a booking are given back on the old line and kept again on the new one. Their
    money does not move: it stands in the same budgets for the same bookings."""
    becomes = {old.id: line.id for (old, _), line in zip(lines, new.lines, strict=True)}
    open_ones = select(Booking).where(Booking.certificate_line_id.in_(becomes), Booking.status.in_(OPEN))
    held = list(await tx.scalars(open_ones.order_by(Booking.id).with_for_update()))
    kept = {each.id: await _kept(tx, each) for each in held}
    for each in held:
        await _post(tx, each, "release", ("reserved", "available"), kept[each.id], now=now, account=account)
        each.certificate_line_id = becomes[each.certificate_line_id or 0]
    await budgets.carry_over(tx, [line for line, _ in lines], new.lines, now=now, account=account, because=because)
    for each in held:
        await _post(tx, each, "reserve", ("available", "reserved"), kept[each.id], now=now, account=account)


async def _kept(tx: Tx, booked: Booking) -> int:
    stands = await ledger.of_booking(tx, booked.id)
    return stands.get(ledger.line(booked.certificate_line_id or 0), {}).get("reserved", 0)


async def _post(
    tx: Tx, booked: Booking, act: Act, way: tuple[LineKind, LineKind], units: int, *, now: datetime, account: int
) -> None:
    move = Move(act, ledger.line(booked.certificate_line_id or 0), *way, units)
    await ledger.post(tx, [move], now=now, booking=booked.id, account=account, because="replaced")


async def expire_due(tx: Tx, *, now: datetime) -> list[int]:
    """Certificates whose last day is over in their district: what nobody booked expires, what is kept for a session
    stays kept until it is over. Answers which; whoever does it again at once does nothing."""
    soon = select(Certificate.id).where(
        Certificate.status.in_(LIVE), Certificate.valid_until < (now + FIRST_MIDNIGHT).date()
    )
    ended = []
    for number in list(await tx.scalars(soon.order_by(Certificate.id))):
        await locked(tx, number)
        found = await by_id(tx, number)
        if found.status in LIVE and found.valid_until < _day(found, now):
            await _expire(tx, found, now)
            ended.append(number)
    return ended


async def _expire(tx: Tx, found: Certificate, now: datetime) -> None:
    history.step(tx, found, "expire", now=now, account=None)
    await budgets.expire(tx, found, found.lines, now=now, account=None, because="expired")
    audit.note(tx, "certificate_expired", "certificate", found.id, now=now)
    await tx.flush()


def _day(found: Certificate, now: datetime) -> date:
    return now.astimezone(ZoneInfo(found.district.zone)).date()
