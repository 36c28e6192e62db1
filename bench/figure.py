"""One figure: a median of several runs beside its reference, as a line of JSON or a row of a table."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """`spread` is the lowest and highest run; `reference` says in words what `reference_value` was measured on."""

    name: str
    value: float
    unit: str
    n: int
    spread: tuple[float, float]
    reference: str | None = None
    reference_value: float | None = None

    @property
    def ratio(self) -> float | None:
        return round(self.value / self.reference_value, 2) if self.reference_value else None

    def line(self) -> str:
        facts = {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "reference": self.reference,
            "reference_value": self.reference_value,
            "ratio": self.ratio,
            "n": self.n,
            "spread": list(self.spread),
        }
        return json.dumps(facts, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Subject:
    """Figures that one measurement yields together; `measure` gets the names that are wanted."""

    names: tuple[str, ...]
    measure: Callable[[frozenset[str]], Awaitable[list[Figure]]]


def figure(name: str, unit: str, runs: Sequence[float], reference: tuple[str, Sequence[float]] | None = None) -> Figure:
    """The median of `runs`, and of the runs of what it is compared with."""
    words, theirs = reference or (None, ())
    return Figure(
        name=name,
        value=_rounded(median(runs)),
        unit=unit,
        n=len(runs),
        spread=(_rounded(min(runs)), _rounded(max(runs))),
        reference=words,
        reference_value=_rounded(median(theirs)) if theirs else None,
    )


def _rounded(value: float) -> float:
    """Three figures behind the point where they mean something, none where they do not."""
    return round(value, 3 if abs(value) < 10 else 1 if abs(value) < 1000 else 0)
