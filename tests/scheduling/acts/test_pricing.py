"""What a session costs: the rule in whole kopecks beside the same rule in exact fractions."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.certificates.tables import Unit
from scheduling.pricing.rule import Payment, Price, Terms, half_up, most, price

UNITS: tuple[Unit, ...] = ("session", "minute", "kopeck")
PAYMENTS: tuple[Payment, ...] = ("tariff", "minutes")


def consultation(**other: object) -> Terms:
    """1739: 40 minutes for 474.29 ₽, one session of a certificate that is worth exactly that."""
    usual = {"unit": "session", "payment": "tariff", "norm_min": 40, "price_kopecks": 47_429, "unit_kopecks": 47_429}
    return Terms(**(usual | other))  # type: ignore[arg-type]


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    kopecks = st.integers(0, 3_000_000)
    return Terms(
        unit=draw(st.sampled_from(UNITS)),
        payment=draw(st.sampled_from(PAYMENTS)),
        norm_min=draw(st.integers(1, 600)),
        price_kopecks=draw(kopecks),
        unit_kopecks=draw(kopecks),
        copay_kopecks=draw(st.one_of(st.just(0), kopecks)),
    )


def exactly(paid_by: Terms, actual_min: int) -> Price:
    """The same in fractions: cost per minute × minutes, and the half of a kopeck goes up."""
    held = Fraction(min(actual_min, paid_by.norm_min))
    by_minutes = paid_by.payment == "minutes" or paid_by.unit == "minute"
    share = held / paid_by.norm_min if by_minutes else Fraction(1)
    times = paid_by.norm_min if paid_by.unit == "minute" else 1
    own = 0 if paid_by.unit == "kopeck" else paid_by.copay_kopecks * times
    from_budget = max(Fraction(0), Fraction(min(paid_by.price_kopecks, paid_by.unit_kopecks * times) - own))
    paid, whole = (floor(part * share + Fraction(1, 2)) for part in (from_budget, Fraction(paid_by.price_kopecks)))
    return Price({"session": 1, "minute": int(held), "kopeck": paid}[paid_by.unit], paid, whole - paid)


@given(terms(), st.integers(0, 1_000))
def test_it_is_the_rule_in_exact_fractions(paid_by: Terms, actual_min: int) -> None:
    assert price(paid_by, actual_min) == exactly(paid_by, actual_min)


@given(terms(), st.integers(0, 1_000))
def test_it_never_comes_to_more_than_was_kept_for_it(paid_by: Terms, actual_min: int) -> None:
    due, kept = price(paid_by, actual_min), most(paid_by)
    assert 0 <= due.quantity <= kept.quantity
    assert 0 <= due.sum_kopecks <= kept.sum_kopecks
    assert due.copay_kopecks >= 0


@given(terms(), st.integers(0, 1_000), st.integers(0, 100))
def test_a_longer_session_never_costs_less(paid_by: Terms, actual_min: int, more: int) -> None:
    assert price(paid_by, actual_min).sum_kopecks <= price(paid_by, actual_min + more).sum_kopecks


@given(terms(), st.integers(0, 1_000))
def test_the_budget_pays_no_more_than_the_units_are_worth(paid_by: Terms, actual_min: int) -> None:
    due = price(paid_by, actual_min)
    if paid_by.unit != "kopeck":
        assert due.sum_kopecks <= due.quantity * paid_by.unit_kopecks


@pytest.mark.parametrize(
    ("paid_by", "minutes", "due"),
    [
        (consultation(), 40, Price(1, 47_429, 0)),
        (consultation(), 31, Price(1, 47_429, 0)),
        (consultation(payment="minutes"), 40, Price(1, 47_429, 0)),
        (consultation(payment="minutes"), 55, Price(1, 47_429, 0)),
        (consultation(payment="minutes"), 31, Price(1, 36_757, 0)),  # 36,757.475
        (consultation(payment="minutes"), 20, Price(1, 23_715, 0)),  # 23,714.5 goes up
        (consultation(payment="minutes"), 0, Price(1, 0, 0)),
        (consultation(price_kopecks=40_000), 40, Price(1, 40_000, 0)),
        (consultation(price_kopecks=60_000), 40, Price(1, 47_429, 12_571)),
        (consultation(copay_kopecks=10_000), 40, Price(1, 37_429, 10_000)),
        (consultation(copay_kopecks=10_000, price_kopecks=60_000), 40, Price(1, 37_429, 22_571)),
        (consultation(copay_kopecks=90_000), 40, Price(1, 0, 47_429)),
        (consultation(unit="minute", unit_kopecks=1_000, price_kopecks=40_000), 31, Price(31, 31_000, 0)),
        (consultation(unit="minute", unit_kopecks=1_000, price_kopecks=44_000), 31, Price(31, 31_000, 3_100)),
        (consultation(unit="kopeck"), 40, Price(47_429, 47_429, 0)),
        (consultation(unit="kopeck", payment="minutes"), 20, Price(23_715, 23_715, 0)),
    ],
)
def test_what_a_session_comes_to(paid_by: Terms, minutes: int, due: Price) -> None:
    assert price(paid_by, minutes) == due


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_the_half_goes_up(number: int, by: int) -> None:
    assert half_up(number, by) == floor(Fraction(number, by) + Fraction(1, 2))
