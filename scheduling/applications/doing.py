"""What is done about an application: looked at, linked to a card, assigned, closed, reopened; each step remembered."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from scheduling import bookings, consents, duplicates, people
from scheduling.access import Actor
from scheduling.applications import moves
from scheduling.applications.reading import application
from scheduling.applications.receiving import check_birth, due_on
from scheduling.applications.tables import OPEN, Application, ApplicationChange, CloseReason
from scheduling.bookings import Booking
from scheduling.coming import arrived
from scheduling.db import Tx
from scheduling.errors import ApplicationNotThere, ConsentToChangeNeeded, NotFound, VersionMoved, invalid
from scheduling.people import Specialist, digits, folded


async def to_change(tx: Tx, actor: Actor, number: int, *, version: int) -> Application:
    """One of the own district, locked. Refused: `not_found`, `version_moved`."""
    await lock(tx, number)
    found = await application(tx, actor, number)
    if found.version != version:
        raise VersionMoved(found.version)
    return found


async def lock(tx: Tx, number: int) -> None:
    """Two who change one application go one after the other, each with what the one before left, also of one that was
    read earlier."""
    one = select(Application).where(Application.id == number).with_for_update()
    await tx.scalar(one.execution_options(populate_existing=True))


def remember(
    tx: Tx,
    changed: Application,
    what: str,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    now: datetime,
    by: int | None,
) -> None:
    """A line of its history; whoever had it open before sees that it moved."""
    changed.version += 1
    tx.add(ApplicationChange(application_id=changed.id, at=now, account_id=by, what=what, before=before, after=after))


async def look_at(tx: Tx, actor: Actor, number: int, *, now: datetime) -> Application:
    """Somebody of the office opened it: from now on it is no longer new to everybody."""
    found = await application(tx, actor, number)
    if found.seen_at is None:
        await lock(tx, number)
        found = await application(tx, actor, number)
    if found.seen_at is None:
        found.seen_at = now
        remember(tx, found, "seen", {}, {}, now=now, by=actor.account_id)
        await tx.flush()
    return found


async def change(
    tx: Tx, actor: Actor, number: int, *, version: int, now: datetime, changes: dict[str, Any]
) -> Application:
    """Writes the given fields; with the service the deadline changes. Refused: as `to_change`, `invalid_input`."""
    changed = await to_change(tx, actor, number, version=version)
    if changed.status not in OPEN:
        raise ApplicationNotThere(changed.status)
    new = {name: value for name, value in changes.items() if getattr(changed, name) != value}
    before = {name: _plain(getattr(changed, name)) for name in new}
    for name, value in new.items():
        setattr(changed, name, value)
    if changed.birth_date is not None and "birth_date" in new:
        changed.birth_year = changed.birth_date.year
    check_birth(changed.birth_date, changed.birth_year, now)
    changed.name_folded, changed.phone_digits = folded(changed.name), digits(changed.phone)
    changed.due_on = await due_on(
        tx,
        district=changed.district_id,
        service=changed.service,
        received_at=changed.received_at,
        zone=changed.district.zone,
    )
    if new:
        after = {name: _plain(value) for name, value in new.items()}
        remember(tx, changed, "changed", before, after, now=now, by=actor.account_id)
    await tx.flush()
    return changed


async def link(tx: Tx, actor: Actor, number: int, *, version: int, now: datetime, client: int) -> Application:
    """It is this card's. Refused: as `to_change`, `not_found` for a card of another district, `consent_needed` for one
    of somebody who took his consent back."""
    await consents.hold_still(tx, [client])  # before the application, as a withdrawal does it
    linked = await to_change(tx, actor, number, version=version)
    card = await people.client(tx, actor, client)
    if card.district_id != linked.district_id:
        raise NotFound
    await consents.must_hold(tx, card.id, "processing")
    before = {"client": linked.client_id}
    linked.client_id, linked.likely_id, linked.client = card.id, None, card
    remember(tx, linked, "linked", before, {"client": card.id}, now=now, by=actor.account_id)
    await tx.flush()
    return linked


async def another_person(tx: Tx, actor: Actor, number: int, *, version: int, now: datetime) -> Application:
    """The card that seemed to be his is somebody else's."""
    told = await to_change(tx, actor, number, version=version)
    if told.likely_id is not None:
        before = {"likely": told.likely_id}
        told.likely_id = None
        remember(tx, told, "another_person", before, {}, now=now, by=actor.account_id)
        await tx.flush()
    return told


async def candidates(tx: Tx, one: Application) -> list[duplicates.Candidate]:
    """Cards of the district that may be his; none once it is linked."""
    if one.client_id is not None:
        return []
    facts = duplicates.Person(one.name, one.birth_date, one.birth_year, one.phone)
    return await duplicates.candidates(tx, facts, district=one.district_id)


async def assign(tx: Tx, actor: Actor, number: int, *, version: int, now: datetime, specialist: int) -> Application:
    """To a specialist, where nobody has it yet. Refused: `consent_to_change_needed` where somebody has, `invalid_input`
    where she does not give its service."""
    assigned = await to_change(tx, actor, number, version=version)
    whose = await who_gives(tx, assigned, specialist)
    if assigned.specialist is not None and assigned.specialist_id != specialist:
        raise ConsentToChangeNeeded(assigned.specialist.name)
    await give_to(tx, assigned, whose, now=now, by=actor.account_id)
    return assigned


async def who_gives(tx: Tx, asked: Application, specialist: int) -> Specialist:
    """Refused: `invalid_input` where she does not give the service that is asked for."""
    whose = await people.specialist(tx, specialist)
    if asked.service is not None and asked.service not in whose.services:
        raise invalid("specialist", "not_offered")
    return whose


