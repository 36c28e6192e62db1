"""Every message of docs/protocol.md as a strict type; `static/lib/wire.d.ts` is generated from this file."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from signaling.exchange import SignalData
from signaling.fields import Count, Epoch, Figure, Name, Pixels, SeatNumber, Seq, Share, Text, Wire
from signaling.port import HelpWhy, Role, Rung, Why

VERSION = 1

# From the browser, in the order of a visit


class Auth(Wire):
    """CONNECT. `instance` is the random name of one life of one tab."""

    v: int
    ticket: Annotated[str, StringConstraints(min_length=1, max_length=512)]
    instance: Name


class Enter(Wire):
    """Take the seat. `seq` is the number of the oldest message not yet acknowledged; the rest says what was seen."""

    seq: Seq
    cursor: Count
    epoch: Epoch


class Replay(Wire):
    """Ask for the entries after the cursor: one of them got lost."""

    cursor: Count


class Beat(Wire):
    """Still here, and have seen this much."""

    cursor: Count


class Numbered(Wire):
    """An act: `seq` is 1, 2, 3 … in one instance, so that it is done once and in order."""

    seq: Seq


class Admit(Numbered):
    """The specialist lets a waiting seat in."""

    seat: SeatNumber


class Dismiss(Numbered):
    """The specialist asks a guest to leave."""

    seat: SeatNumber


class Phone(Numbered):
    """The specialist goes on by telephone, or back here."""

    on: bool


class Signal(Numbered):
    """To one other seat of the own room: both are let in, or one is the specialist and the other waits for her."""

    to: SeatNumber
    data: SignalData


class Chat(Numbered):
    """A line of chat; the same `id` is kept once."""

    id: Name
    text: Text


class Media(Numbered):
    """What I send now, how much of what I could, and why not all."""

    audio: bool
    video: bool
    screen: bool = False
    rung: Rung = "high"
    why: Why | None = None


class Seen(Numbered):
    """The first picture or sound of that seat has arrived here."""

    seat: SeatNumber


class QualitySample(Wire):
    """The line towards one other seat over the last seconds. `loss` and `concealed` (voice) are shares, 0 … 1."""

    seat: SeatNumber
    loss: Share | None = None
    rtt_ms: Figure | None = None
    in_kbps: Figure | None = None
    out_kbps: Figure | None = None
    codec: Annotated[str, StringConstraints(max_length=32, pattern=r"^[!-~]*$")] | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    fps: Figure | None = None
    path: Literal["direct", "relay"] | None = None
    concealed: Share | None = None
    frozen_ms: Figure | None = None
    rung: Rung | None = None


def _each_once(samples: list[QualitySample]) -> list[QualitySample]:
    """Two samples of one peer in one message are no browser's."""
    if len({sample.seat for sample in samples}) < len(samples):
        raise ValueError("a seat twice")
    return samples


class Quality(Numbered):
    """Every five seconds while live, one sample a peer."""

    samples: Annotated[list[QualitySample], Field(min_length=1, max_length=8), AfterValidator(_each_once)]


class Takeover(Numbered):
    """The specialist answers another device that wants the client's seat."""

    request: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    allow: bool


class Leave(Numbered):
    """I go; coming back is entering again."""


class Close(Numbered):
    """The consultation ends for everybody."""


class Help(Numbered):
    """Call the coordinator: to help, to telephone, for another time."""

    why: HelpWhy = "help"


# From the server


class You(Wire):
    """Who the browser is here."""

    seat: int
    role: Role
    name: str
    admitted: bool


class MediaView(Wire):
    """What a seat sends."""

    audio: bool
    video: bool
    screen: bool
    rung: Rung
    why: Why | None


class SeatView(Wire):
    """A seat as the others see it; `instance` only while here."""

    seat: int
    role: Role
    name: str
    here: bool
    admitted: bool
    instance: str | None
    media: MediaView


class RoomView(Wire):
    """The whole room; a higher version replaces a lower one."""

    version: int
    state: Literal["empty", "waiting", "live", "paused", "closed"]
    phone: bool
    closes_at: str
    seats: list[SeatView]


