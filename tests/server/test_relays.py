"""Relays: a coturn with our configuration lets nobody into the network behind it; the self test knows a good one."""

import asyncio
import socket
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import get_args

import pytest
from aioice import stun, turn

from server import checkup
from server.centre import STATIC
from server.settings import Settings, TurnServer
from server.turn import write
from server.turn.addresses import Address, address, addresses
from server.turn.config import Place, Quotas, configuration
from server.turn.proof import Why, allocation, prove
from server.words import LANGUAGES, Words
from signaling.ice import Relay, with_credential
from tests.support.coturn import AMONG_OURSELVES, HOST, Coturn, coturn, free_ports
from tests.support.live_server import command


def now() -> datetime:
    return datetime.now(UTC)


SECRET = "0123456789abcdef0123456789abcdef"
RELAY = Relay("turn", ("turn:turn.example.ru:3478?transport=udp",), SECRET)
PLACE = Place("turn.example.ru")
INSIDE = [
    *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.1.1"),
    *("100.64.0.1", "100.100.100.200", "169.254.169.254", "192.0.0.192", "168.63.129.16"),
    *("127.0.0.1", "127.8.8.8", "0.1.2.3", "224.0.0.251", "239.255.255.250", "255.255.255.255", "240.0.0.1"),
    *("198.18.0.1", "203.0.113.5", "192.88.99.1"),
]
INSIDE_6 = [
    *("::1", "::10.0.0.1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:0:192.168.0.1"),
    *("64:ff9b::a00:1", "64:ff9b:1::1", "2001:0:1::1", "2002:a00:1::1", "2001:db8::1", "100::1"),
    *("fc00::1", "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "ff02::fb"),
]
OUTSIDE = ["5.255.255.70", "172.32.0.1", "100.128.0.1", "192.0.3.1", "8.8.8.8", "2a02:6b8::2:242", "2606:4700::1111"]


@asynccontextmanager
async def asked(relay: Coturn, who: str = "7-2") -> AsyncIterator["Asked"]:
    """An allocation with good credentials, to be asked what it thinks of a peer."""
    mine = with_credential(relay.relay, who, now() + timedelta(hours=1))
    at = (HOST, relay.port)
    made, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: turn.TurnClientUdpProtocol(at, mine.username, mine.credential, 600, 500), remote_addr=at
    )
    try:
        await protocol.connect()
        yield Asked(protocol)
        await protocol.delete()
    finally:
        made.close()


class Asked:
    def __init__(self, protocol: turn.TurnClientUdpProtocol) -> None:
        self._protocol = protocol
        self._channels = iter(range(0x4000, 0x4FFF))

    async def refusal(self, peer: str, port: int = 80) -> tuple[int, str] | None:
        """The error code and words to the wish to send there; None if it is let through."""
        try:
            await self._protocol.channel_bind(next(self._channels), (peer, port))
        except stun.TransactionFailed as refused:
            code, words = refused.response.attributes["ERROR-CODE"]
            return int(code), str(words)
        return None


async def test_the_relay_sends_nothing_into_the_network_it_stands_in() -> None:
    async with coturn(overrides=()) as relay, asked(relay) as peer:
        answers = {inside: await peer.refusal(inside) for inside in INSIDE}
        assert {inside: answer and answer[0] for inside, answer in answers.items()} == dict.fromkeys(INSIDE, 403)
        assert answers["169.254.169.254"] == (403, "Forbidden IP")
        assert await peer.refusal("5.255.255.70") is None, "the world outside is what it is for"


async def test_nor_into_its_ipv6_neighbourhood() -> None:
    # Without ::1 on this machine the relay has IPv4 alone, and coturn refuses an address of the other family (443).
    here = has_ipv6()
    six = ("relay-ip=::1", "allocation-default-address-family=ipv6") if here else ()
    async with coturn(overrides=six) as relay, asked(relay) as peer:
        answers = {inside: await peer.refusal(inside) for inside in INSIDE_6}
        refused = {inside: answer[0] for inside, answer in answers.items() if answer}
        assert refused == dict.fromkeys(INSIDE_6, 403 if here else 443)
        assert (await peer.refusal("2a02:6b8::2:242") is None) == here


async def test_not_even_what_was_opened_for_tests_opens_more_than_that() -> None:
    async with coturn(overrides=AMONG_OURSELVES) as relay, asked(relay) as peer:
        assert await peer.refusal(HOST) is None
        assert [await peer.refusal(inside) for inside in ("10.0.0.1", "127.0.0.2")] == [(403, "Forbidden IP")] * 2


@pytest.mark.parametrize("inside", [*INSIDE, *INSIDE_6])
def test_every_inner_address_is_in_a_denied_range(inside: str) -> None:
    assert is_denied(configuration(RELAY, PLACE), inside)


@pytest.mark.parametrize("outside", OUTSIDE)
def test_no_address_of_the_world_is(outside: str) -> None:
    assert not is_denied(configuration(RELAY, PLACE), outside)


