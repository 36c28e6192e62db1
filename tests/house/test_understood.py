"""The measure of what is understood: what is lost or drowned is missed, what comes quietly or a little late is not."""

import math
from array import array
from collections.abc import Callable, Sequence
from random import Random

import pytest

from bench.understood import RATE, resampled, understood
from tests.support.speech import spoken

SECONDS = 4
BEGINS = 43_210


@pytest.fixture(scope="module")
def known() -> list[float]:
    return resampled(*spoken())


def heard(signal: Sequence[float]) -> bytes:
    return array("h", [round(max(-1.0, min(1.0, each)) * 32767) for each in signal]).tobytes()


def part(known: Sequence[float]) -> list[float]:
    """Some seconds from the middle, over the end of the file and on from its beginning."""
    return [*known, *known][BEGINS + RATE * 6 : BEGINS + RATE * (6 + SECONDS)]


def test_the_known_file_is_some_seconds_of_sound(known: list[float]) -> None:
    assert 10 < len(known) / RATE < 20
    assert 0.3 < max(known) <= 1


@pytest.mark.parametrize("loud", [1.0, 0.2])
def test_what_came_whole_is_understood_however_loud(known: list[float], loud: float) -> None:
    assert understood(heard([each * loud for each in part(known)]), known) > 0.97


def test_the_more_is_missing_the_less_is_understood(known: list[float]) -> None:
    scores = [understood(heard(torn(part(known), share)), known) for share in (0.05, 0.3, 0.6)]
    assert scores[0] > 0.95
    assert scores == sorted(scores, reverse=True)
    assert scores[2] < 0.7


def test_noise_drowns_it(known: list[float]) -> None:
    level = math.sqrt(sum(each * each for each in part(known)) / (RATE * SECONDS))
    random = Random(1)
    scores = [
        understood(heard([each + random.gauss(0, level * ratio) for each in part(known)]), known)
        for ratio in (0.3, 1, 3)
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0.9
    assert scores[2] < 0.7


def test_a_buffer_that_stretches_time_costs_little(known: list[float]) -> None:
    whole = part(known)
    stretched: list[float] = []
    for at in range(0, len(whole), RATE):
        stretched += [*whole[at : at + RATE], *whole[at + RATE - 500 : at + RATE]]
    assert understood(heard(stretched[: len(whole)]), known) > 0.85


@pytest.mark.parametrize("other", [lambda known: [0.0] * (RATE * SECONDS), lambda known: part(known)[::-1]])
def test_silence_and_other_sounds_are_not_understood(
    known: list[float], other: Callable[[list[float]], list[float]]
) -> None:
    assert understood(heard(other(known)), known) < 0.35


def torn(signal: Sequence[float], share: float) -> list[float]:
    """Packets of 20 ms, each lost with that share."""
    random, size = Random(2), RATE // 50
    pieces = [signal[at : at + size] for at in range(0, len(signal), size)]
    return [each for piece in pieces for each in ([0.0] * len(piece) if random.random() < share else piece)]
