"""Whether two cards are one person: points for and against, from names, birth and telephone; pure.

The points are set so that one strong thing never suffices: the same name and year are found, the same name with another
year is another person, a whole household with one telephone stays a household.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rapidfuzz.distance import OSA

from scheduling.duplicates.names import INITIAL, Likeness, Name, alike, parsed

# From LIKELY on somebody is asked; from SURE on nobody would doubt.
LIKELY, SURE = 70, 90
_SURNAME, _GIVEN, _PATRONYMIC = 25, 15, 15
_WHOLE_NAME = _SURNAME + _GIVEN + _PATRONYMIC
_PHONE_SAME, _PHONE_SHORT, _PHONE_SLIP = 20, 10, 14
_DATE_SAME, _DATE_SLIP, _YEAR_SLIP, _YEAR_SAME, _UNKNOWN = 35, 20, 10, 20, 5
_DATE_OTHER, _YEAR_OTHER, _NAME_OTHER = -25, -40, -40
_WHOLE_PHONE = 10
# With one of these a number of insurance leaves no doubt.
_AGREEING = frozenset({"name_same", "name_similar", "name_initials", "birth_same"})


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody. `birth_year` goes without saying where `birth_date` is known."""

    name: str
    birth_date: date | None = None
    birth_year: int | None = None
    phone: str = ""
    snils: str = ""

    @property
    def year(self) -> int | None:
        return self.birth_date.year if self.birth_date else self.birth_year


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` is 0…100; `because` are the codes of what speaks for it and against it."""

    score: int
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A card that may be the same person's: 0…100, and the codes of what speaks for it and against it."""

    client_id: int
    score: int
    because: tuple[str, ...]


Point = tuple[int, str]


def judged(one: Person, other: Person) -> Verdict:
    """How likely both are one person."""
    return compared(one, parsed(one.name), other, parsed(other.name))


def compared(one: Person, its: Name, other: Person, others: Name) -> Verdict:
    """The same with the names taken apart before. Whoever the names cannot save any more is told so without them."""
    birth, phone = _of_birth(one, other), _of_phones(one.phone, other.phone)
    if birth[0] + phone[0] + _WHOLE_NAME < LIKELY and not (one.snils and other.snils):
        return Verdict(max(0, birth[0] + phone[0]), tuple(code for _, code in (birth, phone) if code))
    likeness = alike(its, others)
    points = [*_of_names(likeness), birth, phone]
    score = sum(point for point, _ in points)
    because = [code for _, code in points if code]
    if one.snils and other.snils and digits(one.snils) == digits(other.snils):
        return Verdict(_insured(score, because), ("snils_same", *because))
    if not likeness.given or not (likeness.surname or (likeness.given == 1 and likeness.patronymic != 0)):
        score = min(score, LIKELY - 20)
    if one.snils and other.snils:
        score, because = min(score, LIKELY - 20), [*because, "snils_other"]
    return Verdict(max(0, min(100, score)), tuple(because))


def _insured(score: int, because: Sequence[str]) -> int:
    """One number of insurance is one person, unless it was copied from another's row or from an example: alone, with
    another name and another birth, it is a reason to ask."""
    return 100 if _AGREEING.intersection(because) else max(LIKELY, min(score, SURE - 1))


def _of_names(likeness: Likeness) -> Iterator[Point]:
    surname, given, patronymic = likeness.surname, likeness.given, likeness.patronymic
    parts = [surname, given, *([] if patronymic is None else [patronymic])]
    if not surname and given:
        yield 0, "surname_other"
    elif all(parts):
        exact = min(parts) == 1
        yield 0, "name_same" if exact else "name_initials" if INITIAL in parts else "name_similar"
    else:
        yield 0, "name_other"
    yield round(_SURNAME * surname), ""
    yield round(_GIVEN * given) if given else _NAME_OTHER, ""
    if patronymic is None:
        yield _UNKNOWN, ""
    else:
        yield round(_PATRONYMIC * patronymic) if patronymic else _NAME_OTHER, ""


def _of_birth(one: Person, other: Person) -> Point:
    if one.birth_date and other.birth_date:
        return _of_dates(one.birth_date, other.birth_date)
    if one.year is None or other.year is None:
        return _UNKNOWN, ""
    return (_YEAR_SAME, "year_same") if one.year == other.year else (_YEAR_OTHER, "birth_other")


def _of_dates(one: date, other: date) -> Point:
    if one == other:
        return _DATE_SAME, "birth_same"
    slips = OSA.distance(one.isoformat(), other.isoformat(), score_cutoff=1)
    if one.year == other.year:
        swapped = (one.month, one.day) == (other.day, other.month)
        return (_DATE_SLIP, "birth_similar") if swapped or slips == 1 else (_DATE_OTHER, "birth_other")
    return (_YEAR_SLIP, "birth_similar") if slips == 1 else (_YEAR_OTHER, "birth_other")


def _of_phones(one: str, other: str) -> Point:
    left, right = plain_phone(one), plain_phone(other)
    if not left or not right:
        return 0, ""
    if left == right:
        return (_PHONE_SAME if len(left) >= _WHOLE_PHONE else _PHONE_SHORT), "phone_same"
    whole = min(len(left), len(right)) >= _WHOLE_PHONE
    slip = whole and OSA.distance(left, right, score_cutoff=1) == 1
    return (_PHONE_SLIP, "phone_similar") if slip else (0, "phone_other")


@lru_cache(maxsize=20_000)
def plain_phone(phone: str) -> str:
    """Digits with the country's 7: "8 913 555-01-12", "9135550112" and "+7 (913) 555-01-12" are one."""
    found = digits(phone)
    if len(found) == 11 and found[0] in "78":
        return "7" + found[1:]
    return "7" + found if len(found) == 10 else found


def digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() else "".join(char for char in text if char in "0123456789")
