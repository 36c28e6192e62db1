"""How a session ended: the facts of its room, a proposal by pure rules with its evidence, and who confirmed it."""

from scheduling.outcomes.judging import Outcome, Proposal, proposed
from scheduling.outcomes.reading import Confirmed, confirmed, facts, unseen
from scheduling.outcomes.stating import Evidence, Facts, Happened, Heard, LineChecked, Stay, length

__all__ = [
    "Confirmed",
    "Evidence",
    "Facts",
    "Happened",
    "Heard",
    "LineChecked",
    "Outcome",
    "Proposal",
    "Stay",
    "confirmed",
    "facts",
    "length",
    "proposed",
    "unseen",
]
