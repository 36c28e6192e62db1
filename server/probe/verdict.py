"""The verdict: pure, from what was measured or where the probe had to stop to one of three words and the reasons."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Word = Literal["good", "poor", "bad"]
Json = dict[str, Any]
EXIT: dict[Word, int] = {"good": 0, "poor": 1, "bad": 2}

# Beyond these a person notices. Milliseconds; loss is a share.
LIMITS: dict[str, float] = {
    "seat_ms": 3000,
    "ready_ms": 5000,
    "admit_ms": 1000,
    "media_ms": 1500,
    "loss": 0.03,
    "rtt_ms": 400,
    "pause_ms": 1000,
    "chat_ms": 1000,
    "reconnect_ms": 5000,
}

# Why the probe had to stop: what is wrong, and what to look at. {names} are the data of the stop.
STOPPED: dict[str, str] = {
    "unreachable": "{address} does not answer: {error}. Look at the server, the name and the certificate.",
    "sign_in_refused": "The server refuses the sign-in of {login} ({because}). "
    "`ryadom probe-account` makes a new password.",
    "real_account": "{login} is not a probe's account, and the probe works with nobody's real clients. "
    "`ryadom probe-account` on the server makes one.",
    "no_free_time": "The probe's calendar offers no time. `ryadom probe-account` on the server mends it.",
    "booking_refused": "The server refuses the probe's booking ({because}).",
    "code_refused": "The server refuses the code ({because}).",
    "refused": "The server refuses {what} ({because}).",
    "not_seated": "The socket opens no seat ({because}). "
    "Look at the proxy's WebSocket settings and at RYADOM_PUBLIC_URL.",
    "not_admitted": "Nobody admitted the probe within {seconds} s.",
    "room_ended": "The room was closed too early ({because}).",
    "no_turn": "A relay was asked for, but the server names no TURN server. "
    "Look at RYADOM_TURN_URLS and RYADOM_TURN_SECRET.",
    "no_relay": "The TURN server gives no relay address: {urls}. Look at coturn, its ports and the shared secret.",
    "no_path": "No path for sound and picture within {seconds} s (own candidates: {candidates}). "
    "Look at the firewall for UDP and at the TURN server.",
    "no_media": "The connection stands, but {what} did not arrive within {seconds} s.",
    "chat_lost": "A line of chat did not come back within {seconds} s.",
    "not_back": "After a broken line the seat was not there again within {seconds} s ({because}).",
    "hole": "What was said while the line was broken did not arrive after it.",
    "wrong_path": "A relay was asked for, but the path is {path}.",
}
# What is worse than it should be.
POOR: dict[str, str] = {
    "seat_ms": "taking the seat took {value:.0f} ms",
    "ready_ms": "connecting before the admission took {value:.0f} ms",
    "admit_ms": "the admission took {value:.0f} ms to arrive",
    "media_ms": "the first sound or picture came {value:.0f} ms after the admission",
    "loss": "{value:.1%} of the packets were lost",
    "rtt_ms": "the way there and back takes {value:.0f} ms",
    "pause_ms": "sound or picture paused for {value:.0f} ms",
    "chat_ms": "a line of chat took {value:.0f} ms there and back",
    "reconnect_ms": "coming back after a broken line took {value:.0f} ms",
    "relay_silent": "a TURN server is named, but gives no relay address: people behind strict firewalls cannot talk",
    "connected_again": "the connection had to be made {value:.0f} times",
}


class Stopped(Exception):  # noqa: N818 - a refusal is no error
    """The probe cannot go on; `code` and data as in STOPPED."""

    def __init__(self, code: str, **data: object) -> None:
        self.code = code
        self.data = data
        super().__init__(f"{code}: {', '.join(map(str, data.values()))}" if data else code)

    @property
    def words(self) -> str:
        return STOPPED[self.code].format(**self.data)


@dataclass
class Direction:
    """What arrived at one end: first sound and picture since the admission, frames, loss, the longest pause."""

    sound_ms: float | None = None
    picture_ms: float | None = None
    sounds: int = 0
    pictures: int = 0
    loudest: int = 0
    loss: float | None = None
    pause_ms: float | None = None


@dataclass
class Measured:
    """All times in milliseconds; None where the probe did not come so far. `to` is by receiving role."""

    join_ms: float | None = None
    seat_ms: float | None = None
    ready_ms: float | None = None
    admit_ms: float | None = None
    to: dict[str, Direction] = field(default_factory=dict)
    rtt_ms: float | None = None
    loss_out: float | None = None
    path: str | None = None
    relay_asked: bool = False
    relay_named: bool = False
    relay_given: bool = False
    connections: int = 0
    chat_ms: float | None = None
    reconnect_ms: float | None = None
    reconnect_pause_ms: float | None = None


@dataclass(frozen=True)
class Verdict:
    """`reasons` are the codes behind the word; for "bad" the one where the probe had to stop."""

    word: Word
    reasons: list[str]
    words: str
    measured: Measured

    @property
    def exit_code(self) -> int:
        return EXIT[self.word]

    def as_json(self) -> Json:
        return {"verdict": self.word, "reasons": self.reasons, "words": self.words, **asdict(self.measured)}


def stopped(stop: Stopped, measured: Measured) -> Verdict:
    return Verdict("bad", [stop.code], stop.words, measured)


def judged(measured: Measured) -> Verdict:
    """Of a call that was held to its end."""
    found = _beyond(measured)
    if measured.relay_named and not measured.relay_given:
        found["relay_silent"] = 0
    if measured.connections > 1:
        found["connected_again"] = measured.connections
    if not found:
        return Verdict("good", [], "The call held.", measured)
    said = "; ".join(POOR[code].format(value=value) for code, value in found.items())
    return Verdict("poor", list(found), f"The call held, but {said}.", measured)


def _beyond(measured: Measured) -> dict[str, float]:
    ends = measured.to.values()
    worst: dict[str, float | None] = {
        "seat_ms": measured.seat_ms,
        "ready_ms": measured.ready_ms,
        "admit_ms": measured.admit_ms,
        "media_ms": _most(time for end in ends for time in (end.sound_ms, end.picture_ms)),
        "loss": _most([*(end.loss for end in ends), measured.loss_out]),
        "rtt_ms": measured.rtt_ms,
        "pause_ms": _most(end.pause_ms for end in ends),
        "chat_ms": measured.chat_ms,
        "reconnect_ms": measured.reconnect_ms,
    }
    return {name: value for name, value in worst.items() if value is not None and value > LIMITS[name]}


def _most(values: Any) -> float | None:
    return max((value for value in values if value is not None), default=None)
