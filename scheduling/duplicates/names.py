"""Names as they are compared: what was written, taken apart into surname, given name and patronymic; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, permutations

from rapidfuzz.distance import OSA

# Shares of a full match: a slip of the pen, two of them in a long word, a letter that may stand for the word.
SLIP, TWO_SLIPS, INITIAL = 0.85, 0.7, 0.5

_PATRONYMIC = re.compile(r"(?:вич|ович|евич|ыч|ич|вна|овна|евна|ична|инична)$")
_CYRILLIC = re.compile(r"[а-я]")
_BETWEEN = re.compile(r"[^\w-]+|_+")
_SOFT_BEFORE_VOWEL = re.compile(r"[ьъ](?=[аеиоуэюя])")
_DOUBLED = re.compile(r"(.)\1+")
# Letters that look alike: a name typed with the other keyboard in the middle of a word.
_LOOKALIKES = str.maketrans("aceopxyktmhb", "асеорхуктмнв")
_AFTER_PATRONYMICS = {"оглы", "кызы", "угли", "улы"}
_COMMON = """
александр алексей анатолий андрей антон аркадий артем артур богдан борис вадим валентин валерий василий виктор виталий
владимир владислав всеволод вячеслав геннадий георгий герман глеб григорий даниил демьян денис дмитрий евгений егор
ефим захар иван игнат игорь илья иннокентий иосиф кирилл константин лев леонид макар максим марк матвей михаил назар
никита николай олег павел петр прохор роман ростислав руслан савелий семен сергей станислав степан тарас тимофей тимур
федор филипп эдуард юлий юрий яков ярослав
агафья агния аксинья александра алена алина алиса алла анастасия ангелина анна антонина анфиса валентина валерия
варвара василиса вера вероника виктория галина дарья диана ева евгения евдокия екатерина елена елизавета жанна зинаида
злата зоя инна ирина карина кира клавдия ксения лариса лидия лилия любовь людмила майя маргарита марина мария марта
надежда наталья нелли нина оксана олеся ольга пелагея полина прасковья раиса регина римма роза светлана серафима софия
таисия тамара татьяна ульяна фаина юлия яна
"""


@dataclass(frozen=True, slots=True)
class Name:
    """The parts as they sound; "" where there is none. `sure`: the patronymic told which part is which."""

    surname: str
    given: str
    patronymic: str
    sure: bool

    @property
    def sex(self) -> str:
        """ "m" or "f" by the patronymic, or ""."""
        if not self.sure or len(self.patronymic) < 4:
            return ""
        return {"ч": "m", "а": "f"}.get(self.patronymic[-1], "")

    def orders(self) -> Iterator[tuple[str, str, str]]:
        """The ways in which its parts may have been meant."""
        parts = (self.surname, self.given, self.patronymic)
        if self.sure or not self.patronymic:
            yield parts
            yield self.given, self.surname, self.patronymic
        else:
            yield from permutations(parts)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far two names agree, part by part, each 0…1; None where one of them has no such part."""

    surname: float
    given: float
    patronymic: float | None


@lru_cache(maxsize=20_000)
def parsed(name: str) -> Name:
    """A name in any order: "Иванов Иван Иванович", "Иван Иванович Иванов", "Иванов И. И.", "Иван Иванов"."""
    words = [word for word in _words(name) if word not in _AFTER_PATRONYMICS]
    letters = [word for word in words if len(word) == 1]
    if len(words) == 3 and len(letters) == 2:
        surname = next(word for word in words if len(word) > 1)
        return Name(surname, letters[0], letters[1], sure=True)
    at = next((at for at, word in enumerate(words) if at and len(word) > 4 and _PATRONYMIC.search(word)), None)
    if at is not None and len(words) > 2:
        rest = [word for place, word in enumerate(words) if place not in (at, at - 1)]
        return Name("-".join(rest), words[at - 1], words[at], sure=True)
    surname, given, *more = [*words, "", ""]
    return Name(surname, given, more[0] if more else "", sure=False)


