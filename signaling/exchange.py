"""What two browsers tell each other to connect: descriptions, candidates, where each stands, what each wishes."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from signaling.fields import Count, Wire


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


class Wish(Wire):
    """What the receiver of media asks of its sender. `voice`: as it is, on its toes (RED), or as little as it takes."""

    picture: Literal["high", "low", "tiny", "none"]
    voice: Literal["plain", "redundant", "lean"]


class SignalData(Wire):
    """One step of a negotiation. `pair` names the two instances, `generation` the offer it belongs to."""

    pair: Annotated[str, StringConstraints(max_length=140)]
    generation: Count
    fresh: bool | None = None
    description: Description | None = None
    candidates: Annotated[list[Candidate], Field(max_length=64)] | None = None
    sync: Sync | None = None
    wish: Wish | None = None
