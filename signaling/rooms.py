"""The room of one consultation as a pure machine: who sits in it, what may happen, and the state that follows."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from signaling.port import Refusal, Role

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
    replaced: tuple[str, ...] = ()
    right: str = ""


@dataclass(frozen=True)
class Room:
    """Everything the room is. `version` grows with each change, so a late view never covers a newer one."""

    room: int
    closes_at: datetime
    seats: tuple[Seat, ...]
    was_live: bool = False
    ended: EndReason | None = None
    version: int = 0

    @property
    def state(self) -> State:
        """Derived, never stored apart: closed absorbs; a conversation needs the specialist and an admitted guest."""
        if self.ended:
            return "closed"
        if _conversation(self.seats):
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
    """A tab went, by its own word or because its line stayed dead. Says nothing about a newer tab in the same seat."""

    seat: int
    instance: str


@dataclass(frozen=True)
class Admitted:
    """The specialist in seat `by` lets `seat` in."""

    by: int
    seat: int


@dataclass(frozen=True)
class MediaSet:
    """What the person in `seat` sends: sound, picture."""

    seat: int
    audio: bool
    video: bool


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


Happening = Entered | Left | Admitted | MediaSet | Closed | TimeUp
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
    was_live = after.was_live or _conversation(after.seats)
    return replace(after, was_live=was_live, version=room.version + 1)


def called_off(room: Room) -> Room:
    """The room of a booking that was cancelled: closed, as the next event will keep it. Version 0 nobody entered."""
    return room if room.ended else replace(_emptied(room, "cancelled"), version=room.version + (room.version > 0))


def _applied(room: Room, event: Happening) -> Room:
    match event:
        case Entered(number, instance, right):
            return _with(room, _entered(room.seat(number), instance, right))
        case Left(number, instance):
            return _with(room, _left(room.seat(number), instance))
        case Admitted(by, number):
            _only_specialist(room, by)
            return _with(room, replace(room.seat(number), admitted=True))
        case MediaSet(number, audio, video):
            return _with(room, replace(room.seat(number), audio=audio, video=video))
        case Closed(by):
            _only_specialist(room, by)
            return _emptied(room, "ended")
        case TimeUp(at):
            return _emptied(room, "time") if at >= room.closes_at else room
        case _:
            assert_never(event)


def _entered(seat: Seat, instance: str, right: str) -> Seat:
    if instance in seat.replaced or right != seat.right:
        raise Refusal("replaced")
    if seat.instance in {None, instance}:
        return replace(seat, here=True, instance=instance)
    former = (*seat.replaced, str(seat.instance))[-REPLACED_KEPT:]
    return replace(seat, here=True, instance=instance, audio=True, video=True, replaced=former)


def _left(seat: Seat, instance: str) -> Seat:
    # The instance stays known: whoever comes next replaces it for good.
    return replace(seat, here=False) if seat.instance == instance else seat


def _emptied(room: Room, reason: EndReason) -> Room:
    return replace(room, ended=reason, seats=tuple(replace(s, here=False) for s in room.seats))


def _only_specialist(room: Room, number: int) -> None:
    if room.seat(number).role != "specialist":
        raise Refusal("not_permitted")


def _with(room: Room, changed: Seat) -> Room:
    return replace(room, seats=tuple(changed if s.seat == changed.seat else s for s in room.seats))


def _conversation(seats: tuple[Seat, ...]) -> bool:
    here = [seat for seat in seats if seat.here and seat.admitted]
    return any(s.role == "specialist" for s in here) and any(s.role != "specialist" for s in here)
