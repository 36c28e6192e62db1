"""How certificates are forged: each way by name, made from a genuine token, the keys and what a forger may know."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493  # RFC 8032, 5.1
Made = tuple[str, tuple[str, str | None]]


@dataclass(frozen=True)
class Desk:
    """What lies before a forger: two genuine tokens of the same key, one of a withdrawn and one of a revoked and of a
    replaced paper, and the key that really signs, for what only the house itself could write by mistake."""

    token: str
    other: str
    kid: str
    retired_kid: str
    public: bytes
    signing: Ed25519PrivateKey
    withdrawn: str
    revoked: str
    replaced: str
    expired: str
    early: str
    list_text: str

    @property
    def parts(self) -> list[str]:
        return self.token.split(".")

    @property
    def head(self) -> dict[str, Any]:
        return {"alg": "EdDSA", "kid": self.kid, "typ": "ryadom-cert"}

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(raw(self.parts[1]))
        return found

    def by_forger(self, head: Any = None, said: Any = None, *, key: Ed25519PrivateKey | None = None) -> str:
        """Signed with a key of the forger's own."""
        return signed(key or Ed25519PrivateKey.generate(), text(head or self.head), text(said or self.said))

    def by_house(self, said: Any = None, head: Any = None) -> str:
        """Signed with the real key: what a verifier must not believe even so."""
        written = said if isinstance(said, bytes) else text(said or self.said)
        return signed(self.signing, head if isinstance(head, bytes) else text(head or self.head), written)


