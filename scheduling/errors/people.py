"""Refusals: clients, their consents, what they ask for, cards that are one person's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scheduling.errors.saying_no import Refused


@dataclass(eq=False)
class ConsentNeeded(Refused):
    code, kind = "consent_needed", "invalid"
    purpose: str


@dataclass(eq=False)
class FeedbackGiven(Refused):
    """The client has said himself how it was; nobody writes over that."""

    code = "feedback_given"


@dataclass(eq=False)
class EffectsMoved(Refused):
    """What a withdrawal would do is not what was shown: `stamp` and `effects` are what it would do now."""

    code = "effects_moved"
    stamp: str
    effects: list[dict[str, Any]]


@dataclass(eq=False)
class RelationSigned(Refused):
    """He has signed for the client as he stands here: who signed, and by what paper, stays as it was."""

    code = "relation_signed"


@dataclass(eq=False)
class ApplicationNotThere(Refused):
    """As the application stands now, this cannot be done with it."""

    code = "application_not_there"
    application_status: str


@dataclass(eq=False)
class ConsentToChangeNeeded(Refused):
    """A specialist is assigned already: another one is proposed to the client, and he agrees first."""

    code = "consent_to_change_needed"
    specialist: str


@dataclass(eq=False)
class CardNeeded(Refused):
    """Nobody knows yet whose application it is: it is linked to a card, or one is made."""

    code = "card_needed"


@dataclass(eq=False)
class MergeRefused(Refused):
    """Two cards cannot become one: `conflicts` name what stands against it, {code, …}."""

    code = "merge_refused"
    conflicts: Sequence[dict[str, Any]]


@dataclass(eq=False)
class CardMerged(Refused):
    """The card was joined with another; `merged_into` is its number."""

    code, kind = "card_merged", "gone"
    merged_into: int
