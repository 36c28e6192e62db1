"""Matching rows with the people whom the centre knows: new, known beyond doubt, or perhaps known; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from scheduling.duplicates import SURE, Index, Person
from server.lists.understanding import Understood

MOST_OFFERED = 3


class Known:
    """The people of a district. `cards` are number, name, year and day of birth (as text), telephone and SNILS."""

    def __init__(self, cards: Iterable[Sequence[Any]]) -> None:
        self._index = Index(cards)

    def judged(self, row: Understood) -> dict[str, Any]:
        """The row as `ListRow` keeps it: with its verdict, the client it is of, or those it may be of."""
        plain = asdict(row) | {"verdict": "refused", "client_id": None, "candidates": [], "choice": ""}
        if row.problems:
            return plain | {"facts": None}
        found = self._index.candidates(_person(row.facts), most=MOST_OFFERED)
        if found and found[0].score >= SURE and all(each.score < SURE for each in found[1:]):
            return plain | {"verdict": "known", "client_id": found[0].client_id}
        if found:
            offered = [{"score": each.score, "client": each.client_id, "because": each.because} for each in found]
            return plain | {"verdict": "doubtful", "candidates": offered}
        if "consent" not in row.facts:
            needed = {"field": "consent", "code": "consent_needed", "data": {}}
            return plain | {"facts": None, "problems": [needed]}
        return plain | {"verdict": "new"}


def _person(facts: dict[str, Any]) -> Person:
    born = date.fromisoformat(facts["birth_date"])
    return Person(facts["name"], born, born.year, facts["phone"], facts["snils"])
