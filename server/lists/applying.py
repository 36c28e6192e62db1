"""Applying long lists in the background, part by part, so that nobody waits for longer than one part takes.

Whatever stops it, nothing of the list is ever seen: what was written is taken away again, by whoever applies it or,
when its server is gone, by the next look of another one.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from aiohttp import web

from scheduling import lists
from scheduling.db import Tx
from scheduling.errors import ListMoved, ListRowMoved
from scheduling.lists import ListUpload
from server.centre import Centre

T = TypeVar("T")
LOOK_EVERY_S = 30.0
log = structlog.get_logger()


@dataclass
class Applier:
    """One list at a time: the next one of the same district sees whom this one has brought."""

    centre: Centre
    waiting: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    queued: set[int] = field(default_factory=set)
    again: set[int] = field(default_factory=set)

    def begin(self, list_id: int) -> None:
        if list_id in self.queued:  # it was undone and is accepted anew while this one still clears up after it
            self.again.add(list_id)
        else:
            self.queued.add(list_id)
            self.waiting.put_nowait(list_id)

    async def run(self) -> None:
        while True:
            list_id = await self.waiting.get()
            try:
                await self._accept(list_id)
                await self._undo(list_id)
            except Exception:
                log.exception("list not undone", list=list_id)  # the next look tries it again
            self.queued.discard(list_id)
            if list_id in self.again:
                self.again.discard(list_id)
                self.begin(list_id)
            self.waiting.task_done()

    async def look_back(self) -> None:
        """Lists whose applier is gone, and rows that nobody needs any more."""
        while True:
            with contextlib.suppress(Exception):  # the database may be away; the next look finds it again
                await self.look_back_once()
            await asyncio.sleep(LOOK_EVERY_S)  # the interval itself; nothing waits for it

    async def look_back_once(self) -> None:
        async with self.centre.database.read() as tx:
            found = await lists.under_way(tx, "accepting", "undoing")
        own = [each.id for each in found if each.id in self.queued]
        if own:  # one that waits behind a long one is not left, whatever another node may think
            await self._write(lambda tx: lists.still_here(tx, own, now=self.centre.now()))
        for each in found:
            if each.id not in self.queued and (each.status == "undoing" or self._is_left(each)):
                await self._turn_back(each.id, {"code": "stopped", "line": None})
                self.begin(each.id)
        while await self._write(lambda tx: lists.clear(tx, now=self.centre.now())):
            pass

    def _is_left(self, upload: ListUpload) -> bool:
        """On SQLite there is one server, and it is not at it. Of another node one waits for a sign of life."""
        silent = timedelta(0) if self.centre.database.sqlite else lists.SILENT
        return upload.seen_at <= self.centre.now() - silent

    async def _accept(self, list_id: int) -> None:
        try:
            whole = await self._write(lambda tx: lists.begin_to_apply(tx, list_id, now=self.centre.now()))
            while (part := await self._write(lambda tx: lists.step(tx, whole, now=self.centre.now()))) is not None:
                whole.take(part)
            await self._write(lambda tx: lists.finish(tx, whole, now=self.centre.now()))
        except ListMoved:
            pass  # cancelled, or accepted and undone by somebody else
        except ListRowMoved as refused:
            await self._turn_back(list_id, {"code": refused.because, "line": refused.line})
        except Exception:
            log.exception("list not applied", list=list_id)
            await self._turn_back(list_id, {"code": "not_applied", "line": None})

    async def _turn_back(self, list_id: int, problem: dict[str, Any]) -> None:
        await self._write(lambda tx: lists.turn_back(tx, list_id, problem))

    async def _undo(self, list_id: int) -> None:
        while await self._write(lambda tx: lists.undo(tx, list_id, now=self.centre.now())):
            pass
        while await self._write(lambda tx: lists.clear(tx, now=self.centre.now())):
            pass

    async def _write(self, work: Callable[[Tx], Coroutine[Any, Any, T]]) -> T:
        """One transaction. Whoever waits for SQLite's writer comes before the next one."""
        return await self.centre.database.written(work)


APPLIER: web.AppKey[Applier] = web.AppKey("list_applier", Applier)
