"""relays (TURN): what their coturn is told, whether they really relay, and which of several is well."""

import os
from dataclasses import replace
from pathlib import Path

from server.settings import Settings
from server.turn.addresses import addresses
from server.turn.config import Place, configuration

HINT = "Set RYADOM_TURN_URLS and RYADOM_TURN_SECRET first (`openssl rand -hex 32` makes a good secret)."


def write(settings: Settings, name: str, place: Place, file: Path) -> str:
    """Writes the configuration of that relay (the first, if none is named) and says what to do with it.

    SystemExit: the settings name no such relay, or one that could not be served safely.
    """
    relay = next((each for each in settings.relays if name in {"", each.name}), None)
    if not relay or not relay.secret:
        raise SystemExit(f"No relay{f' “{name}”' if name else ''} with a secret. {HINT}")
    try:
        here = replace(place, realm=place.realm or addresses(relay)[0].host)
        text = configuration(relay, here)
    except ValueError as error:
        raise SystemExit(f"{error}.") from None
    _kept(file, text)
    return (
        f"Written for “{relay.name}”: {file}, readable by its owner only.\n"
        f"coturn must read it: chown turnserver {file}; then start coturn, and prove it with `ryadom check`."
    )


def _kept(file: Path, text: str) -> None:
    """Never readable by others, not even while it is written; the old one stands until the new one is whole."""
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    draft.replace(file)
