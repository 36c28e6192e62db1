"""A server with demo data in a folder of its own, for one measurement."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.live_server import LiveServer, command


@asynccontextmanager
async def house(database_url: str | None = None) -> AsyncIterator[LiveServer]:
    """On SQLite, or on the empty database of that address."""
    with tempfile.TemporaryDirectory(prefix="ryadom-bench-") as folder:
        environment = {"RYADOM_DATABASE_URL": database_url} if database_url else {}
        await command(Path(folder), "demo", environment=environment)
        server = LiveServer(Path(folder), environment)
        await server.start()
        try:
            yield server
        finally:
            await server.kill()
