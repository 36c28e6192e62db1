"""the configuration of coturn: credentials of ours that expire, nobody behind the relay to be reached, and quotas."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path

from server.turn.addresses import Address, addresses
from signaling.ice import Relay

SECRET_LEAST = 16

# A relay sends for whoever has a credential: without these it is a way into the network it stands in. From the special
# registries of IANA (RFC 6890 and what came after it), and what clouds answer with keys and passwords.
DENIED = {
    "this network, unspecified": ("0.0.0.0/8",),
    "private (RFC 1918)": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    "behind a provider's NAT (RFC 6598)": ("100.64.0.0/10",),
    "loopback": ("127.0.0.0/8",),
    "link-local, and the metadata of most clouds": ("169.254.0.0/16",),
    "special and documentation": (
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
    ),
    "a cloud's own door, though it looks public (Azure)": ("168.63.129.16/32",),
    "multicast, reserved, broadcast": ("224.0.0.0/4", "240.0.0.0/4"),
    "IPv6: unspecified, loopback, IPv4 within IPv6": ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96"),
    "IPv6: translated and tunnelled IPv4 (NAT64, Teredo, 6to4)": (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
    ),
    "IPv6: discard, special and documentation": ("100::/64", "2001:2::/48", "2001:10::/28", "2001:db8::/32"),
    "IPv6: unique local, and the metadata of some clouds": ("fc00::/7",),
    "IPv6: link-local, site-local, multicast": ("fe80::/10", "fec0::/10", "ff00::/8"),
}

HEAD = """\
# coturn for Ryadom, written by `ryadom turn-config`; write it anew instead of editing it.
# It holds the secret of the credentials: only root and coturn's own account may read it.
"""

CREDENTIALS = """\
# Credentials are made by the house for one seat of one room and end with it (at most four hours ahead; coturn
# itself would take any date). No fixed users, no database of users.
use-auth-secret
static-auth-secret={secret}
realm={realm}
stale-nonce=600
"""

MANNERS = """\
# Nothing but relaying: no console, no relayed TCP, no old TLS, no version told, no answer larger than its question.
no-cli
no-dynamic-ip-list
no-tcp-relay
no-multicast-peers
no-tlsv1
no-tlsv1_1
no-dtls
no-software-attribute
no-rfc5780
no-stun-backward-compatibility
response-origin-only-with-rfc5780
fingerprint
"""

QUOTAS = """\
# What one seat, and all together, may take. A page makes an allocation for each other seat and each address of the
# relay, and after a change of network the old ones stay for up to ten minutes. No bps-capacity: each allocation takes
# its whole max-bps off that, used or not, and people would be turned away long before the line is full.
user-quota={each}
total-quota={total}
max-bps={bytes_each}
max-allocate-lifetime=3600
max-allocate-timeout=20
"""


@dataclass(frozen=True)
class Quotas:
    """Allocations of one seat and of all; bytes a second of one allocation, each way."""

    each: int = 64
    total: int = 2400
    bytes_each: int = 500_000


@dataclass(frozen=True)
class Place:
    """Where coturn stands. `external` is `203.0.113.7`, or `203.0.113.7/10.0.0.7` behind a NAT that maps every port."""

    realm: str
    external: str = ""
    certificate: Path | None = None
    key: Path | None = None
    ports: tuple[int, int] = (49152, 65535)


def configuration(relay: Relay, place: Place, quotas: Quotas | None = None) -> str:
    """The text of turnserver.conf. ValueError says what of the settings cannot be served safely."""
    if len(relay.secret) < SECRET_LEAST or not relay.secret.isprintable() or set(relay.secret) & set(" #\"'"):
        raise ValueError(f"the secret of “{relay.name}” is too short or holds blanks: take `openssl rand -hex 32`")
    allowed = quotas or Quotas()
    parts = [
        HEAD,
        _listening(addresses(relay), place),
        CREDENTIALS.format(secret=relay.secret, realm=_word(place.realm)),
        MANNERS,
        QUOTAS.format(**vars(allowed)),
        _denied(),
        _external(place.external),
        "# To the journal of the system; names and addresses of people are not told without `verbose`.\nsyslog\n",
    ]
    return "\n".join(part for part in parts if part)


def _listening(found: list[Address], place: Place) -> str:
    """Ports as the addresses in the settings name them, so that both ends agree."""
    plain = {each.port for each in found if not each.tls}
    secure = {each.port for each in found if each.tls}
    if len(plain) > 1 or len(secure) > 1:
        raise ValueError("one coturn listens on one port for turn: and on one for turns:")
    if secure and not (place.certificate and place.key):
        raise ValueError("turns: needs --certificate and --key (PEM), of the name that stands in the address")
    lines = ["# UDP and TCP on the first port, TLS on the second: where UDP is forbidden, 443 mostly is not."]
    lines.append(f"listening-port={plain.pop() if plain else 3478}")
    if secure:
        lines += [f"tls-listening-port={secure.pop()}", f"cert={place.certificate}", f"pkey={place.key}"]
    else:
        lines.append("no-tls")
    lines += ["# Where relayed packets leave and arrive: open these ports for UDP."]
    lines += [f"min-port={place.ports[0]}", f"max-port={place.ports[1]}", ""]
    return "\n".join(lines)


def _denied() -> str:
    lines = ["# Where the relay sends nothing to, whoever asks."]
    for what, networks in DENIED.items():
        lines.append(f"# {what}")
        lines += [f"denied-peer-ip={_range(each)}" for each in networks]
    return "\n".join(lines) + "\n"


def _range(network: str) -> str:
    """As coturn reads it. One that begins at `::` denies it every address there is; `::` itself it never sends to."""
    found = ip_network(network)
    first, last = found[0], found[-1]
    if first == last:
        return str(first)
    return f"{first + 1 if first == ip_address('::') else first}-{last}"


def _external(external: str) -> str:
    """Behind a NAT both ends of a call meet at the inner address; coturn lets peers through to it by itself."""
    if not external:
        return ""
    public, _, inner = external.partition("/")
    lines = [f"external-ip={'/'.join(str(ip_address(each)) for each in (public, inner) if each)}"]
    if inner:
        lines.append(f"relay-ip={ip_address(inner)}")
        lines.append(
            "# Peers reach this one inner address (coturn's rule): let nothing else on this host listen on UDP."
        )
    return "\n".join(lines) + "\n"


def _word(text: str) -> str:
    if not text or not text.isprintable() or set(text) & set(" #\"'="):
        raise ValueError(f"no realm: {text!r}")
    return text
