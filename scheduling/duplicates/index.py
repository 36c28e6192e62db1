"""All cards of a district in memory, for whoever compares many of them: each is held against a handful of them.

Without a telephone or a number of insurance in common, only names that agree nearly whole can make two cards likely
one person's, and of two days of birth only a slip of the pen can lie between (`scoring`). So whoever is likely the same
has the telephone, the number or the day, or the beginnings of two parts of the name with the year (where a day is
unknown), with the year and month, or with the year and day.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from scheduling.duplicates.names import pairs, parsed
from scheduling.duplicates.scoring import LIKELY, Candidate, Person, digits, judged, plain_phone

MONTHS = range(1, 13)


class Index:
    """`cards` are number, name, year and day of birth (or None; a day may be text), telephone and SNILS of each.

    Of a key only its hash is kept: two that share it cost a comparison, and nothing else.
    """

    def __init__(self, cards: Iterable[Sequence[Any]]) -> None:
        self._cards: list[Sequence[Any]] = []
        self._by: dict[int, int | list[int]] = {}
        for at, card in enumerate(cards):
            self._cards.append(card)
            for key in set(map(hash, _kept(_person(card)))):
                self._keep(key, at)

    def _keep(self, key: int, at: int) -> None:
        there = self._by.get(key)
        if there is None:
            self._by[key] = at
        elif isinstance(there, list):
            there.append(at)
        else:
            self._by[key] = [there, at]

    def candidates(self, facts: Person, *, most: int) -> list[Candidate]:
        """Those that are likely his, the likeliest first."""
        near = set[int]()
        for key in map(hash, _asked(facts)):
            there = self._by.get(key, ())
            near.update((there,) if isinstance(there, int) else there)
        verdicts = [(self._cards[at][0], judged(facts, _person(self._cards[at]))) for at in near]
        likely = [Candidate(number, each.score, each.because) for number, each in verdicts if each.score >= LIKELY]
        return sorted(likely, key=lambda each: (-each.score, each.client_id))[:most]


def _person(card: Sequence[Any]) -> Person:
    _, name, year, born, phone, snils = card
    return Person(name, date.fromisoformat(born) if isinstance(born, str) else born, year, phone, snils)


def _kept(person: Person) -> Iterator[object]:
    """The keys under which a card is found."""
    yield from _plain(person)
    born = person.birth_date
    for pair in pairs(parsed(person.name)):
        if born is None:
            yield person.year, pair
        else:
            yield born.year, "month", born.month, pair
            yield born.year, "day", born.day, pair


def _asked(person: Person) -> Iterator[object]:
    """The keys under which somebody's card may be; a month may have been taken for a day."""
    yield from _plain(person)
    born = person.birth_date
    for pair in pairs(parsed(person.name)):
        yield person.year, pair
        for month in MONTHS if born is None else {born.month, born.day}:
            yield person.year, "month", month, pair
        if born is not None:
            yield born.year, "day", born.day, pair


def _plain(person: Person) -> Iterator[object]:
    if person.birth_date is not None:
        yield person.birth_date
    if len(phone := plain_phone(person.phone)) >= 5:
        yield phone
    if person.snils:
        yield "snils", digits(person.snils)
