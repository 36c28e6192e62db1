"""Checking a certificate's signed token, strictly and by itself: pure, from text, keys and a list to a verdict.

docs/certificates.md is the contract; static/lib/certificate.js does the same in a browser. The order of the rules is
part of it: two verifiers name the same reason.
"""

import base64
import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, NoReturn

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

Outcome = Literal["genuine", "genuine_but_expired", "not_yet_valid", "revoked", "replaced", "forged"]
Why = Literal[
    "size", "shape", "base64", "json", "header", "algorithm", "type", "unknown_key", "key_withdrawn", "signature",
    "format", "content",
]  # fmt: skip
Unit = Literal["session", "minute", "kopeck"]

FORMAT = 1
ALGORITHM = "EdDSA"
TYPE, LIST_TYPE = "ryadom-cert", "ryadom-cert-revoked"
LONGEST, LONGEST_LIST = 2_400, 4_000_000
UNITS: dict[str, Unit] = {"s": "session", "m": "minute", "k": "kopeck"}
# Characters of each text, and services on one paper.
NUMBER, ISSUER, DISTRICT, HOLDER, CODE, SERVICES = 40, 60, 40, 40, 16, 20
FIRST_YEAR, LAST_YEAR, LONGEST_TERM_DAYS = 2000, 2100, 3660
FIRST_BIRTH, MOST_QUANTITY = 1900, 999_999_999
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KID = re.compile(r"[A-Za-z0-9_-]{8,16}")
_HASH = re.compile(r"[A-Za-z0-9_-]{16}")
# Nothing that cannot be seen, turns the direction of writing, or ends a line.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_MEMBERS = {"v", "n", "i", "d", "h", "b", "f", "u", "s"}
_LIST_MEMBERS = {"v", "at", "revoked", "replaced", "keys"}


@dataclass(frozen=True)
class Service:
    """So many units of a service, as the paper names them."""

    code: str
    unit: Unit
    quantity: int


@dataclass(frozen=True)
class Paper:
    """What a certificate says. In a token the holder is a surname with initials and the year of birth."""

    number: str
    issuer: str
    district: str
    holder: str
    birth_year: int
    issued_on: date
    valid_until: date
    services: tuple[Service, ...]


@dataclass(frozen=True)
class Keys:
    """The published keys: those that may have signed, by `kid`, and those whose signatures count no more."""

    known: dict[str, bytes]
    withdrawn: frozenset[str]


@dataclass(frozen=True)
class Revocations:
    """Certificates that count no more, by the hash of their number, as they were known at `as_of`."""

    as_of: datetime
    revoked: frozenset[str]
    replaced: frozenset[str]
    keys: frozenset[str]


@dataclass(frozen=True)
class Verdict:
    """`why` only where it is forged, `paper` wherever the signature holds, `as_of` of the list that was looked at."""

    outcome: Outcome
    why: Why | None = None
    paper: Paper | None = None
    as_of: datetime | None = None

    @property
    def good(self) -> bool:
        return self.outcome == "genuine"


