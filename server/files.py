"""Files ready to be sent, packed for the line as small as the browser can take them."""

import asyncio
import gzip
import hashlib
import mimetypes
from collections.abc import Mapping

import brotli  # type: ignore[import-untyped]  # it brings no types
from aiohttp import web

TEXT = {".html", ".js", ".css", ".json", ".svg", ".txt", ".webmanifest"}
# `.mjs`, fonts and icons do not have the same type on every machine's list.
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json"}
# Packing as small as can be takes a tenth of a second for what is larger: not on the loop that serves others.
PACKED_ASIDE = 16 * 1024


# Below a kilobyte an answer fits into one packet of the line as it is.
WORTH_PACKING = 1024


class File:
    """One file; it is packed when the first browser asks for it so."""

    def __init__(self, body: bytes, suffix: str) -> None:
        self.body = body
        self.content_type = TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
        self.hash = hashlib.sha256(body).hexdigest()[:16]
        self._is_text = suffix in TEXT
        self._packed: dict[str, bytes] = {}

    async def response(self, request: web.Request, headers: Mapping[str, str]) -> web.Response:
        headers = {"ETag": f'"{self.hash}"', "Vary": "Accept-Encoding", **headers}
        if request.headers.get("If-None-Match") == f'"{self.hash}"':
            return web.Response(status=304, headers=headers)
        charset = "utf-8" if self.content_type.startswith("text/") else None
        coding = _coding(request.headers.get("Accept-Encoding", "")) if self._is_text else None
        if coding is None:
            return web.Response(body=self.body, content_type=self.content_type, charset=charset, headers=headers)
        headers["Content-Encoding"] = coding
        packed = await self._as(coding)
        return web.Response(body=packed, content_type=self.content_type, charset=charset, headers=headers)

    async def _as(self, coding: str) -> bytes:
        if coding not in self._packed:
            if len(self.body) < PACKED_ASIDE:
                self._packed[coding] = packed(self.body, coding)
            else:
                self._packed[coding] = await asyncio.to_thread(packed, self.body, coding)
        return self._packed[coding]


def pack_answer(request: web.Request, response: web.Response) -> web.Response:
    """An answer of the interface, made small for this one request.

    Packing next to a secret tells nobody its letters here (BREACH): no foreign page can ask with our cookies.
    """
    body = response.body
    if isinstance(body, bytes) and len(body) > WORTH_PACKING and _coding(request.headers.get("Accept-Encoding", "")):
        response.enable_compression(web.ContentCoding.gzip)
    return response


def packed(body: bytes, coding: str) -> bytes:
    """`br` (RFC 7932) or `gzip`, as small as it gets: done once, sent many times."""
    if coding == "br":
        return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=11))
    return gzip.compress(body, 9, mtime=0)


def _coding(accepted: str) -> str | None:
    """The best that the browser takes; with `q=0` it says that it does not."""
    offers = [part.replace(" ", "").lower().partition(";q=") for part in accepted.split(",")]
    taken = {name for name, _, weight in offers if weight.strip("0.") or not weight}
    return next((coding for coding in ("br", "gzip") if coding in taken), None)
