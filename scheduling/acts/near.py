"""Whose sessions are near enough to somebody that he may know there is nothing to know of them yet."""

from sqlalchemy import select

from scheduling.access import Actor
from scheduling.bookings.tables import Booking
from scheduling.db import Tx
from scheduling.errors import NotFound
from scheduling.people import Client


async def must_be_near(tx: Tx, actor: Actor, booking_id: int) -> None:
    """The booking is of a client of the actor's district, or the specialist's own. Refused: `not_found`."""
    whose = select(Client.district_id, Booking.specialist_id).join(Client, Client.id == Booking.client_id)
    found = (await tx.execute(whose.where(Booking.id == booking_id))).first()
    if found is None or not (actor.serves_district(found[0]) or found[1] == actor.specialist_id):
        raise NotFound
