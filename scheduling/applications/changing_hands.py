"""Another specialist in place of the assigned one: proposed, agreed to by the client, and only then so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from scheduling import bookings, people
from scheduling.access import Actor
from scheduling.applications.doing import give_to, remember, to_change, who_gives
from scheduling.applications.tables import OPEN, Application
from scheduling.bookings import Booking
from scheduling.db import Tx
from scheduling.errors import ApplicationNotThere, NotFound, VersionMoved, invalid

AgreedHow = Literal["phone", "in_person", "paper"]


@dataclass(frozen=True)
class Move:
    """One booking that goes to the new specialist, at a time that is free with her."""

    booking: int
    version: int
    starts: datetime


async def propose(
    tx: Tx, actor: Actor, number: int, *, version: int, now: datetime, specialist: int, because: str
) -> Application:
    """Another specialist is proposed; nothing moves before the client has agreed. Refused: `invalid_input` where it is
    the same one or gives another service, `application_not_there` where nobody has it yet."""
    found = await to_change(tx, actor, number, version=version)
    whose = await who_gives(tx, found, specialist)
    if found.status not in OPEN or found.specialist_id is None:
        raise ApplicationNotThere(found.status)
    if found.specialist_id == specialist:
        raise invalid("specialist", "unknown")
    found.proposed_id, found.proposed, found.proposed_at = specialist, whose, now
    before = {"specialist": found.specialist_id}
    remember(
        tx, found, "proposed", before, {"specialist": specialist, "because": because}, now=now, by=actor.account_id
    )
    await tx.flush()
    return found


async def agree(
    tx: Tx, actor: Actor, number: int, *, version: int, now: datetime, how: AgreedHow, moves: Sequence[Move]
) -> Application:
    """The client agreed: she has it from now on, with those bookings that move to her; the others stay as they were.

    Whoever calls it tells `concluded.moved` of each that moved. Refused: as a booking would be where she is not free,
    and then nothing has changed; `application_not_there` where nothing was proposed.
    """
    found = await to_change(tx, actor, number, version=version)
    if found.status not in OPEN or found.proposed_id is None:
        raise ApplicationNotThere(found.status)
    whose = await people.specialist(tx, found.proposed_id)
    before = {"specialist": found.specialist_id}
    theirs = {each.id: each for each in await standing(tx, found, now=now, still=True)}
    for move in moves:
        booked = theirs.get(move.booking)
        if booked is None:
            raise NotFound
        if booked.version != move.version:
            raise VersionMoved(booked.version)
        await bookings.move_to(tx, booked, whose, move.starts, now=now, by=actor.account_id, because="reassigned")
    found.proposed_id = found.proposed = found.proposed_at = None
    facts = {"specialist": whose.id, "how": how, "moved": [move.booking for move in moves]}
    remember(tx, found, "agreed", before, facts, now=now, by=actor.account_id)
    await give_to(tx, found, whose, now=now, by=actor.account_id)
    return found


async def decline(tx: Tx, actor: Actor, number: int, *, version: int, now: datetime, how: AgreedHow) -> Application:
    """The client would rather stay where he is. Refused: `application_not_there` where nothing was proposed."""
    found = await to_change(tx, actor, number, version=version)
    if found.proposed_id is None:
        raise ApplicationNotThere(found.status)
    facts = {"specialist": found.proposed_id, "how": how}
    found.proposed_id = found.proposed = found.proposed_at = None
    remember(tx, found, "declined", {}, facts, now=now, by=actor.account_id)
    await tx.flush()
    return found


async def standing(tx: Tx, found: Application, *, now: datetime, still: bool = False) -> list[Booking]:
    """The client's open bookings with the specialist who has it: they are moved or kept. `still`: nobody else changes
    them until the transaction ends."""
    if found.client_id is None or found.specialist_id is None:
        return []
    theirs = select(Booking.id).where(
        Booking.client_id == found.client_id,
        Booking.specialist_id == found.specialist_id,
        Booking.status.in_(bookings.OPEN),
        Booking.starts > now,
    )
    theirs = theirs.order_by(Booking.starts)
    return await bookings.by_ids(tx, list(await tx.scalars(theirs.with_for_update() if still else theirs)))
