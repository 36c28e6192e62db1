"""Files that people send: the body of a request, byte by byte, into a temporary file; never whole in memory."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from aiohttp import web

MOST_BYTES = 32 * 1024 * 1024
BLOCK = 256 * 1024
# A slow village line sends 32 MiB in about an hour; a silent one nothing. The first is waited for within reason.
SILENCE_S, DEADLINE_S = 20, 600
FOLDER = "uploads"
OCTETS = "application/octet-stream"


class Transport(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """What is wrong with a request before anybody looks at what it says."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Upload:
    """A file as it came: it is gone when the request is over, unless somebody has kept it."""

    path: Path
    size: int
    hash: str

    def keep(self, to: Path) -> None:
        """Puts it elsewhere in the data folder."""
        to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.link(self.path, to)


@asynccontextmanager
async def received(request: web.Request, data: Path) -> AsyncIterator[Upload]:
    """The body of a request. Refused: `bytes_needed`, `too_large`, `too_slow`, `malformed` (it broke off)."""
    if request.content_type != OCTETS or "Content-Encoding" in request.headers:
        raise Transport("bytes_needed")
    if (request.content_length or 0) > MOST_BYTES:
        raise Transport("too_large")
    folder = data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="coming.") as draft:  # 0600 by itself
        try:
            async with asyncio.timeout(DEADLINE_S):
                size, digest = await _taken(request, draft.file)
        except TimeoutError:
            raise Transport("too_slow") from None
        except (web.RequestPayloadError, ConnectionError, asyncio.IncompleteReadError):
            raise Transport("malformed") from None
        yield Upload(Path(draft.name), size, digest)


async def _taken(request: web.Request, file: IO[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while True:
        async with asyncio.timeout(SILENCE_S):
            block = await request.content.read(BLOCK)
        if not block:
            break
        size += len(block)
        if size > MOST_BYTES:
            raise Transport("too_large")
        digest.update(block)
        await asyncio.to_thread(file.write, block)
    await asyncio.to_thread(file.flush)
    return size, digest.hexdigest()


def sweep(data: Path) -> None:
    """What a killed server left of files that were coming; called before any comes."""
    for left in (data / FOLDER).glob("coming.*"):
        left.unlink(missing_ok=True)
