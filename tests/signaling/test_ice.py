"""TURN credentials live as long as the slot and half an hour, and coturn can check them."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from signaling import ice

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SETTINGS = ice.IceSettings(stun=("stun:s.example:3478",), turn=("turn:t.example:3478",), secret="quiet")


def test_the_credential_is_what_coturn_computes() -> None:
    stun, turn = ice.servers(SETTINGS, room=7, seat=2, closes_at=NOW + timedelta(minutes=40), now=NOW)
    assert stun == ice.IceServer(("stun:s.example:3478",))
    until = int((NOW + timedelta(minutes=70)).timestamp())
    assert turn.username == f"{until}:7-2"
    expected = hmac.new(b"quiet", turn.username.encode(), hashlib.sha1).digest()
    assert turn.credential == base64.b64encode(expected).decode()


def test_no_credential_lives_longer_than_four_hours() -> None:
    assert ice.expiry(NOW + timedelta(days=3650), NOW) == NOW + timedelta(hours=4)


def test_without_a_secret_no_relay_is_named() -> None:
    assert ice.servers(ice.IceSettings(turn=("turn:t",)), room=7, seat=2, closes_at=NOW, now=NOW) == []
