"""What the probe says and shows: a tone and a moving picture; and what it notes of what it hears and sees."""

import asyncio
import math
from array import array
from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic
from typing import Literal

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

Kind = Literal["audio", "video"]

RATE = 48_000
SAMPLES = RATE // 50  # 20 ms, as everybody packs voice
HERTZ = 440
LOUD = 8_000
# Small and slow on purpose: the probe measures the line, not this machine's encoder.
WIDTH, HEIGHT, PICTURES_A_SECOND = 320, 240, 15
CLOCK = 90_000


class Tone(MediaStreamTrack):
    """A note of 440 Hz."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._began: float | None = None
        self._at = 0

    async def recv(self) -> AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        self._began = self._began if self._began is not None else monotonic()
        await asyncio.sleep(self._began + self._at / RATE - monotonic())
        frame = AudioFrame(format="s16", layout="mono", samples=SAMPLES)
        turns = (2 * math.pi * HERTZ * (self._at + each) / RATE for each in range(SAMPLES))
        frame.planes[0].update(array("h", (int(LOUD * math.sin(turn)) for turn in turns)).tobytes())
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), self._at
        self._at += SAMPLES
        return frame


class Stripe(MediaStreamTrack):
    """A bright stripe that wanders over a grey ground."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._began: float | None = None
        self._shown = 0

    async def recv(self) -> VideoFrame:
        if self.readyState != "live":
            raise MediaStreamError
        self._began = self._began if self._began is not None else monotonic()
        await asyncio.sleep(self._began + self._shown / PICTURES_A_SECOND - monotonic())
        frame = VideoFrame(width=WIDTH, height=HEIGHT, format="yuv420p")
        at = (self._shown * 4) % (WIDTH - 16)
        light, *colours = frame.planes
        row = bytearray(b"\x40" * light.line_size)
        row[at : at + 16] = b"\xd0" * 16
        light.update(bytes(row) * light.height)
        for colour in colours:
            colour.update(b"\x80" * colour.buffer_size)
        frame.time_base, frame.pts = Fraction(1, CLOCK), self._shown * CLOCK // PICTURES_A_SECOND
        self._shown += 1
        return frame


@dataclass
class Arrived:
    """What came of one kind: when first, how many frames, the longest pause, and how loud at most (0…32767)."""

    first_at: float | None = None
    last_at: float = 0.0
    frames: int = 0
    longest_pause_s: float = 0.0
    loudest: int = 0

    def note(self, at: float, loud: int = 0) -> None:
        if self.first_at is None:
            self.first_at = at
        else:
            self.longest_pause_s = max(self.longest_pause_s, at - self.last_at)
        self.last_at = at
        self.frames += 1
        self.loudest = max(self.loudest, loud)


@dataclass
class Ear:
    """Takes in every track of every connection of one pair, so that none of them piles up."""

    audio: Arrived = field(default_factory=Arrived)
    video: Arrived = field(default_factory=Arrived)
    _listening: set["asyncio.Task[None]"] = field(default_factory=set)

    def take(self, track: MediaStreamTrack) -> None:
        task = asyncio.create_task(self._listen(track))
        self._listening.add(task)
        task.add_done_callback(self._listening.discard)

    async def close(self) -> None:
        for task in [*self._listening]:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)

    async def _listen(self, track: MediaStreamTrack) -> None:
        heard = self.audio if track.kind == "audio" else self.video
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            heard.note(monotonic(), _loudness(frame) if isinstance(frame, AudioFrame) else 0)


def _loudness(frame: AudioFrame) -> int:
    samples = memoryview(bytes(frame.planes[0])).cast("h")
    return max(map(abs, samples[::8]), default=0)