class Forged(Exception):  # noqa: N818 - it carries a reason to the verdict
    """A rule that does not hold, by the name of its reason."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


class Unusable(ValueError):  # noqa: N818 - it says what the text is
    """A keys document or a list that nothing can be checked with; the text says what is wrong."""


def check(token: str, keys: Keys, revocations: Revocations | None, today: date) -> Verdict:
    """The verdict on a token; without a list nothing is known of revoked and replaced papers."""
    as_of = revocations.as_of if revocations else None
    try:
        payload = _opened(token, TYPE, LONGEST, keys, revocations.keys if revocations else frozenset())
        paper = paper_of(_plain_object(payload))
    except Forged as forged:
        return Verdict("forged", forged.why, as_of=as_of)
    return Verdict(_outcome(paper, revocations, today), paper=paper, as_of=as_of)


def paper_of(stated: dict[str, Any]) -> Paper:
    """The paper of a payload. Raised: `Forged`, where no certificate of this format says so."""
    if stated.get("v") != FORMAT or isinstance(stated["v"], bool):
        raise Forged("format")
    _must(set(stated) == _MEMBERS)
    issued, until = _day(stated["f"]), _day(stated["u"])
    _must(0 <= (until - issued).days <= LONGEST_TERM_DAYS)
    services = _services(stated["s"])
    birth = _number(stated["b"], FIRST_BIRTH, LAST_YEAR)
    number, issuer = _text(stated["n"], NUMBER), _text(stated["i"], ISSUER)
    return Paper(
        number, issuer, _text(stated["d"], DISTRICT), _text(stated["h"], HOLDER), birth, issued, until, services
    )


def read_keys(text: str) -> Keys:
    """The published keys document. Refused: `Unusable`."""
    try:
        document = json.loads(text)
        known = {each["kid"]: _public(each) for each in document["keys"] if _is_ours(each)}
        withdrawn = frozenset(str(each["kid"]) for each in document.get("withdrawn", []))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unusable("the keys document is damaged") from error
    if not known:
        raise Unusable("the keys document holds no key for certificates")
    return Keys({kid: raw for kid, raw in known.items() if kid not in withdrawn}, withdrawn)


def read_revocations(text: str, keys: Keys) -> Revocations:
    """The published list, its signature checked. Refused: `Unusable`."""
    try:
        stated = _plain_object(_opened(text.strip(), LIST_TYPE, LONGEST_LIST, keys, frozenset()))
        return _revocations(stated)
    except Forged as forged:
        raise Unusable(f"the list of revoked certificates is not signed by these keys ({forged.why})") from forged


def token_of(text: str) -> str:
    """The token in what was scanned, pasted or typed: an address that carries it behind its `#`, or itself."""
    spoken = "".join(text.split())
    return spoken.partition("#")[2] if "#" in spoken else spoken


def hash_of(number: str) -> str:
    """How the list names a certificate: the first 12 bytes of SHA-256 over its number, as base64url."""
    return encoded(hashlib.sha256(number.encode()).digest()[:12])


def encoded(raw: bytes) -> str:
    """Base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Registry(jws.JWSRegistry):
    """The one algorithm. RFC 9864 finds the name "EdDSA" too wide, as it leaves the curve to the key; here the keys
    document holds keys of Ed25519 and nothing else."""

    # How long a text may be is said above; the library's own bound is far below that of a region's list.
    max_payload_length = LONGEST_LIST

    def get_alg(self, name: str) -> Any:
        return self.algorithms[ALGORITHM] if name == ALGORITHM else super().get_alg("not ours")


REGISTRY = Registry(algorithms=[ALGORITHM])


def _opened(token: str, kind: str, longest: int, keys: Keys, withdrawn: frozenset[str]) -> bytes:
    """The payload of a token whose signature holds; nothing of it is read before."""
    if not 0 < len(token) <= longest:
        raise Forged("size")
    if not _SHAPE.fullmatch(token):
        raise Forged("shape")
    header, payload, signature = (_decoded(part) for part in token.split("."))
    kid = _key_id(_plain_object(header), kind)
    if kid in keys.withdrawn or kid in withdrawn:
        raise Forged("key_withdrawn")
    if kid not in keys.known:
        raise Forged("unknown_key")
    if len(signature) != 64 or not _signed(token, keys.known[kid]):
        raise Forged("signature")
    return payload


def _decoded(part: str) -> bytes:
    """Refused: bits that belong to nothing, and so two spellings of the same."""
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise Forged("base64") from None
    if encoded(raw) != part:
        raise Forged("base64")
    return raw


def _plain_object(raw: bytes) -> dict[str, Any]:
    """A JSON object in its one spelling: written again without spaces it is the same text. So no name stands twice."""
    try:
        text = raw.decode("utf-8", "strict")
        found = json.loads(text, parse_float=_refuse, parse_constant=_refuse, parse_int=_short_number)
        again = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        raise Forged("json") from None
    if not isinstance(found, dict) or again != text:
        raise Forged("json")
    return found


