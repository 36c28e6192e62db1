"""How well speech is understood after a line: the short-time objective intelligibility of what arrived, 0 … 1.

After C. H. Taal, R. C. Hendriks, R. Heusdens, J. Jensen: An Algorithm for Intelligibility Prediction of Time-Frequency
Weighted Noisy Speech, IEEE Trans. Audio, Speech, Lang. Process. 19(7), 2011: both signals at 10 kHz, frames of 25.6 ms,
fifteen third-octave bands from 150 Hz, and in each band the correlation of the two envelopes over 384 ms, clipped at
-15 dB, meant over all. From about 0.75 listeners of that paper understood nearly every word, at 0.6 about half.

A browser's jitter buffer stretches and shortens time, which the measure does not know. So what was heard is cut into
pieces of half a second, and each is compared with the place of the known file where it fits; the places follow one
another as the pieces do, give or take 0.1 s. A word that never came thus stays missing; one that came a little later
does not count as wrong. What was silent in the file (40 dB below its loudest frame) is not judged.
"""

import cmath
import math
from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from operator import mul

import av

RATE = 10_000
FRAME, HOP, POINTS = 256, 128, 512
BANDS, LOWEST_HZ = 15, 150
SEGMENT = 30
CLIP = 1 + 10 ** (15 / 20)
SILENT_DB = 40
PIECE = 39  # frames; half a second
WANDER = 8  # frames; more than a jitter buffer adds or takes in that time
SLIP = 0.02
FINE = 2  # samples
Signal = Sequence[float]


def understood(heard: bytes, spoken: Signal) -> float:
    """`heard`: 16-bit samples at 10 kHz, of any moment of `spoken`, which is repeated again and again."""
    samples = [each / 32768 for each in array("h", heard)]
    loop = [*spoken, *spoken]
    clean, worn = [], []
    for number, coarse in enumerate(_places(samples, spoken)):
        piece = samples[number * PIECE * HOP :][: PIECE * HOP + FRAME - HOP]
        place = _fitted(piece, loop, coarse * HOP)
        clean += _bands(loop[place : place + len(piece)])
        worn += _bands(piece)
    return stoi(clean, worn)


def stoi(clean: list[list[float]], worn: list[list[float]]) -> float:
    """The measure itself, from the band envelopes of both, frame by frame."""
    loud = [sum(band * band for band in frame) for frame in clean]
    floor = max(loud, default=0) / 10 ** (SILENT_DB / 10)
    kept = [(x, y) for x, y, power in zip(clean, worn, loud, strict=True) if power > floor]
    found = [
        _correlation([x[band] for x, _ in part], [y[band] for _, y in part])
        for end in range(SEGMENT, len(kept) + 1)
        for part in (kept[end - SEGMENT : end],)
        for band in range(BANDS)
    ]
    return sum(found) / len(found) if found else 0.0


def _correlation(x: Signal, y: Signal) -> float:
    """Equations 2 to 5: the worn envelope made as loud as the clean one, clipped, and correlated with it."""
    power = _product(y, y)
    scale = math.sqrt(_product(x, x) / power) if power else 0.0
    return _likeness(x, [min(scale * b, CLIP * a) for a, b in zip(x, y, strict=True)])


def _likeness(x: Signal, y: Signal) -> float:
    count, sum_x, sum_y = len(x), sum(x), sum(y)
    norm = (_product(x, x) - sum_x * sum_x / count) * (_product(y, y) - sum_y * sum_y / count)
    return (_product(x, y) - sum_x * sum_y / count) / math.sqrt(norm) if norm > 1e-18 else 0.0


