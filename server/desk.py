"""The desk: answers signaling from scheduling. One transaction per room event; what it returns is kept."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy import exc

from scheduling import bookings, concluded, joincodes, outcomes, sessions, tickets
from scheduling.bookings import Booking
from scheduling.db import Tx
from scheduling.errors import NotFound, Refused
from scheduling.joincodes import Seat
from scheduling.sessions import Session
from server.bus import Bus, Kind, Wake
from server.database import Database
from server.samples import Samples
from signaling import ice, rooms
from signaling.port import HelpWhy, Refusal, Role, Said, Sample, SeatPass, Unavailable
from signaling.views import seat_pass

T = TypeVar("T")

log = structlog.get_logger()
# How often it is written down who is in the rooms: well within `sessions.SILENCE`.
PULSE = timedelta(seconds=10)
# SQLSTATE classes of a database that is away, full, busy or has changed places: the same again may work.
PASSING_CLASSES = frozenset({"08", "25", "40", "53", "55", "57", "58"})


class HouseDesk:
    """Implements `signaling.port.Desk`."""

    def __init__(
        self, database: Database, bus: Bus, now: Callable[[], datetime], ice_settings: ice.IceSettings
    ) -> None:
        self._database = database
        self._bus = bus
        self._now = now
        self._ice = ice_settings
        self._samples = Samples(self._written)
        self._pulse = datetime.min.replace(tzinfo=UTC)

    async def redeem(self, ticket: str) -> SeatPass:
        async def work(tx: Tx) -> SeatPass:
            seat_id = await tickets.redeem(tx, ticket, now=self._now())
            seat = await tx.get_one(Seat, seat_id)
            booked = await bookings.by_id(tx, seat.booking_id)
            if self._now() >= booked.closes_at or booked.status == "cancelled":
                raise Refusal("room_closed")
            if self._now() < booked.opens_at:
                raise Refusal("ticket_spent")  # moved since; the HTTP door, asked for another, says when it opens
            if seat.role != "specialist" and seat.device_hash is None:
                raise Refusal("ticket_spent")  # a new code was given since, or the seat was taken back
            return seat_pass(_room(booked, Session(version=0, was_live=False), [seat]), _seat(booked, seat))

        try:
            return await self._written(work)
        except Refused as refusal:
            raise Refusal(refusal.code) from refusal

    async def step(self, room: int, event: rooms.Event, at: datetime) -> rooms.Room:
        async def work(tx: Tx) -> tuple[rooms.Room, list[Wake]]:
            if isinstance(event, (rooms.Closed, rooms.TimeUp)):
                await sessions.lock_booking(tx, room)  # its status may change with the end
            kept = await sessions.opened(tx, room)
            booked = await bookings.by_id(tx, room)
            seats = await sessions.seats(tx, room)
            before = _room(booked, kept, seats)
            if isinstance(event, rooms.Left) and all(seat.id != event.seat for seat in seats):
                return before, []  # a guest's seat that was taken back: he is gone already
            after = rooms.step(_standing(booked, before), event)
            if after is before:
                return after, []
            stood = kept.state
            await _keep(tx, kept, seats, before, after, at)
            await _write_journal(tx, booked, seats, before, after, event, at)
            if after.state != stood:  # by this event, or by a seat taken back since the last one
                sessions.remember(tx, booked.id, None, "state", now=at, state=after.state)
            if after.ended and not before.ended:
                await _conclude(tx, booked, at)
            return after, _wakes(booked, before, after)

        after, wakes = await self._written(work)
        for wake in wakes:
            await self._bus.tell(wake)
        return after

    async def look(self, room: int) -> rooms.Room:
        async with self._read() as tx:
            return await _looked_up(tx, room)

    async def open_rooms(self) -> Sequence[rooms.Room]:
        """Asked with every sweep, so it is also the pulse by which the journal knows who was there until when."""
        async with self._read() as tx:
            found = await _looked_up_all(tx, await sessions.unclosed(tx, now=self._now()))
        if found and not timedelta() <= self._now() - self._pulse < PULSE:
            self._pulse = self._now()
            await self._written(lambda tx: sessions.everybody_seen(tx, now=self._now()))
        return found

    async def said(self, seat: SeatPass, id: str, text: str, at: datetime) -> Said:  # noqa: A002 - the wire's own word
        async def work(tx: Tx) -> Said:
            if (await sessions.opened(tx, seat.room)).ended:  # locked: a room that closes now erases this line too
                raise Refusal("room_closed")
            row = await tx.get_one(Seat, seat.seat)
            if _right(await bookings.by_id(tx, seat.room), row) != seat.right:
                raise Refusal("replaced")  # the booking was moved, or a new code was given, while this was on its way
            line = await sessions.said(tx, row, id, text, now=at)
            return Said(line.said_id, line.seat_id, line.text, line.at)

        return await self._written(work)

    async def chat(self, room: int) -> Sequence[Said]:
        async with self._read() as tx:
            return [Said(line.said_id, line.seat_id, line.text, line.at) for line in await sessions.chat(tx, room)]

    async def measured(self, seat: SeatPass, samples: Sequence[Sample], at: datetime) -> None:
        await self._tell("changed", await self._samples.keep(seat, samples, at))

    async def seen(self, seat: SeatPass, other: int, at: datetime) -> None:
        async def work(tx: Tx) -> None:
            sessions.remember(tx, seat.room, seat.seat, "saw_media", now=at, of=other)

        await self._written(work)

    async def help(self, seat: SeatPass, why: HelpWhy, at: datetime) -> None:
        async def work(tx: Tx) -> Booking:
            kept = await sessions.opened(tx, seat.room)
            kept.help_at, kept.help_why, kept.help_seat, kept.help_answered_at = at, why, seat.seat, None
            sessions.remember(tx, seat.room, seat.seat, "help", now=at, why=why)
            return await bookings.by_id(tx, seat.room)

        await self._tell("help", await self._written(work))

    async def takeover(self, seat: SeatPass, request: str, allow: bool, at: datetime) -> None:
        if not (request.isascii() and request.isdigit() and len(request) < 10):
            raise Refusal("request_unknown")

        async def work(tx: Tx) -> Booking:
            await joincodes.decide_takeover(tx, int(request), booking_id=seat.room, allow=allow, now=at)
            kind = "takeover_allowed" if allow else "takeover_refused"
            sessions.remember(tx, seat.room, seat.seat, kind, now=at)
            return await bookings.by_id(tx, seat.room)

        try:
            await self._tell("changed", await self._written(work))
        except NotFound as error:
            raise Refusal("request_unknown") from error

    async def takeovers(self, room: int) -> Sequence[str]:
        async with self._read() as tx:
            asked = await joincodes.open_takeovers(tx, room, now=self._now())
        return [str(request.id) for request in sorted(asked, key=lambda request: request.id)]

    async def ice(self, seat: SeatPass) -> Sequence[ice.IceServer]:
        async with self._read() as tx:
            booked = await bookings.by_id(tx, seat.room)
        return ice.servers(self._ice, room=seat.room, seat=seat.seat, closes_at=booked.ends, now=self._now())

    async def _written(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        with _told_apart():
            return await self._database.written(work)

    @asynccontextmanager
    async def _read(self) -> AsyncIterator[Tx]:
        with _told_apart():
            async with self._database.read() as tx:
                yield tx

    async def _tell(self, kind: Kind, booked: Booking) -> None:
        await self._bus.tell(_wake(kind, booked))


@contextmanager
def _told_apart() -> Iterator[None]:
    """What passes by itself becomes Unavailable and is said again; any other error stays what it is."""
    try:
        yield
    except Exception as error:
        if is_passing(error):
            raise Unavailable(type(error).__name__) from error
        raise


def is_passing(error: Exception) -> bool:
    """Whether the database was only away or busy: told by the engine's code where there is one, else by the kind."""
    if isinstance(error, (OSError, exc.TimeoutError)):
        return True
    told = getattr(error, "orig", error)
    if state := getattr(told, "sqlstate", None):
        return state[:2] in PASSING_CLASSES
    if getattr(told, "sqlite_errorname", "") == "SQLITE_ERROR":  # a wrong statement, called operational too
        return False
    lost = isinstance(error, exc.DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, (exc.OperationalError, exc.InterfaceError))


