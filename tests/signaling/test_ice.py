"""TURN credentials live as long as the slot and half an hour; where a relay is demanded no address gets through."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from signaling import ice

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
RELAY = ice.Relay("t", ("turn:t.example:3478",), "quiet")
SETTINGS = ice.IceSettings(stun=("stun:s.example:3478",), relays=(RELAY,))
HOST = "candidate:1 1 udp 2122260223 192.168.1.7 51234 typ host generation 0 ufrag abcd network-cost 999"
REFLEXIVE = "candidate:2 1 udp 1686052607 203.0.113.9 51234 typ srflx raddr 192.168.1.7 rport 51234 generation 0"
LOCAL_NAME = "candidate:3 1 udp 2113937151 7b1c1d5e-95a4-4f0c-a6c6-0e0bbf3a6b11.local 51234 typ host generation 0"
RELAYED = (
    "candidate:4 1 udp 41885439 198.51.100.5 60001 typ relay raddr 203.0.113.9 rport 51234 generation 0 ufrag abcd"
)
HIDDEN = "candidate:4 1 udp 41885439 198.51.100.5 60001 typ relay raddr 0.0.0.0 rport 9 generation 0 ufrag abcd"


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
    silent = ice.IceSettings(relays=(ice.Relay("t", ("turn:t",), ""),))
    assert ice.servers(silent, room=7, seat=2, closes_at=NOW, now=NOW) == []


def test_a_browser_gets_the_first_two_relays_each_with_a_credential_of_its_own_secret() -> None:
    relays = tuple(ice.Relay(name, (f"turn:{name}.example",), f"secret of {name}") for name in ("a", "b", "c"))
    found = ice.servers(ice.IceSettings(relays=relays), room=7, seat=2, closes_at=NOW, now=NOW)
    assert [server.urls for server in found] == [("turn:a.example",), ("turn:b.example",)]
    assert found[0].username == found[1].username
    assert found[0].credential != found[1].credential


def test_only_relayed_candidates_get_through_and_they_name_no_address_behind_them() -> None:
    batch = [{"candidate": line, "sdpMid": "0"} for line in (HOST, REFLEXIVE, LOCAL_NAME, RELAYED, "")]
    clean = ice.relay_only({"pair": "a.b", "generation": 1, "candidates": batch})
    assert clean["candidates"] == [{"candidate": HIDDEN, "sdpMid": "0"}, {"candidate": "", "sdpMid": "0"}]
    assert (clean["pair"], clean["generation"]) == ("a.b", 1)
    assert batch[0]["candidate"] == HOST, "what was handed in stays as it was"


def test_a_description_keeps_its_media_and_loses_every_address() -> None:
    lines = [
        "v=0",
        "o=mozilla 4611 0 IN IP4 192.168.1.7",
        "s=-",
        "t=0 0",
        "m=audio 51234 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP6 fd00::7",
        "a=rtcp:51235 IN IP4 192.168.1.7",
        f"a={HOST}",
        f"a={REFLEXIVE}",
        f"a={RELAYED}",
        "a=remote-candidates:1 192.168.1.7 51234",
        "a=end-of-candidates",
        "a=rtpmap:111 opus/48000/2",
        "",
    ]
    clean = ice.relay_only({"description": {"type": "offer", "sdp": "\r\n".join(lines)}})["description"]
    assert clean["type"] == "offer"
    assert clean["sdp"].split("\r\n") == [
        "v=0",
        "o=mozilla 4611 0 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "m=audio 51234 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:51235 IN IP4 0.0.0.0",
        f"a={HIDDEN}",
        "a=end-of-candidates",
        "a=rtpmap:111 opus/48000/2",
        "",
    ]


def test_a_relay_with_an_ipv6_address_hides_the_other_one_too() -> None:
    line = "candidate:4 1 udp 41885439 2001:db8::5 60001 typ relay raddr fd00::7 rport 51234"
    (kept,) = ice.relay_only({"candidates": [{"candidate": line}]})["candidates"]
    assert kept["candidate"] == "candidate:4 1 udp 41885439 2001:db8::5 60001 typ relay raddr :: rport 9"


@pytest.mark.parametrize(
    "disguised",
    [
        "candidate:1 1 udp 1 192.168.1.7 5 typ host typ relay",
        "candidate:1 1 udp 1 192.168.1.7 5 TYP RELAY",
        "candidate:1 1 udp 1 192.168.1.7 5 typ",
        "candidate:typ relay 192.168.1.7",
    ],
)
def test_a_candidate_that_only_looks_like_a_relay_is_left_out(disguised: str) -> None:
    assert ice.relay_only({"candidates": [{"candidate": disguised}]})["candidates"] == []
    for end in ("\n", "\r", "\r\n"):
        sdp = f"v=0{end}a={disguised}{end} A={HOST}{end}a={HOST}{end}"
        assert "192.168.1.7" not in ice.relay_only({"description": {"type": "offer", "sdp": sdp}})["description"]["sdp"]


def test_a_wish_and_a_sync_pass_as_they_are() -> None:
    data = {"pair": "a.b", "generation": 3, "sync": {"remote": 1, "got": 2}, "wish": {"picture": "low"}}
    assert ice.relay_only(data) == data
