"""Budgets: what a district and each of its providers may spend in a year, and what has become of it."""

from scheduling.budgets.funding import (
    carry_over,
    choose,
    expire,
    find,
    find_or_make,
    funds_of,
    grant,
    shortage,
    worth,
)
from scheduling.budgets.planning import (
    Alarm,
    Standing,
    forecast,
    free,
    lasts_until,
    one,
    plan,
    standing,
    standings,
    years,
)
from scheduling.budgets.tables import Budget

__all__ = [
    "Alarm",
    "Budget",
    "Standing",
    "carry_over",
    "choose",
    "expire",
    "find",
    "find_or_make",
    "forecast",
    "free",
    "funds_of",
    "grant",
    "lasts_until",
    "one",
    "plan",
    "shortage",
    "standing",
    "standings",
    "worth",
    "years",
]
