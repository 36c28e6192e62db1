"""A verifier of certificates by a stranger who has read docs/certificates.md: nothing of ours, only Ed25519 itself."""

import base64
import hashlib
import json
import re
import unicodedata
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

UNITS = {"s", "m", "k"}


class Broken(Exception):  # noqa: N818 - the reason of a rule
    pass


def rule(holds: bool, reason: str) -> None:
    if not holds:
        raise Broken(reason)


def verdict(token: str, keys: str, revoked: str | None, today: date) -> tuple[str, str | None]:
    """The verdict and, where it is forged, the reason. ValueError: the list cannot be used."""
    document = json.loads(keys)
    listed = the_list(revoked, document) if revoked is not None else {"revoked": [], "replaced": [], "keys": []}
    try:
        payload = opened(token, document, listed["keys"], "ryadom-cert", 2400)
        stated = one_spelling(payload)
        rule(stated.get("v") == 1 and type(stated["v"]) is int, "format")
        content(stated)
    except Broken as broken:
        return "forged", str(broken)
    digest = hashlib.sha256(stated["n"].encode()).digest()[:12]
    name = base64.urlsafe_b64encode(digest).decode()
    if name in listed["revoked"]:
        return "revoked", None
    if name in listed["replaced"]:
        return "replaced", None
    if today < day(stated["f"]):
        return "not_yet_valid", None
    return ("genuine_but_expired" if today > day(stated["u"]) else "genuine"), None


def the_list(text: str, document: dict[str, Any]) -> dict[str, Any]:
    try:
        stated = one_spelling(opened(text.strip(), document, [], "ryadom-cert-revoked", 4_000_000))
        rule(stated.get("v") == 1, "format")
        rule(set(stated) == {"v", "at", "revoked", "replaced", "keys"}, "content")
    except Broken as broken:
        raise ValueError(f"the list cannot be used: {broken}") from None
    return stated


def opened(token: str, document: dict[str, Any], also_withdrawn: list[str], kind: str, longest: int) -> bytes:
    rule(1 <= len(token) <= longest, "size")
    rule(re.fullmatch(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", token) is not None, "shape")
    parts = token.split(".")
    header, payload, signature = map(decoded, parts)
    head = one_spelling(header)
    rule(set(head) == {"alg", "kid", "typ"}, "header")
    rule(head["alg"] == "EdDSA", "algorithm")
    rule(head["typ"] == kind, "type")
    withdrawn = [each["kid"] for each in document.get("withdrawn", [])] + list(also_withdrawn)
    rule(head["kid"] not in withdrawn, "key_withdrawn")
    known = {
        each["kid"]: each["x"]
        for each in document["keys"]
        if each["kty"] == "OKP" and each["crv"] == "Ed25519" and each.get("use", "sig") == "sig"
    }
    rule(isinstance(head["kid"], str) and head["kid"] in known, "unknown_key")
    rule(len(signature) == 64, "signature")
    key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(known[head["kid"]] + "="))
    try:
        key.verify(signature, f"{parts[0]}.{parts[1]}".encode("ascii"))
    except InvalidSignature:
        raise Broken("signature") from None
    return payload


def decoded(part: str) -> bytes:
    rule(len(part) % 4 != 1, "base64")
    raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    rule(base64.urlsafe_b64encode(raw).decode().rstrip("=") == part, "base64")
    return raw


def one_spelling(raw: bytes) -> dict[str, Any]:
    def no_number(_text: str) -> None:
        raise ValueError

    def whole(text: str) -> int:
        rule(len(text.lstrip("-")) <= 15, "json")
        return int(text)

    try:
        text = raw.decode("utf-8")
        found = json.loads(text, parse_float=no_number, parse_constant=no_number, parse_int=whole)
    except ValueError:
        raise Broken("json") from None
    rule(isinstance(found, dict), "json")
    rule(json.dumps(found, ensure_ascii=False, separators=(",", ":")) == text, "json")
    return dict(found)


def content(stated: dict[str, Any]) -> None:
    rule(set(stated) == {"v", "n", "i", "d", "h", "b", "f", "u", "s"}, "content")
    for member, longest in (("n", 40), ("i", 60), ("d", 40), ("h", 40)):
        readable(stated[member], longest)
    number(stated["b"], 1900, 2100)
    rule(0 <= (day(stated["u"]) - day(stated["f"])).days <= 3660, "content")
    rule(isinstance(stated["s"], list) and 1 <= len(stated["s"]) <= 20, "content")
    for service in stated["s"]:
        rule(isinstance(service, list) and len(service) == 3, "content")
        readable(service[0], 16)
        rule(isinstance(service[1], str) and service[1] in UNITS, "content")
        number(service[2], 1, 999_999_999)
    rule(len({service[0] for service in stated["s"]}) == len(stated["s"]), "content")


def readable(text: Any, longest: int) -> None:
    rule(isinstance(text, str) and 1 <= len(text) <= longest, "content")
    rule(text[0] != " " and text[-1] != " ", "content")
    rule(not any(unicodedata.category(each) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for each in text), "content")


def number(found: Any, least: int, most: int) -> None:
    rule(type(found) is int and least <= found <= most, "content")


def day(found: Any) -> date:
    number(found, 20000000, 21009999)
    try:
        return date.fromisoformat(f"{found // 10000}-{found // 100 % 100:02}-{found % 100:02}")
    except ValueError:
        raise Broken("content") from None