async def _looked_up(tx: Tx, booking_id: int) -> rooms.Room:
    booked = await bookings.by_id(tx, booking_id)
    kept = await tx.get(Session, booking_id) or Session(booking_id=booking_id, version=0, was_live=False)
    return _standing(booked, _room(booked, kept, await sessions.seats(tx, booking_id)))


async def _looked_up_all(tx: Tx, booking_ids: Sequence[int]) -> list[rooms.Room]:
    """Three questions, however many rooms there are: it is asked every two seconds."""
    if not booking_ids:
        return []
    kept = await sessions.of_bookings(tx, booking_ids)
    seats = await sessions.seats_of(tx, booking_ids)
    found = await bookings.by_ids(tx, booking_ids)
    return [_standing(booked, _room(booked, kept[booked.id], seats[booked.id])) for booked in found]


def _standing(booked: Booking, room: rooms.Room) -> rooms.Room:
    """The room as its booking lets it stand: whatever was kept, a cancelled one is closed."""
    return rooms.called_off(room) if booked.status == "cancelled" else room


def _room(booked: Booking, kept: Session, seats: Sequence[Seat]) -> rooms.Room:
    return rooms.Room(
        room=booked.id,
        closes_at=booked.closes_at,
        seats=tuple(_seat(booked, seat) for seat in seats),
        was_live=kept.was_live,
        ended="cancelled" if kept.ended and booked.status == "cancelled" else kept.ended,  # type: ignore[arg-type]  # written only from rooms.EndReason
        version=kept.version,
        phone=kept.phone,
        relay_only=booked.standard.relay_only,
    )


