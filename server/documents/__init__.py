"""Documents: papers and tables as files that a person takes along. This is what an endpoint answers with."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
KINDS = (PDF, XLSX, CSV)
LONGEST_NAME = 120
# What no file system takes, and what could end the header or its quotes.
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*;%]+')
_ATTR_CHAR = "!#$&+-.^_`|~"  # RFC 5987, beside letters and digits


@dataclass(frozen=True)
class Document:
    """One file. `body` may be a function: it is called once, after the request's transaction has ended, so that no
    one waits for the database while a paper is drawn."""

    body: bytes | Callable[[], Awaitable[bytes]]
    content_type: str
    file_name: str


async def answer(document: Document, status: int) -> web.Response:
    """The document as an answer that is saved as a file and kept by nobody on the way."""
    body = document.body if isinstance(document.body, bytes) else await document.body()
    headers = {"Cache-Control": "no-store", "Content-Disposition": disposition(document.file_name)}
    charset = "utf-8" if document.content_type.startswith("text/") else None
    return web.Response(
        body=body,
        status=status,
        content_type=document.content_type,
        charset=charset,
        headers=headers,
    )


def disposition(file_name: str) -> str:
    """`attachment` with the name twice (RFC 6266): in plain letters for old programs, and as it is (RFC 5987)."""
    fit = _UNFIT.sub(" ", file_name.encode(errors="ignore").decode())
    stem, dot, suffix = " ".join(fit.split()).strip(". ").rpartition(".")
    # Without a dot the whole name stands behind it.
    name = f"{stem[:LONGEST_NAME].strip()}{dot}{suffix[:LONGEST_NAME]}" or "document"
    plain = name if name.isascii() else f"document{dot}{suffix if suffix.isascii() else ''}".rstrip(".")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHAR)}"
