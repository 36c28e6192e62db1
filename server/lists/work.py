"""Reading lists in the background: one at a time, each by a process of its own, its rows staged as they come."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web

from scheduling import lists
from scheduling.db import Tx
from scheduling.errors import ListMoved
from scheduling.lists import ListUpload, whole
from server import uploads
from server.centre import CENTRE, Centre
from server.lists import catalogue
from server.lists.applying import APPLIER
from server.lists.frames import LENGTH
from server.uploads import Upload

FOLDER = "lists"
LOOK_EVERY_S = 30.0
log = structlog.get_logger()


class Broken(Exception):  # noqa: N818 - the file's fault, said to whoever brought it
    """The reading process ended without saying why: out of time, or killed."""


@dataclass
class Reader:
    """Reads what this node was brought. What a stopped server left half read is read again from the beginning."""

    centre: Centre
    waiting: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    queued: set[int] = field(default_factory=set)
    stray: set[str] = field(default_factory=set)

    @property
    def _folder(self) -> Path:
        return (self.centre.settings.data / FOLDER).absolute()

    @property
    def _region(self) -> str:
        return self.centre.settings.region_code

    def kept(self, list_id: int) -> Path:
        return self._folder / f"{list_id}.list"

    def keep(self, file: Upload, list_id: int) -> None:
        """Inside the transaction that begins the list; read once that is over (`begin`)."""
        self.kept(list_id).unlink(missing_ok=True)
        file.keep(self.kept(list_id))

    def begin(self, list_id: int) -> None:
        if list_id not in self.queued:
            self.queued.add(list_id)
            self.waiting.put_nowait(list_id)

    async def run(self) -> None:
        while True:
            list_id = await self.waiting.get()
            try:
                await self._read(list_id)
            except ListMoved:
                pass  # cancelled while it was read
            except Exception:
                log.exception("list not read", list=list_id)
                await self._failed(list_id, {"code": "not_read", "line": None})
            # Whoever stops the server leaves the file: it is read again when it starts.
            self.kept(list_id).unlink(missing_ok=True)
            self.queued.discard(list_id)
            self.waiting.task_done()

    async def look_back(self) -> None:
        """Lists that nobody reads: those whose file is here are read again, of the others it is said."""
        while True:
            with contextlib.suppress(Exception):  # the database may be away; the next look finds it again
                await self.look_back_once()
            await asyncio.sleep(LOOK_EVERY_S)  # the interval itself; nothing waits for it

    async def look_back_once(self) -> None:
        """A file lies in the folder of the one node that reads it; only for others does one wait for a sign of life."""
        async with self.centre.database.read() as tx:
            reading = await lists.under_way(tx, "reading")
        here = [each.id for each in reading if self.kept(each.id).exists()]
        if here:  # the other nodes wait for their sign of life, also while they wait for their turn
            async with self.centre.database.write() as tx:
                await lists.still_here(tx, here, now=self.centre.now())
        for each in reading:
            if each.id in here:
                self.begin(each.id)
            elif each.seen_at < self.centre.now() - lists.SILENT:
                await self._failed(each.id, {"code": "interrupted", "line": None})
        self._sweep({path.stem for path in self._folder.glob("*.list")} - {str(each.id) for each in reading})

    def _sweep(self, left: set[str]) -> None:
        """Files that no list names at two looks: at one alone its list may be one that is only now being written."""
        for stem in left & self.stray:
            (self._folder / f"{stem}.list").unlink(missing_ok=True)
        self.stray = left - self.stray

    async def _failed(self, list_id: int, problem: dict[str, Any]) -> None:
        with contextlib.suppress(ListMoved):
            async with self.centre.database.write() as tx:
                await lists.failed(tx, list_id, problem, now=self.centre.now())

    async def _read(self, list_id: int) -> None:
        async def begin(tx: Tx) -> tuple[ListUpload, dict[str, Any]]:
            upload = await tx.get_one(ListUpload, list_id)
            return upload, await catalogue.given(tx, upload, self.centre.words, now=self.centre.now())

        while not await self.centre.database.written(lambda tx: lists.start_again(tx, list_id, now=self.centre.now())):
            pass
        upload, given = await self.centre.database.written(begin)
        body = await asyncio.to_thread(lambda: json.dumps(given).encode())
        async with _apart(self.kept(list_id), upload.kind) as process:
            assert process.stdin is not None
            process.stdin.write(body)
            process.stdin.close()
            await self._take(process, upload, {"last_client": given["last_client"]})

    async def _take(self, process: asyncio.subprocess.Process, upload: ListUpload, facts: dict[str, Any]) -> None:
        while True:
            frame = await _frame(process)
            now = self.centre.now()
            if "unreadable" in frame:
                await self._failed(upload.id, frame["unreadable"])
                return
            if "sheet" in frame:
                facts |= frame["sheet"]
                async with self.centre.database.write() as tx:
                    await lists.seen(tx, upload.id, facts, now=now)
            elif "rows" in frame:
                async with self.centre.database.read() as tx:
                    rows = await lists.held_against(tx, upload, frame["rows"], now=now, region=self._region)
                async with self.centre.database.write() as tx:
                    await lists.stage(tx, upload.id, rows, now=now)
            else:
                await self._refuse_torn(upload)
                async with self.centre.database.write() as tx:
                    await lists.read_whole(tx, upload.id, facts, now=now)
                return

    async def _refuse_torn(self, upload: ListUpload) -> None:
        """A number is issued whole or not at all: what a row's neighbours are only the whole file says."""
        if upload.kind != "certificates":
            return
        async with self.centre.database.read() as tx:
            found = await lists.torn(tx, upload.id)
        for part in whole.parts(found):
            async with self.centre.database.write() as tx:
                await lists.refuse_torn(tx, upload.id, part, now=self.centre.now())


@contextlib.asynccontextmanager
async def _apart(path: Path, kind: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The reading process; whatever happens, it is gone in the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server.lists.apart", str(path), kind),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=Path(__file__).parent.parent.parent,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        gone = asyncio.ensure_future(process.wait())
        try:
            await asyncio.shield(gone)
        except asyncio.CancelledError:  # the server stops in this moment: what was killed is gone in the next
            await gone
            raise


async def _frame(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    try:
        (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
        found: dict[str, Any] = json.loads(await process.stdout.readexactly(length))
    except asyncio.IncompleteReadError:
        raise Broken from None
    return found


READER: web.AppKey[Reader] = web.AppKey("list_reader", Reader)


async def running(app: web.Application) -> AsyncIterator[None]:
    """A part of the application: it reads and applies while the application serves."""
    reader, applier = app[READER], app[APPLIER]
    uploads.sweep(app[CENTRE].settings.data)
    steady = (reader.run(), reader.look_back(), applier.run(), applier.look_back())
    tasks = [asyncio.create_task(each) for each in steady]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
