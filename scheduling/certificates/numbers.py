"""The numbers of certificates: one after the other per district and year, without gaps, whoever issues at once."""

import re

from sqlalchemy import Integer, cast, func, select

from scheduling import tries
from scheduling.certificates.tables import Certificate
from scheduling.db import Tx
from scheduling.errors import CertificateNumberTaken, invalid


async def following(tx: Tx, district: int, year: int, *, region: str) -> str:
    """The next number of a district and year, such as 54-07-2026-000123: region, district, year, which one.

    It is taken by the row that is written with it: whoever gives up leaves no gap, because the next one to ask finds
    the same number again. Two who ask at once go one after the other.
    """
    await tries.in_turn(tx, f"certificates:{district}:{year}")
    prefix = f"{region}-{district:02}-{year}-"
    own = Certificate.number.startswith(prefix, autoescape=True)
    last = await tx.scalar(select(func.max(cast(func.substr(Certificate.number, len(prefix) + 1), Integer))).where(own))
    return f"{prefix}{(last or 0) + 1:06}"


async def must_be_free(tx: Tx, number: str, *, region: str) -> str:
    """A number that was given elsewhere. Refused: `certificate_number_taken`; `invalid_input` for one that reads like
    our own and could not be counted on from."""
    ours = re.match(rf"{region}-\d\d+-\d{{4}}-(.*)", number, re.ASCII)
    if ours and not re.fullmatch(r"\d{6}", ours[1], re.ASCII):
        raise invalid("number", "invalid")
    if await tx.scalar(select(Certificate.id).where(Certificate.number == number)) is not None:
        raise CertificateNumberTaken(number)
    return number
