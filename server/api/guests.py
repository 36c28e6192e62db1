"""Guests of a booking: inviting a companion, an interpreter or a relative, a new code for one, taking a seat back."""

from scheduling import audit, bookings, consents, guests
from scheduling.bookings import Booking
from scheduling.guests import GuestRole
from scheduling.joincodes import Issued, Seat
from server.api.bookings import CodeView, handed_out, wake
from server.endpoint import Ask, endpoint
from server.shapes import Form, Name, View


class NewGuest(Form):
    role: GuestRole
    name: Name


class GuestView(View):
    seat: int
    role: str
    name: str
    here: bool
    admitted: bool
    code_used: bool


class Guests(View):
    """`most` of them fit; `consent`: the client agreed to a third person's presence."""

    items: list[GuestView]
    most: int
    consent: bool


class Invited(View):
    """The only answer that holds the guest's code and link."""

    seat: int
    role: str
    name: str
    code: CodeView
    link: str


@endpoint("GET", "/bookings/{booking}/seats", allow="bookings.read")
async def listed(ask: Ask, booking: int) -> Guests:
    found = await bookings.booking(ask.tx, ask.actor, booking)
    return Guests(
        items=[_shown(seat) for seat in await guests.of_booking(ask.tx, found.id)],
        most=guests.MOST_GUESTS,
        consent=await consents.stands(ask.tx, found.client_id, "third_person"),
    )


@endpoint("POST", "/bookings/{booking}/seats", allow="bookings.write", status=201, idempotent=True)
async def invite(ask: Ask, booking: int, body: NewGuest) -> Invited:
    """A seat, a code and a link for one more person; the room has it at once, also while people talk."""
    found = await bookings.booking(ask.tx, ask.actor, booking)
    seat, issued = await guests.invite(ask.tx, found, role=body.role, name=body.name, key=ask.centre.key, now=ask.now)
    _told(ask, found, seat, "guest_invited")
    return _invited(ask, found, seat, issued)


@endpoint("POST", "/bookings/{booking}/seats/{seat}/code", allow="bookings.write", idempotent=True)
async def new_code(ask: Ask, booking: int, seat: int) -> Invited:
    """A new code and link for a guest; the old ones and the device they opened stop working."""
    found = await bookings.booking(ask.tx, ask.actor, booking)
    renewed, issued = await guests.renew(ask.tx, found, seat, key=ask.centre.key, now=ask.now)
    _told(ask, found, renewed, "guest_code_issued")
    return _invited(ask, found, renewed, issued)


@endpoint("DELETE", "/bookings/{booking}/seats/{seat}", allow="bookings.write")
async def revoke(ask: Ask, booking: int, seat: int) -> None:
    """Takes the seat back; whoever sits in it is put out."""
    found = await bookings.booking(ask.tx, ask.actor, booking)
    _told(ask, found, await guests.revoke(ask.tx, found, seat, now=ask.now), "guest_revoked")


def _told(ask: Ask, booked: Booking, seat: Seat, act: str) -> None:
    """The room, if anybody is in it, sees its seats anew; so do the pages that show the booking."""
    audit.note(ask.tx, act, "booking", booked.id, now=ask.now, account=ask.actor.account_id, seat=seat.id)
    ask.rights_changed.append(booked.id)
    ask.wakes.append(wake(booked))


def _shown(seat: Seat) -> GuestView:
    return GuestView(
        seat=seat.id,
        role=seat.role,
        name=seat.name or "",
        here=seat.here,
        admitted=seat.admitted_at is not None,
        code_used=seat.redeemed_at is not None,
    )


def _invited(ask: Ask, booked: Booking, seat: Seat, issued: Issued) -> Invited:
    return Invited(seat=seat.id, role=seat.role, name=seat.name or "", **handed_out(ask.request, booked, issued))