async def test_credentials_of_ours_open_it_until_they_expire_and_no_others_do() -> None:
    async with coturn() as relay:
        good = with_credential(relay.relay, "7-2", now() + timedelta(minutes=5))
        assert await allocation(udp(relay), good.username or "", good.credential or "") == ("ok", None)
        expired = with_credential(relay.relay, "7-2", now() - timedelta(seconds=5))
        assert await allocation(udp(relay), expired.username or "", expired.credential or "") == ("credentials", 401)
        later = f"{int((now() + timedelta(days=1)).timestamp())}:7-2"
        assert await allocation(udp(relay), later, good.credential or "") == ("credentials", 401)
        assert await allocation(udp(relay), "", "") == ("credentials", 401)


async def test_one_seat_cannot_take_all_there_is() -> None:
    async with coturn(quotas=Quotas(each=1, total=3)) as relay, asked(relay):
        mine = with_credential(relay.relay, "7-2", now() + timedelta(hours=2))
        assert await allocation(udp(relay), mine.username or "", mine.credential or "") == ("quota", 486)
        other = with_credential(relay.relay, "8-2", now() + timedelta(hours=1))
        assert await allocation(udp(relay), other.username or "", other.credential or "") == ("ok", None)


async def test_hundreds_of_seats_are_relayed_at_the_same_time() -> None:
    """A bps-capacity of 125 MB a second let 250 of the promised 2,400 in: coturn counts what each might need."""
    async with coturn() as relay, AsyncExitStack() as stack:
        for number in range(300):
            await stack.enter_async_context(asked(relay, f"{number}-2"))


async def test_two_peers_talk_through_it_over_udp_tcp_and_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    async with coturn() as relay:
        monkeypatch.setenv("SSL_CERT_FILE", str(relay.ca))
        proofs = [await prove(relay.relay, each, now()) for each in addresses(relay.relay)]
        assert [(proof.address.way, proof.why) for proof in proofs] == [("UDP", "ok"), ("TCP", "ok"), ("TLS", "ok")]
        assert all(proof.ms is not None for proof in proofs)


async def test_the_proof_knows_what_stands_in_the_way() -> None:
    async with coturn() as relay:
        plain, tcp, tls = addresses(relay.relay)
        assert (await prove(relay.relay, tls, now())).why == "certificate", "nobody knows who signed it"
        assert (await prove(replace(relay.relay, secret="another"), plain, now())).why == "credentials"
        assert (await prove(relay.relay, address(f"turns:{HOST}:{tcp.port + 1}"), now())).why == "refused"
        assert (await prove(relay.relay, address("turn:nowhere.invalid"), now())).why == "unknown_host"


async def test_a_relay_that_gives_addresses_but_lets_nothing_through_is_no_relay() -> None:
    async with coturn(overrides=()) as relay:
        proof = await prove(relay.relay, udp(relay), now())
        assert (proof.why, proof.is_well) == ("silent", False)