class ChatLine(Wire):
    """A kept line of chat."""

    id: str
    seat: int
    text: str
    at: str


class IceServerView(Wire):
    """An RTCIceServer."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class TakeoverAsked(Wire):
    """Another device holds the client's code and asks for the seat."""

    request: str


class ReplacedBy(Wire):
    """The instance that has the seat now; empty when another device or a new code got it."""

    instance: str


class ClosedBecause(Wire):
    """Why the room is closed, for everybody or (`moved`) for those who sat in it."""

    reason: Literal["ended", "time", "cancelled", "moved"]


class IceFresh(Wire):
    """ICE servers for the admitted."""

    servers: list[IceServerView]


class Nothing(Wire):
    """Nothing to tell beside that it happened."""


class EntryOf(Wire):
    """A numbered line of the room's log, `prev` the one before it for this seat; `from` null is the server."""

    epoch: str
    n: int
    prev: int
    at: str
    sender: Annotated[int | None, Field(alias="from")]


class EpochEntry(EntryOf):
    """The log begins anew: enter again."""

    kind: Literal["epoch"]
    data: None


class RoomEntry(EntryOf):
    """The room after a change."""

    kind: Literal["room"]
    data: RoomView


class SignalEntry(EntryOf):
    """Relayed from another seat."""

    kind: Literal["signal"]
    data: SignalData


class ChatEntry(EntryOf):
    """Somebody said something."""

    kind: Literal["chat"]
    data: ChatLine


class ReplacedEntry(EntryOf):
    """Another tab took this seat."""

    kind: Literal["replaced"]
    data: ReplacedBy


class DismissedEntry(EntryOf):
    """The specialist asked this seat to leave."""

    kind: Literal["dismissed"]
    data: Nothing


class TakeoverEntry(EntryOf):
    """Another device asks."""

    kind: Literal["takeover"]
    data: TakeoverAsked


class IceEntry(EntryOf):
    """Fresh ICE servers, on admission."""

    kind: Literal["ice"]
    data: IceFresh


class ClosedEntry(EntryOf):
    """The end."""

    kind: Literal["closed"]
    data: ClosedBecause


Entry = Annotated[
    EpochEntry
    | RoomEntry
    | SignalEntry
    | ChatEntry
    | ReplacedEntry
    | DismissedEntry
    | TakeoverEntry
    | IceEntry
    | ClosedEntry,
    Field(discriminator="kind"),
]


class Entered(Wire):
    """The answer to `enter`."""

    epoch: str
    head: int
    you: You
    room: RoomView
    entries: list[Entry]
    chat: list[ChatLine]
    ice: list[IceServerView]
    relay_only: bool
    takeovers: list[TakeoverAsked]


class Replayed(Wire):
    """The answer to `replay`. An unknown epoch means: enter again."""

    epoch: str
    head: int
    entries: list[Entry]


class Head(Wire):
    """The answer to `beat`."""

    epoch: str
    head: int


# What each event carries and what its ack holds, in the order of docs/protocol.md
ASKED: dict[str, tuple[type[Wire], type[Wire]]] = {
    "enter": (Enter, Entered),
    "replay": (Replay, Replayed),
    "beat": (Beat, Head),
    "admit": (Admit, Nothing),
    "dismiss": (Dismiss, Nothing),
    "signal": (Signal, Nothing),
    "chat": (Chat, ChatLine),
    "media": (Media, Nothing),
    "seen": (Seen, Nothing),
    "quality": (Quality, Nothing),
    "takeover": (Takeover, Nothing),
    "leave": (Leave, Nothing),
    "close": (Close, Nothing),
    "help": (Help, Nothing),
    "phone": (Phone, Nothing),
}

FaultCode = Literal[
    "malformed",
    "unknown_event",
    "version_unknown",
    "ticket_spent",
    "room_closed",
    "too_busy",
    "not_entered",
    "out_of_order",
    "too_fast",
    "unavailable",
    "internal",
    "not_permitted",
    "not_admitted",
    "seat_unknown",
    "replaced",
    "request_unknown",
]
