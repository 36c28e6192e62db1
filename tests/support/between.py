"""A proxy in front of Redis whose subscribers can go deaf: their connections stand, and nothing comes any more."""

import asyncio
import contextlib
from pathlib import Path
from typing import Self

PIECE = 64 * 1024


class Between:
    """`url` leads to the Redis behind it; connections made after `deafen` hear again."""

    def __init__(self, behind: Path) -> None:
        self.url = ""
        self._behind = behind
        self._deaf: list[asyncio.Event] = []
        self._carrying: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.url = f"redis://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        for task in list(self._carrying):
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    @property
    def listening(self) -> int:
        """Connections that subscribed to something and hear it."""
        return len(self._deaf)

    def deafen(self) -> int:
        """How many connections hear nothing from now on."""
        found, self._deaf = self._deaf, []
        for deaf in found:
            deaf.set()
        return len(found)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)
        deaf = asyncio.Event()
        there, back = await asyncio.open_unix_connection(str(self._behind))
        ways = [asyncio.create_task(self._there(reader, back, deaf)), asyncio.create_task(_back(there, writer, deaf))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if deaf in self._deaf:
                self._deaf.remove(deaf)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in (writer, back):
                end.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            with contextlib.suppress(OSError):
                await back.wait_closed()

    async def _there(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter, deaf: asyncio.Event) -> None:
        while piece := await reader.read(PIECE):
            if b"SUBSCRIBE" in piece.upper() and deaf not in self._deaf:
                self._deaf.append(deaf)
            back.write(piece)
            await back.drain()


async def _back(there: asyncio.StreamReader, writer: asyncio.StreamWriter, deaf: asyncio.Event) -> None:
    while piece := await there.read(PIECE):
        if not deaf.is_set():
            writer.write(piece)
            await writer.drain()
