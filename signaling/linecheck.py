"""The line check: a peer of the server that sends back what it hears and sees, and a verdict from what was measured."""

import asyncio
import contextlib
import logging
import math
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal

from aiortc import RTCConfiguration, RTCDataChannel, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaBlackhole, MediaRelay
from aiortc.mediastreams import MediaStreamTrack

from signaling.ice import IceServer
from signaling.port import Refusal

log = logging.getLogger(__name__)

Device = Literal["ok", "silent", "blocked", "missing"]
Verdict = Literal["good", "voice_only", "too_weak"]

SDP_MOST = 24_000
CANDIDATES_MOST = 100
SECTIONS = frozenset({"audio", "video", "application"})
MESSAGE_MOST = 16_384
BUFFERED_MOST = 256 * 1024
# Decoding and encoding pictures is the dear part; a person sees himself well enough with these.
PICTURES_A_SECOND = 10


def verdict(
    *, loss: float | None, rtt_ms: float | None, kbps: float | None, microphone: Device, camera: Device
) -> Verdict:
    """What this line can carry: sound needs little, a picture more; without a microphone the phone is better.

    Loss is a share, 0 … 1; None where nothing could be measured. A silent microphone is no verdict, only a hint:
    perhaps nobody spoke.
    """
    if microphone in {"blocked", "missing"} or loss is rtt_ms is kbps is None:
        return "too_weak"
    lost, late, wide = loss or 0.0, rtt_ms or 0.0, math.inf if kbps is None else kbps
    if lost > 0.25 or late > 1500 or wide < 40:
        return "too_weak"
    if camera in {"blocked", "missing"} or lost > 0.1 or late > 800 or wide < 200:
        return "voice_only"
    return "good"


def _is_modest(sdp: str) -> bool:
    """At most one section of sound, one of pictures and one of data: each is a decoder, or a transport of its own. And
    no more addresses than a computer has: each is knocked at, whoever lives there.

    Lines are told apart as the library does it.
    """
    lines = sdp.splitlines()
    kinds = [line[2:].partition(" ")[0] for line in lines if line.startswith("m=")]
    addresses = sum(line.startswith("a=candidate:") for line in lines)
    return set(kinds) <= SECTIONS and len(set(kinds)) == len(kinds) and addresses <= CANDIDATES_MOST


@dataclass(eq=False)
class _Check:
    name: str
    peer: RTCPeerConnection
    begun: float
    heard_at: float
    sink: MediaBlackhole = field(default_factory=MediaBlackhole)
    relay: MediaRelay = field(default_factory=MediaRelay)
    watch: "asyncio.Task[None] | None" = None


class LineChecks:
    """All running checks of this process; `begin` and `end` are the HTTP calls, everything else happens by itself."""

    def __init__(
        self,
        *,
        most: int = 6,
        idle_s: float = 30,
        longest_s: float = 90,
        ice: Sequence[IceServer] = (),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._most = most
        self._idle_s = idle_s
        self._longest_s = longest_s
        # Named even when empty: the library would ask a foreign STUN server otherwise.
        self._ice = RTCConfiguration([RTCIceServer(list(s.urls), s.username, s.credential) for s in ice])
        self._clock = clock
        self._checks: dict[str, _Check] = {}

    def __len__(self) -> int:
        return len(self._checks)

    async def begin(self, sdp: str) -> tuple[str, str]:
        """Answer an offer: (name of the check, SDP). Refuses: check_busy with retry_after in seconds, malformed."""
        if len(self._checks) >= self._most:
            raise Refusal("check_busy", retry_after=self._retry_after())
        if len(sdp) > SDP_MOST or not _is_modest(sdp):
            raise Refusal("malformed", fields=["sdp"])
        now = self._clock()
        check = _Check(secrets.token_urlsafe(12), RTCPeerConnection(self._ice), now, now)
        # Taken before the first await, so that the limit holds for those who come at once.
        self._checks[check.name] = check
        try:
            return check.name, await self._answered(check, sdp)
        except Refusal:
            await self.end(check.name)
            raise
        except Exception as error:
            log.info("a line check could not begin (%s)", type(error).__name__)
            await self.end(check.name)
            raise Refusal("malformed", fields=["sdp"]) from None

    async def end(self, name: str) -> None:
        """End a check and free all of it; an unknown one is already gone."""
        check = self._checks.pop(name, None)
        if not check:
            return
        if check.watch and check.watch is not asyncio.current_task():
            check.watch.cancel()
        with contextlib.suppress(Exception):
            await check.sink.stop()
        await check.peer.close()

    async def close(self) -> None:
        """End all checks with the application."""
        await asyncio.gather(*(self.end(name) for name in list(self._checks)))

    async def _answered(self, check: _Check, sdp: str) -> str:
        peer = check.peer
        peer.on("track", lambda track: self._echo(check, track))
        peer.on("datachannel", lambda channel: self._echo_data(check, channel))
        await peer.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        if not peer.getTransceivers() and not peer.sctp:
            raise Refusal("malformed", fields=["sdp"])
        await peer.setLocalDescription(await peer.createAnswer())
        await check.sink.start()
        check.watch = asyncio.create_task(self._watch(check))
        return str(peer.localDescription.sdp)

    def _echo(self, check: _Check, track: MediaStreamTrack) -> None:
        heard = _Heard(track, lambda: self._touch(check))
        check.peer.addTrack(check.relay.subscribe(heard))
        # A track nobody reads grows without end, and the browser may not want its echo.
        check.sink.addTrack(check.relay.subscribe(heard, buffered=False))

    def _echo_data(self, check: _Check, channel: RTCDataChannel) -> None:
        def answer(message: str | bytes) -> None:
            self._touch(check)
            if len(message) <= MESSAGE_MOST and channel.bufferedAmount < BUFFERED_MOST and channel.readyState == "open":
                channel.send(message)

        channel.on("message", answer)

    def _touch(self, check: _Check) -> None:
        check.heard_at = self._clock()

    async def _watch(self, check: _Check) -> None:
        """Ends when the browser said goodbye, when nothing comes any more, or when it is enough."""
        while check.peer.connectionState not in {"failed", "closed"}:
            await asyncio.sleep(0.5)
            now = self._clock()
            if now - check.heard_at > self._idle_s or now - check.begun > self._longest_s:
                break
        await self.end(check.name)

    def _retry_after(self) -> int:
        oldest = min((check.begun for check in self._checks.values()), default=self._clock())
        return max(1, min(15, math.ceil(oldest + self._longest_s - self._clock())))


class _Heard(MediaStreamTrack):
    """What came in, counted as a sign of life; of pictures not more than are needed."""

    def __init__(self, source: MediaStreamTrack, touch: Callable[[], None]) -> None:
        super().__init__()
        self.kind = source.kind
        self._source = source
        self._touch = touch
        self._last = -math.inf

    async def recv(self) -> Any:
        while True:
            frame: Any = await self._source.recv()
            self._touch()
            if self.kind == "audio" or self._is_due(frame.time):
                return frame

    def _is_due(self, at: float | None) -> bool:
        if at is None or at - self._last >= 1 / PICTURES_A_SECOND or at < self._last:
            self._last = at if at is not None else self._last
            return True
        return False
