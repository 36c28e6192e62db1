"""A certificate as signed text for its QR code, the keys that sign it, and what is published for whoever checks it.

docs/certificates.md is the contract, server/certificate_check.py the other side.
"""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from joserfc import jws
from joserfc.jwk import OKPKey
from sqlalchemy import select

from scheduling import people
from scheduling.certificates import keys as signing_keys
from scheduling.certificates import numbers
from scheduling.certificates.tables import SigningKey
from scheduling.db import Tx
from scheduling.duplicates.names import surname_first
from scheduling.standards import ServiceStandard
from server import sealing
from server.certificate_check import (
    ALGORITHM,
    DISTRICT,
    FORMAT,
    HOLDER,
    ISSUER,
    LIST_TYPE,
    REGISTRY,
    TYPE,
    UNITS,
    Forged,
    Keys,
    Paper,
    Revocations,
    hash_of,
    paper_of,
    read_keys,
    read_revocations,
)

KID_LENGTH = 8
# How long after its last day somebody may still want to know that a paper was genuine, or that it was revoked.
KEPT_DAYS = 62
LETTERS = {unit: letter for letter, unit in UNITS.items()}


async def issue(tx: Tx, paper: Paper, *, key: bytes) -> str:
    """The token of this paper, signed by the current key; `key` is the installation's.

    The same paper under the same key is the same token. Nothing is written, so it may be asked for in a transaction
    that only reads. `paper.holder` is the full name; only the surname with initials gets into the token.
    Refused: `signing_key_missing`; ValueError for what no paper can be (no service or more than 20, one of them twice,
    days out of order or more than ten years apart, a number or code with more characters than fit).
    """
    stated = _stated(paper)
    try:
        paper_of(stated)
    except Forged as forged:
        raise ValueError(f"no certificate says this: {paper.number}") from forged
    return _signed(TYPE, stated, await signing_keys.current(tx), key)


def address(public: str, token: str) -> str:
    """What the QR code holds: the page that checks, and the token where no server gets to see it."""
    return f"{public.rstrip('/')}/certificate/check#{token}"


def holder_as_shown(name: str) -> str:
    """ "Иванова Анна Петровна", "Анна Петровна Иванова" → "Иванова А. П.": enough to compare with a passport, no more
    than that."""
    surname, *given = surname_first(_clean(name))
    return _clean(" ".join([surname, *(f"{each[0]}." for each in given[:3])]), HOLDER)


async def ensure_key(tx: Tx, *, key: bytes, now: datetime) -> None:
    """Makes the first key where there is none; nodes that start together make one."""
    if not await signing_keys.is_there(tx):
        await rotate(tx, key=key, now=now)


async def rotate(tx: Tx, *, key: bytes, now: datetime) -> SigningKey:
    """A new key signs from now on; the one before stays published."""
    pair = OKPKey.generate_key("Ed25519", private=True)
    new = made_key(pair, key=key, now=now)
    await signing_keys.rotate(tx, new, now=now)
    return new


async def withdraw(tx: Tx, kid: str, *, key: bytes, now: datetime) -> None:
    """Nothing the key signed is believed any more; papers that carry its signature are to be printed anew."""
    await signing_keys.withdraw(tx, kid, now=now)
    await ensure_key(tx, key=key, now=now)


def made_key(pair: OKPKey, *, key: bytes, now: datetime) -> SigningKey:
    """A pair as a row: named by its thumbprint (RFC 7638), the private half sealed with the installation's key."""
    kid, private = pair.thumbprint()[:KID_LENGTH], pair.as_dict(private=True)
    sealed = sealing.seal(key, _secret(kid), str(private["d"])).encode()
    return SigningKey(kid=kid, public=str(private["x"]), sealed=sealed, made_at=now)


async def keys_document(tx: Tx, *, now: datetime) -> dict[str, Any]:
    """The published keys (RFC 7517), the names of services for people, and withdrawn keys without the key itself:
    whoever does not know that member knows no such key."""
    since = await today(tx, now) - timedelta(days=KEPT_DAYS)
    shown = await signing_keys.published(tx, since=since)
    gone = await signing_keys.withdrawn(tx)
    return {
        "services": await _services(tx),
        "keys": [_jwk(each) for each in shown],
        "withdrawn": [{"kid": each.kid, "at": _seconds(each.withdrawn_at or now)} for each in gone],
    }


async def revocation_list(tx: Tx, *, key: bytes, now: datetime) -> str:
    """What counts no more, signed by the current key: each number as the token on its paper says it."""
    ended = await signing_keys.ended(tx, since=await today(tx, now) - timedelta(days=KEPT_DAYS))
    stated = {
        "v": FORMAT,
        "at": _seconds(now),
        "revoked": _hashes(ended.revoked),
        "replaced": _hashes(ended.replaced),
        "keys": [each.kid for each in await signing_keys.withdrawn(tx)],
    }
    return _signed(LIST_TYPE, stated, await signing_keys.current(tx), key)


async def known(tx: Tx, *, key: bytes, now: datetime) -> tuple[Keys, Revocations]:
    """What a stranger would fetch, read as a stranger would: for a check on the server itself."""
    keys = read_keys(json.dumps(await keys_document(tx, now=now)))
    return keys, read_revocations(await revocation_list(tx, key=key, now=now), keys)


async def today(tx: Tx, now: datetime) -> date:
    """The day in the region."""
    office = await people.first_office(tx)
    district = await tx.get(people.District, office.district_id) if office else None
    return now.astimezone(ZoneInfo(district.zone) if district else UTC).date()


async def _services(tx: Tx) -> dict[str, str]:
    """What people call the services, by code: the newest version of each."""
    statement = select(ServiceStandard.code, ServiceStandard.name).order_by(ServiceStandard.id)
    return {row.code: row.name for row in await tx.execute(statement)}


def _stated(paper: Paper) -> dict[str, Any]:
    return {
        "v": FORMAT,
        "n": numbers.as_seen(paper.number),
        "i": _clean(paper.issuer, ISSUER),
        "d": _clean(paper.district, DISTRICT),
        "h": holder_as_shown(paper.holder),
        "b": paper.birth_year,
        "f": _day(paper.issued_on),
        "u": _day(paper.valid_until),
        "s": [[_clean(each.code), LETTERS[each.unit], each.quantity] for each in paper.services],
    }


def _signed(kind: str, stated: dict[str, Any], signing: SigningKey, key: bytes) -> str:
    private = sealing.open_sealed(key, _secret(signing.kid), signing.sealed.decode())
    pair = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": signing.public, "d": private})
    header = {"alg": ALGORITHM, "kid": signing.kid, "typ": kind}
    text = json.dumps(stated, ensure_ascii=False, separators=(",", ":"))
    return jws.serialize_compact(header, text.encode(), pair, registry=REGISTRY)


def _hashes(ended: list[str]) -> list[str]:
    return sorted({hash_of(numbers.as_seen(number)) for number in ended})


def _clean(text: str, longest: int = 1_000) -> str:
    """One line of what can be seen; words are cut where the paper's QR would grow too fine to scan."""
    line = numbers.as_seen(text)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _jwk(each: SigningKey) -> dict[str, Any]:
    shown = {"kty": "OKP", "crv": "Ed25519", "alg": ALGORITHM, "use": "sig", "kid": each.kid, "x": each.public}
    times = {"made": _seconds(each.made_at)}
    return shown | times | ({"retired": _seconds(each.retired_at)} if each.retired_at else {})


def _secret(kid: str) -> str:
    return f"certificates:{kid}"


def _day(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
