"""A real coturn with the configuration that `ryadom turn-config` writes, on free ports of this machine."""

import asyncio
import datetime
import ipaddress
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aioice import stun
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.turn.config import Place, Quotas, configuration
from signaling.ice import Relay

NAMES = ("turnserver", "/opt/homebrew/bin/turnserver")
HOST = "127.0.0.1"
REALM = "ryadom.test"
SECRET = "known to the tests and to this coturn alone"
# What a configuration for the world forbids, and two browsers of one machine need. Only ever in tests.
AMONG_OURSELVES = ("allow-loopback-peers", f"allowed-peer-ip={HOST}")


def executable() -> str:
    """coturn of RYADOM_COTURN, or the first that is installed."""
    for name in (os.environ.get("RYADOM_COTURN", ""), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise RuntimeError("no coturn: `make test` brings it on Debian, elsewhere name turnserver in RYADOM_COTURN")


@dataclass
class Coturn:
    """A running coturn: `relay` is what the settings of a server name, `ca` the certificate its TLS stands on."""

    folder: Path
    overrides: tuple[str, ...] = AMONG_OURSELVES
    quotas: Quotas = field(default_factory=Quotas)
    port: int = 0
    tls_port: int = 0
    _process: asyncio.subprocess.Process | None = None

    def __post_init__(self) -> None:
        self.port, self.tls_port = free_ports(2)
        urls = (f"turn:{HOST}:{self.port}?transport=udp", f"turn:{HOST}:{self.port}?transport=tcp")
        self.relay = Relay("test", (*urls, f"turns:{HOST}:{self.tls_port}?transport=tcp"), SECRET.replace(" ", "-"))
        self.ca, self._key = certificate(self.folder)

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a server that uses this relay."""
        urls = "[" + ", ".join(f'"{url}"' for url in self.relay.urls) + "]"
        return {"RYADOM_TURN_URLS": urls, "RYADOM_TURN_SECRET": self.relay.secret}

    async def start(self) -> None:
        """Returns when it answers a STUN binding."""
        config = self.folder / "turnserver.conf"
        place = Place(realm=REALM, certificate=self.ca, key=self._key)
        here = (
            f"listening-ip={HOST}",
            f"relay-ip={HOST}",
            f"userdb={self.folder}/turndb",
            f"pidfile={self.folder}/pid",
        )
        asked = configuration(self.relay, place, self.quotas).replace("\nsyslog\n", "\nlog-file=stdout\n")
        config.write_text("\n".join([asked, "# Of the tests:", *here, *self.overrides, ""]))
        with (self.folder / "log").open("a") as log:
            self._process = await asyncio.create_subprocess_exec(executable(), "-c", config, stdout=log, stderr=log)
        async with asyncio.timeout(20):
            while not await answers(HOST, self.port):
                if self._process.returncode is not None:
                    raise RuntimeError(f"coturn ended at once:\n{self.log[-3000:]}")
                await asyncio.sleep(0.02)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    async def stop(self) -> None:
        """Ended hard: what was relayed is gone, nobody is told."""
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()


@asynccontextmanager
async def coturn(
    *, overrides: tuple[str, ...] = AMONG_OURSELVES, quotas: Quotas | None = None
) -> AsyncIterator[Coturn]:
    """Our configuration; without `overrides` exactly as it is for the world, except that it listens on loopback."""
    with tempfile.TemporaryDirectory(prefix="ryadom-coturn-") as folder:
        server = Coturn(Path(folder), overrides, quotas or Quotas())
        await server.start()
        try:
            yield server
        finally:
            await server.stop()


def free_ports(count: int) -> list[int]:
    """Ports free for TCP and UDP alike, with the next one free too: coturn takes it for the asking of RFC 5780."""
    found: list[int] = []
    while len(found) < count:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = int(probe.getsockname()[1])
        if port not in found and port + 1 not in found and _free(port) and _free(port + 1):
            found.append(port)
    return found


def _free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                return False
    return True


async def answers(host: str, port: int, patience_s: float = 0.2) -> bool:
    """Whether something there answers a STUN binding over UDP."""
    loop = asyncio.get_running_loop()
    heard: asyncio.Future[bytes] = loop.create_future()

    class Once(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, _: object) -> None:
            if not heard.done():
                heard.set_result(data)

    line, _ = await loop.create_datagram_endpoint(Once, remote_addr=(host, port))
    try:
        line.sendto(bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST)))
        async with asyncio.timeout(patience_s):
            return bool(await heard)
    except TimeoutError:
        return False
    finally:
        line.close()


def certificate(folder: Path, host: str = HOST) -> tuple[Path, Path]:
    """A certificate for that address, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay of a test")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, hidden = folder / "certificate.pem", folder / "key.pem"
    shown.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    kinds = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    hidden.write_bytes(key.private_bytes(*kinds))
    return shown, hidden
