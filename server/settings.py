"""Settings: everything an installation may choose, from the environment (`RYADOM_…`) and nowhere else."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_BYTES = 32


class Settings(BaseSettings):
    """Defaults run one process on SQLite; the grown parts are named by their addresses."""

    model_config = SettingsConfigDict(env_prefix="RYADOM_", extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    data: Path = Path("var")
    database_url: str | None = None
    redis_url: str | None = None
    key: str | None = Field(default=None, pattern=r"^[0-9a-fA-F]{64}$")
    """The installation's key, the same on every node; one process makes its own in the data folder."""
    public_url: str | None = None
    """The one address people use, such as https://ryadom.example.ru. Needed behind a proxy."""
    trusted_proxies: list[str] = []
    """Addresses whose X-Forwarded-For and X-Forwarded-Proto are believed, the last hop of each."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    demo: bool = False
    """Shows demo sign-ins and spares administrators the second factor."""
    stun_urls: list[str] = []
    turn_urls: list[str] = []
    turn_secret: str | None = None
    smtp_url: str | None = None
    line_checks: int = Field(default=8, ge=0)
    """Line checks at the same time; each costs about a tenth of a core."""

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{(self.data / 'ryadom.sqlite3').absolute()}"

    @property
    def secure(self) -> bool:
        """Whether people come by HTTPS, directly or through a proxy."""
        return self.tls_certificate is not None or (self.public_url or "").startswith("https://")


def installation_key(data: Path, given: str | None = None) -> bytes:
    """The key that hashes codes and devices; made once and readable by the owner only. SystemExit: it is damaged."""
    if given:
        return bytes.fromhex(given)
    path = data / "secret.key"
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise SystemExit(f"{path} has {len(key)} bytes instead of {KEY_BYTES}: bring it back from a copy or delete it.")
    return key


def private_folder(data: Path) -> None:
    """Makes the data folder for its owner only; one that is there already keeps the rights it was given."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)


def _make_key(path: Path) -> None:
    """Whole or not at all: two processes that start at once get the same key, and neither reads half of one."""
    private_folder(path.parent)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix="secret.") as draft:  # 0600 by itself
        draft.write(secrets.token_bytes(KEY_BYTES))
        draft.flush()
        os.fsync(draft.fileno())
        # A link, unlike a rename, leaves alone what another process of this installation put there first.
        with contextlib.suppress(FileExistsError):
            os.link(draft.name, path)
