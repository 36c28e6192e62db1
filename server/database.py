"""The database: one way to read and to write that means the same on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from scheduling.db import Tx
from server import tables  # noqa: F401 - keys between tables are found only where all of them are known

T = TypeVar("T")

TRIES = 5
# Longer than any transaction takes; then it is said, and the page asks again.
LONGEST_WAIT_S, BUSY_FOR_S = 20, 5
# Words of the engines for "nothing was written, the same again may work": deadlock, serialisation, a lock held too
# long, and rows that two made at the same time, of which the second must find what the first one made.
PASSING = (
    *("deadlock detected", "could not serialize", "database is locked"),
    *(
        "kept_answer",
        "pk_feedback",
        "pk_session",
        "pk_note",
        "pk_measured",
        "pk_rendered",
        "uq_holiday",
        "uq_seat_code_hash",
        "uq_budget",
    ),
)


class Database:
    """Readers run beside each other. Writers on SQLite queue for the one connection that begins with IMMEDIATE:
    the engine's default would let two of them read the same row and lose one of the updates without an error."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        if self.sqlite:
            self._readers = _sqlite(url, "BEGIN", pool_size=4)
            self._writers = _sqlite(url, "BEGIN IMMEDIATE", pool_size=1)
        else:
            self._writers = self._readers = _postgresql(url)
        # One statement that is a transaction of its own saves the two words around it.
        self._alone = self._writers.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A transaction for looking; it is rolled back at the end."""
        async with AsyncSession(self._readers, expire_on_commit=False) as tx:
            yield tx

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """A transaction that is kept when the block ends well."""
        async with AsyncSession(self._writers, expire_on_commit=False) as tx, tx.begin():
            yield tx

    @asynccontextmanager
    async def at_once(self, *, statements: int = 1) -> AsyncIterator[AsyncConnection]:
        """For one write by itself, kept when the block ends well; a single statement of PostgreSQL is a transaction of
        its own, and kept when it ends well itself."""
        if self.sqlite or statements > 1:
            async with self._writers.begin() as line:
                yield line
            return
        line = await self._alone.connect()
        try:
            yield line
        finally:
            await line.close()

    async def written(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Runs `work` in a write transaction, again when the engines' own traffic was in the way."""
        for attempt in range(TRIES):
            try:
                async with self.write() as tx:
                    return await work(tx)
            except DBAPIError as error:
                if attempt == TRIES - 1 or not passing(error):
                    raise
        raise AssertionError("unreachable: the last try returns or raises")

    async def migrate(self) -> None:
        """Brings the tables to the newest revision."""
        async with self._writers.begin() as connection:
            await connection.run_sync(_upgrade)

    async def close(self) -> None:
        await self._readers.dispose()
        await self._writers.dispose()


def passing(error: DBAPIError) -> bool:
    """Whether nothing was written and the same may work again."""
    return any(words in str(error.orig) for words in PASSING)


def is_busy(error: Exception) -> bool:
    """Whether nothing is wrong but that others were there first, for longer than anybody waits: nothing was written."""
    return isinstance(error, WaitedTooLong) or "database is locked" in str(getattr(error, "orig", ""))


def _postgresql(url: str) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=20,
        max_overflow=0,
        pool_timeout=LONGEST_WAIT_S,
        hide_parameters=True,
        connect_args={"prepared_statement_cache_size": 500},
    )

    @event.listens_for(engine.sync_engine, "checkout")
    def still_open(connection: Any, _record: Any, _proxy: Any) -> None:
        """A restarted PostgreSQL has hung up on every line, which the line itself knows: to ask it takes no word."""
        if connection.driver_connection.is_closed():
            raise DisconnectionError

    return engine


def _sqlite(url: str, begin: str, *, pool_size: int) -> AsyncEngine:
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    sizes = {"pool_size": pool_size, "max_overflow": 0, "pool_timeout": LONGEST_WAIT_S}
    engine = create_async_engine(url, hide_parameters=True, **sizes)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: `start` below does
        cursor = connection.cursor()
        # FULL: what was answered with success survives a power cut, not only a crash of the process.
        for pragma in ("busy_timeout=15000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # nodes that start together migrate one after the other
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('migrate'))"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
