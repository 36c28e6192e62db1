"""The real server as its own process, on a free port and in its own data folder: start, kill -9, start again."""

import asyncio
import http.client
import os
import signal
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class LiveServer:
    """`address` has no slash at its end. The port stays the same over restarts, so that pages find it again."""

    def __init__(self, data: Path, environment: dict[str, str] | None = None) -> None:
        self.data = data
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = environment or {}
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def database_url(self) -> str:
        """Of the settings it was started with, or the file in its data folder."""
        return self.environment.get("RYADOM_DATABASE_URL", f"sqlite+aiosqlite:///{self.data / 'ryadom.sqlite3'}")

    @property
    def log(self) -> str:
        """Everything the server wrote, over all its lives."""
        path = self.data / "server.log"
        return path.read_text() if path.exists() else ""

    async def start(self) -> None:
        """Returns when /readyz answers."""
        with (self.data / "server.log").open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "server", "serve"),
                cwd=ROOT,
                env=_environment(self),
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(30):
            while not await asyncio.to_thread(_ready, self.address):
                if self._process.returncode is not None:
                    raise RuntimeError(f"the server ended at once:\n{self.log[-3000:]}")
                await asyncio.sleep(0.03)

    async def kill(self) -> None:
        """kill -9: no goodbye to anybody, nothing written any more."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM)

    async def restart(self) -> None:
        await self.kill()
        await self.start()

    async def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(how)
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
            raise


async def command(data: Path, *arguments: str, environment: dict[str, str] | None = None) -> str:
    """One command of the server (`migrate`, `demo`) on that data folder; returns what it printed."""
    server = LiveServer(data, environment)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "server", *arguments),
        cwd=ROOT,
        env=_environment(server),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{printed.decode()[-3000:]}")
    return printed.decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(server: LiveServer) -> dict[str, str]:
    """Nothing of the caller's own RYADOM_ settings slips in."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("RYADOM_")}
    chosen = {"RYADOM_HOST": "127.0.0.1", "RYADOM_PORT": str(server.port), "RYADOM_DATA": str(server.data)}
    return own | chosen | {"RYADOM_DEMO": "true"} | server.environment


def _ready(address: str) -> bool:
    line = http.client.HTTPConnection(address.removeprefix("http://"), timeout=2)
    try:
        line.request("GET", "/readyz")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
