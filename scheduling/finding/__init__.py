"""Finding free time: what is looked for, how it is found in what is kept warm, and why there is none."""

from scheduling.finding.facts import Candidate
from scheduling.finding.lasting import Lasting, how_long
from scheduling.finding.look import Look
from scheduling.finding.reasons import NoneBecause
from scheduling.finding.search import Found, Slot, alternatives, find
from scheduling.finding.warm import Warm
from scheduling.finding.wishes import By, Span, Wish, midnight

__all__ = [
    "By",
    "Candidate",
    "Found",
    "Lasting",
    "Look",
    "NoneBecause",
    "Slot",
    "Span",
    "Warm",
    "Wish",
    "alternatives",
    "find",
    "how_long",
    "midnight",
]
