"""The room of one consultation as a pure machine: who sits in it, what may happen, and the state that follows."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from signaling.port import Refusal, Role, Rung, Why

State = Literal["empty", "waiting", "live", "paused", "closed"]
EndReason = Literal["ended", "time", "cancelled"]

# How many instances that lost their seat to a newer one are remembered: a tab that was offline must not win it back.
REPLACED_KEPT = 16


@dataclass(frozen=True)
class Seat:
    """One person's place. `instance` is the random name of the tab that holds or last held it.

    `right` says by what the seat may be held now (this device, this specialist, at this time); the house makes it up.
    """

    seat: int
    role: Role
    name: str
    admitted: bool = False
    here: bool = False
    instance: str | None = None
    audio: bool = True
    video: bool = True
    rung: Rung = "high"
    why: Why | None = None
    screen: bool = False
    replaced: tuple[str, ...] = ()
    right: str = ""


@dataclass(frozen=True)
class Room:
    """Everything the room is. `version` grows with each change, so a late view never covers a newer one.

    `phone`: the conversation goes on by telephone. `relay_only`: its service hides everybody's address from the others.
    """

    room: int
    closes_at: datetime
    seats: tuple[Seat, ...]
    was_live: bool = False
    ended: EndReason | None = None
    version: int = 0
    phone: bool = False
    relay_only: bool = False

    @property
    def state(self) -> State:
        """Derived, never stored apart: closed absorbs; a conversation needs the specialist and an admitted guest.

        By telephone it goes on while she is here: the guest needs no page for it.
        """
        if self.ended:
            return "closed"
        if (self.phone and _specialist_here(self.seats)) or _conversation(self.seats):
            return "live"
        if self.was_live:
            return "paused"
        return "waiting" if any(seat.here for seat in self.seats) else "empty"

    def seat(self, number: int) -> Seat:
        """The seat of that number; refuses with `seat_unknown`."""
        for seat in self.seats:
            if seat.seat == number:
                return seat
        raise Refusal("seat_unknown")


@dataclass(frozen=True)
class Entered:
    """A tab took its seat (again), by the right its ticket gave it."""

    seat: int
    instance: str
    right: str = ""


@dataclass(frozen=True)
class Left:
    """A tab went, by its own word or because its line stayed dead (`lost`). Says nothing of a newer tab in the seat."""

    seat: int
    instance: str
    lost: bool = False


@dataclass(frozen=True)
class Admitted:
    """The specialist in seat `by` lets `seat` in."""

    by: int
    seat: int


@dataclass(frozen=True)
class MediaSet:
    """What the person in `seat` sends: sound, picture (of the screen), how good, and why not better."""

    seat: int
    audio: bool
    video: bool
    rung: Rung = "high"
    why: Why | None = None
    screen: bool = False


@dataclass(frozen=True)
class Dismissed:
    """The specialist in seat `by` asks a guest to leave; coming back he waits again."""

    by: int
    seat: int


@dataclass(frozen=True)
class PhoneSet:
    """The conversation goes on by telephone, or back here: by the specialist's word, or the house's (`by` None)."""

    by: int | None
    on: bool


@dataclass(frozen=True)
class Closed:
    """The specialist in seat `by` ends the consultation for everybody."""

    by: int


@dataclass(frozen=True)
class TimeUp:
    """The clock shows `at`; a room past its end closes, an earlier call changes nothing."""

    at: datetime


@dataclass(frozen=True)
class Reviewed:
    """The house changed rights, names or the time by itself: the same room under a new version."""


Happening = Entered | Left | Admitted | Dismissed | MediaSet | PhoneSet | Closed | TimeUp
Event = Happening | Reviewed


def opened(room: int, closes_at: datetime, seats: tuple[Seat, ...]) -> Room:
    """A room nobody has entered yet. The specialist needs nobody to let her in."""
    return Room(room, closes_at, tuple(replace(s, admitted=s.admitted or s.role == "specialist") for s in seats))


def step(room: Room, event: Event) -> Room:
    """The room after the event, the same object when nothing changed.

    Refuses: room_closed, seat_unknown, not_permitted, replaced.
    """
    if room.ended:
        if isinstance(event, (Left, Closed, TimeUp, Reviewed)):
            return room
        raise Refusal("room_closed")
    if isinstance(event, Reviewed):
        return replace(room, version=room.version + 1)
    after = _applied(room, event)
    if after == room:
        return room
    was_live = after.was_live or after.state == "live"
    return replace(after, was_live=was_live, version=room.version + 1)


def may_signal(room: Room, sender: int, to: int) -> bool:
    """Who may arrange a connection: two who were let in, or the specialist and a guest who waits for her.

    So the connection stands, with nothing flowing, when she lets him in. Refuses: seat_unknown.
    """
    one, other = room.seat(sender), room.seat(to)
    if "specialist" in {one.role, other.role}:
        return sender != to
    return sender != to and one.admitted and other.admitted


def called_off(room: Room) -> Room:
    """The room of a booking that was cancelled: closed, as the next event will keep it. Version 0 nobody entered."""
    return room if room.ended else replace(_emptied(room, "cancelled"), version=room.version + (room.version > 0))


def _applied(room: Room, event: Happening) -> Room:
    match event:
        case Entered() | Left() | Admitted() | Dismissed() | MediaSet():
            return _with(room, _sitting(room, event))
        case PhoneSet(by, on):
            if by is not None:
                _only_specialist(room, by)
            return replace(room, phone=on)
        case Closed(by):
            _only_specialist(room, by)
            return _emptied(room, "ended")
        case TimeUp(at):
            return _emptied(room, "time") if at >= room.closes_at else room
        case _:
            assert_never(event)


def _sitting(room: Room, event: Entered | Left | Admitted | Dismissed | MediaSet) -> Seat:
    seat = room.seat(event.seat)
    if isinstance(event, (Admitted, Dismissed)):
        _only_specialist(room, event.by)
    match event:
        case Entered(_, instance, right):
            return _entered(seat, instance, right)
        case Left(_, instance):
            return _left(seat, instance)
        case Admitted():
            return replace(seat, admitted=True)
        case Dismissed():
            return _dismissed(seat)
        case MediaSet(_, audio, video, rung, why, screen):
            return replace(seat, audio=audio, video=video, rung=rung, why=why, screen=screen)


def _entered(seat: Seat, instance: str, right: str) -> Seat:
    if instance in seat.replaced or right != seat.right:
        raise Refusal("replaced")
    if seat.instance in {None, instance}:
        return replace(seat, here=True, instance=instance)
    former = (*seat.replaced, str(seat.instance))[-REPLACED_KEPT:]
    anew = Seat(seat.seat, seat.role, seat.name, seat.admitted, right=seat.right)
    return replace(anew, here=True, instance=instance, replaced=former)


def _left(seat: Seat, instance: str) -> Seat:
    # The instance stays known: whoever comes next replaces it for good.
    return replace(seat, here=False) if seat.instance == instance else seat


def _dismissed(seat: Seat) -> Seat:
    if seat.role == "specialist":
        raise Refusal("not_permitted")
    return replace(seat, admitted=False, here=False)


def _emptied(room: Room, reason: EndReason) -> Room:
    return replace(room, ended=reason, seats=tuple(replace(s, here=False) for s in room.seats))


def _only_specialist(room: Room, number: int) -> None:
    if room.seat(number).role != "specialist":
        raise Refusal("not_permitted")


def _with(room: Room, changed: Seat) -> Room:
    return replace(room, seats=tuple(changed if s.seat == changed.seat else s for s in room.seats))


def _specialist_here(seats: tuple[Seat, ...]) -> bool:
    return any(seat.here and seat.role == "specialist" for seat in seats)


def _conversation(seats: tuple[Seat, ...]) -> bool:
    here = [seat for seat in seats if seat.here and seat.admitted]
    return any(s.role == "specialist" for s in here) and any(s.role != "specialist" for s in here)
