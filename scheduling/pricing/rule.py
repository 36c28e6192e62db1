"""What a session costs and who pays it: whole kopecks by a fixed rule, pure, never a fraction and never a guess."""

from dataclasses import dataclass
from typing import Literal

from scheduling.certificates.tables import Unit

Payment = Literal["tariff", "minutes"]


@dataclass(frozen=True)
class Terms:
    """What a session is paid by. `price_kopecks` is what the provider takes for a whole session.

    `unit_kopecks` is the normative cost of one unit of the certificate, of which its holder pays `copay_kopecks`
    himself; where the unit is the kopeck, it is the normative cost of a whole session.
    """

    unit: Unit
    payment: Payment
    norm_min: int
    price_kopecks: int
    unit_kopecks: int
    copay_kopecks: int = 0


@dataclass(frozen=True)
class Price:
    """`quantity` units of the certificate, `sum_kopecks` from the budget, `copay_kopecks` from the holder's pocket."""

    quantity: int
    sum_kopecks: int
    copay_kopecks: int


def price(terms: Terms, actual_min: int) -> Price:
    """A session of so many minutes with both present.

    By tariff it is paid whole; by minutes (and always where the certificate counts minutes) it is cost ÷ norm ×
    minutes, never more of them than the norm. Of the provider's price the budget pays no more than the normative cost
    less the holder's part; the rest is the holder's. Sums are rounded once, half up.
    """
    held = max(0, min(actual_min, terms.norm_min))
    counted = held if terms.unit == "minute" or terms.payment == "minutes" else terms.norm_min
    paid = half_up(_from_the_budget(terms) * counted, terms.norm_min)
    whole = half_up(terms.price_kopecks * counted, terms.norm_min)
    units = {"session": 1, "minute": held, "kopeck": paid}
    return Price(units[terms.unit], paid, whole - paid)


def most(terms: Terms) -> Price:
    """What is kept for a session when it is promised: it never comes to more."""
    return price(terms, terms.norm_min)


def half_up(number: int, by: int) -> int:
    """`number` ÷ `by`, both not below zero, to the nearest whole; the half goes up."""
    return (2 * number + by) // (2 * by)


def _from_the_budget(terms: Terms) -> int:
    """Its part of a whole session, before minutes are looked at."""
    units = terms.norm_min if terms.unit == "minute" else 1
    normative = terms.unit_kopecks * units
    own = terms.copay_kopecks * units if terms.unit != "kopeck" else 0
    return max(0, min(terms.price_kopecks, normative) - own)
