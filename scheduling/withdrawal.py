"""Taking a consent back: what follows from it is found first and shown, and then exactly that is done."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from scheduling import bookings, certificates, concluded, consents, guests
from scheduling.access import Actor
from scheduling.applications import Application, doing, moves
from scheduling.applications.tables import OPEN as STILL_OPEN
from scheduling.bookings import OPEN, Booking
from scheduling.certificates import Certificate, CertificateLine
from scheduling.consents import Consent, How, Purpose
from scheduling.consultations import Note
from scheduling.db import Tx
from scheduling.errors import CardMerged, EffectsMoved
from scheduling.joincodes import Seat
from scheduling.people import Client, District

EffectCode = Literal[
    "bookings_cancelled",  # open bookings that have not begun
    "applications_closed",
    "consents_end",  # the others, which rest on consent to processing
    "no_new_bookings",
    "reminders_stop",
    "services_kept",  # what was rendered: primary accounting documents, 402-ФЗ art. 29
    "consents_kept",  # the consents themselves: Rosarchive's list of 20.12.2019 No. 236, art. 441
    "certificates_rest",  # they stay, and nothing new is booked by them until the holder agrees again
    "bookings_stay",
    "guests_leave",
    "no_new_guests",
    "no_recording",
    "no_health_notes",
    "notes_kept",
]
SERVICES_KEPT_YEARS = 5
CONSENTS_KEPT_YEARS = 3
RENDERED = ("took_place",)


@dataclass(frozen=True)
class Effect:
    """One thing that follows, `count` times; `items` name each in values that JSON has."""

    code: EffectCode
    count: int
    items: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Withdrawn:
    """What was done, for whoever has to tell rooms, pages and the audit."""

    consents: list[Consent]
    cancelled: list[Booking]
    left: list[tuple[Booking, Seat]]


def stamp(effects: list[Effect]) -> str:
    """The same for the same effects, and for no others."""
    said = json.dumps([asdict(each) for each in effects], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:24]


async def effects(tx: Tx, client: Client, purpose: Purpose, *, now: datetime) -> list[Effect]:
    """What taking this consent back would do, in the order in which a person should hear it. It changes nothing."""
    match purpose:
        case "processing":
            return await _of_processing(tx, client, now)
        case "handover":
            return await _of_handover(tx, client, now)
        case "third_person":
            leaving = [_guest(*each) for each in await _guests(tx, client, now)]
            return [Effect("guests_leave", len(leaving), leaving), Effect("no_new_guests", 1)]
        case "special":
            kept = await _count(tx, Note, Note.booking_id.in_(select(Booking.id).where(Booking.client_id == client.id)))
            return [Effect("no_health_notes", 1), *_some("notes_kept", kept)]
        case "recording":
            return [Effect("no_recording", 1)]
        case "reminders":
            ahead = await _ahead(tx, client, now)
            return [Effect("reminders_stop", len(ahead), [_named(each) for each in ahead])]


async def withdraw(
    tx: Tx, actor: Actor, client: Client, consent_id: int, *, now: datetime, how: How, because: str, shown: str
) -> Withdrawn:
    """Takes back what stands for the purpose of that consent; that it was given stays true. Done already: nothing.

    `shown` is the stamp of the effects as the client heard them. Refused: `not_found`, `card_merged`, `effects_moved`.
    """
    await _hold_still(tx, client)
    chosen, *others = await consents.of_purpose(tx, client, consent_id)
    if chosen.withdrawn_at is not None:
        return Withdrawn([], [], [])
    purpose: Purpose = chosen.text.purpose  # type: ignore[assignment]  # the table keeps it as text
    found = await effects(tx, client, purpose, now=now)
    if stamp(found) != shown:
        raise EffectsMoved(stamp(found), [asdict(each) for each in found])
    ended = [chosen, *others]
    cancelled: list[Booking] = []
    left: list[tuple[Booking, Seat]] = []
    if purpose == "processing":
        given = await consents.of_client(tx, client.id)
        ended += [each for each in given if each not in ended and each.withdrawn_at is None]
        cancelled = await _cancel(tx, actor, client, now)
        await _close_applications(tx, actor, client, now)
    if purpose in {"processing", "third_person"}:
        seats = await _guests(tx, client, now)
        left = [(each, await guests.revoke(tx, each, seat.id, now=now)) for each, seat in seats]
    for each in ended:
        each.withdrawn_at, each.withdrawn_by = now, actor.account_id
        each.withdrawn_how, each.withdrawn_because = how, because
    await tx.flush()
    return Withdrawn(ended, cancelled, left)


async def _of_processing(tx: Tx, client: Client, now: datetime) -> list[Effect]:
    ahead = await _ahead(tx, client, now)
    asked = await _count(tx, Application, *_open_applications(client))
    rendered = await _count(tx, Booking, Booking.client_id == client.id, Booking.status.in_(RENDERED))
    given = await consents.of_client(tx, client.id)
    others = sorted({each.text.purpose for each in given if not each.withdrawn_at} - {"processing"})
    resting = [_paper(each) for each in await _certificates(tx, client)]
    # Those of a conversation under way; of the others the booking itself is cancelled.
    leaving = [_guest(each, seat) for each, seat in await _guests(tx, client, now) if each.starts <= now]
    return [
        *_some("bookings_cancelled", len(ahead), [_named(each) for each in ahead]),
        *_some("guests_leave", len(leaving), leaving),
        *_some("applications_closed", asked),
        *_some("certificates_rest", len(resting), resting),
        *_some("consents_end", len(others), [{"purpose": each} for each in others]),
        Effect("no_new_bookings", 1),
        *_some("services_kept", rendered, [{"years": SERVICES_KEPT_YEARS}]),
        Effect("consents_kept", len(given), [{"years": CONSENTS_KEPT_YEARS}]),
    ]


async def _of_handover(tx: Tx, client: Client, now: datetime) -> list[Effect]:
    chosen = [each for each in await _certificates(tx, client) if each.provider_id is not None]
    lines = select(CertificateLine.id).where(CertificateLine.certificate_id.in_([each.id for each in chosen]))
    ahead = await _ahead(tx, client, now, Booking.certificate_line_id.in_(lines))
    return [
        Effect("certificates_rest", len(chosen), [_paper(each) for each in chosen]),
        *_some("bookings_stay", len(ahead), [_named(each) for each in ahead]),
    ]


def _some(code: EffectCode, count: int, items: list[dict[str, Any]] | None = None) -> list[Effect]:
    """Nothing to say where there is nothing."""
    return [Effect(code, count, items or [])] if count else []


def _named(booked: Booking) -> dict[str, Any]:
    return {"booking": booked.id, "starts": _at(booked), "specialist": booked.specialist.name}


def _guest(booked: Booking, seat: Seat) -> dict[str, Any]:
    return {"booking": booked.id, "starts": _at(booked), "name": seat.name or ""}


def _paper(certificate: Certificate) -> dict[str, Any]:
    provider = certificate.provider.name if certificate.provider else ""
    return {"certificate": certificate.id, "number": certificate.number, "provider": provider}


def _at(booked: Booking) -> str:
    return booked.starts.isoformat().replace("+00:00", "Z")


async def _hold_still(tx: Tx, client: Client) -> None:
    """Neither a booking of his nor he himself is changed by another until this is done, and no list of his district
    is accepted: what it brings for him is either seen here, or it sees this. Refused: `card_merged`."""
    await tx.execute(select(District.id).where(District.id == client.district_id).with_for_update(read=True))
    card = select(Client).options(joinedload(Client.district, innerjoin=True)).where(Client.id == client.id)
    await tx.scalar(card.with_for_update(of=Client).execution_options(populate_existing=True))
    if client.merged_into is not None:
        raise CardMerged(client.merged_into)
    open_ones = select(Booking.id).where(Booking.client_id == client.id, Booking.status.in_(OPEN))
    await tx.execute(open_ones.order_by(Booking.id).with_for_update())


async def _ahead(tx: Tx, client: Client, now: datetime, *more: ColumnElement[bool]) -> list[Booking]:
    """His open bookings that have not begun, in order of time."""
    found = await tx.scalars(
        select(Booking.id)
        .where(Booking.client_id == client.id, Booking.status.in_(OPEN), Booking.starts > now, *more)
        .order_by(Booking.starts, Booking.id)
    )
    wanted = list(found)
    return sorted(await bookings.by_ids(tx, wanted), key=lambda each: (each.starts, each.id))


async def _guests(tx: Tx, client: Client, now: datetime) -> list[tuple[Booking, Seat]]:
    """Whoever holds a seat beside him, now or later; a conversation under way is one of these."""
    held = select(Booking.id).where(Booking.client_id == client.id, Booking.status.in_(OPEN), Booking.ends > now)
    found = await bookings.by_ids(tx, list(await tx.scalars(held)))
    ordered = sorted(found, key=lambda each: (each.starts, each.id))
    return [(each, seat) for each in ordered for seat in await guests.of_booking(tx, each.id)]


async def _certificates(tx: Tx, client: Client) -> list[Certificate]:
    mine = Certificate.client_id == client.id, Certificate.status.in_(certificates.LIVE)
    found = await tx.scalars(select(Certificate).options(joinedload(Certificate.provider)).where(*mine))
    return sorted(found, key=lambda each: each.id)


def _open_applications(client: Client) -> tuple[ColumnElement[bool], ...]:
    return Application.client_id == client.id, Application.status.in_(STILL_OPEN)


async def _count(tx: Tx, table: type[Any], *conditions: ColumnElement[bool]) -> int:
    return await tx.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


async def _cancel(tx: Tx, actor: Actor, client: Client, now: datetime) -> list[Booking]:
    ahead = await _ahead(tx, client, now)
    for each in ahead:
        await bookings.cancel_it(tx, each, "client_asked", now=now, by=actor.account_id)
        await concluded.follow(tx, each, now=now, account=actor.account_id)
    return ahead


async def _close_applications(tx: Tx, actor: Actor, client: Client, now: datetime) -> None:
    """Wherever they were taken: it is the client who withdraws."""
    theirs = select(Application).where(*_open_applications(client)).order_by(Application.id).with_for_update()
    for each in await tx.scalars(theirs.execution_options(populate_existing=True)):
        before = {"status": each.status}
        each.status = moves.after(each.status, "close")
        each.closed_at, each.close_reason = now, "withdrawn"
        each.proposed_id = each.proposed_at = each.likely_id = None
        doing.remember(tx, each, "closed", before, {"reason": "withdrawn"}, now=now, by=actor.account_id)
