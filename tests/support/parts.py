"""Fixtures made of real parts: databases of both engines, Redis, the server as a process, browsers."""

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

import pytest
from playwright.async_api import Browser

from server.database import Database
from tests.support.chromium import chromium
from tests.support.live_server import LiveServer, command
from tests.support.postgres import Postgres
from tests.support.redis import Redis

T = TypeVar("T")
Engine = Literal["sqlite", "postgres"]
ENGINES: tuple[Engine, ...] = ("sqlite", "postgres")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests of this process; it need not survive a power cut."""
    with Postgres(durable=False) as server:
        yield server


@pytest.fixture
def redis() -> Iterator[Redis]:
    """`redis.url`; `redis.stop()` and `redis.start()` make it go away and come back empty."""
    with Redis() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy: migrating once is enough for all tests."""
    path = tmp_path_factory.mktemp("migrated") / "ryadom.sqlite3"
    _apart(lambda: _migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """The name of a migrated database to copy."""
    name = postgres.create()
    _apart(lambda: _migrate(postgres.url(name)))
    return name


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Whoever asks for it (or for `database`) runs once on each engine."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def database_url(engine: Engine, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database of this test's own."""
    if engine == "sqlite":
        path = tmp_path / "ryadom.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres.create(request.getfixturevalue("migrated_postgres"))
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """`database.read()` and `database.write()` on an empty, migrated database, once on each engine."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the pilot's demo data, to copy."""
    data = tmp_path_factory.mktemp("demo")
    _apart(lambda: command(data, "demo"))
    return data


@pytest.fixture(scope="session")
def demo_postgres(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The name of a database with the demo data and the data folder (its key) that belongs to it, to copy."""
    name, data = postgres.create(), tmp_path_factory.mktemp("demo-postgres")
    _apart(lambda: command(data, "demo", environment={"RYADOM_DATABASE_URL": postgres.url(name)}))
    return name, data


class Addressed(Protocol):
    """A Redis, or what stands before one."""

    url: str


class Serve(Protocol):
    """Starts a server with demo data. `beside` makes it a second node on the same data as that one."""

    def __call__(
        self, engine: Engine = "sqlite", *, redis: Addressed | None = None, beside: LiveServer | None = None
    ) -> Awaitable[LiveServer]: ...


@pytest.fixture
async def serve(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Serve]:
    """`server = await serve()`, `await serve("postgres", redis=redis)`, `await serve(beside=server)`."""
    running: list[LiveServer] = []
    databases: list[str] = []

    async def start(
        engine: Engine = "sqlite", *, redis: Addressed | None = None, beside: LiveServer | None = None
    ) -> LiveServer:
        data = tmp_path / f"node-{len(running)}"
        environment = {"RYADOM_REDIS_URL": redis.url} if redis else {}
        if beside:
            data.mkdir()
            shutil.copy(beside.data / "secret.key", data)
            environment = {"RYADOM_DATABASE_URL": beside.database_url} | beside.environment
        elif engine == "sqlite":
            shutil.copytree(request.getfixturevalue("demo_data"), data)
        else:
            postgres: Postgres = request.getfixturevalue("postgres")
            template, source = request.getfixturevalue("demo_postgres")
            shutil.copytree(source, data)
            databases.append(postgres.create(template))
            environment["RYADOM_DATABASE_URL"] = postgres.url(databases[-1])
        running.append(LiveServer(data, environment))
        await running[-1].start()
        return running[-1]

    yield start
    for server in running:
        await server.kill()
    for name in databases:
        request.getfixturevalue("postgres").drop(name)


@pytest.fixture
async def live_server(serve: Serve) -> LiveServer:
    """One node with demo data on SQLite: `address`, `data`, `log`, `kill()`, `start()`, `restart()`."""
    return await serve()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium with a fake camera and microphone; `person(browser)` of support/chromium opens a fresh profile."""
    async with chromium() as opened:
        yield opened


@pytest.fixture
async def second_browser() -> AsyncIterator[Browser]:
    """The other person's Chromium: another process."""
    async with chromium() as opened:
        yield opened


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


def _apart(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Runs asynchronous work for a session's fixture in a thread and loop of its own, away from the test's."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(asyncio.run(work()))
        except BaseException as error:  # raised again in the thread of the test
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