def _refuse(_text: str) -> NoReturn:
    raise ValueError("no such numbers here")


def _short_number(text: str) -> int:
    return int(text) if len(text) <= 15 else _refuse(text)


def _key_id(header: dict[str, Any], kind: str) -> str:
    if set(header) != {"alg", "kid", "typ"}:
        raise Forged("header")
    if header["alg"] != ALGORITHM:
        raise Forged("algorithm")
    if header["typ"] != kind:
        raise Forged("type")
    if not isinstance(header["kid"], str):
        raise Forged("unknown_key")
    return header["kid"]


def _signed(token: str, public: bytes) -> bool:
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": encoded(public)})
    registry = REGISTRY
    try:
        jws.deserialize_compact(token, key, registry=registry)
    except JoseError:
        return False
    return True


def _services(stated: Any) -> tuple[Service, ...]:
    _must(isinstance(stated, list) and 1 <= len(stated) <= SERVICES)
    found = tuple(_service(each) for each in stated)
    _must(len({each.code for each in found}) == len(found))
    return found


def _service(stated: Any) -> Service:
    _must(isinstance(stated, list) and len(stated) == 3)
    code, unit, quantity = stated
    _must(isinstance(unit, str) and unit in UNITS)
    return Service(_text(code, CODE), UNITS[unit], _number(quantity, 1, MOST_QUANTITY))


def _text(stated: Any, longest: int) -> str:
    _must(isinstance(stated, str) and 1 <= len(stated) <= longest and stated == stated.strip(" "))
    _must(not any(unicodedata.category(each) in _UNSEEN for each in stated))
    return str(stated)


def _number(stated: Any, least: int, most: int) -> int:
    _must(isinstance(stated, int) and not isinstance(stated, bool) and least <= stated <= most)
    return int(stated)


def _day(stated: Any) -> date:
    """20261123 is 23 November 2026."""
    number = _number(stated, FIRST_YEAR * 10_000, LAST_YEAR * 10_000 + 1231)
    try:
        return date(number // 10_000, number // 100 % 100, number % 100)
    except ValueError:
        raise Forged("content") from None


def _must(holds: bool) -> None:
    if not holds:
        raise Forged("content")


def _outcome(paper: Paper, revocations: Revocations | None, today: date) -> Outcome:
    """What was taken back stays so when its days are over; only then do the days count."""
    named = hash_of(paper.number)
    if revocations and named in revocations.revoked:
        return "revoked"
    if revocations and named in revocations.replaced:
        return "replaced"
    if today < paper.issued_on:
        return "not_yet_valid"
    return "genuine" if today <= paper.valid_until else "genuine_but_expired"


def _revocations(stated: dict[str, Any]) -> Revocations:
    if stated.get("v") != FORMAT or isinstance(stated["v"], bool):
        raise Forged("format")
    _must(set(stated) == _LIST_MEMBERS)
    at = _number(stated["at"], 0, 4_102_444_800)
    revoked, replaced = _names(stated["revoked"], _HASH), _names(stated["replaced"], _HASH)
    return Revocations(datetime.fromtimestamp(at, UTC), revoked, replaced, _names(stated["keys"], _KID))


def _names(stated: Any, shape: re.Pattern[str]) -> frozenset[str]:
    _must(isinstance(stated, list))
    _must(all(isinstance(each, str) and shape.fullmatch(each) for each in stated))
    return frozenset(stated)


def _is_ours(key: dict[str, Any]) -> bool:
    """A document may come to hold keys of other kinds, for other uses."""
    return (key.get("kty"), key.get("crv"), key.get("use", "sig")) == ("OKP", "Ed25519", "sig") and "kid" in key


def _public(key: dict[str, Any]) -> bytes:
    raw = base64.urlsafe_b64decode(key["x"] + "=")
    if len(raw) != 32 or encoded(raw) != key["x"] or not _KID.fullmatch(key["kid"]):
        raise ValueError("not a public key of Ed25519")
    return raw
