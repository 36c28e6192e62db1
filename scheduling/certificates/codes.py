"""The six digits on a certificate's paper by which its holder says that a choice is his: kept as a keyed hash only."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from scheduling.certificates.tables import Certificate

# A device that opened a certificate by number and code may look at it for so long.
OPEN_FOR = timedelta(minutes=30)


def issue(certificate: Certificate, *, key: bytes) -> str:
    """New digits for this certificate; those before stop working. This is the only time they can be read."""
    digits = f"{secrets.randbelow(10**6):06}"
    certificate.code_hash = _hash(key, "certificate", f"{certificate.number}:{digits}")
    return digits


def fits(certificate: Certificate, digits: str, *, key: bytes) -> bool:
    """Whether these are the digits of this certificate, in the same time whatever they are."""
    given = _hash(key, "certificate", f"{certificate.number}:{digits}")
    return hmac.compare_digest(given, certificate.code_hash or "")


def pass_for(certificate: Certificate, *, key: bytes, now: datetime) -> str:
    """What the holder's device shows instead of the digits, until `OPEN_FOR` is over or the digits are new."""
    until = int((now + OPEN_FOR).timestamp())
    return f"{certificate.id}.{until}.{_seal(certificate, until, key)}"


def number_in(shown: str) -> int | None:
    """Which certificate a pass speaks of; whether it is true only `is_open_to` knows."""
    number = shown.partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None


def is_open_to(certificate: Certificate, shown: str, *, key: bytes, now: datetime) -> bool:
    _, _, rest = shown.partition(".")
    until, _, seal = rest.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) < 12) or certificate.code_hash is None:
        return False
    return int(until) > now.timestamp() and hmac.compare_digest(seal, _seal(certificate, int(until), key))


def _seal(certificate: Certificate, until: int, key: bytes) -> str:
    """It rests on the digits' hash: new digits close what the old ones opened."""
    return _hash(key, "certificate_pass", f"{certificate.id}:{until}:{certificate.code_hash}")


def _hash(key: bytes, purpose: str, value: str) -> str:
    return hmac.new(key, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()
