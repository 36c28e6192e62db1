"""Settings: everything an installation may choose, from the environment (`RYADOM_…`) and nowhere else."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from pydantic import BaseModel, Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from signaling.ice import Relay

KEY_BYTES = 32
FIRST_RELAY = "turn"


class TurnServer(BaseModel):
    """One of several relays, such as one a region: its addresses, and the secret its own coturn was given."""

    name: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    urls: list[str] = Field(min_length=1)
    secret: str = Field(min_length=1, repr=False)


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
    turn: list[TurnServer] = []
    """More relays than one, in the order of preference, as JSON; the one of turn_urls comes before them."""
    smtp_url: str | None = None
    line_checks: int = Field(default=8, ge=0)
    """Line checks at the same time; each costs about a tenth of a core."""
    region_code: str = Field(default="54", pattern=r"^[0-9]{2,3}$")
    """The region's number, with which the numbers of its certificates begin."""
    mask_below: int = Field(default=5, ge=2)
    """Reports tell no figure behind which fewer people stand."""
    least_answers: int = Field(default=5, ge=1)
    """From how many answers on it is said what people thought of an institution."""

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{(self.data / 'ryadom.sqlite3').absolute()}"

    @field_validator("turn")
    @classmethod
    def _names_differ(cls, servers: list[TurnServer]) -> list[TurnServer]:
        names = [FIRST_RELAY, *(each.name for each in servers)]
        if len(set(names)) < len(names):
            raise ValueError(f"each relay has a name of its own, and “{FIRST_RELAY}” is that of RYADOM_TURN_URLS")
        return servers

    @property
    def relays(self) -> tuple[Relay, ...]:
        """All TURN servers in the administrator's order."""
        first = [Relay(FIRST_RELAY, tuple(self.turn_urls), self.turn_secret or "")] if self.turn_urls else []
        return (*first, *(Relay(each.name, tuple(each.urls), each.secret) for each in self.turn))

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
