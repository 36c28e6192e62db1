"""The order of a list that must not lean: Fisher and Yates's shuffle from a seed that is kept with the list."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")
SEEDS = 2**31  # a column of the database holds it


def shuffled(items: Sequence[T], seed: int) -> list[T]:
    """The same items and seed give the same order, with every Python: of `Random` only `random()` promises that.

    Each item stands at each place equally often over all seeds; that the numbers are a little uneven (2⁻⁵³) nobody
    will ever see.
    """
    chance = Random(seed)  # noqa: S311 - fair, not secret: the seed is written down
    found = list(items)
    for last in range(len(found) - 1, 0, -1):
        other = int(chance.random() * (last + 1))
        found[last], found[other] = found[other], found[last]
    return found
