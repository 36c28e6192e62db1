"""What one cell may be: names, days, phones and the like, as people write them, made regular or refused; pure."""

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from scheduling.certificates import numbers, wanted

MONTHS = ("январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр")
ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
OLDEST = 120
NAME = re.compile(r"[^\W\d_]+(?:[-'’ʼ.][^\W\d_]+)*\.?|\([^\W\d_]+\)|[-–]")
# Letters that a name of the region does not have, but a Russian one that was read by a wrong table (CP866, Mac).
STRANGE = frozenset("ЂЃЉЊЌЋЏђѓљњќћџЎўЄєЇїЅѕЈј¤¦§©®°±µ¶·†‡•€‰ЎЂ")
# "йЧБОПЧ": KOI8-R that was read as CP1251 has its capitals and small letters exchanged.
EXCHANGED = re.compile(r"\b[а-яё][А-ЯЁ]{2,}")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff￾￿]")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
NUMBER = re.compile(r"[0-9A-Za-zА-ЯЁа-яё№/.\- ]{1,40}")
PHONE = re.compile(r"\+?[0-9\s()\-.]{5,24}")
MOST_UNITS = 100_000
MOST_KOPECKS = wanted.MOST_UNITS
NO_SNILS = "00000000000"


class Wrong(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A cell that cannot be taken: a stable code and what explains it."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code, self.data = code, data


def line(text: str, most: int = 120) -> str:
    """Any words on one line. Refused: `unprintable`, `too_long`, `garbled`."""
    plain = " ".join(text.replace("\u00ad", "").split())
    if UNPRINTABLE.search(plain):
        raise Wrong("unprintable")
    if "\ufffd" in plain or sum(letter in STRANGE for letter in plain) > 2:
        raise Wrong("garbled")
    if len(plain) > most:
        raise Wrong("too_long", max=most)
    return plain


def name(text: str) -> str:
    """A person's names, two or more, capitals where they belong. Refused: `name_short`, `name_signs`, `garbled`."""
    words = line(text).split()
    if any(EXCHANGED.search(word) or STRANGE & set(word) for word in words):
        raise Wrong("garbled")
    if any(not NAME.fullmatch(word) for word in words):
        raise Wrong("name_signs")
    if len(words) < 2 or len("".join(words)) < 4:
        raise Wrong("name_short")
    return " ".join(_capital(word) for word in words)


def _capital(word: str) -> str:
    if not (word.isupper() and len(word) > 2) and not word.islower():
        return word
    return "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))


def day(text: str) -> date:
    """`12.03.1947`, `1947-03-12`, `12 марта 1947 г.`, `12/03/1947`: the day before the month, as it is written here.

    Refused: `date_unreadable`, `date_impossible`, `year_short` (47 is 1947 or 2047).
    """
    plain = " ".join(text.lower().replace("\u00a0", " ").split())
    plain = re.sub(r"[ t]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$", "", plain)
    if found := re.fullmatch(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", plain):
        return _date(found[1], found[2], found[3])
    if found := re.fullmatch(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4}|\d{2})(?: ?(?:г|года)\.?)?", plain):
        return _date(found[3], found[2], found[1])
    if found := re.fullmatch(r"«?(\d{1,2})»?[ -]([а-яa-z]{3,10})\.?[ ,-]+(\d{4}|\d{2})(?: ?(?:г|года)\.?)?", plain):
        return _date(found[3], str(_month(found[2])), found[1])
    raise Wrong("date_unreadable")


def _month(word: str) -> int:
    for number, (russian, english) in enumerate(zip(MONTHS, ENGLISH, strict=True), 1):
        full = russian == "ма" and word in {"мая", "май"}
        if full or (russian != "ма" and (word.startswith(russian) or (len(word) == 3 and russian.startswith(word)))):
            return number
        if word.startswith(english):
            return number
    raise Wrong("date_unreadable")


def _date(year: str, month: str, in_month: str) -> date:
    if len(year) == 2:
        raise Wrong("year_short")
    try:
        return date(int(year), int(month), int(in_month))
    except ValueError:
        raise Wrong("date_impossible") from None


def birth_date(text: str, today: date) -> date:
    """Refused beside what `day` refuses: `birth_date_range`."""
    born = day(text)
    if not today.year - OLDEST <= born.year or born > today:
        raise Wrong("birth_date_range", min=today.year - OLDEST)
    return born


def past_day(text: str, today: date) -> date:
    found = day(text)
    if found > today or found.year < 2000:
        raise Wrong("date_range")
    return found


def last_day(text: str, today: date) -> date:
    """Of a certificate. Refused beside what `day` refuses: `expired`, `term_too_long`."""
    found = day(text)
    if found < today:
        raise Wrong("expired")
    if found > today + timedelta(days=wanted.LONGEST_DAYS):
        raise Wrong("term_too_long")
    return found


def phones(text: str) -> list[str]:
    """The phones of a cell, Russian ones as `+7 913 555-01-12`. Refused: `phone`."""
    found = [_phone(part.strip()) for part in re.split(r"[;,/|\n]| или ", text) if part.strip()]
    if not found:
        raise Wrong("phone")
    return found


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    if not PHONE.fullmatch(text) or not 5 <= len(digits) <= 15:
        raise Wrong("phone")
    if len(digits) == 10 and digits[0] in "3489" and not text.startswith("+"):
        digits = "7" + digits
    if len(digits) == 11 and digits[0] in "78" and (digits[0] == "7" or not text.startswith("+")):
        return f"+7 {digits[1:4]} {digits[4:7]}-{digits[7:9]}-{digits[9:]}"
    if len(digits) in {8, 9, 10} or (len(digits) > 11 and not text.startswith("+")):
        raise Wrong("phone")
    return text


def email(text: str) -> str:
    plain = line(text, 200)
    if not EMAIL.fullmatch(plain):
        raise Wrong("email")
    return plain


def snils(text: str) -> str:
    """`112-233-445 95`, its last two digits checked; nothing but zeros is none. Refused: `snils`."""
    digits = re.sub(r"[\s-]", "", text)
    if digits == NO_SNILS:
        return ""
    if not re.fullmatch(r"[0-9]{11}", digits):
        raise Wrong("snils")
    total = sum(int(digit) * (9 - at) for at, digit in enumerate(digits[:9])) % 101
    if int(digits[:9]) > 1_001_998 and total % 100 != int(digits[9:]):
        raise Wrong("snils")
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"


def certificate_number(text: str) -> str:
    plain = line(numbers.as_seen(text), numbers.LONGEST)
    if not NUMBER.fullmatch(plain):
        raise Wrong("number_signs")
    return plain


def whole(text: str, least: int, most: int) -> int:
    plain = re.sub(r"[\s\u00a0]", "", text)
    if re.fullmatch(r"[0-9]{1,9}(?:[.,]0+)?", plain):
        number = int(re.split(r"[.,]", plain)[0])
        if least <= number <= most:
            return number
        raise Wrong("out_of_range", min=least, max=most)
    raise Wrong("number")


def kopecks(text: str) -> int:
    """Roubles as people write them: `12 345,50`, `12345.5 ₽`. Refused: `number`, `out_of_range`."""
    plain = re.sub(r"[\s\u00a0]|₽|руб(?:лей|ля|ль|\.)?|р\.$", "", text.lower()).replace(",", ".")
    try:
        exact = Decimal(plain) * 100
    except InvalidOperation:
        raise Wrong("number") from None
    if not exact.is_finite() or exact != exact.to_integral_value():
        raise Wrong("number")
    if not 1 <= exact <= MOST_KOPECKS:
        raise Wrong("out_of_range", min=0.01, max=MOST_KOPECKS // 100)
    return int(exact)


def folded(text: str) -> str:
    """Words as they are compared: small letters, ё as е, single spaces, no quotes."""
    return " ".join(re.sub(r"[«»\"“”„'’.]+", " ", text.lower().replace("ё", "е")).split())
