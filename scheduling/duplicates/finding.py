"""Finding cards that may be one person's: few are looked at, by telephone, birth and the beginnings of the name."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select

from scheduling import people
from scheduling.db import Tx
from scheduling.duplicates.names import beginnings
from scheduling.duplicates.scoring import LIKELY, Candidate, Person, Verdict, judged, plain_phone
from scheduling.people import Client, folded

# So many cards are looked at for one question at most; more share their beginnings only where a birth is unknown.
_MOST_LOOKED_AT = 600
MOST = 5


class Card(NamedTuple):
    """What of a client's card decides: columns of `client` in this order (`CARD`)."""

    id: int
    name: str
    birth_year: int
    birth_date: date | None
    phone_digits: str
    snils: str


CARD = (Client.id, Client.name, Client.birth_year, Client.birth_date, Client.phone_digits, Client.snils)


async def candidates(tx: Tx, facts: Person, *, district: int | None = None, most: int = MOST) -> list[Candidate]:
    """Cards of the district (None: of the region) that are likely his, the likeliest first; merged ones are gone."""
    near = _near(facts)
    if not near:
        return []
    looked_at = select(*CARD).where(or_(*near), people.present()).limit(_MOST_LOOKED_AT)
    if district is not None:
        looked_at = looked_at.where(Client.district_id == district)
    cards = (Card._make(row) for row in await tx.execute(looked_at))
    return _best(((card.id, judged(facts, _person(card))) for card in cards), most)


def _near(facts: Person) -> list[ColumnElement[bool]]:
    """Each an index of its own: the telephone, the day of birth, the year with the first letters of a name's part."""
    near: list[ColumnElement[bool]] = []
    phone = plain_phone(facts.phone)
    if len(phone) >= 5:
        near.append(Client.phone_digits.in_({phone, phone[1:], phone[-10:]}))
    if facts.birth_date is not None:
        near.append(Client.birth_date == facts.birth_date)
    starts = [_begins(each) for each in sorted(beginnings(facts.name))]
    if facts.year is not None and starts:
        near.append(and_(Client.birth_year == facts.year, or_(*starts)))
    elif facts.year is None:
        near += [_begins(word[:5]) for word in folded(facts.name).split() if len(word) >= 3]
    return near


def _begins(letters: str) -> ColumnElement[bool]:
    """As a range, which the index of either engine knows."""
    return and_(Client.name_folded >= letters, Client.name_folded < letters[:-1] + chr(ord(letters[-1]) + 1))


def _best(verdicts: Iterable[tuple[int, Verdict]], most: int) -> list[Candidate]:
    likely = [Candidate(number, each.score, each.because) for number, each in verdicts if each.score >= LIKELY]
    return sorted(likely, key=lambda each: (-each.score, each.client_id))[:most]


def _person(card: Card) -> Person:
    return Person(card.name, card.birth_date, card.birth_year, card.phone_digits, card.snils)
