"""How often a service may be given: the alternatives of its standard held against the days of a course. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Any


def too_often(alternatives: Sequence[dict[str, Any]] | None, days: Sequence[date]) -> bool:
    """Whether every alternative allows fewer than these in some week, month or year."""
    return bool(alternatives and days) and not any(_allows(each, days) for each in alternatives or ())


def _allows(alternative: dict[str, Any], days: Sequence[date]) -> bool:
    """`{"times": 2, "per": "month"}`, or a course: `{"days": 10, "times": 2, "per": "year"}`."""
    if "days" in alternative:
        return len(days) <= int(alternative["days"])
    counts: dict[tuple[int, ...], int] = {}
    for day in days:
        period = {"week": day.isocalendar()[:2], "month": (day.year, day.month)}.get(alternative["per"], (day.year,))
        counts[period] = counts.get(period, 0) + 1
    return max(counts.values()) <= int(alternative["times"])
