"""One side of one pair, as item 7 of docs/protocol.md describes it, with aiortc instead of a browser.

aiortc cannot restart ICE, so where a browser would renew the path of a connection this side asks for, or offers, a
new one ("anew", `fresh`). Its candidates stand in its descriptions; what the other side trickles is taken as it comes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.exceptions import InvalidStateError
from aiortc.rtcconfiguration import RTCIceTransportPolicy
from aiortc.sdp import candidate_from_sdp
from aiortc.stats import RTCInboundRtpStreamStats, RTCReceivedRtpStreamStats, RTCRemoteInboundRtpStreamStats

from server.probe.media import Ear, Stripe, Tone

Json = dict[str, Any]

ANSWER_S = 3.0
PATIENCE_S = 6.0
# A connection that cannot say goodbye must not hold up whoever waits for the verdict.
CLOSE_S = 5.0
WATCH_S = 0.5


@dataclass(frozen=True)
class Counted:
    """Shares are 0…1; None where nothing was measured. `lost_out` and `rtt_ms` are what the other side reports."""

    lost_in: float | None
    lost_out: float | None
    rtt_ms: float | None


class Peer:
    """`begin()` once; `hear()` what the room relays; `flow()` when both are admitted; `resync()` after a reconnect."""

    def __init__(
        self,
        *,
        offering: bool,
        pair: str,
        say: Callable[[Json], Awaitable[object]],
        servers: Sequence[Json],
        relay: bool,
    ) -> None:
        self.ear = Ear()
        self.connections = 0
        """How many were made: more than one means that the path broke or the other side began anew."""
        self.candidates: list[str] = []
        """Kinds of our own candidates: host, srflx, relay."""
        self._offering, self._pair, self._say = offering, pair, say
        self._settings = RTCConfiguration(
            [RTCIceServer(each["urls"], each.get("username"), each.get("credential")) for each in servers],
            RTCIceTransportPolicy.RELAY if relay else RTCIceTransportPolicy.ALL,
        )
        self._pc: RTCPeerConnection | None = None
        self._tracks: dict[str, MediaStreamTrack] = {}
        self._generation = 0
        self._remote = 0
        self._described: Json | None = None
        self._got: set[str] = set()
        self._ahead: list[tuple[int, Json]] = []
        self._spoke = monotonic()
        self._wished = monotonic() - ANSWER_S
        self._trouble: float | None = None
        self._heard: asyncio.Queue[Json] = asyncio.Queue()
        self._working: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._working = asyncio.create_task(self._work())

    def hear(self, data: Json) -> None:
        """Signals of other pairs (an earlier life of the other's tab) are not for this one."""
        if data["pair"] == self._pair:
            self._heard.put_nowait(data)

    def flow(self) -> None:
        """Both are admitted: the tracks go in, without another offer."""
        self._tracks = _shown()
        self._fill()

    async def resync(self) -> None:
        """The line to the server is back: say what stands, the other repeats what is missing."""
        await self._sync()

    @property
    def connected(self) -> bool:
        return self._pc is not None and self._pc.connectionState == "connected"

    @property
    def stranded(self) -> bool:
        """All candidates were gathered, and there is not one."""
        return self._described is not None and not self.candidates

    @property
    def path(self) -> str | None:
        """`direct` or `relay`, by the pair of candidates in use."""
        for transceiver in self._pc.getTransceivers() if self._pc else []:
            # aiortc shows the chosen pair nowhere in public.
            chosen = getattr(transceiver.sender.transport.transport, "_connection", None)
            for pair in getattr(chosen, "_nominated", {}).values():
                kinds = (pair.local_candidate.type, pair.remote_candidate.type)
                return "relay" if "relay" in kinds else "direct"
        return None

    async def counted(self) -> Counted:
        """Of the connection that stands."""
        rows = list((await self._pc.getStats()).values()) if self._pc else []
        inbound = [row for row in rows if isinstance(row, RTCInboundRtpStreamStats)]
        reported = [row for row in rows if isinstance(row, RTCRemoteInboundRtpStreamStats)]
        times = [row.roundTripTime for row in reported if row.roundTripTime]
        return Counted(
            lost_in=_lost(inbound),
            lost_out=_lost(reported),
            rtt_ms=min(times) * 1000 if times else None,
        )

    async def close(self) -> None:
        if self._working:
            self._working.cancel()
            with suppress(asyncio.CancelledError):
                await self._working
        await self._discard()
        await self.ear.close()

    async def _work(self) -> None:
        """One step after the other: what comes, and every half second a look at what never comes."""
        if self._offering:
            await self._offer()
        while True:
            try:
                async with asyncio.timeout(WATCH_S):
                    data = await self._heard.get()
            except TimeoutError:
                await self._watch()
                continue
            # What this side cannot read or do must not end the call: the other repeats, or a new one is asked for.
            with suppress(ValueError, InvalidStateError, ConnectionError):
                await self._step(data)

    async def _step(self, data: Json) -> None:
        generation: int = data["generation"]
        if data.get("description"):
            await (self._answered if self._offering else self._offered)(generation, data)
        if data.get("candidates") and generation >= self._generation:
            self._ahead += [(generation, each) for each in data["candidates"]]
            await self._caught_up()
        if data.get("sync"):
            await self._compare(generation, data["sync"])

    # Offering

    async def _offer(self) -> None:
        """Always a new connection: see above."""
        pc = await self._build()
        for kind in ("audio", "video"):
            pc.addTransceiver(kind, direction="sendrecv")
        self._fill()
        self._generation += 1
        await pc.setLocalDescription(await pc.createOffer())
        await self._describe()

    async def _answered(self, generation: int, data: Json) -> None:
        if not self._pc or generation != self._generation or self._pc.signalingState != "have-local-offer":
            return
        await self._pc.setRemoteDescription(RTCSessionDescription(**data["description"]))
        self._remote = generation
        await self._caught_up()

    # Answering

    async def _offered(self, generation: int, data: Json) -> None:
        if generation < self._generation:
            return
        if generation == self._generation:
            await self._repeat()
            return
        if not data.get("fresh"):
            # The same offer is repeated until it is answered: one wish serves them all.
            if monotonic() - self._wished >= ANSWER_S:
                self._wished = monotonic()
                await self._sync("anew")
            return
        pc = await self._build()
        await pc.setRemoteDescription(RTCSessionDescription(**data["description"]))
        for transceiver in pc.getTransceivers():
            transceiver.direction = "sendrecv"
        self._fill()
        self._generation = self._remote = generation
        await pc.setLocalDescription(await pc.createAnswer())
        await self._describe()
        await self._caught_up()

    # Agreeing again

    async def _compare(self, theirs: int, sync: Json) -> None:
        if self._offering:
            if sync.get("wants") and self._remote == self._generation:
                await self._offer()
            elif sync.get("wants") or theirs < self._generation or self._remote < self._generation:
                await self._repeat()
        elif theirs > self._generation:
            await self._sync()
        elif sync["remote"] < self._generation:
            await self._repeat()

    async def _sync(self, wants: str | None = None) -> None:
        self._spoke = monotonic()
        stands = {"remote": self._remote, "got": len(self._got)} | ({"wants": wants} if wants else {})
        await self._tell({"sync": stands})

    async def _repeat(self) -> None:
        if self._described:
            self._spoke = monotonic()
            await self._tell(self._described)

    async def _watch(self) -> None:
        """An answer that never comes is asked for again; a path that does not heal is made anew."""
        if self.connected:
            self._trouble = None
            return
        now = monotonic()
        if not self._pc or self._remote < self._generation:
            if now - self._spoke >= ANSWER_S:
                await (self._repeat() if self._offering else self._sync())
            return
        self._trouble = self._trouble or now
        if now - self._trouble < PATIENCE_S:
            return
        self._trouble = None
        await (self._offer() if self._offering else self._sync("anew"))

    # The connection

    async def _build(self) -> RTCPeerConnection:
        await self._discard()
        self._remote = 0
        self._got, self._trouble = set(), None
        self.connections += 1
        if self._tracks:
            self._tracks = _shown()  # the ones before ended with their connection
        pc = self._pc = RTCPeerConnection(self._settings)
        pc.on("track", self.ear.take)
        return pc

    async def _discard(self) -> None:
        if self._pc:
            gone, self._pc = self._pc, None
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_S):
                    await gone.close()

    def _fill(self) -> None:
        for transceiver in self._pc.getTransceivers() if self._pc else []:
            _put_in(transceiver, self._tracks.get(transceiver.kind))

    async def _describe(self) -> None:
        assert self._pc
        description = self._pc.localDescription
        self.candidates = [
            line.split(" typ ")[1].split()[0] for line in description.sdp.splitlines() if line.startswith("a=candidate")
        ]
        self._described = {"description": {"type": description.type, "sdp": description.sdp}}
        if self._offering:
            self._described["fresh"] = True
        await self._repeat()

    async def _tell(self, what: Json) -> None:
        await self._say({"pair": self._pair, "generation": self._generation, **what})

    async def _caught_up(self) -> None:
        """Candidates wait for their description."""
        if not self._pc or self._remote != self._generation:
            return
        ready = [candidate for generation, candidate in self._ahead if generation == self._generation]
        self._ahead = [(generation, one) for generation, one in self._ahead if generation > self._generation]
        for candidate in ready:
            if candidate["candidate"] in self._got:
                continue
            self._got.add(candidate["candidate"])
            found = candidate_from_sdp(candidate["candidate"].removeprefix("candidate:"))
            found.sdpMid, found.sdpMLineIndex = candidate.get("sdpMid"), candidate.get("sdpMLineIndex")
            await self._pc.addIceCandidate(found)


def _lost(rows: Sequence[RTCReceivedRtpStreamStats]) -> float | None:
    """The share of all packets; None where none came."""
    received = sum(row.packetsReceived for row in rows)
    lost = sum(max(0, row.packetsLost) for row in rows)
    return lost / (lost + received) if received else None


def _shown() -> dict[str, MediaStreamTrack]:
    return {"audio": Tone(), "video": Stripe()}


def _put_in(transceiver: RTCRtpTransceiver, track: MediaStreamTrack | None) -> None:
    if transceiver.sender.track is not track:
        transceiver.sender.replaceTrack(track)
