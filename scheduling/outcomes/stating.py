"""What is known of a session, and what it comes to: stretches, breaks and figures. Pure; nothing is judged here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Literal

Who = Literal["specialist", "client", "guest"]
Stretch = tuple[datetime, datetime]

# The line is bad from here on: speech is concealed or lost so often that people do not understand each other.
BAD_LOSS, BAD_CONCEALED, BAD_RTT_MS, BAD_FROZEN_MS = 0.15, 0.10, 1000.0, 2500


@dataclass(frozen=True)
class Stay:
    """One stretch of somebody's being in the room, and by which mode."""

    who: Who
    begins: datetime
    ends: datetime
    mode: str


@dataclass(frozen=True)
class Happened:
    """One event of the journal; `who` is None for what the room itself did."""

    at: datetime
    who: Who | None
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """A sample: how well this person received another. None is what the browser could not say."""

    at: datetime
    who: Who
    loss: float | None = None
    rtt_ms: float | None = None
    concealed: float | None = None
    frozen_ms: float | None = None
    in_kbps: float | None = None

    @property
    def bad(self) -> bool:
        return (
            (self.loss or 0) >= BAD_LOSS
            or (self.concealed or 0) >= BAD_CONCEALED
            or (self.rtt_ms or 0) >= BAD_RTT_MS
            or (self.frozen_ms or 0) >= BAD_FROZEN_MS
        )


@dataclass(frozen=True)
class LineChecked:
    """The client's line check before the session."""

    at: datetime
    verdict: str
    microphone: str
    camera: str


@dataclass(frozen=True)
class Evidence:
    """A reason as a stable code with its figures; the words stand in the locales (`staff.evidence.<code>`)."""

    code: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """All that is known of one session when it is looked at, at `until` (its closing, or now)."""

    starts: datetime
    ends: datetime
    until: datetime
    closed: bool = False
    """Whether the room is closed; it goes on otherwise, and more may come."""
    stays: Sequence[Stay] = ()
    happened: Sequence[Happened] = ()
    heard: Sequence[Heard] = ()
    check: LineChecked | None = None
    opened_at: datetime | None = None
    """When the client's code or link opened its seat."""
    least_share: float | None = None
    """The standard's minimum share of the duration with both present."""

    @property
    def duration(self) -> timedelta:
        return self.ends - self.starts

    @cached_property
    def client(self) -> list[Stretch]:
        return self._stretches("client")

    @cached_property
    def specialist(self) -> list[Stretch]:
        return self._stretches("specialist")

    @cached_property
    def by_phone(self) -> list[Stretch]:
        """While the room went on by telephone and the specialist was there: she said that they talk."""
        return common(self._told("phone", lambda each: bool(each.data.get("on"))), self.specialist)

    @cached_property
    def let_in(self) -> list[Stretch]:
        """When the client had the right to be heard: from being let in until he was asked to leave."""
        own = [each for each in self._kinds("admitted", "dismissed") if each.who == "client"]
        return self._spans((each.at, each.kind == "admitted") for each in own)

    @cached_property
    def together(self) -> list[Stretch]:
        """When both could talk: present and let in, or on the telephone."""
        return merged([*common(common(self.client, self.let_in), self.specialist), *self.by_phone])

    @cached_property
    def side_by_side(self) -> list[Stretch]:
        """When both were there, let in or not."""
        return common(self.client, self.specialist)

    @cached_property
    def waited(self) -> timedelta:
        """How long the client was there without the specialist, from the booked start to the booked end: who comes
        after that waits for nobody, she had the right to go."""
        due = [(self.starts, min(self.until, self.ends))]
        return length(common(self.client, due)) - length(common(self.side_by_side, due))

    @cached_property
    def broken(self) -> list[Stretch]:
        """The client's line was dead: from then until he was back, or until it was over if he never was."""
        return self._breaks("client")

    @cached_property
    def broken_specialist(self) -> list[Stretch]:
        return self._breaks("specialist")

    @property
    def saw_media(self) -> bool:
        """Sound or picture of the other arrived with one of the two."""
        seen = any(each.who in {"client", "specialist"} for each in self._kinds("saw_media"))
        return seen or any((each.in_kbps or 0) > 0 for each in self.heard)

    @property
    def bad_share(self) -> float:
        """The share of samples on a bad line, the worse of the two sides."""
        shares = [0.0]
        for who in ("client", "specialist"):
            own = [each.bad for each in self.heard if each.who == who]
            if own:
                shares.append(sum(own) / len(own))
        return max(shares)

    @property
    def sent_out(self) -> datetime | None:
        """When the client was asked to leave, if he is out since."""
        told = [each for each in self._kinds("admitted", "dismissed") if each.who == "client"][-1:]
        return told[0].at if told and told[0].kind == "dismissed" else None

    def left_himself(self, who: Who) -> datetime | None:
        """When he went by his own word and did not come back; None while here, when his line died, when he was asked to
        leave or all went home together."""
        last = [each for each in self._kinds("entered", "left") if each.who == who][-1:]
        if not last or last[0].kind != "left" or last[0].at >= self.until:
            return None
        if last[0].data.get("lost") or last[0].data.get("dismissed"):
            return None
        return last[0].at

    def first(self, who: Who) -> datetime | None:
        return min((stay.begins for stay in self.stays if stay.who == who), default=None)

    def _breaks(self, who: Who) -> list[Stretch]:
        """What was dead before the start hurt nobody, unless it was all over by then."""
        begun = self.until > self.starts
        gone: list[Stretch] = []
        for each in self._kinds("left"):
            if each.who == who and each.data.get("lost") and each.at < min(self.ends, self.until):
                back = (stay.begins for stay in self.stays if stay.who == who and stay.begins >= each.at)
                since = max(each.at, self.starts) if begun else each.at
                gone.append((since, min(min(back, default=self.until), self.ends)))
        return merged(gone)

    def _stretches(self, who: Who) -> list[Stretch]:
        return merged([(stay.begins, min(stay.ends, self.until)) for stay in self.stays if stay.who == who])

    def _kinds(self, *kinds: str) -> list[Happened]:
        return sorted((each for each in self.happened if each.kind in kinds), key=lambda each: each.at)

    def _told(self, kind: str, on: Any) -> list[Stretch]:
        return self._spans((each.at, on(each)) for each in self._kinds(kind))

    def _spans(self, switched: Iterable[tuple[datetime, bool]]) -> list[Stretch]:
        """The stretches between each "on" and the next "off", or the end."""
        spans: list[Stretch] = []
        since: datetime | None = None
        for at, on in switched:
            if on and since is None:
                since = at
            if not on and since is not None:
                spans.append((since, at))
                since = None
        if since is not None:
            spans.append((since, self.until))
        return merged(spans)


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time as stretches that neither touch nor overlap; empty ones are dropped."""
    whole: list[Stretch] = []
    for start, end in sorted(stretches):
        if end <= start:
            continue
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((start, end))
    return whole


def common(one: Sequence[Stretch], other: Sequence[Stretch]) -> list[Stretch]:
    return merged((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d))


def length(stretches: Iterable[Stretch]) -> timedelta:
    return sum((end - start for start, end in stretches), timedelta())


def minutes(time: timedelta) -> int:
    """Whole minutes as people say them: half a minute and more is one."""
    return int(time.total_seconds() / 60 + 0.5)