async def give_to(tx: Tx, assigned: Application, whose: Specialist, *, now: datetime, by: int | None) -> None:
    assigned.status = moves.after(assigned.status, "assign")
    before = {"specialist": assigned.specialist_id}
    assigned.specialist_id, assigned.specialist = whose.id, whose
    assigned.assigned_at, assigned.seen_at = now, assigned.seen_at or now
    remember(tx, assigned, "assigned", before, {"specialist": whose.id}, now=now, by=by)
    await tx.flush()


async def release(tx: Tx, actor: Actor, number: int, *, version: int, now: datetime) -> Application:
    """Taken from the specialist as long as nothing was booked for it: assigned by mistake. Refused:
    `application_not_there`."""
    freed = await to_change(tx, actor, number, version=version)
    if await tx.scalar(select(Booking.id).where(Booking.application_id == number).limit(1)) is not None:
        raise ApplicationNotThere(freed.status)
    freed.status = moves.after(freed.status, "release")
    before = {"specialist": freed.specialist_id}
    freed.specialist_id = freed.specialist = freed.assigned_at = freed.proposed_id = freed.proposed_at = None
    remember(tx, freed, "released", before, {}, now=now, by=actor.account_id)
    await tx.flush()
    return freed


async def close(
    tx: Tx, actor: Actor, number: int, *, version: int, now: datetime, reason: CloseReason, because: str
) -> Application:
    """Nothing more is done about it; bookings that stand are not touched. Refused: `application_not_there`."""
    closed = await to_change(tx, actor, number, version=version)
    before = {"status": closed.status}
    closed.status = moves.after(closed.status, "close")
    closed.closed_at, closed.close_reason = now, reason
    closed.proposed_id = closed.proposed_at = closed.likely_id = None
    after = {"reason": reason} | ({"because": because} if because else {})
    remember(tx, closed, "closed", before, after, now=now, by=actor.account_id)
    await tx.flush()
    return closed


async def reopen(tx: Tx, actor: Actor, number: int, *, version: int, now: datetime, because: str) -> Application:
    """Closed too early: it stands where it stood by its specialist and bookings. Refused: `application_not_there`,
    `consent_needed` where its client took his consent back."""
    opened = await to_change(tx, actor, number, version=version)
    if opened.client_id is not None:
        await consents.must_hold(tx, opened.client_id, "processing")
    follows = moves.after(opened.status, "reopen")
    opened.status = "scheduled" if await _is_ahead(tx, number) else follows if opened.specialist_id else "new"
    before = {"reason": opened.close_reason}
    opened.closed_at, opened.close_reason = None, None
    remember(tx, opened, "reopened", before, {"because": because}, now=now, by=actor.account_id)
    await tx.flush()
    return opened


async def booked(tx: Tx, actor: Actor, number: int, booking: Booking, *, now: datetime) -> None:
    """A booking is its answer: the application is scheduled, and the specialist's who had nobody. Refused: `not_found`
    where it is another client's or, to whoever handles no applications, not her own client's with her already;
    `application_not_there` when it is closed."""
    await lock(tx, number)
    # One of a list that is still being applied may have to be taken away again: nothing may hang on it.
    found = await tx.scalar(select(Application).where(Application.id == number, arrived(Application.list_id)))
    if found is None or found.district_id != booking.client.district_id:
        raise NotFound
    if found.client_id not in (None, booking.client_id):
        raise NotFound
    hers = found.client_id is not None and found.specialist_id == actor.specialist_id is not None
    if "applications" not in actor.may and not hers:
        raise NotFound
    found.status = moves.after(found.status, "book")
    found.client_id, found.likely_id, found.setback = booking.client_id, None, None
    found.seen_at = found.seen_at or now
    if found.specialist_id is None:
        found.specialist_id, found.assigned_at = booking.specialist_id, now
    booking.application_id = number
    remember(tx, found, "scheduled", {}, {"booking": booking.id}, now=now, by=actor.account_id)
    await tx.flush()


async def follow(tx: Tx, booking: Booking, *, now: datetime, account: int | None = None) -> None:
    """Brings the application to what its bookings are now: with nothing ahead and the last one missed, failed or
    cancelled it is to be booked again; called twice it changes nothing."""
    if booking.application_id is None:
        return
    await lock(tx, booking.application_id)
    found = await tx.get_one(Application, booking.application_id)
    setback = await _setback(tx, found.id)
    if found.status == "scheduled" and setback is not None:
        found.status, found.setback = moves.after(found.status, "set_back"), setback
        remember(tx, found, "set_back", {}, {"because": setback, "booking": booking.id}, now=now, by=account)
    elif found.status == "assigned" and found.setback is not None and setback is None:
        found.status, found.setback = moves.after(found.status, "book"), None
        remember(tx, found, "scheduled", {}, {"booking": booking.id}, now=now, by=account)
    await tx.flush()


_SETBACKS = {
    "missed": "missed",
    "client_gave_up": "missed",
    "specialist_late": "failed",
    "failed_technically": "failed",
    "cancelled": "cancelled",
}


async def _setback(tx: Tx, number: int) -> str | None:
    """Why it has to be booked again, by its last booking; None while one is open or the last one was held."""
    if await _is_ahead(tx, number):
        return None
    last = select(Booking.status).where(Booking.application_id == number)
    status = await tx.scalar(last.order_by(Booking.starts.desc(), Booking.id.desc()).limit(1))
    return _SETBACKS.get(status or "")


async def _is_ahead(tx: Tx, number: int) -> bool:
    ahead = select(Booking.id).where(Booking.application_id == number, Booking.status.in_(bookings.OPEN)).limit(1)
    return await tx.scalar(ahead) is not None


def _plain(value: Any) -> Any:
    """As it can stand in JSON."""
    return value.isoformat() if hasattr(value, "isoformat") else value
