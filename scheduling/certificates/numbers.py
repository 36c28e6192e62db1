"""The numbers of certificates: one after the other per district and year, without gaps, whoever issues at once."""

import re
import unicodedata
from functools import reduce
from typing import Any

from sqlalchemy import func, select

from scheduling import tries
from scheduling.certificates.tables import Certificate
from scheduling.db import Tx
from scheduling.errors import CertificateNumberTaken, invalid

LONGEST = 40
# Ours have six digits, and one more each time that all of them are used up.
DIGITS, MOST_DIGITS = 6, 18
# What nobody sees, what turns the direction of writing, what ends a line.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def as_seen(text: str) -> str:
    """The one line of it that people see: any white space is a space, one between words, and nothing is hidden.

    Two numbers that are the same this way are one number: it stands in the token and, hashed, in the published list.
    """
    spaced = "".join(" " if each.isspace() else each for each in unicodedata.normalize("NFC", text))
    return " ".join("".join(each for each in spaced if unicodedata.category(each) not in UNSEEN).split())


async def following(tx: Tx, district: int, year: int, *, region: str) -> str:
    """The next number of a district and year, such as 54-07-2026-000123: region, district, year, which one.

    It is taken by the row that is written with it: whoever gives up leaves no gap, because the next one to ask finds
    the same number again. Two who ask at once go one after the other. Only numbers of exactly this form are counted
    on from, whatever else begins like them.
    """
    await tries.in_turn(tx, f"certificates:{district}:{year}")
    prefix = f"{region}-{district:02}-{year}-"
    for digits in range(DIGITS, MOST_DIGITS + 1):
        least = 1 if digits == DIGITS else 10 ** (digits - 1)
        number = max(least, await _last(tx, prefix, digits) + 1)
        if number < 10**digits:
            return f"{prefix}{number:0{digits}}"
    raise CertificateNumberTaken(prefix + "9" * MOST_DIGITS)


async def must_be_free(tx: Tx, number: str, *, region: str) -> str:
    """A number that was given elsewhere, as it is seen. `region` empty: it is not known which is ours.

    Refused: `certificate_number_taken`, however it is spelled; `invalid_input` for one of which nothing is seen, and
    for one that reads like our own and could not be counted on from.
    """
    seen = as_seen(as_seen(number))  # an accent and its letter become one when what was hidden between them is gone
    begins = re.escape(region) or "(?:[0-9]{2,3})?"
    ours = re.match(begins + "-[0-9]{2,}-[0-9]{4}-(.*)", seen)
    if not 1 <= len(seen) <= LONGEST or (ours and not re.fullmatch("[0-9]{6}", ours[1])):
        raise invalid("number", "invalid")
    if await tx.scalar(select(Certificate.id).where(Certificate.number.in_({number, seen}))) is not None:
        raise CertificateNumberTaken(seen)
    return seen


async def _last(tx: Tx, prefix: str, digits: int) -> int:
    """The highest of so many digits, else 0. Of equally many the order of text is that of numbers, so no engine has to
    read as a number what may be none (PostgreSQL raises, SQLite says 0) or may be too large."""
    which = func.substr(Certificate.number, len(prefix) + 1)
    left: Any = reduce(lambda text, digit: func.replace(text, digit, ""), "0123456789", which)
    last = await tx.scalar(
        select(func.max(which))
        .where(Certificate.number.startswith(prefix, autoescape=True))
        .where(func.length(Certificate.number) == len(prefix) + digits, left == "")
    )
    return int(last or 0)
