"""What signaling asks of the house: the Desk, which alone knows who may sit where, and which keeps what must last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from signaling.ice import IceServer
    from signaling.rooms import Event, Room

Role = Literal["specialist", "client", "companion", "interpreter", "relative"]
# What a seat sends at most just now, from a good picture down to the voice alone, and why it is less than it could be.
Rung = Literal["high", "low", "tiny", "voice"]
Why = Literal["line", "choice", "device", "interrupted"]
HelpWhy = Literal["help", "phone", "time"]


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A no with a stable code and its data; it goes to the client as `fault {code, **data}`."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


class Unavailable(Exception):  # noqa: N818 - an answer to the asker: nothing was kept, ask again
    """The database or the shared memory is away for now; what was to be kept is not."""


@dataclass(frozen=True)
class SeatPass:
    """What a redeemed ticket opens: this seat of this room until the room closes or the seat's `right` is another."""

    room: int
    seat: int
    role: Role
    name: str
    closes_at: datetime
    right: str = ""


@dataclass(frozen=True)
class Said:
    """A line of the chat. `id` is the sender's own name for it: said twice, kept once."""

    id: str
    seat: int
    text: str
    at: datetime


@dataclass(frozen=True)
class Sample:
    """The quality of the line towards one other seat over the last seconds, as the browser measured it."""

    seat: int
    loss: float | None
    rtt_ms: float | None
    in_kbps: float | None
    out_kbps: float | None
    codec: str | None
    width: int | None
    height: int | None
    fps: float | None
    path: Literal["direct", "relay"] | None
    concealed: float | None = None
    frozen_ms: float | None = None
    rung: Rung | None = None


class Desk(Protocol):
    """Answered by the house from its database. What must outlive a process lies behind it; what returned is kept.

    Any call may raise Refusal, or Unavailable: the client hears `unavailable` and says it again. Any other exception
    is a fault of ours that the same words would meet again: he hears `internal`, once and for all.
    """

    async def redeem(self, ticket: str) -> SeatPass:
        """Open the seat once. Refuses: ticket_spent (unknown, used or too old), room_closed."""

    async def step(self, room: int, event: Event, at: datetime) -> Room:
        """Load the room, apply `rooms.step`, keep it, write the journal: one transaction, one at a time for a room."""

    async def look(self, room: int) -> Room:
        """The room as it is kept."""

    async def open_rooms(self) -> Sequence[Room]:
        """All rooms whose state is waiting, live or paused: asked every two seconds by the sweep of each node."""

    async def said(self, seat: SeatPass, id: str, text: str, at: datetime) -> Said:  # noqa: A002 - the wire's own word
        """Keep a line of chat; the same seat and id again answers the line already kept."""

    async def chat(self, room: int) -> Sequence[Said]:
        """The newest lines of the room in their order, as many as a page takes at once; empty after it closed."""

    async def measured(self, seat: SeatPass, samples: Sequence[Sample], at: datetime) -> None:
        """Keep quality samples in the journal."""

    async def seen(self, seat: SeatPass, other: int, at: datetime) -> None:
        """The first picture or sound of `other` reached `seat`. May come more than once."""

    async def help(self, seat: SeatPass, why: HelpWhy, at: datetime) -> None:
        """Somebody in the room, or before its door, calls the coordinator: to help, to telephone, for another time."""

    async def takeover(self, seat: SeatPass, request: str, allow: bool, at: datetime) -> None:
        """The specialist lets another device have the client's seat, or not. Refuses: request_unknown."""

    async def takeovers(self, room: int) -> Sequence[str]:
        """The requests nobody answered yet, oldest first: told to the specialist when she enters."""

    async def ice(self, seat: SeatPass) -> Sequence[IceServer]:
        """ICE servers with short-lived credentials; the waiting get them too, to have their connection ready."""