def _seat(booked: Booking, seat: Seat) -> rooms.Seat:
    return rooms.Seat(
        seat=seat.id,
        role=_role(seat),
        name=_name(booked, seat),
        admitted=seat.role == "specialist" or seat.admitted_at is not None,
        here=seat.here,
        instance=seat.instance,
        audio=seat.audio,
        video=seat.video,
        rung=seat.rung,  # type: ignore[arg-type]  # written only from rooms.Seat
        why=seat.why,  # type: ignore[arg-type]  # likewise
        screen=seat.screen,
        replaced=tuple(seat.replaced),
        right=_right(booked, seat),
    )


def _right(booked: Booking, seat: Seat) -> str:
    """Whose the seat is, and when: another device, another specialist or another time is another right."""
    holder = f"specialist-{booked.specialist_id}" if seat.role == "specialist" else seat.device_hash
    return f"{holder}@{booked.starts.timestamp():.0f}"


def _role(seat: Seat) -> Role:
    return seat.role  # type: ignore[return-value]  # written only from joincodes.SeatRole


def _name(booked: Booking, seat: Seat) -> str:
    if seat.role == "specialist":
        return booked.specialist.name
    return booked.client.name if seat.role == "client" else seat.name or ""


async def _keep(
    tx: Tx, kept: Session, seats: Sequence[Seat], before: rooms.Room, after: rooms.Room, at: datetime
) -> None:
    """Writes the room and its seats back; the instants of its states go with them."""
    for row, seat in zip(seats, after.seats, strict=True):
        row.here, row.instance, row.replaced = seat.here, seat.instance, list(seat.replaced)
        row.audio, row.video, row.screen, row.rung, row.why = seat.audio, seat.video, seat.screen, seat.rung, seat.why
        if seat.admitted and row.admitted_at is None:
            row.admitted_at = at
        elif not seat.admitted:
            row.admitted_at = None
    kept.state, kept.was_live, kept.version, kept.phone = after.state, after.was_live, after.version, after.phone
    # That it was cancelled stands in the booking.
    kept.ended = "ended" if after.ended == "cancelled" else after.ended
    guests = [seat for seat in after.seats if seat.role != "specialist"]
    if any(seat.here for seat in guests):
        kept.waiting_since = kept.waiting_since or at
    else:
        kept.waiting_since = None
    if after.state == "live" and before.state != "live":
        kept.live_since = kept.live_since or at
    if after.ended and not before.ended:
        kept.closed_at = at
    await tx.flush()


