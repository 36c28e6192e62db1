"""Sealing: a kept answer can be read only by whoever brings its Idempotency-Key again, because it may hold a code."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet


def seal(key: bytes, secret: str, text: str) -> str:
    return _box(key, secret).encrypt(text.encode()).decode()


def open_sealed(key: bytes, secret: str, sealed: str) -> str:
    return _box(key, secret).decrypt(sealed.encode()).decode()


def _box(key: bytes, secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hmac.new(key, b"seal:" + secret.encode(), hashlib.sha256).digest()))
