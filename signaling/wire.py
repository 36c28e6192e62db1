"""Every message of docs/protocol.md as a strict type; `static/lib/wire.d.ts` is generated from this file."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

VERSION = 1

# What no database column and no page wants: control characters; a new line and a tab may be pasted into a chat.
_PLAIN = r"[^\x00-\x08\x0b-\x1f\x7f-\x9f]*"
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=2000, pattern=rf"^{_PLAIN}[^\s\x00-\x1f\x7f-\x9f]{_PLAIN}$")
]
Name = Annotated[str, StringConstraints(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Epoch = Annotated[str, StringConstraints(max_length=64)]
Count = Annotated[int, Field(ge=0, le=2**31)]
Seq = Annotated[int, Field(ge=1, le=2**31)]
SeatNumber = Annotated[int, Field(ge=0, le=2**31)]
Figure = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Pixels = Annotated[int, Field(ge=0, le=16384)]


class Wire(BaseModel):
    """Strict: no unknown fields, no conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


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


class Description(Wire):
    """Half of an offer/answer exchange (RFC 8829)."""

    type: Literal["offer", "answer"]
    sdp: Annotated[str, StringConstraints(max_length=24000)]


class Candidate(Wire):
    """An ICE candidate as the browser gives it."""

    candidate: Annotated[str, StringConstraints(max_length=1000)]
    sdpMid: Annotated[str, StringConstraints(max_length=64)] | None = None  # noqa: N815 - the browser's own names
    sdpMLineIndex: Annotated[int, Field(ge=0, le=64)] | None = None  # noqa: N815
    usernameFragment: Annotated[str, StringConstraints(max_length=256)] | None = None  # noqa: N815


class Sync(Wire):
    """Where one side of a pair stands, said after a reconnect: offers seen, descriptions applied, candidates got."""

    remote: Count
    got: Count
    wants: Literal["restart", "anew"] | None = None


class SignalData(Wire):
    """One step of a negotiation. `pair` names the two instances, `generation` the offer it belongs to."""

    pair: Annotated[str, StringConstraints(max_length=140)]
    generation: Count
    fresh: bool | None = None
    description: Description | None = None
    candidates: Annotated[list[Candidate], Field(max_length=64)] | None = None
    sync: Sync | None = None


class Signal(Numbered):
    """To one other admitted seat of the own room."""

    to: SeatNumber
    data: SignalData


class Chat(Numbered):
    """A line of chat; the same `id` is kept once."""

    id: Name
    text: Text


class Media(Numbered):
    """What I send now."""

    audio: bool
    video: bool


class Seen(Numbered):
    """The first picture or sound of that seat has arrived here."""

    seat: SeatNumber


class QualitySample(Wire):
    """The line towards one other seat over the last seconds. Loss is a share, 0 … 1."""

    seat: SeatNumber
    loss: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    rtt_ms: Figure | None = None
    in_kbps: Figure | None = None
    out_kbps: Figure | None = None
    codec: Annotated[str, StringConstraints(max_length=32, pattern=r"^[!-~]*$")] | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    fps: Figure | None = None
    path: Literal["direct", "relay"] | None = None


class Quality(Numbered):
    """Every five seconds while live, one sample a peer."""

    samples: Annotated[list[QualitySample], Field(min_length=1, max_length=8)]


class Takeover(Numbered):
    """The specialist answers another device that wants the client's seat."""

    request: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    allow: bool


class Leave(Numbered):
    """I go; coming back is entering again."""


class Close(Numbered):
    """The consultation ends for everybody."""


class Help(Numbered):
    """Call the coordinator."""


# From the server


class You(Wire):
    """Who the browser is here."""

    seat: int
    role: Literal["specialist", "client", "companion"]
    name: str
    admitted: bool


class MediaView(Wire):
    """What a seat sends."""

    audio: bool
    video: bool


class SeatView(Wire):
    """A seat as the others see it; `instance` only while here."""

    seat: int
    role: Literal["specialist", "client", "companion"]
    name: str
    here: bool
    admitted: bool
    instance: str | None
    media: MediaView


class RoomView(Wire):
    """The whole room; a higher version replaces a lower one."""

    version: int
    state: Literal["empty", "waiting", "live", "paused", "closed"]
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


class TakeoverEntry(EntryOf):
    """Another device asks."""

    kind: Literal["takeover"]
    data: TakeoverAsked


class IceEntry(EntryOf):
    """ICE servers, on admission."""

    kind: Literal["ice"]
    data: IceFresh


class ClosedEntry(EntryOf):
    """The end."""

    kind: Literal["closed"]
    data: ClosedBecause


Entry = Annotated[
    EpochEntry | RoomEntry | SignalEntry | ChatEntry | ReplacedEntry | TakeoverEntry | IceEntry | ClosedEntry,
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


class Nothing(Wire):
    """Done, nothing to tell."""


# What each event carries and what its ack holds, in the order of docs/protocol.md
ASKED: dict[str, tuple[type[Wire], type[Wire]]] = {
    "enter": (Enter, Entered),
    "replay": (Replay, Replayed),
    "beat": (Beat, Head),
    "admit": (Admit, Nothing),
    "signal": (Signal, Nothing),
    "chat": (Chat, ChatLine),
    "media": (Media, Nothing),
    "seen": (Seen, Nothing),
    "quality": (Quality, Nothing),
    "takeover": (Takeover, Nothing),
    "leave": (Leave, Nothing),
    "close": (Close, Nothing),
    "help": (Help, Nothing),
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