def surname_first(name: str) -> list[str]:
    """The words as they were written, the surname before given name and patronymic: "Анна Петровна Иванова" becomes
    "Иванова", "Анна", "Петровна". Where no patronymic stands second the order says nothing and stays."""
    given, *behind = name.split() or [""]
    if len(behind) < 2 or len(behind[0]) < 5 or not _PATRONYMIC.search(behind[0].lower()):
        return [given, *behind]
    patronymic, surname, *more = behind
    return [surname, given, patronymic, *more]


def alike(one: Name, other: Name) -> Likeness:
    """The best agreement over the orders in which they may have been written."""
    if one.sex and other.sex and one.sex != other.sex:
        return Likeness(0.0, 0.0, 0.0)
    fixed, turned = (other, one) if other.sure else (one, other)
    parts = (fixed.surname, fixed.given, fixed.patronymic)
    best = Likeness(0.0, 0.0, None)
    for order in turned.orders():
        found = _compared(parts, order)
        if found.surname > INITIAL and found.given > INITIAL:
            return found
        best = max(best, found, key=_weight)
    return best


def beginnings(name: str) -> set[str]:
    """The first two letters of each part as it was written, ё as е: by them those who may be alike are looked for."""
    return {word[:2] for word in _BETWEEN.split(name.lower().replace("ё", "е")) if word}


def pairs(name: Name) -> set[str]:
    """Beginnings of its whole words, two by two. A slip or another surname leaves at least one of three as it was."""
    words = sorted(part[:2] for part in (name.surname, name.given, name.patronymic) if len(part) > 1)
    return {one + other for one, other in combinations(words, 2)}


def _words(name: str) -> list[str]:
    plain = name.lower().replace("ё", "е")
    if _CYRILLIC.search(plain):
        plain = plain.translate(_LOOKALIKES)
    return [_sound(word) for word in _BETWEEN.split(plain) if word.strip("-")]


def _sound(word: str) -> str:
    """ "наталья" and "наталия", "геннадий" and "генадий" sound the same."""
    heard = _SOFT_BEFORE_VOWEL.sub("и", word).replace("ь", "").replace("ъ", "").replace("й", "и")
    return _DOUBLED.sub(r"\1", heard)


_KNOWN = frozenset(_sound(word) for word in _COMMON.split())


def _compared(one: tuple[str, str, str], other: tuple[str, str, str]) -> Likeness:
    patronymic = _part(one[2], other[2]) if one[2] and other[2] else None
    return Likeness(_surname(one[0], other[0]), _given(one[1], other[1]), patronymic)


def _weight(likeness: Likeness) -> float:
    return likeness.surname * 5 + likeness.given * 4 + (likeness.patronymic or 0.0) * 3


def _surname(one: str, other: str) -> float:
    """Of a double surname one half is enough: it was taken or laid down by marriage."""
    whole = _part(one, other)
    if whole or ("-" not in one and "-" not in other):
        return whole
    return SLIP * max(_part(left, right) == 1 for left in one.split("-") for right in other.split("-"))


def _given(one: str, other: str) -> float:
    """Two names that both exist are never a slip of one another, nor are a man's and a woman's of one stem."""
    if one != other and len(one) > 1 and len(other) > 1:
        if one in _KNOWN and other in _KNOWN:
            return 0.0
        if one.rstrip("ая") == other or one == other.rstrip("ая"):
            return 0.0
    return _part(one, other)


def _part(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    if one == other:
        return INITIAL if len(one) == 1 else 1.0
    if len(one) == 1 or len(other) == 1:
        return INITIAL if one[0] == other[0] else 0.0
    shorter, slips = min(len(one), len(other)), OSA.distance(one, other, score_cutoff=2)
    if slips == 1 and shorter >= 4:
        return SLIP
    return TWO_SLIPS if slips == 2 and shorter >= 8 else 0.0
