"""Watching over: what goes on now and who needs help, the call for help answered, a talk sent to the telephone."""

from typing import Literal

from scheduling import audit, bookings, watching
from scheduling.db import Tx
from scheduling.errors import JoinTooEarly, RoomClosed
from scheduling.health import Health
from scheduling.joincodes import Seat, SeatRole
from scheduling.watching import Going, Watched
from server.api.bookings import wake
from server.api.views import DistrictView, RoomState
from server.endpoint import Ask, endpoint
from server.shapes import Form, Instant, View

# What stands in place of a name that is not for the asker.
NAMELESS = ""


class SpecialistRef(View):
    id: int
    name: str


class PersonToCall(View):
    id: int
    name: str
    phone: str


class HelpView(View):
    at: Instant
    why: str
    role: str | None
    answered_at: Instant | None


class MediaView(View):
    audio: bool
    video: bool
    screen: bool
    rung: str
    why: str | None


class LiveSeat(View):
    seat: int
    role: SeatRole
    name: str
    here: bool
    admitted: bool
    media: MediaView
    health: Health
    because: list[str]


class LiveItem(View):
    """`needs` is why somebody should look now. Names are empty for who may not see them."""

    booking: int
    state: RoomState
    phone: bool
    starts: Instant
    ends: Instant
    zone: str
    district: DistrictView
    specialist: SpecialistRef
    client: PersonToCall
    waiting_since: Instant | None
    live_since: Instant | None
    help: HelpView | None
    needs: Literal["help", "bad", "waiting"] | None
    seats: list[LiveSeat]
    health: Health
    because: list[str]


class Live(View):
    items: list[LiveItem]
    now: Instant


class ByPhone(Form):
    on: bool


@endpoint("GET", "/live", allow="live")
async def live(ask: Ask) -> Live:
    """Rooms that wait, talk or paused, those first that need somebody."""
    going = await watching.going_on(ask.tx, ask.actor, now=ask.now)
    return Live(items=[_item(ask, each) for each in going], now=ask.now)


@endpoint("POST", "/bookings/{booking}/phone", allow="board", transaction="own")
async def phone(ask: Ask, booking: int, body: ByPhone) -> None:
    """The conversation goes on by telephone, or back in the room. Everybody in it hears so; the journal goes on."""

    async def work(tx: Tx) -> int:
        found = await bookings.booking(tx, ask.actor, booking)
        if ask.now < found.opens_at:
            raise JoinTooEarly(found.opens_at, found.starts, found.client.district.zone, "")
        if ask.now >= found.closes_at or found.status not in bookings.OPEN:
            raise RoomClosed
        audit.note(tx, "phone", "booking", found.id, now=ask.now, account=ask.actor.account_id)
        return found.id

    await ask.tx.rollback()  # its own transaction is the room's
    await ask.centre.signaling.rooms.go_on_by_phone(await ask.centre.database.written(work), body.on)


@endpoint("POST", "/bookings/{booking}/help/answered", allow="help.answer")
async def answered(ask: Ask, booking: int) -> None:
    """Somebody looks after it: the bell stops on every board."""
    found = await bookings.booking(ask.tx, ask.actor, booking)
    await watching.answered(ask.tx, found, now=ask.now)
    audit.note(ask.tx, "help_answered", "booking", found.id, now=ask.now, account=ask.actor.account_id)
    ask.wakes.append(wake(found))


def _item(ask: Ask, going: Going) -> LiveItem:
    booked, room, names = going.booked, going.room, ask.actor.sees_names
    client = booked.client
    return LiveItem(
        booking=booked.id,
        state=room.state,
        phone=room.phone,
        starts=booked.starts,
        ends=booked.ends,
        zone=client.district.zone,
        district=DistrictView.model_validate(client.district),
        specialist=SpecialistRef(id=booked.specialist_id, name=booked.specialist.name if names else NAMELESS),
        client=PersonToCall(
            id=client.id if names else 0,
            name=client.name if names else NAMELESS,
            phone=client.phone if names else NAMELESS,
        ),
        waiting_since=room.waiting_since,
        live_since=room.live_since,
        help=_help(going),
        needs=going.needs(ask.now),
        seats=[_seat(going, each, names=names) for each in going.seats],
        health=going.health,
        because=list(going.because),
    )


def _help(going: Going) -> HelpView | None:
    room = going.room
    if room.help_at is None:
        return None
    role = next((each.seat.role for each in going.seats if each.seat.id == room.help_seat), None)
    return HelpView(at=room.help_at, why=room.help_why or "help", role=role, answered_at=room.help_answered_at)


def _seat(going: Going, watched: Watched, *, names: bool) -> LiveSeat:
    seat = watched.seat
    return LiveSeat(
        seat=seat.id,
        role=seat.role,
        name=_name(going, seat) if names else NAMELESS,
        here=seat.here,
        admitted=seat.role == "specialist" or seat.admitted_at is not None,
        media=MediaView.model_validate(seat),
        health=watched.health,
        because=list(watched.because),
    )


def _name(going: Going, seat: Seat) -> str:
    named = {"specialist": going.booked.specialist.name, "client": going.booked.client.name}
    return named.get(seat.role, seat.name or "")