def text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def packed(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def raw(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def signed(key: Ed25519PrivateKey, head: bytes, said: bytes) -> str:
    spoken = f"{packed(head)}.{packed(said)}"
    return f"{spoken}.{packed(key.sign(spoken.encode()))}"


def flipped(desk: Desk, part: int, at: int) -> str:
    """One bit of a part, and the part spelled as it should be."""
    parts = desk.parts
    changed = bytearray(raw(parts[part]))
    changed[at] ^= 1
    parts[part] = packed(bytes(changed))
    return ".".join(parts)


def with_hmac(desk: Desk) -> str:
    spoken = f"{packed(text(desk.head | {'alg': 'HS256'}))}.{desk.parts[1]}"
    return f"{spoken}.{packed(hmac.new(desk.public, spoken.encode(), hashlib.sha256).digest())}"


def with_p256(desk: Desk) -> str:
    spoken = f"{packed(text(desk.head | {'alg': 'ES256'}))}.{desk.parts[1]}"
    key = ec.generate_private_key(ec.SECP256R1())
    pair = decode_dss_signature(key.sign(spoken.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{spoken}.{packed(b''.join(each.to_bytes(32, 'big') for each in pair))}"


def with_own_key_inside(desk: Desk, **more: Any) -> str:
    own = Ed25519PrivateKey.generate()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": packed(own.public_key().public_bytes_raw())}
    return desk.by_forger(desk.head | (more or {"jwk": jwk}), key=own)


def with_larger_s(desk: Desk) -> str:
    """S and S + the order of the group fit the same equation; only the smaller one is a signature (RFC 8032, 8.4)."""
    head, said, signature = desk.parts
    found = raw(signature)
    larger = int.from_bytes(found[32:], "little") + GROUP_ORDER
    return f"{head}.{said}.{packed(found[:32] + larger.to_bytes(32, 'little'))}"


def altered(desk: Desk, **members: Any) -> str:
    """The payload changed, the signature left as it was."""
    head, _, signature = desk.parts
    return f"{head}.{packed(text(desk.said | members))}.{signature}"


def spelled(desk: Desk, last: int) -> str:
    """The same signature with bits set behind its last byte."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return desk.token[:-1] + alphabet[alphabet.index(desk.token[-1]) + last]


def with_case(desk: Desk) -> str:
    """A letter of the payload in the other case."""
    head, said, signature = desk.parts
    at = next(n for n, each in enumerate(said) if n > 30 and each.isalpha())
    return f"{head}.{said[:at]}{said[at].swapcase()}{said[at + 1 :]}.{signature}"


def twice(desk: Desk, name: str, value: bytes) -> bytes:
    """The payload with a member said a second time."""
    return text(desk.said)[:-1] + b',"' + name.encode() + b'":' + value + b"}"


SIGNATURE, CONTENT, JSON = ("forged", "signature"), ("forged", "content"), ("forged", "json")
HEADER, SHAPE, BASE64 = ("forged", "header"), ("forged", "shape"), ("forged", "base64")
SIZE, ALGORITHM, TYPE = ("forged", "size"), ("forged", "algorithm"), ("forged", "type")
UNKNOWN, WITHDRAWN, FORMAT = ("forged", "unknown_key"), ("forged", "key_withdrawn"), ("forged", "format")
LOW_ORDER = packed(b"\x01" + b"\x00" * 63)

# Each way to forge, by name: the text that is presented, and what a verifier has to say of it.
WAYS: dict[str, Callable[[Desk], Made]] = {
    "a bit of the payload flipped": lambda d: (flipped(d, 1, 60), SIGNATURE),
    "a bit of the signature's first half flipped": lambda d: (flipped(d, 2, 5), SIGNATURE),
    "a bit of the signature's second half flipped": lambda d: (flipped(d, 2, 40), SIGNATURE),
    "a bit of the key's name flipped": lambda d: (flipped(d, 0, 24), UNKNOWN),
    "a letter of the payload in the other case": lambda d: (with_case(d), SIGNATURE),
    "a larger quantity": lambda d: (altered(d, s=[["1739", "s", 999]]), SIGNATURE),
    "a later last day": lambda d: (altered(d, u=20351231), SIGNATURE),
    "another holder": lambda d: (altered(d, h="Петров П. П."), SIGNATURE),
    "the payload of another certificate": lambda d: (
        ".".join([d.parts[0], d.other.split(".")[1], d.parts[2]]),
        SIGNATURE,
    ),
    "the signature of another certificate": lambda d: (
        ".".join([d.parts[0], d.parts[1], d.other.split(".")[2]]),
        SIGNATURE,
    ),
    "the name of another key of ours": lambda d: (
        ".".join([packed(text(d.head | {"kid": d.retired_kid})), *d.parts[1:]]),
        SIGNATURE,
    ),
    "signed by a key of the forger's under our name": lambda d: (d.by_forger(), SIGNATURE),
    "signed by a key of the forger's under its own name": lambda d: (
        d.by_forger(d.head | {"kid": "forger01"}),
        UNKNOWN,
    ),
    "a signature of small order": lambda d: (".".join([*d.parts[:2], LOW_ORDER]), SIGNATURE),
    "a signature of zeros": lambda d: (".".join([*d.parts[:2], packed(bytes(64))]), SIGNATURE),
    "the same signature with a larger S": lambda d: (with_larger_s(d), SIGNATURE),
    "a signature cut short": lambda d: (".".join([*d.parts[:2], packed(raw(d.parts[2])[:63])]), SIGNATURE),
    "a signature with a byte more": lambda d: (".".join([*d.parts[:2], packed(raw(d.parts[2]) + b"\0")]), SIGNATURE),
    "no algorithm and no signature": lambda d: (f"{packed(text(d.head | {'alg': 'none'}))}.{d.parts[1]}.", SHAPE),
    "no algorithm and some signature": lambda d: (
        ".".join([packed(text(d.head | {"alg": "none"})), *d.parts[1:]]),
        ALGORITHM,
    ),
    "HS256 with the public key as its secret": lambda d: (with_hmac(d), ALGORITHM),
    "ES256 with a key of the forger's": lambda d: (with_p256(d), ALGORITHM),
    "the algorithm in small letters": lambda d: (d.by_house(head=d.head | {"alg": "eddsa"}), ALGORITHM),
    "the forger's key inside the header": lambda d: (with_own_key_inside(d), HEADER),
    "the address of the forger's keys": lambda d: (
        with_own_key_inside(d, jku="https://example.com/keys"),
        HEADER,
    ),
    "a certificate chain in the header": lambda d: (with_own_key_inside(d, x5c=["MIIB"]), HEADER),
    "a critical extension, signed by the house": lambda d: (
        d.by_house(head=d.head | {"crit": ["exp"], "exp": 1}),
        HEADER,
    ),
    "a payload that is not encoded (b64), signed by the house": lambda d: (
        d.by_house(head=d.head | {"b64": False, "crit": ["b64"]}),
        HEADER,
    ),
    "a header without a key's name": lambda d: (d.by_house(head={"alg": "EdDSA", "typ": "ryadom-cert"}), HEADER),
    "a key's name that is no text": lambda d: (d.by_house(head=d.head | {"kid": 7}), UNKNOWN),
    "another type": lambda d: (d.by_house(head=d.head | {"typ": "JWT"}), TYPE),
    "the list of revoked papers as a certificate": lambda d: (d.list_text, TYPE),
    "a withdrawn key": lambda d: (d.withdrawn, WITHDRAWN),
    "a member of the header said twice": lambda d: (
        d.by_house(head=text(d.head)[:-1] + b',"kid":"' + d.kid.encode() + b'"}'),
        JSON,
    ),
    "a member of the payload said twice, signed by the house": lambda d: (
        d.by_house(twice(d, "u", b"20991231")),
        JSON,
    ),
    "white space in the payload, signed by the house": lambda d: (d.by_house(json.dumps(d.said).encode()), JSON),
    "a quantity with a fraction": lambda d: (d.by_house(text(d.said).replace(b",24]", b",24.0]")), JSON),
    "a quantity in powers of ten": lambda d: (d.by_house(text(d.said).replace(b",24]", b",24e9]")), JSON),
    "a payload that is no object": lambda d: (d.by_house(text([1, 2, 3])), JSON),
    "a payload that is no UTF-8": lambda d: (d.by_house(b'{"v":1,"n":"\xff"}'), JSON),
    "a byte order mark before the payload": lambda d: (d.by_house(b"\xef\xbb\xbf" + text(d.said)), JSON),
    "padding": lambda d: (d.token + "==", SHAPE),
    "base64 of the other alphabet": lambda d: (d.parts[0] + "+/." + ".".join(d.parts[1:]), SHAPE),
    "bits behind the last byte": lambda d: (spelled(d, 1), BASE64),
    "a part of a length that no bytes have": lambda d: (".".join([d.parts[0], "A" * 5, d.parts[2]]), BASE64),
    "something behind the token": lambda d: (d.token + "\n", SHAPE),
    "a fourth part": lambda d: (d.token + "." + d.parts[2], SHAPE),
    "a part less": lambda d: (".".join(d.parts[:2]), SHAPE),
    "no text at all": lambda _: ("", SIZE),
    "far too much text": lambda d: (d.token + "A" * 5000, SIZE),
    "a Cyrillic letter that looks like a Latin one": lambda d: (d.token.replace("e", "\u0435", 1), SHAPE),
    "digits of another script": lambda d: (d.token[:-1] + "\uff11", SHAPE),
    "an invisible character within the token": lambda d: (d.token[:50] + "\u200b" + d.token[50:], SHAPE),
    "a name written backwards, signed by the house": lambda d: (
        d.by_house(d.said | {"h": "\u202eвоналавИ"}),
        CONTENT,
    ),
    "an unknown format": lambda d: (d.by_house(d.said | {"v": 2}), FORMAT),
    "a format that is true": lambda d: (d.by_house(d.said | {"v": True}), FORMAT),
    "a member too many": lambda d: (d.by_house(d.said | {"admin": 1}), CONTENT),
    "a member too few": lambda d: (d.by_house({k: v for k, v in d.said.items() if k != "u"}), CONTENT),
    "a day that does not exist": lambda d: (d.by_house(d.said | {"u": 20270231}), CONTENT),
    "an end before the beginning": lambda d: (d.by_house(d.said | {"u": 20200101}), CONTENT),
    "a term of a hundred years": lambda d: (d.by_house(d.said | {"u": 21001231}), CONTENT),
    "a quantity that is a text": lambda d: (d.by_house(d.said | {"s": [["1739", "s", "24"]]}), CONTENT),
    "a quantity below one": lambda d: (d.by_house(d.said | {"s": [["1739", "s", 0]]}), CONTENT),
    "a quantity that is true": lambda d: (d.by_house(d.said | {"s": [["1739", "s", True]]}), CONTENT),
    "an unknown unit": lambda d: (d.by_house(d.said | {"s": [["1739", "toString", 1]]}), CONTENT),
    "a service twice": lambda d: (d.by_house(d.said | {"s": [["1739", "s", 1], ["1739", "m", 9]]}), CONTENT),
    "no service": lambda d: (d.by_house(d.said | {"s": []}), CONTENT),
    "expired": lambda d: (d.expired, ("genuine_but_expired", None)),
    "not yet valid": lambda d: (d.early, ("not_yet_valid", None)),
    "revoked": lambda d: (d.revoked, ("revoked", None)),
    "replaced": lambda d: (d.replaced, ("replaced", None)),
}
