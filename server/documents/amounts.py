"""Sums as papers state them: in words, so that no figure can be added to afterwards."""

from typing import Literal

Gender = Literal["m", "f"]
_ONES = ("", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять", "одиннадцать")
_TEENS = ("двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать", "семнадцать", "восемнадцать")
_BELOW_20 = (*_ONES, *_TEENS, "девятнадцать")
_TENS = ("", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто")
_HUNDREDS = (
    "", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот",
)  # fmt: skip
_FEMALE = {"один": "одна", "два": "две"}
_GROUPS: tuple[tuple[Gender, tuple[str, str, str]], ...] = (
    ("m", ("рубль", "рубля", "рублей")),
    ("f", ("тысяча", "тысячи", "тысяч")),
    ("m", ("миллион", "миллиона", "миллионов")),
    ("m", ("миллиард", "миллиарда", "миллиардов")),
)
_EN_ONES = (
    "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_GROUPS = ("", " thousand", " million", " billion")
_MOST = 10**14  # kopecks: a billion roubles a thousand times over is no sum of ours


def in_words(kopecks: int, language: str) -> str:
    """«Одна тысяча двести два рубля 05 копеек»: roubles in words, kopecks in figures, as Russian papers have it."""
    if abs(kopecks) >= _MOST:
        raise ValueError("a sum beyond all sums")
    roubles, rest = divmod(abs(kopecks), 100)
    said = _russian(roubles, rest) if language == "ru" else _english(roubles, rest)
    minus = ("минус " if language == "ru" else "minus ") if kopecks < 0 else ""
    return (minus + said)[:1].upper() + (minus + said)[1:]


def form(number: int, one: str, few: str, many: str) -> str:
    """The form of a Russian noun after a number: 1 рубль, 2 рубля, 5 рублей, 11 рублей, 21 рубль."""
    if number % 100 in range(11, 15):
        return many
    return one if number % 10 == 1 else few if number % 10 in {2, 3, 4} else many


def _russian(roubles: int, kopecks: int) -> str:
    words = [] if roubles else ["ноль"]
    for power in range(len(_GROUPS) - 1, -1, -1):
        gender, nouns = _GROUPS[power]
        three = roubles // 1000**power % 1000
        if three or power == 0:
            words += [*_three(three, gender), form(three, *nouns)]
    return " ".join([*words, f"{kopecks:02}", form(kopecks, "копейка", "копейки", "копеек")])


def _three(number: int, gender: Gender) -> list[str]:
    """The words of 0…999."""
    below = number % 100
    words = [_HUNDREDS[number // 100]]
    words += [_BELOW_20[below]] if below < 20 else [_TENS[below // 10], _ONES[below % 10]]
    if gender == "f":
        words = [_FEMALE.get(word, word) for word in words]
    return [word for word in words if word]


def _english(roubles: int, kopecks: int) -> str:
    groups = [
        _en_three(roubles // 1000**power % 1000) + _EN_GROUPS[power]
        for power in range(len(_EN_GROUPS) - 1, -1, -1)
        if roubles // 1000**power % 1000
    ]
    noun = "rouble" if roubles == 1 else "roubles"
    return f"{' '.join(groups) or 'zero'} {noun} {kopecks:02} {'kopeck' if kopecks == 1 else 'kopecks'}"


def _en_three(number: int) -> str:
    below = number % 100
    last = _EN_ONES[below] if below < 20 else "-".join(filter(None, [_EN_TENS[below // 10], _EN_ONES[below % 10]]))
    hundred = f"{_EN_ONES[number // 100]} hundred" if number >= 100 else ""
    return " ".join(filter(None, [hundred, last]))
