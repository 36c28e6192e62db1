"""The order of the list: every provider stands at every place equally often, and the seed tells the order again."""

from collections import Counter
from itertools import permutations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scheduling.certificate_use.shuffling import SEEDS, shuffled

VIEWS = 6000
# Of the chi-square distribution: what chance alone exceeds once in a thousand times, by degrees of freedom.
AT_MOST = {6: 22.46, 23: 49.73}


def chi_square(counted: Counter[object], places: int) -> float:
    expected = VIEWS / places
    return sum((count - expected) ** 2 / expected for count in counted.values()) + expected * (places - len(counted))


def test_each_of_seven_stands_first_equally_often() -> None:
    firsts: Counter[object] = Counter(shuffled(range(7), seed)[0] for seed in range(VIEWS))
    assert chi_square(firsts, 7) < AT_MOST[6]


def test_and_last() -> None:
    lasts: Counter[object] = Counter(shuffled(range(7), seed)[-1] for seed in range(VIEWS))
    assert chi_square(lasts, 7) < AT_MOST[6]


def test_all_orders_of_four_come_equally_often() -> None:
    orders: Counter[object] = Counter(tuple(shuffled(range(4), seed)) for seed in range(VIEWS))
    assert set(orders) == set(permutations(range(4)))
    assert chi_square(orders, 24) < AT_MOST[23]


def test_a_list_that_leans_would_be_seen() -> None:
    """The counterpart: swapping each with any other, as is often done by mistake, is found out by the same measure."""

    def leaning(seed: int) -> tuple[int, ...]:
        chance, items = Random(seed), list(range(4))
        for at in range(4):
            other = chance.randrange(4)
            items[at], items[other] = items[other], items[at]
        return tuple(items)

    assert chi_square(Counter(leaning(seed) for seed in range(VIEWS)), 24) > AT_MOST[23]


@given(st.lists(st.integers(), unique=True, max_size=40), st.integers(0, SEEDS - 1))
def test_nobody_is_lost_and_the_seed_tells_the_order_again(items: list[int], seed: int) -> None:
    once = shuffled(items, seed)
    assert sorted(once) == sorted(items)
    assert shuffled(items, seed) == once


def test_the_order_of_a_seed_is_written_down() -> None:
    """Listings keep the seed for years: another version of Python must not tell another order."""
    assert "".join(shuffled("abcdefg", 20261123)) == "becadgf"
