"""Headings as people write them, in Russian and English, and the columns they mean."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

ListKind = Literal["applications", "certificates"]

_PERSON: dict[str, tuple[str, ...]] = {
    "name": ("фио", "фио получателя", "фамилия имя отчество", "получатель", "заявитель", "full name", "name", "client"),
    "surname": ("фамилия", "surname", "last name", "family name"),
    "given": ("имя", "given name", "first name"),
    "patronymic": ("отчество", "patronymic", "middle name"),
    "birth_date": ("дата рождения", "др", "д р", "рождение", "дата рожд", "birth date", "date of birth", "born", "dob"),
    "phone": (
        "телефон",
        "тел",
        "номер телефона",
        "контактный телефон",
        "мобильный телефон",
        "phone",
        "telephone",
        "mobile",
    ),
    "email": ("почта", "электронная почта", "эл почта", "email", "e mail"),
    "district": ("район", "муниципальный район", "округ", "городской округ", "город или район", "district"),
    "settlement": ("населенный пункт", "село", "поселок", "место жительства", "settlement", "village", "town"),
    "snils": ("снилс", "страховой номер", "snils"),
    "language": ("язык", "язык общения", "language"),
    "consent": (
        "согласие",
        "согласие от",
        "дата согласия",
        "согласие на обработку",
        "согласие на обработку персональных данных",
        "consent",
        "consent date",
        "consent on",
    ),
    "remark": ("примечание", "примечания", "комментарий", "заметка", "remark", "note", "comment"),
}
_APPLICATIONS: dict[str, tuple[str, ...]] = _PERSON | {
    "topic": ("тема", "тема обращения", "проблема", "topic", "subject"),
    "service": ("услуга", "код услуги", "наименование услуги", "service", "service code"),
    "urgency": ("срочность", "приоритет", "urgency", "priority"),
    "mode": ("способ", "способ связи", "форма связи", "mode", "by"),
    "wish": ("пожелания", "удобное время", "пожелания по времени", "wishes", "preferred time"),
    "received": ("дата обращения", "обратился", "поступило", "received", "received on", "date"),
}
_CERTIFICATES: dict[str, tuple[str, ...]] = _PERSON | {
    "number": ("номер", "номер сертификата", "сертификат", "number", "certificate", "certificate number"),
    "service": ("услуга", "код услуги", "наименование услуги", "service", "service code"),
    "quantity": ("количество", "кол во", "объем", "сумма", "quantity", "amount"),
    "unit": ("единица", "ед", "ед изм", "единица измерения", "unit"),
    "until": ("действует до", "действителен до", "срок", "срок действия", "годен до", "valid until", "expires"),
    "providers": ("поставщики", "поставщик", "исполнители", "исполнитель", "providers", "provider"),
    "year": ("год", "год бюджета", "year", "budget year"),
    "source": ("источник", "источник средств", "source", "source of money"),
}


@dataclass(frozen=True)
class Headings:
    """The headings of one kind of list. Of each group in `needed` one way must be there whole."""

    known: Mapping[str, str]
    needed: tuple[tuple[frozenset[str], ...], ...]

    def read(self, cells: Sequence[str]) -> list[str]:
        """Which column each heading means; "" where nobody knows."""
        return [self.known.get(plain(cell), "") for cell in cells]

    def complete(self, columns: Sequence[str]) -> bool:
        return not self.missing(columns)

    def missing(self, columns: Sequence[str]) -> list[str]:
        """The columns without which the list says too little, each by its ordinary name."""
        there = set(columns)
        return [min(ways[0]) for ways in self.needed if not any(way <= there for way in ways)]


def plain(heading: str) -> str:
    """A heading as it is compared: lower case, ё as е, no marks, no remark in brackets, single spaces."""
    text = re.sub(r"\([^)]*\)", " ", heading[:200].lower().replace("ё", "е"))
    text = re.sub(r"(?<=\b[а-я])\.(?=[а-я]\b)", "", text)  # Ф.И.О.
    return " ".join(re.sub(r"[^0-9a-zа-я]+", " ", text).split())


def _headings(words: Mapping[str, tuple[str, ...]], *needed: str) -> Headings:
    named = (frozenset({"name"}), frozenset({"surname", "given"}))
    known = {plain(word): column for column, those in words.items() for word in those}
    return Headings(known, (named, *((frozenset({column}),) for column in needed)))


LISTS: dict[ListKind, Headings] = {
    "applications": _headings(_APPLICATIONS, "birth_date", "consent"),
    "certificates": _headings(_CERTIFICATES, "birth_date", "number", "service", "quantity", "until"),
}
