"""The local network: HTTPS with a certificate made on the spot, so that a phone beside the PC gets its camera."""

import datetime
import io
import ipaddress
import socket
from pathlib import Path

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.settings import Settings, private_folder

VALID = datetime.timedelta(days=90)
EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - what `--lan` is asked for


def for_phones(settings: Settings) -> Settings:
    """The same settings on every address of this machine, with HTTPS."""
    certificate, key = _certificate(settings.data, own_address())
    return settings.model_copy(update={"host": EVERY_ADDRESS, "tls_certificate": certificate, "tls_key": key})


def own_address() -> str:
    """This machine's address in its network; asking the routing table for it sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def qr_for_terminal(url: str) -> str:
    out = io.StringIO()
    segno.make(url, micro=False).terminal(out=out, compact=True)
    return out.getvalue()


def _certificate(data: Path, address: str) -> tuple[Path, Path]:
    """Made anew at each start: cheap, and the address may have changed."""
    private_folder(data)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ryadom")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), *(x509.IPAddress(ipaddress.ip_address(ip)) for ip in {address, "127.0.0.1"})]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = data / "lan-certificate.pem", data / "lan-key.pem"
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.touch(mode=0o600)
    key_path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_path, key_path