def _places(heard: Signal, spoken: Signal) -> list[int]:
    """Where in the file each piece was said, in frames: the way that fits best as a whole (Viterbi), by loudness."""
    ours, theirs = _loudness(heard), _loudness(spoken)
    count, loop = len(theirs), [*theirs, *theirs]
    score, ways = [0.0] * count, []
    for start in range(0, len(ours) - PIECE, PIECE):
        piece = ours[start : start + PIECE]
        # From where the piece before ended. To have added or dropped has a price, so that silence stays where it is.
        steps = [(by, abs(by) * SLIP) for by in range(-WANDER, WANDER + 1)]
        best = [
            max((score[(at - PIECE + by) % count] - price, at - PIECE + by) for by, price in steps)
            for at in range(count)
        ]
        came = [place for _, place in best]
        score = [best[at][0] + _likeness(piece, loop[at : at + PIECE]) for at in range(count)]
        ways.append(came)
    at = max(range(count), key=score.__getitem__)
    places = []
    for came in reversed(ways):
        places.append(at)
        at = came[at] % count
    return places[::-1]


def _fitted(piece: Signal, loop: Signal, coarse: int) -> int:
    """The place within a frame of the coarse one where the wave fits best, to a sample."""
    sparse, best = piece[::3], coarse
    for reach, step in ((HOP, FINE), (FINE - 1, 1)):
        around = [at for by in range(-reach, reach + 1, step) if (at := best + by) >= 0]
        best = max(around, key=lambda at: abs(_likeness(sparse, loop[at : at + len(piece) : 3])))
    return best


def _product(x: Signal, y: Signal) -> float:
    return float(sum(map(mul, x, y)))


def _loudness(signal: Signal) -> list[float]:
    """Of each frame, in decibels above a floor."""
    squares = [each * each for each in signal]
    sums = [sum(squares[at : at + HOP]) for at in range(0, len(squares) - HOP + 1, HOP)]
    return [max(-50.0, 10 * math.log10(a + b + 1e-12)) for a, b in pairwise([*sums, 0.0])]


def _bands(signal: Signal) -> list[list[float]]:
    """Third-octave magnitudes of each frame."""
    window, edges = _window(), _edges()
    frames = []
    for at in range(0, len(signal) - FRAME + 1, HOP):
        spectrum = _fft([a * b for a, b in zip(signal[at : at + FRAME], window, strict=True)] + [0.0] * FRAME)
        power = [each.real * each.real + each.imag * each.imag for each in spectrum[: POINTS // 2 + 1]]
        frames.append([math.sqrt(sum(power[low:high])) for low, high in edges])
    return frames


@lru_cache
def _window() -> list[float]:
    return [0.5 - 0.5 * math.cos(2 * math.pi * (n + 1) / (FRAME + 1)) for n in range(FRAME)]


@lru_cache
def _edges() -> list[tuple[int, int]]:
    """First bin of each band and the one behind its last."""
    centres = [LOWEST_HZ * 2 ** (band / 3) for band in range(BANDS)]
    return [tuple(round(c * 2 ** (side / 6) * POINTS / RATE) for side in (-1, 1)) for c in centres]  # type: ignore[misc]


def _fft(values: Sequence[complex]) -> list[complex]:
    """Cooley and Tukey, for a power of two."""
    count = len(values)
    if count == 1:
        return [complex(values[0])]
    even, odd = _fft(values[::2]), _fft(values[1::2])
    turned = [factor * each for factor, each in zip(_factors(count), odd, strict=True)]
    return [a + b for a, b in zip(even, turned, strict=True)] + [a - b for a, b in zip(even, turned, strict=True)]


@lru_cache
def _factors(count: int) -> list[complex]:
    return [cmath.exp(-2j * cmath.pi * k / count) for k in range(count // 2)]


def resampled(samples: "array[int]", rate: int) -> list[float]:
    """The known file at 10 kHz."""
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
    frame.sample_rate = rate
    frame.planes[0].update(samples.tobytes())
    tool = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    out: array[int] = array("h")
    for made in [*tool.resample(frame), *tool.resample(None)]:
        out.frombytes(bytes(made.planes[0])[: made.samples * 2])
    return [each / 32768 for each in out]