async def test_old_tls_is_refused() -> None:
    async with coturn() as relay:
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            await asyncio.open_connection(HOST, relay.tls_port, ssl=old)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_self_test_says_how_each_way_of_each_relay_is(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = Words(STATIC)
    async with coturn() as relay:
        monkeypatch.setenv("SSL_CERT_FILE", str(relay.ca))
        (dead,) = free_ports(1)
        second = Relay("reserve", (f"turn:{HOST}:{dead}?transport=tcp",), relay.relay.secret)
        lights = await checkup.relays((relay.relay, second), now())
        said = [light.said(words, language)[1] for light in lights]
        assert [light.colour for light in lights] == ["green", "green", "green", "yellow"]
        assert ["UDP" in said[0], "TCP" in said[1], "TLS" in said[2], "reserve" in said[3]] == [True] * 4
        assert not any("{" in line or relay.relay.secret in line for line in said)
        (alone,) = await checkup.relays((second,), now())
        assert alone.colour == "red", "no way at all is left"


async def test_the_command_check_proves_the_relay_of_the_settings(tmp_path: Path) -> None:
    async with coturn() as relay:
        trusted = {**relay.environment, "SSL_CERT_FILE": str(relay.ca), "LANG": "en_US.UTF-8"}
        await command(tmp_path, "migrate")
        said = await command(tmp_path, "check", environment=trusted)
        assert [said.count(f"“turn”, {way}: two people talk through it alone") for way in ("UDP", "TCP", "TLS")] == [
            1
        ] * 3
        assert relay.relay.secret not in said
        with pytest.raises(RuntimeError, match="«turn», TLS: пропуск не принят"):
            await command(tmp_path, "check", environment=trusted | {"RYADOM_TURN_SECRET": "another", "LANG": "C"})


async def test_without_a_relay_a_service_that_hides_addresses_is_lost(tmp_path: Path, demo_data: Path) -> None:
    await command(tmp_path, "migrate")
    assert "ни одного" in await command(tmp_path, "check"), "a pity, and no more, where no service needs one"
    with pytest.raises(RuntimeError, match="состояться не могут"):
        await command(demo_data, "check")


async def test_the_self_test_names_what_the_settings_lack() -> None:
    async def lacking(relay: Relay) -> list[tuple[str, str]]:
        return [(light.colour, light.what) for light in await checkup.relays((relay,), now())]

    assert await lacking(replace(RELAY, secret="")) == [("red", "relay.no_secret")]
    assert await lacking(replace(RELAY, urls=("turn.example.ru",))) == [("red", "relay.unreadable")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_of_a_proof_has_its_words(language: str) -> None:
    words = Words(STATIC)
    assert [why for why in get_args(Why) if not words.has(language, f"checkup.relay.{why}")] == []


def test_the_configuration_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "turnserver.conf"
    file.write_text("an old one that everybody could read")
    said = write(Settings(turn_urls=["turn:turn.example.ru"], turn_secret=SECRET), "", Place(""), file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SECRET not in said
    lines = file.read_text().splitlines()
    assert {"use-auth-secret", f"static-auth-secret={SECRET}", "realm=turn.example.ru", "no-tls"} <= set(lines)
    assert {"no-cli", "no-multicast-peers", "no-tcp-relay", "fingerprint", "no-tlsv1", "no-tlsv1_1"} <= set(lines)
    assert not {line for line in lines if line.startswith(("allow", "user=", "no-auth", "verbose"))}


def test_each_relay_has_a_configuration_of_its_own(tmp_path: Path) -> None:
    second = TurnServer(name="north", urls=["turn:north.example.ru:5000"], secret=SECRET[::-1])
    settings = Settings(turn_urls=["turn:turn.example.ru"], turn_secret=SECRET, turn=[second])
    assert [relay.name for relay in settings.relays] == ["turn", "north"]
    write(settings, "north", Place(""), tmp_path / "north.conf")
    lines = (tmp_path / "north.conf").read_text().splitlines()
    assert {"listening-port=5000", "realm=north.example.ru", f"static-auth-secret={SECRET[::-1]}"} <= set(lines)


async def test_behind_a_nat_people_meet_and_its_neighbours_stay_out_of_reach() -> None:
    text = configuration(RELAY, replace(PLACE, external="5.255.255.70/10.0.0.7"))
    assert {"external-ip=5.255.255.70/10.0.0.7", "relay-ip=10.0.0.7"} <= set(text.splitlines())
    assert "allowed-peer-ip" not in text
    behind = (f"external-ip=5.255.255.70/{HOST}", "allow-loopback-peers")
    async with coturn(overrides=behind) as relay:
        assert (await prove(relay.relay, udp(relay), now())).why == "ok"
        async with asked(relay) as peer:
            assert [await peer.refusal(inside) for inside in ("127.0.0.2", "10.0.0.1")] == [(403, "Forbidden IP")] * 2


@pytest.mark.parametrize(
    ("relay", "place"),
    [
        (replace(RELAY, secret="short"), PLACE),
        (replace(RELAY, secret=f"{SECRET}\nno-auth"), PLACE),
        (replace(RELAY, urls=("turns:turn.example.ru",)), PLACE),
        (replace(RELAY, urls=("turn:a:1", "turn:a:2")), PLACE),
        (replace(RELAY, urls=("turn:a:b",)), PLACE),
        (RELAY, replace(PLACE, realm="two words")),
        (RELAY, replace(PLACE, external="somewhere")),
    ],
)
def test_what_cannot_be_served_safely_is_not_written(relay: Relay, place: Place) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        configuration(relay, place)


def test_without_a_relay_in_the_settings_the_command_says_what_to_set(tmp_path: Path) -> None:
    for settings in (Settings(), Settings(turn_urls=["turn:a"])):
        with pytest.raises(SystemExit, match="RYADOM_TURN_SECRET"):
            write(settings, "", Place(""), tmp_path / "turnserver.conf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "host", "port", "way"),
    [
        ("turn:turn.example.ru", "turn.example.ru", 3478, "UDP"),
        ("turn:turn.example.ru:99?transport=tcp", "turn.example.ru", 99, "TCP"),
        ("turns:turn.example.ru", "turn.example.ru", 5349, "TLS"),
        ("turns:[2001:db8::1]:443?transport=tcp", "2001:db8::1", 443, "TLS"),
    ],
)
def test_an_address_is_read_as_browsers_read_it(url: str, host: str, port: int, way: str) -> None:
    found = address(url)
    assert (found.host, found.port, found.way) == (host, port, way)


@pytest.mark.parametrize("url", ["stun:a", "turn:", "turn:a:70000", "turns:a?transport=udp", "turn:a?transport=sctp"])
def test_what_no_browser_could_use_is_no_address(url: str) -> None:
    with pytest.raises(ValueError, match="relay"):
        address(url)


def udp(relay: Coturn) -> Address:
    return addresses(relay.relay)[0]


def has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


def is_denied(config: str, peer: str) -> bool:
    """As coturn reads it: `denied-peer-ip=first-last`."""
    wanted = ip_address(peer)
    for line in config.splitlines():
        if not line.startswith("denied-peer-ip="):
            continue
        ends = [ip_address(end) for end in line.removeprefix("denied-peer-ip=").split("-")]
        if ends[0].version == wanted.version and int(ends[0]) <= int(wanted) <= int(ends[-1]):
            return True
    return False