async def _write_journal(
    tx: Tx,
    booked: Booking,
    rows: Sequence[Seat],
    before: rooms.Room,
    after: rooms.Room,
    event: rooms.Event,
    at: datetime,
) -> None:
    """What the journal keeps of one event: comings and goings, admission, mode, and each new state."""
    for row, old, new in zip(rows, before.seats, after.seats, strict=True):
        await _write_seat(tx, row, old, new, event, at, phone=after.phone)
    if isinstance(event, rooms.MediaSet) and after.seat(event.seat).admitted:
        sends = {name: value for name, value in asdict(event).items() if name != "seat"}
        sessions.remember(tx, booked.id, event.seat, "media", now=at, **sends)
    if after.phone != before.phone:
        by = event.by if isinstance(event, rooms.PhoneSet) else None
        sessions.remember(tx, booked.id, by, "phone", now=at, on=after.phone)


async def _write_seat(
    tx: Tx, row: Seat, old: rooms.Seat, new: rooms.Seat, event: rooms.Event, at: datetime, *, phone: bool
) -> None:
    mode = "phone" if phone else "video" if new.video else "voice"
    if new.here:
        if not old.here:
            sessions.remember(tx, row.booking_id, row.id, "entered", now=at)
        elif old.instance != new.instance:
            sessions.remember(tx, row.booking_id, row.id, "reloaded", now=at)
        await sessions.came(tx, row, mode, now=at)
        if new.admitted:  # before, nobody sees it, and a stretch for each change would fill the journal
            await sessions.changed_mode(tx, row, mode, now=at)
    elif old.here:
        own_word = isinstance(event, rooms.Left) and not event.lost
        left_at = await sessions.went(tx, row.id, now=at, silence=timedelta.max if own_word else sessions.SILENCE)
        # Not seen to the last: a server that was away over the end knows nothing of how anybody went.
        how = _how(event) or ({"lost": True} if left_at < at else {})
        sessions.remember(tx, row.booking_id, row.id, "left", now=left_at, **how)
    if new.admitted and not old.admitted:
        sessions.remember(tx, row.booking_id, row.id, "admitted", now=at)
    if old.admitted and not new.admitted:
        sessions.remember(tx, row.booking_id, row.id, "dismissed", now=at)


def _how(event: rooms.Event) -> dict[str, bool]:
    """How somebody went, where it was not his own word: his line died, or he was asked to leave."""
    if isinstance(event, rooms.Left):
        return {"lost": True} if event.lost else {}
    return {"dismissed": True} if isinstance(event, rooms.Dismissed) else {}


async def _conclude(tx: Tx, booked: Booking, at: datetime) -> None:
    """The room is closed: the chat goes, and a session that was held counts as held until a person says otherwise."""
    await sessions.erase_chat(tx, booked.id)
    await tx.flush()
    if outcomes.proposed(await outcomes.facts(tx, booked, now=at)).outcome == "took_place":
        bookings.took_place(tx, booked, at)
        await tx.flush()
        await concluded.follow(tx, booked, now=at)


def _wakes(booked: Booking, before: rooms.Room, after: rooms.Room) -> list[Wake]:
    """Pages that show the booking look again; a guest who came and is not yet admitted rings the specialist."""
    was_here = {seat.seat for seat in before.seats if seat.here}
    waits = [seat for seat in after.seats if seat.here and not seat.admitted and seat.seat not in was_here]
    return [_wake("changed", booked)] + ([_wake("waiting", booked)] if waits else [])


def _wake(kind: Kind, booked: Booking) -> Wake:
    return Wake(kind, booked.id, booked.specialist_id, booked.client.district_id)
