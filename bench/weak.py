"""The weak line: what is heard, seen and understood over it, ours beside a bare peer connection on the same line.

What is lost by the line is the same for both (bench/weak_call.py, tests/support/link.py). Of each condition two windows
of 12 s at both ends, after 8 s in which the ladder settles; `concealed` is the share of sound samples that the
receiver had to make up (concealedSamples / totalSamplesReceived of its statistics), `understood` is explained in
bench/understood.py.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.figure import Figure, Subject, figure
from bench.understood import resampled, understood
from bench.weak_call import BACK_PATIENCE_S, LINES, Kind, Place, Window, place
from tests.support.speech import spoken

PLAIN = "a bare peer connection"
NEVER = f"{PLAIN} ({BACK_PATIENCE_S} s: never)"
WINDOWS = 2
SEED = 3
KINDS: tuple[Kind, ...] = ("ours", "plain")
CONCEALED = {f"weak.concealed_{line}": line for line in ("15", "30", "150kbit", "60kbit", "30kbit")}
UNDERSTOOD = {"weak.understood_30": "30", "weak.understood_30kbit": "30kbit"}
BACK = {"weak.back_after_20s": 20.0, "weak.back_after_60s": 60.0}
GAP, FPS, FROZEN = "weak.longest_gap_15", "weak.fps_150kbit", "weak.frozen_longest"
NAMES = (*CONCEALED, *UNDERSTOOD, GAP, FPS, FROZEN, *BACK)


@dataclass
class Found:
    """Of one kind of call: windows by condition, seconds until it was back, and how long pictures stood still."""

    windows: dict[str, list[Window]] = field(default_factory=lambda: defaultdict(list))
    back: dict[float, float] = field(default_factory=dict)
    still_ms: list[float] = field(default_factory=list)

    def of(self, line: str, what: str) -> list[float]:
        return [getattr(window, what) for window in self.windows[line]]


async def measure(wanted: frozenset[str]) -> list[Figure]:
    found = {kind: Found() for kind in KINDS}
    async with place() as here:
        for line in _lines(wanted):
            for kind in KINDS:
                await _over(here, line, kind, found[kind], record=line in UNDERSTOOD.values())
        for name, seconds in BACK.items():
            if name in wanted or FROZEN in wanted:
                await asyncio.gather(*(_away(here, seconds, kind, found[kind]) for kind in KINDS))
    return list(_figures(wanted, found["ours"], found["plain"]))


def _lines(wanted: frozenset[str]) -> list[str]:
    needed = {line for name, line in (CONCEALED | UNDERSTOOD).items() if name in wanted}
    needed |= {"15"} if GAP in wanted else set()
    needed |= {"150kbit"} if FPS in wanted else set()
    needed |= set(CONCEALED.values()) if FROZEN in wanted else set()
    return [line for line in LINES if line in needed]


async def _over(here: Place, line: str, kind: Kind, found: Found, *, record: bool) -> None:
    async with here.call(kind, seed=SEED) as call:
        windows = await call.windows(LINES[line], WINDOWS, record=record)
    found.windows[line] += windows
    found.still_ms.append(max(call.settling_ms, *(window.still_ms for window in windows)))


async def _away(here: Place, seconds: float, kind: Kind, found: Found) -> None:
    async with here.call(kind, seed=SEED) as call:
        found.back[seconds] = await call.back_after(seconds)
    found.still_ms.append(call.settling_ms)


def _figures(wanted: frozenset[str], ours: Found, plain: Found) -> Iterator[Figure]:
    for name, line in CONCEALED.items():
        if name in wanted:
            yield figure(name, "%", ours.of(line, "concealed"), (PLAIN, plain.of(line, "concealed")))
    known = resampled(*spoken()) if wanted & set(UNDERSTOOD) else []
    for name, line in UNDERSTOOD.items():
        if name in wanted:
            scores = [[understood(window.heard, known) for window in each.windows[line]] for each in (ours, plain)]
            yield figure(name, "STOI", scores[0], (PLAIN, scores[1]))
    if GAP in wanted:
        yield _worst(GAP, "ms", ours.of("15", "sound_gap_ms"), plain.of("15", "sound_gap_ms"))
    if FPS in wanted:
        yield figure(FPS, "frames/s", ours.of("150kbit", "fps"), (PLAIN, plain.of("150kbit", "fps")))
    if FROZEN in wanted:
        yield _worst(FROZEN, "s", [ms / 1000 for ms in ours.still_ms], [ms / 1000 for ms in plain.still_ms])
    for name, seconds in BACK.items():
        if name in wanted:
            yield figure(name, "s", [ours.back[seconds]], (NEVER, [plain.back[seconds]]))


def _worst(name: str, unit: str, runs: Sequence[float], theirs: Sequence[float]) -> Figure:
    """Where one bad moment is what people remember, the largest counts and not the median."""
    of_all = figure(name, unit, runs)
    return Figure(name, of_all.spread[1], unit, of_all.n, of_all.spread, PLAIN, figure(name, unit, theirs).spread[1])


SUBJECT = Subject(NAMES, measure)
